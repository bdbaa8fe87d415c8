"""How each kind of record is written between nodes, and what a record must be to be taken.

Tables travel row by row, without their empty fields, moments as UTC to the nanosecond. What travels is exact: the same
row gives the same bytes at every node, so that its name between nodes (`Item.record_id`) can be found again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import polars as pl

from mihari.astro.time import format_utc_array, parse_utc
from mihari.errors import FormatError, InputError
from mihari.formats.ccsds import (
    MessageForm,
    MessageKind,
    conjunction_message,
    format_message,
    parse_messages,
)
from mihari.ids import SIMULATED_NORAD_FROM, check_norad_cat_id
from mihari.model.label import Audience, parse_label
from mihari.model.release import PUBLIC_AUDIENCE, release_from_document
from mihari.model.request import request_from_document
from mihari.model.space_event import event_from_document
from mihari.model.space_object import ObjectType
from mihari.release.signing import Context, KeyRing, canonical_bytes, parsed_document, verify
from mihari.store import (
    CONJUNCTION_MESSAGES,
    ELEMENT_SETS,
    RECEIVED_RELEASES,
    REQUESTS,
    SPACE_EVENTS,
    SPACE_OBJECTS,
    RecordKind,
)

__all__ = ["EXCHANGED_KINDS", "ExchangedKind", "Row", "checked_label", "objects_of", "records_of_rows", "release_label"]

_TIME: Final = "_tai_ns"
_LONGEST_TEXT: Final = 1_000
_LONGEST_REPORT: Final = 1 << 19
_INTEGERS: Final[Mapping[Any, int]] = {pl.Int8: 7, pl.Int16: 15, pl.Int32: 31, pl.Int64: 53}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangedKind:
    """One kind of record that nodes exchange.

    Attributes
    ----------
    kind : RecordKind
        Where the store keeps it.
    records : callable
        From rows of the store to records, in their order.
    row : callable
        From a record to a row; raises InputError where the record is not what it must be.
    identity : callable
        What two records that contradict each other have in common.
    moment_tai_ns : callable
        When the record was made, as it says itself; None where it does not.
    author : callable
        The party that only its own node may speak for; empty where anyone may pass the record on as its own.
    objects : tuple of str
        Columns with catalogue numbers, for labels that name operators.
    label : callable
        The label that stands in the record itself, None where it has none of its own.
    doubt : callable
        Why a record that is signed itself is not to be believed, with these keys at this moment; empty when it is.
    """

    kind: RecordKind
    records: Callable[[pl.DataFrame], list[dict[str, Any]]]
    row: Callable[[Mapping[str, Any]], Row]
    identity: Callable[[Row], str]
    moment_tai_ns: Callable[[Row], int | None]
    author: Callable[[Row], str] = lambda _: ""
    objects: tuple[str, ...] = ()
    label: Callable[[Row], str | None] = lambda _: None
    doubt: Callable[[Row, KeyRing, int], str] = lambda _row, _keys, _at: ""

    @property
    def name(self) -> str:
        """The name of the kind."""
        return self.kind.name


def records_of_rows(frame: pl.DataFrame, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return rows as records: without empty fields, moments as UTC."""
    told = frame.select(list(schema))
    for name in schema:
        if name.endswith(_TIME):
            moments = told[name]
            texts = pl.Series(format_utc_array(moments.fill_null(0).to_numpy(), digits=9), dtype=pl.String)
            shown = pl.select(pl.when(moments.is_not_null()).then(texts)).to_series()
            told = told.with_columns(shown.alias(name))
    names = [name.removesuffix(_TIME) + "_utc" if name.endswith(_TIME) else name for name in schema]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None} for row in told.iter_rows()
    ]


def _row_of_record(record: Mapping[str, Any], schema: Mapping[str, Any]) -> Row:
    """Return the row of a record of a table: every field known, of its kind, in its range."""
    row: Row = {}
    left = dict(record)
    for name, dtype in schema.items():
        is_time = name.endswith(_TIME)
        told = name.removesuffix(_TIME) + "_utc" if is_time else name
        value = left.pop(told, None)
        row[name] = None if value is None else _value(value, dtype, told, is_time=is_time)
    if left:
        raise FormatError(f"has no field {min(left)[:80]!r}")
    return row


