"""Options that several verbs share, so that they read and behave the same everywhere."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

__all__ = [
    "AsJson",
    "AsOf",
    "At",
    "Catalogues",
    "Certificate",
    "Ephemerides",
    "FrameName",
    "Key",
    "Mode",
    "ModeName",
    "Satcats",
    "StoreFolder",
    "Threads",
]


class ModeName(Enum):
    """Data modes as they are written on the command line."""

    REAL = "REAL"
    TEST = "TEST"
    SIMULATED = "SIMULATED"
    EXERCISE = "EXERCISE"


class FrameName(Enum):
    """Frames that a state can be asked in."""

    GCRF = "GCRF"
    ITRF = "ITRF"
    TEME = "TEME"
    EME2000 = "EME2000"


StoreFolder = Annotated[
    Path | None,
    Parameter(name="--store", help="Folder of the record store. Default: MIHARI_STORE, else the user data folder."),
]
Catalogues = Annotated[
    tuple[str, ...],
    Parameter(
        name="--catalogue",
        negative="",
        allow_leading_hyphen=True,
        help="Catalogue file, folder or - (repeatable): TLE, OMM, Parquet, also compressed; known by content.",
    ),
]
Satcats = Annotated[
    tuple[str, ...],
    Parameter(name="--satcat", negative="", help="SATCAT file with types, owners and sizes (repeatable)."),
]
Ephemerides = Annotated[
    tuple[str, ...],
    Parameter(
        name="--ephemeris",
        negative="",
        allow_leading_hyphen=True,
        help="Operator's ephemeris, OEM or OCM, screened against all (repeatable): FILE, or ID=FILE.",
    ),
]
At = Annotated[
    str | None,
    Parameter(name="--at", help="UTC moment. Default: now for fresh element sets, else their median epoch."),
]
AsOf = Annotated[
    str | None, Parameter(name="--as-of", help="Answer with what was known at this UTC moment. Default: all.")
]
Mode = Annotated[
    ModeName | None,
    Parameter(name="--mode", help="Data mode to answer from. Default: REAL once there is any, else SIMULATED."),
]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON document on standard output.")]
Certificate = Annotated[Path | None, Parameter(name="--certificate", help="TLS certificate, PEM.")]
Key = Annotated[Path | None, Parameter(name="--key", help="Private key of the TLS certificate, PEM.")]
Threads = Annotated[int | None, Parameter(name="--threads", help="Threads to use. Default: all processors.")]
