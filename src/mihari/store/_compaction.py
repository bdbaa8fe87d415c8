"""Merging small segments, so that a store that learns a little every hour stays quick. History stays as it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import polars as pl

from mihari.errors import StoreError
from mihari.store._files import Layout, explained, fsync_folder, remove_quietly
from mihari.store._kinds import RecordKind, record_kind
from mihari.store._manifest import JournalEntry, Manifest, SegmentRow
from mihari.store._segments import DamagedSegmentError, read_verified, sorted_records, stage, unstage

__all__ = ["Compaction", "compact"]

_SMALLEST_TIER_RECORDS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compaction:
    """When small segments are merged.

    Segments of about one size (a tier: each holds `fan_in` times more than the one below) are merged when there are
    `fan_in` of them, so that a record is rewritten once per tier. No merged segment exceeds `max_records`, which bounds
    the memory for one, and segments of more than half of that stay as they are.
    """

    fan_in: int = 16
    max_records: int = 1_000_000

    @classmethod
    def never(cls) -> Compaction:
        """Return the policy that leaves all segments alone."""
        return cls(max_records=0)

    def tier(self, records: int) -> int | None:
        """Return the tier of a segment, None when it is to stay."""
        if 2 * records > self.max_records:
            return None
        tier, bound = 0, _SMALLEST_TIER_RECORDS
        while records > bound:
            tier, bound = tier + 1, bound * self.fan_in
        return tier


def compact(layout: Layout, manifest: Manifest, policy: Compaction) -> list[str]:
    """Merge what the policy says; return what was done, in words. The caller holds the writer's lock.

    A merged segment takes the place of its parents in one commit of the manifest; only then are their files removed.
    Nothing here can fail an acknowledged commit: without space, or with a damaged parent, all stays as it is.
    """
    done: list[str] = []
    spoiled: set[str] = set()
    while True:
        rows = [row for row in manifest.snapshot().segments if not row.damaged and row.stem not in spoiled]
        parents = _to_merge(rows, policy)
        if not parents:
            return done
        try:
            done.append(_merge(layout, manifest, record_kind(parents[0].kind), parents))
        except DamagedSegmentError as error:
            spoiled.update(row.stem for row in parents if error.where == str(layout.segment(row.stem)))
        except StoreError:
            return done


def _to_merge(rows: list[SegmentRow], policy: Compaction) -> list[SegmentRow]:
    """Return the oldest segments of the first full tier, as many as make one of the largest size, or none."""
    tiers: dict[tuple[str, str, int], list[SegmentRow]] = defaultdict(list)
    for row in rows:
        tier = policy.tier(row.records)
        if tier is not None:
            tiers[row.kind, row.data_mode, tier].append(row)
    for members in tiers.values():
        if len(members) >= policy.fan_in:
            sizes = accumulate(row.records for row in members)
            return [row for row, size in zip(members, sizes, strict=True) if size <= policy.max_records]
    return []


def _merge(layout: Layout, manifest: Manifest, kind: RecordKind, parents: list[SegmentRow]) -> str:
    frame = sorted_records(kind, pl.concat([read_verified(layout, row) for row in parents]))
    learned = manifest.last_learned_tai_ns() or 0
    merged = stage(layout, kind, parents[0].data_mode, frame, parents=[row.stem for row in parents])
    manifest.commit_in_doubt = False
    said = f"merged {len(parents)} small segments of kind {kind.name} into one of {merged.records} records"
    try:
        with explained(doing="merging segments", path=layout.root):
            fsync_folder(layout.segments)
            fsync_folder(layout.indexes)
        manifest.commit(
            learned_tai_ns=learned,
            new=[merged],
            retired=[row.stem for row in parents],
            journal=[JournalEntry("compaction", {"said": said})],
            learned=False,
        )
    except BaseException:
        if not manifest.commit_in_doubt:
            unstage(layout, merged.stem)
        raise
    for row in parents:
        remove_quietly(layout.segment(row.stem))
        remove_quietly(layout.index(row.stem))
    return said
