"""What is read from OEM, OPM and OCM, against the printed values of Orekit's and oem's files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ccsds_support import OCM, OEM, OPM, parsed, replaced
from mihari.astro.states import Frame
from mihari.astro.time import format_utc, parse_utc
from mihari.errors import FormatError
from mihari.formats.ccsds import ephemeris, message_faults, read_messages


def test_an_oem_of_orekit(shared_cases: Path) -> None:
    message = read_messages(shared_cases / "ccsds/orekit/odm/oem/OEMExample1.txt")
    found = ephemeris(message)
    assert len(found.segments) == 3
    first = found.segments[0]
    assert (first.object_name, first.object_id, first.center_name) == (
        "MARS GLOBAL SURVEYOR",
        "1996-062A",
        "MARS BARYCENTER",
    )
    assert first.frame is Frame.EME2000
    assert first.frame_name == "J2000"
    assert [format_utc(int(t), digits=3) for t in first.epoch_tai_ns[:2]] == [
        "1996-12-18T12:00:00.331Z",
        "1996-12-18T12:01:00.331Z",
    ]
    assert first.position_m[0] == pytest.approx([2789619.0, -280045.0, -1746755.0], abs=1e-6)
    assert first.velocity_m_s[0] == pytest.approx([4733.72, -2495.86, -1041.95], abs=1e-9)
    assert format_utc(first.useable_start_tai_ns, digits=3) == "1996-12-18T12:10:00.331Z"
    assert (first.interpolation, first.interpolation_degree) == ("HERMITE", 7)
    second = found.segments[1]
    assert second.covariance.shape == (1, 6, 6)
    assert second.covariance_frame == (Frame.EME2000,)
    # km**2, km**2/s, km**2/s**2 as printed.
    assert second.covariance[0, 0, 0] == pytest.approx(3.3313494e-04 * 1e6, rel=1e-15)
    assert second.covariance[0, 3, 0] == pytest.approx(-3.3493650e-07 * 1e6, rel=1e-15)
    assert second.covariance[0, 5, 4] == second.covariance[0, 4, 5] == pytest.approx(1.0088625e-10 * 1e6, rel=1e-15)
    assert found.segments[2].covariance_frame == (Frame.RTN, Frame.EME2000)


def test_an_opm_of_orekit_with_manoeuvres(shared_cases: Path) -> None:
    found = ephemeris(read_messages(shared_cases / "ccsds/orekit/odm/opm/OPMExample2.txt"))
    (segment,) = found.segments
    assert segment.frame is Frame.TOD
    assert segment.position_m[0] == pytest.approx([6655994.2, -40218575.1, -82917.7], abs=1e-6)
    first, second = segment.manoeuvres
    assert format_utc(first.ignition_tai_ns, digits=1) == "2000-06-03T09:00:34.1Z"
    assert (first.duration_s, first.delta_mass_kg, first.frame) == (132.6, -18.418, Frame.EME2000)
    assert first.delta_velocity_m_s == pytest.approx([-23.257, 16.8316, -8.93444], abs=1e-9)
    assert second.frame is Frame.RTN


def test_an_ocm_of_orekit(shared_cases: Path) -> None:
    found = ephemeris(read_messages(shared_cases / "ccsds/orekit/odm/ocm/OCMExample5ITRF.txt"))
    (segment,) = found.segments
    assert segment.frame is Frame.GCRF
    assert len(segment.epoch_tai_ns) == 49
    assert segment.position_m[0] == pytest.approx([2906275.2178573, 4076358.0691129, 4561363.6609099], abs=1e-6)
    assert segment.velocity_m_s[-1] == pytest.approx([7522.2575948, -574.7199952, -1287.0157271], abs=1e-6)
    steps_s = np.diff(segment.epoch_tai_ns) / 1e9
    assert steps_s.tolist() == [1800.0] * 48


def test_made_up_messages_in_si() -> None:
    opm = ephemeris(parsed(OPM)).segments[0]
    # TAI, so no leap seconds: 2024-02-29T00:00:00.5 TAI.
    assert opm.epoch_tai_ns.tolist() == [1_709_164_800_500_000_000]
    assert opm.position_m.tolist() == [[7_000_250.0, 0.0, -1.5]]
    oem = ephemeris(parsed(OEM)).segments[0]
    assert oem.frame is Frame.ITRF
    assert oem.epoch_tai_ns[0] == parse_utc("2024-02-29T00:00:00Z")
    assert np.diff(oem.epoch_tai_ns).tolist() == [60_000_000_000] * 2
    assert oem.acceleration_m_s2 is None
    assert oem.covariance[0, 4].tolist() == [5.0e6, 5.1e6, 5.2e6, 5.3e6, 5.4e6, 6.4e6]
    ocm = ephemeris(parsed(OCM)).segments[0]
    assert ocm.epoch_tai_ns.tolist() == oem.epoch_tai_ns[:2].tolist()
    assert np.diag(ocm.covariance[0]).tolist() == [1e6, 2e6, 3e6, 4e6, 5e6, 6e6]
    assert ocm.covariance_frame == (Frame.RTN,)


@pytest.mark.parametrize(
    ("ordering", "numbers"),
    [
        ("UTM", "1 0 0 0 0 0 2 0 0 0 0 3 0 0 0 4 0 0 5 0 6"),
        ("FULL", "1 0 0 0 0 0 0 2 0 0 0 0 0 0 3 0 0 0 0 0 0 4 0 0 0 0 0 0 5 0 0 0 0 0 0 6"),
        ("LTMWCC", "1 .9 .9 .9 .9 .9 0 2 .9 .9 .9 .9 0 0 3 .9 .9 .9 0 0 0 4 .9 .9 0 0 0 0 5 .9 0 0 0 0 0 6"),
        ("UTMWCC", "1 0 0 0 0 0 .9 2 0 0 0 0 .9 .9 3 0 0 0 .9 .9 .9 4 0 0 .9 .9 .9 .9 5 0 .9 .9 .9 .9 .9 6"),
    ],
)
def test_orderings_of_a_covariance_line_give_the_same_matrix(ordering: str, numbers: str) -> None:
    text = replaced(OCM, "COV_ORDERING = LTM", f"COV_ORDERING = {ordering}")
    text = replaced(text, "0.0 1 0 2 0 0 3 0 0 0 4 0 0 0 0 5 0 0 0 0 0 6", f"0.0 {numbers}")
    message = parsed(text)
    assert message_faults(message) == ()
    matrix = ephemeris(message).segments[0].covariance[0]
    assert matrix.tolist() == (np.diag([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) * 1e6).tolist()


@pytest.mark.parametrize(
    ("text", "old", "new", "what"),
    [
        (OEM, "REF_FRAME = ITRF-97", "REF_FRAME = IAU_SATURN", "frame 'IAU_SATURN' is not computed with"),
        (OEM, "TIME_SYSTEM = UTC", "TIME_SYSTEM = GMST", "time system 'GMST' is not computed with"),
        (OEM, "7000.0 0.0", "7000.0 x", "finite numbers"),
        (OCM, "TRAJ_TYPE = CARTPV", "TRAJ_TYPE = KEPLERIAN", "not Cartesian"),
        (OPM, "X = 7000.25 [km]\n", "", "X is missing"),
    ],
)
def test_what_cannot_be_computed_with_is_named(text: str, old: str, new: str, what: str) -> None:
    with pytest.raises(FormatError, match=what):
        ephemeris(parsed(replaced(text, old, new)))


def test_parts_that_are_left_aside_are_listed() -> None:
    second = OCM[OCM.index("TRAJ_START") : OCM.index("COV_START")]
    second = second.replace("TRAJ_ID = one", "TRAJ_ID = two").replace("CARTPV", "KEPLERIAN")
    found = ephemeris(parsed(replaced(OCM, "COV_START", f"{second}COV_START")))
    assert len(found.segments) == 1
    assert [(name, "not Cartesian" in reason) for name, reason in found.unused] == [("two", True)]
