"""An assessment in words and tables, the same for every form of the report. Nothing here is escaped or cut."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Contents", "ObjectPart", "contents_of", "flag_sentence", "label", "moment"]

DECIDES: Final = "The decision is the operator's. Mihari recommends nothing here."
_ADVISORY: Final = "ADVISORY: a state comes from a public element set. Not for manoeuvre decisions."
_COVARIANCE: Final = {
    "missing": "has no covariance",
    "not_finite": "has a covariance with terms that are no numbers",
    "default": "has a placeholder for a covariance (ten Earth radii)",
    "negative_variance": "has a covariance with a negative variance",
    "zero": "has a covariance of zeros",
    "not_positive_definite": "has a position covariance that no real error can have (not positive definite)",
    "not_positive_definite_6": "has a sound position covariance, but the whole matrix is not positive definite",
    "too_small": "has a covariance smaller than orbit determination can reach",
    "too_large": "has a covariance larger than a useful orbit has",
    "no_velocity": "has no covariance of velocity: the curvature of its path cannot be judged",
    "not_symmetric": "has a covariance whose halves differ; the lower one was taken",
    "is_default": "has a default covariance, no measured one",
}
_FLAGS: Final = {
    "covariance_repaired": "A covariance was repaired: its eigenvalues were cut at the least that is possible.",
    "shared_error_removed": "The error of the density forecast, which both orbits share, was taken out.",
    "time_is_not_closest_approach": "The time in the message is no closest approach of the states in it.",
    "no_hard_body_radius": "No hard-body radius is known.",
    "default_hard_body_radius": "The hard-body radius is a default, not that of these objects.",
}
_OBJECT_FLAG: Final = re.compile(r"object_(\d)_(?:covariance_(\w+)|(is_element_set))$")
_METHODS: Final = {
    "2d": "2-D, short encounter",
    "2d_nc": "2-D Nc, curved",
    "3d_nc": "3-D Nc, along the path",
    "monte_carlo": "Monte Carlo",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectPart:
    """What is known of one object: rows of name and value, and why its orbit is not graded better."""

    title: str
    rows: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A report without its plots.

    Attributes
    ----------
    numbers : tuple of (name, value, remark)
    methods, methods_removed : tuple of (method, value, interval, trusted, reason)
        With the covariances as stated, and with the shared error taken out.
    """

    event_id: str
    objects_line: str
    tca: str
    banners: tuple[str, ...]
    level: str
    level_reason: str
    stale: str
    numbers: tuple[tuple[str, str, str], ...]
    methods: tuple[tuple[str, str, str, str, str], ...]
    methods_removed: tuple[tuple[str, str, str, str, str], ...]
    objects: tuple[ObjectPart, ...]
    flags: tuple[str, ...]
    consequence: str
    decides: str
    origin: tuple[str, ...]


def label(each: Mapping[str, Any]) -> str:
    """Return designator and name of an object, the name once."""
    name = str(each["name"]).strip()
    designator = str(each["designator"])
    return designator if not name or name == designator else f"{designator} {name}"


def moment(text: str | None, *, digits: int = 0) -> str:
    """Return a moment as people read it, in UTC; not stated where there is none."""
    if text is None:
        return "not stated"
    day, _, clock = str(text).rstrip("Z").partition("T")
    whole, _, fraction = clock.partition(".")
    part = f".{fraction[:digits].ljust(digits, '0')}" if digits else ""
    return f"{day} {whole}{part} UTC"


def flag_sentence(flag: str) -> str:
    """Return a flag in plain words; one that has none is told by its name."""
    if flag in _FLAGS:
        return _FLAGS[flag]
    found = _OBJECT_FLAG.match(flag)
    if found and found[3]:
        return f"The state of object {found[1]} comes from a public element set."
    if found and found[2] in _COVARIANCE:
        return f"Object {found[1]} {_COVARIANCE[found[2]]}."
    return flag.replace("_", " ").capitalize() + "."


def contents_of(document: Mapping[str, Any], *, made: str) -> Contents:
    """Return an assessment in words.

    Parameters
    ----------
    document : mapping
        As `assessment_document` returns it.
    made : str
        When the report is made, UTC.
    """
    mode = document["data_mode"]
    banners = [] if mode == "REAL" else [f"{mode} DATA: not the real sky"]
    banners += [_ADVISORY] if document["advisory"] else []
    first, second = document["objects"]
    return Contents(
        event_id=document["event_id"],
        objects_line=f"{label(first)} and {label(second)}",
        tca=moment(document["tca_utc"], digits=3),
        banners=tuple(banners),
        level=str(document["action_level"]).upper(),
        level_reason=document["action_reason"],
        stale=document.get("stale") or "",
        numbers=tuple(_numbers(document)),
        methods=_methods(document["methods"]),
        methods_removed=_methods(document["methods_shared_error_removed"]),
        objects=tuple(_object(number, each) for number, each in enumerate(document["objects"], 1)),
        flags=tuple(flag_sentence(flag) for flag in document["flags"]),
        consequence=_consequence(document["consequence"]),
        decides=DECIDES,
        origin=(
            f"Message {document['message_id']}, made {moment(document['creation_utc'])}; data mode {mode}.",
            f"Threshold profile {document['profile']}. Report made {moment(made)} by Mihari {_version()}.",
            f"Scope: {(document.get('coverage') or {}).get('scope', 'not stated')}.",
        ),
    )


def _version() -> str:
    import mihari

    return mihari.__version__


