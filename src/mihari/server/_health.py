"""Route: the health of the catalogue, what is wrong first."""

from __future__ import annotations

import os
from typing import Any, Final, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from mihari.app.export_health import health_document
from mihari.app.health import catalogue_health
from mihari.compute import AnswerMemory
from mihari.server._models import Answer, Mode
from mihari.server._node import ServedNode
from mihari.server._parameters import At, ModeQuery
from mihari.server._responses import json_response

__all__ = ["CatalogueHealthAnswer", "health_routes"]

_RUNS: Final = 20
_KEPT: Final = 4
_STANDS_NS: Final = 5_000_000_000
"""It looks at every object; whoever asks within these seconds is told the same, with its moment."""


class FindingAnswer(Answer):
    """One thing that is not as it should be."""

    name: str = Field(description="Stable name.")
    severity: Literal["problem", "notice"]
    count: int | None
    span_s: float | None
    words: str
    remedy: str


class SourceAnswer(Answer):
    """What of the current choice came from one source."""

    source: str | None
    origin: str | None
    licence: str | None
    objects: int
    oldest_epoch_utc: str
    newest_epoch_utc: str
    learned_utc: str | None


class IntakeAnswer(Answer):
    """One transaction that took records in."""

    learned_utc: str
    read: dict[str, int] = Field(description="Element sets, objects and rejected records of the files.")
    kept: dict[str, int] = Field(description="Records by kind that were new.")
    files: list[dict[str, Any]]


class StoreAnswer(Answer):
    """The store's account of itself."""

    disk_bytes: int
    unreadable_records: int
    last_learned_utc: str | None
    holdings: list[dict[str, Any]]
    notes: list[dict[str, Any]]


class KeptRun(Answer):
    """One kept screening."""

    run_id: int
    learned_utc: str
    start_utc: str
    end_utc: str
    conjunctions: int


class CatalogueHealthAnswer(Answer):
    """How good the node's knowledge is."""

    data_mode: Mode
    catalogue_version: str
    now_utc: str
    moment_utc: str
    moment_reason: str
    findings: list[FindingAnswer] = Field(description="Problems first; empty when there is nothing to say.")
    objects: int
    ages: list[dict[str, Any]]
    regimes: list[dict[str, Any]]
    types: list[dict[str, Any]]
    without_state: list[dict[str, Any]]
    sources: list[SourceAnswer]
    intakes: list[IntakeAnswer]
    screening: dict[str, Any] | None = Field(description="The newest: what was screened, what was not and why.")
    runs: list[KeptRun]
    store: StoreAnswer | None
    earth_orientation: dict[str, str]


def health_routes(node: ServedNode) -> APIRouter:
    """Return the route that tells of the catalogue's health."""
    router = APIRouter(tags=["node"])
    judged = AnswerMemory(most=_KEPT)

    @router.get("/catalogue/health", response_model=CatalogueHealthAnswer)
    def health(at: At = None, mode: ModeQuery = None) -> Response:
        """Say how old, how complete and from where the catalogue is, what was screened, and what the store holds."""
        revision = node.revision()
        catalogue = node.catalogue(mode=mode)
        moment = node.moment(at, catalogue=catalogue)
        now_tai_ns = node.now_tai_ns()

        def judge() -> dict[str, Any]:
            runs = node.runs(mode=catalogue.data_mode).reverse().head(_RUNS)
            found = catalogue_health(
                catalogue,
                at_tai_ns=moment.at_tai_ns,
                run=node.run(int(runs["run_id"][0])) if runs.height else None,
                account=node.store_account(),
                orientation=node.orientation,
                now_tai_ns=now_tai_ns,
                threads=os.cpu_count() or 1,
            )
            return health_document(found, moment=moment, now_tai_ns=now_tai_ns, orientation=node.orientation, runs=runs)

        at_tai_ns = None if at is None else moment.at_tai_ns
        question = (revision, catalogue.data_mode, at_tai_ns, now_tai_ns // _STANDS_NS)
        return json_response(judged.answer(question, judge))

    return router
