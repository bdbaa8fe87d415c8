"""UDL shapes: needed members, units at the edge, frames that silence means, and round trips."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exchange_support import element_sets
from mihari.astro.states import Frame
from mihari.astro.time import parse_utc
from mihari.errors import FormatError, InputError
from mihari.formats.udl import (
    UdlManoeuvre,
    UdlSource,
    conjunction_of,
    elsets_of,
    manoeuvre_of,
    read_conjunction,
    read_elsets,
    read_manoeuvre,
    read_statevector,
    statevector_of,
)
from mihari.model.orbit import ELEMENT_SET_KEY, ElementSets
from mihari.model.provenance import DataMode

HEADER = {"classificationMarking": "U", "dataMode": "SIMULATED", "source": "Mihari"}
SOURCE = UdlSource(source="Mihari", origin="Mihari", data_mode=DataMode.SIMULATED)
# Values written by hand from the descriptions of the published client: kilometres, km/s, metres as it says.
STATE = HEADER | {
    "epoch": "2026-12-01T00:00:00.123456Z",
    "satNo": 25544,
    "xpos": 7000.0,
    "ypos": -1.5,
    "zpos": 0.25,
    "xvel": 0.5,
    "yvel": 7.5,
    "zvel": -0.001,
    "cov": [float(number) for number in range(1, 22)],
    "covReferenceFrame": "UVW",
    "covMethod": "DEFAULT",
}
CONJUNCTION = HEADER | {
    "tca": "2026-12-01T12:00:00Z",
    "satNo1": 25544,
    "satNo2": 44713,
    "missDistance": 523.0,
    "relPosR": 100.0,
    "relPosT": -500.0,
    "relPosN": 110.0,
    "relVelR": 1.0,
    "relVelT": -14_000.0,
    "relVelN": 3.0,
    "collisionProb": 1e-5,
    "collisionProbMethod": "FOSTER-1992",
}
MANOEUVRE = HEADER | {
    "eventStartTime": "2026-12-01T00:00:00Z",
    "eventEndTime": "2026-12-01T00:10:00Z",
    "satNo": 25544,
    "deltaVelU": 0.0,
    "deltaVelV": 0.0015,
    "deltaVelW": -0.0002,
    "maneuverUnc": 0.1,
    "characterization": "Unknown",
    "postGeoLongitude": -135.0,
}


def test_element_sets_go_round() -> None:
    frame = element_sets([900_000_001, 900_000_002], epoch_tai_ns=parse_utc("2026-12-01T00:00:00.123456Z"))
    records = elsets_of(ElementSets(frame), source=SOURCE)
    assert {"classificationMarking", "dataMode", "epoch", "source"} <= set(records[0])
    assert records[0]["meanMotion"] == frame["mean_motion_rev_day"][0]
    assert records[0]["epoch"] == "2026-12-01T00:00:00.123456Z"
    read = read_elsets(records)
    for place, (source, sets) in enumerate(read):
        assert source == SOURCE
        assert sets.frame.select(ELEMENT_SET_KEY).row(0) == frame.select(ELEMENT_SET_KEY).row(place)


def test_kilometres_become_metres() -> None:
    state = read_statevector(STATE)
    assert state.position_m.tolist() == [7e6, -1_500.0, 250.0]
    assert state.velocity_m_s.tolist() == [500.0, 7_500.0, -1.0]
    assert state.frame is Frame.EME2000  # silence means J2000
    assert state.covariance is not None
    assert state.covariance[0, 0] == 1e6  # km² to m²
    assert state.covariance[2, 1] == state.covariance[1, 2] == 5e6
    assert state.covariance[5, 5] == 21e6
    assert state.covariance_frame is Frame.RTN
    assert state.is_default_covariance
    back = statevector_of(state)
    assert back["referenceFrame"] == "J2000"  # said, not left to silence
    for name, value in STATE.items():
        assert back[name] == (value if isinstance(value, str) else pytest.approx(value)), name
    assert np.array_equal(read_statevector(back).position_m, state.position_m)


@pytest.mark.parametrize("frame", ["EFG/TDR", "ECR/ECEF", "B1950", "UVW", 5])
def test_frames_that_are_not_exact_are_refused(frame: Any) -> None:
    with pytest.raises(FormatError, match="frame"):
        read_statevector(STATE | {"referenceFrame": frame})


def test_a_conjunction_is_in_metres_already() -> None:
    told = read_conjunction(CONJUNCTION)
    assert told.miss_distance_m == 523.0
    assert told.relative_position_rtn_m == (100.0, -500.0, 110.0)
    assert told.relative_velocity_rtn_m_s == (1.0, -14_000.0, 3.0)
    assert read_conjunction(conjunction_of(told)) == told


def test_a_manoeuvre_is_in_kilometres_a_second() -> None:
    told = read_manoeuvre(MANOEUVRE)
    assert told.velocity_change_rtn_m_s == pytest.approx((0.0, 1.5, -0.2))
    assert told.occurrence == 0.1  # that it happened
    assert told.purpose_confidence is None  # what for, is another matter
    back = manoeuvre_of(told)
    assert back["deltaVelV"] == pytest.approx(0.0015)
    assert read_manoeuvre(back) == told


@pytest.mark.parametrize(("longitude", "written"), [(225.0, -135.0), (180.0, -180.0), (0.0, 0.0), (359.0, -1.0)])
def test_longitudes_of_manoeuvres_run_to_180(longitude: float, written: float) -> None:
    made = UdlManoeuvre(source=SOURCE, norad_cat_id=1, start_tai_ns=0, geo_longitude_after_deg=longitude)
    assert manoeuvre_of(made)["postGeoLongitude"] == written


@pytest.mark.parametrize("missing", ["classificationMarking", "dataMode", "source"])
def test_every_record_needs_its_header(missing: str) -> None:
    for record, read in ((STATE, read_statevector), (CONJUNCTION, read_conjunction), (MANOEUVRE, read_manoeuvre)):
        with pytest.raises(FormatError):
            read({name: value for name, value in record.items() if name != missing})  # type: ignore[operator]


@pytest.mark.parametrize("marking", ["S", "U//FOUO", "TS//SI", "u", "", None])
def test_what_is_marked_is_refused(marking: Any) -> None:
    with pytest.raises(FormatError):
        read_conjunction(CONJUNCTION | {"classificationMarking": marking})


@pytest.mark.parametrize(
    ("record", "read", "bent"),
    [
        (STATE, read_statevector, {"epoch": None}),
        (STATE, read_statevector, {"xpos": None}),
        (STATE, read_statevector, {"xpos": float("nan")}),
        (STATE, read_statevector, {"xvel": "7"}),
        (STATE, read_statevector, {"cov": [1.0] * 20}),
        (STATE, read_statevector, {"cov": [True] * 21}),
        (STATE, read_statevector, {"satNo": 0}),
        (STATE, read_statevector, {"satNo": 1.5}),
        (CONJUNCTION, read_conjunction, {"tca": None}),
        (CONJUNCTION, read_conjunction, {"collisionProb": 1.5}),
        (CONJUNCTION, read_conjunction, {"missDistance": -1.0}),
        (CONJUNCTION, read_conjunction, {"relPosR": None}),
        (CONJUNCTION, read_conjunction, {"dataMode": "LIVE"}),
        (MANOEUVRE, read_manoeuvre, {"eventStartTime": None}),
        (MANOEUVRE, read_manoeuvre, {"eventEndTime": "2026-11-01T00:00:00Z"}),
        (MANOEUVRE, read_manoeuvre, {"postGeoLongitude": 225.0}),
        (MANOEUVRE, read_manoeuvre, {"maneuverUnc": 2.0}),
    ],
)
def test_what_cannot_be_is_refused(record: dict[str, Any], read: Any, bent: dict[str, Any]) -> None:
    read(record)
    with pytest.raises(InputError):
        read(record | bent)


@pytest.mark.parametrize(
    "bent", [{"ephemType": 4}, {"uct": True}, {"satNo": None}, {"bStar": None}, {"eccentricity": 1.0}]
)
def test_element_sets_of_another_theory_are_refused(bent: dict[str, Any]) -> None:
    (record,) = elsets_of(ElementSets(element_sets([900_000_001])), source=SOURCE)
    read_elsets([record])
    with pytest.raises(FormatError):
        read_elsets([record | bent])
