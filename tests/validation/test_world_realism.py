"""The simulated world beside a real catalogue of January 2025: where objects are, how round and how tilted.

Tolerances: the two-sample Kolmogorov–Smirnov distance of height, eccentricity and inclination stays below 0.08 (0.05 to
0.06 measured); bins that hold at least half a per cent of the real catalogue agree within a factor of 1.7, and spatial
density in 50 km shells from 450 to 1,600 km within a factor of 1.6.
"""

import numpy as np
import polars as pl
import pytest
from scipy.stats import ks_2samp

from mihari.exercise.world import generate_world, spatial_density_per_m3
from mihari.formats import read_file

EPOCH = 1_736_294_437_000_000_000  # 2025-01-08T00:00:00 UTC
EARTH_M = 6_378_135.0
MU_M3_S2 = 3.986008e14
KS_LIMIT = 0.08


class Orbits:
    """Height, eccentricity and inclination of one set per object."""

    def __init__(self, frame):
        motion = frame["mean_motion_rev_day"].to_numpy() * 2.0 * np.pi / 86_400.0
        self.axis_m = (MU_M3_S2 / motion**2) ** (1.0 / 3.0)
        self.height_km = (self.axis_m - EARTH_M) / 1e3
        self.eccentricity = frame["eccentricity"].to_numpy()
        self.inclination_deg = frame["inclination_deg"].to_numpy()
        self.low = (self.height_km < 2_500.0) & (self.eccentricity < 0.15)
        self.ring = np.abs(self.height_km - 35_786.0) < 1_500.0
        self.size = len(frame)


@pytest.fixture(scope="module")
def real(shared_data):
    sets = read_file(shared_data / "catalogues" / "full_20250108_named_rcs.parquet").element_sets
    return Orbits(sets.latest_at(EPOCH).frame)


@pytest.fixture(scope="module")
def simulated():
    return Orbits(generate_world(seed=1, size=30_000, epoch_tai_ns=EPOCH).element_sets.frame)


@pytest.mark.parametrize("column", ["height_km", "eccentricity", "inclination_deg"])
def test_distributions(real, simulated, column):
    whole = ks_2samp(getattr(real, column), getattr(simulated, column)).statistic
    low = ks_2samp(getattr(real, column)[real.low], getattr(simulated, column)[simulated.low]).statistic
    assert whole < KS_LIMIT
    assert low < KS_LIMIT
    # The measure can fail: a world shifted by a few per cent is told apart.
    shifted = getattr(simulated, column) * 1.15
    assert ks_2samp(getattr(real, column), shifted).statistic > KS_LIMIT


@pytest.mark.parametrize(
    ("column", "edges"),
    [
        (
            "height_km",
            [350, 500, 545, 600, 700, 800, 900, 1000, 1150, 1300, 1450, 1700, 5000, 15000, 19500, 25000, 35600, 36400],
        ),
        ("inclination_deg", [0, 3, 9, 15, 25, 40, 44, 50, 53.1, 54, 64, 66, 71, 74.5, 82, 84, 89, 97, 98, 99, 102]),
        ("eccentricity", [0, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.2, 0.6, 0.7, 0.8]),
    ],
)
def test_bins_within_a_factor(real, simulated, column, edges):
    theirs = np.histogram(getattr(real, column), edges)[0] / real.size
    ours = np.histogram(getattr(simulated, column), edges)[0] / simulated.size
    full = theirs > 0.005
    assert full.sum() > 0.7 * full.size
    ratio = ours[full] / theirs[full]
    assert ratio.min() > 1.0 / 1.7, (np.array(edges[:-1])[full][ratio.argmin()], ratio.min())
    assert ratio.max() < 1.7, (np.array(edges[:-1])[full][ratio.argmax()], ratio.max())


def test_spatial_density(real, simulated):
    edges_km = np.arange(450.0, 1_601.0, 50.0)
    edges_m = EARTH_M + edges_km * 1e3
    theirs, ours = (
        spatial_density_per_m3(o.axis_m, o.eccentricity, edges_m=edges_m) / o.size for o in (real, simulated)
    )
    ratio = ours / theirs
    assert ratio.min() > 1.0 / 1.6, (edges_km[ratio.argmin()], ratio.min())
    assert ratio.max() < 1.6, (edges_km[ratio.argmax()], ratio.max())
    # The two crowded places are where they are: the 550 km shells and the debris near 850 km.
    middle = 0.5 * (edges_km[1:] + edges_km[:-1])
    for density in (theirs, ours):
        assert 500.0 < middle[density.argmax()] < 600.0


def test_shares_of_types(shared_data, real):
    names = pl.read_parquet(shared_data / "catalogues" / "full_20250108_named_rcs.parquet")["name"].drop_nulls()
    made = generate_world(seed=1, size=30_000, epoch_tai_ns=EPOCH).objects.frame["object_type"]
    for word, kind, factor in ((r"\bDEB\b", "DEBRIS", 1.25), ("R/B", "ROCKET BODY", 1.25)):
        theirs = names.str.contains(word).mean()
        ours = (made == kind).mean()
        assert 1.0 / factor < ours / theirs < factor, (kind, ours, theirs)
