"""Candidates as messages: valid by the book, read back, and the burn of the OPM flown to the trajectory of the OEM."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avoidance_app_support import ask, message, write
from mihari.app.avoid import AvoidanceAnswer
from mihari.app.avoidance_constraints import AvoidanceConstraints
from mihari.app.avoidance_messages import write_candidates
from mihari.app.messages import check_messages
from mihari.astro.numerical import ThrustArc, propagate
from mihari.astro.states import Frame, StateVectors
from mihari.errors import InputError
from mihari.formats.ccsds import ephemeris, load_bytes, parse_messages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("candidates")


@pytest.fixture(scope="module")
def answer(folder: Path) -> AvoidanceAnswer:
    """Burns of some seconds: 5 newtons on 200 kg."""
    limits = AvoidanceConstraints(mass_kg=200.0, thrust_n=5.0, specific_impulse_s=220.0)
    return ask(write(folder, message()), constraints=limits, finalists=2)


@pytest.fixture(scope="module")
def written(answer: AvoidanceAnswer, folder: Path) -> dict[int, tuple[Path, ...]]:
    return write_candidates(answer, folder / "out", now_tai_ns=answer.posed.problem.primary.epoch_tai_ns, most=5)


def test_all_are_valid_by_the_book(answer: AvoidanceAnswer, written: dict[int, tuple[Path, ...]]) -> None:
    assert list(written) == [0, 1]
    paths = [path for each in written.values() for path in each]
    checks = check_messages(paths)
    assert [check.kind for check in checks] == ["OPM", "OEM", "OCM"] * 2
    assert all(check.is_valid and not check.remarks for check in checks)
    for path in paths:
        text = path.read_text()
        assert "SIMULATED" in text
        assert "CANDIDATE MANOEUVRE, RECOMMENDED" in text


def test_the_burn_of_the_opm_leads_to_the_oem_and_the_ocm(
    answer: AvoidanceAnswer, written: dict[int, tuple[Path, ...]]
) -> None:
    """Only what the messages hold is flown. Tolerance: km to nine decimals, km/s to twelve, over a day."""
    primary = answer.plan.space.problem.primary
    for place, paths in written.items():
        opm, oem, ocm = (ephemeris(parse_messages(load_bytes(path), name=path.name)) for path in paths)
        (start,) = opm.segments
        (burn,) = start.manoeuvres
        told = answer.plan.burns[place]
        assert np.linalg.norm(burn.delta_velocity_m_s) == pytest.approx(told.delta_v_m_s, rel=1e-9)
        assert burn.duration_s == pytest.approx(told.burn_duration_s, abs=1e-6)
        assert burn.duration_s > 0.1
        craft = answer.plan.space.problem.spacecraft
        half = round(burn.duration_s * 1e9)
        unit = np.array(burn.delta_velocity_m_s) / np.linalg.norm(burn.delta_velocity_m_s)
        share = told.propellant_kg / craft.mass_kg
        arc = ThrustArc(
            start_tai_ns=burn.ignition_tai_ns,
            end_tai_ns=burn.ignition_tai_ns + half,
            acceleration_m_s2=tuple(unit * craft.thrust_n / craft.mass_kg),  # type: ignore[arg-type]
            mass_flow_per_s=share / (half * 1e-9),
        )
        after = oem.segments[-1]
        assert after.epoch_tai_ns[0] > arc.end_tai_ns
        assert all(each.frame is Frame.GCRF for each in (*oem.segments, *ocm.segments))
        flown = propagate(
            StateVectors(Frame.GCRF, start.epoch_tai_ns, start.position_m, start.velocity_m_s),
            after.epoch_tai_ns,
            model=primary.model,
            orientation=primary.orientation,
            area_to_mass=primary.area_to_mass,
            manoeuvres=[(arc,)],
        ).states
        assert np.abs(flown.position_m[0] - after.position_m).max() < 0.05
        assert burn.ignition_tai_ns + half // 2 == pytest.approx(told.burn_tai_ns, abs=2_000)
        assert len(ocm.segments) == len(oem.segments)
        for ours, theirs in zip(oem.segments, ocm.segments, strict=True):
            assert np.abs(ours.epoch_tai_ns - theirs.epoch_tai_ns).max() <= 2_000
            assert np.allclose(ours.position_m, theirs.position_m, atol=1e-5)
        if len(oem.segments) == 2:
            assert oem.segments[0].epoch_tai_ns[-1] < arc.start_tai_ns


def test_a_folder_that_cannot_be_made_is_said(answer: AvoidanceAnswer, folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_candidates(answer, folder / "file", now_tai_ns=0)
