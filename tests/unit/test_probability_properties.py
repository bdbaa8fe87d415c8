"""What a collision probability must do whatever the encounter is: no published figure is needed to see it fail.

Rotations, mirror images, another unit of length and the exchange of both objects change nothing; a larger body is never
safer; no probability leaves zero to one or what bounds it.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mihari.astro.states import Frame
from mihari.conjunction.probability import (
    LadderOptions,
    Method,
    ObjectEstimate,
    circle_probability,
    dilution,
    probability_ladder,
)
from mihari.model.assessment import HardBodyRadius

NORMAL = {"allow_nan": False, "allow_infinity": False}
SIGMAS = st.floats(-1.0, 4.0, **NORMAL).map(lambda power: 10.0**power)
ANGLES = st.floats(0.0, 2.0 * np.pi, **NORMAL)
SCALED = st.floats(0.0, 8.0, **NORMAL)
"""Misses in deviations: from a hit to 1e-15."""
RADII = st.floats(-1.0, 2.5, **NORMAL).map(lambda power: 10.0**power)


def turn(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


@st.composite
def planes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, float]:
    """A miss, a covariance and a radius in the plane of an encounter."""
    large, ratio = draw(SIGMAS), draw(st.floats(1e-3, 1.0, **NORMAL))
    axes = turn(draw(ANGLES)) * np.array([large, large * ratio])
    way = draw(ANGLES)
    miss = axes @ (draw(SCALED) * np.array([np.cos(way), np.sin(way)]))
    return miss, axes @ axes.T, draw(RADII)


def circle(miss: np.ndarray, covariance: np.ndarray, radius: float) -> float:
    return float(circle_probability(miss[None], covariance[None], radius).probability[0])


@settings(max_examples=300, deadline=None)
@given(planes(), ANGLES, st.booleans())
def test_turned_or_mirrored_axes_change_nothing(
    plane: tuple[np.ndarray, np.ndarray, float], angle: float, mirrored: bool
) -> None:
    miss, covariance, radius = plane
    way = turn(angle) @ np.diag([1.0, -1.0 if mirrored else 1.0])
    turned = way @ covariance @ way.T
    # Turning a covariance of axes 1 to 1000 loses six digits of the smaller one; squared in the exponent, less remains.
    assert circle(way @ miss, 0.5 * (turned + turned.T), radius) == pytest.approx(
        circle(miss, covariance, radius), rel=1e-6, abs=1e-280
    )


@settings(max_examples=300, deadline=None)
@given(planes(), st.sampled_from([1e-3, 0.3048, 1e3, 1852.0]))
def test_the_unit_of_length_changes_nothing(plane: tuple[np.ndarray, np.ndarray, float], unit: float) -> None:
    miss, covariance, radius = plane
    assert circle(miss * unit, covariance * unit**2, radius * unit) == pytest.approx(
        circle(miss, covariance, radius), rel=1e-9, abs=1e-280
    )


@settings(max_examples=300, deadline=None)
@given(planes(), st.floats(1.0, 3.0, **NORMAL))
def test_a_larger_body_is_never_safer_and_one_is_the_end(
    plane: tuple[np.ndarray, np.ndarray, float], factor: float
) -> None:
    miss, covariance, radius = plane
    small, large = circle(miss, covariance, radius), circle(miss, covariance, radius * factor)
    assert 0.0 <= small <= large * (1.0 + 1e-12) <= 1.0 + 1e-12
    assert circle(miss, covariance, 0.0) == 0.0
    everything = 40.0 * float(np.sqrt(np.trace(covariance))) + float(np.linalg.norm(miss))
    assert circle(miss, covariance, everything) == pytest.approx(1.0, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(planes())
def test_no_size_of_the_covariance_beats_the_maximum(plane: tuple[np.ndarray, np.ndarray, float]) -> None:
    miss, covariance, radius = plane
    assume(np.linalg.norm(miss) > 1.001 * radius)
    bound = dilution(miss, covariance, np.zeros((2, 2)), radius).maximum_probability
    scales = np.geomspace(1e-3, 1e2, 101)
    values = circle_probability(miss, scales[:, None, None] ** 2 * covariance, radius).probability
    assert values.max() <= bound * (1.0 + 1e-6)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[ObjectEstimate, ObjectEstimate]:
    """Two objects of a low orbit that meet at kilometres a second."""
    tilt = draw(st.floats(0.3, np.pi, **NORMAL))
    offset = np.array([draw(st.floats(-300.0, 300.0, **NORMAL)) for _ in range(3)])
    sigma = [draw(st.floats(5.0, 300.0, **NORMAL)) for _ in range(6)]
    made = []
    for k in range(2):
        radial, along, normal = sigma[3 * k : 3 * k + 3]
        # Correlated as drift makes them; without any correlation a velocity covariance counts as left out.
        rates = np.array([along * 1.0e-3, radial * 1.0e-3, 0.02])
        covariance = np.diag(np.array([radial, along, normal, *rates]) ** 2)
        covariance[0, 4] = covariance[4, 0] = -0.9 * radial * rates[1]
        covariance[1, 3] = covariance[3, 1] = -0.95 * along * rates[0]
        heading = np.array([0.0, 1.0, 0.0]) if k == 0 else np.array([0.0, np.cos(tilt), np.sin(tilt)])
        made.append(
            ObjectEstimate(
                frame=Frame.GCRF,
                position_m=np.array([7.0e6, 0.0, 0.0]) + k * offset,
                velocity_m_s=7_546.0 * heading,
                covariance=covariance,
            )
        )
    return made[0], made[1]


def space_turn(seed: int) -> np.ndarray:
    matrix, upper = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    matrix = matrix * np.sign(np.diag(upper))
    return matrix if np.linalg.det(matrix) > 0.0 else matrix[:, [1, 0, 2]]


@settings(max_examples=25, deadline=None)
@given(pairs(), st.integers(0, 2**31), st.floats(2.0, 30.0, **NORMAL))
def test_the_ladder_knows_neither_first_nor_second_nor_where_north_is(
    pair: tuple[ObjectEstimate, ObjectEstimate], seed: int, radius_m: float
) -> None:
    first, second = pair
    radius = HardBodyRadius(value_m=radius_m, source="property")
    plain = probability_ladder(first, second, radius, options=LadderOptions())
    swapped = probability_ladder(second, first, radius, options=LadderOptions())
    way = space_turn(seed)
    turned = [
        dataclasses.replace(each, position_m=way @ each.position_m, velocity_m_s=way @ each.velocity_m_s)
        for each in pair
    ]
    elsewhere = probability_ladder(turned[0], turned[1], radius, options=LadderOptions())
    assert plain.method is swapped.method is elsewhere.method
    for method, rel in ((Method.CIRCLE, 1e-9), (Method.NC_2D, 1e-4)):
        one = plain.rung(method)
        assert one is not None
        assert one.value is not None
        # Below 1e-200 the exponent alone is a thousand times what is turned: digits go with it.
        assume(one.value > 1e-100)
        for other in (swapped.rung(method), elsewhere.rung(method)):
            assert other is not None
            assert other.value == pytest.approx(one.value, rel=rel, abs=0.0)
        assert 0.0 <= one.value <= 1.0
    assert plain.maximum_probability is not None
    if plain.probability is not None:
        assert plain.probability <= plain.maximum_probability * (1.0 + 1e-9)
        larger = probability_ladder(first, second, HardBodyRadius(value_m=2.0 * radius_m, source="property"))
        assert larger.probability is None or larger.probability >= plain.probability * (1.0 - 1e-6)
