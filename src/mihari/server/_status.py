"""Routes: that the server answers, and how the node is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from mihari import __version__
from mihari.app.catalogue import median_epoch_tai_ns
from mihari.app.export import coverage_document
from mihari.astro.time import format_utc
from mihari.errors import NotFoundError
from mihari.picture import catalogue_version
from mihari.server._models import Health, Status
from mihari.server._node import ServedNode
from mihari.server._parameters import ModeQuery
from mihari.server._responses import json_response
from mihari.server._screening import run_document

__all__ = ["status_routes"]


def status_routes(node: ServedNode) -> APIRouter:
    """Return the routes that say how the node is."""
    router = APIRouter(tags=["node"])

    @router.get("/health", response_model=Health)
    async def health() -> Response:
        """Say that the server answers; neither the store nor work that is going on can hold it up."""
        return json_response({"name": "Mihari", "version": __version__, "now_utc": format_utc(node.now_tai_ns())})

    @router.get("/status", response_model=Status)
    def status(mode: ModeQuery = None) -> Response:
        """Say what the node knows and what it looked at last; an empty node says so and is no error."""
        catalogue: dict[str, Any] | None = None
        note = None
        try:
            catalogue = _catalogue_document(node, mode)
        except NotFoundError as error:
            note = error.public_line()
        runs = node.runs(mode=mode) if catalogue else None
        latest = runs.row(-1, named=True) if runs is not None and runs.height else None
        coverage = coverage_document(node.run(latest["run_id"]).result.coverage) if latest else None
        return json_response(
            {
                "name": "Mihari",
                "version": __version__,
                "now_utc": format_utc(node.now_tai_ns()),
                "earth_orientation": node.orientation.span_text(),
                "catalogue": catalogue,
                "catalogue_note": note,
                "runs": 0 if runs is None else runs.height,
                "latest_run": run_document(latest) if latest else None,
                "latest_coverage": coverage,
            }
        )

    return router


def _catalogue_document(node: ServedNode, mode: ModeQuery) -> dict[str, Any]:
    catalogue = node.catalogue(mode=mode)
    moment = node.moment(catalogue=catalogue)
    sets = catalogue.sets_at(moment.at_tai_ns)
    epochs = sets.frame["epoch_tai_ns"]
    oldest, newest = epochs.to_numpy().min(), epochs.to_numpy().max()
    return {
        "data_mode": catalogue.data_mode.value,
        "catalogue_version": catalogue_version(sets),
        "objects": len(sets),
        "oldest_epoch_utc": format_utc(int(oldest)),
        "median_epoch_utc": format_utc(median_epoch_tai_ns(sets)),
        "newest_epoch_utc": format_utc(int(newest)),
        "moment_utc": format_utc(moment.at_tai_ns),
        "moment_reason": moment.reason,
    }
