"""A small node for the server's tests: a made-up world, two kept screenings, everything in memory."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from fastapi.testclient import TestClient

from assessment_support import request, warnings_of
from mihari.app.avoid import AvoidanceAnswer, AvoidanceQuestion
from mihari.app.events import EventFile
from mihari.app.moment import Moment, moment_tai_ns
from mihari.app.node import Node, PictureAnswer, ScreeningAnswer, open_node
from mihari.app.store_account import StoreAccount
from mihari.astro.earth import EarthOrientation, load_earth_orientation
from mihari.astro.states import Frame
from mihari.astro.time import parse_utc
from mihari.errors import NotFoundError
from mihari.model.assessment import DecisionKind
from mihari.model.conjunction import CONJUNCTION_SCHEMA, CoverageStatement, ScreeningResult, Unscreened
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import DataMode
from mihari.model.space_object import SpaceObjects
from mihari.picture import build_picture, find_object
from mihari.server import create_app
from mihari.store import EmbeddedStore, StoredRun, StoreMode

NOW = parse_utc("2025-03-01T12:00:00")
NAMES = ("ISS-LIKE STATION (SIM)", "HIMAWARI-LIKE (SIM)", "TWIN (SIM)", "TWIN (SIM)", "FALLEN (SIM)")


def small_world() -> ElementSets:
    count = len(NAMES)
    columns = {name: pl.Series(name, [None] * count, dtype=dtype) for name, dtype in ELEMENT_SET_SCHEMA.items()}
    columns |= {
        "norad_cat_id": pl.Series(range(900_000_001, 900_000_001 + count), dtype=pl.Int32),
        "object_name": pl.Series(NAMES),
        "object_id": pl.Series([None, "2099-001A", None, None, None], dtype=pl.String),
        "epoch_tai_ns": pl.Series(NOW - np.arange(count) * 3_600_000_000_000),
        "mean_motion_rev_day": pl.Series([15.5, 1.0027, 14.2, 14.2, 16.45]),
        "eccentricity": pl.Series([5e-4, 1e-4, 1e-3, 1e-3, 2e-4]),
        "inclination_deg": pl.Series([51.6, 0.05, 98.0, 98.0, 51.0]),
        "ra_of_asc_node_deg": pl.Series([10.0, 20.0, 30.0, 30.0, 40.0]),
        "arg_of_pericenter_deg": pl.Series([0.0] * count),
        "mean_anomaly_deg": pl.Series([0.0, 0.0, 0.0, 0.01, 0.0]),
        "bstar_per_earth_radius": pl.Series([1e-4, 0.0, 1e-5, 1e-5, 0.9]),
    }
    frame = pl.DataFrame(columns)
    return ElementSets(frame.with_columns(source=pl.lit("made up"), data_mode=pl.lit("SIMULATED")))


def small_screening(*, misses_m: Sequence[float]) -> ScreeningResult:
    count = len(misses_m)
    base: dict[str, Any] = {
        "norad_cat_id_1": [900_000_003] * count,
        "norad_cat_id_2": [900_000_004] * count,
        "tca_tai_ns": [NOW + (place + 1) * 600_000_000_123 for place in range(count)],
        "miss_distance_m": list(misses_m),
        "relative_speed_m_s": [1.25] * count,
        "kind": ["minimum"] * count,
        "interval_start_tai_ns": [NOW] * count,
        "interval_end_tai_ns": [NOW + 86_400_000_000_000] * count,
        "primary_id": [900_000_003] * count,
        "radial_m": [0.0] * count,
        "transverse_m": list(misses_m),
        "normal_m": [0.0] * count,
        "element_set_epoch_1_tai_ns": [NOW] * count,
        "element_set_epoch_2_tai_ns": [NOW] * count,
    }
    coverage = CoverageStatement(
        start_tai_ns=NOW,
        end_tai_ns=NOW + 86_400_000_000_000,
        volume={"shape": "sphere", "radius_m": 5_000.0},
        objects_given=5,
        objects_screened=4,
        primaries=None,
        unscreened=(Unscreened(900_000_005, "SGP4 error 6", NOW + 60_000_000_000),),
        stale_count=0,
        stale_after_s=604_800.0,
        oldest_epoch_tai_ns=NOW - 14_400_000_000_000,
        newest_epoch_tai_ns=NOW,
        median_epoch_tai_ns=NOW - 7_200_000_000_000,
        catalogue_version="ab" * 32,
        data_mode=DataMode.SIMULATED,
        method="made up",
        cost={"wall_s": 0.1},
    )
    return ScreeningResult(coverage, pl.DataFrame(base, schema=dict(CONJUNCTION_SCHEMA)))


@dataclass(frozen=True)
class SmallCatalogue:
    """A catalogue with one set per object."""

    element_sets: ElementSets
    data_mode: DataMode = DataMode.SIMULATED
    as_of_tai_ns: int | None = None

    def sets_at(self, at_tai_ns: int) -> ElementSets:
        return self.element_sets

    def objects(self) -> SpaceObjects:
        return SpaceObjects.empty()

    def history(self, norad_cat_id: int) -> ElementSets:
        return ElementSets(self.element_sets.frame.filter(pl.col("norad_cat_id") == norad_cat_id))


@dataclass
class SmallNode:
    """A node over one catalogue; `asked` remembers the questions, `memory` tells of events."""

    memory: Node

    element_sets: ElementSets = field(default_factory=small_world)
    kept: list[ScreeningResult] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    orientation: EarthOrientation = field(default_factory=load_earth_orientation)
    fails_with: Exception | None = None

    def revision(self) -> Hashable:
        return id(self.element_sets), tuple(map(id, self.kept))

    def now_tai_ns(self) -> int:
        return NOW

    def catalogue(self, *, as_of: str | int | None = None, mode: DataMode | None = None) -> SmallCatalogue:
        if as_of is not None:
            moment_tai_ns(as_of, option="--as-of")
        if self.fails_with is not None:
            raise self.fails_with
        if mode not in (None, DataMode.SIMULATED):
            raise NotFoundError(f"no {mode.value} records", where="--mode")
        if not len(self.element_sets):
            raise NotFoundError("the store holds no element sets", remedy="ingest some")
        return SmallCatalogue(self.element_sets)

    def moment(self, at: str | int | None = None, *, catalogue: Any = None) -> Moment:
        return Moment(NOW, "now") if at is None else Moment(moment_tai_ns(at, option="--at"), "as asked")

    def where(self, name: str | int, *, at=None, as_of=None, frame=Frame.GCRF, mode=None) -> PictureAnswer:  # type: ignore[no-untyped-def]
        sets = self.catalogue(as_of=as_of, mode=mode).element_sets
        number = find_object(name, sets).norad_cat_id
        return self._answer(ElementSets(sets.frame.filter(pl.col("norad_cat_id") == number)), at, frame)

    def picture(self, *, at=None, as_of=None, frame=Frame.GCRF, mode=None) -> PictureAnswer:  # type: ignore[no-untyped-def]
        return self._answer(self.catalogue(as_of=as_of, mode=mode).element_sets, at, frame)

    def screen(self, **question: Any) -> ScreeningAnswer:
        self.asked.append(question)
        moment = self.moment(question["start"])
        return ScreeningAnswer(small_screening(misses_m=[42.0]), moment, {})

    def runs(self, *, mode: DataMode | None = None) -> pl.DataFrame:
        rows = [
            {
                "run_id": number,
                "learned_tai_ns": NOW + number,
                "start_tai_ns": result.coverage.start_tai_ns,
                "end_tai_ns": result.coverage.end_tai_ns,
                "conjunctions": result.conjunctions.height,
                "data_mode": result.coverage.data_mode.value,
            }
            for number, result in enumerate(self.kept, start=1)
            if mode in (None, result.coverage.data_mode)
        ]
        whole = dict.fromkeys(("run_id", "learned_tai_ns", "start_tai_ns", "end_tai_ns", "conjunctions"), pl.Int64)
        return pl.DataFrame(rows, schema={**whole, "data_mode": pl.String})

    def run(self, run_id: int) -> StoredRun:
        if not 1 <= run_id <= len(self.kept):
            raise NotFoundError(f"no screening run {run_id}")
        return StoredRun(run_id=run_id, learned_tai_ns=NOW + run_id, inputs={}, result=self.kept[run_id - 1])

    @property
    def folder(self) -> Path | None:
        return self.memory.folder

    def store_account(self) -> StoreAccount | None:
        return self.memory.store_account()

    def open_store(self, mode: StoreMode) -> EmbeddedStore:
        return self.memory.open_store(mode)

    def events(self, **question: Any) -> pl.DataFrame:
        return self.memory.events(**question)

    def event(self, event_id: str, **question: Any) -> EventFile:
        return self.memory.event(event_id, **question)

    def avoid(self, question: AvoidanceQuestion, **more: Any) -> AvoidanceAnswer:
        return self.memory.avoid(question, **more)

    def _answer(self, sets: ElementSets, at: str | int | None, frame: Frame) -> PictureAnswer:
        moment = self.moment(at)
        picture = build_picture(sets, at_tai_ns=moment.at_tai_ns, frame=frame, orientation=self.orientation)
        return PictureAnswer(picture, moment, NOW)


@pytest.fixture(scope="session")
def kept_node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Return a node that keeps the messages of six events, simulated, and what three people wrote about one."""
    folder = tmp_path_factory.mktemp("events")
    inbox = folder / "inbox"
    inbox.mkdir()
    for number, each in enumerate(warnings_of(1_500, 1, 6)):
        (inbox / f"{number:03d}.cdm").write_text(each.text)
    mode = DataMode.SIMULATED
    with open_node(folder / "store", clock=lambda: NOW) as node:
        # A radius at which some of them are acted upon, some watched and some neither.
        node.keep_messages([inbox], request(hard_body_radius_m=1_000.0))
        event_id = node.events(mode=mode)["event_id"][0]
        for kind in DecisionKind:
            node.write_event_record(kind=kind, event_id=event_id, author="A. Person", text="as said", mode=mode)
    return node


@pytest.fixture
def small_node(kept_node: Node) -> SmallNode:
    """Return a node with two kept screenings."""
    kept = [small_screening(misses_m=[900.0]), small_screening(misses_m=[3000.0, 10.0, 700.0])]
    return SmallNode(memory=kept_node, kept=kept)


@pytest.fixture
def client(small_node: SmallNode) -> TestClient:
    """Return a client of the small node's server."""
    return TestClient(create_app(small_node), raise_server_exceptions=False)
