"""What was asked, what was answered, when, and how much: the positive statement that ends every fetch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from mihari.app.fetch._sources import SOURCE_RULES, FetchRequest, Source

if TYPE_CHECKING:
    from mihari.model.provenance import Provenance

__all__ = ["Exchange", "FetchOutcome", "FetchReport", "FetchedFile"]


class FetchOutcome(Enum):
    """`RECEIVED`: a new file lies in the inbox. `UNCHANGED`: the source has nothing newer than what it gave before."""

    RECEIVED = "received"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and how it ended. `status` is None when no answer came."""

    method: str
    url: str
    asked_tai_ns: int
    answered_tai_ns: int
    status: int | None
    size_bytes: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """A file in the inbox, with what a record needs to know of where it comes from.

    `digest` is the SHA-256 of its bytes. `records` counts the records that the answer holds.
    """

    path: Path
    source: Source
    url: str
    fetched_tai_ns: int
    size_bytes: int
    records: int
    digest: str

    @property
    def licence(self) -> str:
        """Return the licence or redistribution rule of the data."""
        return SOURCE_RULES[self.source].licence

    def provenance(self) -> Provenance:
        """Return the provenance of the file's records."""
        from mihari.model.provenance import DataMode, Provenance

        return Provenance(
            source=self.source.value,
            data_mode=DataMode.REAL,
            origin=SOURCE_RULES[self.source].origin,
            licence=self.licence,
            derived_from=f"sha256:{self.digest}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """How one fetch went.

    `file` is the new file, or with UNCHANGED the one received before, which still lies in the inbox.
    """

    request: FetchRequest
    outcome: FetchOutcome
    file: FetchedFile
    exchanges: tuple[Exchange, ...]
    ask_again_tai_ns: int

    def text(self) -> str:
        """Return the report as lines that a person reads."""
        from mihari.astro.time import format_utc

        source = self.request.source.value
        lines = [f"asked {source} for the {self.request.what}"]
        for exchange in self.exchanges:
            status = "no answer" if exchange.status is None else f"status {exchange.status}"
            lines.append(
                f"  {format_utc(exchange.asked_tai_ns, digits=0)} {exchange.method} {exchange.url}: {status}, "
                f"{exchange.size_bytes} bytes{f', {exchange.note}' if exchange.note else ''}"
            )
        if self.outcome is FetchOutcome.RECEIVED:
            lines.append(f"received {self.file.records} records, {self.file.size_bytes} bytes, in {self.file.path}")
            lines.append(f"licence: {self.file.licence}")
        else:
            lines.append(f"{source} has nothing newer than its last answer, which lies in {self.file.path}")
        lines.append(f"the same question may be put again from {format_utc(self.ask_again_tai_ns, digits=0)}")
        return "\n".join(lines)
