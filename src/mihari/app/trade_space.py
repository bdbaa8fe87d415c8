"""The trade space of an event as a document, for those who look at it: what every burn of the grid leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mihari.app.avoidance_documents import avoidance_document
from mihari.astro.time import format_utc
from mihari.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mihari.app.avoid import AvoidanceAnswer

__all__ = ["check_trade_space", "trade_space_document"]

_ALONG: Final = 0.999
_ASK: Final = "name the other object as primary, or ask its operator"


def check_trade_space(assessment: Mapping[str, Any], primary: str | None) -> str:
    """Return which object of an event is to move, when the event has what a trade space rests on.

    Parameters
    ----------
    assessment : mapping
        The event's newest, as `event_document` has it.
    primary : str, optional
        Catalogue number or designator. Default: the first object whose message says that it can manoeuvre.

    Raises
    ------
    UsageError
        A state has no covariance, as public element sets have none; nobody can manoeuvre, or not the one named.

    Validation
    ----------
    tests/unit/test_app_trade_space.py.
    """
    if assessment["advisory"]:
        raise UsageError(
            "a state of this event is a public element set: it has no covariance, so no burn has a probability",
            where="event_id",
            remedy="ask an operator for a conjunction message with covariances",
        )
    if assessment["geometry"]["plane_covariance_m2"] is None:
        raise UsageError(
            "the newest message gives no covariance that can be used, so no burn has a probability",
            where="event_id",
            remedy="ask its originator for the covariances of both objects",
        )
    objects = [
        (str(each["norad_cat_id"] or each["designator"]), each["designator"], each["maneuverable"])
        for each in assessment["objects"]
    ]
    if primary is None:
        able = [name for name, _, moves in objects if moves == "YES"]
        if not able:
            raise UsageError(
                "the newest message names no object that can manoeuvre",
                where="primary",
                remedy="name the object that you know to be able to",
            )
        return able[0]
    for name, designator, moves in objects:
        if primary in (name, designator):
            if moves == "NO":
                raise UsageError(f"{primary} cannot manoeuvre, its message says", where="primary", remedy=_ASK)
            return name
    told = " and ".join(name for name, _, _ in objects)
    raise UsageError(f"{primary} is no object of this event", where="primary", remedy=f"its objects are {told}")


def trade_space_document(answer: AvoidanceAnswer) -> dict[str, Any]:
    """Return a plan with its grid: rows are moments of a burn, columns sizes along the track, below zero backwards.

    Cells are null where the grid has no such burn. `broken` gives places in `constraints_broken`.

    Validation
    ----------
    tests/unit/test_app_trade_space.py.
    """
    space = answer.plan.space
    along = np.abs(space.direction_rtn[:, 1]) > _ALONG
    times, row = np.unique(space.burn_tai_ns[along], return_inverse=True)
    signed = np.round(space.delta_v_m_s[along] * np.sign(space.direction_rtn[along, 1]), 9)
    sizes, column = np.unique(signed, return_inverse=True)
    broken = [rules for rules, is_along in zip(space.violations, along, strict=True) if is_along]
    words = sorted({words for rules in broken for words in rules})

    def table(values: list[Any]) -> list[list[Any]]:
        cells: list[list[Any]] = [[None] * sizes.size for _ in times]
        for r, c, value in zip(row.tolist(), column.tolist(), values, strict=True):
            cells[r][c] = value
        return cells

    avoided = np.asarray(space.is_avoided[along].all(axis=1), dtype=bool)
    miss = np.linalg.norm(space.miss_rtn_m[along], axis=-1).min(axis=1)
    probability = space.total_probability[along]
    return {
        **avoidance_document(answer),
        "grid": {
            "burn_utc": [format_utc(int(each), digits=0) for each in times],
            "delta_v_m_s": sizes.tolist(),
            "total_probability": table([None if np.isnan(each) else abs(float(each)) for each in probability]),
            "miss_distance_m": table(miss.tolist()),
            "avoided": table(list(avoided.tolist())),
            "broken": table([[words.index(each) for each in rules] for rules in broken]),
            "constraints_broken": words,
            "across_track": int(space.count - along.sum()),
        },
    }
