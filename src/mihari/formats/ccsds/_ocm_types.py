"""Element sets of trajectories and columns of manoeuvres in an OCM, with the units the book gives them."""

from __future__ import annotations

from typing import Final

__all__ = ["ELEMENTS", "MANOEUVRE_TIME_COLUMNS", "covariance_columns", "split_units"]

_P: Final = ("km", "km", "km")
_V: Final = ("km/s", "km/s", "km/s")
_A: Final = ("km/s**2", "km/s**2", "km/s**2")
_K: Final = ("km", "n/a", "deg", "deg", "deg", "deg")
ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "CARTP": _P,
    "CARTPV": (*_P, *_V),
    "CARTPVA": (*_P, *_V, *_A),
    "KEPLERIAN": _K,
    "KEPLERIANMEAN": _K,
    "ADBARV": ("deg", "deg", "deg", "deg", "km", "km/s"),
    "DELAUNAY": ("deg", "deg", "deg", "km**2/s", "km**2/s", "km**2/s"),
    "DELAUNAYMOD": ("deg", "deg", "deg", "sqrt(km)", "sqrt(km)", "sqrt(km)"),
    "EIGVAL3EIGVEC3": ("km", "km", "km", *("n/a",) * 9),
    "EQUINOCTIAL": ("km", "n/a", "n/a", "n/a", "n/a", "deg"),
    "EQUINOCTIALMOD": ("km", "n/a", "n/a", "n/a", "n/a", "deg"),
    "GEODETIC": ("deg", "deg", "km", "deg", "deg", "km/s"),
    "LDBARV": ("deg", "deg", "deg", "deg", "km", "km/s"),
    "ONSTATION": ("km", "n/a", "n/a", "n/a", "n/a", "deg"),
    "POINCARE": ("rad", "sqrt(km)", "sqrt(km)", "km", "km", "km"),
    "TEIGVAL3EIGVEC3": ("km", "km", "km", *("n/a",) * 9),
}
"""Element sets of the SANA registry that 502.0-B-3 table 6-4 refers to; an unregistered one is judged by its lines."""
MANOEUVRE_TIME_COLUMNS: Final = ("TIME_ABSOLUTE", "TIME_RELATIVE")


def covariance_columns(size: int, ordering: str) -> int:
    """Return how many numbers a covariance line has (502.0-B-3 table 6-6)."""
    return size * (size + 1) // 2 if ordering in ("LTM", "UTM") else size * size


def split_units(text: str) -> list[str]:
    """Return the units of a list in brackets."""
    return [part.strip() for part in text.strip().removeprefix("[").removesuffix("]").split(",")]
