"""Ingest: files in, one transaction, a summary out. Nothing is half-visible at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mihari.app.catalogue import provenance_of, read_catalogue_files, split_by_data_mode
from mihari.errors import FormatError
from mihari.model.intake import IngestSummary, ReadResult
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.model.space_object import SpaceObjects
from mihari.store import EmbeddedStore, JournalKind

__all__ = ["ingest_files", "ingest_results", "read_for_ingest"]


def read_for_ingest(paths: Sequence[str | Path], *, strict: bool = False) -> list[ReadResult]:
    """Read files before anything is written, and refuse those that hold nothing to keep.

    Parameters
    ----------
    paths : sequence of str or Path
        Files, folders, or "-" for standard input.
    strict : bool
        Refuse everything when one record is bad.

    Raises
    ------
    InputError
        A file cannot be used at all, or not one record of all files is good.
    FormatError
        `strict` and at least one record is bad.
    """
    results = read_catalogue_files(paths)
    bad = [rejection for result in results for rejection in result.rejected]
    if strict and bad:
        raise FormatError(
            f"{bad[0].text()}"
            + (f" and {len(bad) - 1} more" if len(bad) > 1 else "")
            + "; --strict refuses the whole ingest",
            remedy="mend the records or leave --strict out; nothing was stored",
        )
    if bad and not any(len(result.element_sets) or len(result.objects) for result in results):
        more = f" and {len(bad) - 1:,} more" if len(bad) > 1 else ""
        raise FormatError(
            f"{bad[0].text()}{more}: not one record is good",
            remedy="mend the records or fetch them again; nothing was stored",
        )
    return results


def ingest_files(
    store: EmbeddedStore,
    paths: Sequence[str | Path],
    *,
    learned_tai_ns: int,
    data_mode: DataMode = DataMode.REAL,
    provenance: Provenance | None = None,
    strict: bool = False,
) -> IngestSummary:
    """Read files and append all their good records in one transaction; see `read_for_ingest` and `ingest_results`."""
    results = read_for_ingest(paths, strict=strict)
    return ingest_results(store, results, learned_tai_ns=learned_tai_ns, data_mode=data_mode, provenance=provenance)


def ingest_results(
    store: EmbeddedStore,
    results: Sequence[ReadResult],
    *,
    learned_tai_ns: int,
    data_mode: DataMode,
    provenance: Provenance | None = None,
) -> IngestSummary:
    """Append what was read in one transaction.

    Parameters
    ----------
    store : EmbeddedStore
        Opened for writing.
    learned_tai_ns : int
        The moment of learning, TAI ns.
    data_mode : DataMode
        Mode of the records; those marked as simulated stay SIMULATED whatever is said here.
    provenance : Provenance, optional
        What is known of where the files come from. Default: their names.

    Raises
    ------
    StoreError
        The store cannot take the records; nothing was stored.
    """
    accepted = duplicates = superseded = objects = 0
    with store.transaction(learned_tai_ns=learned_tai_ns) as transaction:
        for result in results:
            transaction.note(JournalKind.INGEST, _account(result))
            for mode, frame in split_by_data_mode(result.element_sets.frame, otherwise=data_mode).items():
                stamp = provenance_of(result, data_mode=mode, given=provenance)
                receipt = transaction.append_element_sets(ElementSets(frame), provenance=stamp)
                accepted += receipt.accepted
                duplicates += receipt.duplicates
                superseded += receipt.superseded
            for mode, frame in split_by_data_mode(result.objects.frame, otherwise=data_mode).items():
                stamp = provenance_of(result, data_mode=mode, given=provenance)
                transaction.append_objects(SpaceObjects(frame), provenance=stamp)
                objects += frame.height
    rejected = tuple(rejection for result in results for rejection in result.rejected)
    return IngestSummary(accepted, duplicates, superseded, rejected, objects)


def _account(result: ReadResult) -> dict[str, Any]:
    """Return what the journal keeps of one file, also of one that held nothing new."""
    return {
        "file": result.file,
        "format": result.format,
        "sha256": result.digest,
        "element_sets": len(result.element_sets),
        "objects": len(result.objects),
        "rejected": len(result.rejected),
    }
