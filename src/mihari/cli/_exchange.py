"""`mihari exchange`: records to and from partners' nodes, by file or over HTTP, and what one must know of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mihari.cli._exchange_partners import partners
from mihari.cli._exchange_requests import request
from mihari.cli._options import AsJson, Mode, StoreFolder

if TYPE_CHECKING:
    from mihari.app.exchange_import import ImportReport

__all__ = ["exchange"]

exchange = App(
    name="exchange",
    help="Exchange records with partners' nodes: each gets what its labels let it see, signed, and nothing else.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)
exchange.command(partners)
exchange.command(request)

Partner = Annotated[str, Parameter(help="A partner's node.")]


@exchange.command
def setup(
    node: Annotated[str, Parameter(help="Name of this node among nodes: small letters, digits, hyphens.")],
    /,
    *,
    party: Annotated[str, Parameter(help="Whose node it is, as in labels.")],
    store: StoreFolder = None,
) -> int:
    """Give this node its name, once."""
    from mihari.app.exchange_node import set_up_exchange

    set_up_exchange(store, node_id=node, party=party)
    print(f"this node is {node}, of {party}; mihari release keys new --party {party} makes its keys")
    return 0


@exchange.command
def export(
    file: Annotated[Path, Parameter(help="File to write.")],
    /,
    *,
    partner: Partner,
    again: Annotated[int | None, Parameter(help="Write the bundle of this number once more.")] = None,
    most: Annotated[int | None, Parameter(help="Records in it at most.")] = None,
    mode: Mode = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Write the next bundle for a partner, if there is anything new. It is one way: no answer is needed."""
    from mihari.app.exchange_export import ExportReport, export_bundle, export_document, resend
    from mihari.app.exchange_node import open_exchange
    from mihari.cli._open import data_mode
    from mihari.cli._show import print_json
    from mihari.errors import UsageError
    from mihari.formats import write_atomically

    if most is not None and most < 1:
        raise UsageError(f"{most} records", where="--most", remedy="give 1 or more")
    node = open_exchange(store)
    if again is None:
        report, data = export_bundle(node, partner, mode=data_mode(mode), most=most)
    else:
        data = resend(node, partner, again)
        report = ExportReport(partner, sequence=again, size_bytes=len(data))
    if data is not None:
        write_atomically(file, data)
    if as_json:
        print_json(export_document(report))
        return 0
    if data is None:
        print(f"nothing new for {partner}")
    else:
        print(f"bundle {report.sequence} for {partner}: {report.accepted:,} records, {report.size_bytes:,} bytes")
    for reason, count in report.withheld.items():
        print(f"  withheld {count:,}: {reason}")
    if report.remaining:
        print(f"  {report.remaining:,} wait for the next bundle")
    return 0


