"""What use cases say, as plain documents for `--json` and HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mihari.app.export import counts_document, screening_document
from mihari.astro.time import format_utc

if TYPE_CHECKING:
    from mihari.app.fetch import FetchReport
    from mihari.app.node import PictureAnswer
    from mihari.app.up import Briefing
    from mihari.model.intake import IngestSummary
    from mihari.store import DoctorReport

__all__ = ["briefing_document", "doctor_document", "fetch_document", "ingest_document", "picture_document"]


def ingest_document(summary: IngestSummary) -> dict[str, Any]:
    """Return the summary of an ingest."""
    return {
        "accepted": summary.accepted,
        "duplicates": summary.duplicates,
        "superseded": summary.superseded,
        "objects": summary.objects,
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


def fetch_document(report: FetchReport, summary: IngestSummary | None) -> dict[str, Any]:
    """Return what was asked and answered, and what the ingest of the answer did."""
    return {
        "source": report.request.source.value,
        "asked_for": report.request.what,
        "outcome": report.outcome.value,
        "file": str(report.file.path),
        "records": report.file.records,
        "licence": report.file.licence,
        "ask_again_utc": format_utc(report.ask_again_tai_ns, digits=0),
        "ingest": None if summary is None else ingest_document(summary),
    }


def picture_document(answer: PictureAnswer) -> dict[str, Any]:
    """Return the counts of a picture with the moment they are for."""
    picture = answer.picture
    return {
        "epoch_utc": format_utc(picture.at_tai_ns),
        "epoch_reason": answer.moment.reason,
        "as_of_utc": format_utc(answer.as_of_tai_ns),
        "frame": picture.frame.value,
        "data_mode": picture.data_mode.value,
        "catalogue_version": picture.catalogue_version,
        **counts_document(picture),
    }


def briefing_document(briefing: Briefing, *, store: str) -> dict[str, Any]:
    """Return the report of `mihari up`."""
    table, at_tai_ns = briefing.orientation, briefing.picture.picture.at_tai_ns
    return {
        "store": store,
        "filled_with_simulated_objects": briefing.filled_objects,
        "ingest": None if briefing.ingested is None else ingest_document(briefing.ingested),
        "earth_orientation": {
            "source": table.source,
            "measured_until_utc": format_utc(table.measured_until_tai_ns, digits=0),
            "age_days": table.age_s(at_tai_ns) / 86_400.0,
            "predicted": at_tai_ns > table.measured_until_tai_ns,
        },
        "picture": picture_document(briefing.picture),
        "screening": screening_document(briefing.screening.result),
    }
