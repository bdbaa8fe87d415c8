"""The desk: drafts, approvals, one moment for all, corrections and withdrawals that reach everyone who had it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mihari.app.release_drill import replace_compromised_key
from mihari.app.release_verify import verify_file
from mihari.app.releases import Readiness, ReleaseDesk
from mihari.astro.time import format_utc
from mihari.errors import InputError, MihariError, UsageError
from mihari.model.label import parse_label
from mihari.model.party import Party, PartyBook, PartyKind
from mihari.model.provenance import DataMode
from mihari.model.space_event import EventStatus
from mihari.policy.access import load_parties
from mihari.release.audit import AuditLog
from mihari.release.products import approval_statement
from mihari.release.signing import SealingKey, verify_release
from release_support import DAY, EVENT, HOUR, NOW, Clock, breakup, desk_over, keep, published


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keep(tmp_path / "store", breakup())
    return tmp_path / "store"


def outbox(folder: Path) -> set[str]:
    return {path.relative_to(folder / "outbox").as_posix() for path in (folder / "outbox").rglob("*") if path.is_file()}


def test_two_audiences_get_two_contents_at_one_moment(folder: Path) -> None:
    clock = Clock()
    desk = desk_over(folder, clock=clock)
    drafts = desk.draft(EVENT, audiences=["PUBLIC", "US"], product="breakup-notice", by="A. Mori")
    assert len({each.group_id for each in drafts}) == 1
    desk.approve(drafts[0].group_id, by="B. Ito")
    clock.now += HOUR
    states = {each.audience: each for each in desk.publish(drafts[0].group_id, by="B. Ito")}
    moments = {each.published["released_utc"] for each in states.values()}
    assert moments == {format_utc(NOW + HOUR, digits=3)}
    assert "radar K" in json.dumps(states["US"].published)
    assert "radar K" not in json.dumps(states["PUBLIC"].published)
    assert states["PUBLIC"].published["label"] == "PUBLIC//BY:JP"
    assert all(
        verify_release(each.published, keys=desk.keys.ring(), at_tai_ns=clock.now).valid for each in states.values()
    )
    assert outbox(folder) == {
        f"PUBLIC/{states['PUBLIC'].release_id}.release.json",
        f"US/{states['US'].release_id}.release.json",
    }


def test_nothing_goes_without_approval_go_and_embargo(folder: Path) -> None:
    clock = Clock()
    desk = desk_over(folder, clock=clock)
    group = desk.draft(
        EVENT,
        audiences=["PUBLIC", "US"],
        product="breakup-notice",
        by="A. Mori",
        embargo_tai_ns=NOW + HOUR,
        needs=["US", "JP"],
    )[0].group_id
    for step, words in (
        (lambda: None, "nobody approved it"),
        (lambda: desk.approve(group, by="B. Ito"), "embargo"),
        (lambda: setattr(clock, "now", NOW + 2 * HOUR), "US, JP did not say go"),
        (lambda: desk.ready(group, Readiness(party="US", person="C. Hill", is_go=True)), "JP did not say go"),
        (lambda: desk.ready(group, Readiness(party="JP", person="D. Abe", is_go=False)), "JP says no-go"),
    ):
        step()
        with pytest.raises(InputError, match=words):
            desk.publish(group, by="B. Ito")
        assert not any(each.published for each in desk.states())
        assert not (folder / "outbox").exists()
    desk.ready(group, Readiness(party="JP", person="D. Abe", is_go=True))
    assert all(each.status == "PUBLISHED" for each in desk.publish(group, by="B. Ito"))
    with pytest.raises(InputError, match="published already"):
        desk.publish(group, by="B. Ito")


def test_a_withdrawal_reaches_everyone_who_had_it(folder: Path) -> None:
    """Members of the group at the time of the release, also one that has left the group since."""
    parties = dict(load_parties().parties)
    member = Party(party_id="XX", name_en="X", name_ja="X", kind=PartyKind.STATE, member_of=frozenset({"QUAD"}))
    before = PartyBook.of([*parties.values(), member], version="1")
    keep(folder, breakup(event_id="E2", label=parse_label("REL:QUAD//BY:JP")))
    desk = desk_over(folder, book=before)
    state = desk.draft("E2", audiences=["QUAD"], product="breakup-notice", by="A. Mori")[0]
    desk.approve(state.release_id, by="B. Ito")
    first = desk.publish(state.release_id, by="B. Ito")[0]
    assert set(first.recipients) == {"AU", "IN", "US", "XX"}, "and not to oneself"
    after = ReleaseDesk(folder=folder, clock=Clock(NOW + HOUR), book=load_parties())
    withdrawal = after.withdraw(first.release_id, by="B. Ito", reason="the wrong object")
    assert set(withdrawal.recipients) == {"AU", "IN", "US", "XX"}
    assert after.find(first.release_id).status == "WITHDRAWN"
    assert withdrawal.published["withdraws"] == first.release_id
    told = withdrawal.published["content"]["facts"]
    assert told.keys() == {"reference", "event"}, "it repeats nothing"
    assert told["event"] == {"kind": "BREAKUP"}
    assert verify_release(withdrawal.published, keys=after.keys.ring(), at_tai_ns=NOW + HOUR).valid
    with pytest.raises(InputError, match="withdrawn already"):
        after.withdraw(first.release_id, by="B. Ito", reason="again")


def test_a_correction_replaces_and_reaches_the_same(folder: Path) -> None:
    clock = Clock()
    desk = desk_over(folder, clock=clock)
    first = published(desk, audience="US")
    clock.now += HOUR
    update = breakup(
        status=EventStatus.UPDATED,
        written_tai_ns=clock.now,
        facts={**breakup().facts, "regime": "MEO"},
    )
    keep(folder, update)
    draft = desk.correct(first.release_id, by="A. Mori", reason="another regime")[0]
    assert draft.draft.supersedes == first.release_id
    desk.approve(draft.release_id, by="B. Ito")
    second = desk.publish(draft.release_id, by="B. Ito")[0]
    assert second.published["supersedes"] == first.release_id
    assert second.published["content"]["facts"]["event"]["facts"]["regime"] == "MEO"
    assert second.published["content"]["facts"]["reference"] == first.published["content"]["facts"]["reference"]
    assert desk.find(first.release_id).status == "SUPERSEDED"
    with pytest.raises(InputError, match="no longer stands"):
        desk.correct(first.release_id, by="A. Mori", reason="again")


def test_an_approval_is_of_one_content_by_a_person_once(folder: Path) -> None:
    desk = desk_over(folder)
    state = desk.draft(EVENT, audiences=["US"], product="breakup-notice", by="A. Mori")[0]
    for name in ("", "mihari", "System"):
        with pytest.raises(InputError, match="a person"):
            desk.approve(state.release_id, by=name)
    desk.approve(state.release_id, by="B. Ito")
    with pytest.raises(InputError, match="approved it already"):
        desk.approve(state.release_id, by="B. Ito")


@pytest.mark.parametrize(
    ("mode", "people", "words"),
    [
        (DataMode.REAL, ["B. Ito"], "single approval"),
        (DataMode.REAL, ["B. Ito", "C. Abe"], "Approved by two persons."),
        (DataMode.SIMULATED, ["B. Ito"], ""),
    ],
)
def test_a_real_release_says_how_many_approved_it(
    tmp_path: Path, mode: DataMode, people: list[str], words: str
) -> None:
    keep(tmp_path / "store", breakup(data_mode=mode))
    desk = desk_over(tmp_path / "store")
    state = desk.draft(EVENT, audiences=["US"], product="breakup-notice", by="A. Mori")[0]
    for person in people:
        desk.approve(state.release_id, by=person)
    made = desk.publish(state.release_id, by="B. Ito")[0]
    assert approval_statement(made.published, "en") == words


@pytest.mark.parametrize(
    ("label", "audience", "words"),
    [
        ("REL:JP+US//BY:US//ORCON", "AU", "no recorded consent of US"),
        ("REL:AU+JP//BY:US//ORCON", "AU", "no recorded consent of US"),
        ("REL:JP//BY:JP//EXPIRES:2026-11-30T04:00:00Z", "US", "expired"),
        ("nonsense", "US", "cannot be read"),
    ],
)
def test_what_a_label_forbids_is_not_drafted(tmp_path: Path, label: str, audience: str, words: str) -> None:
    keep(tmp_path / "store", breakup(), label=label)
    desk = desk_over(tmp_path / "store")
    with pytest.raises(InputError, match=words):
        desk.draft(EVENT, audiences=["PUBLIC", audience], product="breakup-notice", by="A. Mori")
    assert desk.states() == []


def test_a_recorded_consent_opens_what_an_originator_controls(tmp_path: Path) -> None:
    keep(tmp_path / "store", breakup(), label="REL:AU+JP//BY:US//ORCON")
    desk = desk_over(tmp_path / "store")
    desk.consent(EVENT, originator="US", audience="AU", by="B. Ito", mode=DataMode.SIMULATED)
    state = desk.draft(EVENT, audiences=["AU"], product="breakup-notice", by="A. Mori")[0]
    assert state.draft.label.originators == {"JP", "US"}
    assert state.draft.label.originator_control, "it travels on"


@pytest.mark.parametrize("label", ["nonsense", "REL:NOBODY", "REL:US//BY:US//ORCON"])
@pytest.mark.parametrize("mode", [DataMode.SIMULATED, DataMode.REAL])
def test_no_label_stops_a_safety_notice_and_a_person_is_alarmed(tmp_path: Path, label: str, mode: DataMode) -> None:
    keep(tmp_path / "store", breakup(data_mode=mode), label=label)
    desk = desk_over(tmp_path / "store")
    state = published(desk, product="safety-notice")
    assert state.status == "PUBLISHED"
    assert len(state.alarms) == 1
    told = json.dumps(state.published["content"], ensure_ascii=False)
    assert not any(word in told for word in ("radar K", "echoes", "57 p", "battery", "ops@", "A. Mori"))
    assert state.published["content"]["facts"].keys() == {"reference", "event", "objects"}
    assert any("release.alarm" in str(line.entry["kind"]) for line in AuditLog(desk.folder / "audit").lines())
    assert desk.hear(state.release_id, by="B. Ito").alarms == ()


def test_a_readable_label_that_admits_raises_no_alarm(folder: Path) -> None:
    assert published(desk_over(folder), audience="US", product="safety-notice").alarms == ()


def test_an_operator_gets_the_list_of_its_own_object(folder: Path) -> None:
    book = PartyBook.of(
        [
            *load_parties().parties.values(),
            Party(party_id="OP-T", name_en="T", name_ja="T", kind=PartyKind.OPERATOR),
            Party(party_id="OP-U", name_en="U", name_ja="U", kind=PartyKind.OPERATOR),
        ],
        version="t",
    )
    keep(folder, breakup(event_id="E3", label=parse_label("PUBLIC")))
    desk = desk_over(folder, book=book, operators={900000001: frozenset({"OP-T"})})
    own, other = desk.draft("E3", audiences=["OP-T", "OP-U"], product="breakup-notice", by="A. Mori")
    assert "evidence" in own.draft.content["facts"]
    assert "evidence" not in other.draft.content["facts"]


def test_a_party_that_gave_its_sealing_key_gets_it_sealed(folder: Path, tmp_path: Path) -> None:
    desk = desk_over(folder)
    theirs = SealingKey.new("US")
    (desk.keys.public / f"{theirs.public.key_id}.sealing.json").write_text(json.dumps(theirs.public.document()))
    theirs.write(tmp_path / "private" / "us.json")
    state = published(desk, audience="US")
    (path,) = (folder / "outbox" / "US").iterdir()
    assert path.name == f"{state.release_id}.sealed.json"
    assert b"breakup" not in path.read_bytes()
    found = verify_file(path, keys=desk.keys.public, at_tai_ns=NOW, sealing_key=tmp_path / "private" / "us.json")
    assert found.valid
    SealingKey.new("US").write(tmp_path / "private" / "other.json")
    with pytest.raises(InputError, match="another key"):
        verify_file(path, keys=desk.keys.public, at_tai_ns=NOW, sealing_key=tmp_path / "private" / "other.json")


def test_drafts_for_people_are_never_published(folder: Path) -> None:
    desk = desk_over(folder)
    state = desk.draft(EVENT, audiences=["JP"], product="registration-draft", by="A. Mori")[0]
    assert "DRAFT" in state.draft.content["sheets"]["en"]["banners"][-1]
    with pytest.raises(InputError, match="draft for people"):
        desk.approve(state.release_id, by="B. Ito")
    with pytest.raises(InputError, match="draft for people"):
        desk.publish(state.release_id, by="B. Ito")


def test_every_step_is_in_the_audit_log(folder: Path) -> None:
    desk = desk_over(folder)
    state = published(desk, audience="US")
    lines = [line.entry for line in AuditLog(folder / "audit").lines()]
    assert [each["kind"] for each in lines] == [
        "release.drafted",
        "release.approved",
        "release.publishing",
        "release.published",
        "release.sent",
    ]
    assert lines[state.published["log_index"]]["kind"] == "release.publishing"
    assert lines[-1]["parties"] == ["US"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"audiences": ["NOWHERE"]}, InputError),
        ({"audiences": []}, UsageError),
        ({"product": "no-such"}, MihariError),
        ({"product": "conjunction-notice"}, UsageError),
        ({"by": ""}, InputError),
    ],
)
def test_what_cannot_be_drafted(folder: Path, arguments: dict, error: type[Exception]) -> None:
    told = {"audiences": ["US"], "product": "breakup-notice", "by": "A. Mori"}
    with pytest.raises(error):
        desk_over(folder).draft(EVENT, **{**told, **arguments})


def test_a_compromised_key_is_replaced_within_the_stated_time(folder: Path) -> None:
    """The drill of docs/explanation/keys.md: rotate, revoke, sign again, tell everyone."""
    clock = Clock()
    desk = desk_over(folder, clock=clock)
    state = published(desk, audience="US")
    old = desk.keys.signing_key(now_tai_ns=clock.now)
    clock.now += DAY
    done = replace_compromised_key(desk, old.key_id, words="laptop lost", by="B. Ito")
    assert not verify_release(state.published, keys=desk.keys.ring(), at_tai_ns=clock.now).valid
    again = desk.find(done.again[0])
    assert again.published["supersedes"] == state.release_id
    assert again.recipients == state.recipients
    assert verify_release(again.published, keys=desk.keys.ring(), at_tai_ns=clock.now).valid
    assert desk.keys.signing_key(now_tai_ns=clock.now).key_id == done.new_key_id != old.key_id


def test_a_lost_key_counts_no_moment_longer(folder: Path) -> None:
    """Between whole seconds too: the drill takes less than one."""
    clock = Clock(NOW + 700_000_000)
    desk = desk_over(folder, clock=clock)
    state = published(desk, audience="US")
    replace_compromised_key(desk, desk.keys.signing_key(now_tai_ns=clock.now).key_id, words="lost", by="B. Ito")
    assert not verify_release(state.published, keys=desk.keys.ring(), at_tai_ns=clock.now + 1_000_000).valid


@pytest.mark.parametrize(
    ("english", "japanese"),
    [("A hostile act at 03:00 UTC.", "03:00 UTCの行為。"), ("An act at 03:00 UTC.", "03:00 UTCの敵対的な行為。")],
)
def test_a_text_that_concludes_is_not_drafted(tmp_path: Path, english: str, japanese: str) -> None:
    keep(tmp_path / "store", breakup(summary_en=english, summary_ja=japanese))
    with pytest.raises(InputError, match="no release may"):
        desk_over(tmp_path / "store").draft(EVENT, audiences=["US"], product="breakup-notice", by="A. Mori")


def test_extracts_carry_the_messages_of_the_standards(tmp_path: Path, shared_cases: Path) -> None:
    """A CDM with coarser covariances for one audience, and as it is for the operator of one of the objects."""
    from mihari.app.assess import assessment_request
    from mihari.app.node import open_node
    from mihari.formats.ccsds import conjunction_message, parse_messages

    source = shared_cases / "ccsds" / "orekit" / "cdm" / "AlfanoTestCase03.cdm"
    folder = tmp_path / "store"
    with open_node(folder) as node:
        kept = node.keep_messages(
            [source], assessment_request(profile="cara", data_mode=DataMode.TEST), provenance=None
        )
        event = kept.batch.assessments[0]
    objects = conjunction_message(parse_messages(source.read_bytes(), name="x")).objects
    number = objects[0].norad_cat_id
    assert number is not None
    book = PartyBook.of(
        [
            *load_parties().parties.values(),
            Party(party_id="OP-T", name_en="T", name_ja="T", kind=PartyKind.OPERATOR),
            Party(party_id="OP-U", name_en="U", name_ja="U", kind=PartyKind.OPERATOR),
        ],
        version="t",
    )
    desk = desk_over(folder, book=book, operators={number: frozenset({"OP-T"})})
    own, other = desk.draft(event.event_id, audiences=["OP-T", "OP-U"], product="cdm-extract", by="A. Mori")
    told = {
        name: conjunction_message(parse_messages(each.draft.content["facts"]["message"]["text"].encode(), name="x"))
        for name, each in (("own", own), ("other", other))
    }
    assert (told["own"].objects[0].covariance_rtn == objects[0].covariance_rtn).all()
    assert told["other"].objects[0].covariance_rtn[0, 0] > objects[0].covariance_rtn[0, 0]
    assert told["other"].objects[0].covariance_rtn[0, 1] == 0.0
    notice = desk.draft(event.event_id, audiences=["OP-U"], product="conjunction-notice", by="A. Mori")[0]
    orbits = notice.draft.content["facts"]["conjunction"]["orbits"]
    assert all(each["degraded"] for each in orbits)
