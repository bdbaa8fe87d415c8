"""What a mission allows, from a file that people write: units in every key, and a key that is unknown is an error."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mihari.app.moment import moment_tai_ns
from mihari.conjunction.avoidance import ExecutionError, MissionConstraints, Spacecraft
from mihari.errors import FormatError, InputError, UsageError
from mihari.units import RAD_PER_DEG

__all__ = ["AvoidanceConstraints", "read_constraints"]

Pair = tuple[float, float]
Triple = tuple[float, float, float]

_DAY_S: Final = 86_400.0
_FREE: Final[Pair] = (-math.inf, math.inf)
_REMEDY: Final = "docs/how-to/plan-an-avoidance lists the keys"
_KNOWN: Final = frozenset(
    "earliest_utc latest_utc forbidden_utc maximum_delta_v_m_s propellant_kg semi_major_axis_box_m "
    "along_track_offset_m longitude_box_deg longitude_drift_box_deg_day mass_kg thrust_n specific_impulse_s "
    "execution_error keep_out_rtn_m screening_volume_rtn_m".split()
)
_EXECUTION_KNOWN: Final = frozenset("magnitude_m_s magnitude_share pointing_m_s pointing_deg".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidanceConstraints:
    """A mission's constraints, before the window of a plan is known.

    Attributes
    ----------
    source : str
        The file, or that there is none.
    earliest_tai_ns, latest_tai_ns : int, optional
    mass_kg : float, optional
        Without one the primary's message is asked; propellant is told only where a mass is known.
    greatest_propellant_kg : float
    execution : ExecutionError
        One sigma. Two per cent of the size and one degree where the file says nothing.
    is_default_execution : bool
    keep_out_m, screening_m : (radial, transverse, normal)
        Semi-axes of the volume kept empty of a secondary without a covariance, and of everything when a candidate is
        screened.

    The others are as in `MissionConstraints` and `Spacecraft`.
    """

    source: str = "none given"
    earliest_tai_ns: int | None = None
    latest_tai_ns: int | None = None
    forbidden_tai_ns: tuple[tuple[int, int], ...] = ()
    greatest_delta_v_m_s: float = math.inf
    greatest_propellant_kg: float = math.inf
    semi_major_axis_change_m: Pair = _FREE
    along_track_offset_m: float = math.inf
    longitude_drift_rad_s: Pair = _FREE
    longitude_change_rad: Pair = _FREE
    mass_kg: float | None = None
    thrust_n: float = math.inf
    specific_impulse_s: float = 220.0
    execution: ExecutionError = field(
        default_factory=lambda: ExecutionError(magnitude_share=0.02, pointing_rad=RAD_PER_DEG)
    )
    is_default_execution: bool = True
    keep_out_m: Triple = (400.0, 2_000.0, 2_000.0)
    screening_m: Triple = (400.0, 2_000.0, 2_000.0)

    def mission(self, *, start_tai_ns: int, end_tai_ns: int) -> MissionConstraints:
        """Return the constraints of a plan whose burns lie between two moments.

        Raises
        ------
        InputError
            Nothing is left between them.
        """
        earliest = max(start_tai_ns, start_tai_ns if self.earliest_tai_ns is None else self.earliest_tai_ns)
        latest = min(end_tai_ns, end_tai_ns if self.latest_tai_ns is None else self.latest_tai_ns)
        if latest <= earliest:
            raise InputError(
                "no time is left for a burn between earliest and latest", where=self.source, remedy="widen it"
            )
        return MissionConstraints(
            earliest_tai_ns=earliest,
            latest_tai_ns=latest,
            forbidden_tai_ns=self.forbidden_tai_ns,
            greatest_delta_v_m_s=self.greatest_delta_v_m_s,
            greatest_propellant_kg=self.greatest_propellant_kg,
            semi_major_axis_change_m=self.semi_major_axis_change_m,
            along_track_offset_m=self.along_track_offset_m,
            longitude_drift_rad_s=self.longitude_drift_rad_s,
            longitude_change_rad=self.longitude_change_rad,
        )

    def spacecraft(self, *, message_mass_kg: float | None) -> tuple[Spacecraft, bool]:
        """Return the spacecraft, and whether its mass is known; impulses and Δv do not ask for it.

        Raises
        ------
        UsageError
            A thrust or a limit of propellant without any mass.
        """
        mass = self.mass_kg if self.mass_kg is not None else message_mass_kg
        if mass is None and (math.isfinite(self.thrust_n) or math.isfinite(self.greatest_propellant_kg)):
            raise UsageError("thrust_n and propellant_kg need a mass", where=self.source, remedy="add mass_kg")
        craft = Spacecraft(
            mass_kg=1.0 if mass is None else mass, thrust_n=self.thrust_n, specific_impulse_s=self.specific_impulse_s
        )
        return craft, mass is not None


def read_constraints(path: str | Path) -> AvoidanceConstraints:
    """Read a constraints file, JSON.

    Raises
    ------
    InputError
        There is no such file.
    FormatError
        It is no constraints file: unknown key, wrong kind of value, or a limit that makes no sense.

    Validation
    ----------
    tests/unit/test_app_avoidance_constraints.py.
    """
    where = str(path)
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"), object_pairs_hook=_once)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=where, remedy="give a JSON file") from None
    except ValueError as error:
        raise FormatError(f"is not JSON: {error}", where=where, remedy=_REMEDY) from None
    if not isinstance(document, dict):
        raise FormatError("holds no constraints", where=where, remedy="a JSON object is needed")
    read = _Fields(document, where, _KNOWN)
    drift = read.pair("longitude_drift_box_deg_day", RAD_PER_DEG / _DAY_S)
    found = {
        "source": where,
        "earliest_tai_ns": read.moment("earliest_utc"),
        "latest_tai_ns": read.moment("latest_utc"),
        "forbidden_tai_ns": read.spans("forbidden_utc"),
        "greatest_delta_v_m_s": read.above_zero("maximum_delta_v_m_s"),
        "greatest_propellant_kg": read.above_zero("propellant_kg"),
        "semi_major_axis_change_m": read.pair("semi_major_axis_box_m", 1.0),
        "along_track_offset_m": read.above_zero("along_track_offset_m"),
        "longitude_drift_rad_s": drift,
        "longitude_change_rad": read.pair("longitude_box_deg", RAD_PER_DEG),
        "mass_kg": read.above_zero("mass_kg"),
        "thrust_n": read.above_zero("thrust_n"),
        "specific_impulse_s": read.above_zero("specific_impulse_s"),
        "keep_out_m": read.axes("keep_out_rtn_m"),
        "screening_m": read.axes("screening_volume_rtn_m"),
        "execution": read.execution(),
    }
    given: dict[str, Any] = {name: value for name, value in found.items() if value is not None}
    constraints = AvoidanceConstraints(**given, is_default_execution="execution" not in given)
    _check(constraints)
    return constraints


def _check(constraints: AvoidanceConstraints) -> None:
    """Boxes and times are judged when the file is read, not after the messages are."""
    try:
        constraints.mission(
            start_tai_ns=constraints.earliest_tai_ns or 0, end_tai_ns=constraints.latest_tai_ns or 2**62
        )
    except InputError as error:
        raise FormatError(error.what, where=constraints.source, remedy=error.remedy) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands in it twice")
    return found


@dataclass(frozen=True, slots=True)
class _Fields:
    """Typed access; None where a key is left out."""

    document: Mapping[str, Any]
    where: str
    known: frozenset[str]

    def __post_init__(self) -> None:
        for key in self.document:
            if key not in self.known:
                raise FormatError(f"{key!r} is no key of a constraints file", where=self.where, remedy=_REMEDY)

    def _fail(self, key: str, needed: str) -> FormatError:
        return FormatError(f"{key} is {json.dumps(self.document[key])[:60]}", where=self.where, remedy=needed)

    def number(self, key: str) -> float | None:
        if key not in self.document:
            return None
        value = self.document[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._fail(key, "a finite number is needed")
        return float(value)

    def above_zero(self, key: str) -> float | None:
        value = self.number(key)
        if value is not None and value <= 0.0:
            raise self._fail(key, "a number above zero is needed")
        return value

    def _numbers(self, key: str, count: int, needed: str) -> list[float] | None:
        if key not in self.document:
            return None
        value = self.document[key]
        if not isinstance(value, list) or len(value) != count:
            raise self._fail(key, needed)
        if any(isinstance(v, bool) or not isinstance(v, int | float) or not math.isfinite(v) for v in value):
            raise self._fail(key, needed)
        return [float(v) for v in value]

    def pair(self, key: str, unit: float) -> Pair | None:
        """A box about the present orbit."""
        needed = "two numbers are needed, low <= 0 <= high"
        value = self._numbers(key, 2, needed)
        if value is None:
            return None
        if not value[0] <= 0.0 <= value[1]:
            raise self._fail(key, needed)
        return value[0] * unit, value[1] * unit

    def axes(self, key: str) -> Triple | None:
        needed = "three numbers above zero are needed: radial, transverse, normal"
        value = self._numbers(key, 3, needed)
        if value is None:
            return None
        if min(value) <= 0.0:
            raise self._fail(key, needed)
        return value[0], value[1], value[2]

    def moment(self, key: str) -> int | None:
        return self._moment(key, self.document[key]) if key in self.document else None

    def _moment(self, key: str, text: Any) -> int:
        if not isinstance(text, str):
            raise self._fail(key, "UTC text is needed, like 2026-03-01T08:10:00Z")
        try:
            return moment_tai_ns(text, option=key)
        except UsageError as error:
            raise FormatError(f"{key}: {error.what}", where=self.where, remedy=error.remedy) from None

    def spans(self, key: str) -> tuple[tuple[int, int], ...] | None:
        if key not in self.document:
            return None
        value = self.document[key]
        needed = "pairs of UTC text are needed, [[start, end], ...]"
        if not isinstance(value, list) or not all(isinstance(each, list) and len(each) == 2 for each in value):
            raise self._fail(key, needed)
        return tuple((self._moment(key, start), self._moment(key, end)) for start, end in value)

    def execution(self) -> ExecutionError | None:
        if "execution_error" not in self.document:
            return None
        value = self.document["execution_error"]
        if not isinstance(value, dict):
            raise self._fail("execution_error", "an object is needed")
        read = _Fields(value, f"{self.where}: execution_error", _EXECUTION_KNOWN)
        try:
            return ExecutionError(
                magnitude_m_s=read.number("magnitude_m_s") or 0.0,
                magnitude_share=read.number("magnitude_share") or 0.0,
                pointing_m_s=read.number("pointing_m_s") or 0.0,
                pointing_rad=(read.number("pointing_deg") or 0.0) * RAD_PER_DEG,
            )
        except InputError as error:
            raise FormatError(error.what, where=self.where, remedy="give numbers from 0 on") from None
