"""Reading catalogues beside the peers: TLE, OMM CSV, OMM XML, and OMM KVN, which no peer reads.

Peers: a loop over `sgp4.api.Satrec.twoline2rv`, skyfield's `parse_tle_file`, and `sgp4.omm` with
`Satrec` initialisation. They stop at objects for their own propagator; ours yields a checked table with epochs in TAI.
The catalogue is synthetic: 30,000 sets.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable

import numpy as np
import polars as pl
from sgp4 import omm
from sgp4.api import Satrec
from skyfield.api import load
from skyfield.iokit import parse_tle_file

from mihari.formats import ElementSetFormat, format_element_sets, read_bytes
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets

__all__ = ["run"]

SETS = 30_000
MIDNIGHT_TAI_NS = 1_700_006_437_000_000_000


def _catalogue(size: int) -> ElementSets:
    rng = np.random.default_rng(20090210)
    columns = {
        "norad_cat_id": pl.Series(np.arange(1, size + 1)),
        "object_name": pl.Series([f"SATELLITE-{i}" for i in range(size)]),
        "object_id": pl.Series([f"{1960 + i % 65}-{1 + i % 900:03d}A" for i in range(size)]),
        "epoch_tai_ns": pl.Series(MIDNIGHT_TAI_NS + rng.integers(0, 10**8, size) * 864_000),
        "mean_motion_rev_day": pl.Series(rng.uniform(1, 16, size).round(8)),
        "eccentricity": pl.Series(rng.uniform(0, 0.1, size).round(7)),
        "inclination_deg": pl.Series(rng.uniform(0, 110, size).round(4)),
        "ra_of_asc_node_deg": pl.Series(rng.uniform(0, 359, size).round(4)),
        "arg_of_pericenter_deg": pl.Series(rng.uniform(0, 359, size).round(4)),
        "mean_anomaly_deg": pl.Series(rng.uniform(0, 359, size).round(4)),
        "bstar_per_earth_radius": pl.Series([float(f"{m}e-9") for m in rng.integers(0, 99_999, size).tolist()]),
        "mean_motion_dot_rev_day2": pl.Series(rng.normal(0, 1e-5, size).round(8)),
        "mean_motion_ddot_rev_day3": pl.Series(np.zeros(size)),
        "ephemeris_type": pl.Series(np.zeros(size, dtype=np.int8)),
        "classification": pl.Series(["U"]).new_from_index(0, size),
        "element_set_no": pl.Series(np.full(size, 999)),
        "rev_at_epoch": pl.Series(rng.integers(0, 99_999, size)),
        "creation_tai_ns": pl.Series([None], dtype=pl.Int64).new_from_index(0, size),
        "originator": pl.Series([None], dtype=pl.String).new_from_index(0, size),
    }
    return ElementSets(
        pl.DataFrame([columns[name].cast(dtype).alias(name) for name, dtype in ELEMENT_SET_SCHEMA.items()])
    )


def _ours(data: bytes) -> list[float]:
    return read_bytes(data, name="catalogue").element_sets.frame["eccentricity"].to_list()


def _satrec_loop(data: bytes) -> list[float]:
    lines = data.decode().splitlines()
    return [Satrec.twoline2rv(lines[i + 1], lines[i + 2]).ecco for i in range(0, len(lines), 3)]


def _skyfield(data: bytes) -> list[float]:
    timescale = load.timescale(builtin=True)
    return [satellite.model.ecco for satellite in parse_tle_file(io.BytesIO(data), timescale)]


def _sgp4_omm(parse: Callable[[io.StringIO], object]) -> Callable[[bytes], list[float]]:
    def read(data: bytes) -> list[float]:
        found = []
        for fields in parse(io.StringIO(data.decode())):  # type: ignore[attr-defined]
            satellite = Satrec()
            omm.initialize(satellite, fields)
            found.append(satellite.ecco)
        return found

    return read


def _best_s(read: Callable[[bytes], object], data: bytes, repeats: int) -> tuple[float, float]:
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        read(data)
        times.append(time.perf_counter() - began)
    return min(times), statistics.median(times)


def run(repeats: int = 5) -> None:
    """Print the time of each reader and the peers' as a multiple of ours."""
    sets = _catalogue(SETS)
    cases = (
        ("TLE", ElementSetFormat.TLE, (("sgp4 twoline2rv loop", _satrec_loop), ("skyfield parse_tle_file", _skyfield))),
        ("OMM CSV", ElementSetFormat.OMM_CSV, (("sgp4.omm parse_csv", _sgp4_omm(omm.parse_csv)),)),
        ("OMM XML", ElementSetFormat.OMM_XML, (("sgp4.omm parse_xml", _sgp4_omm(omm.parse_xml)),)),
        ("OMM KVN", ElementSetFormat.OMM_KVN, ()),
    )
    for name, form, peers in cases:
        data = format_element_sets(sets, format=form)
        ours = _ours(data)
        best_s, median_s = _best_s(_ours, data, repeats)
        print(f"{name:8} {SETS} sets, {len(data) / 1e6:.1f} MB: mihari {best_s:.3f} s (median {median_s:.3f})")
        for peer, read in peers:
            if read(data) != ours:
                raise AssertionError(f"{peer} reads other eccentricities from the same {name}")
            peer_best_s, peer_median_s = _best_s(read, data, repeats)
            print(f"{'':8} {peer}: {peer_best_s:.3f} s (median {peer_median_s:.3f}), {peer_best_s / best_s:.1f} x ours")


if __name__ == "__main__":
    run()
