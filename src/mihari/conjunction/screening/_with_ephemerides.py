"""Operators' ephemerides against a catalogue and against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.astro.interpolate import JoinedCurves
from mihari.astro.kepler import period_s
from mihari.astro.sgp4 import OperationMode
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import format_utc
from mihari.compute import Executor
from mihari.conjunction.screening._approaches import Approaches
from mihari.conjunction.screening._choice import ChosenSets, catalogue_digest
from mihari.conjunction.screening._engine import Outcome, find_approaches
from mihari.conjunction.screening._prepare import OperatorEphemeris
from mihari.conjunction.screening._rows import conjunction_rows
from mihari.conjunction.screening._screen import STALE_AFTER_S
from mihari.conjunction.screening._tabulated import CatalogueWithEphemerides
from mihari.conjunction.screening._volumes import Volume, VolumesOfObjects
from mihari.constants import EARTH_MU_M3_S2
from mihari.errors import UsageError
from mihari.model.conjunction import CoverageStatement, ScreeningResult, Unscreened
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from mihari.units import TWO_PI

__all__ = ["screen_ephemerides"]


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """One span of an ephemeris within the window."""

    ephemeris: int
    curves: JoinedCurves
    start_tai_ns: int
    end_tai_ns: int


def screen_ephemerides(
    ephemerides: Sequence[OperatorEphemeris],
    *,
    start_tai_ns: int,
    end_tai_ns: int,
    volume: Volume,
    executor: Executor,
    data_mode: DataMode,
    sets: ElementSets | None = None,
    primaries: Iterable[int] = (),
    same_number: bool = False,
    max_age_s: float | None = None,
    stale_after_s: float = STALE_AFTER_S,
    mode: OperationMode = OperationMode.IMPROVED,
    progress: Callable[[float], None] | None = None,
) -> ScreeningResult:
    """Find all close approaches of ephemerides to a catalogue and to each other.

    Every ephemeris is a primary: pairs count that have one of them (or one of `primaries`), in the volume of a primary.
    Rows are as in `screen`; `ephemeris_1` and `ephemeris_2` behind them name the ephemeris that a state is from, null
    for an element set, whose epoch in turn is null for an ephemeris. Each ephemeris takes part within its useable
    spans alone; the coverage statement lists when it does not.

    Parameters
    ----------
    ephemerides : sequence of OperatorEphemeris
        With different labels.
    sets : ElementSets, optional
        The catalogue. Ephemerides against each other when left out.
    primaries : iterable of int
        Catalogue numbers to screen against everything as well.
    same_number : bool
        Whether states of one number count as a pair: an ephemeris and its own element set, or two ephemerides.

    Returns
    -------
    ScreeningResult
        Conjunctions in order of time, and what was looked at.

    Raises
    ------
    UsageError
        The window is empty, there is nothing to screen against, or labels repeat.

    Validation
    ----------
    tests/validation/test_screening_ephemerides.py: brute force on the simulated world.
    """
    if end_tai_ns <= start_tai_ns:
        raise UsageError("the window ends before it starts", where="screening", remedy="give an end after the start")
    labels = [each.label for each in ephemerides]
    if len(set(labels)) != len(labels):
        raise UsageError("two ephemerides are called the same", where="screening", remedy="give each a label")
    if sets is None and len(ephemerides) < 2:
        raise UsageError(
            "one ephemeris has nothing to be screened against",
            where="--ephemeris",
            remedy="give another or a catalogue",
        )
    chosen = ChosenSets.at(sets or ElementSets.empty(), start_tai_ns, max_age_s=max_age_s)
    wanted = np.unique(np.fromiter(primaries, dtype=np.int64))
    scene = _Scene.of(ephemerides, chosen, wanted, start_tai_ns, end_tai_ns, volume, mode, same_number=same_number)
    if not scene.owner.any():
        raise UsageError(
            f"no ephemeris says anything of {_utc(start_tai_ns)} to {_utc(end_tai_ns)}",
            where="--start",
            remedy=f"the first begins at {_utc(min(each.spans[0].start_tai_ns for each in ephemerides))}",
        )
    runs = scene.run(executor, progress)
    approaches = Approaches.concatenate([run.approaches for run in runs]).in_order()
    lost = scene.lost(runs)
    known = chosen.given.frame["norad_cat_id"].to_numpy()
    unscreened = [
        *chosen.too_old,
        *lost,
        *scene.outside_spans(),
        *(
            Unscreened(int(number), "a primary without an element set in the catalogue")
            for number in wanted[~np.isin(wanted, known)]
        ),
    ]
    whole_out = {each.norad_cat_id for each in lost if each.from_tai_ns is None}
    taking_part = len({track.ephemeris for track in scene.tracks})
    words = "against the catalogue and each other" if sets is not None else "against each other"
    coverage = CoverageStatement(
        start_tai_ns=start_tai_ns,
        end_tai_ns=end_tai_ns,
        volume={**volume.describe(), "objects_by_regime": dict(scene.volumes.objects_by_regime)},
        objects_given=len(chosen.given) + len(ephemerides),
        objects_screened=len(chosen.sets) - len(whole_out) + taking_part,
        primaries=int(np.isin(chosen.norad_cat_ids, wanted).sum()) + len(ephemerides),
        unscreened=tuple(sorted(unscreened, key=lambda entry: (entry.norad_cat_id, entry.from_tai_ns or 0))),
        **chosen.statement(start_tai_ns, stale_after_s),
        catalogue_version="none" if sets is None else catalogue_digest(chosen.given),
        data_mode=data_mode,
        method=(
            f"mihari {version('mihari')}: {len(ephemerides)} operator ephemerides {words}, "
            f"{'states of one number too' if same_number else 'states of one number not paired'}; "
            f"{'' if sets is None else f'SGP4 (WGS-72, mode {mode.value}), '}minimum of range, docs/decisions/0007"
        ),
        cost=_cost(runs, approaches.count),
        ephemerides=tuple(each.coverage for each in ephemerides),
    )
    return ScreeningResult(coverage, scene.rows(approaches))


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """What begins at one moment: its pairs, and the outcome of the core with the objects that it is of."""

    begin_tai_ns: int
    members: NDArray[np.int64]
    outcome: Outcome
    approaches: Approaches


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """Everything that is screened: n element sets, then tracks, each from a moment of its own.

    The core follows objects from the window's start until they are lost. What begins later takes part in a run of its
    own from then on, with all that is there by then; a run gives the pairs that were not there before it.
    """

    ephemerides: Sequence[OperatorEphemeris]
    chosen: ChosenSets
    tracks: list[_Track]
    propagator: CatalogueWithEphemerides
    volumes: VolumesOfObjects
    owner: NDArray[np.bool_]
    number: NDArray[np.int64]
    identity: NDArray[np.int64]
    born_tai_ns: NDArray[np.int64]
    start_tai_ns: int
    end_tai_ns: int

    @classmethod
    def of(
        cls,
        ephemerides: Sequence[OperatorEphemeris],
        chosen: ChosenSets,
        wanted: NDArray[np.int64],
        start_tai_ns: int,
        end_tai_ns: int,
        volume: Volume,
        mode: OperationMode,
        *,
        same_number: bool,
    ) -> _Scene:
        ids = chosen.norad_cat_ids
        tracks = [
            _Track(which, span, max(span.start_tai_ns, start_tai_ns), min(span.end_tai_ns, end_tai_ns))
            for which, each in enumerate(ephemerides)
            for span in each.spans
            if span.start_tai_ns < end_tai_ns and span.end_tai_ns > start_tai_ns
        ]
        which = np.array([track.ephemeris for track in tracks], dtype=np.int64)
        numbers = np.array([each.norad_cat_id for each in ephemerides], dtype=np.int64)[which]
        # Spans of one ephemeris are never a pair; states of one number only when asked.
        own = ids.size + which if same_number else numbers
        return cls(
            ephemerides=ephemerides,
            chosen=chosen,
            tracks=tracks,
            propagator=CatalogueWithEphemerides(chosen.batch(mode), tuple(track.curves for track in tracks)),
            volumes=_volumes(volume, chosen.sets, tracks),
            owner=np.concatenate([np.isin(ids, wanted), np.ones(len(tracks), dtype=bool)]),
            number=np.concatenate([ids, numbers]),
            identity=np.concatenate([np.arange(ids.size) if same_number else ids, own]),
            born_tai_ns=np.concatenate(
                [np.full(ids.size, start_tai_ns), np.array([track.start_tai_ns for track in tracks], dtype=np.int64)]
            ).astype(np.int64),
            start_tai_ns=start_tai_ns,
            end_tai_ns=end_tai_ns,
        )

    def run(self, executor: Executor, progress: Callable[[float], None] | None) -> list[_Run]:
        """Follow everything, one run for each moment at which something begins."""
        moments = np.unique(self.born_tai_ns[self.owner])
        dies = np.concatenate(
            [
                np.full(self.chosen.norad_cat_ids.size, self.end_tai_ns),
                np.array([track.end_tai_ns for track in self.tracks], dtype=np.int64),
            ]
        )
        rank = np.empty(self.number.size, dtype=np.int64)
        rank[np.lexsort((np.arange(self.number.size), self.number))] = np.arange(self.number.size)
        found = []
        for step, begin in enumerate(moments.tolist()):
            members = np.flatnonzero((self.born_tai_ns <= begin) & (dies > begin))
            newest = self.owner[members] & (self.born_tai_ns[members] == begin)
            outcome = find_approaches(
                self.propagator.take(members),
                start_tai_ns=begin,
                end_tai_ns=int(dies[members[newest]].max()),
                semi_axes_m=self.volumes.semi_axes_m[members],
                owner=self.owner[members],
                rank=rank[members],
                identity=self.identity[members],
                executor=executor,
                progress=None if progress is None else _Share(progress, step, moments.size),
            )
            pair = members[outcome.approaches.pair]
            is_new = np.asarray(self.born_tai_ns[pair].max(axis=1, initial=self.start_tai_ns) == begin)
            approaches = replace(outcome.approaches, pair=pair.astype(np.int32)).take(is_new)
            found.append(_Run(begin, members, outcome, approaches))
        return found

    def lost(self, runs: Sequence[_Run]) -> list[Unscreened]:
        """Return element sets that SGP4 could not follow; the ends of ephemerides are told by `outside_spans`."""
        seen: dict[int, Unscreened] = {}
        for run in runs:
            validity = run.outcome.validity
            for row in validity.lost:
                member, until = int(run.members[row]), int(validity.until_tai_ns[row])
                if member < self.chosen.norad_cat_ids.size and member not in seen:
                    reason = self.propagator.reason(int(validity.status[row]))
                    whole = until < self.start_tai_ns
                    seen[member] = Unscreened(int(self.number[member]), reason, None if whole else until)
        return list(seen.values())

    def outside_spans(self) -> list[Unscreened]:
        """Return when each ephemeris says nothing of the window."""
        found = []
        for which, each in enumerate(self.ephemerides):
            mine = [track for track in self.tracks if track.ephemeris == which]
            if not mine:
                found.append(Unscreened(each.norad_cat_id, f"ephemeris {each.label} says nothing of the window"))
                continue
            if mine[0].start_tai_ns > self.start_tai_ns:
                words = f"ephemeris {each.label} begins after the window"
                found.append(Unscreened(each.norad_cat_id, words, self.start_tai_ns, mine[0].start_tai_ns))
            for before, after in pairwise(mine):
                words = f"ephemeris {each.label} has a gap"
                found.append(Unscreened(each.norad_cat_id, words, before.end_tai_ns, after.start_tai_ns))
            if mine[-1].end_tai_ns < self.end_tai_ns:
                words = f"the useable span of ephemeris {each.label} ends"
                found.append(Unscreened(each.norad_cat_id, words, mine[-1].end_tai_ns))
        return found

    def rows(self, approaches: Approaches) -> pl.DataFrame:
        """Return the table with the ephemerides named behind the columns of every screening."""
        count = len(self.tracks)
        epochs = pl.concat([pl.Series(self.chosen.epoch_tai_ns), pl.Series([None] * count, dtype=pl.Int64)])
        labels = pl.Series(
            [None] * self.chosen.norad_cat_ids.size
            + [self.ephemerides[track.ephemeris].label for track in self.tracks],
            dtype=pl.String,
        )
        pair = approaches.pair.astype(np.int64)
        rows = conjunction_rows(approaches, norad_cat_ids=self.number, epoch_tai_ns=epochs)
        return rows.with_columns(
            labels.gather(pair[:, 0]).alias("ephemeris_1"), labels.gather(pair[:, 1]).alias("ephemeris_2")
        ).sort("tca_tai_ns", "norad_cat_id_1", "norad_cat_id_2", "ephemeris_1", "ephemeris_2")


@dataclass(frozen=True, slots=True)
class _Share:
    """Progress of one run among several."""

    told: Callable[[float], None]
    step: int
    steps: int

    def __call__(self, fraction: float) -> None:
        self.told((self.step + fraction) / self.steps)


def _volumes(volume: Volume, sets: ElementSets, tracks: Sequence[_Track]) -> VolumesOfObjects:
    """Return volumes of the element sets by their mean elements, then of tracks by their osculating ones."""
    own = volume.of(sets)
    state = np.concatenate(
        [track.curves.states(np.array([track.start_tai_ns])) for track in tracks] or [np.zeros((0, 6))]
    )
    position, velocity = state[:, :3], state[:, 3:]
    momentum = np.cross(position, velocity)
    length2 = (momentum**2).sum(axis=1)
    period = period_s(StateVectors(Frame.TEME, np.array([t.start_tai_ns for t in tracks]), position, velocity))
    axis = np.cbrt(EARTH_MU_M3_S2 * (period / TWO_PI) ** 2)
    with np.errstate(invalid="ignore"):
        given = volume.of_orbits(
            motion_rad_s=TWO_PI / period,
            eccentricity=np.sqrt(np.maximum(1.0 - length2 / (EARTH_MU_M3_S2 * axis), 0.0)),
            inclination_rad=np.arccos(momentum[:, 2] / np.sqrt(length2)),
        )
    counts = dict(own.objects_by_regime)
    for name, count in given.objects_by_regime.items():
        counts[name] = counts.get(name, 0) + count
    return VolumesOfObjects(np.concatenate([own.semi_axes_m, given.semi_axes_m]), counts)


def _utc(moment_tai_ns: int) -> str:
    return format_utc(moment_tai_ns, digits=0)


def _cost(runs: Sequence[_Run], rows: int) -> dict[str, float]:
    cost: dict[str, float] = {"moments": float(len(runs))}
    for run in runs:
        for name, value in run.outcome.cost.items():
            cost[name] = cost.get(name, 0.0) + value
    cost.pop("step_s", None)
    return {**cost, "rows": float(rows)}
