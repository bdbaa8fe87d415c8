"""One object at one time, in the reference's own order of operations: the slow path that is always right.

The fast kernels leave to it whatever they do not vouch for: errors, decay, extreme eccentricity, single times.
No fast-math and the C library's functions, so results agree with the reference's compiled build to the last digits.

Source: AIAA 2006-6753, procedures sgp4, dspace and dpper, as in the 2020 code that python-sgp4 2.27 compiles.
Validation: tests/validation/test_sgp4_verification.py.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.astro.sgp4 import _layout as lay
from mihari.astro.sgp4._kernel import kernel

__all__ = ["resonance_dots", "resonance_march", "state_at"]

_TWO_PI = 2.0 * math.pi
_NAN = math.nan

STATUS_OK = 0
STATUS_MEAN_ECCENTRICITY = 1
STATUS_MEAN_MOTION = 2
STATUS_PERTURBED_ECCENTRICITY = 3
STATUS_SEMILATUS_RECTUM = 4
STATUS_DECAYED = 6
STATUS_NOT_FINITE = 7
STATUS_OUT_OF_RANGE = 8
TEMPA_MOST = math.sqrt(2.0)
"""The drag series gives the root of the semi-major axis as a share of its first value. Below zero it has passed through
the Earth, above this the axis has doubled: the reference goes on with code 0, thousands or 1e18 kilometres away."""


@kernel()
def resonance_dots(row, near_row, atime, xli, xni):  # type: ignore[no-untyped-def]
    """Return xndt, xnddt, xldot of the resonance integrator at one of its nodes (dspace)."""
    if row[lay.IREZ] != 2.0:
        a1 = xli - 0.13130908
        a2 = 2.0 * (xli - 2.8843198)
        a3 = 3.0 * (xli - 0.37448087)
        xndt = row[lay.DEL1] * math.sin(a1) + row[lay.DEL2] * math.sin(a2) + row[lay.DEL3] * math.sin(a3)
        xldot = xni + row[lay.XFACT]
        xnddt = row[lay.DEL1] * math.cos(a1) + 2.0 * row[lay.DEL2] * math.cos(a2) + 3.0 * row[lay.DEL3] * math.cos(a3)
        return xndt, xnddt * xldot, xldot
    g22 = 5.7686396
    g32 = 0.95240898
    g44 = 1.8014998
    g52 = 1.0508330
    g54 = 4.4108898
    xomi = near_row[lay.ARGPO] + near_row[lay.ARGPDOT] * atime
    x2omi = xomi + xomi
    x2li = xli + xli
    xndt = (
        row[lay.D2201] * math.sin(x2omi + xli - g22)
        + row[lay.D2211] * math.sin(xli - g22)
        + row[lay.D3210] * math.sin(xomi + xli - g32)
        + row[lay.D3222] * math.sin(-xomi + xli - g32)
        + row[lay.D4410] * math.sin(x2omi + x2li - g44)
        + row[lay.D4422] * math.sin(x2li - g44)
        + row[lay.D5220] * math.sin(xomi + xli - g52)
        + row[lay.D5232] * math.sin(-xomi + xli - g52)
        + row[lay.D5421] * math.sin(xomi + x2li - g54)
        + row[lay.D5433] * math.sin(-xomi + x2li - g54)
    )
    xldot = xni + row[lay.XFACT]
    xnddt = (
        row[lay.D2201] * math.cos(x2omi + xli - g22)
        + row[lay.D2211] * math.cos(xli - g22)
        + row[lay.D3210] * math.cos(xomi + xli - g32)
        + row[lay.D3222] * math.cos(-xomi + xli - g32)
        + row[lay.D5220] * math.cos(xomi + xli - g52)
        + row[lay.D5232] * math.cos(-xomi + xli - g52)
        + 2.0
        * (
            row[lay.D4410] * math.cos(x2omi + x2li - g44)
            + row[lay.D4422] * math.cos(x2li - g44)
            + row[lay.D5421] * math.cos(xomi + x2li - g54)
            + row[lay.D5433] * math.cos(-xomi + x2li - g54)
        )
    )
    return xndt, xnddt * xldot, xldot


@kernel()
def resonance_march(row, near_row, t, march):  # type: ignore[no-untyped-def]
    """March the integrator to the node that serves time `t` (minutes); return atime, xli, xni, xndt, xnddt, xldot.

    `march` is (atime, xli, xni), where an earlier call stopped: the march goes on from there when `t` lies further
    out on the same side of the epoch, else it starts again at the epoch. The nodes stand at multiples of 720 min
    from the epoch, so the answer does not depend on the order of calls. A zeroed `march` is a fresh one.
    """
    atime = march[0]
    xli = march[1]
    xni = march[2]
    if atime == 0.0 or t * atime <= 0.0 or abs(t) < abs(atime):
        atime = 0.0
        xni = near_row[lay.NO]
        xli = row[lay.XLAMO]
    delt = 720.0 if t > 0.0 else -720.0
    xndt, xnddt, xldot = resonance_dots(row, near_row, atime, xli, xni)
    while abs(t - atime) >= 720.0:
        xli = xli + xldot * delt + xndt * 259200.0
        xni = xni + xndt * delt + xnddt * 259200.0
        atime = atime + delt
        xndt, xnddt, xldot = resonance_dots(row, near_row, atime, xli, xni)
    march[0] = atime
    march[1] = xli
    march[2] = xni
    return atime, xli, xni, xndt, xnddt, xldot


@kernel()
def state_at(tables, i, t, march):  # type: ignore[no-untyped-def]
    """State of object `i` at `t` minutes after its epoch.

    Parameters
    ----------
    tables : Sgp4Tables
    i : int
    t : float
        Minutes after the object's epoch, either sign.
    march : (3,) float64 array
        Where the resonance integrator of this object stands; zeros to start at the epoch. See `resonance_march`.
        Objects without resonance leave it alone.

    Returns
    -------
    status : int
        `Sgp4Status`; the numbers are NaN when it is neither OK nor OUT_OF_RANGE.
    x, y, z, vx, vy, vz : float
        TEME, m and m/s.
    """
    el = tables.near[i]
    d = tables.deep_row[i]
    deep = d >= 0

    xmdf = el[lay.MO] + el[lay.MDOT] * t
    argpm = el[lay.ARGPO] + el[lay.ARGPDOT] * t
    nodedf = el[lay.NODEO] + el[lay.NODEDOT] * t
    mm = xmdf
    t2 = t * t
    nodem = nodedf + el[lay.NODECF] * t2
    tempa = 1.0 - el[lay.CC1] * t
    tempe = el[lay.BCC4] * t
    templ = el[lay.T2COF] * t2
    if el[lay.ISIMP] != 1.0:
        delmtemp = 1.0 + el[lay.ETA] * math.cos(xmdf)
        temp = el[lay.OMGCOF] * t + el[lay.XMCOF] * (delmtemp * delmtemp * delmtemp - el[lay.DELMO])
        mm = xmdf + temp
        argpm = argpm - temp
        t3 = t2 * t
        t4 = t3 * t
        tempa = tempa - el[lay.D2] * t2 - el[lay.D3] * t3 - el[lay.D4] * t4
        tempe = tempe + el[lay.BCC5] * (math.sin(mm) - el[lay.SINMAO])
        templ = templ + el[lay.T3COF] * t3 + t4 * (el[lay.T4COF] + t * el[lay.T5COF])
    no = el[lay.NO]
    nm = no
    em = el[lay.ECCO]
    inclm = el[lay.INCLO]
    ao = el[lay.AO]

    if deep:
        row = tables.deep[d]
        em = em + row[lay.DEDT] * t
        inclm = inclm + row[lay.DIDT] * t
        argpm = argpm + row[lay.DOMDT] * t
        nodem = nodem + row[lay.DNODT] * t
        mm = mm + row[lay.DMDT] * t
        if row[lay.IREZ] != 0.0:
            theta = np.fmod(row[lay.GSTO] + t * 4.37526908801129966e-3, _TWO_PI)
            atime, xli, xni, xndt, xnddt, xldot = resonance_march(row, el, t, march)
            ft = t - atime
            nm = xni + xndt * ft + xnddt * ft * ft * 0.5
            xl = xli + xldot * ft + xndt * ft * ft * 0.5
            if row[lay.IREZ] != 1.0:
                mm = xl - 2.0 * nodem + 2.0 * theta
            else:
                mm = xl - nodem - argpm + theta
            nm = no + (nm - no)
            ao = (lay.XKE / nm) ** (2.0 / 3.0)

    if nm <= 0.0:
        return STATUS_MEAN_MOTION, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN
    am = ao * tempa * tempa
    nm = lay.XKE / am**1.5
    em = em - tempe
    if em >= 1.0 or em < -0.001:
        return STATUS_MEAN_ECCENTRICITY, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN
    if em < 1.0e-6:
        em = 1.0e-6
    mm = mm + no * templ
    xlm = mm + argpm + nodem
    nodem = np.fmod(nodem, _TWO_PI)
    argpm = np.fmod(argpm, _TWO_PI)
    xlm = np.fmod(xlm, _TWO_PI)
    mm = np.fmod(xlm - argpm - nodem, _TWO_PI)

    ep = em
    xincp = inclm
    argpp = argpm
    nodep = nodem
    mp = mm
    sinip = el[lay.SINIO]
    cosip = el[lay.COSIO]
    aycof = el[lay.AYCOF]
    xlcof = el[lay.XLCOF]
    con41 = el[lay.CON41]
    x1mth2 = el[lay.X1MTH2]
    x7thm1 = el[lay.X7THM1]
    if deep:
        ep, xincp, nodep, argpp, mp = _periodics(tables.deep[d], t, ep, xincp, nodep, argpp, mp)
        if xincp < 0.0:
            xincp = -xincp
            nodep = nodep + math.pi
            argpp = argpp - math.pi
        if ep < 0.0 or ep > 1.0:
            return STATUS_PERTURBED_ECCENTRICITY, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN
        sinip = math.sin(xincp)
        cosip = math.cos(xincp)
        aycof = -0.5 * lay.J3OJ2 * sinip
        if abs(cosip + 1.0) > 1.5e-12:
            xlcof = -0.25 * lay.J3OJ2 * sinip * (3.0 + 5.0 * cosip) / (1.0 + cosip)
        else:
            xlcof = -0.25 * lay.J3OJ2 * sinip * (3.0 + 5.0 * cosip) / 1.5e-12
        cosisq = cosip * cosip
        con41 = 3.0 * cosisq - 1.0
        x1mth2 = 1.0 - cosisq
        x7thm1 = 7.0 * cosisq - 1.0

    # Long-period periodics and Kepler's equation, stopped exactly where the reference stops.
    axnl = ep * math.cos(argpp)
    temp = 1.0 / (am * (1.0 - ep * ep))
    aynl = ep * math.sin(argpp) + temp * aycof
    xl = mp + argpp + nodep + temp * xlcof * axnl
    u = np.fmod(xl - nodep, _TWO_PI)
    eo1 = u
    tem5 = 9999.9
    ktr = 1
    sineo1 = 0.0
    coseo1 = 0.0
    while abs(tem5) >= 1.0e-12 and ktr <= 10:
        sineo1 = math.sin(eo1)
        coseo1 = math.cos(eo1)
        tem5 = 1.0 - coseo1 * axnl - sineo1 * aynl
        tem5 = (u - aynl * coseo1 + axnl * sineo1 - eo1) / tem5
        if abs(tem5) >= 0.95:
            tem5 = 0.95 if tem5 > 0.0 else -0.95
        eo1 = eo1 + tem5
        ktr = ktr + 1

    # Short-period preliminary quantities.
    ecose = axnl * coseo1 + aynl * sineo1
    esine = axnl * sineo1 - aynl * coseo1
    el2 = axnl * axnl + aynl * aynl
    pl = am * (1.0 - el2)
    if pl < 0.0:
        return STATUS_SEMILATUS_RECTUM, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN
    rl = am * (1.0 - ecose)
    rdotl = math.sqrt(am) * esine / rl
    rvdotl = math.sqrt(pl) / rl
    betal = math.sqrt(1.0 - el2)
    temp = esine / (1.0 + betal)
    sinu = am / rl * (sineo1 - aynl - axnl * temp)
    cosu = am / rl * (coseo1 - axnl + aynl * temp)
    su = math.atan2(sinu, cosu)
    sin2u = (cosu + cosu) * sinu
    cos2u = 1.0 - 2.0 * sinu * sinu
    temp = 1.0 / pl
    temp1 = 0.5 * lay.J2 * temp
    temp2 = temp1 * temp
    mrt = rl * (1.0 - 1.5 * temp2 * betal * con41) + 0.5 * temp1 * x1mth2 * cos2u
    su = su - 0.25 * temp2 * x7thm1 * sin2u
    xnode = nodep + 1.5 * temp2 * cosip * sin2u
    xinc = xincp + 1.5 * temp2 * cosip * sinip * cos2u
    mvt = rdotl - nm * temp1 * x1mth2 * sin2u / lay.XKE
    rvdot = rvdotl + nm * temp1 * (x1mth2 * cos2u + 1.5 * con41) / lay.XKE
    if mrt < 1.0:
        return STATUS_DECAYED, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN

    # Orientation vectors.
    sinsu = math.sin(su)
    cossu = math.cos(su)
    snod = math.sin(xnode)
    cnod = math.cos(xnode)
    sini = math.sin(xinc)
    cosi = math.cos(xinc)
    xmx = -snod * cosi
    xmy = cnod * cosi
    ux = xmx * sinsu + cnod * cossu
    uy = xmy * sinsu + snod * cossu
    uz = sini * sinsu
    vx = xmx * cossu - cnod * sinsu
    vy = xmy * cossu - snod * sinsu
    vz = sini * cossu
    x = (mrt * ux) * lay.RADIUS_M
    y = (mrt * uy) * lay.RADIUS_M
    z = (mrt * uz) * lay.RADIUS_M
    sx = (mvt * ux + rvdot * vx) * lay.SPEED_M_S
    sy = (mvt * uy + rvdot * vy) * lay.SPEED_M_S
    sz = (mvt * uz + rvdot * vz) * lay.SPEED_M_S
    total = x + y + z + sx + sy + sz
    if total - total != 0.0:
        return STATUS_NOT_FINITE, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN
    if not 0.0 < tempa < TEMPA_MOST:
        return STATUS_OUT_OF_RANGE, x, y, z, sx, sy, sz
    return STATUS_OK, x, y, z, sx, sy, sz


@kernel()
def _periodics(row, t, ep, inclp, nodep, argpp, mp):  # type: ignore[no-untyped-def]
    """Add the lunar and solar long-period terms (dpper, init = 'n')."""
    zm = row[lay.ZMOS] + 1.19459e-5 * t
    zf = zm + 2.0 * 0.01675 * math.sin(zm)
    sinzf = math.sin(zf)
    f2 = 0.5 * sinzf * sinzf - 0.25
    f3 = -0.5 * sinzf * math.cos(zf)
    ses = row[lay.SE2] * f2 + row[lay.SE3] * f3
    sis = row[lay.SI2] * f2 + row[lay.SI3] * f3
    sls = row[lay.SL2] * f2 + row[lay.SL3] * f3 + row[lay.SL4] * sinzf
    sghs = row[lay.SGH2] * f2 + row[lay.SGH3] * f3 + row[lay.SGH4] * sinzf
    shs = row[lay.SH2] * f2 + row[lay.SH3] * f3
    zm = row[lay.ZMOL] + 1.5835218e-4 * t
    zf = zm + 2.0 * 0.05490 * math.sin(zm)
    sinzf = math.sin(zf)
    f2 = 0.5 * sinzf * sinzf - 0.25
    f3 = -0.5 * sinzf * math.cos(zf)
    pe = ses + (row[lay.EE2] * f2 + row[lay.E3] * f3)
    pinc = sis + (row[lay.XI2] * f2 + row[lay.XI3] * f3)
    pl = sls + (row[lay.XL2] * f2 + row[lay.XL3] * f3 + row[lay.XL4] * sinzf)
    pgh = sghs + (row[lay.XGH2] * f2 + row[lay.XGH3] * f3 + row[lay.XGH4] * sinzf)
    ph = shs + (row[lay.XH2] * f2 + row[lay.XH3] * f3)
    inclp = inclp + pinc
    ep = ep + pe
    sinip = math.sin(inclp)
    cosip = math.cos(inclp)
    if inclp >= 0.2:
        ph = ph / sinip
        pgh = pgh - cosip * ph
        return ep, inclp, nodep + ph, argpp + pgh, mp + pl
    # Lyddane's modification for low inclination.
    sinop = math.sin(nodep)
    cosop = math.cos(nodep)
    alfdp = sinip * sinop + (ph * cosop + pinc * cosip * sinop)
    betdp = sinip * cosop + (-ph * sinop + pinc * cosip * cosop)
    nodep = np.fmod(nodep, _TWO_PI)
    afspc = row[lay.AFSPC] == 1.0
    if nodep < 0.0 and afspc:
        nodep = nodep + _TWO_PI
    xls = mp + argpp + cosip * nodep
    dls = pl + pgh - pinc * nodep * sinip
    xls = xls + dls
    xnoh = nodep
    nodep = math.atan2(alfdp, betdp)
    if nodep < 0.0 and afspc:
        nodep = nodep + _TWO_PI
    if abs(xnoh - nodep) > math.pi:
        nodep = nodep + _TWO_PI if nodep < xnoh else nodep - _TWO_PI
    mp = mp + pl
    argpp = xls - mp - cosip * nodep
    return ep, inclp, nodep, argpp, mp
