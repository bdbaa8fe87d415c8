"""The trade space as a document: the plan's own figures in the cells, and clear words where there can be none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from avoidance_app_support import ask, message, write
from mihari.app.avoid import AvoidanceAnswer
from mihari.app.avoidance_constraints import AvoidanceConstraints
from mihari.app.trade_space import check_trade_space, trade_space_document
from mihari.astro.time import parse_utc
from mihari.errors import UsageError

LIMIT_M_S = 0.3


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> AvoidanceAnswer:
    folder = tmp_path_factory.mktemp("trade-space")
    limits = AvoidanceConstraints(semi_major_axis_change_m=(-100.0, 100.0), greatest_delta_v_m_s=LIMIT_M_S)
    return ask(write(folder, message()), is_screened=False, constraints=limits)


def test_each_cell_is_the_burn_of_its_row_and_column(answer: AvoidanceAnswer) -> None:
    grid = trade_space_document(answer)["grid"]
    space = answer.plan.space
    assert grid["burn_utc"] == sorted(grid["burn_utc"])
    assert grid["delta_v_m_s"] == sorted(grid["delta_v_m_s"])
    times = [parse_utc(each.removesuffix("Z")) for each in grid["burn_utc"]]
    for row in range(0, space.count, 37):
        if abs(space.direction_rtn[row, 1]) < 0.99:
            continue
        signed = space.delta_v_m_s[row] * space.direction_rtn[row, 1]
        r = int(np.argmin([abs(each - int(space.burn_tai_ns[row])) for each in times]))
        c = int(np.argmin(np.abs(np.array(grid["delta_v_m_s"]) - signed)))
        assert grid["total_probability"][r][c] == pytest.approx(space.total_probability[row], rel=1e-12)
        assert grid["avoided"][r][c] is bool(space.is_avoided[row].all())
        assert tuple(grid["constraints_broken"][k] for k in grid["broken"][r][c]) == space.violations[row]
    cells = sum(cell is not None for line in grid["total_probability"] for cell in line)
    assert cells + grid["across_track"] == space.count


def test_constraints_are_broken_by_the_great_burns_only(answer: AvoidanceAnswer) -> None:
    grid = trade_space_document(answer)["grid"]
    assert grid["constraints_broken"] == ["leaves the box of semi-major axis"]
    for line in grid["broken"]:
        assert [bool(cell) for cell in line] == [abs(size) > 0.05 for size in grid["delta_v_m_s"]] or any(
            cell == [] for cell in line
        )
    assert any(cell for line in grid["broken"] for cell in line)
    assert max(grid["delta_v_m_s"]) == LIMIT_M_S


def told(
    *, moves: tuple[str, str] = ("YES", "NO"), advisory: bool = False, plane: Any = ((1.0, 0.0),)
) -> dict[str, Any]:
    names = (("900000001", "2099-001A"), ("900000002", "2099-002A"))
    return {
        "advisory": advisory,
        "geometry": {"plane_covariance_m2": plane},
        "objects": [
            {"norad_cat_id": int(number), "designator": name, "maneuverable": each}
            for (number, name), each in zip(names, moves, strict=True)
        ],
    }


def test_the_object_that_can_move_is_the_one() -> None:
    assert check_trade_space(told(), None) == "900000001"
    assert check_trade_space(told(moves=("N/A", "YES")), None) == "900000002"
    assert check_trade_space(told(moves=("N/A", "YES")), "2099-001A") == "900000001"


@pytest.mark.parametrize(
    ("changes", "primary", "where", "words"),
    [
        ({"advisory": True}, None, "event_id", "public element set"),
        ({"plane": None}, None, "event_id", "no covariance"),
        ({"moves": ("NO", "N/A")}, None, "primary", "no object that can manoeuvre"),
        ({}, "900000002", "primary", "cannot manoeuvre"),
        ({}, "900000009", "primary", "no object of this event"),
    ],
)
def test_what_is_lacking_is_said(changes: dict[str, Any], primary: str | None, where: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        check_trade_space(told(**changes), primary)
    assert refused.value.where == where
    assert refused.value.remedy
