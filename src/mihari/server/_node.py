"""What the server needs of a node. The real one is `mihari.app.node.Node`; tests bring their own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Protocol

import polars as pl

from mihari.app.avoid import AvoidanceAnswer, AvoidanceQuestion
from mihari.app.catalogue import Catalogue
from mihari.app.events import EventFile
from mihari.app.moment import Moment
from mihari.app.node import PictureAnswer, ScreeningAnswer
from mihari.app.store_account import StoreAccount
from mihari.astro.earth import EarthOrientation
from mihari.astro.states import Frame
from mihari.conjunction.screening import Volume
from mihari.model.provenance import DataMode
from mihari.store import EmbeddedStore, StoredRun, StoreMode

__all__ = ["ServedNode"]


class ServedNode(Protocol):
    """A node that can be served. Every method may be called from several threads at once."""

    @property
    def folder(self) -> Path | None:
        """The folder of the record store; None without a store."""
        ...

    @property
    def orientation(self) -> EarthOrientation:
        """The Earth orientation table."""
        ...

    def revision(self) -> Hashable:
        """Return what changes whenever the node learns something: answers of one revision may be kept."""
        ...

    def now_tai_ns(self) -> int:
        """Return the present moment of the node's clock."""
        ...

    def catalogue(self, *, as_of: str | int | None = None, mode: DataMode | None = None) -> Catalogue:
        """Return the catalogue that answers are made from."""
        ...

    def moment(self, at: str | int | None = None, *, catalogue: Catalogue | None = None) -> Moment:
        """Choose the moment that a question is about."""
        ...

    def where(
        self,
        name: str | int,
        *,
        at: str | int | None = None,
        as_of: str | int | None = None,
        frame: Frame = Frame.GCRF,
        mode: DataMode | None = None,
    ) -> PictureAnswer:
        """Say where one object is."""
        ...

    def picture(
        self,
        *,
        at: str | int | None = None,
        as_of: str | int | None = None,
        frame: Frame = Frame.GCRF,
        mode: DataMode | None = None,
    ) -> PictureAnswer:
        """Return every object's best state."""
        ...

    def screen(
        self,
        *,
        start: str | int | None = None,
        span_s: float,
        volume: Volume | None = None,
        primaries: Sequence[int] | None = None,
        max_age_s: float | None = None,
        mode: DataMode | None = None,
    ) -> ScreeningAnswer:
        """Find who comes close to whom."""
        ...

    def store_account(self) -> StoreAccount | None:
        """Return what the store holds and what went in of late; None without a store."""
        ...

    def runs(self, *, mode: DataMode | None = None) -> pl.DataFrame:
        """Return one row per kept screening, by number: the columns of the store's runs."""
        ...

    def run(self, run_id: int) -> StoredRun:
        """Return one kept screening, whole."""
        ...

    def events(self, *, as_of: str | int | None = None, mode: DataMode | None = None) -> pl.DataFrame:
        """Return the newest assessment of every event, what needs a person now first; see `events_table`."""
        ...

    def open_store(self, mode: StoreMode) -> EmbeddedStore:
        """Open the node's store; the caller closes it."""
        ...

    def event(self, event_id: str, *, as_of: str | int | None = None, mode: DataMode | None = None) -> EventFile:
        """Return one event, whole."""
        ...

    def avoid(self, question: AvoidanceQuestion, *, progress: Callable[[float], None] | None = None) -> AvoidanceAnswer:
        """Plan the avoidance of all conjunctions of an object."""
        ...