def _value(value: Any, dtype: Any, name: str, *, is_time: bool) -> Any:
    if is_time:
        if not isinstance(value, str):
            raise FormatError(f"{name} is no moment")
        return parse_utc(value)
    if dtype == pl.String:
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            raise FormatError(f"{name} is no text, or too long")
        return value
    if dtype == pl.Float64:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise FormatError(f"{name} is no number")
        return float(value)
    if type(value) is not int or abs(value) >= 1 << _INTEGERS[dtype]:
        raise FormatError(f"{name} is no whole number in its range")
    return value


def _element_set(record: Mapping[str, Any]) -> Row:
    row = _row_of_record(record, ELEMENT_SETS.schema)
    for name in ("norad_cat_id", "epoch_tai_ns", *_ELEMENTS):
        if row[name] is None:
            raise FormatError(f"has no {name}")
    check_norad_cat_id(row["norad_cat_id"])
    for name, (low, high) in _ELEMENTS.items():
        if not low <= row[name] <= high:
            raise FormatError(f"{name} is {row[name]:g}, outside {low:g} to {high:g}")
    if row["eccentricity"] >= 1.0 or row["mean_motion_rev_day"] <= 0.0:
        raise FormatError("is no closed orbit")
    return row


_ELEMENTS: Final = {
    "mean_motion_rev_day": (0.0, 20.0),
    "eccentricity": (0.0, 1.0),
    "inclination_deg": (0.0, 180.0),
    "ra_of_asc_node_deg": (-360.0, 360.0),
    "arg_of_pericenter_deg": (-360.0, 360.0),
    "mean_anomaly_deg": (-360.0, 360.0),
    "bstar_per_earth_radius": (-1e3, 1e3),
}


def _space_object(record: Mapping[str, Any]) -> Row:
    row = _row_of_record(record, SPACE_OBJECTS.schema)
    if row["norad_cat_id"] is None:
        raise FormatError("has no norad_cat_id")
    check_norad_cat_id(row["norad_cat_id"])
    if row["object_type"] is not None and row["object_type"] not in {each.value for each in ObjectType}:
        raise FormatError(f"object_type is {row['object_type'][:40]!r}")
    if row["rcs_m2"] is not None and row["rcs_m2"] < 0.0:
        raise FormatError("rcs_m2 is negative")
    return row


def _request(record: Mapping[str, Any]) -> Row:
    request = request_from_document(record)
    return {
        "request_id": request.request_id,
        "status": request.status.value,
        "written_tai_ns": request.written_tai_ns,
        "requester": request.requester,
        "addressee": request.addressee,
        "kind": request.kind.value,
        "document": canonical_bytes(record).decode("utf-8"),
    }


def _space_event(record: Mapping[str, Any]) -> Row:
    # As text: a report names itself by its digits, and canonical JSON would write 120.0 as 120.
    if set(record) != {"text"} or not isinstance(record["text"], str):
        raise FormatError("is no report of an event")
    told = parsed_document(record["text"].encode("utf-8"), where="report", largest=_LONGEST_REPORT)
    event = event_from_document(told)
    if told.get("record_id") != event.record_id:
        raise FormatError("is not written as a report is written")
    return {
        "event_id": event.event_id,
        "record_id": event.record_id,
        "kind": event.kind.value,
        "status": event.status.value,
        "norad_cat_ids": list(event.objects),
        "start_tai_ns": event.start_tai_ns,
        "end_tai_ns": event.end_tai_ns,
        "next_update_tai_ns": event.next_update_tai_ns,
        "written_tai_ns": event.written_tai_ns,
        "written_by": event.written_by,
        "supersedes": event.supersedes,
        "document": record["text"],
    }


def _release(record: Mapping[str, Any]) -> Row:
    release = release_from_document(record)
    if release.released_tai_ns is None:
        raise FormatError("is a draft, no release")
    return {
        "release_id": release.release_id,
        "audience": release.audience,
        "released_tai_ns": release.released_tai_ns,
        "supersedes": release.supersedes,
        "withdraws": release.withdraws,
        "document": canonical_bytes(record).decode("utf-8"),
    }


def release_label(document: Mapping[str, Any]) -> str:
    """Return the label under which a release travels: that of its content, for its audience alone."""
    label = parse_label(str(document["label"]))
    audience = str(document["audience"])
    if audience == PUBLIC_AUDIENCE:
        return str(label)
    return str(replace(label, audience=label.audience & Audience.of(audience)))


