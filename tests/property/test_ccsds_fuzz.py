"""Injured messages of every kind and form: an answer or a clear error, never a crash, never a loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccsds_support import KINDS, content, parsed
from mihari.app.messages import check_document, check_messages
from mihari.errors import MihariError
from mihari.formats.ccsds import (
    Message,
    MessageForm,
    MessageKind,
    conjunction_message,
    ephemeris,
    format_message,
    message_faults,
    message_remarks,
    parse_messages,
)

Result = TypeVar("Result")
TOKENS = (
    "\x00", "\xff", "\n", "\r", " ", "\t", "-", ".", "=", "[", "]", "{", "}", "<", ">", "&", "<!ENTITY a 'b'>", "]]>",
    "</cdm>", "<cdm>", "<ndm>", "nan", "1e999", "9" * 40, "null", "COMMENT", "COMMENT ", "META_START\n", "META_STOP\n",
    "DATA_START\n", "COVARIANCE_START\n", "TRAJ_STOP\n", "CCSDS_CDM_VERS = 1.0\n", "CCSDS_APM_VERS = 1.0\n", "\u2028",
    "OBJECT = OBJECT1\n", "EPOCH = 2024-02-29T00:00:00\n", "USER_DEFINED_X = 1\n", "1 2 3\n", "٣", "\ufeff", "\ud83d",
    '"items": [', '{"block": "x", "items": []}', '"value"', "SAT1_", "_UNIT", "[km]", "\x1f\x8b", "PK\x03\x04",
)  # fmt: skip
SAMPLES = [
    format_message(parsed(text), form=form)
    for text in KINDS.values()
    for form in (MessageForm.KVN, MessageForm.XML, MessageForm.JSON)
] + [format_message(parsed(KINDS["CDM"]), form=MessageForm.FLAT_JSON)]


@st.composite
def injured(draw: st.DrawFn) -> bytes:
    """Return a sample after a few injuries: cut, repeated, overwritten or mixed with another."""
    text = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        to = min(len(text), at + draw(st.integers(0, 60)))
        match draw(st.integers(0, 5)):
            case 0:
                text = text[:at] + text[to:]
            case 1:
                text = text[:at] + text[at:to] * 3 + text[to:]
            case 2:
                text = text[:at] + draw(st.sampled_from(TOKENS)) + text[to:]
            case 3:
                text = text[:at] + draw(st.text(max_size=5)) + text[at:]
            case 4:
                lines = text.split("\n")
                one, two = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
                lines[one], lines[two] = lines[two], lines[one]
                text = "\n".join(lines)
            case _:
                other = draw(st.sampled_from(SAMPLES))
                text = text[:at] + other[draw(st.integers(0, len(other))) :]
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-16", "utf-32-be"])), "replace")
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) and draw(st.booleans()) else data


def guarded(step: Callable[[], Result]) -> Result | None:
    """Return what a step answers, None where it refuses in one line."""
    refusal = ""
    try:
        return step()
    except MihariError as error:
        refusal = error.line()
    assert "\n" not in refusal
    return None


def examine(data: bytes) -> None:
    """Read, judge, extract and write: every step answers or raises one of our own errors."""
    message = guarded(lambda: parse_messages(data, name="injured"))
    if message is None:
        return
    for part in message.messages():
        faults = message_faults(part)
        assert all(fault.reason for fault in faults)
        message_remarks(part)
        _extract(part)
    for form in MessageForm:
        try:
            text = format_message(message, form=form)
        except MihariError:
            assert form is not MessageForm.JSON or any(p.kind.value in ("APM", "RDM") for p in message.messages())
            continue
        again = parse_messages(text.encode(), name="again")
        if form is MessageForm.JSON:
            assert again == message
        if form is MessageForm.KVN and not any(message_faults(part) for part in message.messages()):
            assert content(again) == content(message)


def _extract(part: Message) -> None:
    if part.kind is MessageKind.CDM:
        guarded(lambda: conjunction_message(part))
    elif part.kind in (MessageKind.OEM, MessageKind.OPM, MessageKind.OCM):
        guarded(lambda: ephemeris(part))


@settings(max_examples=150, deadline=5000, derandomize=True, suppress_health_check=list(HealthCheck))
@given(injured())
def test_injured_messages_never_crash(data: bytes) -> None:
    examine(data)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=5000, suppress_health_check=list(HealthCheck))
@given(injured())
def test_very_many_injured_messages_never_crash(data: bytes) -> None:
    examine(data)


@settings(max_examples=100, deadline=5000, derandomize=True)
@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_arbitrary_bytes_never_crash(data: bytes) -> None:
    examine(data)


def test_a_check_never_raises(tmp_path: object) -> None:
    assert check_document(check_messages(["/nowhere/at/all"])[0])["valid"] is False
