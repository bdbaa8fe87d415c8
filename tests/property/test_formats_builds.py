"""Catalogues read in columns and message by message: the same answer, whatever happened to the file."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest

from formats_support import element_sets
from mihari.errors import MihariError
from mihari.formats import ElementSetFormat, Limits, format_element_sets, read_bytes
from mihari.formats import _omm_builds as builds

FORMATS = (ElementSetFormat.OMM_XML, ElementSetFormat.OMM_KVN)
MESSAGES = 12
NEVER = 10**9
Answer = tuple[pl.DataFrame, pl.DataFrame, tuple[str, ...]] | str

TEXT_TOKENS = (
    b"\n", b"\r\n", b"\r", b"\t", b"  ", b"\x01", b"\x0b", b"\x0c", b"\x1f", b"\xc2\x85", b"\xc2\xa0", b"\xe2\x80\xa8",
    b"\xef\xbf\xbf", b"\xc3\xa9", b"&amp;", b"&#65;", b"&x;", b"&", b"--", b"-", b"nan", b"1e999", b"9" * 300, b"",
    b"[deg]", b" [rev/day]", b"]", b"=", b"SGP4-XP", b"DSST", b"~3~", b"1", b"a",
)  # fmt: skip
XML_TOKENS = (
    *TEXT_TOKENS, b"<", b">", b"]]>", b"-->", b"<!--", b"<!-- x -->", b"<![CDATA[", b"<?pi x?>", b"<!DOCTYPE x>",
    b"<?mihari-cut-out 0 1?>", b"<omm>", b"</omm>", b'<omm version="2.0">', b"<ommx/>", b"<oem><body/></oem>",
    b"</ndm>", b"<ndm>", b"<GM>1</GM>", b"<GM>x</GM>", b"<COMMENT>a <b</COMMENT>", b"<COMMENT>a</COMMENT>", b"<GNOME/>",
    b'<MASS units="kg">1</MASS>', b'<USER_DEFINED parameter="RCS_SIZE">LARGE</USER_DEFINED>', b' units="deg"',
    b' a=">"', b"<segment>", b"</segment>", b"<a>" * 40, b"<BSTAR/>", b"<n:BSTAR>1</n:BSTAR>",
)  # fmt: skip
KVN_TOKENS = (
    *TEXT_TOKENS, b"\nCCSDS_OMM_VERS = 2.0\n", b"CCSDS_OMM_VERS = 3.0\n", b"CCSDS_OMM_VERS",
    b"\nCCSDS_OEM_VERS = 2.0\n",
    b"\nCOMMENT CCSDS_OMM_VERS = 2.0\n", b"\nCOMMENT\n", b"\nCOMMENT = x\n", b"\nCOMMENTS = x\n", b"\nGM = 398600.8\n",
    b"\nGM = x\n", b"\nGNOME = 1\n", b"\nUSER_DEFINED_RCS_SIZE = LARGE\n", b"\nBSTAR = 1 [1/ER]\n", b"\n  ", b"#",
    b"\nword\n",
)  # fmt: skip


def catalogue(rng: np.random.Generator, form: ElementSetFormat) -> bytes:
    """Return a few messages of two or three builds, over and over; now and then with units, comments and prefixes."""
    text = format_element_sets(element_sets(rng, MESSAGES), format=form)
    if form is ElementSetFormat.OMM_XML:
        if rng.random() < 0.3:
            text = text.replace(b"<INCLINATION>", b'<INCLINATION units="deg">')
        if rng.random() < 0.3:
            text = text.replace(b"<header>", b"<header><COMMENT>seen</COMMENT>")
        if rng.random() < 0.2:
            text = text.replace(b"<omm ", b"<n:omm ").replace(b"</omm>", b"</n:omm>")
        if rng.random() < 0.3:
            text = text.replace(b"\n<ndm>", b"\n<!-- made up -->\n<ndm>")
        if rng.random() < 0.3:
            text = text.replace(b"><", b">\n  <")
    else:
        if rng.random() < 0.3:
            text = text.replace(b"\nINCLINATION = ", b"\nINCLINATION = 10 [deg]\nCOMMENT was ")
        if rng.random() < 0.2:
            text = text.replace(b" = ", b"=")
        if rng.random() < 0.2:
            text = text.replace(b"\n", b"\n ")
    return text.replace(b"\n", b"\r\n") if rng.random() < 0.2 else text


def spread(rng: np.random.Generator, text: bytes, tokens: tuple[bytes, ...]) -> bytes:
    """Put a token at the same place into all messages, or into every other one: so builds of their own come about."""
    heads = re.findall(rb"</?[A-Za-z_]+>|\n[A-Z_]+ *=", text)
    if not heads:
        return text
    head, token = heads[int(rng.integers(0, len(heads)))], tokens[int(rng.integers(0, len(tokens)))]
    changed = (head + token, token + head, token, head + b"0</" + head[1:] + head)[
        int(rng.choice(4, p=[0.4, 0.4, 0.1, 0.1]))
    ]
    if rng.random() < 0.5:
        return text.replace(head, changed)
    first, *rest = text.split(head)
    return first + b"".join((changed if at % 2 else head) + part for at, part in enumerate(rest))


def injured(rng: np.random.Generator, text: bytes, tokens: tuple[bytes, ...]) -> bytes:
    """Return the text after a few injuries: most leave most messages whole."""
    while rng.random() < 0.4:
        text = spread(rng, text, tokens)
    buffer = bytearray(text)
    for _ in range(int(rng.integers(0, 4))):
        at = int(rng.integers(0, len(buffer) + 1))
        # Right behind a tag, an equals sign or a line most injuries mean something.
        if rng.random() < 0.7:
            near = max(buffer.find(sign, at) for sign in (b">", b"=", b"\n"))
            at = near + 1 if near >= 0 else at
        token = tokens[int(rng.integers(0, len(tokens)))]
        match int(rng.integers(0, 6)):
            case 0 | 1 | 2:
                buffer[at:at] = token
            case 3:
                buffer[at : at + len(token)] = token
            case 4:
                del buffer[at : at + int(rng.geometric(0.05))]
            case _ if rng.random() < 0.2:
                del buffer[at:]
            case _ if at < len(buffer):
                buffer[at] = int(rng.integers(1, 256))
            case _:
                pass
    return bytes(buffer)


def answer(text: bytes, limits: Limits) -> Answer:
    try:
        result = read_bytes(text, name="f", limits=limits)
    except MihariError as error:
        return error.line()
    return (
        result.element_sets.frame,
        result.objects.frame,
        tuple(rejection.text() for rejection in result.rejected),
    )


def equal(one: Answer, other: Answer) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return one[0].equals(other[0]) and one[1].equals(other[1]) and one[2] == other[2]


def compare(monkeypatch: pytest.MonkeyPatch, files: int, seed: int) -> tuple[int, int]:
    """Read injured catalogues both ways; return how many messages were read in columns, and how many one by one."""
    rng = np.random.default_rng(seed)
    in_columns = one_by_one = 0
    read = builds.BuildReader.read

    def counted(self: builds.BuildReader, messages: pl.Series, may_be_read: object) -> object:
        nonlocal in_columns, one_by_one
        is_read = read(self, messages, may_be_read)  # type: ignore[arg-type]
        in_columns += int(is_read.sum())
        one_by_one += int((~is_read).sum())
        return is_read

    monkeypatch.setattr(builds.BuildReader, "read", counted)
    for _ in range(files):
        form = FORMATS[int(rng.integers(0, 2))]
        tokens = XML_TOKENS if form is ElementSetFormat.OMM_XML else KVN_TOKENS
        text = injured(rng, catalogue(rng, form), tokens)
        limits = Limits(
            line_characters=int(rng.choice([65_536, 1500, 100])), nesting_depth=int(rng.choice([32, 7, 6, 1]))
        )
        if rng.random() < 0.7:
            limits = Limits()
        monkeypatch.setattr(builds, "_LEAST", int(rng.choice([1, 2, 4])))
        monkeypatch.setattr(builds, "_CHUNK", int(rng.choice([5, 8192])))
        columns = answer(text, limits)
        monkeypatch.setattr(builds, "_LEAST", NEVER)
        assert equal(columns, answer(text, limits)), text
    return in_columns, one_by_one


def test_both_ways_give_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    in_columns, one_by_one = compare(monkeypatch, 300, seed=20090210)
    assert in_columns > 1_000
    assert one_by_one > 300


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(8))
def test_both_ways_give_one_answer_on_many_files(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    in_columns, _ = compare(monkeypatch, 4_000, seed=seed)
    assert in_columns > 10_000
