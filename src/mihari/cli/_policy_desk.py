"""`mihari policy assets|protection|instruments|brief|consult|statement|lint`: the policy desk on the command line."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mihari.cli._options import AsJson, AsOf, Mode, StoreFolder

__all__ = ["assets", "brief", "consult", "instruments", "lint", "protection", "statement"]

By = Annotated[str | None, Parameter(name="--by", help="Who writes: a person's name.")]
LabelText = Annotated[str, Parameter(name="--label", help="Release label of what is written. Default: PUBLIC.")]
Parties = Annotated[Path | None, Parameter(name="--parties", help="The node's own parties, beside the packaged ones.")]


class LanguageName(Enum):
    """Languages as they are written on the command line."""

    EN = "en"
    JA = "ja"


class StepName(Enum):
    """What was done about a rung, as it is written on the command line."""

    OPENED = "opened"
    DONE = "done"
    SKIPPED = "skipped"


def assets(
    *,
    object: Annotated[  # noqa: A002
        tuple[int, ...],
        Parameter(name="--object", negative="", help="Catalogue number (repeatable). Default: entered."),
    ] = (),
    set: Annotated[  # noqa: A002
        str | None, Parameter(name="--set", allow_leading_hyphen=True, help="JSON file to enter, or -; needs --by.")
    ] = None,
    by: By = None,
    label: LabelText = "PUBLIC",
    as_of: AsOf = None,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Show the asset register, or enter what a named person knows; unknown is shown as unknown."""
    from mihari.app.asset_register import asset_register_document, enter_asset
    from mihari.app.json_files import read_json
    from mihari.app.moment import moment_tai_ns
    from mihari.app.node import node_over
    from mihari.cli._open import data_mode
    from mihari.cli._show import log_line, print_json
    from mihari.cli._show_policy import print_assets
    from mihari.model.label import parse_label
    from mihari.model.provenance import DataMode
    from mihari.store import StoreMode

    node = node_over(store)
    chosen = data_mode(mode)
    numbers: tuple[int, ...] | None = object or None
    if set is not None:
        with node.open_store(StoreMode.CREATE) as opened:
            entered = enter_asset(
                opened,
                read_json(set),
                written_by=by or "",
                label=parse_label(label),
                data_mode=chosen or opened.default_data_mode() or DataMode.REAL,
                now_tai_ns=node.now_tai_ns(),
            )
        log_line(f"{entered.asset_id} entered by {entered.written_by}")
        chosen = entered.data_mode
        numbers = None if entered.norad_cat_id is None else (entered.norad_cat_id,)
    with node.open_store(StoreMode.READ) as opened:
        document = asset_register_document(
            opened,
            objects=numbers,
            as_of_tai_ns=None if as_of is None else moment_tai_ns(as_of, option="--as-of"),
            data_mode=chosen,
        )
    if as_json:
        print_json(document)
    else:
        print_assets(document)
    return 0


