"""Who we are to a source that wants a login: from the environment, else from the keyring, never kept or shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mihari.errors import SourceError

__all__ = ["PASSWORD_VARIABLE", "USER_VARIABLE", "Credentials", "find_credentials"]

USER_VARIABLE: Final = "MIHARI_SPACETRACK_USER"
PASSWORD_VARIABLE: Final = "MIHARI_SPACETRACK_PASSWORD"
_KEYRING_SERVICE: Final = "mihari-space-track"
_KEYRING_USER_ENTRY: Final = "user"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password. Neither ever appears in `repr`, a log, an error or a file."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(...)"


def find_credentials(environment: Mapping[str, str] | None = None) -> Credentials:
    """Return the credentials for Space-Track.

    First MIHARI_SPACETRACK_USER and MIHARI_SPACETRACK_PASSWORD; else, when the package keyring is installed, the
    entry `user` of the service `mihari-space-track` and the password stored under that user.

    Parameters
    ----------
    environment : mapping, optional
        Instead of the process's own environment.

    Raises
    ------
    SourceError
        There are none, or only half of them.
    """
    environment = os.environ if environment is None else environment
    user, password = environment.get(USER_VARIABLE), environment.get(PASSWORD_VARIABLE)
    if user and password:
        return Credentials(user, password)
    if user or password:
        missing = PASSWORD_VARIABLE if user else USER_VARIABLE
        raise SourceError(f"Space-Track needs a login and {missing} is not set", remedy=f"set {missing}")
    found = _from_keyring()
    if found is None:
        raise SourceError(
            "Space-Track needs a login and none is known",
            remedy=f"set {USER_VARIABLE} and {PASSWORD_VARIABLE}, or store them with the keyring command "
            f"(service {_KEYRING_SERVICE})",
        )
    return found


def _from_keyring() -> Credentials | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        user = keyring.get_password(_KEYRING_SERVICE, _KEYRING_USER_ENTRY)
        password = keyring.get_password(_KEYRING_SERVICE, user) if user else None
    except KeyringError as error:
        raise SourceError(
            f"the keyring cannot be read: {type(error).__name__}",
            remedy=f"unlock it, or set {USER_VARIABLE} and {PASSWORD_VARIABLE}",
        ) from None
    return Credentials(user, password) if user and password else None
