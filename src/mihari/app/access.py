"""Access at the edge: a request for a decision from its JSON form, and the decision as a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from mihari.app.json_files import read_json
from mihari.app.moment import moment_tai_ns
from mihari.astro.time import format_utc
from mihari.errors import InputError
from mihari.model.party import PartyBook
from mihari.model.provenance import DataMode
from mihari.policy.access import (
    Action,
    DecisionRequest,
    RequestDecision,
    Role,
    Viewer,
    decide,
    load_parties,
    load_policies,
)

__all__ = ["decide_file", "decision_document", "decision_request"]

Value = TypeVar("Value")

_REQUEST_KEYS: Final = frozenset({"viewer", "action", "record", "fields", "consents", "at_utc"})
_VIEWER_KEYS: Final = frozenset({"party", "roles", "operates", "node_id", "data_modes"})
_RECORD_KEYS: Final = frozenset({"kind", "label", "objects", "operators", "data_mode"})


def decide_file(
    path: Path | str, *, now_tai_ns: int, parties: Path | None = None, policies: Path | None = None
) -> tuple[DecisionRequest, RequestDecision]:
    """Decide the request that stands in a file.

    Parameters
    ----------
    path : path
        JSON; see docs/how-to/access.md.
    now_tai_ns : int
        The moment of the decision where the request names none.
    parties, policies : path, optional
        A node's own parties, and its own policies in place of the packaged ones.
    """
    request = decision_request(read_json(path), book=load_parties(parties), now_tai_ns=now_tai_ns)
    return request, decide(request, load_policies(policies))


def decision_request(told: Any, *, book: PartyBook, now_tai_ns: int) -> DecisionRequest:
    """Return the request that a JSON document states.

    Raises
    ------
    InputError
        A member is missing, unknown or of another form; nothing is guessed.
    """
    document = _object(told, _REQUEST_KEYS, where="request")
    viewer = _object(document.get("viewer"), _VIEWER_KEYS, where="viewer")
    record = _object(document.get("record"), _RECORD_KEYS, where="record")
    operates = frozenset(_list(viewer, "operates", int, where="viewer"))
    party = _needed(viewer, "party", str, where="viewer")
    who = Viewer(
        party=party,
        groups=book.groups_of(party),
        operates=operates,
        roles=frozenset(
            _enum(Role, each, where="viewer.roles") for each in _list(viewer, "roles", str, where="viewer")
        ),
        node_id=_text(viewer.get("node_id", ""), where="viewer.node_id"),
        data_modes=frozenset(
            _enum(DataMode, each, where="viewer.data_modes")
            for each in _list(viewer, "data_modes", str, where="viewer", default=[mode.value for mode in DataMode])
        ),
    )
    mode = record.get("data_mode")
    at = document.get("at_utc")
    return DecisionRequest(
        viewer=who,
        action=_enum(Action, _needed(document, "action", str, where="request"), where="action"),
        at_tai_ns=now_tai_ns if at is None else moment_tai_ns(_text(at, where="at_utc"), option="at_utc"),
        kind=_needed(record, "kind", str, where="record"),
        label=_needed(record, "label", str, where="record"),
        objects=frozenset(_list(record, "objects", int, where="record")),
        operators=frozenset(_list(record, "operators", str, where="record")),
        data_mode=None if mode is None else _enum(DataMode, mode, where="record.data_mode"),
        fields=tuple(_list(document, "fields", str, where="request")) if "fields" in document else None,
        consents=frozenset(_list(document, "consents", str, where="request")),
    )


def decision_document(request: DecisionRequest, decision: RequestDecision) -> dict[str, Any]:
    """Return the decision as the JSON document of `mihari policy decide`."""
    return {
        "decision": "allow" if decision.allowed else "deny",
        "policy_version": decision.policy_version,
        "fields_allowed": list(decision.fields_allowed),
        "fields_withheld": list(decision.fields_withheld),
        "reasons": list(decision.reasons),
        "at_utc": format_utc(request.at_tai_ns),
    }


def _object(told: Any, keys: frozenset[str], *, where: str) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise InputError("is no JSON object", where=where, remedy=f"members are {', '.join(sorted(keys))}")
    if unknown := told.keys() - keys:
        raise InputError(
            f"has no member {sorted(unknown)[0][:80]!r}", where=where, remedy=f"members are {', '.join(sorted(keys))}"
        )
    return told


def _needed(told: Mapping[str, Any], key: str, kind: type[Value], *, where: str) -> Value:
    if type(told.get(key)) is not kind:
        raise InputError(f"needs {key}, a {kind.__name__}", where=where)
    value: Value = told[key]
    return value


def _text(value: Any, *, where: str) -> str:
    if not isinstance(value, str):
        raise InputError("is no text", where=where)
    return value


def _list(
    told: Mapping[str, Any], key: str, kind: type[Value], *, where: str, default: list[Value] | None = None
) -> list[Value]:
    found = told.get(key, default or [])
    if not isinstance(found, list) or any(type(each) is not kind for each in found):
        raise InputError(f"{key} is no list of {kind.__name__}", where=where)
    return found


def _enum(kind: Callable[[str], Value], value: Any, *, where: str) -> Value:
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(each.value for each in kind)  # type: ignore[attr-defined]
        raise InputError(f"{str(value)[:80]!r} is none of {known}", where=where) from error
