"""The session of a source that wants a login: one login, used again until it ends.

The session cookie lies in a file of its own that only its owner can read, because each login costs the source and
the user's limits more than a query does. The user's name is kept only as a salted digest, to notice another user.
"""

from __future__ import annotations

import json
import os
import secrets
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mihari.app.fetch._answer import is_rate_limit, retry_after_s
from mihari.app.fetch._client import PoliteClient
from mihari.app.fetch._credentials import Credentials
from mihari.app.fetch._ledger import Ledger
from mihari.app.fetch._sources import SOURCE_RULES, Source
from mihari.errors import SourceError

if TYPE_CHECKING:
    from mihari.app.clock import Clock

__all__ = ["Session"]

_LOGIN_PATH: Final = "/ajaxauth/login"
_REFUSED_WAIT_S: Final = 300.0  # a source locks an account after a few wrong passwords
_RATE_LIMIT_WAIT_S: Final = 3600.0


class Session:
    """The login to one source."""

    def __init__(
        self,
        client: PoliteClient,
        source: Source,
        *,
        credentials: Credentials,
        state_dir: Path,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self._client = client
        self._source = source
        self._credentials = credentials
        self._path = state_dir / f"{source.value}.session"
        self._ledger = ledger
        self._clock = clock

    def open(self) -> bool:
        """Use the kept session, else log in. Returns True when the session is a kept one, which may have ended."""
        kept = self._read()
        if kept is not None:
            self._client.set_cookies(kept)
            return True
        self.log_in()
        return False

    def log_in(self) -> None:
        """Log in once and keep the session.

        Raises
        ------
        SourceError
            The source does not accept the user and password, or answers something else.
        """
        self._path.unlink(missing_ok=True)
        self._client.set_cookies({})
        name = self._source.value
        answer = self._client.post_form(
            f"https://{SOURCE_RULES[self._source].host}{_LOGIN_PATH}",
            form={"identity": self._credentials.user, "password": self._credentials.password},
            note="login",
        )
        if is_rate_limit(answer):
            wait_s = retry_after_s(answer, otherwise_s=_RATE_LIMIT_WAIT_S)
            self._ledger.pause(self._source, wait_s=wait_s, reason="it said that it was asked too often")
            raise SourceError(f"{name} says that it was asked too often, at the login")
        refused = answer.status in (401, 403) or (answer.status == 200 and b"failed" in answer.body[:4096].lower())
        if refused:
            self._ledger.pause(self._source, wait_s=_REFUSED_WAIT_S, reason="it refused the login")
            raise SourceError(
                f"{name} refused the login",
                remedy="check the user and the password; it is not asked again for "
                f"{_REFUSED_WAIT_S / 60:g} min, so that the account is not locked",
            )
        if answer.status != 200 or not self._client.cookies():
            self._ledger.pause(self._source, wait_s=_REFUSED_WAIT_S, reason="its login failed")
            # What it says is not quoted: an answer to a login may repeat the password.
            raise SourceError(f"{name} answered the login with status {answer.status} and opened no session")
        self._write(self._client.cookies())

    def forget(self) -> None:
        """Drop a session that has ended."""
        self._path.unlink(missing_ok=True)

    def _user_digest(self, salt: str) -> str:
        return blake2b(self._credentials.user.encode(), key=bytes.fromhex(salt)).hexdigest()

    def _read(self) -> dict[str, str] | None:
        """Return the kept cookies, or None when there are none that may be used."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            age_ns = self._clock() - int(kept["opened_tai_ns"])
            mine = kept["user_digest"] == self._user_digest(kept["salt"])
            cookies = {str(name): str(value) for name, value in kept["cookies"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        fresh = 0 <= age_ns < SOURCE_RULES[self._source].session_s * 1e9
        return cookies if fresh and mine and cookies else None

    def _write(self, cookies: dict[str, str]) -> None:
        salt = secrets.token_hex(16)
        kept = {
            "opened_tai_ns": self._clock(),
            "salt": salt,
            "user_digest": self._user_digest(salt),
            "cookies": cookies,
        }
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            json.dump(kept, file)
        part.replace(self._path)
