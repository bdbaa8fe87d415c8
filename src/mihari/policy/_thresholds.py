"""Threshold profiles as data, and the one rule that turns a probability into a level.

References
----------
NASA CARA; 19 SDS Spaceflight Safety Handbook; ESA: see `source` of every profile.

Validation
----------
tests/unit/test_policy_thresholds.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from mihari.errors import FormatError, InputError, NotFoundError
from mihari.model.assessment import ActionLevel, StateSource

__all__ = ["Judgement", "ThresholdProfile", "counted_probability", "judge", "threshold_profiles"]

_DAY_S: Final = 86_400.0
_KNOWN: Final = frozenset(
    "name version source note watch_probability action_probability remediation_factor horizon_days miss_km deep_space "
    "default_hard_body_radius_m lead_time_hours maximum_probability_acts".split()
)
_DEEP_KNOWN: Final = frozenset("horizon_days action_horizon_days miss_km".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdProfile:
    """From which probability an event is watched, and from which acted upon.

    Attributes
    ----------
    watch_probability, action_probability : float
    remediation_factor : float
        A manoeuvre is to bring every event to this share of the action threshold.
    horizon_s, miss_distance_m : float
        Only events this near in time and space count; infinite when the profile has no such limit.
    deep_horizon_s, deep_action_horizon_s, deep_miss_distance_m : float or None
        In deep space the miss distance alone decides, where the profile says so.
    default_hard_body_radius_m : float or None
        Used only when asked for, and labelled.
    lead_time_s : float
        How long before the closest approach a decision must have been taken.
    maximum_probability_acts : bool
        The owner wants the greatest possible probability to count like a probability.
    """

    name: str
    version: str
    source: str
    watch_probability: float
    action_probability: float
    remediation_factor: float = 0.03
    horizon_s: float = math.inf
    miss_distance_m: float = math.inf
    deep_horizon_s: float | None = None
    deep_action_horizon_s: float | None = None
    deep_miss_distance_m: float | None = None
    default_hard_body_radius_m: float | None = None
    lead_time_s: float = 12.0 * 3600.0
    maximum_probability_acts: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if not 0.0 < self.watch_probability <= self.action_probability < 1.0:
            raise InputError(
                f"watch {self.watch_probability} and action {self.action_probability} are no thresholds",
                where=self.name,
                remedy="0 < watch <= action < 1 is needed",
            )
        if not 0.0 < self.remediation_factor <= 1.0:
            raise InputError(f"remediation factor {self.remediation_factor}", where=self.name, remedy="give 0 to 1")

    @classmethod
    def load(cls, name: str | Path) -> ThresholdProfile:
        """Return a shipped profile by name, or one from a JSON file of the same form.

        Raises
        ------
        NotFoundError
            No profile and no file of that name.
        FormatError
            The file is not a profile.
        """
        path = Path(name)
        if path.suffix == ".json" and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
        else:
            known = threshold_profiles()
            if str(name) not in known:
                raise NotFoundError(
                    f"no threshold profile {str(name)!r}",
                    where="--profile",
                    remedy=f"there are {', '.join(known)}, or give a .json file",
                )
            text = (files("mihari.policy") / "profiles" / f"{name}.json").read_text(encoding="utf-8")
        return _from_json(text, where=str(name))

    @classmethod
    def from_json(cls, text: str, *, where: str) -> ThresholdProfile:
        """Read a profile from the text of its JSON file.

        Raises
        ------
        FormatError
            The text is not a profile.
        """
        return _from_json(text, where=where)


def threshold_profiles() -> tuple[str, ...]:
    """Return the names of the shipped profiles."""
    folder = files("mihari.policy") / "profiles"
    return tuple(sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")))


def _from_json(text: str, *, where: str) -> ThresholdProfile:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise FormatError(f"is not JSON: {error}", where=where, remedy="see docs/how-to/assess-conjunctions") from None
    if not isinstance(document, dict):
        raise FormatError("is not a threshold profile", where=where, remedy="a JSON object is needed")
    deep = document.get("deep_space", {})
    if not isinstance(deep, dict):
        raise FormatError("deep_space is not an object", where=where)
    for unknown in (*(set(document) - _KNOWN), *(set(deep) - _DEEP_KNOWN)):
        raise FormatError(f"{unknown!r} is no key of a threshold profile", where=where, remedy="is it misspelt?")
    for needed in ("name", "version", "source", "watch_probability", "action_probability"):
        if needed not in document:
            raise FormatError(f"{needed} is missing", where=where)
    number = _Numbers(document, where)
    deep_number = _Numbers(deep, where)
    return ThresholdProfile(
        name=str(document["name"]),
        version=str(document["version"]),
        source=str(document["source"]),
        note=str(document.get("note", "")),
        watch_probability=number.needed("watch_probability"),
        action_probability=number.needed("action_probability"),
        remediation_factor=number.get("remediation_factor", 1.0, 0.03),
        horizon_s=number.get("horizon_days", _DAY_S, math.inf),
        miss_distance_m=number.get("miss_km", 1e3, math.inf),
        deep_horizon_s=deep_number.optional("horizon_days", _DAY_S),
        deep_action_horizon_s=deep_number.optional("action_horizon_days", _DAY_S),
        deep_miss_distance_m=deep_number.optional("miss_km", 1e3),
        default_hard_body_radius_m=number.optional("default_hard_body_radius_m", 1.0),
        lead_time_s=number.get("lead_time_hours", 3600.0, 12.0 * 3600.0),
        maximum_probability_acts=document.get("maximum_probability_acts") is True,
    )


@dataclass(frozen=True, slots=True)
class _Numbers:
    document: Mapping[str, Any]
    where: str

    def needed(self, key: str) -> float:
        value = self.document[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0.0:
            raise FormatError(f"{key} is {value!r}", where=self.where, remedy="a number above zero is needed")
        return float(value)

    def optional(self, key: str, unit: float) -> float | None:
        return self.needed(key) * unit if key in self.document else None

    def get(self, key: str, unit: float, default: float) -> float:
        value = self.optional(key, unit)
        return default if value is None else value


@dataclass(frozen=True, slots=True)
class Judgement:
    """The level of an event under a profile, and why."""

    level: ActionLevel
    reason: str


def counted_probability(profile: ThresholdProfile, found: Sequence[float | None]) -> float | None:
    """Return the probability that a level goes by when an event was assessed in more than one way: the larger.

    Where one of them is not known, the others are no safety: they count only when worth watching by themselves.
    """
    known = [value for value in found if value is not None]
    largest = max(known, default=None)
    if largest is None or (len(known) < len(found) and largest < profile.watch_probability):
        return None
    return largest


def judge(
    profile: ThresholdProfile,
    *,
    probability: float | None,
    maximum_probability: float | None,
    miss_distance_m: float,
    lead_time_s: float | None,
    is_deep_space: bool,
    sources: Sequence[StateSource],
) -> Judgement:
    """Return the level of an event.

    Parameters
    ----------
    probability : float or None
        Of the trusted method; None when there is none.
    maximum_probability : float or None
        Counts only where the profile's owner asked for it.
    lead_time_s : float or None
        From the newest message to the closest approach; None to leave time aside.
    sources : sequence of StateSource
        Of both objects. An element set among them caps the level at WATCH, whatever the numbers are.

    Returns
    -------
    Judgement
    """
    found = _level(profile, probability, maximum_probability, miss_distance_m, lead_time_s, is_deep_space)
    if found.level is ActionLevel.ACTION and not all(source.may_act for source in sources):
        return Judgement(ActionLevel.WATCH, f"{found.reason}; not more than watched: a state is a public element set")
    return found


def _level(
    profile: ThresholdProfile,
    probability: float | None,
    maximum_probability: float | None,
    miss_distance_m: float,
    lead_time_s: float | None,
    is_deep_space: bool,  # noqa: FBT001
) -> Judgement:
    when_s = 0.0 if lead_time_s is None else lead_time_s
    if is_deep_space and profile.deep_miss_distance_m is not None:
        near = miss_distance_m <= profile.deep_miss_distance_m
        if near and when_s <= (profile.deep_action_horizon_s or 0.0):
            return Judgement(ActionLevel.ACTION, f"deep space, miss {miss_distance_m:,.0f} m, near in time")
        if near and when_s <= (profile.deep_horizon_s or math.inf):
            return Judgement(ActionLevel.WATCH, f"deep space, miss {miss_distance_m:,.0f} m")
        return Judgement(ActionLevel.NONE, "deep space, beyond the profile's miss distance or horizon")
    if miss_distance_m > profile.miss_distance_m or when_s > profile.horizon_s:
        return Judgement(ActionLevel.NONE, "beyond the profile's miss distance or horizon")
    counted, words = probability, "probability"
    if profile.maximum_probability_acts and maximum_probability is not None:
        counted, words = maximum_probability, "greatest possible probability"
    if counted is None:
        return Judgement(ActionLevel.NOT_ASSESSED, "no probability can be trusted")
    if counted >= profile.action_probability:
        return Judgement(ActionLevel.ACTION, f"{words} {counted:.2e} >= {profile.action_probability:g}")
    if counted >= profile.watch_probability:
        return Judgement(ActionLevel.WATCH, f"{words} {counted:.2e} >= {profile.watch_probability:g}")
    return Judgement(ActionLevel.NONE, f"{words} {counted:.2e} < {profile.watch_probability:g}")
