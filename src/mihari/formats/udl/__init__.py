"""Records in the shapes of the Unified Data Library (UDL): `elset`, `statevector`, `conjunction`, `maneuver`.

Member names, units and needed members are those of the library's published client (udl-python-sdk, Apache-2.0); its
weapon zones are left out on purpose. What is marked as anything but unclassified is refused.
"""

from __future__ import annotations

from mihari.formats.udl._common import UdlSource
from mihari.formats.udl._elset import elsets_of, read_elsets
from mihari.formats.udl._events import (
    UdlConjunction,
    UdlManoeuvre,
    conjunction_of,
    manoeuvre_of,
    read_conjunction,
    read_manoeuvre,
)
from mihari.formats.udl._state import UdlState, read_statevector, statevector_of

__all__ = [
    "UdlConjunction",
    "UdlManoeuvre",
    "UdlSource",
    "UdlState",
    "conjunction_of",
    "elsets_of",
    "manoeuvre_of",
    "read_conjunction",
    "read_elsets",
    "read_manoeuvre",
    "read_statevector",
    "statevector_of",
]
