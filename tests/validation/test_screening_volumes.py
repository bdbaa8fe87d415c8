"""Ellipsoidal volumes against brute force at 0.05 s, and the profiles as data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mihari.astro.time import parse_utc
from mihari.compute import SerialExecutor
from mihari.conjunction.screening import Volume, screen, volume_profiles
from mihari.errors import FormatError, NotFoundError, UsageError
from mihari.formats import read_file
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from screening_support import BruteForce, make_sets

START = parse_utc("2025-01-08T00:00:00Z")
ONE = {
    "name": "test",
    "version": "1",
    "source": "made for a test",
    "regimes": [
        {"name": "low", "perigee_altitude_km": [None, 700], "semi_axes_km": [12, 180, 90]},
        {"name": "high", "semi_axes_km": [30, 60, 120]},
    ],
}


@pytest.fixture
def ellipsoids(tmp_path: Path) -> Volume:
    path = tmp_path / "test.json"
    path.write_text(json.dumps(ONE), encoding="utf-8")
    return Volume.profile(path)


def run(sets: ElementSets, volume: Volume, span_s: float, primaries: list[int] | None = None) -> pl.DataFrame:
    return screen(
        sets,
        start_tai_ns=START,
        end_tai_ns=START + round(span_s * 1e9),
        volume=volume,
        executor=SerialExecutor(),
        data_mode=DataMode.REAL,
        primaries=primaries,
    ).conjunctions


class DepthTruth:
    """Squared depth of a pair in the volumes of both, with the reference propagator and vectors written out."""

    def __init__(self, sets: ElementSets, volume: Volume, span_s: float, owners: set[int] | None) -> None:
        self.sets = sets
        self.brute = BruteForce(sets, start_tai_ns=START, span_s=span_s, radius_m=1.0)
        self.axes = volume.of(sets).semi_axes_m
        self.owners = owners
        self.span_s = span_s

    def depths(self, i: int, j: int, times_s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Depth in i's volume, in j's, and range."""
        states = []
        for k in (i, j):
            brute = self.brute
            _, r, v = brute.sats[k].sgp4_array(np.full(times_s.size, brute.day), brute.fraction + times_s / 86400.0)
            states.append((r * 1e3, v * 1e3))
        out = []
        for k, (r, v), (other, _) in ((i, states[0], states[1]), (j, states[1], states[0])):
            radial = r / np.linalg.norm(r, axis=1)[:, None]
            normal = np.cross(r, v)
            normal /= np.linalg.norm(normal, axis=1)[:, None]
            along = np.cross(normal, radial)
            axes = (radial, along, normal)
            depth = sum((((other - r) * e).sum(axis=1) / a) ** 2 for e, a in zip(axes, self.axes[k], strict=True))
            owns = self.owners is None or self.brute.ids[k] in self.owners
            out.append(depth if owns else np.full(times_s.size, np.inf))
        return out[0], out[1], np.linalg.norm(states[0][0] - states[1][0], axis=1)

    def rows(self) -> list[tuple[int, int, str, float, float, int]]:
        """Every row that brute force at 0.05 s sees: ids, kind, time, range, whose volume."""
        radius = float(self.axes.max())
        events = BruteForce(self.sets, start_tai_ns=START, span_s=self.span_s, radius_m=radius).events()
        place = {number: k for k, number in enumerate(self.brute.ids)}
        out = []
        for pair in sorted({(e.id_1, e.id_2) for e in events}):
            i, j = place[pair[0]], place[pair[1]]
            mine = [e for e in events if (e.id_1, e.id_2) == pair]
            for start_s, end_s in sorted({(e.start_s, e.end_s) for e in mine}):
                times = np.linspace(start_s, end_s, max(int((end_s - start_s) / 0.05), 2001))
                d_i, d_j, distance = self.depths(i, j, times)
                inside = np.minimum(d_i, d_j) <= 1.0
                edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(int), [0]])))
                minima = [e for e in mine if not e.is_edge and start_s <= e.tca_s <= end_s]
                for first, last in zip(edges[::2], edges[1::2] - 1, strict=True):
                    within = [e for e in minima if times[first] - 0.05 <= e.tca_s <= times[last] + 0.05]
                    exact = [(e, *self.depths(i, j, np.array([e.tca_s]))) for e in within]
                    exact = [x for x in exact if min(x[1][0], x[2][0]) <= 1.0]
                    if exact:
                        for e, a, b, _ in exact:
                            out.append((*pair, "minimum", e.tca_s, e.miss_m, pair[0] if a[0] <= b[0] else pair[1]))
                    else:
                        k = first if distance[first] <= distance[last] else last
                        owner = pair[0] if d_i[k] <= d_j[k] else pair[1]
                        out.append((*pair, "edge", float(times[k]), float(distance[k]), owner))
        return sorted(out, key=lambda row: (row[0], row[1], row[3]))


