"""One suite for every Store: what goes in comes out, known as it was known, and modes never mix."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mihari.errors import AmbiguousError, InputError, NotFoundError
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import PROVENANCE_SCHEMA, DataMode
from mihari.store import (
    CONJUNCTIONS,
    ELEMENT_SETS,
    SCREENING_RUNS,
    SPACE_OBJECTS,
    Compaction,
    EmbeddedStore,
    JournalKind,
    Store,
    StoreMode,
    record_kind,
)
from store_support import EXERCISE, REAL, SIMULATED, element_sets, screening, space_objects


@pytest.fixture(params=["embedded"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Return a function that opens the same store once more."""
    stores: list[EmbeddedStore] = []

    def open_again() -> Store:
        stores.append(EmbeddedStore.open(tmp_path / "store", mode=StoreMode.CREATE, compaction=Compaction(fan_in=4)))
        return stores[-1]

    yield open_again
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    return opened()


def test_an_empty_store_answers_with_nothing(store: Store) -> None:
    assert isinstance(store, Store)
    assert store.default_data_mode() is None
    assert store.data_modes() == ()
    assert len(store.latest_element_sets(at_tai_ns=0)) == 0
    assert list(store.latest_element_sets(at_tai_ns=0).frame.columns) == [*ELEMENT_SET_SCHEMA, *PROVENANCE_SCHEMA]
    assert len(store.history(25544)) == 0
    assert len(store.objects()) == 0
    assert store.runs().height == 0
    assert store.counts(ELEMENT_SETS) == {}
    assert store.median_epoch_tai_ns() is None
    assert store.last_learned_tai_ns() is None
    assert store.journal().height == 0


def test_what_goes_in_comes_out_with_its_provenance(store: Store, opened: Callable[[], Store]) -> None:
    sets = element_sets([999_100_101, 5, 25544], [30, 10, 20])
    receipt = store.append_element_sets(sets, provenance=REAL, learned_tai_ns=100)
    assert (receipt.accepted, receipt.duplicates, receipt.superseded, receipt.learned_tai_ns) == (3, 0, 0, 100)
    for reader in (store, opened()):
        found = reader.latest_element_sets(at_tai_ns=50).frame
        assert found.select(list(ELEMENT_SET_SCHEMA)).equals(sets.frame.sort("norad_cat_id"))
        assert dict(found.schema) == {**ELEMENT_SET_SCHEMA, **PROVENANCE_SCHEMA}
        assert found.select(list(PROVENANCE_SCHEMA)).unique().rows() == [
            (100, "made up", "nobody", "as received", "REAL", "PUBLIC", "CC0-1.0", "seed")
        ]


def test_nan_null_and_minus_zero_survive(store: Store) -> None:
    sets = element_sets(
        [1, 2, 3], [1, 1, 1], mean_motion_dot_rev_day2=float("nan"), mean_motion_ddot_rev_day3=None, eccentricity=-0.0
    )
    store.append_element_sets(sets, provenance=REAL, learned_tai_ns=1)
    found = store.latest_element_sets(at_tai_ns=1).frame
    assert found["mean_motion_dot_rev_day2"].is_nan().all()
    assert found["mean_motion_ddot_rev_day3"].null_count() == 3
    assert np.signbit(found["eccentricity"].to_numpy()).all()


def test_the_same_set_is_stored_once_in_each_mode(store: Store) -> None:
    sets = element_sets([1, 2, 3, 1], [5, 5, 5, 6])
    twice = ElementSets(pl.concat([sets.frame, sets.frame]))
    first = store.append_element_sets(twice, provenance=REAL, learned_tai_ns=1)
    assert (first.accepted, first.duplicates, first.superseded) == (4, 4, 1)
    again = store.append_element_sets(sets, provenance=REAL, learned_tai_ns=2)
    assert (again.accepted, again.duplicates) == (0, 4)
    other = store.append_element_sets(sets, provenance=EXERCISE, learned_tai_ns=3)
    assert (other.accepted, other.duplicates) == (4, 0)
    assert store.counts(ELEMENT_SETS) == {DataMode.REAL: 4, DataMode.EXERCISE: 4}


