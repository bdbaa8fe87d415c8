"""Operators' ephemerides of the simulated world, written and read as OEMs, against brute force.

The ephemerides are of objects that brute force follows under python-sgp4, so the same rows must come out: miss to 1 m,
TCA to 1 ms (`assert_same`; interpolation of 60 s states by Hermite of degree 7 is right to under a millimetre here).
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ephemeris_support import S, Segment, consistent_states, prepared, write_oem
from mihari.astro.frames import Frame
from mihari.astro.sgp4 import OperationMode, Sgp4Batch
from mihari.astro.time import parse_utc
from mihari.compute import SerialExecutor, ThreadExecutor
from mihari.conjunction.screening import OperatorEphemeris, Volume, screen, screen_ephemerides
from mihari.conjunction.screening._choice import ChosenSets
from mihari.errors import UsageError
from mihari.exercise.world import generate_world
from mihari.model.conjunction import CONJUNCTION_SCHEMA, ScreeningResult
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from screening_support import BruteForce, assert_same

START = parse_utc("2024-11-01T00:00:00Z")
HOURS = 5
END = START + HOURS * 3_600 * S
RADIUS_M = 170e3
HOMES = 3


@pytest.fixture(scope="module")
def sets() -> ElementSets:
    """240 low objects of one height, the three that have ephemerides first."""
    frame = generate_world(seed=3, size=1_000, epoch_tai_ns=START).element_sets.frame
    low = frame.filter(pl.col("mean_motion_rev_day").is_between(13.5, 15.6)).sort("norad_cat_id").head(240)
    order = [200, 60, 120] + [k for k in range(240) if k not in (200, 60, 120)]
    return ElementSets(low[order])


def batch_of(sets: ElementSets) -> Sgp4Batch:
    """Return the propagator in the order of the table."""
    chosen = ChosenSets(sets, sets, [])
    return chosen.batch(OperationMode.IMPROVED)


def nodes(first: int, last: int, step_s: int = 60) -> np.ndarray:
    return np.arange(first, last + 1, step_s * S)


def ephemerides(
    sets: ElementSets, folder: Path, *, frame: Frame = Frame.TEME, spans: dict[int, tuple[int, int]] | None = None
) -> list[OperatorEphemeris]:
    batch, out = batch_of(sets), []
    for row in range(HOMES):
        first, last = (spans or {}).get(row, (START - 600 * S, END + 600 * S))
        states = consistent_states(batch, row, nodes(first, last), frame=frame)
        path = write_oem(folder / f"{frame.value}-{row}.oem", Segment(states))
        out.append(prepared(path, number=int(sets.frame["norad_cat_id"][row])))
    return out


def run(given: list[OperatorEphemeris], sets: ElementSets | None, **more: object) -> ScreeningResult:
    arguments = {
        "start_tai_ns": START,
        "end_tai_ns": END,
        "volume": Volume.sphere(RADIUS_M),
        "executor": SerialExecutor(),
        "data_mode": DataMode.SIMULATED,
        "sets": sets,
    }
    return screen_ephemerides(given, **(arguments | more))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def truth(sets: ElementSets) -> BruteForce:
    span_s = (END - START) / S
    return BruteForce(sets, start_tai_ns=START, span_s=span_s, radius_m=RADIUS_M, homes=HOMES)


def test_all_approaches_and_no_other(sets: ElementSets, truth: BruteForce, tmp_path: Path) -> None:
    """Against the catalogue and each other; the catalogue holds the same objects, which do not meet themselves."""
    result = run(ephemerides(sets, tmp_path), sets)
    events = truth.events()
    assert len(events) > 20
    assert_same(result.conjunctions, events, start_tai_ns=START)
    assert list(result.conjunctions.columns)[: len(CONJUNCTION_SCHEMA)] == list(CONJUNCTION_SCHEMA)
    coverage = result.coverage
    assert (coverage.objects_given, coverage.objects_screened, coverage.primaries) == (243, 243, 3)
    assert [each.label for each in coverage.ephemerides] == ["TEME-0.oem", "TEME-1.oem", "TEME-2.oem"]
    assert coverage.unscreened == ()
    homes = sets.frame["norad_cat_id"][:HOMES].to_list()
    for row in result.conjunctions.iter_rows(named=True):
        for side in ("1", "2"):
            is_home = row[f"norad_cat_id_{side}"] in homes
            assert (row[f"ephemeris_{side}"] is not None) == is_home
            assert (row[f"element_set_epoch_{side}_tai_ns"] is None) == is_home
        assert row["primary_id"] in homes


@pytest.mark.parametrize("frame", [Frame.EME2000, Frame.GCRF, Frame.ITRF])
def test_the_frame_of_the_message_makes_no_difference(sets: ElementSets, tmp_path: Path, frame: Frame) -> None:
    """Against the run in TEME: 1 cm (turning with the table at both ends, 15 digits) and 10 microseconds."""
    plain = run(ephemerides(sets, tmp_path), sets).conjunctions
    turned = run(ephemerides(sets, tmp_path, frame=frame), sets).conjunctions
    assert plain.height == turned.height > 20
    assert turned.select("norad_cat_id_1", "norad_cat_id_2").equals(plain.select("norad_cat_id_1", "norad_cat_id_2"))
    assert np.abs(turned["miss_distance_m"].to_numpy() - plain["miss_distance_m"].to_numpy()).max() < 0.01
    assert np.abs(turned["tca_tai_ns"].to_numpy() - plain["tca_tai_ns"].to_numpy()).max() < 10_000


def test_an_ephemeris_ends_where_its_span_does(sets: ElementSets, truth: BruteForce, tmp_path: Path) -> None:
    """Ends within the window: brute force with the same end; the rest of the window is told as not screened."""
    ends = {0: START + 7_140 * S, 1: START + 14_400 * S}
    given = ephemerides(sets, tmp_path, spans={row: (START - 600 * S, end) for row, end in ends.items()})
    result = run(given, sets)
    shorter = BruteForce(sets, start_tai_ns=START, span_s=(END - START) / S, radius_m=RADIUS_M, homes=HOMES)
    for row, end in ends.items():
        shorter.until_s[row] = (end - START) / S
    events = shorter.events()
    assert 5 < len(events) < len(truth.events())
    assert_same(result.conjunctions, events, start_tai_ns=START)
    told = {(each.norad_cat_id, each.from_tai_ns): each for each in result.coverage.unscreened}
    numbers = sets.frame["norad_cat_id"].to_list()
    assert set(told) == {(numbers[row], end) for row, end in ends.items()}
    assert all("useable span" in each.reason and each.until_tai_ns is None for each in told.values())


def test_an_ephemeris_begins_where_its_span_does(sets: ElementSets, tmp_path: Path) -> None:
    """Begins within the window: from then on the rows are those of a brute force that begins then."""
    late = START + 7_200 * S
    given = ephemerides(sets, tmp_path, spans={0: (late, END + 600 * S)})
    result = run(given, sets)
    number = int(sets.frame["norad_cat_id"][0])
    of_it = (pl.col("norad_cat_id_1") == number) | (pl.col("norad_cat_id_2") == number)
    from_then = BruteForce(sets, start_tai_ns=late, span_s=(END - late) / S, radius_m=RADIUS_M, homes=1)
    assert_same(result.conjunctions.filter(of_it), from_then.events(), start_tai_ns=late)
    always = BruteForce(sets, start_tai_ns=START, span_s=(END - START) / S, radius_m=RADIUS_M, homes=HOMES)
    others = [event for event in always.events() if number not in (event.id_1, event.id_2)]
    assert len(others) > 5
    assert_same(result.conjunctions.filter(~of_it), others, start_tai_ns=START)
    assert [(each.norad_cat_id, each.from_tai_ns, each.until_tai_ns) for each in result.coverage.unscreened] == [
        (number, START, late)
    ]


def test_a_gap_between_segments_is_left_out_and_told(sets: ElementSets, truth: BruteForce, tmp_path: Path) -> None:
    """Two segments with half an hour between them: rows of the whole less those in the gap, and each part's own."""
    batch, number = batch_of(sets), int(sets.frame["norad_cat_id"][0])
    gap = (START + 7_200 * S, START + 9_000 * S)
    parts = [
        Segment(consistent_states(batch, 0, nodes(START - 600 * S, gap[0]))),
        Segment(consistent_states(batch, 0, nodes(gap[1], END + 600 * S))),
    ]
    given = prepared(write_oem(tmp_path / "gap.oem", *parts), number=number)
    assert given.coverage.spans_tai_ns == ((START - 600 * S, gap[0]), (gap[1], END + 600 * S))
    found = run([given], sets).conjunctions
    before = BruteForce(sets, start_tai_ns=START, span_s=(gap[0] - START) / S, radius_m=RADIUS_M, homes=1)
    after = BruteForce(sets, start_tai_ns=gap[1], span_s=(END - gap[1]) / S, radius_m=RADIUS_M, homes=1)
    early = pl.col("tca_tai_ns") <= gap[0]
    assert_same(found.filter(early), before.events(), start_tai_ns=START)
    assert_same(found.filter(~early), after.events(), start_tai_ns=gap[1])
    (told,) = run([given], sets).coverage.unscreened
    assert (told.from_tai_ns, told.until_tai_ns) == gap


