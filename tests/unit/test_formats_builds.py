"""Catalogues whose messages are built alike: read in columns, with traps for whoever reads them so."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from formats_support import element_sets
from mihari.errors import FormatError
from mihari.formats import ElementSetFormat, Limits, _omm_builds, format_element_sets, read_bytes
from mihari.model.intake import ReadResult

MESSAGES = 6
Edit = Callable[[list[str]], str]


@pytest.fixture
def columns_of_few(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have catalogues of six messages read in columns, and count those that were."""
    read = _omm_builds.BuildReader.read
    counts: list[int] = []

    def counted(self: _omm_builds.BuildReader, messages: object, may_be_read: object) -> object:
        is_read = read(self, messages, may_be_read)  # type: ignore[arg-type]
        counts.append(int(is_read.sum()))
        return is_read

    monkeypatch.setattr(_omm_builds, "_LEAST", 2)
    monkeypatch.setattr(_omm_builds.BuildReader, "read", counted)
    return counts


def messages(form: ElementSetFormat) -> list[str]:
    """Return six messages of one build, each on lines of its own, with names N0 to N5."""
    sets = element_sets(np.random.default_rng(3), 40)
    frame = sets.frame.filter(
        sets.frame["object_name"].is_not_null()
        & sets.frame["object_id"].is_not_null()
        & sets.frame["originator"].is_not_null()
    ).head(MESSAGES)
    text = format_element_sets(type(sets)(frame), format=form).decode()
    if form is ElementSetFormat.OMM_XML:
        found = ["<omm" + part for part in text.replace("</ndm>\n", "").replace("><", ">\n<").split("<omm")[1:]]
    else:
        found = ["CCSDS_OMM_VERS" + part for part in text.split("CCSDS_OMM_VERS")[1:]]
    names = frame["object_name"].to_list()
    written = [name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for name in names]
    spelt = written if form is ElementSetFormat.OMM_XML else names
    return [message.replace(name, f"N{at}") for at, (message, name) in enumerate(zip(found, spelt, strict=True))]


XML, KVN = messages(ElementSetFormat.OMM_XML), messages(ElementSetFormat.OMM_KVN)


def ndm(parts: list[str]) -> str:
    return "<ndm>\n" + "".join(parts) + "</ndm>\n"


def with_each(old: str, new: str, *, every: int = 1, then: tuple[str, str] = ("", "")) -> Edit:
    """Return an edit of every message, or of the first and every second; `then` is one more of the second and so on."""

    def edit(parts: list[str]) -> str:
        assert all(old in part for part in parts)
        changed = [part.replace(old, new) if at % every == 0 else part for at, part in enumerate(parts)]
        changed = [part.replace(*then, 1) if at % 2 and then[0] else part for at, part in enumerate(changed)]
        return ndm(changed) if parts[0].startswith("<") else "".join(changed)

    return edit


def named(at: int, name: str) -> Edit:
    """Return an edit of one name."""
    return lambda parts: ndm([part.replace(f"N{at}", name) for part in parts])


def inclined(*units: str) -> Edit:
    """Return an edit that puts these behind the inclinations in KVN, in turn."""
    return lambda parts: "".join(
        re.sub(r"(\nINCLINATION = .*)", rf"\1{units[at % len(units)]}", part) for at, part in enumerate(parts)
    )


def before(at: int, new: str) -> Edit:
    """Return an edit that puts a text before the message `at`."""

    def edit(parts: list[str]) -> str:
        changed = [*parts[:at], new, *parts[at:]]
        return ndm(changed) if parts[0].startswith("<") else "".join(changed)

    return edit


def around(first: str, last: str, *, name: str = "N2") -> Edit:
    """Return an edit that encloses the messages 2 and 3, and gives 2 another name."""
    return lambda parts: ndm([*parts[:2], first, parts[2].replace("N2", name), parts[3], last, *parts[4:]])


def answers(monkeypatch: pytest.MonkeyPatch, text: str, limits: Limits) -> tuple[ReadResult | str, ReadResult | str]:
    """Return what comes out in columns and message by message."""
    found: list[ReadResult | str] = []
    for least in (2, 10**9):
        monkeypatch.setattr(_omm_builds, "_LEAST", least)
        try:
            found.append(read_bytes(text.encode(), name="f", limits=limits))
        except FormatError as error:
            found.append(error.line())
    return found[0], found[1]


