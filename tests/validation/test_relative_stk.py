"""Axes that hang on an object, and north-east-down, against STK's quaternions and rates.

The quaternion files of LVLH, TNW, VNC and VVLH carry no states, but the axes themselves give them: the radius from
LVLH's x, the direction of the velocity from TNW's x, the distance from the rate by Kepler. What is built from those
must give STK's other axes and rates. `NED_ITRF_1.csv` carries its states.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from mihari.astro.frames import Frame
from mihari.astro.geodetic import geodetic_from_itrf, ned_basis, ned_rate_rad_s
from mihari.astro.relative import local_rate_rad_s, rtn_basis, tnw_basis, vvlh_basis
from mihari.constants import EARTH_MU_M3_S2


@pytest.fixture(scope="module")
def folder(shared_cases: Path) -> Path:
    return shared_cases / "frames_stk"


def _table(path: Path) -> np.ndarray:
    with path.open(newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) > 5][1:]
    return np.array([[float(text) for text in row[1:]] for row in rows])


def _axes(quaternion: np.ndarray) -> np.ndarray:
    """Return the axes as rows; q4 is the scalar, and the first row of each file settles the direction."""
    x, y, z, w = quaternion.T
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)),
        (2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)),
        (2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


@pytest.fixture(scope="module")
def orbit(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity that the LVLH and TNW files imply."""
    lvlh, tnw = _table(folder / "LVLH_GCRF.csv"), _table(folder / "TNW_GCRF.csv")
    radial, along = _axes(lvlh[:, :4])[:, 0], _axes(tnw[:, :4])[:, 0]
    turn = lvlh[:, 6:7]
    radius = (EARTH_MU_M3_S2 / turn**2) ** (1 / 3)
    sine = np.linalg.norm(np.cross(radial, along), axis=-1, keepdims=True)
    return radius * radial, radius * turn / sine * along


@pytest.mark.parametrize(
    ("name", "builder", "frame"),
    [("LVLH", rtn_basis, Frame.RTN), ("TNW", tnw_basis, Frame.TNW), ("VVLH", vvlh_basis, Frame.VVLH)],
)
def test_axes_and_rates(folder: Path, orbit, name: str, builder, frame: Frame) -> None:
    table = _table(folder / f"{name}_GCRF.csv")
    assert len(table) == 121
    assert np.abs(builder(*orbit) - _axes(table[:, :4])).max() < 1e-11
    assert np.abs(local_rate_rad_s(frame, *orbit) - table[:, 4:7]).max() < 1e-11


def test_vnc_is_tnw_with_other_axis_order(folder: Path, orbit) -> None:
    table = _table(folder / "VNC_GCRF.csv")
    along, across, normal = np.moveaxis(tnw_basis(*orbit), -2, 0)
    assert np.abs(np.stack((along, normal, -across), axis=-2) - _axes(table[:, :4])).max() < 1e-11


def test_north_east_down(folder: Path) -> None:
    table = _table(folder / "NED_ITRF_1.csv")
    assert len(table) == 1441
    position, velocity = table[:, :3], table[:, 3:6]
    latitude, longitude, _ = geodetic_from_itrf(position)
    assert np.abs(ned_basis(latitude, longitude) - _axes(table[:, 6:10])).max() < 1e-11
    assert np.abs(ned_rate_rad_s(position, velocity) - table[:, 10:13]).max() < 1e-12
