"""What an object is, as a satellite catalogue (SATCAT) says it: type, owner, size, dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import polars as pl

from mihari.errors import InputError

__all__ = ["SPACE_OBJECT_SCHEMA", "ObjectType", "SpaceObjects", "infer_object_type"]


class ObjectType(Enum):
    """Kinds of objects, in the words of CCSDS and Space-Track."""

    PAYLOAD = "PAYLOAD"
    ROCKET_BODY = "ROCKET BODY"
    DEBRIS = "DEBRIS"
    UNKNOWN = "UNKNOWN"


SPACE_OBJECT_SCHEMA: Final[Mapping[str, Any]] = {
    "norad_cat_id": pl.Int32,
    "object_name": pl.String,
    "object_id": pl.String,
    "object_type": pl.String,  # an ObjectType value
    "owner": pl.String,
    "ops_status": pl.String,
    "launch_date_utc": pl.String,  # YYYY-MM-DD
    "decay_date_utc": pl.String,
    "rcs_m2": pl.Float64,
    "size": pl.String,  # SMALL, MEDIUM, LARGE when only the class is known
}

_DEBRIS = re.compile(r"\bDEB(RIS)?\b|\bFRAG\b|\bCOOLANT\b|\bSHROUD\b|\bMETAL OBJECT\b")
_ROCKET_BODY = re.compile(r"\bR/B\b|\bROCKET BODY\b|\bAKM\b|\bPKM\b|\bCENTAUR\b(?!.*\bDEB)|\bBREEZE\b|\bFREGAT\b")
_UNKNOWN = re.compile(r"^(OBJECT\b|TBA\b|UNKNOWN\b|TO BE ASSIGNED)|^$")


def infer_object_type(name: str | None) -> ObjectType:
    """Guess the type from the catalogue's naming habits; callers must mark the answer as inferred."""
    text = (name or "").upper().strip()
    if _DEBRIS.search(text):
        return ObjectType.DEBRIS
    if _ROCKET_BODY.search(text):
        return ObjectType.ROCKET_BODY
    if _UNKNOWN.search(text):
        return ObjectType.UNKNOWN
    return ObjectType.PAYLOAD


@dataclass(frozen=True, slots=True)
class SpaceObjects:
    """A table of objects; `frame` has at least the columns of `SPACE_OBJECT_SCHEMA`, in that order."""

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        for name, dtype in SPACE_OBJECT_SCHEMA.items():
            if name not in self.frame.columns:
                raise InputError(f"space objects need the column {name}")
            if self.frame.schema[name] != dtype:
                raise InputError(f"column {name} is {self.frame.schema[name]}, {dtype} is needed")

    def __len__(self) -> int:
        return self.frame.height

    @classmethod
    def empty(cls) -> SpaceObjects:
        """Return a table without rows."""
        return cls(pl.DataFrame(schema=dict(SPACE_OBJECT_SCHEMA)))
