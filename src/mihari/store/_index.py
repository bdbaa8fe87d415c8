"""The index of a segment of element sets: the same records, laid out for reading a few of many without Parquet.

An index is derived: it can be deleted and is rebuilt from its segment. It is a header (JSON with checksums) and plain
arrays that are memory-mapped: sorted keys to search, and fixed-width records to gather from.
"""

from __future__ import annotations

import json
import math
import mmap
import struct
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.model.orbit import ELEMENT_SET_SCHEMA
from mihari.model.provenance import PROVENANCE_SCHEMA
from mihari.policy.access import SeenLabels
from mihari.store._text import TextTable, decode_columns

__all__ = ["NEVER_TAI_NS", "ElementIndex", "IndexUnusableError", "gather", "sorted_keys"]

NUMBERS: Final = (
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_deg",
    "ra_of_asc_node_deg",
    "arg_of_pericenter_deg",
    "mean_anomaly_deg",
    "bstar_per_earth_radius",  # up to here the numbers of ELEMENT_SET_KEY
    "mean_motion_dot_rev_day2",
    "mean_motion_ddot_rev_day3",
)
INTEGERS: Final = ("ephemeris_type", "element_set_no", "rev_at_epoch")
TEXTS: Final = ("object_name", "object_id", "classification", "originator")

_NULL_I64: Final = np.iinfo(np.int64).min
_NULL_I32: Final = np.iinfo(np.int32).min
_NULL_F64: Final = np.array(0x7FF8_4D49_4841_5249, dtype=np.uint64).view(np.float64)[()]
"""Null as a float: a NaN whose payload no computation makes, so that a NaN in the message stays a NaN."""

_LEARNED: Final = list(PROVENANCE_SCHEMA).index("learned_tai_ns")
_LABEL: Final = list(PROVENANCE_SCHEMA).index("label")
NEVER_TAI_NS: Final = np.iinfo(np.int64).max
"""The moment of learning of what a viewer does not see: after every moment that can be asked about."""

_MAGIC: Final = b"MIHARIX2"
_PREFIX: Final = struct.Struct("<8sII")  # magic, length and CRC-32 of the JSON header
_ALIGN: Final = 64


class IndexUnusableError(Exception):
    """The index is missing, torn or of another segment: build it again."""