def test_like_messages_are_read_in_columns(columns_of_few: list[int]) -> None:
    for text in (ndm(XML), "".join(KVN)):
        result = read_bytes(text.encode(), name="f")
        assert result.element_sets.frame["object_name"].to_list() == [f"N{at}" for at in range(MESSAGES)]
    # The last message of an NDM has the end of the NDM behind it.
    assert columns_of_few == [MESSAGES - 1, MESSAGES]


def test_few_messages_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_omm_builds.BuildReader, "read", None)
    assert len(read_bytes(ndm(XML).encode(), name="f").element_sets) == MESSAGES


def test_builds_and_single_messages_keep_the_order_of_the_file(columns_of_few: list[int]) -> None:
    mixed = [part if at % 2 else part.replace("<BSTAR>", "<BSTAR >") for at, part in enumerate(XML)]
    mixed[2] = mixed[2].replace("N2", "N&#50;")
    result = read_bytes(ndm(mixed).encode(), name="f")
    assert result.element_sets.frame["object_name"].to_list() == [f"N{at}" for at in range(MESSAGES)]
    assert sum(columns_of_few) == 4


def test_a_keyword_of_ccsds_stands_above_the_maker_s_own_of_the_same_name(columns_of_few: list[int]) -> None:
    own = '</tleParameters><USER_DEFINED parameter="OBJECT_NAME">X</USER_DEFINED>'
    names = read_bytes(ndm([part.replace("</tleParameters>", own) for part in XML]).encode(), name="f").element_sets
    assert names.frame["object_name"].to_list() == [f"N{at}" for at in range(MESSAGES)]
    assert columns_of_few == [MESSAGES - 1]


