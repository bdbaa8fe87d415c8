"""Brute force for screening tests: every pair, every second, python-sgp4, its own refinement, no code in common."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray
from sgp4.api import WGS72, Satrec, SatrecArray

from mihari.astro.time import utc_jd_from_tai_ns
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets

STEP_S = 1.0
_BLOCK = 600


def make_sets(**columns: object) -> ElementSets:
    """Element sets from the columns given; the rest null. Scalars are repeated."""
    length = max(np.atleast_1d(np.asarray(values)).size for values in columns.values())
    series = []
    for name, dtype in ELEMENT_SET_SCHEMA.items():
        if name in columns:
            values = np.broadcast_to(np.asarray(columns[name]), (length,))
            series.append(pl.Series(name, values.tolist()).cast(dtype))
        else:
            series.append(pl.Series(name, [None] * length, dtype=dtype))
    return ElementSets(pl.DataFrame(series))


def satrecs(sets: ElementSets) -> list[Satrec]:
    """Initialise the reference with the same elements."""
    out = []
    for row in sets.frame.iter_rows(named=True):
        day, fraction = utc_jd_from_tai_ns(np.array([row["epoch_tai_ns"]], dtype=np.int64))
        sat = Satrec()
        sat.sgp4init(
            WGS72,
            "i",
            0,
            float((day[0] - 2433281.5) + fraction[0]),
            row["bstar_per_earth_radius"],
            0.0,
            0.0,
            row["eccentricity"],
            math.radians(row["arg_of_pericenter_deg"]),
            math.radians(row["inclination_deg"]),
            math.radians(row["mean_anomaly_deg"]),
            row["mean_motion_rev_day"] * 2.0 * math.pi / 1440.0,
            math.radians(row["ra_of_asc_node_deg"]),
        )
        # One double of days is good to a microsecond only: give the epoch in two parts.
        sat.jdsatepoch = float(day[0])
        sat.jdsatepochF = float(fraction[0])
        out.append(sat)
    return out


@dataclass(frozen=True)
class Event:
    """One expected row."""

    id_1: int
    id_2: int
    tca_s: float
    miss_m: float
    speed_m_s: float
    is_edge: bool
    start_s: float
    end_s: float


@njit(cache=True)
def _candidates(positions, homes, limit2, out, made):  # type: ignore[no-untyped-def]
    """Seconds k (1 .. t-2 of the block) at which a pair's sampled range has a minimum within the limit."""
    n, t, _ = positions.shape
    for i in range(homes):
        for j in range(i + 1, n):
            before = math.inf
            now = math.inf
            for k in range(t):
                dx = positions[i, k, 0] - positions[j, k, 0]
                dy = positions[i, k, 1] - positions[j, k, 1]
                dz = positions[i, k, 2] - positions[j, k, 2]
                after = dx * dx + dy * dy + dz * dz
                if k >= 2 and now <= before and now < after and now < limit2:
                    if made < out.shape[0]:
                        out[made, 0] = i
                        out[made, 1] = j
                        out[made, 2] = k - 1
                    made += 1
                before = now
                now = after
    return made