def test_one_bit_makes_another_set(store: Store) -> None:
    sets = element_sets([1], [5])
    store.append_element_sets(sets, provenance=REAL, learned_tai_ns=1)
    for column in ("mean_motion_rev_day", "bstar_per_earth_radius", "mean_anomaly_deg"):
        moved = sets.frame.with_columns(pl.Series(column, np.nextafter(sets.frame[column].to_numpy(), 1e9)))
        receipt = store.append_element_sets(ElementSets(moved), provenance=REAL, learned_tai_ns=2)
        assert receipt.accepted == 1
    renamed = sets.frame.with_columns(pl.lit("another name").alias("object_name"))
    assert store.append_element_sets(ElementSets(renamed), provenance=REAL, learned_tai_ns=3).duplicates == 1


def test_holdings_count_what_is_kept_by_kind_and_mode(store: Store) -> None:
    assert store.holdings() == ()
    empty_bytes = store.disk_bytes()
    store.append_element_sets(element_sets([1, 2, 3], [7, 8, 9]), provenance=REAL, learned_tai_ns=1)
    store.append_element_sets(element_sets([4, 5], [7, 8]), provenance=EXERCISE, learned_tai_ns=2)
    store.append_objects(space_objects([{"norad_cat_id": 1, "owner": "JPN"}]), provenance=REAL, learned_tai_ns=3)
    told = {(each.kind, each.data_mode): (each.records, each.damaged, each.segments) for each in store.holdings()}
    assert told == {
        ("element_set", DataMode.EXERCISE): (2, 0, 1),
        ("element_set", DataMode.REAL): (3, 0, 1),
        ("space_object", DataMode.REAL): (1, 0, 1),
    }
    kept_bytes = sum(each.size_bytes for each in store.holdings())
    # Indexes and the journal take room as well.
    assert 0 < kept_bytes < store.disk_bytes() - empty_bytes


def test_older_sets_are_kept_and_counted_as_superseded(store: Store) -> None:
    store.append_element_sets(element_sets([1, 2], [10, 10]), provenance=REAL, learned_tai_ns=1)
    late = element_sets([1, 2, 3], [5, 15, 5], seed=1)
    receipt = store.append_element_sets(late, provenance=REAL, learned_tai_ns=2)
    assert (receipt.accepted, receipt.superseded) == (3, 1)
    assert store.latest_element_sets(at_tai_ns=20).frame["epoch_tai_ns"].to_list() == [10, 15, 5]


def test_as_of_gives_what_was_known_then(store: Store) -> None:
    store.append_element_sets(element_sets([1], [10]), provenance=REAL, learned_tai_ns=100)
    store.append_element_sets(element_sets([1], [20], seed=1), provenance=REAL, learned_tai_ns=200)
    store.append_element_sets(element_sets([1], [15], seed=2), provenance=REAL, learned_tai_ns=300)

    def epoch(at: int, as_of: int | None) -> list[int]:
        return store.latest_element_sets(at_tai_ns=at, as_of_tai_ns=as_of).frame["epoch_tai_ns"].to_list()

    assert epoch(25, None) == epoch(25, 200) == [20]
    assert epoch(25, 199) == [10]
    assert epoch(17, 299) == [10]
    assert epoch(17, 300) == epoch(17, None) == [15]
    assert epoch(5, None) == [10]
    assert epoch(25, 99) == []
    assert [len(store.history(1, as_of_tai_ns=k)) for k in (99, 100, 250, 300)] == [0, 1, 2, 3]
    assert store.history(1).frame["epoch_tai_ns"].to_list() == [10, 15, 20]
    assert store.last_learned_tai_ns() == 300


def test_of_equal_epochs_the_one_learned_last_wins_before_and_after_the_moment(store: Store) -> None:
    for seed, learned in ((1, 100), (2, 200), (3, 300)):
        store.append_element_sets(element_sets([1], [50], seed=seed), provenance=REAL, learned_tai_ns=learned)
    wanted = {
        k: element_sets([1], [50], seed=seed).frame["eccentricity"][0] for seed, k in ((1, 100), (2, 200), (3, 300))
    }
    for at in (40, 50, 60):
        for as_of, eccentricity in wanted.items():
            found = store.latest_element_sets(at_tai_ns=at, as_of_tai_ns=as_of).frame
            assert found["eccentricity"].to_list() == [eccentricity]


