"""Whatever the seed, the size and the year: counts, marks, legal elements, and the same again."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.exercise.world import SMALLEST_SIZE, generate_world
from mihari.exercise.world._world import _apportion

YEAR_NS = 31_557_600_000_000_000


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 2**63),
    size=st.integers(SMALLEST_SIZE, 4_000),
    epoch_tai_ns=st.integers(30 * YEAR_NS, 75 * YEAR_NS),  # 2000 to 2045
)
def test_any_world_is_whole(seed, size, epoch_tai_ns):
    world = generate_world(seed=seed, size=size, epoch_tai_ns=epoch_tai_ns)
    frame = world.element_sets.frame
    assert len(frame) == len(world.objects) == len(world.truth) == size
    assert frame["norad_cat_id"].n_unique() == size
    assert frame["norad_cat_id"].min() >= 900_000_000
    assert frame["object_name"].str.ends_with("(SIM)").all()
    assert frame["epoch_tai_ns"].max() < epoch_tai_ns
    assert frame["creation_tai_ns"].max() <= epoch_tai_ns
    for table in (frame, world.truth.frame):
        for name in ("mean_motion_rev_day", "eccentricity", "inclination_deg", "mean_anomaly_deg"):
            assert np.isfinite(table[name].to_numpy()).all()
        assert 0.0 < table["eccentricity"].min() <= table["eccentricity"].max() < 0.99
        assert table["bstar_per_earth_radius"].min() >= 0.0
        assert table["mean_motion_rev_day"].max() < 17.0
    assert (world.objects.frame["rcs_m2"] > 0.0).all()


@given(weights=st.lists(st.integers(1, 5_000), min_size=1, max_size=60), count=st.integers(0, 300_000))
def test_shares_are_exact_and_fair(weights, count):
    shares = _apportion(weights, count)
    assert sum(shares) == count
    exact = np.array(weights) * count / sum(weights)
    assert np.abs(np.array(shares) - exact).max() < 1.0 + 1e-6
