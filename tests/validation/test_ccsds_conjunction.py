"""What is read from a CDM, against what NASA CARA derives from the same files."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf

from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame
from mihari.astro.time import format_utc
from mihari.formats.ccsds import conjunction_message, message_remarks, read_messages
from mihari.model.conjunction_message import ConjunctionMessage, RadiusSource


def cara_cases(shared_cases: Path) -> list[dict[str, Any]]:
    return list(json.loads((shared_cases / "pc_cara_cdm.json").read_text())["cases"])


def plane_probability(event: ConjunctionMessage, radius_m: float) -> float:
    """Return the two-dimensional probability of the states as given, by an integral over the disc's strips."""
    one, two = event.objects
    relative_m, speed_m_s = two.position_m - one.position_m, two.velocity_m_s - one.velocity_m_s
    covariance = np.zeros((3, 3))
    for each in event.objects:
        assert each.covariance_rtn is not None
        basis = rtn_basis(each.position_m, each.velocity_m_s)
        covariance += basis.T @ each.covariance_rtn[:3, :3] @ basis
    y = speed_m_s / np.linalg.norm(speed_m_s)
    z = np.cross(relative_m, y)
    z /= np.linalg.norm(z)
    plane = np.array([np.cross(y, z), z])
    sigma = plane @ covariance @ plane.T
    values, axes = np.linalg.eigh(sigma)
    assert values[0] > 0.0
    x, h = axes.T @ (plane @ relative_m)
    s, t = np.sqrt(values)

    def strip(u: float) -> float:
        half = math.sqrt(max(radius_m**2 - u * u, 0.0))
        across = erf((h + half) / (math.sqrt(2.0) * t)) - erf((h - half) / (math.sqrt(2.0) * t))
        return float(math.exp(-((x + u) ** 2) / (2.0 * s * s)) * across)

    inside = [p for p in (-x, -x - 5 * s, -x + 5 * s) if abs(p) < radius_m]
    total, _ = quad(strip, -radius_m, radius_m, points=inside or None, epsabs=0.0, epsrel=1e-10, limit=500)
    return total / (math.sqrt(8.0 * math.pi) * s)


def test_states_covariances_and_radius_give_the_probability_that_cara_finds(shared_cases: Path) -> None:
    """The whole chain in one number: states, both covariances with their axes, and the radius.

    CARA's `Pc2D` moves the states linearly to the moment of closest approach, which is what projecting the relative
    position on the encounter plane does. Tolerance of the authority: 1e-6 relative; reached: 5e-9.
    """
    errors = {}
    for case in cara_cases(shared_cases):
        event = conjunction_message(read_messages(shared_cases / case["cdm"]))
        assert event.object_1.frame is Frame.EME2000
        errors[case["id"]] = plane_probability(event, case["hbr_m"]) / case["expected"]["Pc2D"] - 1.0
    assert len(errors) == 27
    assert max(abs(error) for error in errors.values()) < 2e-8, errors


def test_radius_frame_miss_and_speed_are_those_of_cara(shared_cases: Path) -> None:
    cases = cara_cases(shared_cases)
    assert len(cases) == 27
    for case in cases:
        event = conjunction_message(read_messages(shared_cases / case["cdm"]))
        assert event.hard_body_radius_m == case["hbr_m"]
        assert event.hard_body_radius_source is RadiusSource.COMMENT
        assert event.object_1.frame.value == case["ref_frame"]
        assert event.object_1.norad_cat_id == int(case["id"][:9])
        miss_m = float(np.linalg.norm(event.object_2.position_m - event.object_1.position_m))
        # Position at the millisecond of the CDM against CARA's at the refined TCA: half a millisecond of speed.
        speed_m_s = float(np.linalg.norm(event.object_2.velocity_m_s - event.object_1.velocity_m_s))
        assert speed_m_s == pytest.approx(case["expected"]["Vrel_mps"], rel=1e-6)
        assert miss_m == pytest.approx(case["expected"]["MissDist_m"], abs=5e-4 * speed_m_s + 1e-3)
        # What the sender rounded to metres and decimetres.
        assert event.miss_distance_m == pytest.approx(miss_m, abs=1.0)
        assert event.relative_position_m is not None
        assert np.linalg.norm(event.relative_position_m) == pytest.approx(miss_m, abs=0.5)


