"""The shapes of what the policy desk answers, for the published OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from mihari.server._models import Answer, Mode

__all__ = [
    "AssetRegister",
    "Brief",
    "Instruments",
    "Protection",
    "ReportAnswer",
    "SpaceEventAnswer",
    "SpaceEventList",
]

Document = dict[str, Any]


class SpaceEventRow(Answer):
    """One event of the list, by its newest report."""

    event_id: str
    kind: str
    status: str
    start_utc: str
    end_utc: str | None
    objects: list[int]
    summary_en: str
    summary_ja: str
    data_mode: Mode
    label: str
    reports: int
    conflicts: int = Field(description="Reports beside the newest that none supersedes.")
    written_utc: str
    written_by: str
    next_update_utc: str | None
    is_overdue: bool
    record_id: str


class SpaceEventList(Answer):
    """Reported events and conjunctions in one list."""

    events: list[SpaceEventRow]
    coverage: Document


class SpaceEventAnswer(SpaceEventRow):
    """One event, whole."""

    newest: Document = Field(description="The newest report.")
    heads: list[str] = Field(description="Reports that none supersedes.")
    reports: list[Document]  # type: ignore[assignment]


class ReportAnswer(Answer):
    """What became of a report."""

    outcome: str = Field(description="recorded or duplicate")
    event_id: str
    record_id: str
    status: str
    data_mode: Mode
    supersedes: str | None


class Brief(Answer):
    """Who is concerned, what may be relevant, which rung is next. It concludes nothing."""

    event_id: str
    kind: str
    kind_en: str
    kind_ja: str
    status: str
    status_en: str
    status_ja: str
    standing_en: str
    standing_ja: str
    data_mode: Mode
    label: str = Field(description="The joint label of everything that it is made of.")
    made_utc: str
    event: Document
    assets: list[Document]
    without_statement: list[str]
    conflicts: list[Document]
    concerned: list[Document]
    may_be_relevant: list[Document]
    next_rung: Document | None
    ladder: list[Document]
    intent_statements: list[Document] = Field(description="Statements of named persons, quoted as theirs.")
    not_known_en: list[str]
    note_en: str
    note_ja: str


class AssetRegister(Answer):
    """The asset register."""

    assets: list[Document]
    coverage: Document


class Protection(Answer):
    """Protection statements beside each other."""

    statements: list[Document]
    by_asset: dict[str, list[str]]
    without_statement: list[str]
    conflicts: list[Document]
    contributions: dict[str, list[Document]]
    note_en: str
    note_ja: str


class Instruments(Answer):
    """The instruments that this version knows."""

    version: str
    instruments: list[Document]
