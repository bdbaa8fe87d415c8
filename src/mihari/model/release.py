"""A release: what is told to one audience, as an immutable object. A correction is another one that supersedes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import polars as pl

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import FormatError, InputError
from mihari.model.label import Label, parse_label
from mihari.model.provenance import DataMode

__all__ = [
    "PUBLIC_AUDIENCE",
    "RECEIVED_RELEASE_SCHEMA",
    "RELEASE_STEP_SCHEMA",
    "Approval",
    "Release",
    "ReleaseStep",
    "release_document",
    "release_from_document",
]

PUBLIC_AUDIENCE: Final = "PUBLIC"
_FORM: Final = "mihari-release-1"
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9-]{0,79}$")


class ReleaseStep(Enum):
    """What happened to a release, in the order in which it happens; every step is a record and none is changed."""

    DRAFTED = "DRAFTED"
    APPROVED = "APPROVED"
    READY = "READY"
    NO_GO = "NO_GO"
    PUBLISHED = "PUBLISHED"
    SENT = "SENT"
    CONSENTED = "CONSENTED"
    ALARM = "ALARM"
    HEARD = "HEARD"


RELEASE_STEP_SCHEMA: Final[Mapping[str, Any]] = {
    "release_id": pl.String,
    "group_id": pl.String,  # releases of one group are published at one moment or not at all
    "step": pl.String,  # a ReleaseStep value
    "event_id": pl.String,
    "product": pl.String,
    "audience": pl.String,
    "written_tai_ns": pl.Int64,
    "written_by": pl.String,
    "document": pl.String,  # DRAFTED, PUBLISHED: the release; else what belongs to the step
}


RECEIVED_RELEASE_SCHEMA: Final[Mapping[str, Any]] = {
    "release_id": pl.String,
    "audience": pl.String,
    "released_tai_ns": pl.Int64,
    "supersedes": pl.String,
    "withdraws": pl.String,
    "document": pl.String,  # the signed release as it came
}
"""A release of another node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A named person's yes to one content, known by its digest: another content needs another yes."""

    person: str
    role: str
    written_tai_ns: int
    content_sha256: str
    words: str = ""

    def __post_init__(self) -> None:
        if not self.person.strip():
            raise InputError("an approval needs a person's name", where="approval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is told to one audience.

    Attributes
    ----------
    release_id : str
        Made by chance: it tells nothing.
    content : dict
        JSON: the product, its facts and its texts, after redaction.
    label : Label
        Of the content as released.
    audience : str
        A party or group as in labels, or PUBLIC.
    reason : str
        Why it is released.
    redactions : tuple of str
        Fields that the product has and this audience does not get, whether or not this event had them.
    policy_version : str
        Of the allow-lists and rules that decided.
    approvals : tuple of Approval
    signatures : tuple of dict
        As `mihari.release.signing.sign` returns them; empty on a draft.
    log_index : int, optional
        Where the audit log holds it.
    expires_tai_ns : int, optional
        From then on it is stale and says so.
    supersedes, withdraws : str, optional
        The release that this one replaces, or takes back.
    released_tai_ns : int, optional
        None on a draft.
    """

    release_id: str
    content: dict[str, Any]
    label: Label
    audience: str
    reason: str
    redactions: tuple[str, ...]
    policy_version: str
    data_mode: DataMode
    approvals: tuple[Approval, ...] = ()
    signatures: tuple[dict[str, str], ...] = field(default=())
    log_index: int | None = None
    expires_tai_ns: int | None = None
    supersedes: str | None = None
    withdraws: str | None = None
    released_tai_ns: int | None = None

    def __post_init__(self) -> None:
        for name in (self.release_id, self.supersedes, self.withdraws):
            if name is not None and not _NAME.match(name):
                raise InputError(f"{name[:80]!r} is no name of a release", remedy="letters, digits and hyphens")
        if not self.audience:
            raise InputError("a release has an audience", where=self.release_id)
        start, end = self.released_tai_ns, self.expires_tai_ns
        if start is not None and end is not None and end <= start:
            raise InputError("it would expire before it is released", where=self.release_id)


def release_document(release: Release) -> dict[str, Any]:
    """Return a release as JSON; what is signed is this without `signatures`."""
    return {
        "form": _FORM,
        "release_id": release.release_id,
        "data_mode": release.data_mode.value,
        "audience": release.audience,
        "label": str(release.label),
        "reason": release.reason,
        "content": release.content,
        "redactions": list(release.redactions),
        "policy_version": release.policy_version,
        "approvals": [
            {
                "person": each.person,
                "role": each.role,
                "written_utc": format_utc(each.written_tai_ns, digits=3),
                "content_sha256": each.content_sha256,
                "words": each.words,
            }
            for each in release.approvals
        ],
        "log_index": release.log_index,
        "released_utc": _utc(release.released_tai_ns),
        "expires_utc": _utc(release.expires_tai_ns),
        "supersedes": release.supersedes,
        "withdraws": release.withdraws,
        "signatures": list(release.signatures),
    }


def release_from_document(document: Mapping[str, Any], *, where: str = "release") -> Release:
    """Read a release; nothing of it is believed before its signatures are checked.

    Raises
    ------
    FormatError
        It is no release, or a field is missing or of another kind.
    """
    if document.get("form") != _FORM:
        raise FormatError("is no release of Mihari", where=where)
    try:
        content = document["content"]
        if not isinstance(content, dict):
            raise TypeError("content")
        index = document["log_index"]
        return Release(
            release_id=str(document["release_id"]),
            content=content,
            label=parse_label(str(document["label"])),
            audience=str(document["audience"]),
            reason=str(document["reason"]),
            redactions=tuple(str(each) for each in document["redactions"]),
            policy_version=str(document["policy_version"]),
            data_mode=DataMode(document["data_mode"]),
            approvals=tuple(
                Approval(
                    person=str(each["person"]),
                    role=str(each["role"]),
                    written_tai_ns=parse_utc(str(each["written_utc"])),
                    content_sha256=str(each["content_sha256"]),
                    words=str(each["words"]),
                )
                for each in document["approvals"]
            ),
            signatures=tuple(dict(each) for each in document["signatures"]),
            log_index=None if index is None else int(index),
            expires_tai_ns=_tai_ns(document["expires_utc"]),
            supersedes=_text(document["supersedes"]),
            withdraws=_text(document["withdraws"]),
            released_tai_ns=_tai_ns(document["released_utc"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"is a damaged release: {error}", where=where, remedy="fetch it again") from error


def _utc(tai_ns: int | None) -> str | None:
    return None if tai_ns is None else format_utc(tai_ns, digits=3)


def _tai_ns(text: Any) -> int | None:
    return None if text is None else parse_utc(str(text))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
