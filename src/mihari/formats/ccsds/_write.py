"""Messages to files, in the form that is asked for."""

from __future__ import annotations

import json
from pathlib import Path

from mihari.errors import FormatError
from mihari.formats._atomic import write_atomically
from mihari.formats.ccsds._flat_cdm import flat_record, write_flat_cdm
from mihari.formats.ccsds._json_tree import write_lossless
from mihari.formats.ccsds._kvn_write import write_kvn
from mihari.formats.ccsds._tables import READ_KINDS
from mihari.formats.ccsds._tree import Message, MessageForm, MessageKind
from mihari.formats.ccsds._xml_write import write_xml

__all__ = ["format_message", "write_message"]


def format_message(message: Message, *, form: MessageForm) -> str:
    """Return a message in a form. Digits, units, comments and unknown keywords are those that were read.

    Raises
    ------
    FormatError
        The form cannot carry what is in the message, or the message is of a kind that is not read.
    """
    for part in message.messages():
        if part.kind not in READ_KINDS:
            raise FormatError(f"an {part.kind.value} is not read, so it cannot be written", remedy="keep the file")
    if form is MessageForm.KVN:
        return write_kvn(message)
    if form is MessageForm.XML:
        return write_xml(message)
    if form is MessageForm.JSON:
        return write_lossless(message)
    if message.kind is MessageKind.NDM:
        return json.dumps([flat_record(part) for part in message.messages()], ensure_ascii=False, indent=1) + "\n"
    return write_flat_cdm(message)


def write_message(message: Message, path: Path | str, *, form: MessageForm) -> None:
    """Write a message to a file, whole or not at all; see `format_message`.

    Raises
    ------
    FormatError
        As `format_message`.
    InputError
        The file cannot be written. What was there stays.
    """
    write_atomically(path, format_message(message, form=form).encode("utf-8"))
