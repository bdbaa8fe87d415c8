"""The rule, the row predicate and the Cedar policies say the same as an independent reading of the label."""

from __future__ import annotations

import random

import polars as pl
import pytest

from access_support import BOOK, NOW_TAI_NS, OPERATORS_OF, Case, random_case, random_viewer, truth
from mihari.policy.access import Action, DecisionRequest, Viewer, decide, load_policies, may_see, row_predicate

POLICIES = load_policies()


def seen_by_rule(case: Case) -> bool:
    by_number = may_see(
        case.label, case.viewer, at_tai_ns=NOW_TAI_NS, objects=frozenset(case.objects), data_mode=case.data_mode
    )
    named = frozenset(name for number in case.objects for name in OPERATORS_OF.get(number, set()))
    by_name = may_see(case.label, case.viewer, at_tai_ns=NOW_TAI_NS, operators=named, data_mode=case.data_mode)
    assert by_number.allowed == by_name.allowed, case
    return by_number.allowed


def seen_by_cedar(case: Case) -> bool:
    asked = DecisionRequest(
        viewer=case.viewer,
        action=Action.READ,
        at_tai_ns=NOW_TAI_NS,
        kind="conjunction",
        label=case.label,
        objects=frozenset(case.objects),
        data_mode=case.data_mode,
        fields=(),
    )
    return decide(asked, POLICIES).allowed


def seen_by_rows(cases: list[Case], viewer: Viewer) -> list[bool]:
    frame = pl.DataFrame(
        {
            "place": range(len(cases)),
            "label": [each.label for each in cases],
            "data_mode": [each.data_mode.value for each in cases],
            "norad_cat_id_1": pl.Series([each.objects[0] for each in cases], dtype=pl.Int32),
            "norad_cat_id_2": pl.Series([each.objects[1] for each in cases], dtype=pl.Int32),
        }
    )
    labels = frame["label"].unique().to_list()
    rows = row_predicate(labels, viewer, at_tai_ns=NOW_TAI_NS, objects=("norad_cat_id_1", "norad_cat_id_2"))
    kept = set(frame.lazy().filter(rows).collect()["place"].to_list())
    return [place in kept for place in range(len(cases))]


def hold_together(dice: random.Random, *, viewers: int, labels: int) -> tuple[int, int]:
    allowed = total = 0
    for _ in range(viewers):
        viewer = random_viewer(dice)
        drawn = [random_case(dice) for _ in range(labels)]
        cases = [Case(each.label, viewer, each.objects, each.data_mode) for each in drawn]
        for case, by_row in zip(cases, seen_by_rows(cases, viewer), strict=True):
            expected = truth(case)
            assert by_row == expected, case
            assert seen_by_rule(case) == expected, case
            assert seen_by_cedar(case) == expected, case
            allowed += expected
            total += 1
    return allowed, total


def test_rule_rows_and_policies_agree() -> None:
    allowed, total = hold_together(random.Random(20261130), viewers=30, labels=60)
    assert 0.1 < allowed / total < 0.9  # else the draw would show nothing


@pytest.mark.slow
def test_rule_rows_and_policies_agree_on_many() -> None:
    allowed, total = hold_together(random.Random(5), viewers=500, labels=200)
    assert total >= 100_000
    assert 0.1 < allowed / total < 0.9


def test_a_null_label_and_one_that_was_not_compiled_show_nothing() -> None:
    viewer = Viewer.of("JP", book=BOOK)
    frame = pl.DataFrame({"label": [None, "REL:JP", "PUBLIC"], "data_mode": ["REAL"] * 3, "norad_cat_id": [1, 1, None]})
    rows = row_predicate(["PUBLIC", None], viewer, at_tai_ns=NOW_TAI_NS)
    assert frame.filter(rows)["label"].to_list() == ["PUBLIC"]
    assert frame.select(rows.alias("seen"))["seen"].null_count() == 0
