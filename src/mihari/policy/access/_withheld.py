"""Who may know how much is withheld from them: a rule as data, for the number itself tells something."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from mihari.policy.access._viewer import Role, Viewer

__all__ = ["may_count_withheld"]


def may_count_withheld(viewer: Viewer) -> bool:
    """Say whether a viewer may be told how many objects it does not see."""
    roles, never = _rule()
    return viewer.party not in never and bool(viewer.roles & roles)


@cache
def _rule() -> tuple[frozenset[Role], frozenset[str]]:
    told = json.loads(files("mihari.policy.access").joinpath("data/withheld.json").read_text(encoding="utf-8"))
    return frozenset(map(Role, told["roles"])), frozenset(told["parties_never"])