def _release_doubt(row: Row, keys: KeyRing, at_tai_ns: int) -> str:
    document = json.loads(row["document"])
    signatures = document.pop("signatures")
    found = verify(document, signatures, keys=keys, context=Context.RELEASE, at_tai_ns=at_tai_ns)
    return "; ".join(found.reasons)


def _message(record: Mapping[str, Any]) -> Row:
    if set(record) != {"text"} or not isinstance(record["text"], str):
        raise FormatError("is no conjunction message")
    message = parse_messages(record["text"].encode("utf-8"), name="message")
    if message.kind is not MessageKind.CDM:
        raise FormatError(f"is a CCSDS {message.kind.value}, no conjunction message")
    if format_message(message, form=MessageForm.JSON) != record["text"]:
        raise FormatError("is not in our lossless form")
    told = conjunction_message(message, name="message")
    numbers = [each.norad_cat_id for each in told.objects]
    return {
        "text": record["text"],
        "originator": told.originator,
        "message_id": told.message_id,
        "creation_tai_ns": told.creation_tai_ns,
        "numbers": [number for number in numbers if number is not None],
        "is_simulated": any(number is not None and number >= SIMULATED_NORAD_FROM for number in numbers),
    }


def _documents(frame: pl.DataFrame, *, column: str = "document") -> list[dict[str, Any]]:
    return [json.loads(text) for text in frame[column]]


def _in_document(name: str) -> Callable[[Row], Any]:
    return lambda row: json.loads(row["document"])[name]


def _joined(*names: str) -> Callable[[Row], str]:
    return lambda row: "/".join(str(row[name]) for name in names)


def _column(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name]


EXCHANGED_KINDS: Final[Mapping[str, ExchangedKind]] = {
    each.name: each
    for each in (
        ExchangedKind(
            kind=ELEMENT_SETS,
            records=partial(records_of_rows, schema=ELEMENT_SETS.schema),
            row=_element_set,
            identity=_joined("norad_cat_id", "epoch_tai_ns", "originator"),
            moment_tai_ns=_column("creation_tai_ns"),
            objects=("norad_cat_id",),
        ),
        ExchangedKind(
            kind=SPACE_OBJECTS,
            records=partial(records_of_rows, schema=SPACE_OBJECTS.schema),
            row=_space_object,
            identity=_joined("norad_cat_id"),
            moment_tai_ns=lambda _: None,
            objects=("norad_cat_id",),
        ),
        ExchangedKind(
            kind=REQUESTS,
            records=_documents,
            row=_request,
            identity=_joined("request_id", "status"),
            moment_tai_ns=_column("written_tai_ns"),
            author=_in_document("written_by"),
            label=_in_document("label"),
        ),
        ExchangedKind(
            kind=SPACE_EVENTS,
            records=lambda frame: [{"text": text} for text in frame["document"]],
            row=_space_event,
            identity=_joined("event_id", "status", "supersedes"),
            moment_tai_ns=_column("written_tai_ns"),
            objects=("norad_cat_ids",),
            label=_in_document("label"),
        ),
        ExchangedKind(
            kind=RECEIVED_RELEASES,
            records=_documents,
            row=_release,
            identity=_joined("release_id"),
            moment_tai_ns=_column("released_tai_ns"),
            label=lambda row: release_label(json.loads(row["document"])),
            doubt=_release_doubt,
        ),
        ExchangedKind(
            kind=CONJUNCTION_MESSAGES,
            records=lambda frame: [{"text": text} for text in frame["text"]],
            row=_message,
            identity=_joined("originator", "message_id"),
            moment_tai_ns=_column("creation_tai_ns"),
            objects=("numbers",),
        ),
    )
}
"""By name. A new kind is one entry here."""


def objects_of(kind: ExchangedKind, row: Mapping[str, Any]) -> frozenset[int]:
    """Return the catalogue numbers of the objects that a row speaks of."""
    numbers: set[int] = set()
    for name in kind.objects:
        value = row[name]
        numbers.update(value if isinstance(value, list | tuple) else () if value is None else (value,))
    return frozenset(numbers)


def checked_label(kind: ExchangedKind, row: Row, label: str) -> None:
    """Raise InputError where a record carries another label inside than outside."""
    own = kind.label(row)
    if own is not None and own != label:
        raise InputError("the record and its wrapping carry different labels")
