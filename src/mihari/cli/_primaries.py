"""Catalogue numbers of primaries, from options and a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mihari.errors import InputError, UsageError
from mihari.ids import check_norad_cat_id

__all__ = ["read_primaries"]


def read_primaries(given: Iterable[str], file: Path | None) -> list[int] | None:
    """Return the numbers named in options and in the file, ascending; None when nothing was named.

    Raises
    ------
    UsageError
        A word is not a catalogue number, or the file names none.
    """
    given = list(given)
    if any(not text.replace(",", " ").split() for text in given):
        raise UsageError("names no catalogue number", where="--primary", remedy="give numbers like 25544")
    words = [(word, "--primary") for text in given for word in text.replace(",", " ").split()]
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"cannot be read as text: {getattr(error, 'strerror', None) or error}",
                where=str(file),
                remedy="give a text file with one number a line",
            ) from error
        for number, line in enumerate(lines, start=1):
            text = line.split("#", 1)[0].replace(",", " ")
            words += [(word, f"{file}:{number}") for word in text.split()]
    if not words:
        if file is not None:
            raise UsageError("names no catalogue number", where=str(file), remedy="one number a line")
        return None
    numbers = set()
    for word, place in words:
        if not word.isascii() or not word.isdigit():
            raise UsageError(f"{word!r} is not a catalogue number", where=place, remedy="give numbers like 25544")
        try:
            numbers.add(check_norad_cat_id(int(word)))
        except InputError as error:
            raise UsageError(error.what, where=place, remedy=error.remedy) from error
    return sorted(numbers)
