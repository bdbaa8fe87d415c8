"""`mihari release`: draft, approve, publish, correct, withdraw and verify what others are told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from mihari.cli._options import AsJson, Mode, StoreFolder
from mihari.cli._release_keys import keys

if TYPE_CHECKING:
    from mihari.app.release_states import ReleaseState

__all__ = ["release"]

release = App(
    name="release",
    help="Tell others: draft, approve, publish together, correct, withdraw, verify. Every release is signed twice.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)
release.command(keys)

By = Annotated[str, Parameter(help="Who does it: a person's name.")]
Name = Annotated[str, Parameter(help="A release (R-...) or a group of releases (G-...).")]


@release.command
def draft(
    event: Annotated[str, Parameter(help="An event, or week:YYYY-MM-DD for statistics.")],
    /,
    *,
    audience: Annotated[
        tuple[str, ...], Parameter(negative="", help="Party, group or PUBLIC (repeatable: one moment for all).")
    ],
    product: Annotated[str, Parameter(help="What is made of it; release products lists them.")],
    by: By,
    reason: Annotated[str, Parameter(help="Why it is released. Default: for the safety of space flight.")] = "",
    embargo: Annotated[str | None, Parameter(help="UTC moment before which nothing is published.")] = None,
    needs: Annotated[tuple[str, ...], Parameter(negative="", help="Party whose go is needed (repeatable).")] = (),
    days: Annotated[float, Parameter(help="Days after which it is stale. Default: 7.")] = 7.0,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Draft a product of an event for one or several audiences. Nothing is sent."""
    from mihari.app.moment import moment_tai_ns
    from mihari.app.releases import open_desk
    from mihari.cli._open import data_mode
    from mihari.errors import UsageError

    if not 0.0 < days <= 3650.0:
        raise UsageError(f"{days} days", where="--days", remedy="give more than 0, at most 3650")
    states = open_desk(store).draft(
        event,
        audiences=audience,
        product=product,
        by=by,
        reason=reason,
        mode=data_mode(mode),
        embargo_tai_ns=None if embargo is None else moment_tai_ns(embargo, option="--embargo"),
        needs=needs,
        life_s=round(days * 86_400),
    )
    return _shown(states, as_json=as_json)


@release.command
def products(*, as_json: AsJson = False) -> int:
    """List the products and the kinds of events that they are made of."""
    from mihari.cli._show import print_json
    from mihari.release.products import product_names, product_template

    told = [product_template(name) for name in product_names()]
    if as_json:
        print_json(
            [
                {"product": t.name, "title": dict(t.title), "kinds": list(t.kinds), "draft_only": t.draft_only}
                for t in told
            ]
        )
    else:
        for each in told:
            print(f"{each.name:24} {each.title['en']} / {each.title['ja']}")
    return 0


