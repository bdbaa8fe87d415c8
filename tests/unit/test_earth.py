from __future__ import annotations

import lzma
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mihari.astro.earth import (
    EarthOrientation,
    EopInterpolation,
    load_earth_orientation,
    read_c04,
    read_finals2000a,
    tai_ns_from_ut1_jd,
    ut1_jd_from_tai_ns,
)
from mihari.astro.time import NS_PER_DAY, NS_PER_S, parse_utc
from mihari.errors import DataGapError, FormatError, InputError, NotFoundError

ARCSEC = np.pi / 648_000


@pytest.fixture(scope="module")
def orientation() -> EarthOrientation:
    return load_earth_orientation()


def _finals_line(mjd: int, flag: str, *, ut1: float, lod_ms: str = "", late_ut1: str = "", offsets: bool = True) -> str:
    """Compose one row of finals2000A in its documented columns."""
    row = [" "] * 188

    def put(first: int, last: int, text: str) -> None:
        row[first - 1 : last] = text.rjust(last - first + 1)

    put(8, 15, f"{mjd:.2f}")
    put(17, 17, flag)
    put(19, 27, "0.100000")
    put(38, 46, "0.200000")
    put(58, 58, flag)
    put(59, 68, f"{ut1:.7f}")
    put(80, 86, lod_ms)
    if offsets:
        put(96, 96, flag)
        put(98, 106, "0.300")
        put(117, 125, "-0.400")
    if late_ut1:
        put(135, 144, "0.110000")
        put(145, 154, "0.210000")
        put(155, 165, late_ut1)
        put(166, 175, "0.500")
        put(176, 185, "0.600")
    return "".join(row)


# 2016-12-30 to 2017-01-04: a leap second in the midst, and the end of the measurements.
_FINALS = [
    _finals_line(57752, "I", ut1=-0.4055, lod_ms="1.1000", late_ut1="-0.4056000"),
    _finals_line(57753, "I", ut1=-0.4067, lod_ms="1.2000", late_ut1="-0.4068000"),
    _finals_line(57754, "I", ut1=0.5920, lod_ms="1.3000"),
    _finals_line(57755, "P", ut1=0.5907),
    _finals_line(57756, "P", ut1=0.5894, offsets=False),
    " " * 7 + "57757.00" + " " * 173,
]


@pytest.fixture
def finals(tmp_path: Path) -> Path:
    path = tmp_path / "finals2000A.all"
    path.write_text("\n".join(_FINALS) + "\n")
    return path


def test_finals_are_read_column_by_column(finals: Path) -> None:
    table = read_finals2000a(finals)
    assert table.start_tai_ns == parse_utc("2016-12-30")
    assert table.end_tai_ns == parse_utc("2017-01-03")
    assert table.measured_until_tai_ns == parse_utc("2017-01-01")
    assert np.allclose(table.ut1_tai_s, [-36.4056, -36.4068, -36.4080, -36.4093, -36.4106], rtol=0, atol=1e-12)
    assert np.allclose(table.x_pole_rad / ARCSEC, [0.11, 0.11, 0.1, 0.1, 0.1])
    assert np.allclose(table.y_pole_rad / ARCSEC, [0.21, 0.21, 0.2, 0.2, 0.2])
    assert np.allclose(table.dx_rad / ARCSEC * 1e3, [0.5, 0.5, 0.3, 0.3, 0.3])
    assert np.allclose(table.dy_rad / ARCSEC * 1e3, [0.6, 0.6, -0.4, -0.4, -0.4])
    # Where the file leaves the length of day blank it is the rate of UT1: 1.3 ms a day here.
    assert np.allclose(table.lod_s, [1.1e-3, 1.2e-3, 1.3e-3, 1.3e-3, 1.3e-3], rtol=0, atol=2e-8)


def test_xz_is_unpacked_and_a_torn_one_refused(finals: Path, tmp_path: Path) -> None:
    packed = tmp_path / "finals.txt.xz"
    packed.write_bytes(lzma.compress(finals.read_bytes()))
    assert np.array_equal(read_finals2000a(packed).ut1_tai_s, read_finals2000a(finals).ut1_tai_s)
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(FormatError, match="xz"):
        read_finals2000a(packed)


def test_c04_is_read(tmp_path: Path) -> None:
    path = tmp_path / "eopc04"
    row = "{:4d}{:4d}{:4d}{:4d}{:10.2f}{:12.6f}{:12.6f}{:12.7f}{:12.6f}{:12.6f}{:12.6f}{:12.6f}{:12.7f}".format
    path.write_text(
        "# header\n"
        + row(2000, 1, 1, 0, 51544, 0.1, 0.2, 0.35, 0.3e-3, -0.4e-3, 0, 0, 0.0009)
        + "\n"
        + row(2000, 1, 2, 0, 51545, 0.1, 0.2, 0.3491, 0.3e-3, -0.4e-3, 0, 0, 0.0009)
        + "\n"
    )
    table = read_c04(path)
    assert np.allclose(table.ut1_tai_s, [-31.65, -31.6509])
    assert np.allclose(table.lod_s, 0.0009)
    assert table.measured_until_tai_ns == table.end_tai_ns


