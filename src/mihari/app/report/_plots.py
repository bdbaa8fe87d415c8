"""Which plots an assessment has the data for, and why the others are left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mihari.app.report._words import label, moment
from mihari.astro.time import parse_utc
from mihari.conjunction.figures import (
    FigureHeading,
    clean_text,
    covariance_sensitivity_figure,
    dilution_figure,
    encounter_plane_figure,
    miss_history_figure,
    probability_history_figure,
    radius_sensitivity_figure,
)
from mihari.model.provenance import DataMode
from mihari.policy import ThresholdProfile, threshold_profiles

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["LeftOut", "Plot", "PlotSet", "plots_of", "profile_of"]

_NAN: Final = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot that can be drawn: `draw(panel=None)` gives a figure of its own, or draws into a part of a page."""

    name: str
    title: str
    words: str
    draw: Callable[..., Figure]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A plot that cannot be drawn, and why."""

    name: str
    title: str
    reason: str

    def sentence(self) -> str:
        """Return both as one sentence."""
        return f"{self.title}: left out, {self.reason}"


@dataclass(frozen=True, slots=True)
class PlotSet:
    """What can be drawn of an event, in the order in which people read it, and what cannot."""

    plots: tuple[Plot, ...]
    left_out: tuple[LeftOut, ...]


_TITLES: Final = {
    "encounter-plane": "Encounter plane",
    "probability-history": "Probability from message to message",
    "miss-history": "Miss from message to message",
    "dilution": "Dilution",
    "radius-sensitivity": "Probability over the radius",
    "covariance-sensitivity": "Probability over both covariances",
}


def profile_of(document: Mapping[str, Any], given: ThresholdProfile | None) -> ThresholdProfile | None:
    """Return the profile that an assessment was made with: the given one or a shipped one, in the same version.

    None where neither is: then no thresholds are drawn, rather than those of another profile.
    """
    named = str(document["profile"])
    if given is not None and f"{given.name} {given.version}" == named:
        return given
    name, _, version = named.rpartition(" ")
    if name not in threshold_profiles():
        return None
    profile = ThresholdProfile.load(name)
    return profile if profile.version == version else None


def plots_of(
    document: Mapping[str, Any], history: Sequence[Mapping[str, Any]], *, profile: ThresholdProfile | None
) -> PlotSet:
    """Return the plots of one assessment.

    Parameters
    ----------
    document : mapping
        As `assessment_document` returns it.
    history : sequence of mapping
        Rows of `ASSESSMENT_SCHEMA`, one per update.
    profile : ThresholdProfile or None
        Its thresholds are drawn; None: none are.
    """
    heading = FigureHeading(
        subject=f"{' and '.join(clean_text(label(each), most=44) for each in document['objects'])} · closest approach "
        f"{moment(document['tca_utc'])}",
        data_mode=DataMode(document["data_mode"]),
        is_advisory=bool(document["advisory"]),
        # The message's name last: it is what is cut where the line is too long.
        footing=f"Mihari · event {document['event_id']} · profile {document['profile']} · message of "
        f"{moment(document['creation_utc'])}: {document['message_id']}",
    )
    levels = {
        "watch_probability": None if profile is None else profile.watch_probability,
        "action_probability": None if profile is None else profile.action_probability,
    }
    makers = (
        _encounter_plane(document),
        _probability_history(document, history, levels),
        _miss_history(document, history),
        _dilution(document, levels),
        _radius(document, levels),
        _covariances(document, levels),
    )
    plots, left_out = [], []
    for (name, title), made in zip(_TITLES.items(), makers, strict=True):
        if isinstance(made, str):
            left_out.append(LeftOut(name, title, made))
        else:
            draw, words = made
            plots.append(Plot(name=name, title=title, words=words, draw=partial(draw, heading)))
    return PlotSet(tuple(plots), tuple(left_out))


_Made = tuple[Callable[..., "Figure"], str] | str


def _without_covariance(document: Mapping[str, Any]) -> str:
    """Why there is no combined covariance; empty where there is one."""
    if document["geometry"]["plane_covariance_m2"] is not None:
        return ""
    bare = [str(k) for k, each in enumerate(document["objects"], 1) if each["sigma_rtn_m"] is None]
    if bare:
        return f"object {' and '.join(bare)} has no usable covariance"
    return "the covariances of the objects make no plane"


def _encounter_plane(document: Mapping[str, Any]) -> _Made:
    if reason := _without_covariance(document):
        return reason
    radius_m = document["hard_body_radius_m"]
    draw = partial(
        encounter_plane_figure,
        miss_distance_m=document["miss_distance_m"],
        plane_covariance_m2=document["geometry"]["plane_covariance_m2"],
        hard_body_radius_m=radius_m,
    )
    size = "no hard-body radius is known" if radius_m is None else f"hard-body radius {radius_m:g} m"
    return draw, f"1, 2 and 3 sigma about the second object, miss {document['miss_distance_m']:,.1f} m, {size}"


def _moments(document: Mapping[str, Any]) -> dict[str, Any]:
    latest = document.get("latest_decision_utc")
    return {
        "tca_tai_ns": parse_utc(document["tca_utc"]),
        "latest_decision_tai_ns": None if latest is None else parse_utc(latest),
    }


def _too_short(history: Sequence[Mapping[str, Any]]) -> str:
    if not history:
        return "no earlier messages of this event are at hand"
    return "one message so far" if len(history) < 2 else ""


def _probability_history(
    document: Mapping[str, Any], history: Sequence[Mapping[str, Any]], levels: Mapping[str, Any]
) -> _Made:
    if reason := _too_short(history):
        return reason
    known: dict[str, Any] = {
        name: [_number(row[name]) for row in history] for name in ("probability", "maximum_probability")
    }
    if all(math.isnan(value) for values in known.values() for value in values):
        return "no message of this event has a probability or a bound"
    draw = partial(
        probability_history_figure,
        creation_tai_ns=[row["creation_tai_ns"] for row in history],
        **known,
        **_moments(document),
        **levels,
    )
    return draw, f"probability and its bound in {len(history)} messages"


def _miss_history(document: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> _Made:
    if reason := _too_short(history):
        return reason
    axes = ("radial", "transverse", "normal")
    draw = partial(
        miss_history_figure,
        creation_tai_ns=[row["creation_tai_ns"] for row in history],
        miss_rtn_m=[[_number(row[f"{name}_m"]) for name in axes] for row in history],
        sigma_rtn_m=[[_number(row[f"{name}_sigma_m"]) for name in axes] for row in history],
        **_moments(document),
    )
    return draw, f"radial, transverse and normal miss with 1 sigma in {len(history)} messages"


def _without_grid(document: Mapping[str, Any]) -> str:
    if reason := _without_covariance(document):
        return reason
    return "no hard-body radius is known" if document["hard_body_radius_m"] is None else ""


def _dilution(document: Mapping[str, Any], levels: Mapping[str, Any]) -> _Made:
    curve = document.get("dilution_curve")
    if not curve:
        return _without_grid(document) or "the assessment has no curve of it"
    if not any((value or 0.0) > 0.0 for value in curve["probability"]):
        return "the probability is zero for every size of the covariance"
    maximum = document.get("maximum") or {}
    draw = partial(
        dilution_figure,
        scale=curve["scale"],
        probability=[_number(value) for value in curve["probability"]],
        # A maximum without a scale is of another method, and not on this curve.
        maximum_scale=maximum.get("covariance_scale"),
        maximum_probability=None if maximum.get("covariance_scale") is None else maximum.get("value"),
        **levels,
    )
    state = {True: "diluted", False: "not diluted"}.get(document["dilution"], "dilution not told")
    return draw, f"2-D probability over the size of the combined covariance; this event is {state}"


def _radius(document: Mapping[str, Any], levels: Mapping[str, Any]) -> _Made:
    grid = document.get("sensitivity")
    if not grid:
        return _without_grid(document) or "the assessment has no grid of it"
    if not any((value or 0.0) > 0.0 for value in grid["probability_by_radius"]):
        return "the probability is zero for every radius"
    radius = document.get("hard_body_radius") or {}
    draw = partial(
        radius_sensitivity_figure,
        radius_m=grid["radius_m"],
        probability=[_number(value) for value in grid["probability_by_radius"]],
        hard_body_radius_m=radius.get("value_m"),
        radius_sigma_m=radius.get("sigma_m"),
        **levels,
    )
    return draw, "2-D probability over the hard-body radius"


def _covariances(document: Mapping[str, Any], levels: Mapping[str, Any]) -> _Made:
    grid = document.get("sensitivity")
    if not grid:
        return _without_grid(document) or "the assessment has no grid of it"
    values = [[_number(value) for value in row] for row in grid["probability_by_scale"]]
    if not any(value > 0.0 for row in values for value in row):
        return "the probability is zero for every size of the covariances"
    draw = partial(
        covariance_sensitivity_figure,
        scale_1=grid["scale_1"],
        scale_2=grid["scale_2"],
        probability=values,
        **levels,
    )
    return draw, "2-D probability over the size of both covariances"


def _number(value: float | None) -> float:
    return _NAN if value is None else float(value)
