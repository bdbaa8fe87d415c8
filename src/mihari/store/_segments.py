"""Segments: immutable Parquet files of records of one kind and one data mode, with an index if the kind has one."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from mihari.errors import InputError, StoreAccessError
from mihari.store._files import Layout, explained, move_into_place, remove_quietly, write_durably
from mihari.store._index import ElementIndex, IndexUnusableError
from mihari.store._kinds import RecordKind, record_kind
from mihari.store._manifest import SegmentRow

__all__ = [
    "DamagedSegmentError",
    "labels_of",
    "open_index",
    "read_segment",
    "read_verified",
    "rebuild_index",
    "rows_found",
    "sliced",
    "sorted_records",
    "stage",
    "unstage",
    "verified_bytes",
]

METADATA_KEY: Final = "mihari"
_MOST_LABELS_TOLD: Final = 256
"""A file with more distinct labels does not list them; they are read from the column."""
MAX_RECORDS: Final = 2_000_000
"""Larger commits become several segments, so that memory for one stays bounded."""


class DamagedSegmentError(StoreAccessError):
    """A segment is missing or is not what was committed."""


def sorted_records(kind: RecordKind, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows as a segment holds them: by the kind's order, then the moment of learning, then as they came."""
    return frame.select(list(kind.columns)).sort([*kind.order, "learned_tai_ns"], maintain_order=True)


def sliced(kind: RecordKind, frame: pl.DataFrame, *, max_records: int = MAX_RECORDS) -> Iterator[pl.DataFrame]:
    """Cut sorted rows into pieces for one segment each, never within the rows of one object."""
    first = frame[kind.order[0]].to_numpy()
    begin = 0
    while begin < frame.height:
        end = min(begin + max_records, frame.height)
        if end < frame.height:
            end = int(np.searchsorted(first, first[end - 1], side="left"))
            if end <= begin:
                end = int(np.searchsorted(first, first[begin], side="right"))
        yield frame[begin:end]
        begin = end


def stage(
    layout: Layout, kind: RecordKind, data_mode: str, frame: pl.DataFrame, *, parents: Sequence[str] = ()
) -> SegmentRow:
    """Write sorted rows as a segment with its index, durably, under their final names; the manifest comes later.

    The file itself says its kind, its data mode and the segments it was merged from, so that a lost manifest can be
    made again.

    Raises
    ------
    StoreSpaceError
        No space; nothing is left behind.
    """
    stem = f"{kind.name}-{uuid.uuid4().hex}"
    told: dict[str, object] = {"kind": kind.name, "data_mode": data_mode, "parents": list(parents)}
    labels = frame["label"].unique().to_list()
    if len(labels) <= _MOST_LABELS_TOLD:
        told["labels"] = labels
    buffer = io.BytesIO()
    frame.write_parquet(
        buffer,
        compression="zstd",
        compression_level=1,
        metadata={METADATA_KEY: json.dumps(told)},
    )
    staged = layout.staging / f"{stem}.parquet"
    try:
        with explained(doing="writing records", path=layout.root):
            size, digest = write_durably(staged, [buffer.getbuffer()])
            if kind.indexed:
                _write_index(layout, stem, ElementIndex.build(frame), segment_sha256=digest)
            move_into_place(staged, layout.segment(stem))
    except BaseException:
        unstage(layout, stem)
        raise
    return described(stem, kind, data_mode, frame, size_bytes=size, sha256=digest)


def described(
    stem: str, kind: RecordKind, data_mode: str, frame: pl.DataFrame, *, size_bytes: int, sha256: str
) -> SegmentRow:
    """Return the manifest's row for a segment of these records."""
    learned = frame["learned_tai_ns"]
    epoch = frame[kind.epoch] if kind.epoch else None
    return SegmentRow(
        stem=stem,
        kind=kind.name,
        data_mode=data_mode,
        records=frame.height,
        size_bytes=size_bytes,
        sha256=sha256,
        learned_min_tai_ns=int(learned.min()),  # type: ignore[arg-type]
        learned_max_tai_ns=int(learned.max()),  # type: ignore[arg-type]
        epoch_min_tai_ns=None if epoch is None else epoch.min(),  # type: ignore[arg-type]
        epoch_max_tai_ns=None if epoch is None else epoch.max(),  # type: ignore[arg-type]
    )


