"""The policy desk: given an event, who is concerned, what may be relevant, which rung comes next; people's statements.

Everything that is returned here has passed the linter of texts. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from mihari.app.asset_register import asset_register, protection_statements
from mihari.app.policy_records import keep_policy_record, newest_records, policy_records
from mihari.app.release_register import not_known
from mihari.app.space_events import space_event_file
from mihari.astro.time import format_utc
from mihari.errors import InputError, MihariError, NotFoundError
from mihari.model._plain import from_plain, to_plain
from mihari.model.asset import Asset, ProtectionStatement, asset_document
from mihari.model.label import Label, join_labels
from mihari.model.party import PartyBook
from mihari.model.policy_record import IntentStatement, PolicyRecordKind, check_person
from mihari.model.provenance import DataMode
from mihari.model.space_event import SpaceEvent, event_document
from mihari.policy.assets import conflicts, statements_on, unknown_fields
from mihari.policy.consultation import (
    ConsultationStep,
    RungState,
    StepAction,
    concerns,
    next_rung,
    relevant_instruments,
    rung_of,
    rung_states,
)
from mihari.policy.events import event_rule, standing_words, status_words
from mihari.policy.instruments import instrument_document, load_instruments
from mihari.policy.language import Language, check_texts, lint_document
from mihari.store import EmbeddedStore, Store

__all__ = [
    "brief_document",
    "intent_statements",
    "record_consultation",
    "record_intent",
    "withdraw_intent",
]

_NOTE_EN: Final = (
    "This brief lists what may be relevant and who is concerned. It concludes nothing in law and nothing about why "
    "something happened, and it sends nothing."
)
_NOTE_JA: Final = (
    "本資料は関連し得るものと関係者を列挙するにとどまり、法的な結論も事象の理由についての結論も示さず、何も送信しない。"
)


def brief_document(
    store: Store,
    event_id: str,
    *,
    book: PartyBook,
    now_tai_ns: int,
    as_of_tai_ns: int | None = None,
    data_mode: DataMode | None = None,
) -> dict[str, Any]:
    """Return the consultation brief of an event.

    Raises
    ------
    NotFoundError
        There is no such event in this data mode.
    MihariError
        A text in it concludes what none may: a defect, since every door checks its texts.
    """
    file = space_event_file(store, event_id, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    event = file.newest
    mode = event.data_mode
    assets = asset_register(store, objects=event.objects, as_of_tai_ns=as_of_tai_ns, data_mode=mode)
    statements = protection_statements(store, as_of_tai_ns=as_of_tai_ns, data_mode=mode)
    involved = concerns(assets)
    instruments = load_instruments()
    shown = relevant_instruments(event, involved, instruments=instruments, book=book)
    states = rung_states(
        event,
        first_written_tai_ns=file.reports[0].written_tai_ns,
        concerned=frozenset(each.party for each in involved),
        steps=_steps(store, event_id, as_of_tai_ns=as_of_tai_ns, mode=mode),
        book=book,
        now_tai_ns=now_tai_ns,
    )
    coming = next_rung(states)
    names = {each.asset_id for each in assets}
    intents = intent_statements(store, event_id=event_id, as_of_tai_ns=as_of_tai_ns, data_mode=mode)
    rule = event_rule(event.kind)
    open_points = _not_known(event, unknown=[each.asset_id for each in assets if unknown_fields(each)])
    document = {
        "event_id": event_id,
        "kind": event.kind.value,
        "kind_en": rule.words[Language.EN],
        "kind_ja": rule.words[Language.JA],
        "status": event.status.value,
        "status_en": status_words(event.status, lang=Language.EN),
        "status_ja": status_words(event.status, lang=Language.JA),
        "standing_en": standing_words(event, lang=Language.EN),
        "standing_ja": standing_words(event, lang=Language.JA),
        "data_mode": mode.value,
        "label": str(_joint_label(event, assets, statements, intents)),
        "made_utc": format_utc(now_tai_ns, digits=3),
        "event": event_document(event),
        "assets": [
            {
                **asset_document(each),
                "unknown": list(unknown_fields(each)),
                "statements": [_statement(one) for one in statements_on(each, statements)],
            }
            for each in assets
        ],
        "without_statement": [each.asset_id for each in assets if not each.protecting_parties],
        "conflicts": [
            {"asset_id": each.asset_id, "reason_en": each.reason_en, "reason_ja": each.reason_ja}
            for each in conflicts(statements)
            if each.asset_id in names
        ],
        "concerned": [
            {"party": each.party, "role_en": each.role_en, "role_ja": each.role_ja, "asset_id": each.asset_id}
            for each in involved
        ],
        "may_be_relevant": [
            {**instrument_document(each.instrument), "reason_en": each.reason_en, "reason_ja": each.reason_ja}
            for each in shown
        ],
        "next_rung": None if coming is None else _rung(coming),
        "ladder": [_rung(each) for each in states],
        "intent_statements": [_intent(each) for each in intents],
        "not_known_en": [en for en, _ in open_points],
        "not_known_ja": [ja for _, ja in open_points],
        "note_en": _NOTE_EN,
        "note_ja": _NOTE_JA,
    }
    found = lint_document(document)
    if found:
        raise MihariError(
            f"the brief says what it must not: {found[0].text()}", where=event_id, remedy="please report this defect"
        )
    return document


def record_consultation(
    store: EmbeddedStore,
    event_id: str,
    *,
    rung_id: str,
    action: StepAction,
    text: str,
    written_by: str,
    data_mode: DataMode | None,
    now_tai_ns: int,
) -> ConsultationStep:
    """Keep what a named person did about a rung of an event.

    Raises
    ------
    NotFoundError
        No such event or rung.
    InputError
        No person, no text, or a text that concludes what none may.
    """
    author = check_person(written_by, where="--by")
    rung = rung_of(rung_id)
    event = space_event_file(store, event_id, data_mode=data_mode).newest
    if not text.strip():
        raise InputError("is empty", where="--text", remedy=f"record {rung.record_en}")
    check_texts({"--text": text}, remedy="record what was done and said; words of a party go into its own statement")
    keep_policy_record(
        store,
        kind=PolicyRecordKind.CONSULTATION,
        subject_id=f"{event_id}/{rung.rung_id}",
        document={"event_id": event_id, "rung_id": rung.rung_id, "action": action.value, "text": text},
        written_by=author,
        label=event.label,
        data_mode=event.data_mode,
        now_tai_ns=now_tai_ns,
    )
    return ConsultationStep(
        rung_id=rung.rung_id, action=action, text=text, written_by=author, written_tai_ns=now_tai_ns
    )


def record_intent(
    store: EmbeddedStore,
    event_id: str,
    *,
    author: str,
    text: str,
    grounds: str,
    label: Label,
    data_mode: DataMode | None,
    now_tai_ns: int,
) -> IntentStatement:
    """Keep a named person's statement of why something happened; it is theirs, shown as a quotation, withdrawable."""
    event = space_event_file(store, event_id, data_mode=data_mode).newest
    written = intent_statements(store, event_id=event_id, data_mode=event.data_mode)
    statement = IntentStatement(
        statement_id=f"{event_id}/intent-{len(written) + 1}",
        event_id=event_id,
        author=author,
        quotation=text,
        grounds=grounds,
        written_tai_ns=now_tai_ns,
        label=label,
        data_mode=event.data_mode,
    )
    check_texts({"grounds": grounds}, remedy="grounds are facts: say what was measured, by whom and when")
    return _keep_intent(store, statement, now_tai_ns=now_tai_ns)


