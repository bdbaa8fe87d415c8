"""`mihari release keys`: making, listing, rotating and revoking the keys of the node."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mihari.cli._options import AsJson, StoreFolder

if TYPE_CHECKING:
    from mihari.app.releases import ReleaseDesk

__all__ = ["keys"]

keys = App(
    name="keys",
    help="Make, list, rotate and revoke the keys of this node.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)

Days = Annotated[float, Parameter(help="Days for which it is valid. Default: 730.")]


class ReasonName(Enum):
    """Why a key is revoked, as it is written on the command line."""

    SUPERSEDED = "superseded"
    RETIRED = "retired"
    COMPROMISED = "compromised"


@keys.command
def new(
    *,
    party: Annotated[str, Parameter(help="Whose keys they are, as parties are named in labels: JP, OP-JAXA.")],
    days: Days = 730.0,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Make a signing pair (Ed25519 and ML-DSA-65) and a sealing pair; give the files in keys/public to others."""
    desk, _, validity_s = _opened(store, days)
    made = desk.new_keys(party, validity_s=validity_s)
    return _told(made.key_id, as_json=as_json)


@keys.command
def rotate(
    *,
    party: Annotated[str | None, Parameter(help="Whose. Default: that of the node's only keys.")] = None,
    days: Days = 730.0,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> int:
    """Make the next pair, endorsed by the one that signs now; revoke the old one when all have the new one."""
    desk, now, validity_s = _opened(store, days)
    made = desk.keys.rotate(party=party, now_tai_ns=now, validity_s=validity_s)
    return _told(made.key_id, as_json=as_json)


@keys.command
def revoke(
    key_id: Annotated[str, Parameter(help="The key, as keys list names it.")],
    /,
    *,
    reason: Annotated[ReasonName, Parameter(help="compromised: what it signed before does not count either.")],
    words: Annotated[str, Parameter(help="What happened.")] = "",
    since: Annotated[str | None, Parameter(name="--from", help="UTC moment from which on. Default: now.")] = None,
    store: StoreFolder = None,
) -> int:
    """Write a signed revocation; give the file to everyone who has the key."""
    from mihari.app.moment import moment_tai_ns
    from mihari.release.signing import RevocationReason

    desk, now, _ = _opened(store, 1.0)
    path = desk.keys.revoke(
        key_id,
        reason=RevocationReason(reason.value),
        words=words,
        from_tai_ns=None if since is None else moment_tai_ns(since, option="--from"),
        now_tai_ns=now,
    )
    print(path)
    return 0


@keys.command(name="list")
def list_(*, store: StoreFolder = None, as_json: AsJson = False) -> int:
    """List the keys that are trusted here."""
    from mihari.cli._show import print_json
    from mihari.cli._terminal import one_line

    desk, now, _ = _opened(store, 1.0)
    listed = desk.keys.listing(now_tai_ns=now)
    if as_json:
        print_json({"keys": listed})
        return 0
    for each in listed:
        told = "counts" if each["counts_now"] else "does not count"
        own = "own" if each["own"] else "   "
        dates = f"{each['valid_from_utc']} to {each['valid_until_utc']}"
        print(f"{each['key_id']}  {own}  {each['party']:12} {dates}  {told}")
        for revoked in each["revocations"]:
            print(f"    revoked from {revoked['from_utc']}: {revoked['reason']} {one_line(revoked['words'])}")
    return 0


def _opened(store: Path | None, days: float) -> tuple[ReleaseDesk, int, int]:
    from mihari.app.clock import system_clock_tai_ns
    from mihari.app.releases import open_desk
    from mihari.errors import UsageError

    if not 0.0 < days <= 36_500.0:
        raise UsageError(f"{days} days", where="--days", remedy="give more than 0, at most 36500")
    return open_desk(store), system_clock_tai_ns(), round(days * 86_400)


def _told(key_id: str, *, as_json: bool) -> int:
    from mihari.cli._show import print_json

    if as_json:
        print_json({"key_id": key_id})
    else:
        print(key_id)
    return 0
