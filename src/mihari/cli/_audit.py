"""`mihari audit`: is the log whole, who knew what when, who released what to whom under which policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from mihari.cli._options import AsJson, StoreFolder

if TYPE_CHECKING:
    from mihari.release.signing import KeyRing

__all__ = ["audit"]

audit = App(
    name="audit",
    help="Read and check the append-only log of what was done: verify, show, who-knew, proof, root, witness.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)

KeysFolder = Annotated[
    Path | None, Parameter(name="--keys", help="Folder of public keys. Default: those that the store trusts.")
]
Out = Annotated[Path | None, Parameter(name="--out", help="File to write. Default: standard output.")]
Document = Annotated[Path, Parameter(help="JSON file.")]


@audit.command
def verify(
    path: Annotated[Path | None, Parameter(help="A log, or its folder. Default: that of the store.")] = None,
    /,
    *,
    roots: Annotated[
        tuple[Path, ...], Parameter(negative="", help="More signed roots, such as a witness kept (repeatable).")
    ] = (),
    keys: KeysFolder = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Check that nothing in the log was changed, taken away, put in or put elsewhere. Exit code 0 only when valid."""
    from mihari.app.audit import open_audit, verify_audit
    from mihari.app.clock import system_clock_tai_ns
    from mihari.cli._show import print_json

    log = path or open_audit(store).log.folder
    found = verify_audit(log, keys=_ring(keys, store), at_tai_ns=system_clock_tai_ns(), roots=roots)
    if as_json:
        print_json(found)
    elif found["valid"]:
        signed = f"{found['signed_entries']:,} under a signed root (signatures {found['signatures']})"
        print(f"valid: {found['entries']:,} entries, {signed}; root {found['root']}")
    else:
        fault = found["first_fault"]
        place = "" if fault["index"] is None else f" entry {fault['index']}"
        print(f"NOT VALID: {fault['where']}{place}: {fault['reason']}")
    return 0 if found["valid"] else 1


@audit.command
def show(
    *,
    kind: Annotated[str, Parameter(help="Entries whose kind begins so, such as release or exchange.")] = "",
    about: Annotated[str, Parameter(help="Entries that name this record, event, release or person.")] = "",
    party: Annotated[str, Parameter(help="Entries that name this party.")] = "",
    last: Annotated[int | None, Parameter(help="The last so many. Default: 50 for people, all with --json.")] = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Print entries, oldest first."""
    from mihari.app.audit import line_document, open_audit
    from mihari.cli._show import print_json
    from mihari.cli._terminal import one_line
    from mihari.errors import UsageError

    if last is not None and last < 0:
        raise UsageError(f"the last {last}", where="--last", remedy="give a number from 0 on")
    desk = open_audit(store)
    lines = desk.entries(kind=kind, about=about, party=party, last=last if as_json or last is not None else 50)
    if as_json:
        print_json({"entries": [line_document(line) for line in lines], "torn_bytes": desk.log.torn_bytes()})
        return 0
    for line in lines:
        told = {name: value for name, value in line.entry.items() if name not in ("kind", "at_utc")}
        print(one_line(f"{line.index:>6} {line.entry['at_utc']} {line.entry['kind']:<22} {json.dumps(told)}"))
    if torn := desk.log.torn_bytes():
        print(f"{torn} bytes behind the last line: an entry that was being written when its writer died")
    return 0


@audit.command(name="who-knew")
def who_knew(
    record: Annotated[str, Parameter(help="A record, event, release or bundle, by its name.")],
    /,
    *,
    at: Annotated[str | None, Parameter(name="--at", help="Only what happened until this UTC moment.")] = None,
    members: Annotated[bool, Parameter(negative="", help="Name the members of groups too.")] = False,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Say who could know a record, since when, by whose act and under which policy, as the log tells it."""
    from dataclasses import asdict

    from mihari.app.audit import open_audit
    from mihari.cli._show import print_json
    from mihari.cli._terminal import one_line
    from mihari.policy.access import load_parties

    found = open_audit(store).who_knew(record, at_utc=at, book=load_parties() if members else None)
    if as_json:
        print_json({"record": record, "known_by": [asdict(each) for each in found]})
        return 0
    for each in found:
        policy = f" under {each.policy_version}" if each.policy_version else ""
        print(one_line(f"{each.at_utc} {each.party:<12} {each.kind} by {each.actor}{policy} (entry {each.index})"))
    if not found:
        print("the log names nobody who was told")
    return 0


@audit.command
def proof(index: Annotated[int, Parameter(help="Number of an entry, from 0.")], /, *, store: StoreFolder = None) -> int:
    """Print an entry with the proof that it is in the log, as JSON that anybody can check."""
    from mihari.app.audit import open_audit
    from mihari.cli._show import print_json

    made = open_audit(store).proof(index)
    print_json(made)
    return 0 if made["holds"] else 1


@audit.command
def root(*, out: Out = None, store: StoreFolder = None) -> int:
    """Sign the root over all entries, keep it, and give it with the proof that the log only grew, for a witness."""
    from mihari.app.audit import open_audit
    from mihari.app.exchange_node import open_exchange

    node = open_exchange(store)
    _give(open_audit(store).sign(node.signing_key(), node_id=node.node_id), out)
    return 0


@audit.command
def witness(
    file: Document,
    /,
    *,
    own: Annotated[
        bool, Parameter(negative="", help="The file is what a witness signed about this node's log: keep it.")
    ] = False,
    out: Out = None,
    store: StoreFolder = None,
) -> int:
    """Witness the root of another node (what audit root printed there), or keep what one signed about this log."""
    from mihari.app.audit import open_audit
    from mihari.app.exchange_node import open_exchange
    from mihari.cli._show import print_json
    from mihari.release.signing import read_json_file

    node, desk, document = open_exchange(store), open_audit(store), read_json_file(file)
    if own:
        desk.add_witness(document, keys=node.keys.ring())
        print_json({"kept": True})
    else:
        _give(desk.witness(document, keys=node.keys.ring(), key=node.signing_key(), node_id=node.node_id), out)
    return 0


def _give(document: dict[str, Any], out: Path | None) -> None:
    """Print a document, or write it into a file."""
    from mihari.cli._show import print_json
    from mihari.formats import write_atomically

    if out is None:
        print_json(document)
    else:
        write_atomically(out, (json.dumps(document, indent=1) + "\n").encode())


def _ring(keys: Path | None, store: Path | None) -> KeyRing | None:
    from mihari.app.release_keys import KeyFolder
    from mihari.app.settings import store_path
    from mihari.release.signing import KeyRing

    if keys is not None:
        return KeyRing.read(keys)
    ring = KeyFolder(store_path(store) / "keys").ring()
    return ring if ring.keys else None
