"""Questions to CelesTrak: element sets by group or number, and its satellite catalogue.

Source: CelesTrak, "A New Way to Obtain GP Data (aka TLEs)", updated 14 September 2024.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from mihari.app.fetch._sources import AnswerFormat, FetchRequest, Source
from mihari.errors import UsageError
from mihari.ids import check_norad_cat_id

__all__ = ["CELESTRAK_GROUPS", "CelestrakSet", "celestrak_group", "celestrak_object", "celestrak_satcat"]

_TWO_HOURS_S: Final = 7200.0  # CelesTrak updates no data more often than that
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class CelestrakSet:
    """One named set of objects: the query parameter that asks for it, and what it holds."""

    name: str
    parameter: str
    title: str


_GROUP_TABLE: Final = """
active                  Active satellites
last-30-days            Objects of the last 30 days' launches
stations                Space stations
visual                  100 (or so) brightest
analyst                 Analyst satellites
fengyun-1c-debris       Debris of the Chinese test of January 2007 (Fengyun 1C)
cosmos-1408-debris      Debris of the Russian test of November 2021 (Cosmos 1408)
iridium-33-debris       Debris of Iridium 33, collided February 2009
cosmos-2251-debris      Debris of Cosmos 2251, collided February 2009
weather                 Weather satellites
goes                    GOES
resource                Earth resources
sarsat                  Search and rescue
dmc                     Disaster monitoring
tdrss                   Tracking and data relay
argos                   ARGOS data collection
planet                  Planet
spire                   Spire
geo                     Active geosynchronous
intelsat                Intelsat
ses                     SES
eutelsat                Eutelsat
telesat                 Telesat
starlink                Starlink
oneweb                  OneWeb
qianfan                 Qianfan
hulianwang              Hulianwang
kuiper                  Kuiper
iridium-NEXT            Iridium NEXT
orbcomm                 Orbcomm
globalstar              Globalstar
amateur                 Amateur radio
satnogs                 SatNOGS
x-comm                  Experimental communications
other-comm              Other communications
gnss                    Navigation satellites, all systems
gps-ops                 GPS operational
glo-ops                 GLONASS operational
galileo                 Galileo
beidou                  BeiDou
sbas                    Satellite-based augmentation (WAAS, EGNOS, MSAS)
science                 Space and Earth science
geodetic                Geodetic
engineering             Engineering
education               Education
military                Miscellaneous military
radar                   Radar calibration
cubesat                 CubeSats
other                   Other
"""

_SPECIAL_TABLE: Final = """
gpz                     GEO protected zone
gpz-plus                GEO protected zone plus
decaying                Objects that may decay soon
"""


def _read(table: str, parameter: str) -> dict[str, CelestrakSet]:
    rows = (line.split(maxsplit=1) for line in table.strip().splitlines())
    return {name: CelestrakSet(name, parameter, title) for name, title in rows}


CELESTRAK_GROUPS: Final = MappingProxyType({**_read(_GROUP_TABLE, "GROUP"), **_read(_SPECIAL_TABLE, "SPECIAL")})
"""The named sets that CelesTrak offers, by name."""

_BY_FOLDED_NAME: Final = {name.casefold(): entry for name, entry in CELESTRAK_GROUPS.items()}


def celestrak_group(name: str, *, answer_format: AnswerFormat = AnswerFormat.JSON) -> FetchRequest:
    """Ask for the latest element set of every object of a group.

    Raises
    ------
    UsageError
        CelesTrak has no group of that name; close names are told.
    """
    entry = _BY_FOLDED_NAME.get(name.strip().casefold())
    if entry is None:
        close = get_close_matches(name.strip().casefold(), list(_BY_FOLDED_NAME), n=3)
        remedy = f"did you mean {', '.join(close)}?" if close else "for example active, stations, last-30-days, geo"
        raise UsageError(f"CelesTrak has no group {name!r}", remedy=remedy)
    return FetchRequest(
        source=Source.CELESTRAK,
        path="/NORAD/elements/gp.php",
        parameters=((entry.parameter, entry.name), ("FORMAT", answer_format.value.upper())),
        answer_format=answer_format,
        what=f"element sets of the group {entry.name} ({entry.title})",
        file_stem=f"celestrak-gp-{entry.name.lower()}",
        equal_wait_s=_TWO_HOURS_S,
    )


def celestrak_object(norad_cat_id: int, *, answer_format: AnswerFormat = AnswerFormat.JSON) -> FetchRequest:
    """Ask for the latest element set of one object.

    Raises
    ------
    InputError
        The number is out of range.
    """
    number = check_norad_cat_id(norad_cat_id)
    return FetchRequest(
        source=Source.CELESTRAK,
        path="/NORAD/elements/gp.php",
        parameters=(("CATNR", str(number)), ("FORMAT", answer_format.value.upper())),
        answer_format=answer_format,
        what=f"element set of object {number}",
        file_stem=f"celestrak-gp-{number}",
        equal_wait_s=_TWO_HOURS_S,
    )


def celestrak_satcat() -> FetchRequest:
    """Ask for the whole satellite catalogue: types, owners, sizes, launch and decay dates."""
    return FetchRequest(
        source=Source.CELESTRAK,
        path="/pub/satcat.csv",
        answer_format=AnswerFormat.CSV,
        what="satellite catalogue (SATCAT)",
        file_stem="celestrak-satcat",
        equal_wait_s=_DAY_S,
    )
