"""Made-up messages of every kind, and what the tests of messages share."""

from __future__ import annotations

from mihari.formats.ccsds import Block, Comment, Entry, Item, Message, Row, message_faults, parse_messages

__all__ = ["CDM", "KINDS", "OCM", "OEM", "OMM", "OPM", "TDM", "content", "faults_of", "parsed", "replaced"]

_RTN = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
_XYZ = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")


def _triangle(axes: tuple[str, ...]) -> list[str]:
    return [f"C{first}_{second}" for row, first in enumerate(axes) for second in axes[: row + 1]]


def _object(number: int, designator: str, name: str, position: str, velocity: str) -> str:
    units = {0: "[m**2]", 1: "[m**2/s]", 2: "[m**2/s**2]"}
    covariance = "\n".join(
        f"{keyword} = {'1.50E+02' if keyword[1:].split('_')[0] == keyword.split('_')[1] else '-2.0e-03'} "
        f"{units[keyword.count('DOT')]}"
        for keyword in _triangle(_RTN)
    )
    x, y, z = position.split()
    u, v, w = velocity.split()
    return f"""OBJECT = OBJECT{number}
OBJECT_DESIGNATOR = {designator}
CATALOG_NAME = SATCAT
OBJECT_NAME = {name}
INTERNATIONAL_DESIGNATOR = 2024-00{number}A
OBJECT_TYPE = PAYLOAD
EPHEMERIS_NAME = NONE
COVARIANCE_METHOD = CALCULATED
MANEUVERABLE = N/A
REF_FRAME = EME2000
COMMENT Exclusion Volume Radius = {number}.5 [m]
TIME_LASTOB_START = 2024-02-27T12:00:00
TIME_LASTOB_END = 2024-02-28T12:00:00
RECOMMENDED_OD_SPAN = 3.50 [d]
RESIDUALS_ACCEPTED = 97.80 [%]
COMMENT Apogee Altitude = 801 [km]
MASS = 250.0 [kg]
X = {x} [km]
Y = {y} [km]
Z = {z} [km]
X_DOT = {u} [km/s]
Y_DOT = {v} [km/s]
Z_DOT = {w} [km/s]
{covariance}
"""


CDM = f"""CCSDS_CDM_VERS = 1.0
COMMENT made up
CREATION_DATE = 2024-02-28T18:00:00.000
ORIGINATOR = TEST
MESSAGE_ID = 99001_conj_99002
TCA = 2024-060T12:00:00.250
MISS_DISTANCE = 715.00 [m]
RELATIVE_SPEED = 14762 [m/s]
COLLISION_PROBABILITY = 4.835E-05
{_object(1, "999100101", "CASE ONE", "7000.000100 0.0 0.0", "0.0 7.5 0.10")}\
{_object(2, "99002", "CASE TWO & CO", "7000.1 0.7 0.0", "0.0 -7.4 1.0")}"""

OPM = """CCSDS_OPM_VERS = 2.0
CREATION_DATE = 2024-02-28T18:00:00
ORIGINATOR = TEST
COMMENT one state
OBJECT_NAME = CASE ONE
OBJECT_ID = 2024-001A
CENTER_NAME = EARTH
REF_FRAME = GCRF
TIME_SYSTEM = TAI
EPOCH = 2024-02-29T00:00:00.5
X = 7000.25 [km]
Y = 0.0 [km]
Z = -1.5e-3 [km]
X_DOT = 0.0 [km/s]
Y_DOT = 7.5 [km/s]
Z_DOT = 0.0 [km/s]
MASS = 300.0 [kg]
MAN_EPOCH_IGNITION = 2024-02-29T01:00:00
MAN_DURATION = 12.5 [s]
MAN_DELTA_MASS = -0.25 [kg]
MAN_REF_FRAME = RTN
MAN_DV_1 = 0.0 [km/s]
MAN_DV_2 = 0.001 [km/s]
MAN_DV_3 = 0.0 [km/s]
USER_DEFINED_PLAN = 7
"""

