"""Columns: a tiling of the directions from the Earth's centre, with the neighbours of every tile.

Two objects that come within reach of each other during one step point into tiles that are neighbours. The tiles are
boxes of latitude and longitude in rings of equal height, so the tile of a direction costs two short polynomials; which
tiles are neighbours is worked out once and holds for poles and wrap-around alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DIRECTION_MARGIN_RAD", "Neighbours", "Tessellation", "build_tessellation", "find_neighbours"]

DIRECTION_MARGIN_RAD = 1.0e-3
"""Added to every reach: covers the polynomials of latitude and longitude (1e-4) and float32 (1e-6)."""

_SMALLEST_TILE_RAD = 0.055  # about 4,000 tiles: more would cost more to count than they spare


@dataclass(frozen=True, slots=True)
class Tessellation:
    """Rings from the south pole to the north, each cut into `tiles_in_ring` equal boxes.

    Attributes
    ----------
    ring_count : int
    tiles_in_ring, first_tile : int32 arrays, (ring_count,)
    tile_count : int
    """

    ring_count: int
    tiles_in_ring: NDArray[np.int32]
    first_tile: NDArray[np.int32]
    tile_count: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Neighbour lists in compressed rows: those of tile c are `tiles[start[c]:start[c + 1]]`.

    `full` lists contain the tile itself; `half` lists hold each unordered pair of different tiles once.
    """

    full_start: NDArray[np.int32]
    full_tiles: NDArray[np.int32]
    half_start: NDArray[np.int32]
    half_tiles: NDArray[np.int32]


def build_tessellation(reach_rad: float) -> Tessellation:
    """Return tiles about as wide as `reach_rad`, the angle within which two objects can meet."""
    tile_rad = min(max(reach_rad + 1.01 * DIRECTION_MARGIN_RAD, _SMALLEST_TILE_RAD), math.pi / 3.0)
    ring_count = max(3, int(math.pi / tile_rad))
    edges_rad = -0.5 * math.pi + np.arange(ring_count + 1) * (math.pi / ring_count)
    narrowest = np.maximum(np.minimum(np.cos(edges_rad[:-1]), np.cos(edges_rad[1:])), 0.0)
    # A tile is so wide, even at its poleward edge, that nothing reaches past the next one.
    sine = np.minimum(math.sin(0.5 * tile_rad) / np.maximum(narrowest, 1e-9), 1.0)
    tiles_in_ring = np.maximum(1, math.pi / np.arcsin(sine)).astype(np.int32)
    first_tile = np.concatenate([[0], np.cumsum(tiles_in_ring)[:-1]]).astype(np.int32)
    return Tessellation(ring_count, tiles_in_ring, first_tile, int(tiles_in_ring.sum()))


def find_neighbours(tessellation: Tessellation, reach_rad: float) -> Neighbours:
    """Return all pairs of tiles that hold two directions within `reach_rad` of each other.

    The least angle s between two boxes obeys sin²(s/2) ≥ sin²(g/2) + c₁ c₂ sin²(l/2), with g and l the gaps in latitude
    and longitude and c the least cosine of latitude in each box (haversine formula); no pair within reach is left out.
    """
    height_rad = math.pi / tessellation.ring_count
    ring = np.repeat(np.arange(tessellation.ring_count), tessellation.tiles_in_ring)
    place = np.arange(tessellation.tile_count) - tessellation.first_tile[ring]
    width_rad = 2.0 * math.pi / tessellation.tiles_in_ring[ring]
    centre_rad = (place + 0.5) * width_rad
    edges_rad = -0.5 * math.pi + np.arange(tessellation.ring_count + 1) * height_rad
    least_cosine = np.maximum(np.minimum(np.cos(edges_rad[:-1]), np.cos(edges_rad[1:])), 0.0)[ring]
    reach = reach_rad + DIRECTION_MARGIN_RAD
    limit = math.sin(0.5 * min(reach, math.pi)) ** 2

    full: list[NDArray[np.int64]] = []
    half: list[NDArray[np.int64]] = []
    for tile in range(tessellation.tile_count):
        gap_rings = np.maximum(np.abs(ring - ring[tile]) - 1, 0)
        turn_rad = np.abs(centre_rad - centre_rad[tile])
        turn_rad = np.minimum(turn_rad, 2.0 * math.pi - turn_rad)
        gap_rad = np.clip(turn_rad - 0.5 * (width_rad + width_rad[tile]), 0.0, math.pi)
        least = (
            np.sin(0.5 * gap_rings * height_rad) ** 2 + least_cosine * least_cosine[tile] * np.sin(0.5 * gap_rad) ** 2
        )
        near = np.flatnonzero(least <= limit)
        full.append(near)
        half.append(near[near > tile])
    return Neighbours(*_rows(full), *_rows(half))


def _rows(lists: list[NDArray[np.int64]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    start = np.concatenate([[0], np.cumsum([len(row) for row in lists])]).astype(np.int32)
    tiles = np.concatenate(lists).astype(np.int32) if lists else np.zeros(0, np.int32)
    return start, tiles
