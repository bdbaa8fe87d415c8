"""What the tests of the formats share: made-up element sets and a few ways to spell them."""

from __future__ import annotations

import numpy as np
import polars as pl

from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets

__all__ = ["ISS", "LINE1", "LINE2", "checked", "element_sets", "omm_record", "tle_lines"]

LINE1 = "1 25544U 98067A   20344.91719907  .00001264  00000-0  29621-4 0  999"
LINE2 = "2 25544  51.6466 223.1809 0002035 133.1415 346.4744 15.4918115325984"


def checked(line: str) -> str:
    """Return the first 68 columns of an element line with their checksum."""
    line = line[:68]
    return line + str(sum(int(c) if c in "0123456789" else c == "-" for c in line) % 10)


def tle_lines(line1: str = LINE1, line2: str = LINE2, *, name: str | None = None) -> str:
    """Return a set with right checksums."""
    head = "" if name is None else f"{name}\n"
    return f"{head}{checked(line1)}\n{checked(line2)}\n"


ISS = tle_lines(name="ISS (ZARYA)")


def omm_record(**changes: object) -> dict[str, object]:
    """Return one OMM record as JSON has it."""
    record: dict[str, object] = {
        "OBJECT_NAME": "EXAMPLE 1",
        "OBJECT_ID": "2024-001A",
        "EPOCH": "2024-11-01T06:00:00.000000",
        "MEAN_MOTION": 15.5,
        "ECCENTRICITY": 0.001,
        "INCLINATION": 51.6,
        "RA_OF_ASC_NODE": 10.0,
        "ARG_OF_PERICENTER": 20.0,
        "MEAN_ANOMALY": 30.0,
        "EPHEMERIS_TYPE": 0,
        "CLASSIFICATION_TYPE": "U",
        "NORAD_CAT_ID": 999100101,
        "ELEMENT_SET_NO": 999,
        "REV_AT_EPOCH": 12,
        "BSTAR": 1e-4,
        "MEAN_MOTION_DOT": 1e-5,
        "MEAN_MOTION_DDOT": 0,
    }
    return record | changes


def _five_digits(rng: np.random.Generator, size: int) -> list[float]:
    """Return numbers that five digits and a power of ten from -9 on can write."""
    mantissa, power = rng.integers(-99_999, 100_000, size), rng.integers(5, 15, size)
    return [float(f"{m}e-{p}") for m, p in zip(mantissa.tolist(), power.tolist(), strict=True)]


def element_sets(rng: np.random.Generator, size: int, *, tle_digits: bool = False) -> ElementSets:
    """Return made-up sets; `tle_digits` keeps every number to the digits that a TLE has."""
    decimals = dict.fromkeys(ELEMENT_SET_SCHEMA, 17) if not tle_digits else {}

    def number(low: float, high: float, digits: int) -> pl.Series:
        return pl.Series(np.round(rng.uniform(low, high, size), decimals.get("mean_motion_rev_day", digits)))

    first_ns, step_ns = 1_700_000_037_000_000_000 // 864_000 * 864_000, 864_000
    midnight_ns = 1_700_006_437_000_000_000  # 2023-11-15T00:00:00 UTC
    epoch = (
        midnight_ns + rng.integers(0, 10**10, size) * step_ns
        if tle_digits
        else first_ns + rng.integers(0, 10**16, size)
    )
    numbers = rng.permutation(np.concatenate([np.arange(1, 40_000), np.arange(270_000, 340_000)]))[:size]
    if not tle_digits:
        numbers = rng.integers(1, 1_000_000_000, size)
    columns = {
        "norad_cat_id": pl.Series(numbers),
        "object_name": pl.Series([f"SAT {i} É&<{i}>" if i % 3 else None for i in range(size)], dtype=pl.String),
        "object_id": pl.Series(
            [f"{1957 + i % 90}-{1 + i % 999:03d}AB" if i % 4 else None for i in range(size)], dtype=pl.String
        ),
        "epoch_tai_ns": pl.Series(epoch),
        "mean_motion_rev_day": number(0.1, 17.0, 8),
        "eccentricity": number(0.0, 0.99, 7),
        "inclination_deg": number(0.0, 180.0, 4),
        "ra_of_asc_node_deg": number(0.0, 359.9, 4),
        "arg_of_pericenter_deg": number(0.0, 359.9, 4),
        "mean_anomaly_deg": number(0.0, 359.9, 4),
        "bstar_per_earth_radius": pl.Series(_five_digits(rng, size)),
        "mean_motion_dot_rev_day2": number(-0.1, 0.1, 8),
        "mean_motion_ddot_rev_day3": pl.Series(_five_digits(rng, size)),
        "ephemeris_type": pl.Series(np.zeros(size, dtype=np.int8)),
        "classification": pl.Series(["U"]).new_from_index(0, size),
        "element_set_no": pl.Series(rng.integers(0, 10_000, size)),
        "rev_at_epoch": pl.Series(rng.integers(0, 100_000, size)),
        "creation_tai_ns": pl.Series([None], dtype=pl.Int64).new_from_index(0, size),
        "originator": pl.Series([None], dtype=pl.String).new_from_index(0, size),
    }
    if not tle_digits:
        columns["creation_tai_ns"] = pl.Series(epoch + 3_600_000_000_001)
        columns["originator"] = pl.Series([f"MAKER {i % 7}" if i % 5 else None for i in range(size)], dtype=pl.String)
    return ElementSets(
        pl.DataFrame([columns[name].cast(dtype).alias(name) for name, dtype in ELEMENT_SET_SCHEMA.items()])
    )
