"""Reports about events: their form, what each kind must tell, updates, cancellation, and modes that never mix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.app.space_event_documents import all_events_document, space_event_file_document
from mihari.app.space_event_intake import ReportOutcome, keep_event, report_event
from mihari.app.space_events import space_event_file, space_events
from mihari.errors import InputError, MihariError, NotFoundError
from mihari.model.provenance import DataMode
from mihari.model.space_event import EventKind, EventStatus, event_document, event_from_document
from mihari.policy.events import check_event, event_rule, standing_words
from mihari.policy.language import Language
from mihari.store import SPACE_EVENTS, EmbeddedStore, StoreMode
from policy_support import EVIDENCE, FACTS, NOW, report

SIM = DataMode.SIMULATED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore.open(tmp_path / "store", mode=StoreMode.CREATE) as opened:
        yield opened


def tell(store: EmbeddedStore, document: dict[str, Any], *, later_s: int = 0) -> Any:
    return report_event(store, document, now_tai_ns=NOW + later_s * 1_000_000_000)


@pytest.mark.parametrize("kind", FACTS)
def test_every_kind_goes_in_and_comes_back_as_it_was(store: EmbeddedStore, kind: str) -> None:
    kept = tell(store, report(kind)).event
    assert space_event_file(store, kept.event_id, data_mode=SIM).newest == kept
    assert event_from_document(json.loads(json.dumps(event_document(kept)))) == kept


@pytest.mark.parametrize("kind", FACTS)
def test_every_needed_fact_is_needed(store: EmbeddedStore, kind: str) -> None:
    needed = [fact.name for fact in event_rule(EventKind(kind)).facts if fact.is_needed]
    assert needed
    for name in needed:
        facts = {other: value for other, value in FACTS[kind].items() if other != name}
        with pytest.raises(InputError, match=f"facts.{name}: is missing"):
            tell(store, report(kind, facts=facts))
    assert space_events(store, data_mode=SIM) == ()


@pytest.mark.parametrize(
    ("kind", "changes", "where"),
    [
        ("BREAKUP", {"objects": []}, "objects"),
        ("BREAKUP", {"evidence": []}, "evidence"),
        ("BREAKUP", {"next_update_utc": None}, "next_update_utc"),
        ("BREAKUP", {"facts": {**FACTS["BREAKUP"], "actor": "X"}}, "facts.actor"),
        ("INTERFERENCE", {"facts": {**FACTS["INTERFERENCE"], "own_fault_checks": []}}, "facts.own_fault_checks"),
        ("REENTRY", {"end_utc": None}, "end_utc"),
        ("REENTRY", {"facts": {**FACTS["REENTRY"], "ground_track": FACTS["REENTRY"]["ground_track"][:1]}}, "facts"),
        ("REENTRY", {"facts": {**FACTS["REENTRY"], "impact_latitude_deg": 3.0}}, "facts.impact_latitude_deg"),
        ("PROXIMITY", {"alternatives": []}, "alternatives"),
        ("PROXIMITY", {"objects": [5]}, "objects"),
        ("SPACE_WEATHER", {"facts": {**FACTS["SPACE_WEATHER"], "scale": "G9"}}, "facts.scale"),
        ("CYBER_OUTAGE", {"evidence": [{**EVIDENCE, "kind": "ANALYSIS"}]}, "evidence"),
        ("MANOEUVRE", {"facts": {"planned": True, "delta_v_rtn_m_s": [1.0]}}, "facts.delta_v_rtn_m_s"),
        ("MANOEUVRE", {"facts": {"planned": "yes"}}, "facts.planned"),
        ("LAUNCH", {"facts": {**FACTS["LAUNCH"], "objects_expected": -1}}, "facts.objects_expected"),
        ("BREAKUP", {"start_utc": "yesterday"}, "start_utc"),
        ("BREAKUP", {"end_utc": "2020-01-01"}, "end_utc"),
        ("BREAKUP", {"label": "SECRET"}, "SECRET"),
        ("BREAKUP", {"event_id": "a b"}, "event_id"),
        ("BREAKUP", {"written_utc": "2030-01-01T00:00:00Z"}, "written_utc"),
        ("BREAKUP", {"nonsense": 1}, "nonsense"),
        ("BREAKUP", {"objects": [0]}, "catalogue number"),
        ("BREAKUP", {"sources": []}, "sources"),
    ],
)
def test_what_is_wrong_is_named(store: EmbeddedStore, kind: str, changes: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError, match=where.replace(".", r"\.")):
        tell(store, report(kind, **changes))
    assert space_events(store, data_mode=SIM) == ()


def test_alternatives_sum_to_one_and_their_first_gives_the_term(store: EmbeddedStore) -> None:
    one = {"text_en": "a", "text_ja": "b", "probability": 0.6}
    with pytest.raises(InputError, match=r"sum to 1\.2"):
        tell(store, report(alternatives=[one, one]))
    other = {**one, "probability": 0.4}
    kept = tell(store, report(alternatives=[one, other])).event
    assert kept.likelihood is not None
    assert kept.likelihood.value == "likely"
    with pytest.raises(InputError, match="does not fit"):
        tell(store, report(event_id="X", alternatives=[one, other], likelihood="almost certain"))


def test_no_word_for_an_alternative_outside_the_table(store: EmbeddedStore) -> None:
    sure = {"text_en": "a", "text_ja": "b", "probability": 1.0}
    assert tell(store, report(alternatives=[sure])).event.likelihood is None


def test_conjunctions_are_not_reported_and_have_no_term(store: EmbeddedStore) -> None:
    with pytest.raises(InputError, match="messages, not as reports"):
        tell(store, {**report(), "kind": "CONJUNCTION", "facts": {}})
    with pytest.raises(InputError, match="never put into words"):
        tell(store, {**report(), "kind": "CONJUNCTION", "facts": {}, "likelihood": "likely"})


@pytest.mark.parametrize(
    "changes",
    [
        {"summary_en": "A hostile act."},
        {"summary_ja": "敵対的な行為。"},
        {"evidence": [{**EVIDENCE, "text": "This is an armed attack."}]},
        {"facts": {**FACTS["BREAKUP"], "cause": "Article V applies"}},
        {"alternatives": [{"text_en": "sabotage", "text_ja": "b", "probability": 1.0}]},
        {"confidence_basis": "It is likely, with high confidence."},
    ],
)
def test_no_report_concludes(store: EmbeddedStore, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"intent|in law|apart|table"):
        tell(store, report(**changes))


def test_updates_supersede_repeats_are_known_and_cancelling_ends(store: EmbeddedStore) -> None:
    first = tell(store, report()).event
    again = tell(store, report(written_by="Somebody else"), later_s=1)
    assert (again.outcome, again.event) == (ReportOutcome.DUPLICATE, first)
    second = tell(store, report(summary_en="More is known."), later_s=2).event
    assert (second.status, second.supersedes) == (EventStatus.UPDATED, first.record_id)
    assert tell(store, report(summary_en="More is known."), later_s=3).outcome is ReportOutcome.DUPLICATE
    with pytest.raises(InputError, match="known already"):
        tell(store, report(summary_en="Other.", status="NEW"), later_s=4)
    gone = tell(store, report(status="CANCELLED", next_update_utc=None, facts={}, evidence=[]), later_s=5).event
    file = space_event_file(store, first.event_id, data_mode=SIM)
    assert [each.record_id for each in file.reports] == [first.record_id, second.record_id, gone.record_id]
    assert file.heads == (gone,)
    with pytest.raises(InputError, match="was cancelled"):
        tell(store, report(summary_en="Back."), later_s=6)
    assert store.counts(SPACE_EVENTS)[SIM] == 3
    document = space_event_file_document(file, now_tai_ns=NOW)
    assert (document["status"], document["conflicts"], len(document["reports"])) == ("CANCELLED", 0, 3)


def test_nothing_is_cancelled_that_nobody_reported(store: EmbeddedStore) -> None:
    with pytest.raises(NotFoundError):
        tell(store, report(status="CANCELLED", next_update_utc=None))


def test_modes_never_mix_and_a_kind_stays(store: EmbeddedStore) -> None:
    tell(store, report())
    with pytest.raises(InputError, match="never mix"):
        tell(store, report(data_mode="REAL", summary_en="x"))
    with pytest.raises(InputError, match="of kind BREAKUP"):
        tell(store, {**report("LAUNCH"), "event_id": "SIM-BREAKUP-1"})
    with pytest.raises(InputError, match="was asked for"):
        report_event(store, report(event_id="Y"), now_tai_ns=NOW, data_mode=DataMode.REAL)
    tell(store, report("LAUNCH", event_id="R-1", data_mode="REAL"))
    assert [each["event_id"] for each in all_events_document(store, now_tai_ns=NOW)["events"]] == ["R-1"]


def test_reports_that_contradict_each_other_stand_side_by_side(store: EmbeddedStore) -> None:
    first = tell(store, report()).event
    for place in (1, 2):
        other = event_from_document(
            {
                **event_document(first),
                "record_id": None,
                "summary_en": f"Version {place}.",
                "status": "UPDATED",
                "supersedes": first.record_id,
                "written_utc": f"2026-12-01T0{place}:00:00Z",
            }
        )
        with store.transaction(learned_tai_ns=NOW) as transaction:
            keep_event(transaction, other, method="from a partner")
    file = space_event_file(store, first.event_id, data_mode=SIM)
    assert [each.summary_en for each in file.heads] == ["Version 1.", "Version 2."]
    assert all_events_document(store, now_tai_ns=NOW)["events"][0]["conflicts"] == 1


def test_an_update_that_is_overdue_shows(store: EmbeddedStore) -> None:
    tell(store, report())
    row = all_events_document(store, now_tai_ns=NOW)["events"][0]
    assert not row["is_overdue"]
    assert all_events_document(store, now_tai_ns=NOW + 7 * 3_600_000_000_000)["events"][0]["is_overdue"]


def test_one_line_of_evidence_makes_a_breakup_possible_only() -> None:
    one = event_from_document({**report(), "status": "NEW", "written_utc": "2026-12-01T00:00:00Z"})
    assert standing_words(one, lang=Language.EN).startswith("possible")
    more = [EVIDENCE, {**EVIDENCE, "source": "OP-Y"}]
    two = event_from_document({**report(evidence=more), "status": "NEW", "written_utc": "2026-12-01T00:00:00Z"})
    assert standing_words(two, lang=Language.EN) == "reported"
    same = [EVIDENCE, {**EVIDENCE, "source": " op-x "}]
    three = event_from_document({**report(evidence=same), "status": "NEW", "written_utc": "2026-12-01T00:00:00Z"})
    assert standing_words(three, lang=Language.EN).startswith("possible")


def test_a_record_id_is_of_its_content() -> None:
    whole = event_document(event_from_document({**report(), "status": "NEW", "written_utc": "2026-12-01T00:00:00Z"}))
    with pytest.raises(InputError, match="record_id"):
        event_from_document({**whole, "summary_en": "changed"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([*report(), "status", "likelihood", "confidence", "record_id", "x"]), JSON)
@settings(max_examples=250, deadline=None, derandomize=True)
def test_whatever_is_sent_is_read_or_refused(name: str, value: Any) -> None:
    document = {**report(), "status": "NEW", "written_utc": "2026-12-01T00:00:00Z", name: value}
    try:
        event = event_from_document(document)
        check_event(event)
    except MihariError:
        return
    assert event_from_document(json.loads(json.dumps(event_document(event)))) == event
