"""Deep-space SDP4 over a block of times, vectorised.

What is different from the reference, and why it is the same answer:

- The resonance integrator is marched once along the block; only its two results enter the vector loop.
- The Sun and the Moon hardly move within a block: sines come from the block's centre by a Taylor rotation.
- Lyddane's branch for inclinations below 0.2 rad: the new node differs from the old by
  atan2(ph, sin i + pinc cos i), whatever the node is, and the branch rules of the reference always choose its
  principal value; so one arctangent of a difference replaces that of the node and the turns around it.
- A negative inclination needs no mirror image: (-i, node + pi, perigee - pi) is the same orbit in every formula.

Each block tells whether it stayed inside the bounds for which this holds, and whether any row could carry an error
code. If not, the caller does the block again with `_exact.state_at`.

Validation: tests/validation/test_sgp4_catalogues.py (every object against the reference).
"""

from __future__ import annotations

import math

from mihari.astro.sgp4 import _layout as lay
from mihari.astro.sgp4._ellipse import kepler_wide, place
from mihari.astro.sgp4._exact import resonance_march
from mihari.astro.sgp4._kernel import kernel
from mihari.astro.sgp4._trigonometry import FAST, arctangent2, sincos, sincos_reduced

__all__ = [
    "deep_direct_positions",
    "deep_direct_states",
    "deep_lyddane_positions",
    "deep_lyddane_states",
    "march_block",
]

MINUTES_PER_NS = 1.0 / 60.0e9
_TWO_PI = 2.0 * math.pi
_RPTIM = 4.37526908801129966e-3
_ZNS = 1.19459e-5
_ZNL = 1.5835218e-4


@kernel()
def march_block(row, el, epoch_tai_ns, times_tai_ns, march, longitude_rad, motion_change):  # type: ignore[no-untyped-def]
    """Mean longitude term and relative change of mean motion at each time (dspace)."""
    no = el[lay.NO]
    if row[lay.IREZ] == 0.0:
        mdot = el[lay.MDOT]
        for j in range(times_tai_ns.shape[0]):
            t = float(times_tai_ns[j] - epoch_tai_ns) * MINUTES_PER_NS
            longitude_rad[j] = el[lay.MO] + mdot * t + row[lay.DMDT] * t
            motion_change[j] = 0.0
        return
    turns = row[lay.IREZ]
    first = float(times_tai_ns[0] - epoch_tai_ns) * MINUTES_PER_NS
    atime, xli, xni, xndt, xnddt, xldot = resonance_march(row, el, first, march)
    for j in range(times_tai_ns.shape[0]):
        t = float(times_tai_ns[j] - epoch_tai_ns) * MINUTES_PER_NS
        ft = t - atime
        if abs(ft) >= 720.0 or t * atime < 0.0 or abs(t) < abs(atime):
            atime, xli, xni, xndt, xnddt, xldot = resonance_march(row, el, t, march)
            ft = t - atime
        longitude_rad[j] = xli + xldot * ft + xndt * ft * ft * 0.5 + turns * (row[lay.GSTO] + t * _RPTIM)
        motion_change[j] = (xni + xndt * ft + xnddt * ft * ft * 0.5 - no) / no