def test_segments_that_meet_are_one(sets: ElementSets, truth: BruteForce, tmp_path: Path) -> None:
    """Five segments end to end give what one does, also where an approach lies across a limit."""
    batch, number = batch_of(sets), int(sets.frame["norad_cat_id"][0])
    limits = np.linspace(START - 600 * S, END + 600 * S, 6).astype(np.int64)
    of_it = [event for event in truth.events() if number in (event.id_1, event.id_2)]
    moments = [START + round(event.tca_s * S) for event in of_it]
    limits[3] = next(moment for moment in moments if limits[2] < moment < limits[4])
    states = [
        consistent_states(batch, 0, np.unique(np.append(np.arange(first, last, 60 * S), last)))
        for first, last in itertools.pairwise(limits.tolist())
    ]
    given = prepared(write_oem(tmp_path / "five.oem", *(Segment(each) for each in states)), number=number)
    assert len(given.spans) == 1
    assert_same(run([given], sets).conjunctions, of_it, start_tai_ns=START)


def test_alone_they_meet_each_other_only(sets: ElementSets, truth: BruteForce, tmp_path: Path) -> None:
    """Ephemerides that cover just the window, a sphere of 400 km."""
    homes = ElementSets(sets.frame[[0, 1, 2, *range(20, 240, 12)]])
    batch = batch_of(homes)
    given = [
        prepared(
            write_oem(tmp_path / f"{row}.oem", Segment(consistent_states(batch, row, nodes(START, END)))),
            number=int(homes.frame["norad_cat_id"][row]),
        )
        for row in range(len(homes))
    ]
    wide = 400e3
    result = run(given, None, volume=Volume.sphere(wide))
    events = BruteForce(homes, start_tai_ns=START, span_s=(END - START) / S, radius_m=wide).events()
    assert len(events) > 5
    assert_same(result.conjunctions, events, start_tai_ns=START)
    assert result.coverage.catalogue_version == "none"
    assert (result.coverage.objects_given, result.coverage.oldest_epoch_tai_ns) == (len(homes), None)
    with pytest.raises(UsageError, match="nothing to be screened against"):
        run(ephemerides(sets, tmp_path)[:1], None)


