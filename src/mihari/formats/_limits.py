"""How much a file may ask of the reader. Every bound exists because a hostile or broken file has none of its own."""

from __future__ import annotations

from dataclasses import dataclass

from mihari.errors import UsageError

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what one file may cost.

    Attributes
    ----------
    file_bytes : int
        Size of the file as it lies on disk.
    decompressed_bytes : int
        Size after decompression, all members of an archive together.
    decompression_ratio : int
        Decompressed over compressed size; counts only once more than 16 MiB came out.
    archive_members : int
        Files in one archive.
    container_depth : int
        Archives within archives.
    nesting_depth : int
        Levels of XML elements or JSON brackets.
    line_characters : int
        Length of one line of text, and of one XML text.
    rejections : int
        Bad records after which a file is given up as not being a catalogue.
    """

    file_bytes: int = 4 << 30
    decompressed_bytes: int = 4 << 30
    decompression_ratio: int = 250
    archive_members: int = 10_000
    container_depth: int = 3
    nesting_depth: int = 32
    line_characters: int = 65_536
    rejections: int = 100_000

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if getattr(self, name) < 1:
                raise UsageError(f"limit {name} is {getattr(self, name)}", remedy="limits are positive")
