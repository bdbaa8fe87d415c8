"""The use case of assessment: messages in, assessments out, and kept in the store when there is one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from mihari.app.assessment_documents import assessment_document
from mihari.astro.earth import load_earth_orientation
from mihari.conjunction.assessment import (
    AssessmentRequest,
    EventKey,
    assess_message,
    data_mode_of,
    event_key,
    match_event,
)
from mihari.conjunction.probability import Effort, LadderOptions, Method, MonteCarloPlan
from mihari.errors import FormatError, InputError, MihariError, NotFoundError, UsageError
from mihari.formats.ccsds import (
    Message,
    MessageForm,
    MessageKind,
    conjunction_message,
    format_message,
    load_bytes,
    parse_messages,
)
from mihari.model.assessment import (
    ASSESSMENT_SCHEMA,
    MESSAGE_SCHEMA,
    ActionLevel,
    Assessment,
    DecisionKind,
    EventRecord,
    HardBodyRadius,
)
from mihari.model.conjunction_message import ConjunctionMessage
from mihari.model.intake import Rejection
from mihari.model.provenance import DataMode, Provenance
from mihari.policy import ThresholdProfile
from mihari.store import ASSESSMENTS, CONJUNCTION_MESSAGES, EVENT_RECORDS, MANOEUVRES, EmbeddedStore

__all__ = [
    "AssessmentBatch",
    "KeptMessages",
    "assess_files",
    "assessment_request",
    "by_attention",
    "keep_files",
    "note_manoeuvre",
    "write_event_record",
]

_ATTENTION = (ActionLevel.ACTION, ActionLevel.WATCH, ActionLevel.NOT_ASSESSED, ActionLevel.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentBatch:
    """Assessments, those first that need a person first, and what could not be assessed."""

    assessments: tuple[Assessment, ...]
    rejected: tuple[Rejection, ...]
    messages: int

    def coverage(self) -> dict[str, Any]:
        """Return what was looked at and what was not."""
        return {
            "messages": self.messages,
            "assessed": len(self.assessments),
            "not_assessed": sum(each.action_level is ActionLevel.NOT_ASSESSED for each in self.assessments),
            "rejected": [
                {"file": each.file, "line": each.line, "field": each.field, "reason": each.reason}
                for each in self.rejected
            ],
            "scope": "the conjunctions that these messages tell of, and no others",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessages:
    """What keeping messages did.

    Attributes
    ----------
    accepted : int
        Kept, `late` ones among them.
    duplicates : int
        Known already; nothing was written for them.
    late : int
        Older than another message of their event.
    events : int
        Events that were new.
    batch : AssessmentBatch
    """

    accepted: int
    duplicates: int
    late: int
    events: int
    batch: AssessmentBatch


def assessment_request(
    *,
    profile: str | Path = "cara",
    hard_body_radius_m: float | None = None,
    use_default_radius: bool = False,
    method: str | None = None,
    all_methods: bool = False,
    data_mode: DataMode | None = None,
) -> AssessmentRequest:
    """Return how messages are to be assessed, from what a person says.

    Parameters
    ----------
    profile : str or Path
        Threshold profile, by name or as a JSON file.
    hard_body_radius_m : float, optional
        Goes before what a message says.
    use_default_radius : bool
        Where no radius is known, take the profile's default.
    method : str, optional
        Only this rung may answer: 2d, 2d_nc, 3d_nc, monte_carlo.
    all_methods : bool
        Evaluate every rung; else the ladder is climbed as far as it needs.
    data_mode : DataMode, optional
        Of the messages. Default: REAL.

    Raises
    ------
    UsageError
        The radius is no length, or the profile has no default radius.
    """
    thresholds = ThresholdProfile.load(profile)
    radius = None
    if hard_body_radius_m is not None:
        if not 0.0 < hard_body_radius_m < 1.0e5:
            raise UsageError(
                f"a hard-body radius of {hard_body_radius_m} m",
                where="--hard-body-radius-m",
                remedy="give metres above 0",
            )
        radius = HardBodyRadius(value_m=hard_body_radius_m, source="given by the user")
    if use_default_radius and thresholds.default_hard_body_radius_m is None:
        raise UsageError(
            f"profile {thresholds.name} has no default radius",
            where="--default-radius",
            remedy="give --hard-body-radius-m, or another profile",
        )
    only = None if method is None else Method(method)
    return AssessmentRequest(
        profile=thresholds,
        orientation=load_earth_orientation(),
        data_mode=data_mode or DataMode.REAL,
        options=LadderOptions(
            effort=Effort.ALL if all_methods or only is not None else Effort.NEEDED, monte_carlo=MonteCarloPlan()
        ),
        method=only,
        hard_body_radius=radius,
        use_default_radius=use_default_radius,
    )


def by_attention(assessments: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """Return assessments, what needs a person now first: level, then probability or its bound, then time."""

    def place(each: Assessment) -> tuple[bool, int, float, int]:
        bound = 0.0 if each.maximum is None else each.maximum.value
        most = each.probability if each.probability is not None else bound
        return bool(each.stale_reason), _ATTENTION.index(each.action_level), -most, each.tca_tai_ns

    return tuple(sorted(assessments, key=place))


def assess_files(paths: Sequence[str | Path], request: AssessmentRequest) -> AssessmentBatch:
    """Assess the conjunction messages in files; the last message of an event makes older ones stale.

    Raises
    ------
    InputError
        There is a file, and not one message in all of them could be assessed.
    """
    read, rejected = _read(paths)
    known: list[tuple[str, EventKey]] = []
    assessed: list[Assessment] = []
    for _, name, record in read:
        key = event_key(record)
        event_id = match_event(key, known) or key.event_id
        known.append((event_id, key))
        try:
            assessed.append(assess_message(record, request, event_id=event_id))
        except MihariError as error:
            rejected.append(Rejection(name, None, None, error.what))
    if not assessed:
        first = rejected[0].text() if rejected else "no files were given"
        more = f" and {len(rejected) - 1} more" if len(rejected) > 1 else ""
        raise FormatError(f"{first}{more}", remedy="give conjunction data messages; mihari message check says more")
    marked = _superseded(assessed)
    return AssessmentBatch(
        assessments=by_attention(marked), rejected=tuple(rejected), messages=len(read) + len(rejected)
    )


def _superseded(assessed: Sequence[Assessment]) -> list[Assessment]:
    newest: dict[str, Assessment] = {}
    for each in assessed:
        held = newest.get(each.event_id)
        if held is None or each.creation_tai_ns > held.creation_tai_ns:
            newest[each.event_id] = each
    return [
        each
        if newest[each.event_id].creation_tai_ns <= each.creation_tai_ns
        else replace(each, stale_reason=f"superseded by {newest[each.event_id].message_id}")
        for each in assessed
    ]


def _read(paths: Sequence[str | Path]) -> tuple[list[tuple[Message, str, ConjunctionMessage]], list[Rejection]]:
    """Every conjunction message of the files, and what is none or cannot be used."""
    found: list[tuple[Message, str, ConjunctionMessage]] = []
    rejected: list[Rejection] = []
    for path in _files(paths):
        name = str(path)
        try:
            whole = parse_messages(load_bytes(path), name=name)
        except MihariError as error:
            rejected.append(Rejection(name, None, None, error.what))
            continue
        for number, part in enumerate(_parts(whole), 1):
            if part.kind is not MessageKind.CDM:
                rejected.append(Rejection(name, number, None, f"is a CCSDS {part.kind.value}, no conjunction message"))
                continue
            try:
                found.append((part, name, conjunction_message(part, name=name)))
            except MihariError as error:
                rejected.append(Rejection(name, number, None, error.what))
    return found, rejected


def _files(paths: Sequence[str | Path]) -> Iterator[str | Path]:
    """Files as they are, and the files of folders in order of name."""
    for path in paths:
        if str(path) != "-" and Path(path).is_dir():
            yield from sorted(each for each in Path(path).iterdir() if each.is_file() and not each.name.startswith("."))
        else:
            yield path


def _parts(message: Message) -> Iterator[Message]:
    if message.kind is MessageKind.NDM:
        for part in message.parts:
            yield from _parts(part)
    else:
        yield message


def keep_files(
    store: EmbeddedStore,
    paths: Sequence[str | Path],
    request: AssessmentRequest,
    *,
    learned_tai_ns: int,
    provenance: Provenance,
) -> KeptMessages:
    """Assess messages and keep both in one transaction; duplicates are known again, late ones are kept as such.

    Parameters
    ----------
    store : EmbeddedStore
        Opened for writing.
    provenance : Provenance
        Of the messages; its data mode is that of the assessments.
    """
    read, rejected = _read(paths)
    # What arrives together is taken in the order in which it was made: late is only what is older than what was kept.
    read.sort(key=lambda each: each[2].creation_tai_ns)
    modes = [data_mode_of(record, otherwise=provenance.data_mode) for _, _, record in read]
    shelves = {mode: _Shelf.of(store, mode) for mode in dict.fromkeys(modes)}
    duplicates = late = 0
    for (message, name, record), mode in zip(read, modes, strict=True):
        shelf = shelves[mode]
        text = format_message(message, form=MessageForm.JSON)
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        if shelf.holds(record, digest):
            duplicates += 1
            continue
        key = event_key(record)
        event_id = match_event(key, shelf.keys.get((key.first, key.second), ())) or key.event_id
        try:
            assessment = assess_message(record, request, event_id=event_id)
        except MihariError as error:
            rejected.append(Rejection(name, None, None, error.what))
            continue
        late += shelf.put(record, assessment, key, digest, text)
    assessed = [each for shelf in shelves.values() for each in shelf.assessed]
    batch = AssessmentBatch(
        assessments=by_attention(assessed), rejected=tuple(rejected), messages=len(read) + len(rejected)
    )
    coverage = batch.coverage()
    if assessed:
        with store.transaction(learned_tai_ns=learned_tai_ns) as transaction:
            for mode, shelf in shelves.items():
                if not shelf.assessed:
                    continue
                stamp = replace(provenance, data_mode=mode)
                rows = pl.DataFrame(shelf.rows, schema=dict(MESSAGE_SCHEMA))
                transaction.append_records(CONJUNCTION_MESSAGES, rows, provenance=stamp)
                transaction.append_records(
                    ASSESSMENTS,
                    assessment_frame(shelf.assessed, coverage=coverage),
                    provenance=replace(stamp, source="this node", method="probability ladder"),
                )
    return KeptMessages(
        accepted=len(assessed),
        duplicates=duplicates,
        late=late,
        events=sum(shelf.new_events for shelf in shelves.values()),
        batch=batch,
    )


@dataclass(slots=True)
class _Shelf:
    """What the store knows of messages of one data mode, and what is being added."""

    digests: set[str]
    names: set[tuple[str, str]]
    keys: dict[tuple[str, str], list[tuple[str, EventKey]]]
    newest: dict[str, int]
    new_events: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    assessed: list[Assessment] = field(default_factory=list)

    @classmethod
    def of(cls, store: EmbeddedStore, mode: DataMode) -> _Shelf:
        columns = tuple(name for name in MESSAGE_SCHEMA if name != "text")
        known = store.records(CONJUNCTION_MESSAGES, data_mode=mode, columns=columns)
        shelf = cls(
            digests=set(known["digest"].to_list()),
            names=set(zip(known["originator"].to_list(), known["message_id"].to_list(), strict=True)),
            keys={},
            newest={},
        )
        told = ("event_id", "designator_1", "designator_2", "tca_tai_ns", "is_slow", "creation_tai_ns")
        for event_id, first, second, tca, slow, creation in known.select(told).iter_rows():
            shelf.keys.setdefault((first, second), []).append((event_id, EventKey(first, second, tca, slow)))
            shelf.newest[event_id] = max(shelf.newest.get(event_id, creation), creation)
        return shelf

    def holds(self, record: ConjunctionMessage, digest: str) -> bool:
        """Say whether a message is known: the same text, or the same sender's name for it."""
        return digest in self.digests or (record.originator, record.message_id) in self.names

    def put(self, record: ConjunctionMessage, assessment: Assessment, key: EventKey, digest: str, text: str) -> bool:
        """Add a message with its assessment; return whether it is late."""
        event_id = assessment.event_id
        self.new_events += event_id not in self.newest
        is_late = record.creation_tai_ns < self.newest.get(event_id, record.creation_tai_ns)
        self.digests.add(digest)
        self.names.add((record.originator, record.message_id))
        self.keys.setdefault((key.first, key.second), []).append((event_id, key))
        self.newest[event_id] = max(self.newest.get(event_id, record.creation_tai_ns), record.creation_tai_ns)
        self.assessed.append(assessment)
        self.rows.append(
            {
                "event_id": event_id,
                "message_id": record.message_id,
                "originator": record.originator,
                "creation_tai_ns": record.creation_tai_ns,
                "tca_tai_ns": record.tca_tai_ns,
                "designator_1": key.first,
                "designator_2": key.second,
                "is_slow": key.is_slow,
                "digest": digest,
                "text": text,
            }
        )
        return is_late