def test_merged_segments_keep_history_and_what_was_known_when(store: Store) -> None:
    batches = []
    for i in range(40):
        sets = element_sets([1, 2 + i % 3], [1000 - 7 * i, 5 * i], seed=i)
        receipt = store.append_element_sets(sets, provenance=REAL, learned_tai_ns=10 * i)
        batches.append(sets.frame.with_columns(pl.lit(receipt.learned_tai_ns, dtype=pl.Int64).alias("learned_tai_ns")))
    assert JournalKind.COMPACTION.value in store.journal()["entry"].to_list()
    everything = ElementSets(pl.concat(batches))
    for as_of in (0, 55, 390):
        known = ElementSets(everything.frame.filter(pl.col("learned_tai_ns") <= as_of))
        for at in (0, 60, 900, 2000):
            found = store.latest_element_sets(at_tai_ns=at, as_of_tai_ns=as_of).frame
            assert found.select(known.frame.columns).equals(known.latest_at(at).frame)
    assert len(store.history(1)) == 40


def test_a_transaction_is_visible_whole_or_not_at_all(opened: Callable[[], Store]) -> None:
    writer, reader = opened(), opened()
    with writer.transaction(learned_tai_ns=5) as t:
        assert t.append_element_sets(element_sets([1, 2], [1, 1]), provenance=REAL).accepted == 2
        assert t.append_element_sets(element_sets([1, 2], [1, 1]), provenance=REAL).duplicates == 2
        assert t.append_element_sets(element_sets([1], [0], seed=3), provenance=REAL).superseded == 1
        t.append_objects(space_objects([{"norad_cat_id": 1, "object_name": "A"}]), provenance=REAL)
        t.note(JournalKind.INGEST, {"file": "a.tle", "rejected": []})
        assert reader.data_modes() == ()
        assert reader.journal().height == 0
    assert reader.counts(ELEMENT_SETS) == {DataMode.REAL: 3}
    assert reader.counts(SPACE_OBJECTS) == {DataMode.REAL: 1}
    assert reader.journal()["entry"].to_list() == ["ingest", "commit"]
    assert set(reader.records(ELEMENT_SETS)["learned_tai_ns"]) == {5}

    def give_up_half_way() -> None:
        with writer.transaction(learned_tai_ns=6) as t:
            t.append_element_sets(element_sets([9], [9]), provenance=REAL)
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        give_up_half_way()
    assert len(reader.history(9)) == 0
    assert reader.last_learned_tai_ns() == 5


def test_a_clock_set_back_keeps_the_order_of_learning_and_is_noted(store: Store) -> None:
    store.append_element_sets(element_sets([1], [10]), provenance=REAL, learned_tai_ns=1000)
    same = store.append_element_sets(element_sets([1], [11]), provenance=REAL, learned_tai_ns=1000)
    assert same.learned_tai_ns == 1001
    assert "clock" not in store.journal()["entry"].to_list()
    back = store.append_element_sets(element_sets([1], [12]), provenance=REAL, learned_tai_ns=400)
    assert back.learned_tai_ns == 1002
    note = store.journal().filter(pl.col("entry") == "clock")
    assert json.loads(note["detail"][0]) == {"given_tai_ns": 400, "last_tai_ns": 1001}