@release.command
def approve(
    name: Name,
    /,
    *,
    by: By,
    role: Annotated[str, Parameter(help="In which role.")] = "",
    words: Annotated[str, Parameter(help="What the person says with it.")] = "",
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Approve a release, or every one of a group, as it stands. REAL ones want two persons, or say that one did."""
    from mihari.app.releases import open_desk

    return _shown(open_desk(store).approve(name, by=by, role=role, words=words), as_json=as_json)


@release.command
def ready(
    group: Annotated[str, Parameter(help="A group of releases.")],
    /,
    *,
    party: Annotated[str, Parameter(help="Whose word it is.")],
    by: By,
    no_go: Annotated[bool, Parameter(negative="", help="Say no-go: nothing is published until a go follows.")] = False,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Keep a party's go, or no-go, for the moment of a group."""
    from mihari.app.releases import Readiness, open_desk

    states = open_desk(store).ready(group, Readiness(party=party, person=by, is_go=not no_go))
    return _shown(states, as_json=as_json)


@release.command
def publish(name: Name, /, *, by: By, store: StoreFolder = None, as_json: AsJson = False) -> int:
    """Publish a group at one moment, all of it or nothing."""
    from mihari.app.releases import open_desk

    return _shown(open_desk(store).publish(name, by=by), as_json=as_json)


@release.command
def withdraw(
    name: Annotated[str, Parameter(help="A published release.")],
    /,
    *,
    by: By,
    reason: Annotated[str, Parameter(help="Why.")],
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Take a release back: everyone who had it is told at once."""
    from mihari.app.releases import open_desk

    return _shown([open_desk(store).withdraw(name, by=by, reason=reason)], as_json=as_json)


@release.command
def correct(
    name: Annotated[str, Parameter(help="A published release.")],
    /,
    *,
    by: By,
    reason: Annotated[str, Parameter(help="What was wrong.")],
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Draft the correction of a release from what is known now; approve and publish it as any other."""
    from mihari.app.releases import open_desk

    return _shown(open_desk(store).correct(name, by=by, reason=reason), as_json=as_json)


@release.command
def consent(
    event: Annotated[str, Parameter(help="An event.")],
    /,
    *,
    originator: Annotated[str, Parameter(help="Whose data they are.")],
    audience: Annotated[str, Parameter(help="To whom they may go.")],
    by: By,
    mode: Mode,
    store: StoreFolder = None,
) -> int:
    """Record that an originator consents to its data of an event going to an audience."""
    from mihari.app.releases import open_desk
    from mihari.cli._open import data_mode
    from mihari.errors import UsageError

    chosen = data_mode(mode)
    if chosen is None:
        raise UsageError("a consent is of one data mode", where="--mode")
    open_desk(store).consent(event, originator=originator, audience=audience, by=by, mode=chosen)
    return 0


@release.command
def hear(name: Name, /, *, by: By, store: StoreFolder = None, as_json: AsJson = False) -> int:
    """Say that a person has heard the alarms of a release."""
    from mihari.app.releases import open_desk

    return _shown([open_desk(store).hear(name, by=by)], as_json=as_json)


@release.command(name="list")
def list_(*, store: StoreFolder = None, as_json: AsJson = False) -> int:
    """List releases with what became of them, alarms first."""
    from mihari.app.releases import open_desk

    states = sorted(open_desk(store).states(), key=lambda each: not each.alarms)
    return _shown(states, as_json=as_json)


@release.command
def show(
    name: Name,
    /,
    *,
    lang: Annotated[str, Parameter(help="en or ja. Default: en.")] = "en",
    out: Annotated[Path | None, Parameter(help="Write it: .html, .md, .pdf, .xml (CAP) or .json.")] = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Show one release as its audience reads it, or write it in a form that people read."""
    from mihari.app.release_forms import write_release
    from mihari.app.releases import open_desk
    from mihari.cli._show import print_json
    from mihari.release.products import markdown_page

    desk = open_desk(store)
    state = desk.find(name)
    if out is not None:
        replaced = state.document["withdraws"] or state.document["supersedes"]
        earlier = None if replaced is None else desk.find(replaced).document
        write_release(state.document, out, lang=lang, earlier=earlier)
    if as_json:
        from mihari.app.release_states import state_document

        print_json(state_document(state))
    elif out is None:
        print(markdown_page(state.document, lang=lang), end="")
    return 0


@release.command
def drill(
    *,
    by: By,
    lost: Annotated[str | None, Parameter(help="In earnest: this key is lost. Default: rehearse on a copy.")] = None,
    words: Annotated[str, Parameter(help="What happened, for the revocation.")] = "",
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Replace the signing key as if it were lost, and say how long it took. Without --lost nothing changes."""
    from mihari.app.release_drill import drill_document, rehearse_drill
    from mihari.app.releases import open_desk
    from mihari.cli._show import print_json

    desk = open_desk(store)
    told = rehearse_drill(desk, by=by) if lost is None else drill_document(desk, lost, words=words, by=by)
    holds = told["old_ones_refused"] and told["new_ones_valid"]
    if as_json:
        print_json(told)
    else:
        what = "rehearsed on a copy, nothing was changed" if told["rehearsal"] else "done in earnest"
        print(f"{what}: {told['lost_key_id']} replaced by {told['new_key_id']}, {len(told['releases'])} signed again")
        print(f"took {told['took_s']:.1f} s, stated {told['stated_s']:.0f} s")
        print("old ones are refused, new ones are valid" if holds else "IT DOES NOT HOLD: see --json")
        if not told["rehearsal"]:
            print(f"give keys/public/{told['revocation']} and the new public key to everyone")
    return 0 if holds and told["within_stated"] else 1


@release.command
def verify(
    file: Annotated[Path, Parameter(help="A release, as a file.")],
    /,
    *,
    keys: Annotated[Path, Parameter(help="Folder of public keys that are trusted.")],
    audience: Annotated[str | None, Parameter(help="Refuse it unless it is for this party or group.")] = None,
    at: Annotated[str | None, Parameter(help="UTC moment of checking. Default: now.")] = None,
    sealing_key: Annotated[Path | None, Parameter(help="Private key that opens a sealed release.")] = None,
    as_json: AsJson = False,
) -> int:
    """Check a release with nothing but public keys. Exit code 0 only when it is valid."""
    from mihari.app.clock import system_clock_tai_ns
    from mihari.app.moment import moment_tai_ns
    from mihari.app.release_verify import verification_document, verify_file
    from mihari.cli._show import print_json

    moment = system_clock_tai_ns() if at is None else moment_tai_ns(at, option="--at")
    found = verify_file(file, keys=keys, at_tai_ns=moment, audience=audience, sealing_key=sealing_key)
    document = verification_document(found, at_tai_ns=moment)
    if as_json:
        print_json(document)
    else:
        _print_verification(document)
    return 0 if found.valid else 1


def _print_verification(document: dict[str, Any]) -> None:
    from mihari.cli._terminal import one_line

    print("valid" if document["valid"] else "NOT VALID")
    for reason in document["reasons"]:
        print(f"  {one_line(reason)}")
    for each in document["signatures"]:
        print(f"  {each['algorithm']:10} {one_line(each['key_id'])} {one_line(str(each['party']))} {each['valid']}")
    audience = one_line(str(document["audience"]))
    print(f"  for {audience}, until {document['expires_utc']}, replaces {document['supersedes'] or 'nothing'}")


def _shown(states: list[ReleaseState], *, as_json: bool) -> int:
    from mihari.app.release_states import state_document
    from mihari.cli._show import log_line, print_json

    documents = [state_document(each) for each in states]
    for each in documents:
        for words in each["alarms"]:
            log_line(f"ALARM {each['release_id']} ({each['product']} for {each['audience']}): {words}")
    if as_json:
        print_json({"releases": documents})
        return 0
    for each in documents:
        people = ", ".join(each["approvals"]) or "nobody"
        print(
            f"{each['release_id']}  {each['group_id']}  {each['status']:10} {each['data_mode']:9} "
            f"{each['product']} of {each['event_id']} for {each['audience']}; approved by {people}"
        )
    return 0
