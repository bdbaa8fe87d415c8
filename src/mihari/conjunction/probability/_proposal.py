"""The tilted density of Monte Carlo: which pairs of orbits would touch, at a row of times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mihari.conjunction.probability._nc2d import NC2D_OK, find_minimum
from mihari.conjunction.probability._number import Rectilinear
from mihari.conjunction.probability._overlap import OVERLAP_OK, overlap
from mihari.conjunction.probability._pair import CanonicalPair

__all__ = ["Proposal", "build_proposal"]

Floats = NDArray[np.float64]
_Part = tuple[Any, ...]  # share, then the fields of Proposal in their order

COARSE: Final = 192
FINE: Final = 20
KEPT: Final = 25.0  # components further below the greatest, in the logarithm, are left out
TUBE: Final = 0.7  # width of the tube about contact, in radii


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mixture over times of the given density times a Gaussian of the relative position about contact.

    With y the relative position at a time, linear in the elements, N(0, A) its spread about the mean u and N(0, B) the
    tube, a component is p(E) N(y; 0, B) / N(u; 0, A + B): normalised, and sampled by shifting a plain sample along the
    gain. The share of a component makes the sum of the tubes level along the way.
    """

    maps: Floats  # (m, 3, 12)
    means: Floats  # (m, 3)
    precisions: Floats  # (m, 3, 3) of the tubes
    logs: Floats  # (m,) of share / N(u; 0, A + B) / sqrt(det(2 pi B))
    shares: Floats  # (m,)
    gains: Floats  # (m, 12, 3)
    centres: Floats  # (m, 3) mean of y in a component
    roots: Floats  # (m, 3, 3) factor of its covariance
    rough_probability: float

    def shift(self, offsets: Floats, rng: np.random.Generator, *, share: float) -> Floats:
        """Turn plain samples into samples of the mixture; `share` of them, the others stay plain."""
        size = offsets.shape[0]
        which = rng.choice(self.shares.size, size=size, p=self.shares)
        wanted = self.centres[which] + np.einsum("nij,nj->ni", self.roots[which], rng.standard_normal((size, 3)))
        found = self.means[which] + np.einsum("nik,nk->ni", self.maps[which], offsets)
        moved = offsets + np.einsum("nki,ni->nk", self.gains[which], wanted - found)
        kept = np.asarray(rng.random(size) < share)
        return np.where(kept[:, None], moved, offsets)


def build_proposal(pair: CanonicalPair, line: Rectilinear, radius: float, start: float, end: float) -> Proposal | None:
    """Return the proposal for a window, in canonical units; None where the overlap is found nowhere."""
    sigma = min(line.sigma_s, 0.25 * pair.period_s) / pair.unit_s
    reach = 0.5 * pair.period_s / pair.unit_s
    code, middle, width = find_minimum(pair.rows, radius, line.time_s / pair.unit_s, sigma, reach)
    times = [np.linspace(start, end, COARSE + 1)]
    if code == NC2D_OK:
        times.append(middle + width * np.linspace(-8.0, 8.0, 2 * FINE + 1))
    moments = np.unique(np.concatenate(times))
    moments = np.clip(moments, start, end)
    moments = np.unique(moments)
    root = pair.rows[14:26]
    gaps = np.gradient(moments)
    parts: list[_Part] = []
    for moment, gap in zip(moments.tolist(), gaps.tolist(), strict=True):
        relative, factor = np.empty(6), np.empty((6, 12))
        j1, j2 = np.empty((6, 6)), np.empty((6, 6))
        if overlap(moment, pair.rows, radius, relative, factor, j1, j2) == OVERLAP_OK:
            part = _component(relative, factor, j1, j2, root, radius, gap)
            parts += [] if part is None else [part]
    if not parts:
        return None
    log_share = np.array([part[0] for part in parts])
    parts = [part for part, value in zip(parts, log_share, strict=True) if value > log_share.max() - KEPT]
    log_share = np.array([part[0] for part in parts])
    total = float(np.log(np.exp(log_share - log_share.max()).sum()) + log_share.max())
    stack = [np.array([part[k] for part in parts]) for k in range(1, 8)]
    maps, means, precisions, log_tubes, gains, centres, roots = stack
    # The tubes level out at about one inside, so that their expectation is about the probability itself.
    return Proposal(
        np.ascontiguousarray(maps),
        means,
        precisions,
        log_tubes - total,
        np.exp(log_share - total),
        gains,
        centres,
        roots,
        math.exp(min(total, 0.0)),
    )


def _component(
    relative: Floats, factor: Floats, j1: Floats, j2: Floats, root_of_joint: Floats, radius: float, gap: float
) -> _Part | None:
    """Return share and parts of one time's component, logarithms of unnormalised shares."""
    linear = np.concatenate((-j1[:3], j2[:3]), axis=1)
    spread = factor[:3] @ factor[:3].T + np.eye(3) * (1.0e-6 * radius) ** 2
    velocity = relative[3:]
    motion = np.outer(velocity, velocity) + factor[3:] @ factor[3:].T
    width = TUBE * radius
    tube = np.eye(3) * width**2 + motion * gap**2
    both = spread + tube
    try:
        inverse = np.linalg.inv(both)
        plain = np.linalg.inv(spread)
        precision = np.linalg.inv(tube)
    except np.linalg.LinAlgError:
        return None
    sign, log_det = np.linalg.slogdet(2.0 * np.pi * both)
    _, log_tube = np.linalg.slogdet(2.0 * np.pi * tube)
    # Cross-section times the length of way in a gap: the sum of neighbouring tubes is then about one inside.
    length = max(gap * math.sqrt(max(float(np.trace(motion)), 0.0)), 1.0e-6 * width)
    height = math.log(2.0 * math.pi * width**2 * length)
    if sign <= 0:
        return None
    mean = relative[:3]
    log_share = height - 0.5 * log_det - 0.5 * float(mean @ inverse @ mean)
    conditional = np.linalg.inv(plain + precision)
    root = np.linalg.cholesky(0.5 * (conditional + conditional.T) + np.eye(3) * 1.0e-30)
    gain = root_of_joint @ factor[:3].T @ plain
    return (
        float(log_share),
        linear,
        mean,
        precision,
        float(height - 0.5 * log_tube),
        gain,
        conditional @ plain @ mean,
        root,
    )