def protection(
    *,
    add: Annotated[
        str | None, Parameter(allow_leading_hyphen=True, help="JSON file of a statement, or -; needs --by.")
    ] = None,
    withdraw: Annotated[str | None, Parameter(help="Statement to mark as withdrawn; needs --by.")] = None,
    by: By = None,
    label: LabelText = "PUBLIC",
    as_of: AsOf = None,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Show protection statements beside each other: conflicts, assets without one, who contributes what."""
    from mihari.app.asset_register import (
        enter_protection_statement,
        protection_document,
        withdraw_protection_statement,
    )
    from mihari.app.json_files import read_json
    from mihari.app.moment import moment_tai_ns
    from mihari.app.node import node_over
    from mihari.cli._open import data_mode
    from mihari.cli._show import log_line, print_json
    from mihari.cli._show_policy import print_protection
    from mihari.errors import UsageError
    from mihari.model.label import parse_label
    from mihari.model.provenance import DataMode
    from mihari.store import StoreMode

    if add is not None and withdraw is not None:
        raise UsageError("--add and --withdraw exclude each other", remedy="do one thing at a time")
    node = node_over(store)
    chosen = data_mode(mode)
    if add is not None or withdraw is not None:
        with node.open_store(StoreMode.CREATE) as opened:
            in_mode = chosen or opened.default_data_mode() or DataMode.REAL
            if add is not None:
                told = enter_protection_statement(
                    opened,
                    read_json(add),
                    written_by=by or "",
                    label=parse_label(label),
                    data_mode=in_mode,
                    now_tai_ns=node.now_tai_ns(),
                )
            else:
                told = withdraw_protection_statement(
                    opened, withdraw or "", written_by=by or "", data_mode=in_mode, now_tai_ns=node.now_tai_ns()
                )
        log_line(f"{told.statement_id} {'withdrawn' if told.withdrawn else 'entered'} by {told.entered_by}")
        chosen = told.data_mode
    with node.open_store(StoreMode.READ) as opened:
        document = protection_document(
            opened,
            as_of_tai_ns=None if as_of is None else moment_tai_ns(as_of, option="--as-of"),
            data_mode=chosen,
        )
    if as_json:
        print_json(document)
    else:
        print_protection(document)
    return 0


def instruments(
    name: Annotated[str | None, Parameter(help="One instrument by its id. Default: all.")] = None,
    /,
    *,
    as_json: AsJson = False,
) -> int:
    """List instruments: treaties, statements, guidelines, laws, each with nature, source and whether it was checked."""
    from mihari.cli._show import print_json
    from mihari.cli._show_policy import print_instruments
    from mihari.policy.instruments import instrument_document, load_instruments

    book = load_instruments()
    shown = [book.get(name)] if name is not None else list(book.instruments.values())
    document = {"version": book.version, "instruments": [instrument_document(each) for each in shown]}
    if as_json:
        print_json(document)
    else:
        print_instruments(document)
    return 0


def brief(
    event: Annotated[str, Parameter(help="Name of the event, as events list gives it.")],
    /,
    *,
    parties: Parties = None,
    as_of: AsOf = None,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Say whose assets an event concerns, which instruments may be relevant, and which rung of consultation is next."""
    from mihari.app.moment import moment_tai_ns
    from mihari.app.node import open_node
    from mihari.app.policy_desk import brief_document
    from mihari.cli._open import data_mode
    from mihari.cli._show import print_json
    from mihari.cli._show_policy import print_brief
    from mihari.policy.access import load_parties
    from mihari.store import StoreMode

    with open_node(store, create=False) as node, node.open_store(StoreMode.READ) as opened:
        document = brief_document(
            opened,
            event,
            book=load_parties(parties),
            now_tai_ns=node.now_tai_ns(),
            as_of_tai_ns=None if as_of is None else moment_tai_ns(as_of, option="--as-of"),
            data_mode=data_mode(mode),
        )
    if as_json:
        print_json(document)
    else:
        print_brief(document)
    return 0


def consult(
    event: Annotated[str, Parameter(help="Name of the event.")],
    /,
    *,
    rung: Annotated[str, Parameter(help="Rung of the ladder, as brief names it.")],
    action: Annotated[StepName, Parameter(help="What was done.")],
    text: Annotated[str, Parameter(help="The record: who, when, by which means, what was answered.")],
    by: By = None,
    store: StoreFolder = None,
    mode: Mode = None,
) -> int:
    """Record what a named person did about a rung of consultation; the program itself contacts nobody."""
    from mihari.app.node import open_node
    from mihari.app.policy_desk import record_consultation
    from mihari.cli._open import data_mode
    from mihari.cli._show import log_line
    from mihari.policy.consultation import StepAction
    from mihari.store import StoreMode

    with open_node(store, create=False) as node, node.open_store(StoreMode.WRITE) as opened:
        step = record_consultation(
            opened,
            event,
            rung_id=rung,
            action=StepAction(action.value.upper()),
            text=text,
            written_by=by or "",
            data_mode=data_mode(mode),
            now_tai_ns=node.now_tai_ns(),
        )
    log_line(f"{step.rung_id} {step.action.value.lower()}, recorded by {step.written_by}")
    return 0


def statement(
    event: Annotated[str, Parameter(help="Name of the event.")],
    /,
    *,
    text: Annotated[str | None, Parameter(help="What the author holds; kept as a quotation of theirs.")] = None,
    grounds: Annotated[str, Parameter(help="Facts that it rests on: what was measured, by whom, when.")] = "",
    withdraw: Annotated[str | None, Parameter(help="Statement that its author takes back.")] = None,
    by: By = None,
    label: LabelText = "PUBLIC",
    store: StoreFolder = None,
    mode: Mode = None,
) -> int:
    """Keep a named person's statement of why something happened, or let its author withdraw it. Never the machine's."""
    from mihari.app.node import open_node
    from mihari.app.policy_desk import record_intent, withdraw_intent
    from mihari.cli._open import data_mode
    from mihari.cli._show import log_line
    from mihari.errors import UsageError
    from mihari.model.label import parse_label
    from mihari.store import StoreMode

    if (text is None) == (withdraw is None):
        raise UsageError("give either --text or --withdraw", where="statement")
    with open_node(store, create=False) as node, node.open_store(StoreMode.WRITE) as opened:
        if withdraw is not None:
            told = withdraw_intent(
                opened, withdraw, author=by or "", data_mode=data_mode(mode), now_tai_ns=node.now_tai_ns()
            )
        else:
            told = record_intent(
                opened,
                event,
                author=by or "",
                text=text or "",
                grounds=grounds,
                label=parse_label(label),
                data_mode=data_mode(mode),
                now_tai_ns=node.now_tai_ns(),
            )
    log_line(f"{told.statement_id} {'withdrawn' if told.withdrawn else 'kept'}, by {told.author}")
    return 0


def lint(
    file: Annotated[str, Parameter(help="Text or JSON document, or -.", allow_leading_hyphen=True)],
    /,
    *,
    lang: Annotated[LanguageName, Parameter(help="Language of a text. Default: en.")] = LanguageName.EN,
    as_json: AsJson = False,
) -> int:
    """Say what a text must not say: conclusions in law, intent, likelihood with confidence. Exit code 0: nothing."""
    from mihari.app.json_files import lint_file
    from mihari.cli._show import print_json
    from mihari.cli._terminal import one_line
    from mihari.policy.language import Language

    found = lint_file(file, lang=Language(lang.value))
    if as_json:
        names = ("rule", "phrase", "sentence", "reason", "where")
        print_json({"findings": [{name: getattr(each, name) for name in names} for each in found]})
    else:
        for each in found:
            print(one_line(each.text()))
        if not found:
            print("nothing found")
    return 1 if found else 0
