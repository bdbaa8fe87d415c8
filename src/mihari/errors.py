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
    └── SourceError             a remote source refused, or politeness forbids asking now
"""

from __future__ import annotations

__all__ = [
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
    where : str, optional
        File, line, record, field or option it was found in.
    remedy : str, optional
        What the reader can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self.line())

    def line(self) -> str:
        """Return the error as the one line that a person reads."""
        text = f"{self.where}: {self.what}" if self.where else self.what
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
        self, what: str, *, candidates: list[str], where: str | None = None, remedy: str | None = None
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


class SourceError(MihariError):
    """A remote source refused, or politeness forbids asking it now."""

    exit_code = 6