TRAPS: dict[str, tuple[list[str], Edit, int | str]] = {
    # What XML forbids in a text is refused wherever it stands; the messages before are kept.
    "end-of-section": (XML, named(3, "N]]>"), 3),
    "control": (XML, named(3, "N\x01"), 3),
    "noncharacter": (XML, named(3, "N\uffff"), 3),
    "undefined-reference": (XML, named(3, "&x;"), 3),
    "references": (XML, with_each(">N", ">&amp;N"), 6),
    "value-over-two-lines": (XML, with_each(">N", ">A\r\nN"), 6),
    "overlong-text": (XML, with_each(">N", ">" + "N" * 70_000), "has an XML text of more than 65536"),
    "overlong-comment": (XML, with_each("<header>", f"<header><COMMENT>{'x' * 70_000}</COMMENT>"), "has an XML text"),
    # Comments, sections and instructions hide messages, whatever stands in these.
    "comment": (XML, around("<!-- ", " -->"), 4),
    "hyphens-in-comment": (XML, around("<!-- ", " -->", name="N--2"), 2),
    "hyphens-outside-comment": (XML, lambda parts: "<!-- x -->" + with_each(">N", ">N--")(parts), 6),
    "comment-ends-in-message": (XML, around("<!-- ", " -->", name="-->"), 2),
    "section": (XML, around("<omm version='2.0'><header><COMMENT><![CDATA[", "]]></COMMENT></header></omm>"), 4),
    "section-as-name": (XML, around(XML[0].replace("N0", "<![CDATA[").partition("</OBJECT_NAME>")[0],
                                    "]]></OBJECT_NAME>" + XML[0].partition("</OBJECT_NAME>")[2]), 5),
    "instruction": (XML, around("<?x ", "?>"), 4),
    "own-instruction": (XML, before(2, "<?mihari-cut-out 0 1?>"), 6),
    "style-sheet": (XML, lambda parts: "<?xml-stylesheet a?>" + ndm(parts), 6),
    "document-type": (XML, lambda parts: f"<!DOCTYPE ndm [<!ENTITY a '{''.join(parts)}'>]>" + ndm(parts), "declares"),
    # Where a message stands matters.
    "deeper": (XML, lambda parts: f"<a>{ndm(parts)}</a>", 6),
    "too-deep": (XML, lambda parts: "<a>" * 27 + ndm(parts), "more than 32 deep"),
    "within-a-message": (XML, lambda parts: ndm([parts[0].replace("<header>", "".join(parts) + "<header>")]), 6),
    "within-a-message-as-root": (XML, lambda parts: "<omm version='2.0'>" + "".join(parts) + "</omm>", 6),
    "within-a-message-of-another-prefix": (XML, lambda parts: ndm([f"<n:omm>{part}</n:omm>" for part in parts]), 0),
    "another-prefix-within": (XML, with_each("<header>", "<n:omm/><n:omm version='2.0'></n:omm><header>"), 0),
    "another-prefix-behind": (XML, with_each("</omm>", "<n:omm/><n:omm version='2.0'></n:omm></omm>"), 6),
    "after-the-root": (XML, lambda parts: ndm(parts) + "".join(parts), 6),
    "without-a-root": (XML, "".join, 1),
    "other-message": (XML, before(2, "<oem><body/></oem>"), 6),
    "breaks-off": (XML, lambda parts: ndm(parts)[:-200], 5),
    "breaks-off-early": (XML, lambda parts: ndm(parts)[: len(parts[0]) // 2], "is not well-formed XML"),
    "mismatch-behind-each": (XML, with_each("</omm>", "</omm></omm>"), 1),
    "junk-behind-each": (XML, with_each("</omm>", "</omm>x<y>z</y>"), 6),
    "mismatch": (XML, before(2, "</oem>"), 2),
    # Lines are counted as ever.
    "lone-returns": (XML, lambda parts: with_each("<BSTAR>", "\r<BSTAR>x")(parts).replace("\n", "\r", 9), 0),
    "one-line": (XML, lambda parts: with_each("<BSTAR>", "<BSTAR>x")(parts).replace("\n", ""), 0),
    "lines-before": (XML, lambda parts: "\n\n<!-- \n -->" + with_each("<BSTAR>", "<BSTAR>x")(parts), 0),
    "missing-in-all": (KVN, lambda parts: "".join(parts).replace("= SGP4", "= SGP").replace("BSTAR =", "COMMENT"), 0),
    # Heads are not always whole tags, and values may look like marks.
    "tag-sign-in-attribute": (XML, with_each("<BSTAR>", '<BSTAR a="x>y">'), 6),
    "tag-sign-in-comment": (XML, with_each("<BSTAR>", "<!-- a > b --><BSTAR><!-- c -->"), 6),
    "marks-as-values": (XML, with_each(">N", ">~1~"), 6),
    "empty-tags": (XML, lambda parts: re.sub("<ORIGINATOR>.*</ORIGINATOR>", "<ORIGINATOR/>", ndm(parts)), 6),
    # What a message may be.
    "unknown": (XML, with_each("<BSTAR>", "<GNOME/><BSTAR>"), 0),
    "unit": (XML, with_each("<INCLINATION>", '<INCLINATION units="rad">'), 0),
    "twice": (XML, with_each("<BSTAR>", "<BSTAR>1</BSTAR><BSTAR>"), 0),
    "version": (XML, with_each('version="2.0"', 'version="1.0"', every=2), 3),
    "judged-by-value": (XML, with_each("</meanElements>", "<GM>x</GM></meanElements>"), 0),
    "judged-by-value-in-some": (XML, with_each("</meanElements>", "<GM>1</GM></meanElements>", then=(">1<", ">x<")), 3),
    "theory": (XML, with_each(">SGP4<", ">SGP4-XP<", every=2), 3),
    "theory-in-some": (XML, with_each(">SGP4<", ">SGP4<", then=(">SGP4<", ">SGP4-XP<")), 3),
    "blank-in-some": (XML, with_each(">EARTH<", ">EARTH<", then=(">EARTH<", "> <")), 3),
    "blank-theory": (XML, with_each(">SGP4<", "> <", every=2), 3),
    "blank-epoch": (XML, lambda parts: re.sub("(N[024].*?)<EPOCH>[^<]*", r"\1<EPOCH>", ndm(parts), flags=re.DOTALL), 3),
    "no-content": (XML, lambda parts: re.sub(">[^<]+<", "> <", ndm(parts)), 0),
    "no-theory": (XML, with_each("<MEAN_ELEMENT_THEORY>SGP4</MEAN_ELEMENT_THEORY>", ""), 0),
    "own-keyword-of-the-same-name": (
        XML,
        with_each("</tleParameters>", '</tleParameters><USER_DEFINED parameter="OBJECT_NAME">X</USER_DEFINED>'),
        6,
    ),
    # KVN: other messages, lines that end otherwise, comments.
    "kvn-other-message-first": (KVN, lambda parts: "CCSDS_OEM_VERS = 2.0\n" + "".join(parts), 6),
    "kvn-other-message-behind": (KVN, with_each("BSTAR", "CCSDS_OEM_VERS = 2.0\nBSTAR"), 0),
    "kvn-other-message-after-each": (KVN, lambda parts: "CCSDS_OEM_VERS = 2.0\nX = 1\n".join([*parts, ""]), 6),
    "kvn-no-version": (KVN, before(3, "CCSDS_OMM_VERS 2.0\n"), 5),
    "kvn-version-in-comment": (KVN, before(3, "COMMENT CCSDS_OMM_VERS = 2.0\n"), 6),
    "kvn-version-with-a-remark": (KVN, with_each("VERS = 2.0", "VERS = 2.0 x", every=2), 6),
    "kvn-version-longer": (KVN, with_each("VERS = 2.0", "VERS = 2.0", then=("2.0", "2.01")), 3),
    "kvn-separator": (KVN, with_each("= N", "= N\x1cOBJECT_ID = 1\x1c"), 0),
    "kvn-next-line": (KVN, with_each("= N", "= N\x85OBJECT_ID = 1\x85"), 0),
    "kvn-lone-returns": (KVN, lambda parts: with_each("BSTAR = ", "BSTAR = x")(parts).replace("\n", "\r", 9), 0),
    "kvn-lines-before": (KVN, lambda parts: "\n \n" + with_each("BSTAR = ", "BSTAR = x")(parts), 0),
    "kvn-comment": (KVN, with_each("BSTAR", "COMMENT BSTAR"), 0),
    "kvn-bare-comment": (KVN, with_each("BSTAR", "COMMENT\nBSTAR"), 6),
    "kvn-comment-keyword": (KVN, with_each("BSTAR", "COMMENTS = 1\nBSTAR"), 0),
    "kvn-blank-line": (KVN, with_each("\n\n", "\nx\n", every=2), 3),
    "kvn-long-comment": (KVN, with_each("\nBSTAR", "\nCOMMENT " + "x" * 70_000 + "\nBSTAR"), 6),
    "kvn-overlong": (KVN, with_each("= N", "= " + "N" * 70_000), 0),
    # KVN: brackets are units behind numbers only.
    "kvn-units": (KVN, inclined(" [deg]", "", " [rad]"), 4),
    "kvn-unit-in-one": (KVN, inclined("", "", "", "", " [deg]", ""), 6),
    "kvn-no-unit-in-one": (KVN, inclined(" [deg]", " [deg]", "", " [deg]"), 6),
    "kvn-odd-brackets": (KVN, with_each("MEAN_MOTION_DOT = ", "MEAN_MOTION_DOT = 1 [a]b]\nCOMMENT "), 0),
    "kvn-brackets": (KVN, with_each("= N", "= N [x] [deg]\nOBJECT_ID = [1]\nCOMMENT "), 0),
    "kvn-brackets-in-names": (KVN, lambda parts: re.sub("(N[0-5])", r"\1 [deg]", "".join(parts)), 6),
}  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_traps(monkeypatch: pytest.MonkeyPatch, trap: str) -> None:
    parts, edit, expected = TRAPS[trap]
    in_columns, one_by_one = answers(monkeypatch, edit(list(parts)), Limits())
    if isinstance(in_columns, str) or isinstance(one_by_one, str):
        assert in_columns == one_by_one
        assert isinstance(expected, str)
        assert expected in in_columns
        return
    assert [r.text() for r in in_columns.rejected] == [r.text() for r in one_by_one.rejected]
    assert in_columns.element_sets.frame.equals(one_by_one.element_sets.frame)
    assert in_columns.objects.frame.equals(one_by_one.objects.frame)
    assert len(in_columns.element_sets) == expected
