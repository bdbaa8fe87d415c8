"""Where things lie when nobody says otherwise: command line before environment before the platform's habit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = [
    "DEFAULT_PORT",
    "DEFAULT_RADIUS_M",
    "DEFAULT_RESCREEN_S",
    "DEFAULT_SCREEN_S",
    "STORE_VARIABLE",
    "fetch_state_path",
    "store_path",
]

STORE_VARIABLE: Final = "MIHARI_STORE"
DEFAULT_PORT: Final = 8765
DEFAULT_RADIUS_M: Final = 5_000.0
DEFAULT_SCREEN_S: Final = 86_400.0
DEFAULT_RESCREEN_S: Final = 8 * 3_600.0
"""The 19th Space Defense Squadron refreshes its concern list every eight hours."""


def store_path(given: str | Path | None = None) -> Path:
    """Return the folder of the record store: `given`, else MIHARI_STORE, else the platform's user data folder."""
    if given is not None:
        return Path(given).expanduser()
    if named := os.environ.get(STORE_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("mihari", appauthor=False) / "store"


def fetch_state_path() -> Path:
    """Return the folder that remembers what was asked of public sources: one per user, whatever the store."""
    from platformdirs import user_state_path

    return user_state_path("mihari", appauthor=False) / "fetch"
