"""What reading and ingesting files yields: accepted records, and every rejected one with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from mihari.model.orbit import ElementSets
from mihari.model.space_object import SpaceObjects

__all__ = ["IngestSummary", "ReadResult", "Rejection"]


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record that could not be used. `line` counts from 1 and is a record number where there are no lines."""

    file: str
    line: int | None
    field: str | None
    reason: str

    def text(self) -> str:
        """Return the rejection as one line."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.field}: {self.reason}" if self.field else f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What one file holds. `digest` is the SHA-256 of its bytes as they lie on disk."""

    file: str
    format: str
    digest: str
    element_sets: ElementSets
    objects: SpaceObjects
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest did with its records.

    `duplicates` were already known and were not stored again; `superseded` counts accepted sets that are older than
    one already known for the same object: stored, but not the object's best. `objects` counts descriptions of objects
    (SATCAT) that were taken in; they are no element sets.
    """

    accepted: int = 0
    duplicates: int = 0
    superseded: int = 0
    rejected: tuple[Rejection, ...] = field(default=())
    objects: int = 0
