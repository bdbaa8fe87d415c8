"""`mihari policy user`: who may ask this node, and as whom."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mihari.cli._options import AsJson, ModeName, StoreFolder

if TYPE_CHECKING:
    from mihari.app.identity import UserFile

__all__ = ["add", "list_users", "revoke", "user"]

user = App(
    name="user",
    help="Users and their tokens. With the first one, the server asks everyone for a token.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)


class RoleName(Enum):
    """Roles as they are written on the command line."""

    WATCH_OFFICER = "WATCH_OFFICER"
    ANALYST = "ANALYST"
    POLICY_ADVISER = "POLICY_ADVISER"
    RELEASE_OFFICER = "RELEASE_OFFICER"
    AUDITOR = "AUDITOR"
    ADMIN = "ADMIN"
    GUEST = "GUEST"


@user.command
def add(
    name: Annotated[str, Parameter(help="Of the person or program.")],
    /,
    *,
    party: Annotated[str, Parameter(help="Party as in labels: JP, OP-JAXA, PUBLIC.")],
    role: Annotated[tuple[RoleName, ...], Parameter(negative="", help="Role (repeatable).")] = (RoleName.GUEST,),
    operates: Annotated[
        tuple[int, ...], Parameter(negative="", help="Catalogue number of an object it operates (repeatable).")
    ] = (),
    mode: Annotated[
        tuple[ModeName, ...], Parameter(negative="", help="Data mode it may look into (repeatable). Default: all.")
    ] = tuple(ModeName),
    store: StoreFolder = None,
) -> None:
    """Add a user and print the token, once: it is kept nowhere."""
    from mihari.app.clock import system_clock_tai_ns
    from mihari.cli._show import log_line
    from mihari.model.provenance import DataMode
    from mihari.policy.access import Role

    token = _users(store).add(
        name,
        party=party,
        roles=[Role(each.value) for each in role],
        operates=operates,
        data_modes=[DataMode(each.value) for each in mode],
        now_tai_ns=system_clock_tai_ns(),
    )
    log_line("this token is shown once; give it as Authorization: Bearer TOKEN")
    print(token)


@user.command(name="list")
def list_users(*, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """List the users, never their tokens."""
    from mihari.astro.time import format_utc
    from mihari.cli._show import print_json
    from mihari.cli._terminal import displayable, open_console

    told = [
        {
            "name": each.name,
            "party": each.party,
            "roles": list(each.roles),
            "operates": list(each.operates),
            "data_modes": list(each.data_modes),
            "added_utc": format_utc(each.added_tai_ns, digits=0),
            "revoked_utc": None if each.revoked_tai_ns is None else format_utc(each.revoked_tai_ns, digits=0),
        }
        for each in _users(store).users()
    ]
    if as_json:
        print_json({"users": told})
        return
    console = open_console()
    for each in displayable(told):
        gone = f", revoked {each['revoked_utc']}" if each["revoked_utc"] else ""
        console.print(f"{each['name']}: {each['party']}, {', '.join(each['roles'])}, since {each['added_utc']}{gone}")
    if not told:
        console.print("no users: whoever sits at this node sees all, on the loopback alone")


@user.command
def revoke(name: Annotated[str, Parameter(help="Of the user.")], /, *, store: StoreFolder = None) -> None:
    """Take a user's token away, from the next question on."""
    from mihari.app.clock import system_clock_tai_ns
    from mihari.cli._show import log_line

    _users(store).revoke(name, now_tai_ns=system_clock_tai_ns())
    log_line(f"{name} is let in no more")


def _users(store: Path | None) -> UserFile:
    from mihari.app.identity import UserFile, users_path
    from mihari.app.node import open_node

    folder = open_node(store, create=False).folder
    assert folder is not None
    return UserFile(users_path(folder))
