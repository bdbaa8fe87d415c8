"""What can go wrong, as one tree. Every message says what, where and what to do.

::

    MihariError
    ├── InputError              what the caller gave cannot be used
    │   ├── FormatError         a file or record is not what it should be
    │   └── UsageError          an argument or option is wrong
    ├── NotFoundError           nothing of that name
    ├── AmbiguousError          several things of that name
    ├── FrameMismatchError      states of one frame given where another is needed
    ├── DataGapError            an epoch outside a table (Earth orientation, space weather)
    ├── StoreError              the record store
    │   ├── StoreBusyError      another writer holds it
    │   ├── StoreVersionError   made by a newer version
    │   ├── StoreSpaceError     no space left, nothing was committed
    │   └── StoreAccessError    read-only, missing or not a store
    ├── AccessError             the asker may not do that
    └── SourceError             a remote source refused, or politeness forbids asking now
"""

from __future__ import annotations

from pathlib import PurePath

__all__ = [
    "AccessError",
    "AmbiguousError",
    "DataGapError",
    "FormatError",
    "FrameMismatchError",
    "InputError",
    "MihariError",
    "NotFoundError",
    "SourceError",
    "StoreAccessError",
    "StoreBusyError",
    "StoreError",
    "StoreSpaceError",
    "StoreVersionError",
    "UsageError",
]


class MihariError(Exception):
    """Base of all errors that Mihari raises on purpose.

    Parameters
    ----------
    what : str
        What is wrong, in plain words.
    where : str or PurePath, optional
        File, line, record, field or option it was found in. A place on this machine is given as a path: whoever sits
        at the machine reads it, and nobody else does.
    remedy : str, optional
        What the reader can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | PurePath | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.where = None if where is None else str(where)
        self.remedy = remedy
        self._is_place = isinstance(where, PurePath)
        super().__init__(self.line())

    @property
    def public_where(self) -> str | None:
        """`where` for readers elsewhere: without a place on this machine, and of a file no more than its name."""
        if self.where is None or self._is_place:
            return None
        return PurePath(self.where).name if PurePath(self.where).is_absolute() else self.where

    def line(self) -> str:
        """Return the error as the one line that a person at this machine reads."""
        return self._line(self.where)

    def public_line(self) -> str:
        """Return the error as one line for readers elsewhere."""
        return self._line(self.public_where)

    def _line(self, where: str | None) -> str:
        text = f"{where}: {self.what}" if where else self.what
        return f"{text} ({self.remedy})" if self.remedy else text


class InputError(MihariError):
    """What the caller gave cannot be used."""

    exit_code = 2


class FormatError(InputError):
    """A file or record is not what it should be."""


class UsageError(InputError):
    """An argument or option is wrong."""


class NotFoundError(MihariError):
    """Nothing of that name or number."""

    exit_code = 3


class AmbiguousError(MihariError):
    """Several things carry that name; `candidates` lists them."""

    exit_code = 4

    def __init__(
        self, what: str, *, candidates: list[str], where: str | PurePath | None = None, remedy: str | None = None
    ) -> None:
        self.candidates = candidates
        super().__init__(what, where=where, remedy=remedy)


class FrameMismatchError(MihariError):
    """States of one frame were given where another is needed; names both."""


class DataGapError(MihariError):
    """An epoch lies outside a table; the message names the table's span."""


class StoreError(MihariError):
    """The record store."""

    exit_code = 5


class StoreBusyError(StoreError):
    """Another writer holds the store."""


class StoreVersionError(StoreError):
    """The store was made by a newer version of Mihari."""


class StoreSpaceError(StoreError):
    """No space left; nothing of the batch was committed."""


class StoreAccessError(StoreError):
    """The folder is read-only, missing or not a store."""


class AccessError(MihariError):
    """Whoever asks may not do that; the message tells nothing of what they may not know."""

    exit_code = 7


class SourceError(MihariError):
    """A remote source refused, or politeness forbids asking it now."""

    exit_code = 6
