"""Strings of a segment: every string comes back, whatever it holds."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.store._text import TextTable, decode_columns

words = st.lists(st.none() | st.text(max_size=8), min_size=1, max_size=12)


@settings(deadline=None)
@given(columns=st.integers(1, 3).flatmap(lambda n: st.lists(words.map(lambda w: w[:1] * 4), min_size=n, max_size=n)))
def test_any_strings_and_nulls_come_back(columns: list[list[str | None]]) -> None:
    series = [pl.Series(values, dtype=pl.String) for values in columns]
    table, codes = TextTable.encode(series)
    decoded = decode_columns([(table, np.arange(len(series[0])))], codes)
    assert [one.to_list() for one in decoded] == columns


@pytest.mark.parametrize("awkward", ["", "a\0b", "\0", "物体", "é" * 40])
def test_awkward_strings_of_several_tables(awkward: str) -> None:
    first, codes_1 = TextTable.encode([pl.Series(["x", awkward, None])])
    second, codes_2 = TextTable.encode([pl.Series([None, "y"], dtype=pl.String)])
    codes = np.concatenate([codes_2[:1], codes_1, codes_2[1:]])
    parts = [(first, np.array([1, 2, 3])), (second, np.array([0, 4]))]
    (decoded,) = decode_columns(parts, codes)
    assert decoded.to_list() == [None, "x", awkward, None, "y"]


def test_equal_strings_are_kept_once() -> None:
    table, codes = TextTable.encode([pl.Series(["a", "b", "a"]), pl.Series(["b", "b", None])])
    assert table.bounds.tolist() == [0, 1, 2]
    assert table.blob.tobytes() == b"ab"
    assert codes.tolist() == [[0, 1], [1, 1], [0, -1]]


def test_no_rows_at_all() -> None:
    assert [one.to_list() for one in decode_columns([], np.empty((0, 2), dtype=np.int32))] == [[], []]