def withdraw_intent(
    store: EmbeddedStore, statement_id: str, *, author: str, data_mode: DataMode | None, now_tai_ns: int
) -> IntentStatement:
    """Mark a statement of intent as withdrawn; only its author may, and it stays visible as withdrawn.

    Raises
    ------
    NotFoundError
        There is no such statement.
    InputError
        Somebody else wrote it.
    """
    known = policy_records(store, PolicyRecordKind.INTENT_STATEMENT, subject_id=statement_id, data_mode=data_mode)
    if not known:
        raise NotFoundError(f"there is no statement {statement_id!r}", where="--withdraw")
    before = from_plain(IntentStatement, known[-1].document, where="statement")
    if check_person(author, where="--by").casefold() != before.author.strip().casefold():
        raise InputError(f"{before.author} wrote it", where="--by", remedy="only its author withdraws a statement")
    withdrawn = IntentStatement(
        statement_id=before.statement_id,
        event_id=before.event_id,
        author=before.author,
        quotation=before.quotation,
        grounds=before.grounds,
        written_tai_ns=now_tai_ns,
        label=before.label,
        data_mode=before.data_mode,
        withdrawn=True,
        supersedes=known[-1].record_id,
    )
    return _keep_intent(store, withdrawn, now_tai_ns=now_tai_ns)


