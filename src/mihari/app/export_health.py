"""The document of the catalogue's health: what is wrong first."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Final

import polars as pl

from mihari.app.export import counts_document
from mihari.app.health import CatalogueHealth, Finding
from mihari.app.moment import Moment
from mihari.app.store_account import Intake, StoreAccount
from mihari.astro.earth import EarthOrientation
from mihari.astro.time import format_utc

__all__ = ["health_document", "intake_rows"]

_DAY_S: Final = 86_400.0


def health_document(
    health: CatalogueHealth, *, moment: Moment, now_tai_ns: int, orientation: EarthOrientation, runs: pl.DataFrame
) -> dict[str, Any]:
    """Return the health of a catalogue as a document; `runs` are the last screenings, newest first."""
    picture = health.picture
    counts = counts_document(picture)
    return {
        "data_mode": picture.data_mode.value,
        "catalogue_version": picture.catalogue_version,
        "now_utc": format_utc(now_tai_ns),
        "moment_utc": format_utc(moment.at_tai_ns),
        "moment_reason": moment.reason,
        "findings": [_finding(each) for each in health.findings],
        "objects": counts["objects"],
        "ages": counts["by_age"],
        "regimes": counts["by_regime"],
        "types": counts["by_type"],
        "without_state": counts["without_state"],
        "sources": [
            {
                "source": row["source"],
                "origin": row["origin"],
                "licence": row["licence"],
                "objects": row["objects"],
                "oldest_epoch_utc": format_utc(row["oldest_epoch_tai_ns"]),
                "newest_epoch_utc": format_utc(row["newest_epoch_tai_ns"]),
                "learned_utc": None if row["learned_tai_ns"] is None else format_utc(row["learned_tai_ns"]),
            }
            for row in health.sources.iter_rows(named=True)
        ],
        "intakes": [] if health.account is None else intake_rows(health.account),
        "screening": _screening(health),
        "runs": [
            {
                "run_id": row["run_id"],
                "learned_utc": format_utc(row["learned_tai_ns"]),
                "start_utc": format_utc(row["start_tai_ns"]),
                "end_utc": format_utc(row["end_tai_ns"]),
                "conjunctions": row["conjunctions"],
            }
            for row in runs.iter_rows(named=True)
        ],
        "store": None if health.account is None else _store(health.account),
        "earth_orientation": {
            "start_utc": format_utc(orientation.start_tai_ns),
            "measured_until_utc": format_utc(orientation.measured_until_tai_ns),
            "end_utc": format_utc(orientation.end_tai_ns),
        },
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "name": found.name,
        "severity": found.severity.value,
        "count": found.count,
        "span_s": found.span_s,
        "words": found.words,
        "remedy": found.remedy,
    }


def intake_rows(account: StoreAccount) -> list[dict[str, Any]]:
    """Return the last intakes, newest first: what was read and what of it was kept."""
    return [_intake(each) for each in account.intakes]


def _intake(intake: Intake) -> dict[str, Any]:
    return {
        "learned_utc": format_utc(intake.learned_tai_ns),
        "read": {
            name: sum(int(each.get(name, 0)) for each in intake.files)
            for name in ("element_sets", "objects", "rejected")
        },
        "kept": dict(intake.kept),
        "files": [
            {
                # Where it lay on this machine is nobody else's business.
                "file": PurePath(str(each.get("file", ""))).name,
                "format": each.get("format"),
                "sha256": each.get("sha256"),
                "element_sets": int(each.get("element_sets", 0)),
                "objects": int(each.get("objects", 0)),
                "rejected": int(each.get("rejected", 0)),
            }
            for each in intake.files
        ],
    }


def _screening(health: CatalogueHealth) -> dict[str, Any] | None:
    if health.run is None:
        return None
    coverage = health.run.result.coverage
    return {
        "run_id": health.run.run_id,
        "learned_utc": format_utc(health.run.learned_tai_ns),
        "start_utc": format_utc(coverage.start_tai_ns),
        "end_utc": format_utc(coverage.end_tai_ns),
        "objects_given": coverage.objects_given,
        "objects_screened": coverage.objects_screened,
        "conjunctions": health.run.result.conjunctions.height,
        "stale_count": coverage.stale_count,
        "stale_after_days": coverage.stale_after_s / _DAY_S,
        "unscreened": health.unscreened.to_dicts(),
        "volume": dict(coverage.volume),
        "method": coverage.method,
        "cost": dict(coverage.cost),
    }


def _store(account: StoreAccount) -> dict[str, Any]:
    return {
        "disk_bytes": account.disk_bytes,
        "unreadable_records": account.unreadable_records,
        "last_learned_utc": None if account.last_learned_tai_ns is None else format_utc(account.last_learned_tai_ns),
        "holdings": [
            {
                "kind": each.kind,
                "data_mode": each.data_mode.value,
                "records": each.records,
                "damaged": each.damaged,
                "segments": each.segments,
                "size_bytes": each.size_bytes,
            }
            for each in account.holdings
        ],
        "notes": [
            {"learned_utc": format_utc(each.learned_tai_ns), "entry": each.entry, "detail": dict(each.detail)}
            for each in account.notes
        ],
    }
