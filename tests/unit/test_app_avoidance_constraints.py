"""The constraints file: units of its keys, and what is wrong in one line."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from mihari.app.avoidance_constraints import AvoidanceConstraints, read_constraints
from mihari.astro.time import parse_utc
from mihari.errors import FormatError, InputError, UsageError

WHOLE = {
    "earliest_utc": "2026-03-01T06:00:00Z",
    "latest_utc": "2026-03-02T06:00:00Z",
    "forbidden_utc": [["2026-03-01T08:00:00Z", "2026-03-01T09:30:00Z"]],
    "maximum_delta_v_m_s": 0.3,
    "propellant_kg": 0.5,
    "semi_major_axis_box_m": [-50, 200],
    "along_track_offset_m": 30_000,
    "longitude_box_deg": [-0.05, 0.1],
    "longitude_drift_box_deg_day": [-0.01, 0.02],
    "mass_kg": 480,
    "thrust_n": 0.5,
    "specific_impulse_s": 215,
    "execution_error": {"magnitude_share": 0.03, "magnitude_m_s": 0.001, "pointing_deg": 2, "pointing_m_s": 0.0005},
    "keep_out_rtn_m": [500, 3_000, 3_000],
    "screening_volume_rtn_m": [400, 2_500, 2_500],
}


def write(folder: Path, document: object) -> Path:
    path = folder / "limits.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_every_key_arrives_in_si(tmp_path: Path) -> None:
    found = read_constraints(write(tmp_path, WHOLE))
    start, end = parse_utc("2026-02-28T00:00:00Z"), parse_utc("2026-03-03T00:00:00Z")
    limits = found.mission(start_tai_ns=start, end_tai_ns=end)
    assert limits.earliest_tai_ns == parse_utc("2026-03-01T06:00:00Z")
    assert limits.latest_tai_ns == parse_utc("2026-03-02T06:00:00Z")
    assert limits.forbidden_tai_ns == ((parse_utc("2026-03-01T08:00:00Z"), parse_utc("2026-03-01T09:30:00Z")),)
    assert (limits.greatest_delta_v_m_s, limits.greatest_propellant_kg) == (0.3, 0.5)
    assert limits.semi_major_axis_change_m == (-50.0, 200.0)
    assert limits.along_track_offset_m == 30_000.0
    assert limits.longitude_change_rad == pytest.approx((math.radians(-0.05), math.radians(0.1)))
    assert limits.longitude_drift_rad_s == pytest.approx((math.radians(-0.01) / 86_400, math.radians(0.02) / 86_400))
    craft, is_known = found.spacecraft(message_mass_kg=99.0)
    assert (craft.mass_kg, craft.thrust_n, craft.specific_impulse_s, is_known) == (480.0, 0.5, 215.0, True)
    assert found.execution.pointing_rad == pytest.approx(math.radians(2.0))
    assert (found.execution.magnitude_share, found.execution.magnitude_m_s) == (0.03, 0.001)
    assert not found.is_default_execution
    assert (found.keep_out_m, found.screening_m) == ((500.0, 3e3, 3e3), (400.0, 2.5e3, 2.5e3))


def test_what_is_left_out_does_not_bind(tmp_path: Path) -> None:
    found = read_constraints(write(tmp_path, {}))
    limits = found.mission(start_tai_ns=10, end_tai_ns=20)
    assert (limits.earliest_tai_ns, limits.latest_tai_ns) == (10, 20)
    assert math.isinf(limits.greatest_delta_v_m_s)
    assert found.is_default_execution
    assert found.spacecraft(message_mass_kg=None)[1] is False
    assert found.spacecraft(message_mass_kg=7.0)[0].mass_kg == 7.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"max_dv": 1}, "'max_dv' is no key"),
        ({"execution_error": {"pointing": 1}}, "'pointing' is no key"),
        ({"execution_error": {"pointing_deg": -1}}, "not negative"),
        ({"execution_error": 3}, "execution_error is 3"),
        ({"maximum_delta_v_m_s": "0.3"}, "maximum_delta_v_m_s is"),
        ({"maximum_delta_v_m_s": True}, "maximum_delta_v_m_s is true"),
        ({"maximum_delta_v_m_s": 0}, "above zero"),
        ({"mass_kg": -5}, "above zero"),
        ({"semi_major_axis_box_m": [10, 20]}, "low <= 0 <= high"),
        ({"semi_major_axis_box_m": [-10]}, "two numbers"),
        ({"keep_out_rtn_m": [1, 2, 0]}, "three numbers above zero"),
        ({"forbidden_utc": ["2026-03-01", "2026-03-02"]}, "pairs of UTC text"),
        ({"forbidden_utc": [["2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z"]]}, "ends before it starts"),
        ({"earliest_utc": "yesterday"}, "earliest_utc: 'yesterday' is not a UTC time"),
        ({"earliest_utc": 12}, "UTC text is needed"),
        ({"earliest_utc": "2026-03-02T00:00:00Z", "latest_utc": "2026-03-01T00:00:00Z"}, "no time is left"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, change: dict[str, object], words: str) -> None:
    path = write(tmp_path, change)
    with pytest.raises(FormatError) as found:
        read_constraints(path)
    line = found.value.line()
    assert words in line
    assert str(path) in line
    assert "\n" not in line


def test_what_is_no_constraints_file(tmp_path: Path) -> None:
    for text, words in (("{", "not JSON"), ("[]", "holds no constraints"), ('{"mass_kg": 1, "mass_kg": 2}', "twice")):
        with pytest.raises(FormatError, match=words):
            read_constraints(write(tmp_path, text))
    with pytest.raises(FormatError):
        read_constraints(write(tmp_path, '{"mass_kg": NaN}'))
    with pytest.raises(InputError, match="cannot be read"):
        read_constraints(tmp_path / "absent.json")


def test_propellant_is_not_reckoned_without_a_mass() -> None:
    with pytest.raises(UsageError, match="need a mass"):
        AvoidanceConstraints(thrust_n=1.0).spacecraft(message_mass_kg=None)
    with pytest.raises(UsageError, match="need a mass"):
        AvoidanceConstraints(greatest_propellant_kg=1.0).spacecraft(message_mass_kg=None)


def test_no_time_between_earliest_and_end() -> None:
    with pytest.raises(InputError, match="no time is left"):
        AvoidanceConstraints(earliest_tai_ns=30).mission(start_tai_ns=10, end_tai_ns=20)
