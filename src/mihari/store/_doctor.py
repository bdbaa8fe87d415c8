"""The doctor: compares what the folder holds with what the manifest promises, and mends what can be mended.

Acknowledged records are never deleted. A record that cannot be read any more stays in the manifest as damaged and is
reported every time, with how many there are, until its file comes back from a backup.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import final

import numpy as np

from mihari.store._compaction import Compaction, compact
from mihari.store._files import Layout, explained, fsync_folder, move_into_place
from mihari.store._index import ElementIndex, IndexUnusableError, gather
from mihari.store._kinds import ELEMENT_SETS, SCREENING_RUNS, record_kind
from mihari.store._lock import WriterLock
from mihari.store._manifest import DamagedManifestError, JournalEntry, Manifest, SegmentRow
from mihari.store._runs import FIRST_UNCOUNTED_RUN
from mihari.store._segments import (
    DamagedSegmentError,
    open_index,
    read_verified,
    rebuild_index,
    rows_found,
    stage,
    verified_bytes,
)
from mihari.store._store import JournalKind

__all__ = ["DoctorReport", "Treatment", "examine_layout"]


class Treatment(Enum):
    """Whether the doctor only looks or also mends."""

    EXAMINE = "examine"
    MEND = "mend"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport:
    """What the doctor found.

    Attributes
    ----------
    records : int
        Element sets that can be read.
    objects : int
        Distinct catalogue numbers among them.
    records_by_kind : dict
        Readable records of every kind.
    faults : tuple of str
        What is wrong still, one line each.
    mended : tuple of str
        What was wrong and is not any more, one line each.
    """

    records: int
    objects: int
    records_by_kind: dict[str, int]
    faults: tuple[str, ...]
    mended: tuple[str, ...]


@final
class _Examination:
    def __init__(self, layout: Layout, manifest: Manifest, *, compaction: Compaction | None) -> None:
        self.layout = layout
        self.manifest = manifest
        self.compaction = compaction
        self.mending = compaction is not None
        self.faults: list[str] = []
        self.mended: list[str] = []

    def found(self, what: str, *, remedy: str) -> None:
        """Note something that mending has put right, or would."""
        if self.mending:
            self.mended.append(f"{what}: {remedy}")
        else:
            self.faults.append(f"{what}: open the store for writing to mend it")

    def stray_files(self, rows: Iterable[SegmentRow]) -> None:
        """Files that no commit ever named, or that a merge left behind."""
        stems = {row.stem for row in rows}
        indexed = {row.stem for row in rows if record_kind(row.kind).indexed}
        staged = _listed(self.layout.staging)
        orphans = [path for path in _listed(self.layout.segments) if path.stem not in stems]
        loose = [path for path in _listed(self.layout.indexes) if path.stem not in indexed]
        for paths, what in (
            (staged, "half-written files of an interrupted writer"),
            (orphans, "segments that were never committed or that were merged into others"),
            (loose, "indexes without a segment"),
        ):
            if paths:
                self.found(f"{len(paths)} {what}", remedy="set aside in quarantine/")
                if self.mending:
                    with explained(doing="setting stray files aside", path=self.layout.root):
                        for path in paths:
                            move_into_place(path, self.layout.quarantine / path.name)
                        fsync_folder(self.layout.quarantine)

    def segment(self, row: SegmentRow) -> bool:
        """Check every byte of a segment and of its index; say whether its records can be read."""
        kind = record_kind(row.kind)
        try:
            verified_bytes(self.layout, row)
        except DamagedSegmentError as error:
            return self._restored(row) or self.lost(row, error)
        if row.damaged:
            self.found(f"segment {row.stem} is whole again", remedy=f"{row.records} records taken back")
            if self.mending:
                self._commit(repaired=[row.stem])
        if kind.indexed:
            try:
                ElementIndex.open(self.layout.index(row.stem), segment_sha256=row.sha256, whole=True)
            except IndexUnusableError as error:
                self.found(f"index of segment {row.stem}: {error}", remedy="rebuilt from the segment")
                if self.mending:
                    rebuild_index(self.layout, row)
        return True

    def clock(self) -> None:
        """Tell where the journal says that the clock went back."""
        notes = [
            json.loads(detail) for _, _, entry, detail in self.manifest.journal() if entry == JournalKind.CLOCK.value
        ]
        if notes:
            most_s = max(note["last_tai_ns"] - note["given_tai_ns"] for note in notes) / 1e9
            self.mended.append(
                f"the clock was set back (noted {len(notes)} times, by at most {most_s:.3f} s): "
                "what was learned then stands in the order of learning, just after what was learned before"
            )

    def _restored(self, row: SegmentRow) -> bool:
        """Write a damaged segment of element sets again from its index, which holds the same records."""
        if not record_kind(row.kind).indexed:
            return False
        try:
            index = ElementIndex.open(self.layout.index(row.stem), segment_sha256=row.sha256, whole=True)
        except IndexUnusableError:
            return False
        if index.records != row.records:
            return False
        self.found(f"segment {row.stem} is damaged", remedy=f"its {row.records} records written again from its index")
        if self.mending:
            every = np.arange(row.records)
            frame = gather([index], np.zeros(row.records, dtype=np.int32), every)
            fresh = stage(self.layout, record_kind(row.kind), row.data_mode, frame)
            self._commit(new=[fresh], retired=[row.stem])
            for path in (self.layout.segment(row.stem), self.layout.index(row.stem)):
                if path.exists():
                    move_into_place(path, self.layout.quarantine / path.name)
        return True

    def lost(self, row: SegmentRow, error: DamagedSegmentError) -> bool:
        self.faults.append(error.line())
        if self.mending and not row.damaged:
            self._commit(damaged=[row.stem])
        return False

    def _commit(
        self,
        *,
        new: Iterable[SegmentRow] = (),
        retired: Iterable[str] = (),
        damaged: Iterable[str] = (),
        repaired: Iterable[str] = (),
    ) -> None:
        self.manifest.commit(
            learned_tai_ns=self.manifest.last_learned_tai_ns() or 0,
            new=new,
            retired=retired,
            damaged=damaged,
            repaired=repaired,
            journal=[JournalEntry(JournalKind.DOCTOR.value, {"retired": list(retired), "damaged": list(damaged)})],
            learned=False,
        )


def examine_layout(layout: Layout, *, compaction: Compaction | None) -> DoctorReport:
    """Examine a store, and mend it when a policy for merging is given; the caller then holds the writer's lock.

    Raises
    ------
    StoreAccessError
        There is nothing here that could be a store, or it cannot be read or written.
    StoreVersionError
        A newer version of Mihari made it.
    """
    mended_before: list[str] = []
    try:
        manifest = _sound_manifest(layout, writable=compaction is not None)
    except DamagedManifestError as error:
        if compaction is None:
            return DoctorReport(records=0, objects=0, records_by_kind={}, faults=(error.line(),), mended=())
        mended_before = _remake_manifest(layout, why=error.line())
        manifest = Manifest.open(layout.manifest, writable=True)
    try:
        return _examined(layout, manifest, compaction=compaction, mended_before=mended_before)
    finally:
        manifest.close()


def _examined(
    layout: Layout, manifest: Manifest, *, compaction: Compaction | None, mended_before: list[str]
) -> DoctorReport:
    case = _Examination(layout, manifest, compaction=compaction)
    case.mended.extend(mended_before)
    for folder in layout.folders:
        if not folder.is_dir():
            case.found(f"the folder {folder.name}/ is missing", remedy="made again")
            if case.mending:
                with explained(doing="making a folder", path=folder):
                    folder.mkdir()
    if case.mending or not WriterLock(layout.lock).is_held():
        case.stray_files(manifest.snapshot().segments)  # otherwise they may be a living writer's
    readable = [case.segment(row) for row in manifest.snapshot().segments]
    case.clock()
    if compaction is not None:
        case.mended.extend(compact(layout, manifest, compaction))
    rows = (
        manifest.snapshot().segments
        if case.mending
        else [row for row, whole in zip(manifest.snapshot().segments, readable, strict=True) if whole]
    )
    by_kind: Counter[str] = Counter()
    numbers: set[int] = set()
    for row in rows:
        if not row.damaged:
            by_kind[row.kind] += row.records
            if row.kind == ELEMENT_SETS.name:
                numbers.update(open_index(layout, row).ids.tolist())
    return DoctorReport(
        records=by_kind[ELEMENT_SETS.name],
        objects=len(numbers),
        records_by_kind=dict(by_kind),
        faults=tuple(case.faults),
        mended=tuple(case.mended),
    )


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _sound_manifest(layout: Layout, *, writable: bool) -> Manifest:
    if not layout.is_store() and layout.has_segments():
        raise DamagedManifestError("the manifest is missing", where=layout.manifest, remedy="run mihari doctor")
    manifest = Manifest.open(layout.manifest, writable=writable)
    faults = manifest.integrity_faults()
    if faults:
        manifest.close()
        raise DamagedManifestError(f"the manifest is damaged: {faults[0]}", where=layout.manifest)
    return manifest


def _remake_manifest(layout: Layout, *, why: str) -> list[str]:
    """Make a manifest again from the segments, each of which says what it is; the journal is lost."""
    with explained(doing="making the manifest again", path=layout.root):
        for folder in layout.folders:
            folder.mkdir(exist_ok=True)
        aside = 1
        while (layout.quarantine / f"manifest-{aside}.sqlite").exists():
            aside += 1
        for suffix in ("", "-wal", "-shm"):
            old = layout.manifest.with_name(layout.manifest.name + suffix)
            if old.exists():
                move_into_place(old, layout.quarantine / f"manifest-{aside}.sqlite{suffix}")
    rows, unusable = rows_found(layout)
    numbers = [read_verified(layout, row)["run_id"] for row in rows if row.kind == SCREENING_RUNS.name]
    runs = [each.filter(each < FIRST_UNCOUNTED_RUN).max() for each in numbers]
    Manifest.create(layout.manifest)
    manifest = Manifest.open(layout.manifest, writable=True)
    try:
        manifest.commit(
            learned_tai_ns=max((row.learned_max_tai_ns for row in rows), default=0),
            new=rows,
            runs=max((int(run) for run in runs if isinstance(run, int)), default=0),
            journal=[JournalEntry(JournalKind.DOCTOR.value, {"manifest": why, "segments": len(rows)})],
            learned=bool(rows),
        )
    finally:
        manifest.close()
    said = f"{why}: made again from {len(rows)} segments; the journal and whatever it alone said is lost"
    return [said, *unusable]
