"""Collects the rejected records of one file and gives up on files that have nothing but them."""

from __future__ import annotations

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.model.intake import Rejection

__all__ = ["RejectionLog", "UnknownFormatError", "one_line", "shown"]

_SHOWN_CHARACTERS = 60
_REASON_CHARACTERS = 300


class UnknownFormatError(FormatError):
    """The content is of no format that is read."""


class RejectionLog:
    """The rejections of one file, in the order they were found."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self._found: list[Rejection] = []

    def add(self, line: int | None, field: str | None, reason: str) -> None:
        """Note one rejected record.

        Raises
        ------
        FormatError
            The file has more bad records than `Limits.rejections`.
        """
        if len(self._found) >= self.limits.rejections:
            raise FormatError(
                f"has more than {self.limits.rejections} bad records",
                where=self.file,
                remedy=f"the first is: {self._found[0].text()}",
            )
        self._found.append(Rejection(self.file, line, None if field is None else one_line(field), one_line(reason)))

    def __len__(self) -> int:
        return len(self._found)

    def in_order(self) -> tuple[Rejection, ...]:
        """Return the rejections by line; those without a line first."""
        return tuple(sorted(self._found, key=lambda rejection: rejection.line or 0))


def one_line(text: str) -> str:
    """Return text that quotes a file as it may stand in a message: no control characters, bounded."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else "?" for character in text)
    return text if len(text) <= _REASON_CHARACTERS else text[:_REASON_CHARACTERS] + "..."


def shown(text: str) -> str:
    """Return text from a file as it may stand in a message: printable and short."""
    short = text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "..."
    return repr(short)