@dataclass(frozen=True, slots=True)
class ElementIndex:
    """The arrays of one segment, rows sorted by (catalogue number, epoch, moment of learning)."""

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    epoch_tai_ns: NDArray[np.int64]
    batch: NDArray[np.int32]
    numbers: NDArray[np.float64]
    creation_tai_ns: NDArray[np.int64]
    integers: NDArray[np.int32]
    texts: NDArray[np.int32]
    text_bounds: NDArray[np.int64]
    text_blob: NDArray[np.uint8]
    batches: tuple[tuple[Any, ...], ...]
    """The distinct provenances of the segment, as the columns of PROVENANCE_SCHEMA; `batch` counts in them."""
    batch_learned_tai_ns: NDArray[np.int64]

    @classmethod
    def build(cls, frame: pl.DataFrame) -> Self:
        """Return the index of a segment's sorted rows."""
        ids, starts = sorted_keys(frame["norad_cat_id"].to_numpy())
        provenance = list(PROVENANCE_SCHEMA)
        batches = frame.select(provenance).unique(maintain_order=True)
        coded = frame.select(provenance).join(
            batches.with_row_index("_batch"), on=provenance, how="left", nulls_equal=True, maintain_order="left"
        )
        table, texts = TextTable.encode([frame[name] for name in TEXTS])
        return cls(
            ids=ids,
            starts=starts,
            epoch_tai_ns=frame["epoch_tai_ns"].to_numpy(),
            batch=coded["_batch"].cast(pl.Int32).to_numpy(),
            numbers=np.column_stack([_filled(frame[name], _NULL_F64) for name in NUMBERS]),
            creation_tai_ns=_filled(frame["creation_tai_ns"], _NULL_I64),
            integers=np.column_stack([_filled(frame[name].cast(pl.Int32), _NULL_I32) for name in INTEGERS]),
            texts=texts,
            text_bounds=table.bounds,
            text_blob=table.blob,
            batches=tuple(batches.rows()),
            batch_learned_tai_ns=batches["learned_tai_ns"].to_numpy(),
        )

    @property
    def records(self) -> int:
        """Number of rows."""
        return int(self.epoch_tai_ns.size)

    @property
    def text_table(self) -> TextTable:
        """The strings."""
        return TextTable(self.text_bounds, self.text_blob)

    @property
    def labels(self) -> frozenset[str]:
        """The distinct labels of the rows."""
        return frozenset(batch[_LABEL] or "" for batch in self.batches)

    def batches_where(self, labels: Collection[str]) -> NDArray[np.bool_]:
        """Say of each batch whether its label is one of `labels`."""
        return np.array([(batch[_LABEL] or "") in labels for batch in self.batches], dtype=np.bool_)

    def seen_as(self, seen: SeenLabels, operates: Collection[int]) -> Self:
        """Return the index in which every row that is not seen has NEVER_TAI_NS as its moment of learning.

        Rows under a label that is seen only by operators count for the objects in `operates`: they move to a second
        copy of the batches. Nothing is copied but the batch numbers, and these only then.
        """
        always = self.batches_where(seen.always)
        if always.all():
            return self
        learned = np.where(always, self.batch_learned_tai_ns, NEVER_TAI_NS)
        as_operator = self.batches_where(seen.as_operator)
        if not as_operator.any() or not operates:
            return replace(self, batch_learned_tai_ns=learned)
        batch = self.batch.copy()
        own = np.flatnonzero(np.isin(self.ids, np.array(sorted(operates), dtype=np.int64)))
        for first, last in zip(self.starts[own], self.starts[own + 1], strict=True):
            part = batch[first:last]
            part[as_operator[part]] += len(self.batches)
        return replace(
            self,
            batch=batch,
            batches=self.batches * 2,
            batch_learned_tai_ns=np.concatenate([learned, self.batch_learned_tai_ns]),
        )

    def rows_of(self, norad_cat_id: int) -> NDArray[np.int64]:
        """Return the rows of one object."""
        i = int(np.searchsorted(self.ids, norad_cat_id))
        if i == self.ids.size or self.ids[i] != norad_cat_id:
            return np.empty(0, dtype=np.int64)
        return np.arange(self.starts[i], self.starts[i + 1])

    def serialised(self, *, segment_sha256: str) -> Iterator[bytes | memoryview]:
        """Yield the bytes of the file."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self) if field.name in _ARRAYS}
        described: dict[str, Any] = {}
        offset, checksum = 0, 0
        for name, array in arrays.items():
            described[name] = {"dtype": array.dtype.str, "shape": array.shape, "offset": offset}
            raw = np.ascontiguousarray(array).data.cast("B") if array.size else memoryview(b"")
            checksum = zlib.crc32(_padding(raw.nbytes), zlib.crc32(raw, checksum))
            offset += raw.nbytes + len(_padding(raw.nbytes))
        header = json.dumps(
            {
                "arrays": described,
                "batches": self.batches,
                "body_crc32": checksum,
                "body_bytes": offset,
                "segment_sha256": segment_sha256,
            }
        ).encode()
        header += b" " * (-(_PREFIX.size + len(header)) % _ALIGN)
        yield _PREFIX.pack(_MAGIC, len(header), zlib.crc32(header)) + header
        for array in arrays.values():
            raw = np.ascontiguousarray(array).data.cast("B") if array.size else memoryview(b"")
            yield raw
            yield _padding(raw.nbytes)

    @classmethod
    def open(cls, path: Path, *, segment_sha256: str, whole: bool = False) -> Self:
        """Map the index of the segment with that digest.

        The header's checksum and the file's size are always checked; `whole` checks every byte.

        Raises
        ------
        IndexUnusableError
            It has to be built again.
        """
        try:
            with path.open("rb") as file:
                mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:
            raise IndexUnusableError(f"cannot be read: {error}") from error
        if len(mapped) < _PREFIX.size:
            raise IndexUnusableError("torn")
        magic, length, checksum = _PREFIX.unpack(mapped[: _PREFIX.size])
        raw = bytes(mapped[_PREFIX.size : _PREFIX.size + length])
        if magic != _MAGIC or len(raw) != length or zlib.crc32(raw) != checksum:
            raise IndexUnusableError("its header is damaged")
        header = json.loads(raw)
        body = mapped[_PREFIX.size + length :]
        if header["segment_sha256"] != segment_sha256:
            raise IndexUnusableError("it belongs to another segment")
        if len(body) != header["body_bytes"]:
            raise IndexUnusableError("torn")
        if whole and zlib.crc32(body) != header["body_crc32"]:
            raise IndexUnusableError("its checksum is wrong")
        arrays = {name: _array(body, **described) for name, described in header["arrays"].items()}
        batches = tuple(map(tuple, header["batches"]))
        learned = np.array([batch[_LEARNED] for batch in batches], dtype=np.int64)
        return cls(**arrays, batches=batches, batch_learned_tai_ns=learned)


_ARRAYS: Final = frozenset(
    field.name for field in fields(ElementIndex) if field.name not in {"batches", "batch_learned_tai_ns"}
)


def sorted_keys(sorted_ids: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the distinct numbers of a sorted array and where each begins, with the length at the end."""
    first = np.flatnonzero(np.diff(sorted_ids, prepend=sorted_ids[:1] - 1))
    return sorted_ids[first], np.append(first, sorted_ids.size).astype(np.int64)


