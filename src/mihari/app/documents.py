"""What use cases say, as plain documents for `--json` and HTTP."""

from __future__ import annotations

from typing import Any

from mihari.model.intake import IngestSummary
from mihari.store import DoctorReport

__all__ = ["doctor_document", "ingest_document"]


def ingest_document(summary: IngestSummary) -> dict[str, Any]:
    """Return the summary of an ingest."""
    return {
        "accepted": summary.accepted,
        "duplicates": summary.duplicates,
        "superseded": summary.superseded,
        "rejected": [
            {"file": each.file, "line": each.line, "field": each.field, "reason": each.reason}
            for each in summary.rejected
        ],
    }


def doctor_document(report: DoctorReport) -> dict[str, Any]:
    """Return what the doctor found; `faults` are those that could not be mended."""
    return {
        "records": report.records,
        "objects": report.objects,
        "faults": list(report.faults),
        "mended": list(report.mended),
    }
