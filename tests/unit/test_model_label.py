"""Release labels: their text form, their order, and joining them."""

from __future__ import annotations

import pytest

from mihari.astro.time import parse_utc
from mihari.errors import InputError
from mihari.model.label import NOBODY, PUBLIC, Audience, Label, Redistribution, join_labels, parse_label

FULL = (
    "REL:JP+US&QUAD//BY:JP//ORCON//HANDLING:LIMDIS//LICENCE:NO-REDISTRIBUTION//EXPIRES:2027-01-01T00:00:00.000000000Z"
)


def test_a_full_label_reads_and_writes() -> None:
    label = parse_label(FULL)
    assert label.audience == Audience.of("JP", "US") & Audience.of("QUAD")
    assert label.originators == {"JP"}
    assert label.originator_control
    assert label.redistribution is Redistribution.NO_REDISTRIBUTION
    assert label.expires_tai_ns == parse_utc("2027-01-01T00:00:00Z")
    assert str(label) == FULL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "REL:",
        "public",
        "SECRET",
        "REL:jp",
        "REL:JP//BY:",
        "PUBLIC//ORCON",
        "PUBLIC//LICENCE:MAYBE",
        "PUBLIC//EXPIRES:tomorrow",
        "REL:JP//BY:JP//BY:US",
        "REL:JP//ORCON:yes//BY:JP",
        "REL:PUBLIC+JP",
        "PUBLIC//TEXT:x",
        "REL:" + "A+" * 2_000 + "A",
    ],
)
def test_what_is_no_label_lets_nobody_in(text: str) -> None:
    with pytest.raises(InputError):
        parse_label(text)


def test_audiences_are_a_partial_order_between_nobody_and_everyone() -> None:
    japan, both, quad = Audience.of("JP"), Audience.of("JP", "US"), Audience.of("QUAD")
    assert NOBODY <= japan <= both <= PUBLIC
    assert not both <= japan
    assert not quad <= both
    assert not both <= quad
    assert japan & both == japan
    assert str(NOBODY) == "REL:NOBODY"


def test_joining_keeps_what_is_strictest_of_each() -> None:
    joined = join_labels([parse_label(FULL), parse_label("REL:JP//BY:US//HANDLING:EYES//EXPIRES:2026-01-01T00:00:00Z")])
    assert str(joined) == (
        "REL:JP&QUAD//BY:JP+US//ORCON//HANDLING:EYES+LIMDIS//LICENCE:NO-REDISTRIBUTION"
        "//EXPIRES:2026-01-01T00:00:00.000000000Z"
    )
    assert join_labels([]) == Label()


def test_operators_are_resolved_before_joining() -> None:
    label = parse_label("REL:OPERATOR+JP")
    with pytest.raises(InputError, match="OPERATOR"):
        join_labels([label, Label()])
    assert str(label.audience.resolved(frozenset({"OP-A"}))) == "REL:JP+OP-A"
    assert Audience.of("OPERATOR").resolved(frozenset()) == NOBODY
