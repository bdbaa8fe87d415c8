"""Two objects around their closest approach: against the `sgp4` package and against the screening."""

from __future__ import annotations

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from mihari.app.catalogue import FileCatalogue
from mihari.app.encounter import MOST_SAMPLES, Encounter, encounter_document, encounter_of
from mihari.astro.time import format_utc, parse_utc
from mihari.compute import SerialExecutor
from mihari.conjunction.screening import Volume, screen
from mihari.errors import InputError, NotFoundError, UsageError
from mihari.exercise.world import generate_world
from mihari.model.conjunction import ScreeningResult
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from mihari.model.space_object import SpaceObjects

START = parse_utc("2026-03-01T00:00:00Z")
HOUR_NS = 3_600_000_000_000


@pytest.fixture(scope="module")
def catalogue() -> FileCatalogue:
    sets = generate_world(size=1_500, seed=3, epoch_tai_ns=START).element_sets
    return FileCatalogue(sets, SpaceObjects.empty(), DataMode.SIMULATED)


@pytest.fixture(scope="module")
def screening(catalogue: FileCatalogue) -> ScreeningResult:
    return screen(
        catalogue.element_sets,
        start_tai_ns=START,
        end_tai_ns=START + 12 * HOUR_NS,
        volume=Volume.sphere(5_000.0),
        executor=SerialExecutor(),
        data_mode=DataMode.SIMULATED,
    )


def of_row(catalogue: FileCatalogue, row: dict[str, object], **window: float) -> Encounter:
    return encounter_of(
        catalogue,
        first=int(row["primary_id"]),  # type: ignore[call-overload]
        second=int({row["norad_cat_id_1"], row["norad_cat_id_2"]}.difference({row["primary_id"]}).pop()),  # type: ignore[call-overload]
        tca=int(row["tca_tai_ns"]),  # type: ignore[call-overload]
        **window,
    )


def test_closest_approaches_are_those_of_the_screening(catalogue: FileCatalogue, screening: ScreeningResult) -> None:
    found = screening.conjunctions.filter(screening.conjunctions["kind"] == "minimum")
    assert found.height >= 5
    for row in found.iter_rows(named=True):
        closest = of_row(catalogue, row, span_s=20.0).closest
        # Both seek the minimum of one distance from the same states: a millimetre is a hundred times what they differ.
        miss = np.linalg.norm(closest.position_m[0])
        assert miss == pytest.approx(row["miss_distance_m"], abs=1e-3)
        # The distance hardly changes around its minimum: slow pairs may differ in the moment, and so in the rest.
        assert np.linalg.norm(closest.velocity_m_s[0]) == pytest.approx(row["relative_speed_m_s"], rel=1e-6, abs=1e-3)
        expected = [row["radial_m"], row["transverse_m"], row["normal_m"]]
        assert closest.position_m[0] == pytest.approx(expected, abs=max(0.05, 2e-3 * row["miss_distance_m"]))


def test_samples_are_the_differences_of_the_reference_states(
    catalogue: FileCatalogue, screening: ScreeningResult
) -> None:
    row = screening.conjunctions.row(0, named=True)
    encounter = of_row(catalogue, row, span_s=60.0, step_s=10.0)
    times = encounter.relative.epoch_tai_ns
    assert ((times - row["tca_tai_ns"]) / 1e9).tolist() == [-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0]
    for place, moment in enumerate(times.tolist()):
        (r1, v1), (r2, v2) = (reference_state(encounter.sets, k, moment) for k in (0, 1))
        radial, normal = r1 / np.linalg.norm(r1), np.cross(r1, v1) / np.linalg.norm(np.cross(r1, v1))
        axes = np.stack([radial, np.cross(normal, radial), normal])
        # SGP4 here and there agree to 1e-6 km (tests of the kernel); relative positions so to 2 mm.
        assert encounter.relative.position_m[place] == pytest.approx(1e3 * axes @ (r2 - r1), abs=2e-3)
        assert encounter.relative.velocity_m_s[place] == pytest.approx(1e3 * axes @ (v2 - v1), abs=1e-5)


