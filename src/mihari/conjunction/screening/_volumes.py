"""Screening volumes: spheres, and ellipsoids by regime as data, in the RTN frame of the object they belong to."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.constants import EARTH_EQUATORIAL_RADIUS_M, WGS72_MU_M3_S2
from mihari.errors import FormatError, NotFoundError, UsageError
from mihari.model.orbit import ElementSets
from mihari.units import TWO_PI

__all__ = ["RegimeVolume", "Volume", "VolumesOfObjects", "volume_profiles"]

_LARGEST_M = 2.0e6


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeVolume:
    """The volume of one regime. A limit that is infinite or NaN-free default does not bind.

    Attributes
    ----------
    name : str
    semi_axes_m : tuple of float
        Radial, transverse, normal.
    perigee_altitude_m, period_s : tuple of float
        From (inclusive) to (exclusive).
    eccentricity_below, inclination_below_rad : float
    in_table : bool
        False: the source has no such regime, Mihari added it.
    """

    name: str
    semi_axes_m: tuple[float, float, float]
    perigee_altitude_m: tuple[float, float] = (-math.inf, math.inf)
    period_s: tuple[float, float] = (-math.inf, math.inf)
    eccentricity_below: float = math.inf
    inclination_below_rad: float = math.inf
    in_table: bool = True

    def __post_init__(self) -> None:
        if not all(0.0 < axis <= _LARGEST_M for axis in self.semi_axes_m):
            raise UsageError(
                f"semi-axes of {self.name} are {self.semi_axes_m} m",
                where="volume",
                remedy=f"give lengths above zero and up to {_LARGEST_M / 1e3:g} km",
            )


@dataclass(frozen=True, slots=True, eq=False)
class VolumesOfObjects:
    """What a volume is for each object: semi-axes (n, 3) m, zeros where no regime fits, and objects by regime."""

    semi_axes_m: NDArray[np.float64]
    objects_by_regime: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What "close" means: the first regime that fits an object gives its volume.

    Build with `sphere` or `profile`.
    """

    name: str
    regimes: tuple[RegimeVolume, ...]
    source: str
    version: str
    note: str = ""

    @classmethod
    def sphere(cls, radius_m: float) -> Volume:
        """Return one sphere for every object.

        Raises
        ------
        UsageError
            The radius is not above zero and at most 2,000 km.
        """
        if not (isinstance(radius_m, int | float) and 0.0 < radius_m <= _LARGEST_M):
            raise UsageError(f"a radius of {radius_m} m", where="volume", remedy="give more than 0 and up to 2,000 km")
        regime = RegimeVolume(name="every orbit", semi_axes_m=(float(radius_m),) * 3)
        return cls(name="sphere", regimes=(regime,), source="chosen by the user", version="1")

    @classmethod
    def profile(cls, name: str | Path) -> Volume:
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
            text = path.read_text(encoding="utf-8")
        else:
            known = volume_profiles()
            if str(name) not in known:
                raise NotFoundError(
                    f"no volume profile {name}", remedy=f"choose from {', '.join(known)} or a JSON file"
                )
            text = (files("mihari.conjunction.screening") / "profiles" / f"{name}.json").read_text(encoding="utf-8")
        try:
            return _parse(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FormatError(f"not a volume profile: {error!r}", where=str(name)) from error

    def of(self, sets: ElementSets) -> VolumesOfObjects:
        """Return the volume of each object, from its mean elements."""
        return self.of_orbits(
            motion_rad_s=sets.frame["mean_motion_rev_day"].to_numpy() * TWO_PI / 86_400.0,
            eccentricity=sets.frame["eccentricity"].to_numpy(),
            inclination_rad=np.radians(sets.frame["inclination_deg"].to_numpy()),
        )

    def of_orbits(
        self,
        *,
        motion_rad_s: NDArray[np.float64],
        eccentricity: NDArray[np.float64],
        inclination_rad: NDArray[np.float64],
    ) -> VolumesOfObjects:
        """Return the volume of each orbit, (n,); mean motion NaN where it is not closed."""
        with np.errstate(divide="ignore", invalid="ignore"):
            period_s = TWO_PI / motion_rad_s
            perigee_m = np.cbrt(WGS72_MU_M3_S2 / motion_rad_s**2) * (1.0 - eccentricity) - EARTH_EQUATORIAL_RADIUS_M
        axes = np.zeros((motion_rad_s.size, 3))
        free = np.ones(motion_rad_s.size, dtype=bool)
        counts: dict[str, int] = {}
        for regime in self.regimes:
            fits = (
                free
                & (perigee_m >= regime.perigee_altitude_m[0])
                & (perigee_m < regime.perigee_altitude_m[1])
                & (period_s >= regime.period_s[0])
                & (period_s < regime.period_s[1])
                & (eccentricity < regime.eccentricity_below)
                & (inclination_rad < regime.inclination_below_rad)
            )
            axes[fits] = regime.semi_axes_m
            counts[regime.name] = int(np.count_nonzero(fits))
            free &= ~fits
        if free.any():
            counts["no volume of its own"] = int(np.count_nonzero(free))
        return VolumesOfObjects(axes, counts)

    def describe(self) -> dict[str, Any]:
        """Return shape, size, frame and source in words and numbers, for the coverage statement."""
        spheres = all(len(set(regime.semi_axes_m)) == 1 for regime in self.regimes)
        text: dict[str, Any] = {
            "name": self.name,
            "shape": "sphere" if spheres else "ellipsoid",
            "frame": "RTN of the object it belongs to, inertial velocity",
            "source": self.source,
            "version": self.version,
        }
        if len(self.regimes) == 1 and spheres:
            text["radius_m"] = self.regimes[0].semi_axes_m[0]
        else:
            text["regimes"] = [
                {"name": r.name, "semi_axes_m": list(r.semi_axes_m), "in_source": r.in_table} for r in self.regimes
            ]
        if self.note:
            text["note"] = self.note
        return text


def volume_profiles() -> list[str]:
    """Return the names of the shipped profiles."""
    folder = files("mihari.conjunction.screening") / "profiles"
    return sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))


def _parse(document: Mapping[str, Any]) -> Volume:
    return Volume(
        name=document["name"],
        version=document["version"],
        source=document["source"],
        note=document.get("note", ""),
        regimes=tuple(_parse_regime(entry) for entry in document["regimes"]),
    )


def _parse_regime(entry: Mapping[str, Any]) -> RegimeVolume:
    known = {
        "name", "semi_axes_km", "perigee_altitude_km", "period_min", "eccentricity_below",
        "inclination_below_deg", "window_days", "in_table",
    }  # fmt: skip
    if unknown := set(entry) - known:
        raise ValueError(f"unknown fields {sorted(unknown)} in a regime")
    radial, transverse, normal = (1e3 * float(axis) for axis in entry["semi_axes_km"])
    return RegimeVolume(
        name=entry["name"],
        semi_axes_m=(radial, transverse, normal),
        perigee_altitude_m=_span(entry.get("perigee_altitude_km"), 1e3),
        period_s=_span(entry.get("period_min"), 60.0),
        eccentricity_below=float(entry.get("eccentricity_below", math.inf)),
        inclination_below_rad=math.radians(entry.get("inclination_below_deg", math.inf)),
        in_table=bool(entry.get("in_table", True)),
    )


def _span(limits: list[float | None] | None, factor: float) -> tuple[float, float]:
    if limits is None:
        return -math.inf, math.inf
    low, high = limits
    return (-math.inf if low is None else low * factor), (math.inf if high is None else high * factor)
