"""From hits of the straight-line test to candidates: the relative motion of a pair as a cubic, around its node."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mihari.conjunction.screening._kernel import kernel
from mihari.conjunction.screening._motion import FLAGS, MU, acceleration, jerk
from mihari.conjunction.screening._sieve import GRADIENT

__all__ = ["FAST", "SLOW", "refine"]

FAST: Final = 0
SLOW: Final = 1
FAST_FACTOR: Final = 6.0
"""A passage is fast when the pair moves faster than this many times sqrt(gradient) * size: range² is then convex well
beyond the volume (its second derivative is 2 v² + 2 d·a, with |a| <= gradient * d), so there is one minimum."""
SAMPLES: Final = 16


@kernel(fastmath=FLAGS)
def refine(hits, count, table, slot, semi_axes_m, owner, only_owners, tau, out_pair, out_shift_s, out_kind, made):  # type: ignore[no-untyped-def]
    """Keep the hits that may be inside a volume during the step.

    Parameters
    ----------
    hits : (room, 2) int32
        Places in the table; `count` of them.
    semi_axes_m : (n, 3) float64
        Volume of each object, radial, transverse, normal; zeros for none.
    owner : (n,) bool
        Whose volumes count.
    only_owners : bool
        Homes are owners one by one: a pair of two owners arrives twice and is taken once.
    out_pair : (room, 2) int32
        Receives object indices, ascending.
    out_shift_s : (room,) float64
        Receives the time of the minimum from the node (fast passages).
    out_kind : (room,) uint8

    Returns
    -------
    int
        Number of candidates made so far.
    """
    for h in range(count):
        a = hits[h, 0]
        b = hits[h, 1]
        i = slot[a]
        j = slot[b]
        if i == j or (only_owners and owner[j] and j < i):
            continue
        size_i = max(semi_axes_m[i, 0], max(semi_axes_m[i, 1], semi_axes_m[i, 2])) if owner[i] else 0.0
        size_j = max(semi_axes_m[j, 0], max(semi_axes_m[j, 1], semi_axes_m[j, 2])) if owner[j] else 0.0
        size = max(size_i, size_j)
        if size <= 0.0:
            continue
        ax = np.float64(table[0, a])
        ay = np.float64(table[1, a])
        az = np.float64(table[2, a])
        avx = np.float64(table[3, a])
        avy = np.float64(table[4, a])
        avz = np.float64(table[5, a])
        bx = np.float64(table[0, b])
        by = np.float64(table[1, b])
        bz = np.float64(table[2, b])
        bvx = np.float64(table[3, b])
        bvy = np.float64(table[4, b])
        bvz = np.float64(table[5, b])
        dx = bx - ax
        dy = by - ay
        dz = bz - az
        wx = bvx - avx
        wy = bvy - avy
        wz = bvz - avz
        gax, gay, gaz = acceleration(ax, ay, az)
        gbx, gby, gbz = acceleration(bx, by, bz)
        hax, hay, haz = jerk(ax, ay, az, avx, avy, avz)
        hbx, hby, hbz = jerk(bx, by, bz, bvx, bvy, bvz)
        qx = 0.5 * (gbx - gax)
        qy = 0.5 * (gby - gay)
        qz = 0.5 * (gbz - gaz)
        cx = (hbx - hax) / 6.0
        cy = (hby - hay) / 6.0
        cz = (hbz - haz) / 6.0
        w2 = wx * wx + wy * wy + wz * wz
        speed = math.sqrt(w2)
        span = size + speed * tau
        low = math.sqrt(ax * ax + ay * ay + az * az) - np.float64(table[6, a]) - size - span * span / 4.0e7
        low = max(low, 6.2e6)
        gradient = GRADIENT * MU / (low * low * low)
        # What the cubic leaves out: the fourth order, and the rate of J2.
        pad = np.float64(table[7, a]) + np.float64(table[7, b]) + 2.0
        pad += gradient * gradient * span * tau**4 + 0.02 * gradient * span * tau * tau / 3.0
        edge = size + pad
        fast_speed = FAST_FACTOR * math.sqrt(gradient) * edge

        t = min(max(-(dx * wx + dy * wy + dz * wz) / max(w2, 1e-12), -tau), tau)
        px = dx
        py = dy
        pz = dz
        ux = wx
        uy = wy
        uz = wz
        for _ in range(4):
            px = dx + t * (wx + t * (qx + t * cx))
            py = dy + t * (wy + t * (qy + t * cy))
            pz = dz + t * (wz + t * (qz + t * cz))
            ux = wx + t * (2.0 * qx + 3.0 * t * cx)
            uy = wy + t * (2.0 * qy + 3.0 * t * cy)
            uz = wz + t * (2.0 * qz + 3.0 * t * cz)
            u2 = ux * ux + uy * uy + uz * uz
            bend = u2 + px * (2.0 * qx + 6.0 * t * cx) + py * (2.0 * qy + 6.0 * t * cy) + pz * (2.0 * qz + 6.0 * t * cz)
            bend = max(bend, 0.25 * u2 + 1e-12)
            t -= (px * ux + py * uy + pz * uz) / bend
            t = min(max(t, -3.0 * tau), 3.0 * tau)
        inside = min(max(t, -tau), tau)
        px = dx + inside * (wx + inside * (qx + inside * cx))
        py = dy + inside * (wy + inside * (qy + inside * cy))
        pz = dz + inside * (wz + inside * (qz + inside * cz))
        ux = wx + inside * (2.0 * qx + 3.0 * inside * cx)
        uy = wy + inside * (2.0 * qy + 3.0 * inside * cy)
        uz = wz + inside * (2.0 * qz + 3.0 * inside * cz)
        least2 = px * px + py * py + pz * pz
        passing = math.sqrt(ux * ux + uy * uy + uz * uz)
        if min(passing, speed) > fast_speed:
            if least2 > edge * edge:
                continue
            kind = FAST
        else:
            gap = 2.0 * tau / SAMPLES
            near = False
            for s in range(SAMPLES + 1):
                e = -tau + s * gap
                px = dx + e * (wx + e * (qx + e * cx))
                py = dy + e * (wy + e * (qy + e * cy))
                pz = dz + e * (wz + e * (qz + e * cz))
                ux = wx + e * (2.0 * qx + 3.0 * e * cx)
                uy = wy + e * (2.0 * qy + 3.0 * e * cy)
                uz = wz + e * (2.0 * qz + 3.0 * e * cz)
                # Between samples the pair is at most half a gap from one of them.
                reach = edge + 0.5 * gap * (math.sqrt(ux * ux + uy * uy + uz * uz) + gradient * (edge + span) * gap)
                if px * px + py * py + pz * pz <= reach * reach:
                    near = True
                    break
            if not near:
                continue
            kind = SLOW
        if made < out_shift_s.shape[0]:
            out_pair[made, 0] = min(i, j)
            out_pair[made, 1] = max(i, j)
            out_shift_s[made] = t
            out_kind[made] = kind
        made += 1
    return made