def test_density_consider_parameters_of_both_objects(shared_data: Path) -> None:
    folder = shared_data / "conjunctions" / "cara" / "PcTestCaseCDMs"
    name = "000020580_conj_000002017_20230613_001923_20230608_063715.cdm"
    event = conjunction_message(read_messages(folder / name))
    first, second = (o.density for o in event.objects)
    assert first is not None
    assert second is not None
    # As printed in the file's comments.
    assert first.forecast_uncertainty == 2.149971900000000047e-01
    assert first.sensitivity_position_m.tolist() == [
        -1.313943384724967132e02,
        4.201835343878772983e04,
        5.113866815021952839,
    ]
    assert second.sensitivity_velocity_m_s.tolist() == [
        -2.433215847390595954e01,
        -1.089369012839999998e-02,
        3.725525107130000374e-02,
    ]
    assert first.frame is Frame.RTN


def test_the_book_s_example_in_si(shared_cases: Path) -> None:
    """508.0-B-1 figure 3-4 (Orekit CDMExample4): values of the printed message times their units."""
    event = conjunction_message(read_messages(shared_cases / "ccsds/orekit/cdm/CDMExample4.txt"))
    assert format_utc(event.tca_tai_ns, digits=3) == "2010-03-13T22:37:52.618Z"
    assert event.miss_distance_m == 715.0
    assert event.relative_speed_m_s == 14762.0
    assert event.collision_probability == 4.835e-05
    assert event.probability_method == "FOSTER-1992"
    assert event.message_for == "SATELLITE A"
    assert ("SCREEN_VOLUME_SHAPE", "ELLIPSOID") in event.screening
    one = event.object_1
    assert one.position_m == pytest.approx([2570097.065, 2244654.904, 6281497.978], abs=1e-9)
    assert one.velocity_m_s == pytest.approx([4418.769571, 4833.547743, -3526.774282], abs=1e-9)
    assert one.covariance_rtn is not None
    assert one.covariance_rtn[1, 1] == 2.533e03
    assert one.covariance_rtn[1, 3] == one.covariance_rtn[3, 1] == -5.476
    assert one.covariance_rtn[5, 4] == -1.091e-06
    assert dict(one.extended_covariance)["CTHR_THR"] == -2.986e-02
    assert one.recommended_od_span_s == pytest.approx(7.88 * 86400.0)
    assert (one.observations_available, one.observations_used, one.tracks_used) == (592, 579, 119)
    assert one.residuals_accepted_fraction == pytest.approx(0.978)
    assert (one.area_pc_m2, one.mass_kg, one.cd_area_over_mass_m2_kg) == (5.2, 251.6, 0.045663)
    assert one.sedr_w_kg == 4.54570e-05
    assert one.operator_organisation == "EUMETSAT"
    assert (one.gravity_model, one.n_body, one.intrack_thrust) == ("EGM-96: 36D 36O", "MOON, SUN", "NO")
    assert ("APOGEE_ALTITUDE", "779 km") in one.comment_fields
    assert event.object_2.norad_cat_id == 30337
    assert event.hard_body_radius_m is None


def test_a_real_message_of_18_sds_takes_the_radius_from_exclusion_volumes(shared_cases: Path) -> None:
    event = conjunction_message(read_messages(shared_cases / "ccsds/orekit/cdm/ION_SCV8_vs_STARLINK_1233.txt"))
    assert event.hard_body_radius_m == 10.0
    assert event.hard_body_radius_source is RadiusSource.EXCLUSION_VOLUME
    assert ("CDM_ID", "519959713") in event.comment_fields
    assert [o.norad_cat_id for o in event.objects] == [55051, 45214]


def test_what_cannot_be_read_is_listed_and_not_invented(shared_cases: Path) -> None:
    message = read_messages(shared_cases / "ccsds/cdm_cara_samples/AlfanoTestCase02.cdm")
    event = conjunction_message(message)
    assert event.object_1.recommended_od_span_s is None
    unreadable = dict(event.object_1.unreadable)
    assert "RECOMMENDED_OD_SPAN" in unreadable
    assert dict(event.unreadable)["RELATIVE_VELOCITY_R"].endswith("taken as [m/s]")
    assert {keyword for keyword, _ in event.unreadable} | set(unreadable) <= {
        remark.keyword for remark in message_remarks(message)
    }


def test_every_cdm_beside_the_rejected_ones_becomes_a_record(shared_cases: Path, shared_data: Path) -> None:
    count = 0
    folders = [shared_cases / "ccsds/cdm_cara_samples", shared_cases / "ccsds/kessler_cdm_series"]
    folders += [shared_data / "conjunctions/cara/SampleCDMs", shared_data / "conjunctions/kessler_synthetic"]
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.suffix not in (".cdm", ".kvn", ".txt"):
                continue
            event = conjunction_message(read_messages(path), name=path.name)
            for each in event.objects:
                assert 6.4e6 < np.linalg.norm(each.position_m) < 6e7, path.name
            count += 1
    assert count > 70
