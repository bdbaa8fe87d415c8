"""Messages of others: what they are, whether they are valid, and the same message in another form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mihari.errors import FormatError, MihariError, UsageError
from mihari.formats import UnknownFormatError, read_bytes
from mihari.formats.ccsds import (
    MESSAGE_LIMITS,
    READ_KINDS,
    Fault,
    Message,
    MessageForm,
    MessageKind,
    load_bytes,
    message_faults,
    message_remarks,
    parse_messages,
    write_message,
)

__all__ = [
    "MessageCheck",
    "MessageConversion",
    "check_document",
    "check_message",
    "check_messages",
    "conversion_document",
    "convert_message",
    "form_of_file",
]

_LINE: Final = re.compile(r":(\d+)(?::|$)")
_FORMS: Final = {
    ".xml": MessageForm.XML,
    ".json": MessageForm.JSON,
    **dict.fromkeys((".kvn", ".txt", ".cdm", ".oem", ".opm", ".omm", ".ocm", ".tdm"), MessageForm.KVN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCheck:
    """What one input, or one part of an NDM, turned out to be.

    Attributes
    ----------
    file : str
    kind, version : str, optional
        None where nothing could be made of the input.
    form : str, optional
        kvn, xml, json, flat-json; csv for tables of OMM.
    is_valid : bool
        By the book of the version that it claims. False for what is recognised but not read.
    is_read : bool
        False for attitude and re-entry messages, and for what could not be opened.
    faults : tuple of Fault
        For an NDM those of all its parts that are read; that others are not read is a remark.
    remarks : tuple of Fault
        Departures that change no meaning; they leave it valid.
    parts : tuple of MessageCheck
        Of an NDM.
    """

    file: str
    kind: str | None
    version: str | None
    form: str | None
    is_valid: bool
    is_read: bool
    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...] = ()
    parts: tuple[MessageCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageConversion:
    """A message written in another form: the check of what was read, where it went, in which form."""

    check: MessageCheck
    out: str
    form: MessageForm
    is_written: bool


def check_messages(files: Sequence[str | Path]) -> tuple[MessageCheck, ...]:
    """Judge each file, in the order given; a file that cannot be opened or understood is a result like any other.

    An NDM is valid when all its messages that are read are valid, and at least one is read.
    """
    return tuple(_check_file(str(file)) for file in files)


def check_message(data: bytes, *, name: str) -> MessageCheck:
    """Judge the message that the bytes hold; see `check_messages`. `name` stands in the place of a file's."""
    try:
        return _check(parse_messages(data, name=name), name)
    except UnknownFormatError as error:
        return _omm_table(data, name) or _failed(name, error)
    except MihariError as error:
        return _failed(name, error)


def _check_file(file: str) -> MessageCheck:
    try:
        data = load_bytes(file)
    except MihariError as error:
        return _failed(file, error)
    return check_message(data, name=file)


def _check(message: Message, file: str) -> MessageCheck:
    parts = tuple(_check(part, file) for part in message.parts)
    own = message_faults(message)
    is_parcel = message.kind is MessageKind.NDM
    read = [part for part in parts if part.is_read]
    faults = (*own, *(fault for part in read for fault in part.faults))
    remarks = (*message_remarks(message), *(f for part in parts if not part.is_read for f in part.faults))
    if is_parcel and not read:
        faults = (*faults, *remarks)
    return MessageCheck(
        file=file,
        kind=message.kind.value,
        version=None if is_parcel else message.version,
        form=message.form.value,
        is_valid=not own and (not is_parcel or (bool(read) and all(part.is_valid for part in read))),
        is_read=bool(read) if is_parcel else message.kind in READ_KINDS,
        faults=_in_order(faults),
        remarks=_in_order(remarks),
        parts=parts,
    )


def _in_order(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=lambda fault: fault.line or 0))


def _failed(file: str, error: MihariError) -> MessageCheck:
    match = _LINE.search((error.where or "").removeprefix(file))
    fault = Fault(int(match[1]) if match else None, None, error.what)
    return MessageCheck(file=file, kind=None, version=None, form=None, is_valid=False, is_read=False, faults=(fault,))


def _omm_table(data: bytes, file: str) -> MessageCheck | None:
    """Judge OMM as JSON or CSV, which CCSDS does not define: by the rules of `ingest`."""
    try:
        result = read_bytes(data, name=file, limits=MESSAGE_LIMITS)
    except MihariError:
        return None
    form = {"OMM JSON": "json", "OMM CSV": "csv"}.get(result.format)
    if form is None:
        return None
    faults = tuple(Fault(each.line, each.field, each.reason) for each in result.rejected)
    return MessageCheck(
        file=file, kind="OMM", version=None, form=form, is_valid=not faults, is_read=True, faults=faults
    )


def form_of_file(path: str | Path) -> MessageForm:
    """Return the form that the ending of a file name asks for.

    Raises
    ------
    UsageError
        An ending that says nothing.
    """
    form = _FORMS.get(Path(path).suffix.lower())
    if form is None:
        raise UsageError(
            f"the ending {Path(path).suffix or 'of the name'} names no form",
            where=str(path),
            remedy="end the name in .kvn, .xml or .json, or say --to",
        )
    return form


def convert_message(
    source: str | Path, target: str | Path, *, form: MessageForm | None = None, lenient: bool = False
) -> MessageConversion:
    """Read a message and write it in another form, whole or not at all.

    Parameters
    ----------
    source, target : str or Path
    form : MessageForm, optional
        Default: what the ending of `target` asks for.
    lenient : bool
        Write a message with faults too.

    Raises
    ------
    UsageError
        `target` names no form.
    FormatError
        `source` is no message that is read, or the form cannot carry it; nothing was written.
    InputError
        A file cannot be read or written.
    """
    chosen = form or form_of_file(target)
    name = str(source)
    message = parse_messages(load_bytes(source), name=name)
    check = _check(message, name)
    if not check.is_valid and not lenient:
        return MessageConversion(check=check, out=str(target), form=chosen, is_written=False)
    if not check.is_read:
        raise FormatError(f"an {check.kind} is recognised but not read", where=name, remedy="keep the file as it is")
    write_message(message, target, form=chosen)
    return MessageConversion(check=check, out=str(target), form=chosen, is_written=True)


def check_document(check: MessageCheck, *, is_part: bool = False) -> dict[str, Any]:
    """Return a check as a plain document; the first five fields are the machine contract."""
    document: dict[str, Any] = {
        "file": check.file,
        "kind": check.kind,
        "version": check.version,
        "valid": check.is_valid,
        "faults": [_fault(fault) for fault in check.faults],
        "remarks": [_fault(remark) for remark in check.remarks],
        "form": check.form,
        "read": check.is_read,
    }
    if check.kind == MessageKind.NDM.value:
        document["parts"] = [check_document(part, is_part=True) for part in check.parts]
    if is_part:
        del document["file"]
    return document


def conversion_document(conversion: MessageConversion) -> dict[str, Any]:
    """Return a conversion as a plain document: the check, and what was written where."""
    return {
        **check_document(conversion.check),
        "out": conversion.out,
        "out_form": conversion.form.value,
        "written": conversion.is_written,
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {"line": fault.line, "keyword": fault.keyword, "reason": fault.reason}
