"""`mihari doctor`: examine the record store and mend what can be mended."""

from __future__ import annotations

from mihari.cli._options import AsJson, StoreFolder

__all__ = ["doctor"]


def doctor(*, store: StoreFolder = None, as_json: AsJson = False) -> int:
    """Examine the store, mend what can be mended, say what was found. Exit code 1 when a fault remains."""
    from mihari.app.documents import doctor_document
    from mihari.app.settings import store_path
    from mihari.cli._show import print_doctor, print_json
    from mihari.store import examine

    report = examine(store_path(store))
    if as_json:
        print_json(doctor_document(report))
    else:
        print_doctor(report, folder=store_path(store))
    return 1 if report.faults else 0
