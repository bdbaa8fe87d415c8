"""Near-Earth SGP4 over a block of times, vectorised: constants in registers, eight times per instruction.

What is different from the reference, and why it is the same answer:

- The angles of node and perigee hardly move within a block: their sine and cosine come from the block's centre by a
  Taylor rotation of at most 0.12 rad. The wide kernel rotates the node alone: drag may turn the perigee of a nearly
  circular orbit by any angle (its term grows as drag / eccentricity).
- Kepler's equation and the short-period terms: see `_ellipse`.
- sqrt(a) is sqrt(a0) |1 - c1 t - ...|; for small eccentricity the functions of 1 - e^2 are series.

Each block tells whether it stayed inside the bounds for which this holds, and whether any row could carry an error
code. If not, the caller does the block again with `_exact.state_at`.

Validation: tests/validation/test_sgp4_catalogues.py (every object against the reference).
"""

from __future__ import annotations

import math

from mihari.astro.sgp4 import _layout as lay
from mihari.astro.sgp4._ellipse import kepler_small, kepler_wide, place
from mihari.astro.sgp4._kernel import kernel
from mihari.astro.sgp4._trigonometry import FAST, sincos, sincos_reduced

__all__ = [
    "NEAR_SMALL_ECCENTRICITY",
    "near_small_positions",
    "near_small_states",
    "near_wide_positions",
    "near_wide_states",
]

MINUTES_PER_NS = 1.0 / 60.0e9
NEAR_SMALL_ECCENTRICITY = 0.075


