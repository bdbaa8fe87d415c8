"""Parties, viewers and the rule: what opens a record, and everything that shuts it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from access_support import BOOK, NOW_TAI_NS
from mihari.errors import InputError
from mihari.model.label import parse_label
from mihari.model.party import Party, PartyBook, PartyKind
from mihari.model.provenance import DataMode
from mihari.policy.access import (
    Role,
    Viewer,
    is_at_least_as_wide,
    joined_text,
    load_parties,
    may_count_withheld,
    may_see,
    resolved_label,
    seen_labels,
)


def sees(label: str | None, party: str, **more: object) -> bool:
    return may_see(label, Viewer.of(party, book=BOOK), at_tai_ns=NOW_TAI_NS, **more).allowed  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("label", "parties"),
    [
        ("PUBLIC", "JP US AU IN PH PUBLIC STRANGER QUAD ALL OP-ONE"),
        ("REL:JP", "JP"),
        ("REL:QUAD", "JP US AU IN QUAD"),
        ("REL:ALL", "JP US AU IN QUAD ALL"),
        ("REL:QUAD&JP+PH", "JP"),
        ("REL:PAIR&QUAD", "JP US"),
        ("REL:NOBODY", ""),
        ("REL:JP&NOBODY", ""),
        ("REL:OPERATOR", ""),
        ("REL:JP//BY:US//ORCON//HANDLING:LIMDIS//LICENCE:NO-REDISTRIBUTION", "JP"),
    ],
)
def test_clauses(label: str, parties: str) -> None:
    everyone = "JP US AU IN PH PUBLIC STRANGER QUAD ALL OP-ONE".split()
    assert [party for party in everyone if sees(label, party)] == [p for p in everyone if p in parties.split()]


@pytest.mark.parametrize("label", ["", None, "public", "REL:JP//EXPIRES:tomorrow", "REL:JP//BY:jp", "JP"])
def test_a_label_that_cannot_be_read_lets_nobody_in(label: str | None) -> None:
    decision = may_see(label, Viewer.of("JP", book=BOOK), at_tai_ns=NOW_TAI_NS)
    assert not decision.allowed
    assert decision.reasons == ("the label cannot be read",)


def test_expiry_is_shut_from_its_very_moment() -> None:
    label = parse_label("PUBLIC//EXPIRES:2030-01-01T00:00:00Z")
    viewer = Viewer.public()
    assert label.expires_tai_ns is not None
    assert may_see(label, viewer, at_tai_ns=label.expires_tai_ns - 1).allowed
    assert may_see(label, viewer, at_tai_ns=label.expires_tai_ns).reasons == ("the label has expired",)
    text = str(label)
    assert seen_labels([text], viewer, at_tai_ns=label.expires_tai_ns - 1).always == {text}
    assert seen_labels([text], viewer, at_tai_ns=label.expires_tai_ns).nothing


def test_an_operator_passes_by_name_or_by_number_and_only_for_its_own() -> None:
    assert sees("REL:OPERATOR", "OP-ONE", operators=frozenset({"OP-ONE"}))
    assert not sees("REL:OPERATOR", "OP-ONE", operators=frozenset({"OP-TWO"}))
    viewer = Viewer.of("OP-ONE", book=BOOK, operators={7: {"OP-ONE"}, 8: {"OP-TWO"}})
    assert viewer.operates == {7}
    assert may_see("REL:OPERATOR", viewer, at_tai_ns=0, objects=frozenset({7, 8})).allowed
    assert not may_see("REL:OPERATOR", viewer, at_tai_ns=0, objects=frozenset({8})).allowed
    assert not may_see("REL:OPERATOR&US", viewer, at_tai_ns=0, objects=frozenset({7})).allowed


def test_a_player_sees_no_other_world() -> None:
    player = Viewer.of("JP", book=BOOK, data_modes=[DataMode.EXERCISE])
    assert may_see("PUBLIC", player, at_tai_ns=0, data_mode=DataMode.EXERCISE).allowed
    assert may_see("PUBLIC", player, at_tai_ns=0, data_mode=DataMode.REAL).reasons == (
        "the viewer may not look into REAL",
    )


def test_all_that_shuts_is_told() -> None:
    told = may_see("REL:US&AU//EXPIRES:2020-01-01", Viewer.of("JP", book=BOOK), at_tai_ns=NOW_TAI_NS).reasons
    assert told == ("the viewer is none of AU", "the viewer is none of US", "the label has expired")


def test_more_clauses_than_a_decision_holds_let_nobody_in() -> None:
    sixteen = "REL:" + "&".join(f"QUAD+X{place}" for place in range(16))
    assert sees(sixteen, "JP")
    assert not sees(sixteen + "&QUAD+X16", "JP")


@pytest.mark.parametrize("name", ["OPERATOR", "NOBODY", "jp", "J P", "", "PUBLIC"])
def test_no_party_takes_a_word_of_the_labels(name: str) -> None:
    with pytest.raises(InputError):
        Party(party_id=name, name_en="x", name_ja="x", kind=PartyKind.STATE)
    with pytest.raises(InputError):
        Party(party_id="X", name_en="x", name_ja="x", kind=PartyKind.STATE, member_of=frozenset({name}))


@pytest.mark.parametrize("groups", [frozenset({"OPERATOR"}), frozenset({"JP", "OPERATOR"})])
def test_no_viewer_is_everyones_operator(groups: frozenset[str]) -> None:
    with pytest.raises(InputError):
        Viewer(party="JP", groups=groups)
    with pytest.raises(InputError):
        Viewer(party="OPERATOR")


def test_the_public_has_no_name_to_pass_by() -> None:
    assert Viewer.public().names == frozenset()
    assert Viewer(party="JP").names == {"JP"}


def test_groups_are_followed_through_and_in_circles() -> None:
    def forum(name: str, *groups: str) -> Party:
        return Party(party_id=name, name_en=name, name_ja=name, kind=PartyKind.FORUM, member_of=frozenset(groups))

    book = PartyBook.of([forum("A", "B"), forum("B", "C"), forum("C", "A")], version="1")
    assert book.groups_of("A") == {"A", "B", "C"}
    assert book.members_of("A") == {"B", "C"}
    assert book.groups_of("UNHEARD-OF") == {"UNHEARD-OF"}
    with pytest.raises(InputError, match="not there"):
        PartyBook.of([forum("A", "B")], version="1")
    with pytest.raises(InputError, match="twice"):
        PartyBook.of([forum("A"), forum("A")], version="1")


def test_the_packaged_parties() -> None:
    book = load_parties()
    assert book.members_of("QUAD") == {"AU", "IN", "JP", "US"}
    assert len(book.members_of("CSPO")) == 10
    assert "IN" not in book.members_of("CSPO")
    assert book.groups_of("OP-JAXA") == {"OP-JAXA"}
    for party in book.parties.values():
        assert party.name_en
        assert party.name_ja
        assert not party.member_of or party.source.startswith("https://")


def test_a_node_adds_its_own_parties_and_replaces_none(tmp_path: Path) -> None:
    file = tmp_path / "parties.json"
    own = {"party_id": "NODE-EAST", "name_en": "East", "name_ja": "東", "kind": "ORGANISATION", "member_of": ["QUAD"]}
    file.write_text(json.dumps({"version": "1", "parties": [own]}), encoding="utf-8")
    assert load_parties(file).groups_of("NODE-EAST") == {"NODE-EAST", "QUAD"}
    for broken in ({**own, "party_id": "JP"}, {**own, "kind": "KING"}, {**own, "colour": "red"}):
        file.write_text(json.dumps({"version": "1", "parties": [broken]}), encoding="utf-8")
        with pytest.raises(InputError):
            load_parties(file)


@pytest.mark.parametrize(
    ("known", "new", "is_wide"),
    [
        ("PUBLIC", "REL:JP", True),
        ("REL:JP", "PUBLIC", False),
        ("REL:JP+US", "REL:JP", True),
        ("REL:JP", "REL:JP+US", False),
        ("REL:JP", "REL:JP&QUAD", True),
        ("PUBLIC//EXPIRES:2030-01-01", "PUBLIC", False),
        ("PUBLIC", "PUBLIC//EXPIRES:2030-01-01", True),
        ("PUBLIC//EXPIRES:2030-01-01", "PUBLIC//EXPIRES:2029-01-01", True),
        ("PUBLIC//EXPIRES:2030-01-01", "PUBLIC//EXPIRES:2031-01-01", False),
        ("PUBLIC//BY:JP//ORCON", "PUBLIC", False),
        ("PUBLIC//LICENCE:NO-REDISTRIBUTION", "PUBLIC//LICENCE:ATTRIBUTION", False),
        ("nonsense", "PUBLIC", False),
        ("nonsense", "nonsense", True),
        ("PUBLIC", "nonsense", False),
    ],
)
def test_what_is_known_to_all_who_may_see(known: str, new: str, is_wide: bool) -> None:
    assert is_at_least_as_wide(known, new) is is_wide


def test_the_joint_of_labels() -> None:
    one = resolved_label("REL:OPERATOR+JP", frozenset({"OP-ONE"}))
    assert joined_text([one, resolved_label("REL:QUAD", frozenset())]) == "REL:JP+OP-ONE&QUAD"
    assert joined_text([resolved_label("REL:OPERATOR", frozenset())]) == "REL:NOBODY"
    assert joined_text([resolved_label("rubbish", frozenset()), resolved_label("PUBLIC", frozenset())]) == "REL:NOBODY"
    assert joined_text([]) == "PUBLIC"
    many = [resolved_label(f"REL:X{place}//BY:JP", frozenset()) for place in range(17)]
    assert joined_text(many[:16]).count("&") == 15
    assert joined_text(many) == "REL:NOBODY//BY:JP"


def test_who_may_count_what_is_withheld() -> None:
    assert may_count_withheld(Viewer(party="JP", roles=frozenset({Role.ANALYST})))
    assert not may_count_withheld(Viewer(party="JP", roles=frozenset({Role.GUEST, Role.ADMIN})))
    assert not may_count_withheld(Viewer(party="PUBLIC", roles=frozenset({Role.ANALYST})))