def rows_found(layout: Layout) -> tuple[list[SegmentRow], list[str]]:
    """Describe every whole segment that lies in the folder, and say in words which files are none.

    Segments that were merged into another one that is there are left out.
    """
    rows: list[SegmentRow] = []
    merged: set[str] = set()
    unusable: list[str] = []
    for path in sorted(layout.segments.glob("*.parquet")):
        try:
            raw = path.read_bytes()
            told = json.loads(pl.read_parquet_metadata(io.BytesIO(raw))[METADATA_KEY])
            frame = pl.read_parquet(io.BytesIO(raw))
            kind = record_kind(told["kind"])
            if dict(frame.schema) != kind.columns or not frame.height:
                raise InputError("its columns are not those of its kind")
        except (OSError, ValueError, KeyError, InputError, pl.exceptions.PolarsError) as error:
            unusable.append(f"{path.name} is not a whole segment: {str(error).splitlines()[0]}")
            continue
        merged.update(told["parents"])
        digest = hashlib.sha256(raw).hexdigest()
        rows.append(described(path.stem, kind, told["data_mode"], frame, size_bytes=len(raw), sha256=digest))
    kept = [row for row in rows if row.stem not in merged]
    return sorted(kept, key=lambda row: (row.learned_min_tai_ns, row.stem)), unusable


def unstage(layout: Layout, stem: str) -> None:
    """Remove the files of a segment that was not committed."""
    for folder in (layout.staging, layout.segments):
        remove_quietly(folder / f"{stem}.parquet")
    for path in (layout.staging / f"{stem}.idx", layout.index(stem)):
        remove_quietly(path)


def read_segment(
    layout: Layout, row: SegmentRow, columns: Sequence[str] | None = None, *, where: pl.Expr | None = None
) -> pl.DataFrame:
    """Read a segment's rows, or only some columns or rows of them, without looking at every byte's checksum.

    Raises
    ------
    DamagedSegmentError
        It is missing or cannot be read.
    """
    try:
        with layout.segment(row.stem).open("rb") as file:
            if where is not None:
                rows = pl.scan_parquet(file).filter(where)
                return (rows if columns is None else rows.select(list(columns))).collect()
            frame = pl.read_parquet(file, columns=None if columns is None else list(columns))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(layout, row, str(error)) from error
    if frame.height != row.records:
        raise _damaged(layout, row, f"it holds {frame.height} records")
    return frame


def labels_of(layout: Layout, row: SegmentRow) -> frozenset[str]:
    """Return the distinct labels of a segment's rows; a null counts as a text that is no label.

    Raises
    ------
    DamagedSegmentError
        It is missing or cannot be read.
    """
    try:
        with layout.segment(row.stem).open("rb") as file:
            told = json.loads(pl.read_parquet_metadata(file)[METADATA_KEY]).get("labels")
        if told is None:
            told = read_segment(layout, row, ["label"])["label"].unique().to_list()
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise _damaged(layout, row, str(error)) from error
    return frozenset(each or "" for each in told)


def verified_bytes(layout: Layout, row: SegmentRow) -> bytes:
    """Return a segment's bytes, which are those that were committed.

    Raises
    ------
    DamagedSegmentError
        They are not, or cannot be read.
    """
    try:
        raw = layout.segment(row.stem).read_bytes()
    except OSError as error:
        raise _damaged(layout, row, error.strerror or str(error)) from error
    if len(raw) != row.size_bytes:
        raise _damaged(layout, row, f"it is torn: {len(raw)} of {row.size_bytes} bytes")
    if hashlib.sha256(raw).hexdigest() != row.sha256:
        raise _damaged(layout, row, "its checksum is wrong")
    return raw


def read_verified(layout: Layout, row: SegmentRow) -> pl.DataFrame:
    """Read a segment's rows after comparing its checksum; raises as `verified_bytes`."""
    return pl.read_parquet(io.BytesIO(verified_bytes(layout, row)))


def open_index(layout: Layout, row: SegmentRow) -> ElementIndex:
    """Map a segment's index, or build it in memory when the file cannot be used; the doctor mends the file."""
    try:
        return ElementIndex.open(layout.index(row.stem), segment_sha256=row.sha256)
    except IndexUnusableError:
        return ElementIndex.build(read_verified(layout, row))


def rebuild_index(layout: Layout, row: SegmentRow) -> None:
    """Write a segment's index again."""
    frame = read_verified(layout, row)
    with explained(doing="writing an index", path=layout.root):
        _write_index(layout, row.stem, ElementIndex.build(frame), segment_sha256=row.sha256)


def _write_index(layout: Layout, stem: str, index: ElementIndex, *, segment_sha256: str) -> None:
    staged: Path = layout.staging / f"{stem}.idx"
    write_durably(staged, index.serialised(segment_sha256=segment_sha256))
    move_into_place(staged, layout.index(stem))


def _damaged(layout: Layout, row: SegmentRow, why: str) -> DamagedSegmentError:
    return DamagedSegmentError(
        f"a segment of {row.records} records of kind {row.kind} is damaged: {why}",
        where=layout.segment(row.stem),
        remedy="run mihari doctor; restore the file from a backup if there is one",
    )
