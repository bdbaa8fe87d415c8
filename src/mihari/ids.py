"""Identifiers of space objects.

Catalogue numbers run from 1 to 999,999,999 end to end; the five-column TLE form (Alpha-5) is a matter of
`mihari.formats`. Numbers from 900,000,000 belong to the simulated world.
"""

from __future__ import annotations

import re
from typing import Final

from mihari.errors import InputError

__all__ = [
    "MAX_NORAD_CAT_ID",
    "SIMULATED_NAME_END",
    "SIMULATED_NORAD_FROM",
    "check_norad_cat_id",
    "is_international_designator",
]

MAX_NORAD_CAT_ID: Final = 999_999_999
SIMULATED_NORAD_FROM: Final = 900_000_000
SIMULATED_NAME_END: Final = "(SIM)"
"""How names of simulated objects end; number and name together mark them, for nodes number their own objects high."""

_DESIGNATOR = re.compile(r"^(\d{4})-?(\d{3})-?([A-Z]{1,3})$")


def check_norad_cat_id(number: int) -> int:
    """Return `number` when it is a legal catalogue number, else raise InputError."""
    if not 1 <= number <= MAX_NORAD_CAT_ID:
        raise InputError(f"catalogue number {number} is out of range", remedy="numbers run from 1 to 999999999")
    return number


def is_international_designator(text: str) -> bool:
    """Say whether `text` reads like 1998-067A."""
    return _DESIGNATOR.match(text.strip().upper()) is not None