def _compile(velocities: bool, lyddane: bool):  # type: ignore[no-untyped-def]  # noqa: FBT001
    """Make the kernel with or without velocities, for low or other inclinations: numba drops the other branches."""

    @kernel(fastmath=FAST)
    def deep_block(el, row, epoch, times, centre, longitude, motion, block):  # type: ignore[no-untyped-def]
        """States at `times` into `block`, one component after the other; return 0 when every one is good."""
        argpo = el[lay.ARGPO]
        argpdot = el[lay.ARGPDOT] + row[lay.DOMDT]
        nodeo = el[lay.NODEO]
        nodedot = el[lay.NODEDOT] + row[lay.DNODT]
        nodecf = el[lay.NODECF]
        cc1 = el[lay.CC1]
        edot = row[lay.DEDT] - el[lay.BCC4]
        t2cof = el[lay.T2COF]
        ecco = el[lay.ECCO]
        no = el[lay.NO]
        ao = el[lay.AO]
        didt = row[lay.DIDT]
        sinio = el[lay.SINIO]
        cosio = el[lay.COSIO]
        inclo = el[lay.INCLO]
        # How often the resonant mean anomaly takes away node and perigee again.
        node_share = 1.0 - row[lay.IREZ]
        argp_share = 0.0 if row[lay.IREZ] == 1.0 else 1.0

        zm_sun = row[lay.ZMOS] + _ZNS * centre
        zm_moon = row[lay.ZMOL] + _ZNL * centre
        ssc, csc = math.sin(zm_sun), math.cos(zm_sun)
        smc, cmc = math.sin(zm_moon), math.cos(zm_moon)
        se2 = row[lay.SE2]
        se3 = row[lay.SE3]
        si2 = row[lay.SI2]
        si3 = row[lay.SI3]
        sl2 = row[lay.SL2]
        sl3 = row[lay.SL3]
        sl4 = row[lay.SL4]
        sgh2 = row[lay.SGH2]
        sgh3 = row[lay.SGH3]
        sgh4 = row[lay.SGH4]
        sh2 = row[lay.SH2]
        sh3 = row[lay.SH3]
        ee2 = row[lay.EE2]
        e3 = row[lay.E3]
        xi2 = row[lay.XI2]
        xi3 = row[lay.XI3]
        xl2 = row[lay.XL2]
        xl3 = row[lay.XL3]
        xl4 = row[lay.XL4]
        xgh2 = row[lay.XGH2]
        xgh3 = row[lay.XGH3]
        xgh4 = row[lay.XGH4]
        xh2 = row[lay.XH2]
        xh3 = row[lay.XH3]

        # The turns that the reference takes off the node before Lyddane's formula, by its sign.
        node_centre = nodeo + (nodedot + nodecf * centre) * centre
        low = 0.0
        high = _TWO_PI
        whole = math.floor(node_centre / _TWO_PI)
        if node_centre < 0.0 and row[lay.AFSPC] == 0.0:
            whole += 1.0
            low = -_TWO_PI
            high = 0.0
        whole *= _TWO_PI
        sign_matters = row[lay.AFSPC] == 0.0

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

            # Sun and Moon
            sd, cd = sincos_reduced(_ZNS * dt)
            s = ssc * cd + csc * sd
            c = csc * cd - ssc * sd
            sd, cd = sincos_reduced(2.0 * 0.01675 * s)
            sf = s * cd + c * sd
            cf = c * cd - s * sd
            f2 = 0.5 * sf * sf - 0.25
            f3 = -0.5 * sf * cf
            arg = _ZNL * dt
            sd, cd = sincos_reduced(arg)
            s = smc * cd + cmc * sd
            c = cmc * cd - smc * sd
            outside = abs(arg) > 0.12
            sd, cd = sincos_reduced(2.0 * 0.05490 * s)
            sg = s * cd + c * sd
            cg = c * cd - s * sd
            g2 = 0.5 * sg * sg - 0.25
            g3 = -0.5 * sg * cg
            pe = se2 * f2 + se3 * f3 + ee2 * g2 + e3 * g3
            pinc = si2 * f2 + si3 * f3 + xi2 * g2 + xi3 * g3
            pl = sl2 * f2 + sl3 * f3 + sl4 * sf + xl2 * g2 + xl3 * g3 + xl4 * sg
            pgh = sgh2 * f2 + sgh3 * f3 + sgh4 * sf + xgh2 * g2 + xgh3 * g3 + xgh4 * sg
            ph = sh2 * f2 + sh3 * f3 + xh2 * g2 + xh3 * g3

            # Secular terms
            tempa = 1.0 - cc1 * t
            eps = motion[j]
            am = ao * (tempa * tempa)
            am = am * (
                1.0
                + eps
                * (
                    -0.6666666666666666
                    + eps
                    * (
                        0.5555555555555556
                        + eps * (-0.49382716049382713 + eps * (0.4526748971193416 + eps * -0.42249657064471877))
                    )
                )
            )
            em = ecco + edot * t
            outside = outside | (em < -0.001) | (em > 0.97) | (tempa < 0.05) | (tempa > 1.4) | (abs(eps) > 2.0e-3)
            ep = max(em, 1.0e-6) + pe
            outside = outside | (ep < 0.0) | (ep > 0.97)
            nodem = nodeo + (nodedot + nodecf * t) * t
            argpm = argpo + argpdot * t
            # Mean longitude from the node, before the long-period terms.
            along = longitude[j] + argp_share * argpm + (node_share - 1.0) * nodem + no * t2cof * t * t

            # Inclination
            arg = didt * t + pinc
            inclp = inclo + arg
            outside = outside | (abs(arg) > 0.12)
            sd, cd = sincos_reduced(arg)
            sini = sinio * cd + cosio * sd
            cosi = cosio * cd - sinio * sd
            if lyddane:
                outside = outside | (inclp >= 0.2)
                xnoh = nodem - whole
                outside = outside | (xnoh < low) | (xnoh > high) | (sign_matters & (nodem * node_centre < 0.0))
                xx = sini + pinc * cosi
                hypot2 = xx * xx + ph * ph
                outside = outside | (hypot2 < 1.0e-24)
                turn = arctangent2(ph, xx)
                dargp = pgh - pinc * sini * xnoh - cosi * turn
                sn, cn = sincos(nodem + turn)
            else:
                outside = outside | (inclp < 0.2)
                turn = ph / sini
                dargp = pgh - cosi * turn
                sn, cn = sincos(nodem + turn)
            argpp = argpm + dargp

            # Long-period terms
            outside = outside | (1.0 + cosi < 1.0e-5)
            iam = 1.0 / am
            tmp = iam / (1.0 - ep * ep)
            sa, ca = sincos(argpp)
            axn = ep * ca
            ayn = ep * sa + tmp * (-0.5 * lay.J3OJ2) * sini
            u = along + dargp + pl + tmp * (-0.25 * lay.J3OJ2) * sini * (3.0 + 5.0 * cosi) / (1.0 + cosi) * axn
            s, c = sincos(u)
            a = axn * s - ayn * c
            b = axn * c + ayn * s
            el2 = axn * axn + ayn * ayn
            w, sw, cw, f1, unsolved = kepler_wide(a, b, el2)
            betal = math.sqrt(1.0 - el2)
            q = 1.0 / (1.0 + betal)
            ib2 = 1.0 / (1.0 - el2)
            cosisq = cosi * cosi
            mrt, ssu, csu, si, ci, dnode, mv, rv, broken = place(
                am,
                iam,
                math.sqrt(am),
                axn,
                ayn,
                s,
                c,
                w,
                sw,
                cw,
                f1,
                q,
                betal,
                ib2,
                3.0 * cosisq - 1.0,
                1.0 - cosisq,
                7.0 * cosisq - 1.0,
                sini,
                cosi,
            )
            # The change of the node is below 2e-3 rad.
            z = dnode * dnode
            sd = dnode - dnode * z * 0.16666666666666666
            cd = 1.0 - z * (0.5 - z * 0.041666666666666664)
            snod = sn * cd + cn * sd
            cnod = cn * cd - sn * sd
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
            outside = outside | unsolved | broken | (x + y != x + y)
            bad |= int(outside)
            if velocities:
                mv = mv * lay.SPEED_M_S
                rv = rv * lay.SPEED_M_S
                out_vx[j] = mv * ux + rv * (xmx * csu - cnod * ssu)
                out_vy[j] = mv * uy + rv * (xmy * csu - snod * ssu)
                out_vz[j] = mv * (si * ssu) + rv * (si * csu)
        return bad

    return deep_block


deep_direct_states = _compile(True, False)
deep_direct_positions = _compile(False, False)
deep_lyddane_states = _compile(True, True)
deep_lyddane_positions = _compile(False, True)
