"""Strings of a segment: each distinct one once, read singly from a memory map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.store._kernels import NO_TEXT, copy_texts, text_size

__all__ = ["NO_TEXT", "TextTable", "decode_columns"]


@dataclass(frozen=True, slots=True)
class TextTable:
    """Distinct strings: number i is `blob[ends[i - 1]:ends[i]]` in UTF-8, with `ends[-1]` = 0 in front."""

    bounds: NDArray[np.int64]
    blob: NDArray[np.uint8]

    @classmethod
    def encode(cls, columns: Sequence[pl.Series]) -> tuple[TextTable, NDArray[np.int32]]:
        """Return the table of all strings in the columns, and an (n, columns) array of codes."""
        distinct = pl.concat([column.rename("text") for column in columns]).drop_nulls().unique(maintain_order=True)
        codes = np.full((len(columns[0]), len(columns)), NO_TEXT, dtype=np.int32)
        lookup = pl.DataFrame({"text": distinct}).with_row_index("code")
        for i, column in enumerate(columns):
            joined = pl.DataFrame({"text": column}).join(lookup, on="text", how="left", maintain_order="left")
            codes[:, i] = joined["code"].cast(pl.Int32).fill_null(NO_TEXT).to_numpy()
        encoded = [text.encode() for text in distinct.to_list()]
        bounds = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in encoded], out=bounds[1:])
        return cls(bounds, np.frombuffer(b"".join(encoded), dtype=np.uint8)), codes

    def texts(self, codes: NDArray[np.int32]) -> list[str]:
        """Return the strings of some codes one by one, empty ones for nulls."""
        blob = self.blob.tobytes()
        return ["" if code == NO_TEXT else blob[self.bounds[code] : self.bounds[code + 1]].decode() for code in codes]


def decode_columns(parts: Sequence[tuple[TextTable, NDArray[np.int64]]], codes: NDArray[np.int32]) -> list[pl.Series]:
    """Return one series of strings for each column of codes.

    Each part is a table and the rows that are read from it; every row belongs to one part.
    """
    rows, columns = codes.shape
    by_part = [np.ascontiguousarray(codes[place]) for _, place in parts]
    sizes = [text_size(table.bounds, own) for (table, _), own in zip(parts, by_part, strict=True)]
    gathered = np.empty(sum(sizes), dtype=np.uint8)
    where = np.empty((rows, columns), dtype=np.int64)
    begin = strings = 0
    for (table, place), own, size in zip(parts, by_part, sizes, strict=True):
        copy_texts(table.bounds, table.blob, own, gathered[begin : begin + size])
        where[place] = strings + np.arange(own.size).reshape(own.shape)
        begin, strings = begin + size, strings + own.size
    # Splitting one long string is many times faster than decoding many short ones; a string that holds the
    # separator itself shows in the count.
    texts: list[str] = gathered.tobytes().decode().split("\0")[:-1]
    if len(texts) != strings:
        texts = [text for (table, _), own in zip(parts, by_part, strict=True) for text in table.texts(own.ravel())]
    everything = pl.Series(texts, dtype=pl.String)
    decoded = []
    for i in range(columns):
        column, is_null = everything.gather(where[:, i]), codes[:, i] == NO_TEXT
        if is_null.any():
            column = pl.select(pl.when(pl.Series(~is_null)).then(column)).to_series()
        decoded.append(column)
    return decoded
