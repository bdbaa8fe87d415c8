"""The numeric answer of a screening: close approaches as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

__all__ = ["Approaches"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Approaches:
    """Close approaches, one row each, as parallel arrays of m rows.

    Attributes
    ----------
    pair : (m, 2) int32
        Object indices, in order of rank.
    tca_tai_ns : (m,) int64
    miss_distance_m, relative_speed_m_s : (m,) float64
    is_edge : (m,) bool
        An interval without a minimum of range: the row is its closest moment.
    interval_start_tai_ns, interval_end_tai_ns : (m,) int64
    is_second : (m,) bool
        The volume that was entered belongs to the second of the pair.
    rtn_m : (m, 3) float64
        The other object in the frame of the one whose volume it is.
    """

    pair: NDArray[np.int32]
    tca_tai_ns: NDArray[np.int64]
    miss_distance_m: NDArray[np.float64]
    relative_speed_m_s: NDArray[np.float64]
    is_edge: NDArray[np.bool_]
    interval_start_tai_ns: NDArray[np.int64]
    interval_end_tai_ns: NDArray[np.int64]
    is_second: NDArray[np.bool_]
    rtn_m: NDArray[np.float64]

    @property
    def count(self) -> int:
        """Number of rows."""
        return int(self.tca_tai_ns.size)

    @classmethod
    def empty(cls) -> Approaches:
        """Return no rows."""
        integers = np.zeros(0, np.int64)
        numbers = np.zeros(0)
        flags = np.zeros(0, bool)
        return cls(
            pair=np.zeros((0, 2), np.int32),
            tca_tai_ns=integers,
            miss_distance_m=numbers,
            relative_speed_m_s=numbers,
            is_edge=flags,
            interval_start_tai_ns=integers,
            interval_end_tai_ns=integers,
            is_second=flags,
            rtn_m=np.zeros((0, 3)),
        )

    @classmethod
    def concatenate(cls, parts: list[Approaches]) -> Approaches:
        """Return the rows of all parts, in order."""
        if not parts:
            return cls.empty()
        return cls(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)})

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Approaches:
        """Return the rows at `index`."""
        return Approaches(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def in_order(self) -> Approaches:
        """Return the rows by time, then pair."""
        return self.take(np.lexsort((self.is_edge, self.pair[:, 1], self.pair[:, 0], self.tca_tai_ns)))
