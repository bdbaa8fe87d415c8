"""Who is who on this node: local users and their tokens, in one file that only its owner can read.

A token is shown once. The file keeps its salted digest: a token is 256 random bits, which no dictionary holds, so a
fast digest is enough. Without any user the node belongs to whoever sits at it, on the loopback alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, final

from mihari.errors import InputError, NotFoundError, StoreAccessError
from mihari.ids import check_norad_cat_id
from mihari.model.party import PartyBook
from mihari.model.provenance import DataMode
from mihari.policy.access import Role, Viewer

__all__ = ["User", "UserFile", "users_path", "viewer_of"]

Randomness = Callable[[int], bytes]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_TOKEN: Final = re.compile(r"mihari_([0-9a-f]{16})_([0-9a-f]{64})")
_NO_DIGEST: Final = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person, or one program, that may ask.

    Attributes
    ----------
    name : str
    party : str
        As in labels.
    roles : tuple of str
    operates : tuple of int
        Catalogue numbers of the objects that the party operates.
    data_modes : tuple of str
        The worlds that it may look into.
    token_id : str
        The public part of the token.
    salt, digest : str
        Of the token, in hexadecimal.
    added_tai_ns : int
    revoked_tai_ns : int, optional
    """

    name: str
    party: str
    roles: tuple[str, ...]
    operates: tuple[int, ...]
    data_modes: tuple[str, ...]
    token_id: str
    salt: str
    digest: str
    added_tai_ns: int
    revoked_tai_ns: int | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(f"{self.name[:80]!r} is no user's name", remedy="letters, digits and . _ @ -")
        for number in self.operates:
            check_norad_cat_id(number)


def users_path(folder: Path) -> Path:
    """Return where the users of the store in a folder are kept."""
    return folder / "access" / "users.json"


def viewer_of(user: User, *, book: PartyBook, node_id: str = "") -> Viewer:
    """Return the viewer that a user is."""
    return Viewer(
        party=user.party,
        groups=book.groups_of(user.party),
        operates=frozenset(user.operates),
        roles=frozenset(Role(each) for each in user.roles),
        node_id=node_id,
        data_modes=frozenset(DataMode(each) for each in user.data_modes),
    )


@final
class UserFile:
    """The users of a node. Every question reads the file anew, so that a revoked token is refused at once."""

    def __init__(self, path: Path, *, randomness: Randomness = secrets.token_bytes) -> None:
        self.path = path
        self._randomness = randomness

    def users(self) -> tuple[User, ...]:
        """Return all users, revoked ones included, in the order of their adding.

        Raises
        ------
        StoreAccessError
            The file is there and cannot be understood: nobody is let in by it, and it is not taken for empty.
        """
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            return tuple(_user(each) for each in told["users"])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError, InputError) as error:
            raise StoreAccessError(
                f"the users cannot be read: {type(error).__name__}", where=self.path, remedy="restore the file"
            ) from error

    def add(
        self,
        name: str,
        *,
        party: str,
        roles: Collection[Role],
        operates: Collection[int] = (),
        data_modes: Collection[DataMode] = tuple(DataMode),
        now_tai_ns: int,
    ) -> str:
        """Add a user and return the token, which is kept nowhere.

        Raises
        ------
        InputError
            The name is taken, also by a revoked user: what it did stays its own.
        """
        token_id, secret, salt = (self._randomness(size).hex() for size in (8, 32, 16))
        Viewer(party=party)
        user = User(
            name=name,
            party=party,
            roles=tuple(sorted(role.value for role in roles)),
            operates=tuple(sorted(operates)),
            data_modes=tuple(sorted(mode.value for mode in data_modes)),
            token_id=token_id,
            salt=salt,
            digest=_digest(salt, secret),
            added_tai_ns=now_tai_ns,
        )
        with self._alone():
            known = self.users()
            if any(each.name == name for each in known):
                raise InputError(f"there is a user {name!r} already", remedy="choose another name")
            self._write((*known, user))
        return f"mihari_{token_id}_{secret}"

    def revoke(self, name: str, *, now_tai_ns: int) -> User:
        """Take a user's token away for good; the user stays in the file."""
        with self._alone():
            known = self.users()
            found = next((each for each in known if each.name == name), None)
            if found is None:
                raise NotFoundError(f"there is no user {name!r}", remedy="mihari policy user list names them")
            gone = found if found.revoked_tai_ns is not None else replace(found, revoked_tai_ns=now_tai_ns)
            self._write(tuple(gone if each is found else each for each in known))
        return gone

    def of_token(self, token: str) -> User | None:
        """Return whose token it is, None when it is nobody's or was revoked; takes the same time for any digest."""
        parts = _TOKEN.fullmatch(token)
        token_id, secret = parts.groups() if parts else ("", "")
        found = next((each for each in self.users() if each.token_id == token_id), None)
        expected = _NO_DIGEST if found is None else found.digest
        is_right = hmac.compare_digest(_digest("" if found is None else found.salt, secret), expected)
        return found if is_right and found is not None and found.revoked_tai_ns is None else None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, users: tuple[User, ...]) -> None:
        text = json.dumps({"version": 1, "users": [asdict(each) for each in users]}, indent=1)
        new = self.path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        new.replace(self.path)


def _user(told: dict[str, Any]) -> User:
    for role in told["roles"]:
        Role(role)
    for mode in told["data_modes"]:
        DataMode(mode)
    lists = {name: tuple(told[name]) for name in ("roles", "operates", "data_modes")}
    return User(**{**told, **lists})


def _digest(salt: str, secret: str) -> str:
    return hashlib.sha256(f"mihari/token/1\n{salt}\n{secret}".encode()).hexdigest()