def assessment_frame(assessed: Sequence[Assessment], *, coverage: dict[str, Any]) -> pl.DataFrame:
    """Return assessments as rows of `ASSESSMENT_SCHEMA`."""
    rows = []
    for each in assessed:
        first, second = each.objects
        sigma = each.geometry.sigma_rtn_m or (None, None, None)
        rows.append(
            (
                each.event_id,
                each.message_id,
                each.creation_tai_ns,
                each.tca_tai_ns,
                first.designator,
                second.designator,
                first.norad_cat_id,
                second.norad_cat_id,
                each.geometry.miss_distance_m,
                each.geometry.relative_speed_m_s,
                *each.geometry.miss_rtn_m,
                *sigma,
                each.probability,
                None if each.maximum is None else each.maximum.value,
                each.method,
                each.action_level.value,
                each.profile,
                first.last_observation_tai_ns,
                second.last_observation_tai_ns,
                json.dumps(assessment_document(each, coverage=coverage), allow_nan=False),
            )
        )
    return pl.DataFrame(rows, schema=dict(ASSESSMENT_SCHEMA), orient="row")


def write_event_record(
    store: EmbeddedStore,
    *,
    kind: DecisionKind,
    event_id: str,
    author: str,
    text: str,
    now_tai_ns: int,
    provenance: Provenance,
) -> EventRecord:
    """Keep what a person recommends, decides or reports about an event, on its newest assessment.

    Raises
    ------
    NotFoundError
        There is no such event.
    InputError
        No author or no text, or the author is no person.
    """
    history = store.records(
        ASSESSMENTS, data_mode=provenance.data_mode, columns=("event_id", "message_id", "creation_tai_ns")
    ).filter(pl.col("event_id") == event_id)
    if history.is_empty():
        raise NotFoundError(f"there is no event {event_id!r}", where="--event", remedy="mihari assess lists them")
    newest = history.sort("creation_tai_ns").row(-1, named=True)
    record = EventRecord(
        kind=kind,
        event_id=event_id,
        author=author,
        text=text,
        written_tai_ns=now_tai_ns,
        message_id=str(newest["message_id"]),
    )
    frame = pl.DataFrame(
        {
            "event_id": [record.event_id],
            "kind": [record.kind.value],
            "author": [record.author],
            "text": [record.text],
            "written_tai_ns": [record.written_tai_ns],
            "message_id": [record.message_id],
        },
        schema=dict(EVENT_RECORDS.schema),
    )
    with store.transaction(learned_tai_ns=now_tai_ns) as transaction:
        transaction.append_records(EVENT_RECORDS, frame, provenance=replace(provenance, source=author, origin=author))
    return record


def note_manoeuvre(
    store: EmbeddedStore,
    *,
    norad_cat_id: int,
    epoch_tai_ns: int,
    words: str,
    now_tai_ns: int,
    provenance: Provenance,
) -> None:
    """Keep a planned or detected manoeuvre: messages about its object made before it are stale from now on.

    Raises
    ------
    InputError
        Nothing says what kind of manoeuvre it is.
    """
    if not words.strip():
        raise InputError("a manoeuvre needs words", remedy="say whether it is planned or detected, and by whom")
    frame = pl.DataFrame(
        {"norad_cat_id": [norad_cat_id], "epoch_tai_ns": [epoch_tai_ns], "words": [words]},
        schema=dict(MANOEUVRES.schema),
    )
    with store.transaction(learned_tai_ns=now_tai_ns) as transaction:
        transaction.append_records(MANOEUVRES, frame, provenance=provenance)