class BruteForce:
    """All pairs of a small catalogue, spheres of one radius; or the pairs of its first `homes` objects with all."""

    def __init__(
        self, sets: ElementSets, *, start_tai_ns: int, span_s: float, radius_m: float, homes: int | None = None
    ) -> None:
        self.ids = sets.frame["norad_cat_id"].to_list()
        self.sats = satrecs(sets)
        self.homes = len(self.sats) if homes is None else homes
        self.start = start_tai_ns
        self.span_s = span_s
        self.radius_m = radius_m
        day, fraction = utc_jd_from_tai_ns(np.array([start_tai_ns], dtype=np.int64))
        self.day, self.fraction = float(day[0]), float(fraction[0])
        self.until_s = [self._until(sat) for sat in self.sats]

    def state(self, index: int, t_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Position and velocity, m and m/s."""
        _, r, v = self.sats[index].sgp4(self.day, self.fraction + t_s / 86400.0)
        return np.array(r) * 1e3, np.array(v) * 1e3

    def _until(self, sat: Satrec) -> float:
        """Time of the first error, found at 1 s and bisected; below zero when there is one at the start."""
        times = np.append(np.arange(0.0, self.span_s, STEP_S), self.span_s)
        codes, _, _ = sat.sgp4_array(np.full(times.size, self.day), self.fraction + times / 86400.0)
        wrong = np.flatnonzero(codes)
        if wrong.size == 0:
            return self.span_s
        if wrong[0] == 0:
            return -1.0
        low, high = times[wrong[0] - 1], times[wrong[0]]
        while high - low > 1e-6:
            middle = 0.5 * (low + high)
            if sat.sgp4(self.day, self.fraction + middle / 86400.0)[0]:
                high = middle
            else:
                low = middle
        return float(low)

    def range_m(self, i: int, j: int, t_s: float) -> float:
        """Distance of two objects."""
        return float(np.linalg.norm(self.state(i, t_s)[0] - self.state(j, t_s)[0]))

    def events(self) -> list[Event]:
        """Every minimum inside the radius, and one edge for each interval without any."""
        minima: dict[tuple[int, int], list[float]] = {}
        array = SatrecArray(self.sats)
        # Within a second a pair moves up to 22 km.
        limit2 = ((self.radius_m + 22_000.0) / 1e3) ** 2
        k0 = 0
        total = math.floor(self.span_s)
        while k0 < total:
            seconds = np.arange(k0 - 1, min(k0 + _BLOCK, total) + 2) * STEP_S
            codes, positions, _ = array.sgp4(np.full(seconds.size, self.day), self.fraction + seconds / 86400.0)
            positions = np.where((codes != 0)[:, :, None], np.nan, positions)
            room = np.empty((200_000, 3), np.int64)
            made = _candidates(np.ascontiguousarray(positions), self.homes, limit2, room, 0)
            assert made <= room.shape[0]
            for i, j, k in room[:made]:
                t = self._minimum(int(i), int(j), seconds[k] - 1.0, seconds[k] + 1.0)
                end = min(self.until_s[i], self.until_s[j])
                if 0.0 <= t <= end and self.range_m(int(i), int(j), t) <= self.radius_m:
                    known = minima.setdefault((int(i), int(j)), [])
                    if all(abs(t - other) > 1e-2 for other in known):
                        known.append(t)
            k0 += _BLOCK
        out: list[Event] = []
        for i in range(self.homes):
            for j in range(i + 1, len(self.sats)):
                out.extend(self._rows(i, j, self._distinct(i, j, sorted(minima.get((i, j), [])))))
        return out

    def _distinct(self, i: int, j: int, minima: list[float]) -> list[float]:
        """Merge minima between which the range does not rise by a millimetre: rounding, not motion."""
        kept: list[float] = []
        for t in minima:
            if kept:
                between = [self.range_m(i, j, kept[-1] + f * (t - kept[-1])) for f in np.linspace(0.0, 1.0, 201)]
                ends = (between[0], between[-1])
                if max(between) - max(ends) <= 1e-3:
                    if ends[1] < ends[0]:
                        kept[-1] = t
                    continue
            kept.append(t)
        return kept

    def _minimum(self, i: int, j: int, low: float, high: float) -> float:
        """Golden section on the range itself, then a parabola: no velocity is used."""
        ratio = 0.5 * (math.sqrt(5.0) - 1.0)
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        fa, fb = self.range_m(i, j, a), self.range_m(i, j, b)
        while high - low > 0.05:
            if fa < fb:
                high, b, fb = b, a, fa
                a = high - ratio * (high - low)
                fa = self.range_m(i, j, a)
            else:
                low, a, fa = a, b, fb
                b = low + ratio * (high - low)
                fb = self.range_m(i, j, b)
        middle = 0.5 * (low + high)
        speed = np.linalg.norm(self.state(i, middle)[1] - self.state(j, middle)[1])
        h = 0.1 if speed > 50.0 else (2.0 if speed > 0.5 else 20.0)
        for _ in range(6):
            f = [self.range_m(i, j, middle + s * h) ** 2 for s in (-1, 0, 1)]
            bend = f[0] - 2.0 * f[1] + f[2]
            if bend <= 0.0:
                break
            step = float(np.clip(0.5 * h * (f[0] - f[2]) / bend, -2 * h, 2 * h))
            middle += step
            if abs(step) < 1e-5:
                break
        return middle

    def _rows(self, i: int, j: int, minima: list[float]) -> list[Event]:
        end = min(self.until_s[i], self.until_s[j])
        if end < 0.0:
            return []
        seeds = list(minima)
        for moment in (0.0, end):
            if self.range_m(i, j, moment) <= self.radius_m:
                seeds.append(moment)
        intervals: list[tuple[float, float]] = []
        for seed in sorted(seeds):
            if any(a - 1e-3 <= seed <= b + 1e-3 for a, b in intervals):
                continue
            intervals.append((self._exit(i, j, seed, -1.0, end), self._exit(i, j, seed, 1.0, end)))
        id_1, id_2 = sorted((self.ids[i], self.ids[j]))
        out = []
        for a, b in intervals:
            within = [t for t in minima if a - 1e-3 <= t <= b + 1e-3]
            moments = within or [min((a, b), key=lambda t: self.range_m(i, j, t))]
            for t in moments:
                first, second = self.state(i, t), self.state(j, t)
                speed = float(np.linalg.norm(first[1] - second[1]))
                out.append(Event(id_1, id_2, t, self.range_m(i, j, t), speed, not within, a, b))
        return out

    def _exit(self, i: int, j: int, seed: float, sign: float, end: float) -> float:
        """Walk from inside to the surface, then bisect."""
        inside = seed
        while True:
            if (sign < 0.0 and inside <= 0.0) or (sign > 0.0 and inside >= end):
                return inside
            step = 0.02 if self.range_m(i, j, inside) > 0.9 * self.radius_m else 0.2
            speed = float(np.linalg.norm(self.state(i, inside)[1] - self.state(j, inside)[1]))
            gap = self.radius_m - self.range_m(i, j, inside)
            step = min(max(step, gap / max(speed, 1e-3)), 30.0)
            outside = min(max(inside + sign * step, 0.0), end)
            if self.range_m(i, j, outside) > self.radius_m:
                break
            inside = outside
        for _ in range(60):
            middle = 0.5 * (inside + outside)
            if self.range_m(i, j, middle) <= self.radius_m:
                inside = middle
            else:
                outside = middle
        return inside


def assert_same(found: pl.DataFrame, events: list[Event], *, start_tai_ns: int) -> None:
    """Same rows, no other: miss to 1 m, TCA to 1 ms above 100 m/s, intervals to 2 ms there."""
    rows = sorted(
        (r["norad_cat_id_1"], r["norad_cat_id_2"], (r["tca_tai_ns"] - start_tai_ns) * 1e-9, r)
        for r in found.iter_rows(named=True)
    )
    expected = sorted(events, key=lambda e: (e.id_1, e.id_2, e.tca_s))
    assert [(r[0], r[1], r[3]["kind"]) for r in rows] == [
        (e.id_1, e.id_2, "edge" if e.is_edge else "minimum") for e in expected
    ]
    for row, event in zip(rows, expected, strict=True):
        table = row[3]
        # A slow minimum is flat: its time is known as far as its range tells it.
        slack_s = 1e-3 if event.speed_m_s > 100.0 else max(0.1, 0.05 / max(event.speed_m_s, 1e-4))
        assert abs(row[2] - event.tca_s) < slack_s, (row, event)
        assert abs(table["miss_distance_m"] - event.miss_m) < 1.0, (row, event)
        for name, moment in (("interval_start_tai_ns", event.start_s), ("interval_end_tai_ns", event.end_s)):
            assert abs((table[name] - start_tai_ns) * 1e-9 - moment) < max(2 * slack_s, 0.01), (name, row, event)