@exchange.command(name="import")
def import_(
    file: Annotated[Path, Parameter(help="File of a partner.")],
    /,
    *,
    partner: Partner,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Take a bundle from a partner. Exit code 0 only when nothing was set aside or rejected."""
    from mihari.app.exchange_import import import_bundle, import_document
    from mihari.app.exchange_node import open_exchange
    from mihari.cli._show import print_json
    from mihari.errors import InputError
    from mihari.release.exchange import BundleLimits

    node = open_exchange(store)
    try:
        with file.open("rb") as stream:
            data = stream.read(BundleLimits().bytes + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(file)) from error
    report = import_bundle(node, data, partner=partner)
    if as_json:
        print_json(import_document(report))
    else:
        _print_import(report)
    return 0 if report.is_clean else 1


@exchange.command
def sync(
    url: Annotated[str | None, Parameter(help="Where the partner's node listens. Default: as it was entered.")] = None,
    /,
    *,
    partner: Partner,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Bring a partner what waits for it and fetch what waits there. Exit code 0 only when all of it was taken."""
    from mihari.app.exchange_node import open_exchange
    from mihari.app.exchange_wire import sync as sync_with
    from mihari.cli._show import print_json

    report = sync_with(open_exchange(store), partner, url=url)
    if as_json:
        print_json(report.document())
    else:
        print(f"{partner}: {report.pushed_bundles} bundles brought, {report.pulled_bundles} fetched")
        for each in report.imports:
            _print_import(each)
        for reason in report.refused_there:
            print(f"  not taken there: {reason}")
    return 0 if report.is_clean else 1


@exchange.command
def alarms(
    *,
    seen_by: Annotated[str | None, Parameter(help="Say that this person has seen them.")] = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """List what a person must see: forged, flooding, poisoned, contradicting bundles. Exit code 1 while any is new."""
    from mihari.app.exchange_node import open_exchange
    from mihari.astro.time import format_utc
    from mihari.cli._show import print_json
    from mihari.cli._terminal import one_line

    node = open_exchange(store)
    if seen_by is not None:
        with node.state.change() as change:
            change.see_alarms(by=seen_by)
        node.note("exchange.alarms-seen", actor=seen_by)
    found = node.state.alarms()
    if as_json:
        print_json(
            [
                {
                    "partner": each.partner,
                    "kind": each.kind,
                    "words": each.words,
                    "at_utc": format_utc(each.at_tai_ns, digits=3),
                    "seen_by": each.seen_by,
                    "evidence": each.evidence,
                }
                for each in found
            ]
        )
    else:
        for each in found:
            seen = f"seen by {each.seen_by}" if each.seen_by else "NOT SEEN"
            moment = format_utc(each.at_tai_ns, digits=0)
            print(one_line(f"{moment} {each.partner} {each.kind}: {each.words} ({seen})"))
    return 1 if any(each.seen_by is None for each in found) else 0


@exchange.command
def quarantine(
    *,
    partner: Annotated[str | None, Parameter(help="Of this partner only.")] = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """List what was set aside, and why."""
    from mihari.app.exchange_node import open_exchange
    from mihari.astro.time import format_utc
    from mihari.cli._show import print_json
    from mihari.cli._terminal import one_line

    found = open_exchange(store).state.quarantined(partner=partner)
    if as_json:
        print_json(
            [
                {
                    "number": each.number,
                    "partner": each.partner,
                    "sequence": each.sequence,
                    "reason": each.reason,
                    "at_utc": format_utc(each.at_tai_ns, digits=3),
                    "content": each.content[:10_000].decode("utf-8", "replace"),
                }
                for each in found
            ]
        )
    else:
        for each in found:
            print(one_line(f"{each.number} {each.partner} bundle {each.sequence}: {each.reason}"))
    return 0


@exchange.command
def consent(
    file: Annotated[Path, Parameter(help="Consent to write, or with --add one to keep.")],
    /,
    *,
    to: Annotated[str, Parameter(help="The party that this node's own records may go on to.")] = "",
    record: Annotated[tuple[str, ...], Parameter(negative="", help="Only this record (repeatable).")] = (),
    days: Annotated[float, Parameter(help="Days that it counts. Default: 30.")] = 30.0,
    words: Annotated[str, Parameter(help="Why.")] = "",
    add: Annotated[bool, Parameter(negative="", help="Keep a consent that an originator signed.")] = False,
    store: StoreFolder = None,
) -> int:
    """Sign that records under this party's originator control may go to a third party, or keep such a consent."""
    import json

    from mihari.app.exchange_node import open_exchange
    from mihari.errors import UsageError
    from mihari.formats import write_atomically
    from mihari.release.exchange import Consent, consent_document, consent_from_document
    from mihari.release.signing import read_json_file

    node = open_exchange(store)
    now = node.clock()
    if add:
        document = read_json_file(file)
        known = consent_from_document(document, keys=node.keys.ring(), at_tai_ns=now)
        node.keep_consent(document)
        print(f"{known.originator} consents that its records go to {known.recipient}")
        return 0
    if not to or not words or not 0.0 < days <= 3_650.0:
        raise UsageError("a consent needs --to, --words and a number of --days", where="--to")
    made = Consent(
        originator=node.party,
        recipient=to,
        record_ids=frozenset(record),
        words=words,
        written_tai_ns=now,
        expires_tai_ns=now + round(days * 86_400) * 1_000_000_000,
    )
    write_atomically(file, json.dumps(consent_document(made, key=node.signing_key()), indent=1).encode())
    node.note("exchange.consented", parties=[to], records=list(record), words=words)
    return 0


def _print_import(report: ImportReport) -> None:
    from mihari.cli._terminal import one_line

    number = "a bundle" if report.sequence is None else f"bundle {report.sequence}"
    print(
        one_line(
            f"{number} of {report.partner} ({report.outcome}): {report.accepted:,} accepted, "
            f"{report.duplicates:,} known, {report.quarantined:,} set aside, {report.rejected:,} rejected"
        )
    )
    for reason, count in report.reasons.items():
        print(one_line(f"  {count:,}: {reason}"))
    for alarm in report.alarms:
        print(one_line(f"  ALARM {alarm}"))
    if report.isolated:
        print(f"  {report.partner} is isolated: nothing passes until a person restores it")