def intent_statements(
    store: Store, *, event_id: str, as_of_tai_ns: int | None = None, data_mode: DataMode | None = None
) -> tuple[IntentStatement, ...]:
    """Return the statements of people about an event, withdrawn ones too."""
    found = newest_records(store, PolicyRecordKind.INTENT_STATEMENT, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    told = [from_plain(IntentStatement, each.document, where="statement") for each in found.values()]
    return tuple(each for each in told if each.event_id == event_id)


def _keep_intent(store: EmbeddedStore, statement: IntentStatement, *, now_tai_ns: int) -> IntentStatement:
    keep_policy_record(
        store,
        kind=PolicyRecordKind.INTENT_STATEMENT,
        subject_id=statement.statement_id,
        document=to_plain(statement),
        written_by=statement.author,
        label=statement.label,
        data_mode=statement.data_mode,
        now_tai_ns=now_tai_ns,
    )
    return statement


def _steps(store: Store, event_id: str, *, as_of_tai_ns: int | None, mode: DataMode) -> Sequence[ConsultationStep]:
    found = policy_records(store, PolicyRecordKind.CONSULTATION, as_of_tai_ns=as_of_tai_ns, data_mode=mode)
    return [
        ConsultationStep(
            rung_id=each.document["rung_id"],
            action=StepAction(each.document["action"]),
            text=each.document["text"],
            written_by=each.written_by,
            written_tai_ns=each.written_tai_ns,
        )
        for each in found
        if each.document["event_id"] == event_id
    ]


def _joint_label(
    event: SpaceEvent,
    assets: Sequence[Asset],
    statements: Sequence[ProtectionStatement],
    intents: Sequence[IntentStatement],
) -> Label:
    """What is made of several records goes to no more than those who may see all of them."""
    names = {each.asset_id for each in assets}
    operators = frozenset(each.operator for each in assets if each.operator is not None)
    labels = [event.label, *(each.label for each in assets), *(each.label for each in intents)]
    labels += [each.label for each in statements if names & set(each.asset_ids)]
    return join_labels(replace(each, audience=each.audience.resolved(operators)) for each in labels)


def _rung(state: RungState) -> dict[str, Any]:
    rung = state.rung
    return {
        "rung_id": rung.rung_id,
        "name_en": rung.name_en,
        "name_ja": rung.name_ja,
        "owner": rung.owner,
        "due_utc": format_utc(state.due_tai_ns, digits=3),
        "is_overdue": state.is_overdue,
        "standing": state.standing,
        "reason_en": state.reason_en,
        "instruments": list(rung.instruments),
        "entry_facts_en": list(rung.entry_facts_en),
        "entry_facts_ja": list(rung.entry_facts_ja),
        "record_en": rung.record_en,
        "record_ja": rung.record_ja,
        "steps": [
            {
                "action": each.action.value,
                "text": each.text,
                "written_by": each.written_by,
                "written_utc": format_utc(each.written_tai_ns, digits=3),
            }
            for each in state.steps
        ],
    }


def _statement(statement: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in to_plain(statement).items()
        if name in (
            "statement_id", "party", "instrument_id", "justification_en", "justification_ja", "quotation", "capability",
            "status", "source", "entered_by", "withdrawn",
        )
    }  # fmt: skip


def _intent(statement: IntentStatement) -> dict[str, Any]:
    """A withdrawn statement keeps its place and its author, and loses its words."""
    told = to_plain(statement)
    if statement.withdrawn:
        told["quotation"] = None
    return told


def _not_known(event: SpaceEvent, *, unknown: Sequence[str]) -> list[tuple[str, str]]:
    """What is not known, in English and Japanese."""
    fields = [(f"fields of the register for {name}", f"登録簿における {name} の項目") for name in unknown]
    return [*((en, ja) for _, en, ja in not_known(event)), *fields]