def reference_state(sets: ElementSets, place: int, moment_tai_ns: int) -> tuple[np.ndarray, np.ndarray]:
    row = sets.frame.row(place, named=True)
    days = (row["epoch_tai_ns"] - parse_utc("1949-12-31T00:00:00Z") - 27_000_000_000) / 86_400e9
    satellite = Satrec()
    satellite.sgp4init(
        WGS72,
        "i",
        0,
        days,
        row["bstar_per_earth_radius"],
        0.0,
        0.0,
        row["eccentricity"],
        np.radians(row["arg_of_pericenter_deg"]),
        np.radians(row["inclination_deg"]),
        np.radians(row["mean_anomaly_deg"]),
        row["mean_motion_rev_day"] * 2.0 * np.pi / 1_440.0,
        np.radians(row["ra_of_asc_node_deg"]),
    )
    code, position_km, velocity_km_s = satellite.sgp4_tsince((moment_tai_ns - row["epoch_tai_ns"]) / 60e9)
    assert code == 0
    return np.array(position_km), np.array(velocity_km_s)


def test_document_is_whole(catalogue: FileCatalogue, screening: ScreeningResult) -> None:
    row = screening.conjunctions.row(0, named=True)
    document = encounter_document(of_row(catalogue, row))
    assert document["advisory"] is True
    assert document["data_mode"] == "SIMULATED"
    assert document["tca_utc"] == format_utc(row["tca_tai_ns"], digits=6)
    assert len(document["offset_s"]) == len(document["position_rtn_m"]) == len(document["velocity_rtn_m_s"]) == 121
    assert (document["offset_s"][0], document["offset_s"][-1]) == (-60.0, 60.0)
    assert document["objects"][0]["norad_cat_id"] == row["primary_id"]
    for each in document["objects"]:
        assert each["status"] == "ok"
        assert len(each["typical_sigma_rtn_m"]) == 3
    assert document["closest"]["is_edge"] is False


def test_a_step_that_is_no_whole_nanosecond_reaches_both_ends(
    catalogue: FileCatalogue, screening: ScreeningResult
) -> None:
    row = screening.conjunctions.row(0, named=True)
    times = of_row(catalogue, row, span_s=1.0, step_s=1.0 / 240.0).relative.epoch_tai_ns - row["tca_tai_ns"]
    assert times.size == 241
    assert times[-1] == -times[0] == pytest.approx(5e8, rel=1e-6)


def test_a_window_beside_the_approach_says_so(catalogue: FileCatalogue, screening: ScreeningResult) -> None:
    fast = screening.conjunctions.sort("relative_speed_m_s").row(-1, named=True)
    beside = of_row(catalogue, {**fast, "tca_tai_ns": fast["tca_tai_ns"] + 40_000_000_000}, span_s=60.0)
    assert beside.closest_is_edge
    assert beside.closest.epoch_tai_ns[0] == fast["tca_tai_ns"] + 10_000_000_000


@pytest.mark.parametrize(
    ("window", "where"),
    [
        ({"span_s": 0.0}, "--span-s"),
        ({"span_s": 90_000.0}, "--span-s"),
        ({"span_s": float("nan")}, "--span-s"),
        ({"span_s": 10.0, "step_s": 6.0}, "--step-s"),
        ({"span_s": 10.0, "step_s": 1e-10}, "--step-s"),
        ({"span_s": float(MOST_SAMPLES), "step_s": 0.5}, "--step-s"),
    ],
)
def test_windows_that_cannot_be_shown_are_refused(
    catalogue: FileCatalogue, window: dict[str, float], where: str
) -> None:
    first, second = catalogue.element_sets.frame["norad_cat_id"].head(2)
    with pytest.raises(UsageError) as caught:
        encounter_of(catalogue, first=first, second=second, tca=START, **window)
    assert caught.value.where == where


def test_objects_that_are_not_there_and_one_object_twice_are_refused(catalogue: FileCatalogue) -> None:
    number = int(catalogue.element_sets.frame["norad_cat_id"][0])
    with pytest.raises(NotFoundError, match="object 7 has no element set"):
        encounter_of(catalogue, first=number, second=7, tca=START)
    with pytest.raises(UsageError, match="does not meet itself"):
        encounter_of(catalogue, first=number, second=number, tca=START)


def test_a_moment_without_states_is_refused(catalogue: FileCatalogue) -> None:
    frame = catalogue.element_sets.frame.head(2)
    fallen = frame.with_columns(mean_motion_rev_day=16.45, eccentricity=2e-4, bstar_per_earth_radius=0.9)
    gone = FileCatalogue(ElementSets(fallen), SpaceObjects.empty(), DataMode.SIMULATED)
    first, second = fallen["norad_cat_id"]
    with pytest.raises(InputError, match="nowhere in this window"):
        encounter_of(gone, first=first, second=second, tca=START + 20 * 24 * HOUR_NS)
