"""No sample loses anything: same form to the same tree, other forms and back to the same content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccsds_support import content
from mihari.formats.ccsds import (
    READ_KINDS,
    Block,
    Message,
    MessageForm,
    MessageKind,
    Stray,
    format_message,
    message_faults,
    parse_messages,
    read_messages,
)


def samples(shared_cases: Path, shared_data: Path) -> Iterator[tuple[str, Message]]:
    """Yield every message of the manifest that is accepted and read, and the CDMs beside it."""
    for row in json.loads((shared_cases / "04_ccsds_manifest.json").read_text())["files"]:
        if row["expect"] == "reject" or row["message"] == "LEXICAL" or row["encoding"] in ("json", "csv"):
            continue
        message = read_messages(shared_cases / row["file"])
        if all(part.kind in READ_KINDS for part in message.messages()):
            yield row["file"], message
    for path in sorted((shared_data / "conjunctions" / "cara").rglob("*.cdm")):
        yield path.name, read_messages(path)


def is_whole(message: Message) -> bool:
    """Say whether the message has no text without a place (a marker that is missing cannot be written)."""

    def strays(block: Block) -> bool:
        return any(isinstance(item, Stray) or (isinstance(item, Block) and strays(item)) for item in block.items)

    return not any(strays(part.root) for part in message.messages())


def again(message: Message, form: MessageForm) -> Message:
    return parse_messages(format_message(message, form=form).encode(), name="again")


def test_every_sample_survives_in_its_own_form(shared_cases: Path, shared_data: Path) -> None:
    count = 0
    for name, message in samples(shared_cases, shared_data):
        if is_whole(message):
            assert again(message, message.form) == message, name
            count += 1
        assert again(message, MessageForm.JSON) == message, name
    assert count >= 250


@pytest.mark.parametrize("form", [MessageForm.KVN, MessageForm.XML, MessageForm.JSON])
def test_every_valid_sample_says_the_same_in_every_form(
    form: MessageForm, shared_cases: Path, shared_data: Path
) -> None:
    count = 0
    for name, message in samples(shared_cases, shared_data):
        if any(message_faults(part) for part in message.messages()):
            continue
        other = again(message, form)
        assert content(other) == content(message), name
        assert not any(message_faults(part) for part in other.messages()), name
        back = again(other, message.form)
        assert content(back) == content(message), name
        count += 1
    assert count >= 248


def test_every_cdm_survives_as_flat_json(shared_cases: Path, shared_data: Path) -> None:
    count = 0
    for name, message in samples(shared_cases, shared_data):
        if message.kind is not MessageKind.CDM or message_faults(message):
            continue
        if message.version != "1.0":
            continue  # Space-Track's form knows version 1.0
        other = again(message, MessageForm.FLAT_JSON)
        assert content(other) == content(message), name
        assert format_message(other, form=MessageForm.FLAT_JSON) == format_message(
            message, form=MessageForm.FLAT_JSON
        ), name
        assert again(other, message.form) == again(message, message.form) or message.form is MessageForm.XML, name
        count += 1
    assert count > 80