_LOWER = "\n".join(" ".join(f"{row + 1}.{column}" for column in range(row + 1)) for row in range(6))
OEM = f"""CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2024-02-28T18:00:00
ORIGINATOR = TEST

META_START
OBJECT_NAME = CASE ONE
OBJECT_ID = 2024-001A
CENTER_NAME = EARTH
REF_FRAME = ITRF-97
TIME_SYSTEM = UTC
START_TIME = 2024-02-29T00:00:00
STOP_TIME = 2024-02-29T00:02:00
INTERPOLATION = LAGRANGE
INTERPOLATION_DEGREE = 2
META_STOP
COMMENT three states
2024-02-29T00:00:00 7000.0 0.0 0.0 0.0 7.5 0.0
2024-02-29T00:01:00.000 6985.5 449.40 0.0 -0.48 7.48 0.0
2024-060T00:02:00 6942.1 897.0 0.0 -0.96 7.43 0.0

COVARIANCE_START
EPOCH = 2024-02-29T00:01:00
COV_REF_FRAME = RTN
{_LOWER}
COVARIANCE_STOP
"""

OMM = """CCSDS_OMM_VERS = 2.0
CREATION_DATE = 2024-02-28T18:00:00
ORIGINATOR = TEST
OBJECT_NAME = CASE ONE
OBJECT_ID = 2024-001A
CENTER_NAME = EARTH
REF_FRAME = TEME
TIME_SYSTEM = UTC
MEAN_ELEMENT_THEORY = SGP4
EPOCH = 2024-02-29T00:00:00.000000
MEAN_MOTION = 15.50000000 [rev/day]
ECCENTRICITY = .0010000
INCLINATION = 51.6
RA_OF_ASC_NODE = 10.0
ARG_OF_PERICENTER = 20.0
MEAN_ANOMALY = 30.0
NORAD_CAT_ID = 999100101
BSTAR = .1E-3 [1/ER]
"""

OCM = """CCSDS_OCM_VERS = 3.0
CREATION_DATE = 2024-02-28T18:00:00
ORIGINATOR = TEST
META_START
OBJECT_NAME = CASE ONE
EPOCH_TZERO = 2024-02-29T00:00:00
META_STOP
TRAJ_START
TRAJ_ID = one
CENTER_NAME = EARTH
TRAJ_REF_FRAME = GCRF
TRAJ_TYPE = CARTPV
0.0 7000.0 0.0 0.0 0.0 7.5 0.0
60.0 6985.5 449.4 0.0 -0.48 7.48 0.0
TRAJ_STOP
COV_START
COV_REF_FRAME = RTN
COV_TYPE = CARTPV
COV_ORDERING = LTM
0.0 1 0 2 0 0 3 0 0 0 4 0 0 0 0 5 0 0 0 0 0 6
COV_STOP
USER_START
USER_DEFINED_NOTE = free text [with brackets]
USER_STOP
"""

TDM = """CCSDS_TDM_VERS = 2.0
CREATION_DATE = 2024-02-28T18:00:00
ORIGINATOR = TEST
META_START
TIME_SYSTEM = UTC
PARTICIPANT_1 = STATION
PARTICIPANT_2 = 2024-001A
MODE = SEQUENTIAL
PATH = 1,2,1
RANGE_UNITS = km
META_STOP
DATA_START
COMMENT two observables
RANGE = 2024-02-29T00:00:00 1234.50
ANGLE_1 = 2024-02-29T00:00:00 45.0
RANGE = 2024-02-29T00:00:01 1235.50
DATA_STOP
"""

KINDS = {"CDM": CDM, "OPM": OPM, "OEM": OEM, "OMM": OMM, "OCM": OCM, "TDM": TDM}


def parsed(text: str | bytes) -> Message:
    """Read a message from a text."""
    return parse_messages(text if isinstance(text, bytes) else text.encode(), name="test")


def faults_of(text: str | bytes) -> list[tuple[int | None, str | None]]:
    """Return line and keyword of every fault."""
    return [(fault.line, fault.keyword) for fault in message_faults(parsed(text))]


def replaced(text: str, old: str, new: str) -> str:
    """Return the text with one piece replaced, which must be there."""
    assert old in text, old
    return text.replace(old, new, 1)


def content(message: Message) -> list[object]:
    """Return everything that a message says, in order, without the nesting."""
    return [piece for part in message.messages() for piece in ((part.kind, part.version), *_flat(part.items))]


def _flat(items: tuple[Item, ...]) -> list[object]:
    found: list[object] = []
    for item in items:
        if isinstance(item, Block):
            found += _flat(item.items)
        elif isinstance(item, Comment):
            found.append(("COMMENT", item.said.strip()))
        elif isinstance(item, Entry):
            found.append((item.keyword, item.value, item.unit))
        elif isinstance(item, Row):
            found.append((item.name, item.values))
        else:
            found.append(("stray", item.text))
    return found
