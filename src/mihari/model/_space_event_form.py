"""The JSON form of a report about an event: strict on the way in, the same bytes for the same report on the way out."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import InputError
from mihari.model.label import parse_label
from mihari.model.provenance import DataMode

if TYPE_CHECKING:
    from mihari.model.space_event import SpaceEvent

__all__ = ["document_of", "fields_of", "record_digest"]

_MOMENTS: Final = ("start", "end", "next_update", "written")
_TEXTS: Final = (
    "event_id", "written_by", "summary_en", "summary_ja", "confidence_basis", "contact", "supersedes"
)  # fmt: skip
_NEEDED: Final = (
    "event_id", "kind", "status", "start_utc", "sources", "label", "data_mode", "written_utc", "written_by"
)  # fmt: skip
_KNOWN: Final = frozenset(
    {*_TEXTS, *(f"{name}_utc" for name in _MOMENTS), *_NEEDED}
    | {"objects", "facts", "evidence", "alternatives", "likelihood", "confidence", "record_id"}
)
_EVIDENCE: Final = {"kind": str, "text": str, "source": str, "observed_utc": str, "reference": str}
_ALTERNATIVE: Final = {"text_en": str, "text_ja": str, "probability": float}
_DIGITS: Final = 32
_DEEPEST: Final = 3


def document_of(event: SpaceEvent) -> dict[str, Any]:
    """Return a report as plain JSON data, without its `record_id`."""
    return {
        "event_id": event.event_id,
        "kind": event.kind.value,
        "status": event.status.value,
        "data_mode": event.data_mode.value,
        "label": str(event.label),
        "summary_en": event.summary_en,
        "summary_ja": event.summary_ja,
        "objects": list(event.objects),
        "start_utc": _utc(event.start_tai_ns),
        "end_utc": _utc(event.end_tai_ns),
        "facts": dict(event.facts),
        "evidence": [
            {
                "kind": each.kind.value,
                "text": each.text,
                "source": each.source,
                "observed_utc": _utc(each.observed_tai_ns),
                "reference": each.reference,
            }
            for each in event.evidence
        ],
        "alternatives": [
            {"text_en": each.text_en, "text_ja": each.text_ja, "probability": each.probability}
            for each in event.alternatives
        ],
        "likelihood": None if event.likelihood is None else event.likelihood.value,
        "confidence": None if event.confidence is None else event.confidence.value,
        "confidence_basis": event.confidence_basis,
        "sources": list(event.sources),
        "contact": event.contact,
        "next_update_utc": _utc(event.next_update_tai_ns),
        "written_utc": _utc(event.written_tai_ns),
        "written_by": event.written_by,
        "supersedes": event.supersedes,
    }


def record_digest(document: Mapping[str, Any]) -> str:
    """Return the name of a document: the beginning of the SHA-256 of its JSON with sorted members."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()[:_DIGITS]


def fields_of(
    document: Mapping[str, Any],
    *,
    enums: Mapping[str, type[Enum]],
    evidence: Callable[[dict[str, Any]], Any],
    alternative: Callable[[dict[str, Any]], Any],
) -> dict[str, Any]:
    """Return the fields of a report, or raise InputError that names the member."""
    if not isinstance(document, Mapping):
        raise InputError("is no report of an event", remedy="a JSON object is needed")
    for name in document:
        if name not in _KNOWN:
            raise InputError(f"{name!r:.80} is no member of an event", where="event", remedy="is it misspelt?")
    for name in _NEEDED:
        if document.get(name) in (None, "", []):
            raise InputError("is missing", where=name, remedy="every report needs it")
    found: dict[str, Any] = {name: _text(document, name) for name in _TEXTS if document.get(name) is not None}
    for name in _MOMENTS:
        if document.get(f"{name}_utc") is not None:
            found[f"{name}_tai_ns"] = _moment(document, f"{name}_utc")
    for name, kind in enums.items():
        if document.get(name) is not None:
            found[name] = _choice(kind, document[name], name)
    found["data_mode"] = _choice(DataMode, document["data_mode"], "data_mode")
    found["label"] = parse_label(_text(document, "label"))
    found["sources"] = tuple(_entry(each, str, "sources") for each in _list(document, "sources"))
    found["objects"] = tuple(sorted({_entry(each, int, "objects") for each in _list(document, "objects")}))
    found["facts"] = _facts(document.get("facts"))
    found["evidence"] = tuple(_part(each, _EVIDENCE, evidence, "evidence") for each in _list(document, "evidence"))
    found["alternatives"] = tuple(
        _part(each, _ALTERNATIVE, alternative, "alternatives") for each in _list(document, "alternatives")
    )
    return found


