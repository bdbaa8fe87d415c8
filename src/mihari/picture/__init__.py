"""What is where at time t, as known at time k: best states, look-up, counts, plots and the knots that maps need.

Pure functions on tables: no clock, no store, no input or output but the plot that is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mihari.picture._geo import DRIFTING_FROM_RAD_S, GEO_SCHEMA, NEAR_RAD, GeoBelt, geo_belt, longitude_series_rad
from mihari.picture._knots import KNOT_EPOCH_TAI_NS, KNOT_FRAME, KNOT_STEP_NS, KnotSource, knot_time_tai_ns, knots
from mihari.picture._lookup import Match, MatchRule, find_object, search_objects, well_known_names
from mihari.picture._picture import (
    PICTURE_SCHEMA,
    Picture,
    build_picture,
    catalogue_version,
    describe_objects,
    orbits_of,
)
from mihari.picture._propagation import STATUS_OK, batch_of, status_texts
from mihari.picture._regime import MeanOrbits, Regime, classify_regimes, mean_orbits, regime_names
from mihari.picture._summary import AGE_BANDS, count_by_age, count_by_regime, count_by_type, count_without_state
from mihari.picture._track import Separation, Track, separation_of, track_of
from mihari.picture._typical import (
    COVARIANCE_NOTE,
    GROWTH_M_PER_DAY,
    TYPICAL_SOURCE,
    TypicalUncertainty,
    is_extrapolated,
    typical_uncertainty,
    validity_s,
)

if TYPE_CHECKING:
    from mihari.picture._plot import ImageFormat, check_plot_path, draw_picture, plot_picture

__all__ = [
    "AGE_BANDS",
    "COVARIANCE_NOTE",
    "DRIFTING_FROM_RAD_S",
    "GEO_SCHEMA",
    "GROWTH_M_PER_DAY",
    "KNOT_EPOCH_TAI_NS",
    "KNOT_FRAME",
    "KNOT_STEP_NS",
    "NEAR_RAD",
    "PICTURE_SCHEMA",
    "STATUS_OK",
    "TYPICAL_SOURCE",
    "GeoBelt",
    "ImageFormat",
    "KnotSource",
    "Match",
    "MatchRule",
    "MeanOrbits",
    "Picture",
    "Regime",
    "Separation",
    "Track",
    "TypicalUncertainty",
    "batch_of",
    "build_picture",
    "catalogue_version",
    "check_plot_path",
    "classify_regimes",
    "count_by_age",
    "count_by_regime",
    "count_by_type",
    "count_without_state",
    "describe_objects",
    "draw_picture",
    "find_object",
    "geo_belt",
    "is_extrapolated",
    "knot_time_tai_ns",
    "knots",
    "longitude_series_rad",
    "mean_orbits",
    "orbits_of",
    "plot_picture",
    "regime_names",
    "search_objects",
    "separation_of",
    "status_texts",
    "track_of",
    "typical_uncertainty",
    "validity_s",
    "well_known_names",
]


def __getattr__(name: str) -> Any:
    # Matplotlib takes a third of a second to load and few questions need it.
    if name in ("ImageFormat", "check_plot_path", "draw_picture", "plot_picture"):
        from mihari.picture import _plot

        return getattr(_plot, name)
    raise AttributeError(f"module 'mihari.picture' has no attribute {name!r}")