@pytest.mark.parametrize("primaries", [False, True])
def test_ellipsoids_against_brute_force(shared_data: Path, ellipsoids: Volume, primaries: bool) -> None:
    catalogue = read_file(shared_data / "catalogues" / "full_20250108_named_rcs.parquet").element_sets
    frame = catalogue.frame.unique("norad_cat_id", maintain_order=True)
    low = frame.filter(pl.col("mean_motion_rev_day").is_between(15.0, 15.1)).sample(60, seed=3)
    mid = frame.filter(pl.col("mean_motion_rev_day").is_between(14.3, 14.5)).sample(60, seed=4)
    sets = ElementSets(pl.concat([low, mid]).sort("norad_cat_id"))
    span_s = 5 * 3600.0
    owners = set(sets.frame["norad_cat_id"].to_list()[::4]) if primaries else None
    truth = DepthTruth(sets, ellipsoids, span_s, owners)
    expected = truth.rows()
    found = run(sets, ellipsoids, span_s, None if owners is None else sorted(owners))
    rows = sorted(
        found.iter_rows(named=True), key=lambda r: (r["norad_cat_id_1"], r["norad_cat_id_2"], r["tca_tai_ns"])
    )
    assert [(r["norad_cat_id_1"], r["norad_cat_id_2"], r["kind"]) for r in rows] == [e[:3] for e in expected]
    assert len(expected) >= 5
    for row, event in zip(rows, expected, strict=True):
        minimum = row["kind"] == "minimum"
        late_s = abs((row["tca_tai_ns"] - START) * 1e-9 - event[3])
        assert late_s < (1e-3 if minimum and row["relative_speed_m_s"] > 100.0 else 0.2)
        assert abs(row["miss_distance_m"] - event[4]) < (1.0 if minimum else 0.06 * row["relative_speed_m_s"] + 1.0)
        assert row["primary_id"] == event[5]
        # The components are those of the primary's frame, and the row lies inside its volume.
        length = np.hypot(np.hypot(row["radial_m"], row["transverse_m"]), row["normal_m"])
        assert abs(length - row["miss_distance_m"]) < 1e-3
        axes = ellipsoids.of(sets).semi_axes_m[sets.frame["norad_cat_id"].to_list().index(row["primary_id"])]
        depth = (
            (row["radial_m"] / axes[0]) ** 2 + (row["transverse_m"] / axes[1]) ** 2 + (row["normal_m"] / axes[2]) ** 2
        )
        assert depth <= 1.0 + 1e-4


def test_a_sphere_written_as_an_ellipsoid_gives_the_same(shared_data: Path, tmp_path: Path) -> None:
    """The general path and the fast path agree: axes that differ by a micrometre take the general one."""
    catalogue = read_file(shared_data / "catalogues" / "full_20250108_named_rcs.parquet").element_sets
    sets = ElementSets(catalogue.frame.unique("norad_cat_id", maintain_order=True).sample(400, seed=31))
    path = tmp_path / "nearly.json"
    regime = {"name": "all", "semi_axes_km": [30.0, 30.000000001, 30.0]}
    path.write_text(json.dumps({**ONE, "regimes": [regime]}), encoding="utf-8")
    round_ = run(sets, Volume.sphere(30_000.0), 7200.0)
    oval = run(sets, Volume.profile(path), 7200.0)
    assert round_.height == oval.height > 10
    for name in ("norad_cat_id_1", "norad_cat_id_2", "kind"):
        assert round_[name].to_list() == oval[name].to_list()
    for name in ("tca_tai_ns", "interval_start_tai_ns", "interval_end_tai_ns"):
        slack_ns = np.maximum(1e6, 1e8 / np.maximum(round_["relative_speed_m_s"].to_numpy(), 1e-3))
        assert (np.abs((round_[name] - oval[name]).to_numpy()) < slack_ns).all()


def test_shipped_profiles_cover_every_orbit() -> None:
    rng = np.random.default_rng(1)
    count = 500
    sets = make_sets(
        norad_cat_id=np.arange(count),
        epoch_tai_ns=np.full(count, START),
        mean_motion_rev_day=rng.uniform(0.2, 16.0, count),
        eccentricity=rng.uniform(0.0, 0.9, count),
        inclination_deg=rng.uniform(0.0, 120.0, count),
    )
    for name in volume_profiles():
        of = Volume.profile(name).of(sets)
        assert (of.semi_axes_m > 0.0).all()
        assert sum(of.objects_by_regime.values()) == count
        text = Volume.profile(name).describe()
        assert text["source"]
        assert text["version"]
        assert "RTN" in text["frame"]


@pytest.mark.parametrize(
    ("mean_motion", "eccentricity", "inclination", "axes_km"),
    [
        (15.5, 0.001, 51.6, (0.4, 44, 51)),  # 420 km
        (14.9, 0.001, 97.0, (0.4, 25, 25)),  # 590 km
        (14.2, 0.001, 98.0, (0.4, 12, 12)),  # 830 km
        (12.6, 0.001, 98.0, (0.4, 2, 2)),  # 1,430 km
        (1.0027, 0.0002, 1.0, (10, 10, 10)),
        (2.0, 0.7, 63.0, (10, 10, 10)),  # not in the table
    ],
)
def test_catalogue_profile_follows_the_table(
    mean_motion: float, eccentricity: float, inclination: float, axes_km: tuple[float, float, float]
) -> None:
    sets = make_sets(
        norad_cat_id=[1],
        epoch_tai_ns=[START],
        mean_motion_rev_day=[mean_motion],
        eccentricity=[eccentricity],
        inclination_deg=[inclination],
    )
    of = Volume.profile("sds19-catalogue").of(sets)
    assert of.semi_axes_m[0].tolist() == [1e3 * axis for axis in axes_km]


def test_bad_volumes_are_refused(tmp_path: Path) -> None:
    for radius_m in (0.0, -5.0, float("nan"), float("inf"), 3.0e6):
        with pytest.raises(UsageError, match="radius"):
            Volume.sphere(radius_m)
    with pytest.raises(NotFoundError, match="sds19-catalogue"):
        Volume.profile("no-such")
    path = tmp_path / "broken.json"
    for text in ("{", "{}", json.dumps({**ONE, "regimes": [{"name": "x", "semi_axes_km": [1, 2, 3], "altitude": 1}]})):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FormatError, match=r"broken\.json"):
            Volume.profile(path)
