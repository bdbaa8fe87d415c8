"""The policy desk: register, statements beside each other, briefs that conclude nothing, reviews by two persons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assessment_support import request, warnings_of
from mihari.app.asset_register import (
    asset_register,
    asset_register_document,
    enter_asset,
    enter_protection_statement,
    protection_document,
    withdraw_protection_statement,
)
from mihari.app.keep_messages import keep_files
from mihari.app.policy_desk import brief_document, record_consultation, record_intent, withdraw_intent
from mihari.app.profile_review import (
    approve_profile,
    approved_profile,
    deep_space_of_message,
    profile_changes,
    propose_profile,
    simulate_profile,
)
from mihari.app.space_event_intake import report_event
from mihari.errors import FormatError, InputError, NotFoundError
from mihari.model.label import Label, parse_label
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_event import EventKind
from mihari.policy import ThresholdProfile
from mihari.policy.access import load_parties
from mihari.policy.assets import owner_party
from mihari.policy.consultation import StepAction, ladder
from mihari.policy.instruments import EntryStatus, LegalNature, instrument_document, load_instruments
from mihari.policy.language import lint_document
from mihari.store import EmbeddedStore, StoreMode
from policy_support import NOW, report

SIM = DataMode.SIMULATED
BOOK = load_parties()
ASSET = "NORAD-900000002"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore.open(tmp_path / "store", mode=StoreMode.CREATE) as opened:
        report_event(opened, report(objects=[900_000_002]), now_tai_ns=NOW)
        yield opened


def enter(store: EmbeddedStore, *, by: str = "P. Adviser", **document: Any) -> Any:
    told = {"norad_cat_id": 900_000_002, "name": "EXAMPLE (SIM)", "sources": ["operator"], **document}
    return enter_asset(store, told, written_by=by, label=Label(), data_mode=SIM, now_tai_ns=NOW)


def state(store: EmbeddedStore, name: str, party: str, *, label: str = "PUBLIC", **document: Any) -> Any:
    told = {
        "statement_id": name,
        "party": party,
        "asset_ids": [ASSET],
        "instrument_id": "SCC-2023",
        "justification_en": "Weather data serve public safety.",
        "status": "DECLARED",
        "source": "test",
        **document,
    }
    return enter_protection_statement(
        store, told, written_by="P. Adviser", label=parse_label(label), data_mode=SIM, now_tai_ns=NOW
    )


def brief(store: EmbeddedStore, *, now_tai_ns: int = NOW) -> dict[str, Any]:
    return brief_document(store, "SIM-BREAKUP-1", book=BOOK, now_tai_ns=now_tai_ns)


def test_what_nobody_entered_is_unknown_and_shown(store: EmbeddedStore) -> None:
    (row,) = asset_register_document(store, objects=[900_000_002], data_mode=SIM)["assets"]
    assert {"owner", "operator", "registry_state", "responsible_state"} <= set(row["unknown"])
    assert row["servicing_consent"] == "UNKNOWN"


def test_an_owner_code_means_one_party_or_none() -> None:
    assert [owner_party(code) for code in ("JPN", "us", "CIS", "ISS", "XYZ", None)] == [
        "JP",
        "US",
        None,
        None,
        None,
        None,
    ]


def test_entries_supersede_and_keep_what_was_not_said_again(store: EmbeddedStore) -> None:
    enter(store, owner="JP", operator="OP-JAXA")
    enter(store, by="Q. Adviser", registry_state="JP", servicing_consent="REFUSED")
    (row,) = asset_register_document(store, data_mode=SIM)["assets"]
    assert (row["owner"], row["operator"], row["registry_state"]) == ("JP", "OP-JAXA", "JP")
    assert [each["written_by"] for each in row["history"]] == ["P. Adviser", "Q. Adviser"]
    assert row["sources"] == ["operator", "P. Adviser", "Q. Adviser"]
    with pytest.raises(InputError, match="is no party"):
        enter(store, owner="Japan")
    with pytest.raises(InputError, match="is no person"):
        enter(store, by="system")
    with pytest.raises(InputError, match="not entered here"):
        enter(store, protecting_parties=["JP"])
    assert asset_register(store, data_mode=DataMode.REAL) == ()


def test_statements_stand_beside_each_other(store: EmbeddedStore) -> None:
    enter(store, owner="JP")
    enter(store, norad_cat_id=900_000_003, name="OTHER (SIM)")
    state(store, "PS-1", "JP", capability="optical tracking")
    assert protection_document(store, data_mode=SIM)["conflicts"] == []
    state(store, "PS-2", "US", status="DISPUTED", instrument_id="SSA-2013", justification_en="Shared data.")
    document = protection_document(store, data_mode=SIM)
    assert document["by_asset"][ASSET] == ["PS-1", "PS-2"]
    assert document["conflicts"][0]["statement_ids"] == ["PS-1", "PS-2"]
    assert document["without_statement"] == ["NORAD-900000003"]
    assert list(document["contributions"]) == ["JP"]
    withdraw_protection_statement(store, "PS-1", written_by="P. Adviser", data_mode=SIM, now_tai_ns=NOW)
    document = protection_document(store, data_mode=SIM)
    assert [each["withdrawn"] for each in document["statements"]] == [True, False]
    assert document["without_statement"] == [ASSET, "NORAD-900000003"]
    assert document["conflicts"][0]["statement_ids"] == ["PS-2"]


def test_a_statement_needs_an_instrument_that_is_there_and_plain_words(store: EmbeddedStore) -> None:
    with pytest.raises(NotFoundError, match="no instrument"):
        state(store, "PS-1", "JP", instrument_id="NOPE")
    with pytest.raises(InputError, match="intent"):
        state(store, "PS-1", "JP", justification_en="Against hostile acts.")
    kept = state(store, "PS-1", "JP", quotation="Against hostile acts.")
    assert kept.quotation == "Against hostile acts."


def test_a_brief_says_who_is_concerned_and_what_comes_next(store: EmbeddedStore) -> None:
    enter(store, owner="JP", operator="OP-JAXA", relied_on_by=["US"])
    document = brief(store)
    assert {each["party"] for each in document["concerned"]} == {"JP", "OP-JAXA", "US"}
    shown = {each["instrument_id"]: each for each in document["may_be_relevant"]}
    assert {"SEC-IV", "SSA-2013", "OST-VIII"} <= set(shown)
    assert "US (relying user of NORAD-900000002)" in shown["SEC-IV"]["reason_en"]
    assert "look up" in shown["OST-VIII"]["reason_en"]
    assert document["next_rung"]["rung_id"] == "OPERATOR_CONTACT"
    assert document["next_rung"]["owner"] == "WATCH_OFFICER"
    assert lint_document(document) == []


def test_instruments_of_parties_not_concerned_are_not_shown(store: EmbeddedStore) -> None:
    enter(store, owner="IN")
    shown = {each["instrument_id"] for each in brief(store)["may_be_relevant"]}
    assert "QUAD-2022" in shown
    assert not shown & {"SEC-IV", "SEC-V", "SCC-2023", "NATO-2021"}
    standing = {each["rung_id"]: each["standing"] for each in brief(store)["ladder"]}
    assert standing["TREATY_CONSULTATION"] == standing["MINISTERIAL"] == "not for this event"


def test_rungs_are_recorded_by_people_and_clocks_run(store: EmbeddedStore) -> None:
    enter(store, owner="JP", relied_on_by=["US"])
    assert not brief(store)["next_rung"]["is_overdue"]
    assert brief(store, now_tai_ns=NOW + 3_700_000_000_000)["next_rung"]["is_overdue"]

    def record(
        rung: str, action: StepAction, text: str = "Called at 22:50; they confirm.", by: str = "W. Officer"
    ) -> None:
        record_consultation(
            store, "SIM-BREAKUP-1", rung_id=rung, action=action, text=text, written_by=by, data_mode=SIM, now_tai_ns=NOW
        )

    record("OPERATOR_CONTACT", StepAction.OPENED)
    assert brief(store)["next_rung"]["standing"] == "open"
    record("OPERATOR_CONTACT", StepAction.DONE)
    record("WORKING_LEVEL", StepAction.SKIPPED, "Nobody on duty; next day.")
    assert brief(store)["next_rung"]["rung_id"] == "PARTNER_GROUP"
    with pytest.raises(InputError, match="is no person"):
        record("PARTNER_GROUP", StepAction.DONE, by="Mihari")
    with pytest.raises(InputError, match="in law"):
        record("PARTNER_GROUP", StepAction.DONE, "Agreed that Article V applies.")
    with pytest.raises(NotFoundError, match="no rung"):
        record("WAR", StepAction.DONE)


def test_intent_is_a_persons_alone_shown_as_theirs_and_withdrawable(store: EmbeddedStore) -> None:
    def hold(author: str, grounds: str = "Two manoeuvres, 20:05 and 20:08 UTC.") -> Any:
        return record_intent(
            store,
            "SIM-BREAKUP-1",
            author=author,
            text="I hold this to be hostile.",
            grounds=grounds,
            label=Label(),
            data_mode=SIM,
            now_tai_ns=NOW,
        )

    with pytest.raises(InputError, match="is no person"):
        hold("detector")
    with pytest.raises(InputError, match="grounds"):
        hold("A. Analyst", "")
    with pytest.raises(InputError, match="intent"):
        hold("A. Analyst", "They are hostile.")
    name = hold("A. Analyst").statement_id
    (shown,) = brief(store)["intent_statements"]
    assert (shown["author"], shown["quotation"]) == ("A. Analyst", "I hold this to be hostile.")
    with pytest.raises(InputError, match="Analyst wrote it"):
        withdraw_intent(store, name, author="B. Analyst", data_mode=SIM, now_tai_ns=NOW)
    withdraw_intent(store, name, author="a. analyst", data_mode=SIM, now_tai_ns=NOW)
    (shown,) = brief(store)["intent_statements"]
    assert (shown["withdrawn"], shown["quotation"]) == (True, None)
    assert "hostile" not in json.dumps(brief(store))


def test_the_label_of_a_brief_is_never_wider_than_its_parts(store: EmbeddedStore) -> None:
    enter(store, owner="JP", operator="OP-JAXA")
    assert brief(store)["label"] == "PUBLIC"
    state(store, "PS-1", "JP", label="REL:JP+US")
    assert brief(store)["label"] == "REL:JP+US"
    state(store, "PS-2", "JP", label="REL:JP+OPERATOR")
    assert brief(store)["label"] == "REL:JP+OP-JAXA&JP+US"


def test_every_entry_has_source_nature_and_an_honest_review() -> None:
    book = load_instruments()
    entries = list(book.instruments.values())
    assert len(entries) >= 40
    assert {each.nature for each in entries} == set(LegalNature)
    for each in entries:
        document = instrument_document(each)
        assert each.source
        assert each.line_en
        assert each.line_ja
        assert len(each.trigger_facts_en) == len(each.trigger_facts_ja)
        assert len(each.open_questions_en) == len(each.open_questions_ja)
        assert each.source_checked or document["source_note"]
        assert (each.reviewer == "unreviewed") == (not each.review_date)
    marks = {instrument_document(each)["legal_nature_en"].split()[0] for each in entries}
    assert len(marks) == len(LegalNature)
    disputed = [each for each in entries if each.status is EntryStatus.DISPUTED]
    assert {each.instrument_id for each in disputed} >= {"SSA-2013", "JASDF-SOG"}
    assert all(len(each.versions) >= 2 for each in disputed)


def test_every_rung_names_instruments_that_are_there_and_every_kind_has_a_rung() -> None:
    book = load_instruments()
    for rung in ladder():
        assert [book.get(name).instrument_id for name in rung.instruments] == list(rung.instruments)
    assert {kind for rung in ladder() for kind in rung.event_kinds} == set(EventKind)
    assert all(book.of_kind(kind) for kind in EventKind)


def propose(store: EmbeddedStore, *, mode: DataMode = SIM, by: str = "A", version: str = "9", **changes: Any) -> Any:
    text = {"name": "cara", "version": version, "source": "test", "watch_probability": 1e-9, "action_probability": 1e-4}
    return propose_profile(
        store,
        json.dumps({**text, **changes}),
        where="test",
        reason="to try",
        proposed_by=by,
        data_mode=mode,
        now_tai_ns=NOW,
    )


def test_two_persons_approve_in_real_and_one_alone_has_to_say_so(store: EmbeddedStore) -> None:
    propose(store, mode=DataMode.REAL)

    def approve(by: str, **more: Any) -> Any:
        return approve_profile(store, "cara@9", approved_by=by, data_mode=DataMode.REAL, now_tai_ns=NOW, **more)

    with pytest.raises(NotFoundError):
        approved_profile(store, "cara@9", data_mode=DataMode.REAL)
    with pytest.raises(InputError, match="another person"):
        approve(" a ")
    assert approve("a", single=True).standing == "approved, single approval"
    assert approve("B").standing == "approved by two persons"
    with pytest.raises(InputError, match="approved already"):
        approve("C")
    assert approved_profile(store, "cara@9", data_mode=DataMode.REAL).watch_probability == 1e-9
    assert profile_changes(store, data_mode=SIM) == ()


def test_one_may_approve_alone_in_a_simulation_and_it_says_so(store: EmbeddedStore) -> None:
    propose(store)
    done = approve_profile(store, "cara@9", approved_by="A", data_mode=SIM, now_tai_ns=NOW)
    assert done.standing == "approved, single approval"


def test_bad_proposals_are_refused(store: EmbeddedStore) -> None:
    propose(store)
    with pytest.raises(InputError, match="exists already"):
        propose(store)
    with pytest.raises(InputError, match="exists already"):
        propose(store, version=ThresholdProfile.load("cara").version)
    with pytest.raises(FormatError):
        propose(store, version="10", watch_probability="high")
    with pytest.raises(InputError, match="is no person"):
        propose(store, version="10", by="auto")


def test_a_simulation_says_what_would_have_changed(store: EmbeddedStore, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number, each in enumerate(warnings_of(1_500, 1, 6)):
        (inbox / f"{number}.cdm").write_text(each.text)
    stamp = Provenance(source="test", data_mode=SIM)
    keep_files(store, [inbox], request(hard_body_radius_m=1_000.0), learned_tai_ns=NOW, provenance=stamp)

    def simulate(profile: ThresholdProfile) -> dict[str, Any]:
        return simulate_profile(store, profile, is_deep_space=deep_space_of_message, data_mode=SIM)

    same = simulate(ThresholdProfile.load("cara"))
    assert (same["changed"], same["not_simulated"]) == (0, 0)
    assert same["assessments"] > 20
    wide = simulate(propose(store).profile)
    assert wide["by_change"] == {"none -> watch": wide["changed"]}
    assert wide["changed"] == len(wide["changes"]) > 0
    assert all(each["probability"] >= 1e-9 for each in wide["changes"])
    blind = simulate_profile(store, ThresholdProfile.load("sds19"), is_deep_space=lambda text: None, data_mode=SIM)
    assert blind["not_simulated"] == blind["assessments"]
