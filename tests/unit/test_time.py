from __future__ import annotations

import numpy as np
import pytest

from mihari.astro import time
from mihari.errors import FormatError, InputError, UsageError

NS = time.NS_PER_S


@pytest.mark.parametrize(
    ("text", "tai_ns"),
    [
        ("1972-01-01T00:00:00Z", 63_072_010 * NS),
        ("2000-01-01T11:58:55.816Z", 946_727_967_816_000_000),
        ("2016-12-31T23:59:59.999999999", 1_483_228_835_999_999_999),
        ("2016-12-31T23:59:60Z", 1_483_228_836 * NS),
        ("2016-366T23:59:60.5Z", 1_483_228_836_500_000_000),
        ("2017-01-01T00:00:00Z", 1_483_228_837 * NS),
        ("2017-01-01", 1_483_228_837 * NS),
        ("2017-001", 1_483_228_837 * NS),
        ("2017-01-01 00:01", 1_483_228_897 * NS),
        (" 2017-01-01t00:00:00.z ", 1_483_228_837 * NS),
        ("2017-01-01T00:00:00+00:00", 1_483_228_837 * NS),
        ("2024-02-29T12:00:00.1234567894Z", 1_709_208_037_123_456_789),
        ("2024-02-29T12:00:00.1234567895Z", 1_709_208_037_123_456_790),
        ("2023-12-31T23:59:59.9999999999Z", 1_704_067_237 * NS),
        ("2016-12-31T23:59:60.9999999999Z", 1_483_228_837 * NS),
        ("1957-10-04T19:28:34Z", -386_310_686 * NS),
    ],
)
def test_texts_are_read(text: str, tai_ns: int) -> None:
    assert time.parse_utc(text) == tai_ns
    assert time.parse_utc_array([text]).tolist() == [tai_ns]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a moment of time"),
        ("yesterday", "not a moment of time"),
        ("2020-1-1", "not a moment of time"),
        ("2020-01-01T00:00:00+09:00", "not a moment of time"),
        ("2020-01-01T00:00:0x", "not a moment of time"),
        ("2020-01-01T00:00:00.5.5", "not a moment of time"),
        ("2020-01-01T00:00:00ZZ", "not a moment of time"),
        ("２０２０-01-01T00:00:00", "not a moment of time"),
        ("2020-01-01T00:00:00🛰", "not a moment of time"),
        ("2023-02-29", "no such date"),
        ("2023-366T00:00:00", "no such date"),
        ("2023-000T00:00:00", "no such date"),
        ("2023-13-01T00:00:00", "no such date"),
        ("2023-00-01T00:00:00", "no such date"),
        ("2023-04-31T00:00:00", "no such date"),
        ("2023-04-30T24:00:00", "no such time"),
        ("2023-04-30T12:60:00", "no such time"),
        ("2023-04-30T12:00:60", "no such time"),
        ("2016-12-31T23:59:61", "no such time"),
        ("2023-04-30T23:59:60", "no leap second"),
        ("1968-01-31T23:59:59.95", "no such time"),
        ("1677-12-31T00:00:00", "outside the years"),
        ("2262-01-01T00:00:00", "outside the years"),
    ],
)
def test_bad_texts_are_refused_alike_alone_and_in_an_array(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        time.parse_utc(text)
    with pytest.raises(InputError, match=reason) as caught:
        time.parse_utc_array(["2020-01-01T00:00:00", text])
    assert caught.value.where == "item 1"


def test_arrays_of_bytes_of_objects_and_of_mixed_layouts_are_read() -> None:
    texts = ["2024-060T12:00:00", "2024-02-29T12:00:00.000000000Z", "2016-12-31T23:59:60", "2024-02-29"]
    expected = [time.parse_utc(text) for text in texts]
    assert time.parse_utc_array(texts).tolist() == expected
    assert time.parse_utc_array(np.array(texts, dtype="S")).tolist() == expected
    assert time.parse_utc_array(np.array(texts, dtype=object)).tolist() == expected
    assert time.parse_utc_array(np.array(texts).reshape(2, 2)).shape == (2, 2)
    assert time.parse_utc_array([]).size == 0


@pytest.mark.parametrize(
    ("text", "digits", "written"),
    [
        ("2016-12-31T23:59:60.5", 0, "2017-01-01T00:00:00Z"),
        ("2016-12-31T23:59:60.4", 0, "2016-12-31T23:59:60Z"),
        ("2016-12-31T23:59:59.5", 0, "2016-12-31T23:59:60Z"),
        ("2023-12-31T23:59:59.9999996", 6, "2024-01-01T00:00:00.000000Z"),
        ("2023-12-31T23:59:59.9999994", 6, "2023-12-31T23:59:59.999999Z"),
        ("1971-12-31T23:59:60.1", 3, "1971-12-31T23:59:60.100Z"),
        ("1971-12-31T23:59:60.1075", 3, "1972-01-01T00:00:00.000Z"),
        ("1957-10-04T19:28:34", 9, "1957-10-04T19:28:34.000000000Z"),
    ],
)
def test_moments_are_written(text: str, digits: int, written: str) -> None:
    tai_ns = time.parse_utc(text)
    assert time.format_utc(tai_ns, digits=digits) == written
    assert time.format_utc_array([tai_ns], digits=digits).tolist() == [written]


def test_writing_keeps_shape_and_refuses_ten_digits() -> None:
    assert time.format_utc_array(np.zeros((2, 0), dtype=np.int64)).shape == (2, 0)
    assert time.format_utc_array(np.int64(0)).shape == ()
    for digits in (-1, 10):
        with pytest.raises(UsageError):
            time.format_utc(0, digits=digits)


def test_leap_seconds_sort_as_moments_and_as_texts() -> None:
    start = time.parse_utc("2016-12-31T23:59:58")
    moments = start + np.arange(0, 5 * NS, NS // 4)
    texts = time.format_utc_array(moments, digits=3)
    assert np.all(texts[:-1] < texts[1:])
    assert texts[8] == "2016-12-31T23:59:60.000Z"
    assert np.array_equal(time.parse_utc_array(texts), moments)


def test_julian_dates_keep_the_nanosecond_and_the_leap_second() -> None:
    moments = time.parse_utc_array(["2016-12-31T23:59:60.5", "2016-12-31T12:00:00", "2024-02-29T01:02:03.123456789"])
    jd1, jd2 = time.utc_jd_from_tai_ns(moments)
    assert jd1.tolist() == [2457753.5, 2457753.5, 2460369.5]
    assert jd2[1] == 43_200 / 86_401
    for split in ((jd1, jd2), (jd2, jd1), (jd1 - 0.5, jd2 + 0.5), (np.floor(jd1), jd2 + 0.5)):
        assert np.array_equal(time.tai_ns_from_utc_jd(*split), moments)


@pytest.mark.parametrize("jd", [(np.nan, 0.0), (np.inf, 0.0), (0.0, 0.0), (1e300, 0.0)])
def test_bad_julian_dates_are_refused(jd: tuple[float, float]) -> None:
    with pytest.raises(InputError):
        time.tai_ns_from_utc_jd(*jd)


def test_julian_date_that_rounds_to_the_next_day() -> None:
    assert time.tai_ns_from_utc_jd(2457754.5, np.nextafter(0.0, -1.0)) == time.parse_utc("2017-01-01")


def test_terrestrial_time() -> None:
    assert time.tt_jd_from_tai_ns(time.J2000_TAI_NS) == (2451544.5, 0.5)
    assert time.tai_ns_from_tt_jd(2451545.0, 0.0) == time.J2000_TAI_NS


def test_gps_weeks() -> None:
    # GPS week 2000 began at 2018-05-06T00:00:00 GPS, 18 s ahead of UTC.
    tai_ns = time.parse_utc("2018-05-05T23:59:42")
    assert time.gps_week_from_tai_ns(tai_ns) == (2000, 0)
    assert time.tai_ns_from_gps_week(2000, 0) == tai_ns
    assert time.parse_utc("1980-01-06") == time.GPS_EPOCH_TAI_NS


def test_days_outside_and_times_a_day_lacks_are_refused() -> None:
    with pytest.raises(InputError, match="years"):
        time.tai_ns_from_utc_day([200_000], 0)
    with pytest.raises(InputError, match="leap second"):
        time.tai_ns_from_utc_day([0], time.NS_PER_DAY)
    with pytest.raises(InputError):
        time.tai_ns_from_utc_day([0], -1)
    assert time.tai_ns_from_utc_day([], []).size == 0


def test_leap_second_table_is_immutable_and_says_when_it_expires() -> None:
    table = time.packaged_leap_seconds()
    with pytest.raises(ValueError, match="read-only"):
        table.offset_ns[0] = 1
    assert table.expires_tai_ns > time.parse_utc("2026-12-01")
    assert table.offset_ns[table.first_day == 17167].tolist() == [37 * NS]


def test_a_file_that_is_no_leap_second_table_is_refused(tmp_path) -> None:
    path = tmp_path / "Leap_Second.dat"
    path.write_text("# nothing here\n")
    with pytest.raises(FormatError, match="leap second table"):
        time.read_leap_seconds(path)


@pytest.mark.parametrize(
    ("scale", "text"),
    [
        (time.TimeScale.UTC, "2016-12-31T23:59:60.500000000Z"),
        (time.TimeScale.TAI, "2017-01-01T00:00:36.500000000"),
        (time.TimeScale.TT, "2017-01-01T00:01:08.684000000"),
        (time.TimeScale.GPS, "2017-01-01T00:00:17.500000000"),
    ],
)
def test_one_moment_in_every_scale(scale: time.TimeScale, text: str) -> None:
    moment = time.parse_utc("2016-12-31T23:59:60.5")
    assert time.parse_time(text, scale=scale) == moment
    assert time.format_time(moment, scale=scale, digits=9) == text


def test_tdb_texts_follow_the_julian_date() -> None:
    # Early in April TDB is ahead of TT by nearly its 1.7 ms.
    moment = time.parse_time("2020-04-05T00:00:00", scale=time.TimeScale.TT)
    text = time.format_time(moment, scale=time.TimeScale.TDB, digits=9)
    assert "2020-04-05T00:00:00.0015" < text < "2020-04-05T00:00:00.0018"
    assert abs(time.parse_time(text, scale=time.TimeScale.TDB) - moment) <= 1


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60", "2020-01-01T00:00:00Z", "2020-02-30T00:00:00"])
def test_uniform_scales_have_no_leap_seconds_and_no_z(text: str) -> None:
    with pytest.raises(InputError):
        time.parse_time(text, scale=time.TimeScale.TT)
    assert time.parse_time("2019-12-31T23:59:59.9999999999", scale=time.TimeScale.TAI) == 1_577_836_800 * NS