def _compile(velocities: bool, wide: bool):  # type: ignore[no-untyped-def]  # noqa: FBT001
    """Make the kernel with or without velocities, for small or any eccentricity: numba drops the other branches."""

    @kernel(fastmath=FAST)
    def near_block(el, epoch, times, centre, block):  # type: ignore[no-untyped-def]
        """States at `times` into `block`, one component after the other; return 0 when every one is good."""
        mo = el[lay.MO]
        mdot = el[lay.MDOT]
        argpo = el[lay.ARGPO]
        argpdot = el[lay.ARGPDOT]
        cc1 = el[lay.CC1]
        bcc4 = el[lay.BCC4]
        t2cof = el[lay.T2COF]
        omgcof = el[lay.OMGCOF]
        xmcof = el[lay.XMCOF]
        eta = el[lay.ETA]
        delmo = el[lay.DELMO]
        d2 = el[lay.D2]
        d3 = el[lay.D3]
        d4 = el[lay.D4]
        bcc5 = el[lay.BCC5]
        sinmao = el[lay.SINMAO]
        t3cof = el[lay.T3COF]
        t4cof = el[lay.T4COF]
        t5cof = el[lay.T5COF]
        ecco = el[lay.ECCO]
        no = el[lay.NO]
        ao = el[lay.AO]
        aycof = el[lay.AYCOF]
        xlcof = el[lay.XLCOF]
        con41 = el[lay.CON41]
        x1mth2 = el[lay.X1MTH2]
        x7thm1 = el[lay.X7THM1]
        sinio = el[lay.SINIO]
        cosio = el[lay.COSIO]
        sqao = math.sqrt(ao)
        iao = 1.0 / ao
        uo = mo + argpo
        udot = mdot + argpdot

        nodecf = el[lay.NODECF]
        node_c = el[lay.NODEO] + el[lay.NODEDOT] * centre + nodecf * centre * centre
        node_rate = el[lay.NODEDOT] + 2.0 * nodecf * centre
        sno, cno = math.sin(node_c), math.cos(node_c)
        if not wide:
            argp_rate = argpdot - omgcof
            argp_c = argpo + argp_rate * centre
            sao, cao = math.sin(argp_c), math.cos(argp_c)

        count = times.shape[0]
        out_x = block[:count]
        out_y = block[count : 2 * count]
        out_z = block[2 * count : 3 * count]
        if velocities:
            out_vx = block[3 * count : 4 * count]
            out_vy = block[4 * count : 5 * count]
            out_vz = block[5 * count : 6 * count]
        bad = 0
        for j in range(count):
            t = float(times[j] - epoch) * MINUTES_PER_NS
            dt = t - centre
            t2 = t * t
            xmdf = mo + mdot * t
            sx, cx = sincos(xmdf)
            dm = 1.0 + eta * cx
            per = xmcof * (dm * dm * dm - delmo)
            tmp = omgcof * t + per
            # sin(mm) with mm = xmdf + tmp
            if wide:
                sm, _ = sincos(xmdf + tmp)
                outside = abs(tmp) > 1.0e3
            else:
                z = tmp * tmp
                sd = tmp - tmp * z * (0.16666666666666666 - z * (8.333333333333333e-3 - z * 1.984126984126984e-4))
                cd = 1.0 - z * (0.5 - z * (4.1666666666666664e-2 - z * 1.3888888888888889e-3))
                sm = sx * cd + cx * sd
                outside = abs(tmp) > 0.25
            tempa = 1.0 - t * (cc1 + t * (d2 + t * (d3 + t * d4)))
            em = ecco - bcc4 * t - bcc5 * (sm - sinmao)
            templ = t2 * (t2cof + t * (t3cof + t * (t4cof + t * t5cof)))
            outside = outside | (em < -0.001) | (em > (0.95 if wide else 0.09)) | (tempa < 0.05) | (tempa > 1.4)
            em = max(em, 1.0e-6)
            itempa = 1.0 / tempa
            am = ao * tempa * tempa
            iam = iao * itempa * itempa
            if wide:
                sa, ca = sincos(argpo + argpdot * t - tmp)
            else:
                arg = argp_rate * dt - per
                sd, cd = sincos_reduced(arg)
                sa = sao * cd + cao * sd
                ca = cao * cd - sao * sd
                outside = outside | (abs(arg) > 0.12)
            e2 = em * em
            if wide:
                tmp = iam / (1.0 - e2)
            else:
                tmp = iam * (1.0 + e2 * (1.0 + e2 * (1.0 + e2 * (1.0 + e2 * (1.0 + e2)))))
            axn = em * ca
            ayn = em * sa + tmp * aycof
            u = uo + udot * t + no * templ + tmp * xlcof * axn
            s, c = sincos(u)
            a = axn * s - ayn * c
            b = axn * c + ayn * s
            el2 = axn * axn + ayn * ayn
            if wide:
                w, sw, cw, f1, unsolved = kepler_wide(a, b, el2)
                betal = math.sqrt(1.0 - el2)
                q = 1.0 / (1.0 + betal)
                ib2 = 1.0 / (1.0 - el2)
            else:
                w, sw, cw, f1, unsolved = kepler_small(a, b)
                # q = 1 / (1 + sqrt(1 - el2))
                q = 0.5 + el2 * (
                    0.125
                    + el2
                    * (0.0625 + el2 * (0.0390625 + el2 * (0.02734375 + el2 * (0.0205078125 + el2 * 0.01611328125))))
                )
                betal = 1.0 - el2 * q
                ib2 = 1.0 + el2 * (1.0 + el2 * (1.0 + el2 * (1.0 + el2 * (1.0 + el2 * (1.0 + el2)))))
            mrt, ssu, csu, si, ci, dnode, mv, rv, broken = place(
                am, iam, sqao * tempa, axn, ayn, s, c, w, sw, cw, f1, q, betal, ib2, con41, x1mth2, x7thm1, sinio, cosio
            )
            arg2 = dt * (node_rate + nodecf * dt) + dnode
            sd, cd = sincos_reduced(arg2)
            snod = sno * cd + cno * sd
            cnod = cno * cd - sno * sd
            xmx = -snod * ci
            xmy = cnod * ci
            ux = xmx * ssu + cnod * csu
            uy = xmy * ssu + snod * csu
            mr = mrt * lay.RADIUS_M
            x = mr * ux
            y = mr * uy
            out_x[j] = x
            out_y[j] = y
            out_z[j] = mr * (si * ssu)
            # NaN compares false everywhere, so ask for it.
            outside = outside | unsolved | broken | (abs(arg2) > 0.12) | (x + y != x + y)
            bad |= int(outside)
            if velocities:
                mv = mv * lay.SPEED_M_S
                rv = rv * lay.SPEED_M_S
                out_vx[j] = mv * ux + rv * (xmx * csu - cnod * ssu)
                out_vy[j] = mv * uy + rv * (xmy * csu - snod * ssu)
                out_vz[j] = mv * (si * ssu) + rv * (si * csu)
        return bad

    return near_block


near_small_states = _compile(True, False)
near_small_positions = _compile(False, False)
near_wide_states = _compile(True, True)
near_wide_positions = _compile(False, True)
