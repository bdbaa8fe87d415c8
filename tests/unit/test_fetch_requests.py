"""What is asked of the sources, word for word."""

from __future__ import annotations

import re

import pytest

from mihari.app.fetch import (
    CELESTRAK_GROUPS,
    SOURCE_RULES,
    AnswerFormat,
    celestrak_group,
    celestrak_object,
    celestrak_satcat,
    space_track_catalogue,
    space_track_history,
    space_track_object,
    space_track_satcat,
)
from mihari.astro.time import parse_utc
from mihari.errors import InputError, UsageError

GP = "https://celestrak.org/NORAD/elements/gp.php"
SPACE_TRACK = "https://www.space-track.org/basicspacedata/query/class"


@pytest.mark.parametrize(
    ("request_", "url"),
    [
        (celestrak_group("active"), f"{GP}?GROUP=active&FORMAT=JSON"),
        (
            celestrak_group("Fengyun-1C-debris", answer_format=AnswerFormat.CSV),
            f"{GP}?GROUP=fengyun-1c-debris&FORMAT=CSV",
        ),
        (celestrak_group("gpz-plus"), f"{GP}?SPECIAL=gpz-plus&FORMAT=JSON"),
        (celestrak_object(999100101), f"{GP}?CATNR=999100101&FORMAT=JSON"),
        (celestrak_satcat(), "https://celestrak.org/pub/satcat.csv"),
        (
            space_track_catalogue(),
            f"{SPACE_TRACK}/gp/decay_date/null-val/epoch/%3Enow-30/orderby/norad_cat_id/format/json",
        ),
        (space_track_object(25544), f"{SPACE_TRACK}/gp/NORAD_CAT_ID/25544/format/json"),
        (
            space_track_history(
                24946, start_tai_ns=parse_utc("2009-02-03T00:00:00"), end_tai_ns=parse_utc("2009-02-10T16:55:59")
            ),
            f"{SPACE_TRACK}/gp_history/NORAD_CAT_ID/24946/EPOCH/2009-02-03%2000%3A00%3A00--2009-02-10%2016%3A55%3A59"
            "/orderby/EPOCH%20asc/format/json",
        ),
        (space_track_satcat(), f"{SPACE_TRACK}/satcat/CURRENT/Y/orderby/NORAD_CAT_ID/format/json"),
    ],
)
def test_the_address_is_exactly_this(request_, url: str) -> None:
    assert request_.url == url


def test_no_equal_question_may_be_put_within_two_hours() -> None:
    questions = [celestrak_group(name) for name in CELESTRAK_GROUPS]
    questions += [celestrak_object(1), celestrak_satcat(), space_track_catalogue(), space_track_object(1)]
    assert min(question.equal_wait_s for question in questions) >= 7200.0


def test_no_source_is_asked_more_than_30_times_a_minute_and_300_an_hour() -> None:
    for rules in SOURCE_RULES.values():
        assert rules.requests_per_minute <= 30
        assert rules.requests_per_hour <= 300


def test_file_names_are_plain() -> None:
    for name in CELESTRAK_GROUPS:
        assert re.fullmatch(r"[a-z0-9-]+", celestrak_group(name).file_stem)


def test_an_unknown_group_is_refused_with_its_neighbours() -> None:
    with pytest.raises(UsageError, match="did you mean stations"):
        celestrak_group("station")
    with pytest.raises(UsageError, match="no group 'x&FORMAT=TLE'"):
        celestrak_group("x&FORMAT=TLE")


@pytest.mark.parametrize("number", [0, -1, 1_000_000_000])
def test_a_number_out_of_range_is_refused(number: int) -> None:
    for ask in (celestrak_object, space_track_object):
        with pytest.raises(InputError):
            ask(number)


def test_an_empty_span_is_refused() -> None:
    with pytest.raises(UsageError, match="is empty"):
        space_track_history(1, start_tai_ns=10**18, end_tai_ns=10**18)
