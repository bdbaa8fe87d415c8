"""The way of one object and the distance of two, against the picture and the `sgp4` package."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sgp4.api import Satrec

from mihari.astro.earth import EarthOrientation, load_earth_orientation
from mihari.astro.states import Frame
from mihari.errors import InputError
from mihari.formats import read_bytes
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode
from mihari.picture import build_picture, separation_of, track_of
from tests_support import make_tle

TLES = (
    make_tle(norad_cat_id=1, name="LOW"),
    make_tle(norad_cat_id=2, name="HIGH", mean_motion_rev_day=2.00561, eccentricity=0.7, inclination_deg=63.4),
)
STEP_NS = 97_000_000_000


@pytest.fixture(scope="module")
def orientation() -> EarthOrientation:
    return load_earth_orientation()


@pytest.fixture(scope="module")
def sets() -> ElementSets:
    return read_bytes("".join(TLES).encode(), name="two.tle").element_sets


def times_of(sets: ElementSets, count: int = 40) -> np.ndarray:
    return int(sets.frame["epoch_tai_ns"][0]) + np.arange(count) * STEP_NS


@pytest.mark.parametrize("frame", [Frame.GCRF, Frame.ITRF, Frame.TEME, Frame.TOD])
@pytest.mark.parametrize("row", [0, 1])
def test_each_row_is_the_picture_of_its_moment(
    sets: ElementSets, orientation: EarthOrientation, frame: Frame, row: int
) -> None:
    one = ElementSets(sets.frame[row : row + 1])
    times = times_of(sets)
    track = track_of(one, times_tai_ns=times, frame=frame, orientation=orientation)
    for place in range(0, times.size, 13):
        seen = build_picture(
            one, at_tai_ns=int(times[place]), frame=frame, orientation=orientation, data_mode=DataMode.TEST
        ).states.row(0, named=True)
        position_m = [seen[name] for name in ("x_m", "y_m", "z_m")]
        # The picture of few objects goes through the reference's scalar path: both agree to 1e-6 km.
        assert track.states.position_m[place] == pytest.approx(position_m, abs=1e-3)
        assert track.longitude_rad[place] == pytest.approx(seen["longitude_rad"], abs=1e-9)
        assert track.altitude_m[place] == pytest.approx(seen["altitude_m"], abs=1e-3)
    assert not track.status.any()


def test_separation_is_that_of_the_reference(sets: ElementSets) -> None:
    times = times_of(sets)
    apart = separation_of(sets, times_tai_ns=times)
    records = [Satrec.twoline2rv(*text.splitlines()[1:]) for text in TLES]
    minutes = np.arange(times.size) * STEP_NS / 60e9
    states = np.array([[record.sgp4_tsince(each)[1:] for each in minutes] for record in records])
    expected_km = np.linalg.norm(states[1] - states[0], axis=-1)
    assert apart.range_m / 1e3 == pytest.approx(expected_km[:, 0], abs=1e-5)
    assert apart.relative_speed_m_s / 1e3 == pytest.approx(expected_km[:, 1], abs=1e-8)


def test_an_object_that_fell_has_gaps(sets: ElementSets, orientation: EarthOrientation) -> None:
    fallen = ElementSets(
        sets.frame[:1].with_columns(pl.lit(16.45).alias("mean_motion_rev_day"), bstar_per_earth_radius=0.9)
    )
    times = times_of(sets) + 20 * 86_400_000_000_000
    track = track_of(fallen, times_tai_ns=times, frame=Frame.GCRF, orientation=orientation)
    assert track.status.all()
    assert np.isnan(track.states.position_m).all()
    assert np.isnan(track.longitude_rad).all()
    both = ElementSets(pl.concat([fallen.frame, sets.frame[1:]]))
    assert np.isnan(separation_of(both, times_tai_ns=times).range_m).all()


def test_the_wrong_number_of_sets_is_refused(sets: ElementSets, orientation: EarthOrientation) -> None:
    with pytest.raises(InputError, match="2 were given"):
        track_of(sets, times_tai_ns=[0], frame=Frame.GCRF, orientation=orientation)
    with pytest.raises(InputError, match="1 were given"):
        separation_of(ElementSets(sets.frame[:1]), times_tai_ns=[0])
