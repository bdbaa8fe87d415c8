"""Checks a release of a Mihari node offline; shares no code with the program that made it."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mihari_verify.signatures import Keys, SignatureAnswer, canonical_json, moment, read_document

__all__ = ["verify_release", "verify_release_file"]

_CONTEXT = "mihari/release/1"
_SKEW = datetime.timedelta(minutes=5)
_MEMBERS = {
    "form": str,
    "release_id": str,
    "data_mode": str,
    "audience": str,
    "label": str,
    "reason": str,
    "content": dict,
    "redactions": list,
    "policy_version": str,
    "approvals": list,
    "log_index": int,
    "released_utc": str,
    "expires_utc": str,
    "supersedes": str,
    "withdraws": str,
    "signatures": list,
}
_MAY_BE_NULL = {"log_index", "expires_utc", "supersedes", "withdraws", "released_utc"}
_MODES = {"REAL", "TEST", "SIMULATED", "EXERCISE"}


def verify_release_file(
    path: Path, *, keys: Path, audience: str | None = None, at: datetime.datetime | None = None
) -> dict[str, Any]:
    """Check a release in a file; see `verify_release`. ValueError where file or keys cannot be read."""
    moment_of_check = at or datetime.datetime.now(datetime.UTC)
    return verify_release(read_document(path), keys=Keys.read(keys), audience=audience, at=moment_of_check)


def verify_release(
    document: Mapping[str, Any], *, keys: Keys, at: datetime.datetime, audience: str | None = None
) -> dict[str, Any]:
    """Return valid, reasons, signatures, audience, expires_utc, supersedes and what else a receiver asks first."""
    reasons = _form(document)
    answer = SignatureAnswer([], [])
    if not reasons:
        body = {name: value for name, value in document.items() if name != "signatures"}
        answer = keys.check(body, document["signatures"], _CONTEXT, at)
        reasons += answer.reasons
        reasons += _times(document, at)
        if audience is not None and document["audience"] not in ("PUBLIC", audience):
            reasons.append(f"it is for {document['audience']}, not for {audience}")
        reasons += _approvals(document)
    return {
        "valid": not reasons,
        "reasons": reasons,
        "signatures": answer.findings,
        "audience": document.get("audience"),
        "expires_utc": document.get("expires_utc"),
        "supersedes": document.get("supersedes"),
        "withdraws": document.get("withdraws"),
        "release_id": document.get("release_id"),
        "data_mode": document.get("data_mode"),
        "released_utc": document.get("released_utc"),
    }


def _form(document: Mapping[str, Any]) -> list[str]:
    if document.get("form") != "mihari-release-1" or set(document) != set(_MEMBERS):
        return ["is no release of a known form"]
    for name, kind in _MEMBERS.items():
        value = document[name]
        if value is None and name in _MAY_BE_NULL:
            continue
        if not isinstance(value, kind) or isinstance(value, bool):
            return [f"{name} is not what it should be"]
    if document["data_mode"] not in _MODES:
        return ["the data mode is none"]
    return []


def _times(document: Mapping[str, Any], at: datetime.datetime) -> list[str]:
    reasons = []
    try:
        if document["released_utc"] is None:
            reasons.append("it was never released: a draft")
        elif at < moment(document["released_utc"]) - _SKEW:
            reasons.append(f"not released before {document['released_utc']}")
        if document["expires_utc"] is not None and at >= moment(document["expires_utc"]):
            reasons.append(f"expired at {document['expires_utc']}")
        ends = document["label"].partition("//EXPIRES:")[2].partition("//")[0]
        if ends and at >= moment(ends):
            reasons.append("its label has expired")
    except ValueError as error:
        reasons.append(str(error))
    return reasons


def _approvals(document: Mapping[str, Any]) -> list[str]:
    if not document["approvals"]:
        return ["nobody approved it"]
    try:
        digest = hashlib.sha256(canonical_json(document["content"])).hexdigest()
    except ValueError as error:
        return [f"the content cannot be read: {error}"]
    reasons = []
    for each in document["approvals"]:
        if not isinstance(each, dict) or each.get("content_sha256") != digest:
            person = each.get("person") if isinstance(each, dict) else None
            reasons.append(f"{person} approved another content")
    return reasons
