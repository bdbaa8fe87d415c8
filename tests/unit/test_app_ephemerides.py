"""Which object an ephemeris is of, in which world, what is screened, and what the catalogue says beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assessment_support import request
from ephemeris_support import ORIENTATION, S, Segment, consistent_states, write_oem
from mihari.app.assess_ephemerides import assess_ephemerides
from mihari.app.catalogue import FileCatalogue
from mihari.app.ephemerides import prepare_all, read_ephemerides
from mihari.app.export import coverage_document, screening_document, screening_frame_edge
from mihari.app.node import Node, node_over
from mihari.astro.sgp4 import OperationMode
from mihari.astro.time import parse_utc
from mihari.conjunction.screening import ChosenSets, OperatorEphemeris, Volume
from mihari.errors import FormatError, InputError, UsageError
from mihari.formats.ccsds import MessageForm
from mihari.model.conjunction import EphemerisCoverage
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from mihari.model.space_object import SpaceObjects
from mihari.store import EmbeddedStore, StoreMode
from screening_support import make_sets

START = parse_utc("2024-11-01T00:00:00Z")
NODES = START + np.arange(0, 7_201, 60) * S


def catalogue(*, simulated: bool = False) -> FileCatalogue:
    """Four crossing low orbits and a designator that two objects carry."""
    first = 900_100_001 if simulated else 70_001
    mark = " (SIM)" if simulated else ""
    sets = make_sets(
        norad_cat_id=np.arange(first, first + 4),
        object_name=[f"CASE {k}{mark}" for k in range(4)],
        object_id=["2024-001A", "2024-002A", "2024-003A", "2024-003A"],
        epoch_tai_ns=START,
        mean_motion_rev_day=14.5,
        eccentricity=0.0005,
        inclination_deg=[60.0, 70.0, 80.0, 98.0],
        ra_of_asc_node_deg=0.0,
        arg_of_pericenter_deg=0.0,
        mean_anomaly_deg=[0.0, 0.2, 0.4, 0.6],
        bstar_per_earth_radius=0.0,
    )
    return FileCatalogue(sets, SpaceObjects.empty(), DataMode.SIMULATED if simulated else DataMode.REAL)


def written(folder: Path, row: int, *, name: str = "", designator: str = "", **more: object) -> str:
    sets = catalogue().element_sets
    batch = ChosenSets(sets, sets, []).batch(OperationMode.IMPROVED)
    segment = Segment(
        consistent_states(batch, row, NODES),
        object_name=name or f"CASE {row}",
        object_id=designator or f"2024-00{row + 1}A",
        **more,  # type: ignore[arg-type]
    )
    return write_oem(folder / f"{name or row}.oem", segment)


def ready(given: list[str], **more: object) -> tuple[list[OperatorEphemeris], DataMode]:
    arguments = {"catalogue": catalogue(), "mode": None, "orientation": ORIENTATION} | more
    return prepare_all(read_ephemerides(given), **arguments)  # type: ignore[arg-type]


def test_the_number_comes_from_the_user_the_message_or_the_catalogue(tmp_path: Path) -> None:
    files = [
        f"12345={written(tmp_path, 0, name='USERS')}",
        written(tmp_path, 0, name="MESSAGES", designator="70002"),
        written(tmp_path, 0),
        written(tmp_path, 2),
        written(tmp_path, 0, name="UNKNOWN", designator="2031-001A"),
        written(tmp_path, 0, name="UNKNOWN TOO", designator="2031-001A"),
        written(tmp_path, 0, name="OTHER", designator="2031-002A"),
    ]
    found, mode = ready(files)
    assert [each.norad_cat_id for each in found] == [
        12_345, 70_002, 70_001, 999_999_999, 999_999_998, 999_999_998, 999_999_997
    ]  # fmt: skip
    assert mode is DataMode.REAL
    sources = [each.coverage.number_source for each in found]
    assert sources[:3] == ["given by the user", "OBJECT_ID of the message", "the catalogue's object 2024-001A"]
    assert sources[3] == "this node's own: several objects 2024-003A in the catalogue"
    assert sources[4] == "this node's own: no catalogue number is known"


def test_an_own_number_passes_over_those_in_use(tmp_path: Path) -> None:
    held = catalogue()
    frame = held.element_sets.frame.with_columns(pl.Series("norad_cat_id", [999_999_999, 2, 3, 999_999_998], pl.Int32))
    taken = FileCatalogue(ElementSets(frame), held.space_objects, held.data_mode)
    (found,), _ = ready([written(tmp_path, 0, designator="2031-001A")], catalogue=taken)
    assert found.norad_cat_id == 999_999_997


def test_labels_are_unique_and_a_file_may_hold_several_objects(tmp_path: Path) -> None:
    states = [consistent_states(ChosenSets(*[catalogue().element_sets] * 2, []).batch(OperationMode.IMPROVED), k, NODES)
              for k in (0, 1)]  # fmt: skip
    segments = [Segment(each, object_id=f"2024-00{k + 1}A") for k, each in enumerate(states)]
    both = write_oem(tmp_path / "both.oem", *segments, strict=False)
    (tmp_path / "other").mkdir()
    again = written(tmp_path / "other", 0, name="both")
    labels = [each.label for each in read_ephemerides([both, again, again])]
    assert labels == ["both.oem (2024-001A)", "both.oem (2024-002A)", "both.oem", "both.oem #2"]
    with pytest.raises(UsageError, match="several objects"):
        read_ephemerides([f"70001={both}"])


def test_every_form_of_a_message_is_read(tmp_path: Path) -> None:
    sets = catalogue().element_sets
    states = consistent_states(ChosenSets(sets, sets, []).batch(OperationMode.IMPROVED), 0, NODES)
    digests = {
        read_one.coverage.digest
        for form in (MessageForm.KVN, MessageForm.XML, MessageForm.JSON)
        for read_one in ready([write_oem(tmp_path / f"case.{form.value}", Segment(states), form=form)])[0]
    }
    assert len(digests) == 1


def test_data_modes_are_never_mixed(tmp_path: Path) -> None:
    real = written(tmp_path, 0)
    simulated = written(tmp_path, 1, name="CASE 1 (SIM)", designator="900100002")
    world = catalogue(simulated=True)
    assert ready([simulated], catalogue=world)[1] is DataMode.SIMULATED
    assert ready([simulated], catalogue=None)[1] is DataMode.SIMULATED
    assert ready([real], catalogue=None, mode=DataMode.EXERCISE)[1] is DataMode.EXERCISE
    # An ephemeris without the mark is what the user says it is.
    assert ready([real], catalogue=world, mode=DataMode.SIMULATED)[1] is DataMode.SIMULATED
    for given, more, words in (
        ([real], {"catalogue": world}, "is REAL, the catalogue SIMULATED"),
        ([simulated], {}, "is SIMULATED, the catalogue REAL"),
        ([simulated], {"mode": DataMode.REAL}, "is SIMULATED, asked for REAL"),
        ([real, simulated], {"catalogue": None}, "is SIMULATED, 0.oem REAL"),
    ):
        with pytest.raises(UsageError, match=words):
            ready(given, **more)


def test_bad_input_is_told_with_its_place(tmp_path: Path) -> None:
    no_ephemeris = tmp_path / "x.tle"
    no_ephemeris.write_text("nothing of the kind\n")
    for given, kind, words in (
        (str(tmp_path / "absent.oem"), InputError, "no such file"),
        (str(no_ephemeris), FormatError, "x.tle"),
        (f"0={written(tmp_path, 0)}", UsageError, "out of range"),
    ):
        with pytest.raises(kind, match=words):
            read_ephemerides([given])


def a_node() -> Node:
    """A node over the catalogue in memory."""
    node = node_over(Path("/nonexistent"), clock=lambda: START + 600 * S)
    node.catalogue = lambda **_: catalogue()  # type: ignore[method-assign,assignment]
    return node


def test_a_screening_starts_where_ephemerides_are_and_names_everything(tmp_path: Path) -> None:
    answer = a_node().screen(ephemerides=[written(tmp_path, 0), written(tmp_path, 1)], span_s=3_600.0)
    assert answer.moment.reason == "now: within an ephemeris"
    assert answer.names[70_003] == "CASE 2"
    rows = screening_frame_edge(answer.result)
    assert rows.columns[-4:] == ["age_1_days", "age_2_days", "ephemeris_1", "ephemeris_2"]
    late = node_over(tmp_path / "none", clock=lambda: START + 10**18)
    alone = late.screen(ephemerides=[written(tmp_path, 0), written(tmp_path, 1)], alone=True, span_s=3_600.0)
    assert alone.moment.at_tai_ns == START
    assert alone.moment.reason == "where the first ephemeris begins"
    assert alone.result.coverage.catalogue_version == "none"


def test_ages_of_ephemerides_are_empty_and_those_of_sets_are_not(tmp_path: Path) -> None:
    answer = a_node().screen(
        ephemerides=[written(tmp_path, 0)], start=START, span_s=7_200.0, volume=Volume.sphere(500e3)
    )
    document = screening_document(answer.result)
    assert len(document["conjunctions"]) > 0
    for row in document["conjunctions"]:
        sides = {row["norad_cat_id_1"]: row["age_1_days"], row["norad_cat_id_2"]: row["age_2_days"]}
        assert sides.pop(70_001) is None
        assert 0.0 <= next(iter(sides.values())) < 0.1
        assert (row["ephemeris_1"], row["ephemeris_2"]) == ("0.oem", None)
    json.dumps(document, allow_nan=False)


def test_a_kept_run_comes_back_with_its_ephemerides(tmp_path: Path) -> None:
    answer = a_node().screen(ephemerides=[written(tmp_path, 0)], start=START - 600 * S, span_s=20_000.0)
    coverage = answer.result.coverage
    assert [(each.from_tai_ns, each.until_tai_ns) for each in coverage.unscreened] == [
        (START - 600 * S, START),
        (int(NODES[-1]), None),
    ]
    with EmbeddedStore.open(tmp_path / "store", mode=StoreMode.CREATE) as store:
        number = store.save_run(answer.result, learned_tai_ns=START)
        kept = store.run(number).result
    assert kept.coverage == coverage
    assert isinstance(kept.coverage.ephemerides[0], EphemerisCoverage)
    assert coverage_document(kept.coverage) == coverage_document(coverage)


def test_the_catalogue_stands_beside_the_operator(tmp_path: Path) -> None:
    """The catalogue's set of one object is 2 degrees of mean anomaly ahead of its ephemeris: that is the difference."""
    held = catalogue()
    sigma = np.diag([20.0, 50.0, 20.0, 0.05, 0.02, 0.02]) ** 2
    blocks = [(int(epoch), sigma, "RTN") for epoch in NODES[::10]]
    files = [written(tmp_path, row, covariances=blocks) for row in (0, 1)]
    shift_deg = 0.05
    anomaly = held.element_sets.frame["mean_anomaly_deg"] + pl.Series([shift_deg, 0.0, 0.0, 0.0])
    ahead = FileCatalogue(ElementSets(held.element_sets.frame.with_columns(anomaly)), held.space_objects, DataMode.REAL)
    batch = assess_ephemerides(files, request(hard_body_radius_m=10.0), catalogue=ahead, radius_m=40e3)
    # The one at the very start of the ephemerides moves out of them with the shift.
    within = [each for each in batch.assessments if each.assessment.tca_tai_ns > START + 60 * S]
    assert len(within) == len(batch.assessments) - 1 == 2
    for each in within:
        first, second = each.solutions
        assert [first.norad_cat_id, second.norad_cat_id] == [70_001, 70_002]
        along_m = np.radians(shift_deg) * 7.11e6
        assert first.difference_rtn_m[1] == pytest.approx(along_m, rel=0.01)
        assert abs(first.difference_rtn_m[0]) < 0.02 * along_m
        # The other's set is what its ephemeris was made from.
        assert np.linalg.norm(second.difference_rtn_m) < 0.01
        assert second.assessment.geometry.miss_distance_m == pytest.approx(
            each.assessment.geometry.miss_distance_m, abs=0.01
        )
        for solution in each.solutions:
            assert solution.assessment.advisory
            assert solution.assessment.probability is None
            assert solution.assessment.maximum is not None
        assert each.assessment.probability is not None
        assert not each.assessment.advisory
        assert all("interpolated in RTN" in words for words in each.covariances)
    document = batch.document()
    told = next(each for each in document["assessments"] if each["event_id"] == within[0].assessment.event_id)
    solution = told["catalogue_solutions"][0]
    assert solution["miss_difference_m"] == pytest.approx(
        solution["assessment"]["miss_distance_m"] - told["miss_distance_m"]
    )
    start = next(each for each in document["assessments"] if each["tca_utc"] < "2024-11-01T00:01")
    assert start["catalogue_solutions"][0]["assessment"] is None
    assert "do not come within 100 km" in start["catalogue_solutions"][0]["reason"]
    json.dumps(document, allow_nan=False)
