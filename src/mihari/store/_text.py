"""Strings of a segment: each distinct one once, read singly from a memory map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["NO_TEXT", "TextTable", "decode_columns"]

NO_TEXT: Final = -1
"""The code of a null."""


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

    def texts(self, codes: NDArray[np.int64]) -> list[str | None]:
        """Return the strings of some codes."""
        lows, highs = self.bounds[codes].tolist(), self.bounds[codes + 1].tolist()
        blob = self.blob.data
        return [
            None if code == NO_TEXT else str(blob[low:high], "utf-8")
            for code, low, high in zip(codes.tolist(), lows, highs, strict=True)
        ]


def decode_columns(tables: Sequence[TextTable], table: NDArray[np.int32], codes: NDArray[np.int32]) -> list[pl.Series]:
    """Return one series of strings for each column of codes, row i read from the table `table[i]`."""
    decoded = []
    for column in codes.T:
        both = (table.astype(np.int64) << 32) | (column.astype(np.int64) & 0xFFFFFFFF)
        distinct, inverse = np.unique(both, return_inverse=True)
        owner, code = distinct >> 32, (distinct & 0xFFFFFFFF).astype(np.uint32).view(np.int32).astype(np.int64)
        texts: list[str | None] = []
        cuts = np.flatnonzero(np.diff(owner)) + 1
        for part in np.split(np.arange(owner.size), cuts):
            if part.size:
                texts.extend(tables[int(owner[part[0]])].texts(code[part]))
        decoded.append(pl.Series(texts, dtype=pl.String).gather(inverse))
    return decoded
