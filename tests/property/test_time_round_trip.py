from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.astro import time
from mihari.errors import InputError

STEADY = settings(deadline=None, derandomize=True)
FIRST, LAST = -9_214_560_000_000_000_000, 9_214_646_436_999_999_999
NEAR_STEPS = st.sampled_from(time.packaged_leap_seconds().start_tai_ns[1:].tolist()).flatmap(
    lambda step: st.integers(step - 2 * time.NS_PER_S, step + 2 * time.NS_PER_S)
)
MOMENTS = st.one_of(st.integers(FIRST, LAST), NEAR_STEPS, st.integers(-(10**18) // 2, 2 * 10**18))
LISTS = st.lists(MOMENTS, min_size=1, max_size=30)


@STEADY
@given(MOMENTS)
def test_nine_digits_round_trip(tai_ns: int) -> None:
    assert time.parse_utc(time.format_utc(tai_ns, digits=9)) == tai_ns


@STEADY
@given(LISTS, st.integers(0, 9))
def test_arrays_agree_with_single_moments(moments: list[int], digits: int) -> None:
    texts = time.format_utc_array(moments, digits=digits)
    assert texts.tolist() == [time.format_utc(moment, digits=digits) for moment in moments]
    kept = [text for text in texts.tolist() if not text.startswith("2262")]
    assert time.parse_utc_array(kept).tolist() == [time.parse_utc(text) for text in kept]


@STEADY
@given(MOMENTS, MOMENTS)
def test_order_of_texts_is_order_of_moments(first: int, second: int) -> None:
    texts = time.format_utc(first, digits=9), time.format_utc(second, digits=9)
    assert (texts[0] < texts[1]) == (first < second)


@STEADY
@given(LISTS)
def test_utc_days_round_trip(moments: list[int]) -> None:
    day, ns = time.utc_day_from_tai_ns(moments)
    assert np.array_equal(time.tai_ns_from_utc_day(day, ns), moments)
    assert np.all((ns >= 0) & (ns < time.packaged_leap_seconds().day_length_ns(day)))


@STEADY
@given(LISTS)
def test_scales_round_trip(moments: list[int]) -> None:
    assert np.array_equal(time.tai_ns_from_utc_jd(*time.utc_jd_from_tai_ns(moments)), moments)
    assert np.array_equal(time.tai_ns_from_tt_jd(*time.tt_jd_from_tai_ns(moments)), moments)
    assert np.array_equal(time.tai_ns_from_gps_week(*time.gps_week_from_tai_ns(moments)), moments)
    assert np.abs(time.tai_ns_from_tdb_jd(*time.tdb_jd_from_tai_ns(moments)) - moments).max() <= 1


@STEADY
@given(MOMENTS)
def test_a_rounded_text_is_within_half_its_last_digit(tai_ns: int) -> None:
    text = time.format_utc(tai_ns, digits=3)
    if not text.startswith("2262"):
        # A step of UTC by less than a second (before 1972) may cut the last half millisecond of a day short.
        assert abs(time.parse_utc(text) - tai_ns) <= 500_000


# NumPy drops NUL at the end of a text before we see it.
TEXTS = st.one_of(
    st.text(st.characters(exclude_characters="\x00"), max_size=30),
    st.from_regex(r"\A[12]\d{3}-[01]\d-[0-3]\d[T ][0-2]\d:[0-6]\d:[0-6]\d(\.[0-9]{0,11})?Z?\Z"),
    st.from_regex(r"\A(19|20)\d{2}-[0-3]\d\d[Tt][0-2]\d:[0-5]\d:[0-6]\d(\.[0-9]{0,11})?[Zz]?\Z"),
    st.from_regex(r"\A(19[67]\d|201[5-7])-(12-31|06-30|01-31|07-31|10-31)T23:59:(59|60)(\.[0-9]{0,10})?\Z"),
)


@settings(STEADY, max_examples=500)
@given(TEXTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    outcomes = []
    for read in (time.parse_utc, lambda item: int(time.parse_utc_array([item])[0])):
        try:
            outcomes.append(read(text))
        except InputError as error:
            outcomes.append(error.what)
    assert outcomes[0] == outcomes[1]
