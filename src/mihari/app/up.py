"""The main job: a store with something in it, the picture, a screening, and what a watch officer reads first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mihari.app.node import Node, PictureAnswer, ScreeningAnswer
from mihari.astro.earth import EarthOrientation
from mihari.compute import Executor
from mihari.exercise.world import DEFAULT_SIZE, generate_world
from mihari.model.intake import IngestSummary
from mihari.model.provenance import DataMode
from mihari.store import ELEMENT_SETS, EmbeddedStore, StoreMode

if TYPE_CHECKING:
    from mihari.conjunction.screening import Volume

__all__ = ["WORLD_SEED", "Briefing", "brief", "fill_with_simulated_world", "is_empty"]

WORLD_SEED: Final = 20090210
"""Seed of the built-in world: every empty store is filled with the same one."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What `mihari up` found: picture and screening at one moment, what they rest on, what was taken in on the way."""

    picture: PictureAnswer
    screening: ScreeningAnswer
    orientation: EarthOrientation
    ingested: IngestSummary | None
    filled_objects: int


def is_empty(node: Node) -> bool:
    """Say whether the node's store holds no element set of any data mode."""
    assert node.folder is not None
    with EmbeddedStore.open(node.folder, mode=StoreMode.READ) as store:
        return not store.data_modes(kind=ELEMENT_SETS)


def fill_with_simulated_world(node: Node, *, size: int = DEFAULT_SIZE, seed: int = WORLD_SEED) -> int:
    """Put the built-in simulated world into the node's store; return how many objects it has."""
    assert node.folder is not None
    now_tai_ns = node.now_tai_ns()
    world = generate_world(seed=seed, size=size, epoch_tai_ns=now_tai_ns)
    with (
        EmbeddedStore.open(node.folder, mode=StoreMode.WRITE) as store,
        store.transaction(learned_tai_ns=now_tai_ns) as transaction,
    ):
        transaction.append_element_sets(world.element_sets, provenance=world.provenance)
        transaction.append_objects(world.objects, provenance=world.provenance)
    return size


def brief(
    node: Node,
    *,
    catalogue: Sequence[str | Path],
    at: str | int | None,
    span_s: float,
    volume: Volume,
    mode: DataMode | None,
    executor: Executor,
    say: Callable[[str], None],
    progress: Callable[[float], None] | None = None,
) -> Briefing:
    """Fill the store when it is empty, take in `catalogue`, build the picture, screen, and keep the run.

    Parameters
    ----------
    node : Node
        Over a record store.
    catalogue : sequence of str or Path
        Files to take in first; the simulated world is made only when there are none and the store is empty.
    at : str or int, optional
        The moment, as in `Node.where`.
    span_s : float
        Length of the screening window, s.
    volume : Volume
        What counts as close.
    mode : DataMode, optional
        Default: REAL once there is any.
    executor : Executor
        Where the screening runs.
    say : callable
        Told in one line what is being done.
    progress : callable, optional
        Told the fraction of the screening done.
    """
    ingested = None
    filled = 0
    if catalogue:
        say(f"taking in {', '.join(str(path) for path in catalogue)}")
        ingested = node.ingest(*catalogue)
    elif is_empty(node):
        say(f"the store is empty: filling it with the built-in simulated world of {DEFAULT_SIZE:,} objects")
        filled = fill_with_simulated_world(node)
    say("building the picture")
    picture = node.picture(at=at, mode=mode, threads=executor.workers)
    say(f"screening {span_s / 3600.0:g} h")
    screening = node.screen(
        start=picture.moment.at_tai_ns, span_s=span_s, volume=volume, mode=mode, executor=executor, progress=progress
    )
    node.keep_run(screening.result)
    return Briefing(picture, screening, node.orientation, ingested, filled)