def test_files_that_are_not_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        read_finals2000a(tmp_path / "absent")
    path = tmp_path / "noise"
    path.write_bytes(b"")
    with pytest.raises(FormatError):
        read_finals2000a(path)
    path.write_text(_FINALS[0].replace("0.100000", "0.1x0000"))
    with pytest.raises(FormatError, match="column 19"):
        read_finals2000a(path)


@pytest.mark.parametrize("interpolation", list(EopInterpolation))
def test_interpolation_crosses_the_leap_second_smoothly(finals: Path, interpolation: EopInterpolation) -> None:
    table = read_finals2000a(finals, interpolation=interpolation)
    moments = parse_utc("2016-12-31T23:59:58") + np.arange(0, 6 * NS_PER_S, NS_PER_S // 10)
    steps = np.diff(table.at(moments).ut1_tai_s)
    # 1.2 to 1.3 ms a day, in steps of 0.1 s.
    assert np.all(np.abs(steps * 864_000 + 1.25e-3) < 0.2e-3)
    assert np.array_equal(table.at(table.node_tai_ns).ut1_tai_s.round(12), table.ut1_tai_s.round(12))


def test_lagrange_reproduces_a_cubic_between_uneven_nodes(rng: np.random.Generator) -> None:
    nodes = np.cumsum(rng.integers(NS_PER_DAY // 2, 2 * NS_PER_DAY, 30))

    def cubic(tai_ns: np.ndarray) -> np.ndarray:
        x = (tai_ns - nodes[15]) / (10 * NS_PER_DAY)
        return 1.0 - x + 2.0 * x**2 - 0.5 * x**3

    table = replace(
        EarthOrientation.held(start_tai_ns=0, end_tai_ns=1, ut1_tai_s=0.0),
        node_tai_ns=nodes,
        ut1_tai_s=cubic(nodes),
        **{name: np.zeros(30) for name in ("x_pole_rad", "y_pole_rad", "lod_s", "dx_rad", "dy_rad")},
    )
    moments = rng.integers(nodes[0], nodes[-1], 1000)
    assert np.abs(table.at(moments).ut1_tai_s - cubic(moments)).max() < 1e-12
    linear = replace(table, interpolation=EopInterpolation.LINEAR).at(moments).ut1_tai_s
    assert np.allclose(linear, np.interp(moments, nodes, table.ut1_tai_s), rtol=0, atol=1e-12)


def test_an_epoch_outside_names_the_span(orientation: EarthOrientation) -> None:
    for moment in ("1957-10-04", "2200-01-01"):
        with pytest.raises(DataGapError, match=r"1962-01-01T00:00:00Z to .* measured until"):
            orientation.at([parse_utc("2020-01-01"), parse_utc(moment)])
    assert orientation.at([]).ut1_tai_s.size == 0


def test_age_and_prediction(orientation: EarthOrientation) -> None:
    last = orientation.measured_until_tai_ns
    assert orientation.age_s(last + 3 * NS_PER_S) == 3.0
    assert orientation.age_s(last - NS_PER_DAY) == -86_400.0
    assert orientation.is_predicted([last, last + 1]).tolist() == [False, True]
    assert orientation.end_tai_ns - last > 200 * NS_PER_DAY


def test_packaged_table_is_whole_and_the_joint_is_smooth(orientation: EarthOrientation) -> None:
    assert np.all(np.diff(orientation.node_tai_ns) // NS_PER_S >= 86_399)
    assert np.all(np.diff(orientation.node_tai_ns) // NS_PER_S <= 86_401)
    # UT1 never gains or loses 5 ms a day, the pole never moves 6 mas a day (since 1995).
    assert np.abs(np.diff(orientation.ut1_tai_s)[4000:]).max() < 5e-3
    assert np.abs(np.diff(orientation.x_pole_rad)[12_000:]).max() < 0.006 * ARCSEC


def test_tables_are_immutable_and_checked(orientation: EarthOrientation) -> None:
    with pytest.raises(ValueError, match="read-only"):
        orientation.ut1_tai_s[0] = 0.0
    with pytest.raises(InputError, match="missing value"):
        EarthOrientation.held(start_tai_ns=0, end_tai_ns=1, ut1_tai_s=float("nan"))
    with pytest.raises(InputError, match="order of time"):
        EarthOrientation.held(start_tai_ns=1, end_tai_ns=1, ut1_tai_s=0.0)


def test_ut1_keeps_the_nanosecond() -> None:
    table = EarthOrientation.held(start_tai_ns=0, end_tai_ns=2 * 10**18, ut1_tai_s=-37.25)
    jd1, jd2 = ut1_jd_from_tai_ns(parse_utc("2020-01-01T12:00:37.250000001"), orientation=table)
    assert jd1 == 2458849.5
    assert jd2 == pytest.approx(0.5 + (37.0 + 1e-9) / 86_400, abs=1e-15)


def test_ut1_round_trips(orientation: EarthOrientation, rng: np.random.Generator) -> None:
    inner = orientation.node_tai_ns[[2, -2]]
    moments = rng.integers(*inner, 10_000)
    back = tai_ns_from_ut1_jd(*ut1_jd_from_tai_ns(moments, orientation=orientation), orientation=orientation)
    assert np.abs(back - moments).max() <= 1
