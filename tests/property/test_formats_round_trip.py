"""What is written reads back as it was, in every form and from each form to each."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats_support import element_sets
from mihari.formats import ElementSetFormat, format_element_sets, read_bytes
from mihari.formats._elements import SGP4_XP
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets

PARQUET = [ElementSetFormat.PARQUET, ElementSetFormat.PARQUET_OMM]
EXACT = [form for form in ElementSetFormat if form is not ElementSetFormat.TLE and form not in PARQUET]
FIRST_NS, END_NS = -410_227_200_000_000_000 + 100, 4_102_444_800_000_000_000 - 100


def back(sets: ElementSets, form: ElementSetFormat) -> ElementSets:
    result = read_bytes(format_element_sets(sets, format=form), name="f")
    assert result.rejected == ()
    return result.element_sets


def finite(
    low: float, high: float, *, exclude_low: bool = False, exclude_high: bool = False
) -> st.SearchStrategy[float]:
    return st.floats(low, high, exclude_min=exclude_low, exclude_max=exclude_high, allow_nan=False)


ANGLE = finite(-360.0, 360.0)
TEXT = st.none() | st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp", "Zs", "Cf")), min_size=1, max_size=30
).filter(lambda text: text.upper() != "UNKNOWN" and text.strip() == text)
ROW = st.fixed_dictionaries(
    {
        "norad_cat_id": st.integers(1, 999_999_999),
        "object_name": TEXT,
        "object_id": TEXT,
        "epoch_tai_ns": st.integers(FIRST_NS, END_NS),
        "mean_motion_rev_day": finite(0.0, 1e6, exclude_low=True),
        "eccentricity": finite(0.0, 1.0, exclude_high=True),
        "inclination_deg": finite(0.0, 180.0),
        "ra_of_asc_node_deg": ANGLE,
        "arg_of_pericenter_deg": ANGLE,
        "mean_anomaly_deg": ANGLE,
        "bstar_per_earth_radius": finite(-1e300, 1e300),
        "mean_motion_dot_rev_day2": st.none() | finite(-1e300, 1e300),
        "mean_motion_ddot_rev_day3": st.none() | finite(-1e300, 1e300),
        "ephemeris_type": st.none() | st.integers(0, 127).filter(lambda kind: kind % 10 != SGP4_XP),
        "classification": st.none() | st.sampled_from("UCS"),
        "element_set_no": st.none() | st.integers(0, 2**31 - 1),
        "rev_at_epoch": st.none() | st.integers(0, 2**31 - 1),
        "creation_tai_ns": st.none() | st.integers(FIRST_NS, END_NS),
        "originator": TEXT,
    }
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(ROW, min_size=1, max_size=4))
def test_any_set_passes_through_every_exact_form(rows: list[dict[str, object]]) -> None:
    sets = ElementSets(pl.DataFrame(rows, schema=dict(ELEMENT_SET_SCHEMA)))
    for form in EXACT:
        assert back(sets, form).frame.equals(sets.frame), form


@pytest.mark.parametrize("form", PARQUET)
def test_many_sets_pass_through_parquet(form: ElementSetFormat, rng: np.random.Generator) -> None:
    # Parquet is decoded by a process of its own: one file of many sets instead of many files.
    sets = element_sets(rng, 2_000)
    assert back(sets, form).frame.equals(sets.frame)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.permutations(EXACT))
def test_a_chain_of_forms_changes_nothing(seed: int, forms: list[ElementSetFormat]) -> None:
    sets = element_sets(np.random.default_rng(seed), 7)
    passed = sets
    for form in forms:
        passed = back(passed, form)
    assert passed.frame.equals(sets.frame)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1))
def test_tle_gives_back_what_has_its_digits(seed: int) -> None:
    sets = element_sets(np.random.default_rng(seed), 30, tle_digits=True)
    read = back(sets, ElementSetFormat.TLE)
    assert read.frame.equals(sets.frame)
    again = back(back(read, ElementSetFormat.OMM_JSON), ElementSetFormat.TLE)
    assert again.frame.equals(read.frame)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(ROW)
def test_tle_rounds_to_its_last_digit(row: dict[str, object]) -> None:
    small = row | {
        "norad_cat_id": row["norad_cat_id"] % 339_999 + 1,
        "mean_motion_rev_day": min(max(row["mean_motion_rev_day"], 1e-7), 99.0),
        "eccentricity": min(row["eccentricity"], 0.9999999),
        "bstar_per_earth_radius": max(min(row["bstar_per_earth_radius"], 1e8), -1e8),
        "mean_motion_dot_rev_day2": None,
        "mean_motion_ddot_rev_day3": None,
        "epoch_tai_ns": max(min(row["epoch_tai_ns"], 2_740_000_000_000_000_000), FIRST_NS + 10**14),
        "object_name": "A NAME",
    }
    sets = ElementSets(pl.DataFrame([small], schema=dict(ELEMENT_SET_SCHEMA)))
    read = back(sets, ElementSetFormat.TLE).frame.row(0, named=True)
    assert read["norad_cat_id"] == small["norad_cat_id"]
    assert abs(read["epoch_tai_ns"] - small["epoch_tai_ns"]) <= 432_001
    assert read["mean_motion_rev_day"] == pytest.approx(small["mean_motion_rev_day"], abs=0.51e-8)
    assert read["eccentricity"] == pytest.approx(small["eccentricity"], abs=0.51e-7)
    assert read["inclination_deg"] == pytest.approx(small["inclination_deg"], abs=0.51e-4)
    assert read["bstar_per_earth_radius"] == pytest.approx(small["bstar_per_earth_radius"], rel=0.51e-4, abs=0.51e-14)
    turn = (read["mean_anomaly_deg"] - small["mean_anomaly_deg"] + 180.0) % 360.0 - 180.0
    assert turn == pytest.approx(0.0, abs=0.51e-4)
