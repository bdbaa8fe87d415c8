"""Which moment a question is about."""

from __future__ import annotations

import pytest

from mihari.app.moment import choose_moment, moment_tai_ns
from mihari.astro.time import parse_utc
from mihari.errors import UsageError

_NOW = parse_utc("2026-08-22T12:00:00")
_DAY_NS = 86_400_000_000_000


def test_fresh_element_sets_are_asked_about_now() -> None:
    moment = choose_moment(None, median_epoch_tai_ns=_NOW - 7 * _DAY_NS, now_tai_ns=_NOW, option="--at")
    assert moment.at_tai_ns == _NOW
    assert "now" in moment.reason


def test_now_is_the_second_that_has_begun() -> None:
    moment = choose_moment(None, median_epoch_tai_ns=_NOW, now_tai_ns=_NOW + 999_999_999, option="--at")
    assert moment.at_tai_ns == _NOW


def test_old_element_sets_are_asked_about_their_own_time() -> None:
    median = _NOW - 7 * _DAY_NS - 1_000_000_000
    moment = choose_moment(None, median_epoch_tai_ns=median, now_tai_ns=_NOW, option="--at")
    assert moment.at_tai_ns == median
    assert "median epoch" in moment.reason


def test_a_given_moment_wins() -> None:
    moment = choose_moment("2025-01-08T03:58", median_epoch_tai_ns=0, now_tai_ns=_NOW, option="--at")
    assert moment.at_tai_ns == parse_utc("2025-01-08T03:58:00")
    assert choose_moment(17, median_epoch_tai_ns=0, now_tai_ns=_NOW, option="--at").at_tai_ns == 17


@pytest.mark.parametrize("text", ["yesterday", "", "2025-13-01", "2025-02-30", "25:00", "nan"])
def test_what_is_no_time_names_the_option(text: str) -> None:
    with pytest.raises(UsageError, match="--start"):
        moment_tai_ns(text, option="--start")
