"""Breakup model: counts, lengths and areas against numbers worked by hand, and what is refused."""

import numpy as np
import pytest

from mihari.astro.breakup import (
    BreakupCause,
    ParentKind,
    area_to_mass_mixture,
    collision_fragment_count,
    cross_section_m2,
    draw_fragments,
    draw_lengths_m,
    explosion_fragment_count,
    is_catastrophic,
    lengths_from_uniform_m,
)
from mihari.errors import InputError


def test_a_metre_sized_count_is_the_bare_coefficient():
    # At L = 1 m the power of the length is one: 0.1 x 1000^0.75 = 17.7828 and 6 S.
    collision = collision_fragment_count(1.0, larger_mass_kg=600.0, smaller_mass_kg=400.0, impact_speed_m_s=10_000.0)
    assert collision == pytest.approx(17.782794, rel=1e-7)
    assert explosion_fragment_count(1.0, scale=0.5) == pytest.approx(3.0)


def test_a_grazing_hit_counts_projectile_mass_times_speed_squared():
    # 0.01 kg at 10 km/s: M = 0.01 x 10^2 = 1, far below 40 J/g of a two-tonne target.
    count = collision_fragment_count(1.0, larger_mass_kg=2000.0, smaller_mass_kg=0.01, impact_speed_m_s=10_000.0)
    assert count == pytest.approx(0.1)


def test_forty_joules_per_gram_is_the_line():
    assert is_catastrophic(larger_mass_kg=1000.0, smaller_mass_kg=0.8, impact_speed_m_s=10_000.0)
    assert not is_catastrophic(larger_mass_kg=1000.0, smaller_mass_kg=0.79, impact_speed_m_s=10_000.0)


@pytest.mark.parametrize(("cause", "slope"), [(BreakupCause.COLLISION, 1.71), (BreakupCause.EXPLOSION, 1.60)])
def test_half_of_the_pieces_are_longer_than_the_median(cause, slope):
    # N(>L) ~ L^-slope: half are left at 2^(1/slope) times the shortest.
    median = lengths_from_uniform_m(0.5, cause=cause, minimum_m=0.1)
    assert median == pytest.approx(0.1 * 2.0 ** (1.0 / slope), rel=1e-12)


def test_lengths_stay_between_their_ends():
    lengths = draw_lengths_m(
        np.random.default_rng(1), 20_000, cause=BreakupCause.EXPLOSION, minimum_m=0.1, maximum_m=0.3
    )
    assert lengths.min() >= 0.1
    assert lengths.max() <= 0.3
    assert np.mean(lengths > 0.2) == pytest.approx((0.2**-1.6 - 0.3**-1.6) / (0.1**-1.6 - 0.3**-1.6), abs=0.012)


def test_cross_section_is_nearly_the_square_of_the_length():
    assert cross_section_m2(1.0) == pytest.approx(0.556945)
    assert cross_section_m2(0.001) == pytest.approx(0.540424e-6)


def test_the_mixture_of_a_ten_centimetre_piece_of_a_spacecraft():
    # x = -1, by hand from equation 6: weight 0.3 + 0.4 x 0.2, first mean -0.6 - 0.318 x 0.1, spread 0.1 + 0.2 x 0.3.
    mixture = area_to_mass_mixture(0.12, parent=ParentKind.SPACECRAFT)
    x = np.log10(0.12)
    assert mixture.weight == pytest.approx(0.3 + 0.4 * (x + 1.2))
    assert mixture.mean_first == pytest.approx(-0.6 - 0.318 * (x + 1.1))
    assert mixture.sigma_first == pytest.approx(0.1 + 0.2 * (x + 1.3))
    assert mixture.mean_second == -1.2
    assert mixture.sigma_second == 0.5


def test_the_rocket_body_spread_keeps_its_sign():
    # A known implementation has -0.28 here, which makes a spread negative.
    mixture = area_to_mass_mixture(np.geomspace(0.11, 10.0, 50), parent=ParentKind.ROCKET_BODY)
    assert np.all(mixture.sigma_second >= 0.1)
    assert np.all(mixture.sigma_second <= 0.28)


def test_fragments_agree_with_themselves():
    fragments = draw_fragments(
        np.random.default_rng(3),
        5_000,
        parent=ParentKind.SPACECRAFT,
        cause=BreakupCause.COLLISION,
        minimum_length_m=0.1,
        maximum_length_m=3.0,
        maximum_mass_kg=40.0,
    )
    assert len(fragments) == 5_000
    np.testing.assert_allclose(fragments.area_m2, fragments.mass_kg * fragments.area_to_mass_m2_kg, rtol=1e-12)
    np.testing.assert_allclose(fragments.area_m2, cross_section_m2(fragments.length_m), rtol=1e-12)
    assert fragments.mass_kg.max() <= 40.0 * (1 + 1e-12)
    direction = fragments.ejection_velocity_m_s / np.linalg.norm(fragments.ejection_velocity_m_s, axis=1)[:, None]
    # The mean of n isotropic unit vectors has a spread of 1/sqrt(3 n) in each component.
    assert np.abs(direction.mean(axis=0)).max() < 4.0 / np.sqrt(3 * 5_000)


@pytest.mark.parametrize(
    "call",
    [
        lambda: explosion_fragment_count(0.0),
        lambda: cross_section_m2(np.array([0.1, np.nan])),
        lambda: lengths_from_uniform_m(0.5, cause=BreakupCause.COLLISION, minimum_m=0.2, maximum_m=0.1),
        lambda: collision_fragment_count(0.1, larger_mass_kg=1.0, smaller_mass_kg=2.0, impact_speed_m_s=1e4),
        lambda: collision_fragment_count(0.1, larger_mass_kg=1.0, smaller_mass_kg=0.5, impact_speed_m_s=-1.0),
    ],
)
def test_nonsense_is_refused(call):
    with pytest.raises(InputError):
        call()