def gather(indexes: Sequence[ElementIndex], segment: NDArray[np.int32], row: NDArray[np.int64]) -> pl.DataFrame:
    """Return chosen records with their provenance: for each i the row `row[i]` of `indexes[segment[i]]`."""
    n = segment.size
    epoch, creation = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    ids, batch = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    numbers = np.empty((n, len(NUMBERS)))
    integers, texts = np.empty((n, len(INTEGERS)), dtype=np.int32), np.empty((n, len(TEXTS)), dtype=np.int32)
    batch_base = np.cumsum([0, *(len(index.batches) for index in indexes)])
    order = np.argsort(segment, kind="stable")
    cuts = np.searchsorted(segment[order], np.arange(len(indexes) + 1))
    parts: list[tuple[TextTable, NDArray[np.int64]]] = []
    for number, index in enumerate(indexes):
        place = order[cuts[number] : cuts[number + 1]]
        if not place.size:
            continue
        rows = row[place]
        epoch[place] = index.epoch_tai_ns[rows]
        creation[place] = index.creation_tai_ns[rows]
        ids[place] = index.ids[np.searchsorted(index.starts, rows, side="right") - 1]
        batch[place] = index.batch[rows] + batch_base[number]
        numbers[place] = index.numbers[rows]
        integers[place] = index.integers[rows]
        texts[place] = index.texts[rows]
        parts.append((index.text_table, place))
    columns: dict[str, pl.Series] = {"norad_cat_id": pl.Series(ids), "epoch_tai_ns": pl.Series(epoch)}
    columns["creation_tai_ns"] = _nulled(creation, creation == _NULL_I64)
    null_bits = _NULL_F64.view(np.int64)
    for i, name in enumerate(NUMBERS):
        values = np.ascontiguousarray(numbers[:, i])
        columns[name] = _nulled(values, values.view(np.int64) == null_bits)
    for i, name in enumerate(INTEGERS):
        values = np.ascontiguousarray(integers[:, i])
        columns[name] = _nulled(values, values == _NULL_I32)
    decoded = decode_columns(parts, texts)
    columns.update(zip(TEXTS, decoded, strict=True))
    provenance = pl.DataFrame(
        [row for index in indexes for row in index.batches], schema=dict(PROVENANCE_SCHEMA), orient="row"
    )[batch]
    own = pl.DataFrame([columns[name].cast(dtype).alias(name) for name, dtype in ELEMENT_SET_SCHEMA.items()])
    return own.hstack(provenance)


def _filled(series: pl.Series, null: Any) -> NDArray[Any]:
    values = series.fill_null(0).to_numpy()
    if series.null_count():
        values = values.copy()
        values[series.is_null().to_numpy()] = null
    return values


def _nulled(values: NDArray[Any], is_null: NDArray[np.bool_]) -> pl.Series:
    series = pl.Series(values)
    if not is_null.any():
        return series
    return (
        pl.DataFrame({"v": series, "n": pl.Series(is_null)}).select(pl.when(~pl.col("n")).then(pl.col("v"))).to_series()
    )


def _array(body: memoryview, *, dtype: str, shape: list[int], offset: int) -> NDArray[Any]:
    count = math.prod(shape)
    return np.frombuffer(body, dtype=np.dtype(dtype), count=count, offset=offset).reshape(shape)


def _padding(size: int) -> bytes:
    return b"\0" * (-size % _ALIGN)