def _part(given: Any, members: Mapping[str, type], make: Callable[[dict[str, Any]], Any], where: str) -> Any:
    if not isinstance(given, Mapping) or (unknown := set(given) - set(members)):
        what = f"{sorted(unknown)[0]!r:.80} is no member" if isinstance(given, Mapping) else "is no object"
        raise InputError(what, where=where, remedy=f"members are {', '.join(members)}")
    told: dict[str, Any] = {}
    for name, kind in members.items():
        value = given.get(name)
        if value is None:
            continue
        if name.endswith("_utc"):
            told[name.removesuffix("_utc") + "_tai_ns"] = _moment(given, name, where=f"{where}.{name}")
        else:
            told[name] = _entry(value, kind, f"{where}.{name}")
    try:
        return make(told)
    except (KeyError, TypeError):
        missing = [name for name in members if name not in told and not name.endswith("_utc") and name != "reference"]
        raise InputError(f"{', '.join(missing)} is missing", where=where) from None
    except ValueError as error:
        raise InputError(str(error), where=where) from None


def _facts(given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError("is no object", where="facts", remedy="give names with values")
    return {str(name): _plain(value, f"facts.{name}", _DEEPEST) for name, value in given.items()}


def _plain(value: Any, where: str, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | str):
        if isinstance(value, str) and len(value) > 4_000:
            raise InputError("is too long", where=where, remedy="at most 4,000 characters")
        if isinstance(value, int) and abs(value) > 2**63:
            raise InputError("is too large", where=where)
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if depth and isinstance(value, Mapping):
        return {str(name): _plain(member, f"{where}.{name}", depth - 1) for name, member in value.items()}
    if depth and isinstance(value, list | tuple):
        return [_plain(member, where, depth - 1) for member in value]
    raise InputError("is no plain value", where=where, remedy="text, numbers, lists and objects, three deep")


def _list(document: Mapping[str, Any], name: str) -> Sequence[Any]:
    given = document.get(name)
    if given is None:
        return ()
    if not isinstance(given, list | tuple):
        raise InputError("is no list", where=name)
    return given


def _entry(value: Any, kind: type, where: str) -> Any:
    fits = isinstance(value, int | float) if kind is float else isinstance(value, kind)
    if not fits or isinstance(value, bool) or (kind is str and not value.strip() and not where.endswith("reference")):
        words = {str: "text", int: "a whole number", float: "a number"}[kind]
        raise InputError(f"{value!r:.80} is not {words}", where=where)
    return float(value) if kind is float else value


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document[name]
    if not isinstance(value, str):
        raise InputError(f"{value!r:.80} is not text", where=name)
    return value


def _moment(document: Mapping[str, Any], name: str, *, where: str | None = None) -> int:
    place = where or name
    try:
        return parse_utc(_text(document, name))
    except InputError as error:
        raise InputError(error.what, where=place, remedy="write it like 2026-01-02T03:04:05Z") from None


def _choice(kind: type[Enum], given: Any, where: str) -> Any:
    try:
        return kind(given)
    except ValueError:
        known = ", ".join(str(each.value) for each in kind)
        raise InputError(f"{given!r:.80} is unknown", where=where, remedy=f"one of {known}") from None


def _utc(moment_tai_ns: int | None) -> str | None:
    return None if moment_tai_ns is None else format_utc(moment_tai_ns, digits=9)