def test_states_of_one_number_meet_when_asked(sets: ElementSets, tmp_path: Path) -> None:
    """An ephemeris and its own element set lie on each other: one row over the whole window, when asked for."""
    given = ephemerides(sets, tmp_path)[:1]
    number = given[0].norad_cat_id
    own = (pl.col("norad_cat_id_1") == number) & (pl.col("norad_cat_id_2") == number)
    assert run(given, sets).conjunctions.filter(own).is_empty()
    rows = run(given, sets, same_number=True).conjunctions.filter(own)
    assert rows.height > 0
    assert rows["miss_distance_m"].max() < 0.01
    assert rows["ephemeris_1"].to_list() == [None] * rows.height
    assert rows["ephemeris_2"].to_list() == [given[0].label] * rows.height


def test_volumes_by_regime_and_executors_agree_with_element_sets(sets: ElementSets, tmp_path: Path) -> None:
    """Ellipsoids: the same rows as `screen` with the same primaries; threads change nothing.

    SGP4's velocity departs from the derivative by centimetres a second, which turns RTN axes by 1e-6 rad: 0.2 m in
    170 km.
    """
    regimes = [
        {"name": "lower", "period_min": [None, 95.5], "semi_axes_km": [60, 170, 120]},
        {"name": "higher", "semi_axes_km": [90, 110, 160]},
    ]
    file = tmp_path / "wide.json"
    file.write_text(json.dumps({"name": "wide", "version": "1", "source": "the test", "regimes": regimes}))
    volume = Volume.profile(file)
    given = ephemerides(sets, tmp_path)
    found = run(given, sets, volume=volume).conjunctions
    plain = screen(
        sets,
        start_tai_ns=START,
        end_tai_ns=END,
        volume=volume,
        executor=SerialExecutor(),
        data_mode=DataMode.SIMULATED,
        primaries=[each.norad_cat_id for each in given],
    ).conjunctions
    assert found.height == plain.height > 3
    assert found.select("norad_cat_id_1", "norad_cat_id_2", "kind", "primary_id").equals(
        plain.select("norad_cat_id_1", "norad_cat_id_2", "kind", "primary_id")
    )
    for name, limit_m in (("miss_distance_m", 0.02), ("radial_m", 0.5), ("transverse_m", 0.5), ("normal_m", 0.5)):
        assert np.abs(found[name].to_numpy() - plain[name].to_numpy()).max() < limit_m
    assert run(given, sets, volume=volume, executor=ThreadExecutor(2)).conjunctions.equals(found)


def test_primaries_of_the_catalogue_may_go_along(sets: ElementSets, truth: BruteForce, tmp_path: Path) -> None:
    number = int(sets.frame["norad_cat_id"][10])
    result = run(ephemerides(sets, tmp_path), sets, primaries=[number])
    order = [*range(HOMES), 10, *(k for k in range(HOMES, 240) if k != 10)]
    four = BruteForce(
        ElementSets(sets.frame[order]), start_tai_ns=START, span_s=(END - START) / S, radius_m=RADIUS_M, homes=4
    )
    events = four.events()
    assert len(events) > len(truth.events())
    assert_same(result.conjunctions, events, start_tai_ns=START)
    assert result.coverage.primaries == 4


def test_a_window_that_no_ephemeris_reaches_is_refused(sets: ElementSets, tmp_path: Path) -> None:
    given = ephemerides(sets, tmp_path)
    with pytest.raises(UsageError, match="no ephemeris says anything"):
        run(given, sets, start_tai_ns=END + 3_600 * S, end_tai_ns=END + 7_200 * S)
    with pytest.raises(UsageError, match="ends before"):
        run(given, sets, end_tai_ns=START)
    with pytest.raises(UsageError, match="called the same"):
        run([given[0], given[0]], sets)
