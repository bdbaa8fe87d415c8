"""Cutting, merging and choosing: the small rules that the store stands on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.errors import StoreBusyError
from mihari.store import CONJUNCTIONS, ELEMENT_SETS, Compaction
from mihari.store._compaction import _to_merge
from mihari.store._files import Layout, write_durably
from mihari.store._index import ElementIndex, IndexUnusableError, gather, sorted_keys
from mihari.store._kernels import union
from mihari.store._latest import objects_of
from mihari.store._lock import WriterLock
from mihari.store._manifest import SegmentRow
from mihari.store._segments import sliced
from store_support import REAL, element_sets


def _stored(ids: list[int], epochs: list[int]) -> pl.DataFrame:
    provenance = {"learned_tai_ns": 5, "source": REAL.source, "origin": None, "method": "m", "data_mode": "REAL"}
    rest = {"label": "PUBLIC", "licence": "", "derived_from": "d"}
    frame = element_sets(ids, epochs).frame
    stated = provenance | rest
    columns = [pl.lit(value, dtype=ELEMENT_SETS.columns[name]).alias(name) for name, value in stated.items()]
    return frame.with_columns(columns).select(list(ELEMENT_SETS.columns))


@settings(deadline=None)
@given(runs=st.lists(st.integers(1, 9), max_size=20), most=st.integers(1, 12))
def test_pieces_join_to_the_whole_and_never_cut_an_object(runs: list[int], most: int) -> None:
    ids = [i for i, n in enumerate(runs) for _ in range(n)]
    frame = pl.DataFrame({"run_id": ids, "row": range(len(ids))}, schema={"run_id": pl.Int64, "row": pl.Int64})
    pieces = list(sliced(CONJUNCTIONS, frame, max_records=most))
    assert [row for piece in pieces for row in piece["row"]] == list(range(len(ids)))
    owners = [set(piece["run_id"]) for piece in pieces]
    assert sum(map(len, owners)) == len(set(ids))
    assert all(piece.height <= most or len(owner) == 1 for piece, owner in zip(pieces, owners, strict=True))


@settings(deadline=None)
@given(a=st.sets(st.integers(1, 30)), b=st.sets(st.integers(1, 30)))
def test_union_is_that_of_sets(a: set[int], b: set[int]) -> None:
    joined = union(np.array(sorted(a), dtype=np.int32), np.array(sorted(b), dtype=np.int32))
    assert joined.tolist() == sorted(a | b)


def test_no_segments_know_no_objects() -> None:
    assert objects_of([]).size == 0


@pytest.mark.parametrize("ids", [[], [1], [1, 1, 2, 5, 5, 5]])
def test_sorted_keys_say_where_each_number_begins(ids: list[int]) -> None:
    distinct, starts = sorted_keys(np.array(ids, dtype=np.int32))
    assert distinct.tolist() == sorted(set(ids))
    assert starts.tolist() == [ids.index(i) for i in distinct] + [len(ids)]


def test_an_index_gives_back_every_record_of_its_segment(tmp_path: Path) -> None:
    frame = _stored([1, 1, 2, 9, 999_999_999], [5, 6, 5, 5, 7])
    path = tmp_path / "x.idx"
    write_durably(path, ElementIndex.build(frame).serialised(segment_sha256="abc"))
    index = ElementIndex.open(path, segment_sha256="abc", whole=True)
    every = gather([index], np.zeros(5, dtype=np.int32), np.arange(5))
    assert every.equals(frame)
    some = gather([index, index], np.array([1, 0, 1], dtype=np.int32), np.array([4, 0, 2]))
    assert some.equals(frame[[4, 0, 2]])
    assert index.rows_of(1).tolist() == [0, 1]
    assert index.rows_of(3).tolist() == []
    assert index.rows_of(1_000_000_000).tolist() == []


def test_any_flipped_byte_of_an_index_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.idx"
    write_durably(path, ElementIndex.build(_stored([1, 2], [5, 6])).serialised(segment_sha256="abc"))
    sound = path.read_bytes()
    for position in range(0, len(sound), 7):
        path.write_bytes(sound[:position] + bytes([sound[position] ^ 1]) + sound[position + 1 :])
        with pytest.raises(IndexUnusableError):
            ElementIndex.open(path, segment_sha256="abc", whole=True)
    path.write_bytes(sound)
    with pytest.raises(IndexUnusableError, match="another segment"):
        ElementIndex.open(path, segment_sha256="abd")
    ElementIndex.open(path, segment_sha256="abc", whole=True)


def test_tiers_grow_with_the_fan_in() -> None:
    policy = Compaction(fan_in=10, max_records=50_000)
    assert [policy.tier(n) for n in (0, 1000, 1001, 10_000, 10_001, 25_000, 25_001)] == [0, 0, 1, 1, 2, 2, None]
    assert Compaction.never().tier(1) is None


def _row(records: int, kind: str = "element_set", mode: str = "REAL") -> SegmentRow:
    return SegmentRow(
        stem="s",
        kind=kind,
        data_mode=mode,
        records=records,
        size_bytes=0,
        sha256="",
        learned_min_tai_ns=0,
        learned_max_tai_ns=0,
        epoch_min_tai_ns=None,
        epoch_max_tai_ns=None,
    )


def test_only_a_full_tier_of_one_kind_and_mode_is_merged_and_never_beyond_the_largest_size() -> None:
    policy = Compaction(fan_in=3, max_records=5000)
    small = _row(900)
    assert _to_merge([small, small], policy) == []
    assert _to_merge([small, small, _row(900, kind="conjunction"), _row(900, mode="TEST")], policy) == []
    assert len(_to_merge([small] * 3, policy)) == 3
    assert len(_to_merge([small] * 50, policy)) == 5
    assert _to_merge([_row(2501)] * 50, policy) == []
    assert len(_to_merge([_row(2500)] * 50, policy)) == 2


def test_a_lock_is_held_once_and_freed_by_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "writer.lock"
    first, second = WriterLock(path), WriterLock(path)
    assert not first.is_held()
    first.acquire(wait_s=0)
    assert second.is_held()
    with pytest.raises(StoreBusyError):
        second.acquire(wait_s=0)
    first.release()
    first.release()
    assert not second.is_held()
    second.acquire(wait_s=0)
    second.release()


def test_only_an_empty_place_may_become_a_store(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "store")
    assert layout.may_become_store()
    layout.segments.mkdir(parents=True)
    (layout.root / "manifest.new-5").touch()
    assert layout.may_become_store()
    (layout.segments / "element_set-1.parquet").touch()
    assert not layout.may_become_store()
    (layout.segments / "element_set-1.parquet").unlink()
    (layout.root / "thesis.txt").touch()
    assert not layout.may_become_store()
