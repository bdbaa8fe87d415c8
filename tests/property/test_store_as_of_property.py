"""Whatever was learned in whatever order: the store answers as the plain rule over the whole table does."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mihari.model.orbit import ELEMENT_SET_KEY, ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import PROVENANCE_SCHEMA, DataMode, Provenance
from mihari.store import Compaction, EmbeddedStore, StoreMode

PROVENANCE = Provenance(source="made up", data_mode=DataMode.TEST)

row = st.tuples(st.integers(1, 6), st.integers(-5, 5), st.integers(0, 3))
batches = st.lists(st.lists(row, max_size=12), min_size=1, max_size=9)
moments = st.lists(st.integers(-7, 7), min_size=1, max_size=4)


def _sets(rows: list[tuple[int, int, int]]) -> ElementSets:
    columns = {name: [0.0 if dtype == pl.Float64 else None] * len(rows) for name, dtype in ELEMENT_SET_SCHEMA.items()}
    columns |= {"norad_cat_id": [r[0] for r in rows], "epoch_tai_ns": [r[1] for r in rows]}
    columns |= {"eccentricity": [r[2] / 10 for r in rows]}
    return ElementSets(pl.DataFrame(columns, schema=dict(ELEMENT_SET_SCHEMA)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=batches, ats=moments, as_ofs=moments, fan_in=st.integers(2, 5))
def test_store_agrees_with_the_rule(
    batches: list[list[tuple[int, int, int]]], ats: list[int], as_ofs: list[int], fan_in: int
) -> None:
    known = pl.DataFrame(schema={**ELEMENT_SET_SCHEMA, "learned_tai_ns": pl.Int64})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        with EmbeddedStore.open(path, mode=StoreMode.CREATE, compaction=Compaction(fan_in=fan_in)) as store:
            for number, rows in enumerate(batches):
                sets = _sets(rows)
                receipt = store.append_element_sets(sets, provenance=PROVENANCE, learned_tai_ns=10 * number)
                fresh = sets.frame.unique(ELEMENT_SET_KEY, keep="first", maintain_order=True)
                fresh = fresh.join(known, on=ELEMENT_SET_KEY, how="anti", maintain_order="left")
                assert (receipt.accepted, receipt.duplicates) == (fresh.height, len(rows) - fresh.height)
                learned = pl.lit(receipt.learned_tai_ns, dtype=pl.Int64).alias("learned_tai_ns")
                known = pl.concat([known, fresh.with_columns(learned)])
                newest = dict(known.group_by("norad_cat_id").agg(pl.col("epoch_tai_ns").max()).iter_rows())
                older = sum(e < newest[i] for i, e in fresh.select("norad_cat_id", "epoch_tai_ns").iter_rows())
                assert receipt.superseded == older
            for at in ats:
                for as_of in (*(10 * moment for moment in as_ofs), None):
                    then = known if as_of is None else known.filter(pl.col("learned_tai_ns") <= as_of)
                    wanted = ElementSets(then).latest_at(at).frame
                    found = store.latest_element_sets(at_tai_ns=at, as_of_tai_ns=as_of, data_mode=DataMode.TEST).frame
                    assert found.select(wanted.columns).equals(wanted)
                    assert found.columns[-len(PROVENANCE_SCHEMA) :] == list(PROVENANCE_SCHEMA)