def test_modes_never_mix_and_real_is_the_default_once_there_is_any(store: Store) -> None:
    store.append_element_sets(element_sets([900_000_001], [10]), provenance=SIMULATED, learned_tai_ns=100)
    assert store.default_data_mode() is DataMode.SIMULATED
    assert store.latest_element_sets(at_tai_ns=20).frame["norad_cat_id"].to_list() == [900_000_001]

    store.append_element_sets(element_sets([900_000_001], [11]), provenance=EXERCISE, learned_tai_ns=200)
    with pytest.raises(AmbiguousError, match="EXERCISE, SIMULATED"):
        store.latest_element_sets(at_tai_ns=20)
    with pytest.raises(AmbiguousError):
        store.default_data_mode()

    store.append_element_sets(element_sets([1], [12]), provenance=REAL, learned_tai_ns=300)
    assert store.data_modes() == (DataMode.REAL, DataMode.SIMULATED, DataMode.EXERCISE)
    assert store.default_data_mode() is DataMode.REAL
    assert store.default_data_mode(as_of_tai_ns=150) is DataMode.SIMULATED
    assert store.data_modes(as_of_tai_ns=99) == ()
    assert store.latest_element_sets(at_tai_ns=20).frame["norad_cat_id"].to_list() == [1]
    assert len(store.history(900_000_001)) == 0
    for mode, epoch in ((DataMode.SIMULATED, 10), (DataMode.EXERCISE, 11)):
        found = store.latest_element_sets(at_tai_ns=20, data_mode=mode).frame
        assert (found["epoch_tai_ns"].to_list(), found["data_mode"].to_list()) == ([epoch], [mode.value])
        assert store.history(900_000_001, data_mode=mode).frame["epoch_tai_ns"].to_list() == [epoch]
    assert store.data_modes(kind=SPACE_OBJECTS) == ()


def test_median_epoch_is_that_of_the_newest_sets(store: Store) -> None:
    sets = element_sets([1, 1, 2, 3, 4], [5, 100, 200, 300, 400])
    store.append_element_sets(sets, provenance=REAL, learned_tai_ns=1)
    assert store.median_epoch_tai_ns() == 200
    store.append_element_sets(element_sets([5], [500]), provenance=REAL, learned_tai_ns=2)
    assert store.median_epoch_tai_ns() == 300
    assert store.median_epoch_tai_ns(as_of_tai_ns=1) == 200
    assert store.median_epoch_tai_ns(data_mode=DataMode.TEST) is None


def test_objects_gather_what_was_stated_and_forget_nothing(store: Store) -> None:
    first = [
        {"norad_cat_id": 25544, "object_name": "ISS (ZARYA)", "object_type": "PAYLOAD", "rcs_m2": 399.0},
        {"norad_cat_id": 5, "object_name": "VANGUARD 1"},
    ]
    receipt = store.append_objects(space_objects(first), provenance=REAL, learned_tai_ns=100)
    assert (receipt.accepted, receipt.duplicates) == (2, 0)
    # What is known already, or says less, is nothing new.
    less = [{"norad_cat_id": 25544, "object_name": "ISS (ZARYA)"}, {"norad_cat_id": 5}]
    assert store.append_objects(space_objects(less), provenance=REAL, learned_tai_ns=150).duplicates == 2
    more = [{"norad_cat_id": 25544, "object_name": "ISS", "owner": "ISS"}, {"norad_cat_id": 6}]
    assert store.append_objects(space_objects(more), provenance=REAL, learned_tai_ns=200).accepted == 2

    now = store.objects().frame.select("norad_cat_id", "object_name", "owner", "rcs_m2").rows()
    assert now == [(5, "VANGUARD 1", None, None), (6, None, None, None), (25544, "ISS", "ISS", 399.0)]
    then = store.objects(as_of_tai_ns=199).frame.select("norad_cat_id", "object_name", "owner").rows()
    assert then == [(5, "VANGUARD 1", None), (25544, "ISS (ZARYA)", None)]
    assert len(store.objects(data_mode=DataMode.SIMULATED)) == 0


def test_runs_come_back_whole(store: Store, opened: Callable[[], Store]) -> None:
    first, second, third = screening(7), screening(0, seed=1), screening(2, data_mode=DataMode.SIMULATED, seed=2)
    assert store.save_run(first, learned_tai_ns=100, inputs={"radius_km": 5}) == 1
    with store.transaction(learned_tai_ns=200) as t:
        assert t.save_run(second, provenance=REAL) == 2
        assert t.save_run(third) == 3
    reader = opened()
    kept = reader.run(1)
    assert (kept.run_id, kept.learned_tai_ns, kept.inputs) == (1, 100, {"radius_km": 5})
    assert kept.result.coverage == first.coverage
    assert kept.result.conjunctions.equals(first.conjunctions)
    assert reader.run(2).result.conjunctions.height == 0
    assert reader.run(3).result.conjunctions.equals(third.conjunctions)
    assert reader.runs()["run_id"].to_list() == [1, 2]
    assert reader.runs()["conjunctions"].to_list() == [7, 0]
    assert reader.runs(as_of_tai_ns=150)["run_id"].to_list() == [1]
    assert reader.runs(data_mode=DataMode.SIMULATED)["run_id"].to_list() == [3]
    assert reader.counts(CONJUNCTIONS) == {DataMode.REAL: 7, DataMode.SIMULATED: 2}
    with pytest.raises(NotFoundError, match="no screening run 4"):
        reader.run(4)


