"""The kinds of records. A new kind is one entry here; files, manifest, transactions and doctor know no kind by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from mihari.errors import InputError
from mihari.model.assessment import ASSESSMENT_SCHEMA, EVENT_RECORD_SCHEMA, MANOEUVRE_SCHEMA, MESSAGE_SCHEMA
from mihari.model.conjunction import CONJUNCTION_SCHEMA
from mihari.model.orbit import ELEMENT_SET_SCHEMA
from mihari.model.policy_record import POLICY_RECORD_SCHEMA
from mihari.model.provenance import PROVENANCE_SCHEMA
from mihari.model.release import RECEIVED_RELEASE_SCHEMA, RELEASE_STEP_SCHEMA
from mihari.model.request import REQUEST_SCHEMA
from mihari.model.space_event import SPACE_EVENT_SCHEMA
from mihari.model.space_object import SPACE_OBJECT_SCHEMA

__all__ = [
    "ASSESSMENTS",
    "CONJUNCTIONS",
    "CONJUNCTION_MESSAGES",
    "ELEMENT_SETS",
    "EVENT_RECORDS",
    "MANOEUVRES",
    "POLICY_RECORDS",
    "RECEIVED_RELEASES",
    "RECORD_KINDS",
    "RELEASE_STEPS",
    "REQUESTS",
    "SCREENING_RUNS",
    "SPACE_EVENTS",
    "SPACE_OBJECTS",
    "RecordKind",
    "record_kind",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """What the store needs to know of one kind of record.

    Attributes
    ----------
    name : str
        Stands in the manifest and in file names.
    schema : mapping
        Columns of the record itself; `PROVENANCE_SCHEMA` follows them in every segment.
    order : tuple of str
        Columns that a segment is sorted by, before the moment of learning; never null.
    epoch : str, optional
        Column of the moment that a record speaks about.
    indexed : bool
        Whether segments have a derived index beside them.
    objects : tuple of str
        Columns with the catalogue numbers of the objects that a record speaks of, for labels that name OPERATOR.
    """

    name: str
    schema: Mapping[str, Any]
    order: tuple[str, ...]
    epoch: str | None = None
    indexed: bool = False
    objects: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, Any]:
        """All columns of a segment with their types, in order."""
        return {**self.schema, **PROVENANCE_SCHEMA}

    def checked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the columns of the record, in order; columns that the kind does not have are not stored.

        Raises
        ------
        InputError
            A column is missing or of another type, or a column of the order holds nulls.
        """
        for name, dtype in self.schema.items():
            if name not in frame.columns:
                raise InputError(f"records of kind {self.name} need the column {name}")
            if frame.schema[name] != dtype:
                raise InputError(f"column {name} is {frame.schema[name]}, {dtype} is needed", where=self.name)
        for name in self.order:
            if frame[name].null_count():
                raise InputError(f"column {name} holds nulls", where=self.name, remedy="every record needs it")
        return frame.select(list(self.schema))


ELEMENT_SETS: Final = RecordKind(
    name="element_set",
    schema=ELEMENT_SET_SCHEMA,
    order=("norad_cat_id", "epoch_tai_ns"),
    epoch="epoch_tai_ns",
    indexed=True,
    objects=("norad_cat_id",),
)
SPACE_OBJECTS: Final = RecordKind(
    name="space_object", schema=SPACE_OBJECT_SCHEMA, order=("norad_cat_id",), objects=("norad_cat_id",)
)
SCREENING_RUNS: Final = RecordKind(
    name="screening_run",
    schema={
        "run_id": pl.Int64,
        "start_tai_ns": pl.Int64,
        "end_tai_ns": pl.Int64,
        "conjunctions": pl.Int64,  # how many there are
        "coverage_json": pl.String,
        "inputs_json": pl.String,
    },
    order=("run_id",),
    epoch="start_tai_ns",
)
CONJUNCTIONS: Final = RecordKind(
    name="conjunction",
    schema={"run_id": pl.Int64, **CONJUNCTION_SCHEMA},
    order=("run_id",),
    epoch="tca_tai_ns",
    objects=("norad_cat_id_1", "norad_cat_id_2"),
)
CONJUNCTION_MESSAGES: Final = RecordKind(
    name="conjunction_message",
    schema=MESSAGE_SCHEMA,
    order=("event_id", "creation_tai_ns"),
    epoch="tca_tai_ns",
)
ASSESSMENTS: Final = RecordKind(
    name="assessment",
    schema=ASSESSMENT_SCHEMA,
    order=("event_id", "creation_tai_ns"),
    epoch="tca_tai_ns",
    objects=("norad_cat_id_1", "norad_cat_id_2"),
)
EVENT_RECORDS: Final = RecordKind(
    name="event_record", schema=EVENT_RECORD_SCHEMA, order=("event_id", "written_tai_ns"), epoch="written_tai_ns"
)
MANOEUVRES: Final = RecordKind(
    name="manoeuvre",
    schema=MANOEUVRE_SCHEMA,
    order=("norad_cat_id", "epoch_tai_ns"),
    epoch="epoch_tai_ns",
    objects=("norad_cat_id",),
)
REQUESTS: Final = RecordKind(
    name="request", schema=REQUEST_SCHEMA, order=("request_id", "written_tai_ns"), epoch="written_tai_ns"
)
SPACE_EVENTS: Final = RecordKind(
    name="space_event", schema=SPACE_EVENT_SCHEMA, order=("event_id", "written_tai_ns"), epoch="start_tai_ns"
)
POLICY_RECORDS: Final = RecordKind(
    name="policy_record",
    schema=POLICY_RECORD_SCHEMA,
    order=("record_kind", "subject_id", "written_tai_ns"),
    epoch="written_tai_ns",
)
RECEIVED_RELEASES: Final = RecordKind(
    name="release", schema=RECEIVED_RELEASE_SCHEMA, order=("release_id", "released_tai_ns"), epoch="released_tai_ns"
)
RELEASE_STEPS: Final = RecordKind(
    name="release_step", schema=RELEASE_STEP_SCHEMA, order=("release_id", "written_tai_ns"), epoch="written_tai_ns"
)

RECORD_KINDS: Final[Mapping[str, RecordKind]] = {
    kind.name: kind
    for kind in (
        ELEMENT_SETS,
        SPACE_OBJECTS,
        SCREENING_RUNS,
        CONJUNCTIONS,
        CONJUNCTION_MESSAGES,
        ASSESSMENTS,
        EVENT_RECORDS,
        MANOEUVRES,
        REQUESTS,
        SPACE_EVENTS,
        POLICY_RECORDS,
        RELEASE_STEPS,
        RECEIVED_RELEASES,
    )
}


def record_kind(name: str) -> RecordKind:
    """Return the kind of that name, else raise InputError."""
    try:
        return RECORD_KINDS[name]
    except KeyError:
        raise InputError(f"no record kind {name!r}", remedy=f"kinds are {', '.join(RECORD_KINDS)}") from None
