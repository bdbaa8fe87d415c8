"""The plan of a screening: steps, classes, columns, and who owns a volume. Worked out once, then only read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.screening._sieve import CLASSES, LAYER_COUNT, LAYER_HIGH_COUNT
from mihari.conjunction.screening._tessellation import Neighbours, Tessellation, build_tessellation, find_neighbours

__all__ = ["SievePlan", "build_plan"]

_LOWEST_RADIUS_M = 6.378e6
_NEAR_TURN_RAD_S = 1.2e-3  # circular at 140 km altitude: 1.198e-3
_FAR_TURN_RAD_S = 1.8e-3  # parabolic at the surface: 1.75e-3
_RADIAL_SPEEDS_M_S = (50.0, 300.0, 9_000.0, math.inf)  # limits of the classes, over half a step
_PAD_SPEEDS_M_S = (6.0, 6.0, 40.0, math.inf)  # SGP4's velocity alone: up to 3 m/s off in deep space
_LEAST_NODES = 4
_TABLE_BYTES = 1 << 26
# With the nodes before and after, the times of a block are whole bundles of vectors for SGP4.
_MANY_NODES = 62
_FEW_NODES = 30
_BYTES_PER_NODE = 33


@dataclass(frozen=True, slots=True, eq=False)
class SievePlan:
    """What every block reads.

    Attributes
    ----------
    node_tai_ns : (nodes,) int64
        Centres of the steps, which tile the window exactly.
    step_s, tau_s : float
        Length of a step and half of it.
    limits : (CLASSES, 9) float64
    base : (CLASSES + 1,) int64
        First bin of every class.
    size_m, radial_size_m : float
        Greatest semi-axis of any volume, and the most that two radii differ inside one.
    semi_axes_m : (n, 3) float64
    owner : (n,) bool
    only_owners : bool
        Only pairs with an owner count (some on all).
    nodes_per_block : int
    gone : (g, 2) int64
        Objects, and the node from which they are out.
    spare : list
        Work memory that blocks of this process hand on to each other: fresh pages cost more than the work done in them.
    """

    node_tai_ns: NDArray[np.int64]
    step_s: float
    tau_s: float
    tessellation: Tessellation
    near: Neighbours
    far: Neighbours
    far_turn_rad: float
    limits: NDArray[np.float64]
    base: NDArray[np.int64]
    size_m: float
    radial_size_m: float
    semi_axes_m: NDArray[np.float64]
    owner: NDArray[np.bool_]
    only_owners: bool
    nodes_per_block: int
    gone: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    spare: list[Any] = field(default_factory=list)

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """First and last (exclusive) node of each block."""
        count = self.node_tai_ns.size
        return [(k, min(k + self.nodes_per_block, count)) for k in range(0, count, self.nodes_per_block)]


def build_plan(
    *,
    start_tai_ns: int,
    end_tai_ns: int,
    semi_axes_m: NDArray[np.float64],
    owner: NDArray[np.bool_],
    only_owners: bool,
    step_s: float | None = None,
    nodes_per_block: int | None = None,
) -> SievePlan:
    """Choose step, classes and columns for a window, the number of objects and their volumes."""
    count = semi_axes_m.shape[0]
    length_ns = end_tai_ns - start_tai_ns
    wanted_s = step_s if step_s is not None else _step_s(count)
    nodes = max(_LEAST_NODES, math.ceil(length_ns * 1e-9 / wanted_s))
    places = np.array([((2 * k + 1) * length_ns) // (2 * nodes) for k in range(nodes)], dtype=np.int64)
    step = length_ns * 1e-9 / nodes
    # Nodes lie on whole nanoseconds, so steps reach a nanosecond over.
    tau = 0.5 * step + 2.0e-9

    owned = semi_axes_m[owner]
    size = float(owned.max()) if owned.size else 0.0
    across = owned[:, 1:].max(axis=1) if owned.size else np.zeros(0)
    rise = np.sqrt(across**2 + _LOWEST_RADIUS_M**2) - _LOWEST_RADIUS_M
    radial = float(np.minimum(owned[:, 0] + rise, owned.max(axis=1)).max()) if owned.size else 0.0

    reach = 1.0001 * size / _LOWEST_RADIUS_M
    near_turn = _NEAR_TURN_RAD_S * tau
    far_turn = _FAR_TURN_RAD_S * tau
    near_reach = 2.0 * near_turn + reach
    tessellation = build_tessellation(near_reach)
    limits = _limits(tau, near_turn, far_turn, count, tessellation.tile_count)
    layers = limits[:, LAYER_COUNT] + limits[:, LAYER_HIGH_COUNT] + 1
    base = np.concatenate([[0], np.cumsum(layers * tessellation.tile_count)]).astype(np.int64)
    if nodes_per_block is None:
        nodes_per_block = _MANY_NODES if _BYTES_PER_NODE * _MANY_NODES * count <= _TABLE_BYTES else _FEW_NODES
    return SievePlan(
        node_tai_ns=start_tai_ns + places,
        step_s=step,
        tau_s=tau,
        tessellation=tessellation,
        near=find_neighbours(tessellation, near_reach),
        far=find_neighbours(tessellation, 2.0 * far_turn + reach),
        far_turn_rad=far_turn,
        limits=limits,
        base=base,
        size_m=size,
        radial_size_m=radial,
        semi_axes_m=np.ascontiguousarray(semi_axes_m, dtype=np.float64),
        owner=np.ascontiguousarray(owner),
        only_owners=only_owners,
        nodes_per_block=nodes_per_block,
    )


def _step_s(count: int) -> float:
    """Length of a step: longer ones have fewer nodes and more pairs to tell apart, the more the more objects there are.

    The fifth root fits the best lengths measured for 100,000 and 300,000 objects. At 180 s the terms that the radial
    reach leaves out are still below its 2 %.
    """
    return float(np.clip(180.0 * (40_000.0 / max(count, 1)) ** 0.2, 60.0, 180.0))


def _limits(
    tau_s: float, near_turn_rad: float, far_turn_rad: float, count: int, tile_count: int
) -> NDArray[np.float64]:
    limits = np.zeros((CLASSES, 9))
    # Fine layers where most objects are; about as many bins as twice the objects.
    height = float(np.clip(1.3e6 * tile_count / max(count, 1), 8e3, 400e3))
    for c in range(CLASSES):
        fine = height * (1.0, 2.0, 8.0, 16.0)[c]
        limits[c, 0] = _RADIAL_SPEEDS_M_S[c] * tau_s
        limits[c, 1] = _PAD_SPEEDS_M_S[c] * tau_s + 20.0
        limits[c, 2] = (near_turn_rad, near_turn_rad, far_turn_rad, math.inf)[c]
        limits[c, 3] = 6.45e6
        limits[c, 4] = fine
        limits[c, 5] = math.ceil((8.6e6 - 6.45e6) / fine)
        limits[c, 6] = 6.45e6 + fine * limits[c, 5]
        limits[c, 7] = 1.5e6
        limits[c, 8] = 28
    return limits