def test_a_run_whose_provenance_contradicts_it_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="SIMULATED"):
        store.save_run(screening(1, data_mode=DataMode.SIMULATED), provenance=REAL, learned_tai_ns=1)
    assert store.journal().height == 0


def test_any_kind_goes_through_the_same_door(store: Store) -> None:
    frame = screening(3).conjunctions.with_columns(pl.lit(77, dtype=pl.Int64).alias("run_id"), pl.lit(1).alias("more"))
    with store.transaction(learned_tai_ns=1) as t:
        assert t.append_records(CONJUNCTIONS, frame, provenance=REAL).accepted == 3
        with pytest.raises(InputError, match="door of their own"):
            t.append_records(ELEMENT_SETS, element_sets([1], [1]).frame, provenance=REAL)
        with pytest.raises(InputError, match="need the column run_id"):
            t.append_records(SCREENING_RUNS, frame.drop("run_id"), provenance=REAL)
        broken = frame.with_columns(pl.lit(None, dtype=pl.Int64).alias("run_id"))
        with pytest.raises(InputError, match="holds nulls"):
            t.append_records(CONJUNCTIONS, broken, provenance=REAL)
        wrong = frame.with_columns(pl.col("run_id").cast(pl.Int32))
        with pytest.raises(InputError, match="Int64 is needed"):
            t.append_records(CONJUNCTIONS, wrong, provenance=REAL)
    assert store.records(CONJUNCTIONS)["run_id"].to_list() == [77] * 3
    assert "more" not in store.records(CONJUNCTIONS).columns
    with pytest.raises(InputError, match="kinds are"):
        record_kind("rumour")


def test_sets_without_number_or_epoch_are_refused_and_nothing_is_stored(store: Store) -> None:
    for column in ("norad_cat_id", "epoch_tai_ns"):
        frame = element_sets([1, 2], [1, 2]).frame.with_columns(
            pl.lit(None).cast(ELEMENT_SET_SCHEMA[column]).alias(column)
        )
        with pytest.raises(InputError, match=f"{column} holds nulls"):
            store.append_element_sets(ElementSets(frame), provenance=REAL, learned_tai_ns=1)
    assert store.counts(ELEMENT_SETS) == {}


def test_nothing_to_append_commits_nothing(store: Store) -> None:
    receipt = store.append_element_sets(ElementSets.empty(), provenance=REAL, learned_tai_ns=1)
    assert (receipt.accepted, receipt.duplicates, receipt.superseded) == (0, 0, 0)
    assert store.last_learned_tai_ns() is None


def test_between_two_epochs_the_choice_is_the_same(store: Store) -> None:
    assert store.choice_span_tai_ns(at_tai_ns=5)[0] < -(2**62)
    store.append_element_sets(element_sets([1, 2], [100, 300]), provenance=REAL, learned_tai_ns=1)
    store.append_element_sets(element_sets([1], [200]), provenance=REAL, learned_tai_ns=2)
    store.append_element_sets(element_sets([3], [250]), provenance=SIMULATED, learned_tai_ns=3)
    spans = [store.choice_span_tai_ns(at_tai_ns=at) for at in (200, 299)]
    assert spans == [(200, 299), (200, 299)]
    assert store.choice_span_tai_ns(at_tai_ns=199) == (100, 199)
    assert store.choice_span_tai_ns(at_tai_ns=300) == (300, 2**63 - 2)  # the last of all stands for never
    assert store.choice_span_tai_ns(at_tai_ns=300, data_mode=DataMode.SIMULATED) == (250, 2**63 - 2)
    first, last = spans[0]
    answers = [store.latest_element_sets(at_tai_ns=at).frame for at in (first, last)]
    assert answers[0].equals(answers[1])
    assert not answers[0].equals(store.latest_element_sets(at_tai_ns=first - 1).frame)
