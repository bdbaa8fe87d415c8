"""What labels cost: the picture of 30,000 objects as a viewer sees it beside the node's own, and request decisions."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from mihari.app.node import Node
from mihari.exercise.world import generate_world
from mihari.model.orbit import ElementSets
from mihari.model.space_object import SpaceObjects
from mihari.policy.access import Action, DecisionRequest, Role, Viewer, decide, load_parties, load_policies
from mihari.store import EmbeddedStore, StoreMode

OBJECTS = 30_000
NOW_TAI_NS = 1_767_225_637_000_000_000
ROUNDS = 12
LABELS = (
    *("PUBLIC" for _ in range(12)),
    *("REL:JP", "REL:JP+US", "REL:QUAD", "REL:QUAD&JP+US", "REL:US", "REL:OPERATOR", "REL:AU//BY:AU//ORCON"),
    "REL:JP//EXPIRES:2020-01-01T00:00:00Z",
)
"""Of every record one, by the object's number: eight of twenty are not for everyone."""


def filled(folder: Path, labels: tuple[str, ...]) -> Node:
    """Make a store of the simulated world under these labels, all in one segment."""
    world = generate_world(seed=5, size=OBJECTS, epoch_tai_ns=NOW_TAI_NS)
    with (
        EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store,
        store.transaction(learned_tai_ns=NOW_TAI_NS) as pending,
    ):
        for place, label in enumerate(labels):
            stamp = replace(world.provenance, label=label)
            sets, objects = world.element_sets.frame, world.objects.frame
            mine = sets.filter(sets["norad_cat_id"] % len(labels) == place)
            pending.append_element_sets(ElementSets(mine), provenance=stamp)
            own = objects.filter(objects["norad_cat_id"] % len(labels) == place)
            pending.append_objects(SpaceObjects(own), provenance=stamp)
    return Node(folder=folder, files=None, clock=lambda: NOW_TAI_NS)


def best_s(works: Sequence[Callable[[], object]]) -> list[float]:
    """Return the shortest of several runs of each, taken in turn: the machine has other things to do."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, own in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            own.append(time.perf_counter() - start)
    return [min(own) for own in times]


def picture(node: Node, viewer: Viewer | None) -> Callable[[], int]:
    """Return the work of one whole picture from a node that remembers nothing."""

    def work() -> int:
        fresh = Node(folder=node.folder, files=None, clock=node.now_tai_ns)
        seen = fresh if viewer is None else fresh.seen_by(viewer)
        return seen.picture(at=NOW_TAI_NS).picture.states.height

    return work


def main() -> None:
    book = load_parties()
    japan = Viewer.of("JP", book=book, roles=[Role.ANALYST])
    operator = replace(japan, operates=frozenset(range(900_000_000, 900_000_000 + OBJECTS, 15)))
    with tempfile.TemporaryDirectory() as folder:
        mixed, plain = filled(Path(folder) / "mixed", LABELS), filled(Path(folder) / "plain", ("PUBLIC",))
        cases = (
            ("own staff, one label", plain, None),
            ("own staff, twenty labels", mixed, None),
            ("the public, one label", plain, Viewer.public()),
            ("Japan, twenty labels", mixed, japan),
            ("Japan, which operates 2,000 of them", mixed, operator),
        )
        works = [picture(node, viewer) for _, node, viewer in cases]
        heights = [work() for work in works]
        times = best_s(works)
        print(f"picture of {OBJECTS:,} objects from the store, in a node that remembers nothing:")
        for (words, _, _), height, took in zip(cases, heights, times, strict=True):
            print(f"  {words}: {height:,} objects, {took * 1e3:.0f} ms, ratio {took / times[0]:.2f}")
    policies = load_policies()
    for words, label in (("allowed, all fields", "REL:QUAD&JP+US"), ("denied", "REL:US&IN")):
        asked = DecisionRequest(viewer=japan, action=Action.READ, at_tai_ns=NOW_TAI_NS, kind="assessment", label=label)
        times = np.empty(3_000)
        for place in range(times.size):
            start = time.perf_counter()
            decide(asked, policies)
            times[place] = time.perf_counter() - start
        p50, p99 = np.percentile(times, [50, 99]) * 1e6
        print(f"decision, {words}: p50 {p50:.0f} us, p99 {p99:.0f} us")


if __name__ == "__main__":
    main()
