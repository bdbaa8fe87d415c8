"""The use case of assessment: messages in, assessments out, and kept in the store when there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mihari.astro.earth import load_earth_orientation
from mihari.conjunction.assessment import (
    AssessmentRequest,
    EventKey,
    assess_message,
    event_key,
    match_event,
)
from mihari.conjunction.probability import Effort, LadderOptions, Method, MonteCarloPlan
from mihari.errors import FormatError, MihariError, UsageError
from mihari.formats.ccsds import (
    Message,
    MessageKind,
    conjunction_message,
    load_bytes,
    parse_messages,
)
from mihari.model.assessment import (
    ActionLevel,
    Assessment,
    HardBodyRadius,
)
from mihari.model.conjunction_message import ConjunctionMessage
from mihari.model.intake import Rejection
from mihari.model.provenance import DataMode
from mihari.policy import ThresholdProfile

__all__ = [
    "AssessmentBatch",
    "assess_files",
    "assessment_request",
    "by_attention",
    "message_parts",
    "read_conjunction_messages",
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


def assessment_request(
    *,
    profile: str | Path | ThresholdProfile = "cara",
    hard_body_radius_m: float | None = None,
    use_default_radius: bool = False,
    method: str | None = None,
    all_methods: bool = False,
    data_mode: DataMode | None = None,
) -> AssessmentRequest:
    """Return how messages are to be assessed, from what a person says.

    Parameters
    ----------
    profile : str, Path or ThresholdProfile
        By name, as a JSON file, or as it is.
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
    thresholds = profile if isinstance(profile, ThresholdProfile) else ThresholdProfile.load(profile)
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
    read, rejected = read_conjunction_messages(paths)
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


def read_conjunction_messages(
    paths: Sequence[str | Path],
) -> tuple[list[tuple[Message, str, ConjunctionMessage]], list[Rejection]]:
    """Return every conjunction message of files and folders, with its file, and what is none or cannot be used."""
    found: list[tuple[Message, str, ConjunctionMessage]] = []
    rejected: list[Rejection] = []
    for path in _files(paths):
        name = str(path)
        try:
            whole = parse_messages(load_bytes(path), name=name)
        except MihariError as error:
            rejected.append(Rejection(name, None, None, error.what))
            continue
        for number, part in enumerate(message_parts(whole), 1):
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


def message_parts(message: Message) -> Iterator[Message]:
    """Return the messages that a message holds: itself, or the parts of an NDM, however deep."""
    if message.kind is MessageKind.NDM:
        for part in message.parts:
            yield from message_parts(part)
    else:
        yield message