def _numbers(document: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    geometry = document["geometry"]
    plane = geometry["plane_covariance_m2"]
    yield "Closest approach", moment(document["tca_utc"], digits=3), "true minimum of the distance"
    if document.get("latest_decision_utc"):
        yield "Decide before", moment(document["latest_decision_utc"]), "by the lead time of the profile"
    along = "" if plane is None else f"± {_length(math.sqrt(max(plane[0][0], 0.0)))} (1 sigma)"
    apart = geometry["mahalanobis_distance"]
    yield (
        "Miss distance",
        _length(document["miss_distance_m"]),
        ", ".join(
            x
            for x in (
                along,
                "" if apart is None else f"{apart:,.{2 if apart < 100.0 else 0}f} sigma apart (Mahalanobis)",
            )
            if x
        ),
    )
    sigma = geometry["sigma_rtn_m"] or (None,) * 3
    for name, value, one in zip(("radial", "transverse", "normal"), geometry["miss_rtn_m"], sigma, strict=True):
        yield f"  {name}", _length(value), "no covariance" if one is None else f"± {_length(one)} (1 sigma)"
    yield (
        "Relative speed",
        f"{document['relative_speed_m_s']:,.1f} m/s",
        f"{geometry['approach_angle_deg']:.1f}° between the paths, {geometry['altitude_km']:,.0f} km altitude",
    )
    yield _radius(document["hard_body_radius"])
    yield "Probability", _probability(document["probability"]), _by_method(document)
    if document["methods_shared_error_removed"]:
        yield (
            "  shared error removed",
            _probability(document["probability_shared_error_removed"]),
            "density forecast error, common to both orbits",
        )
    maximum = document["maximum"]
    if maximum is not None:
        told = {True: "; DILUTED: better orbits may raise the probability", False: "; not diluted"}
        yield "At most", _probability(maximum["value"]), maximum["meaning"] + told.get(document["dilution"], "")
    if document["message_probability"] is not None:
        method = document["message_method"]
        yield "The message says", _probability(document["message_probability"]), method or "no method stated"


def _radius(radius: Mapping[str, Any] | None) -> tuple[str, str, str]:
    if radius is None:
        return "Hard-body radius", "not known", ""
    sigma = "" if radius["sigma_m"] is None else f"± {radius['sigma_m']:g} m (1 sigma); "
    default = ", a DEFAULT" if radius["is_default"] else ""
    return "Hard-body radius", f"{radius['value_m']:g} m", f"{sigma}{radius['source']}{default}"


def _by_method(document: Mapping[str, Any]) -> str:
    name = document["method"]
    if name is None:
        return "no method can be trusted, or data are missing: no statement of safety"
    interval = document["methods"][name]["interval"]
    span = "" if interval is None else f", 95 %: {interval[0]:.2e} to {interval[1]:.2e}"
    return f"{_METHODS.get(name, name)}{span}"


def _methods(methods: Mapping[str, Any]) -> tuple[tuple[str, str, str, str, str], ...]:
    return tuple(
        (
            _METHODS.get(name, name),
            "none" if each["value"] is None else _probability(each["value"]),
            "" if each["interval"] is None else f"{each['interval'][0]:.2e} to {each['interval'][1]:.2e}",
            "yes" if each["trusted"] else "no",
            each["reason"],
        )
        for name, each in methods.items()
    )


def _object(number: int, each: Mapping[str, Any]) -> ObjectPart:
    sigma = each["sigma_rtn_m"]
    grade = each["orbit_quality"]["grade"]
    rows = [
        ("Kind", f"{each['object_type'].lower()}, manoeuvres: {_lower(each['maneuverable'])}"),
        ("State", each["state_source"]),
        ("1 sigma R, T, N", "none" if sigma is None else ", ".join(_length(value) for value in sigma)),
        ("Last observed", moment(each["last_observation_utc"])),
    ]
    if each.get("tracking_since_update") is not None:
        told = {True: "yes", False: "no"}.get(each["tracking_since_update"], str(each["tracking_since_update"]))
        rows.append(("Tracked since last message", told))
    if each.get("expected_next_tracking_utc"):
        rows.append(("Next tracking expected", moment(each["expected_next_tracking_utc"])))
    if each["mass_kg"] is not None:
        rows.append(("Mass", f"{each['mass_kg']:,.0f} kg"))
    rows.append(("Orbit quality", "not graded" if grade is None else f"{grade:.2f} of 1"))
    who = [text for text in (each["operator"], each["contact"]) if text]
    return ObjectPart(
        title=f"Object {number}: {label(each)}",
        rows=tuple(rows),
        reasons=tuple(each["orbit_quality"]["reasons"]),
        contact=", ".join(who) or "the message names nobody",
    )


def _lower(text: str | None) -> str:
    return str(text).lower() if text else "not stated"


def _consequence(told: Mapping[str, Any] | None) -> str:
    if told is None:
        return ""
    kind = "catastrophic" if told["catastrophic"] else "not catastrophic"
    return (
        f"A collision would be {kind}: {told['fragments_above_10_cm']:,.0f} fragments above 10 cm "
        f"({told['model']}, a model; masses: {told['mass_source']})."
    )


def _length(value: float) -> str:
    return f"{value / 1e3:,.2f} km" if abs(value) >= 1.0e4 else f"{value:,.1f} m"


def _probability(value: float | None) -> str:
    return "not assessed" if value is None else f"{value:.2e}" if value else "0"
