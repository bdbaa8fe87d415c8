"""One object at one time, in the reference's own order of operations: the slow path that is always right.

The fast kernels leave to it whatever they do not vouch for: errors, decay, extreme eccentricity, single times.
No fast-math and the C library's functions, so results agree with the reference's compiled build to the last digits.

Source: AIAA 2006-6753, procedures sgp4, dspace and dpper, as in the 2020 code that python-sgp4 2.27 compiles.
Validation: tests/validation/test_sgp4_verification.py.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from mihari.astro.sgp4 import _layout as L

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


@njit(cache=True, nogil=True, error_model="numpy")
def resonance_dots(row, near_row, atime, xli, xni):  # type: ignore[no-untyped-def]
    """Return xndt, xnddt, xldot of the resonance integrator at one of its nodes (dspace)."""
    if row[L.IREZ] != 2.0:
        a1 = xli - 0.13130908
        a2 = 2.0 * (xli - 2.8843198)
        a3 = 3.0 * (xli - 0.37448087)
        xndt = row[L.DEL1] * math.sin(a1) + row[L.DEL2] * math.sin(a2) + row[L.DEL3] * math.sin(a3)
        xldot = xni + row[L.XFACT]
        xnddt = row[L.DEL1] * math.cos(a1) + 2.0 * row[L.DEL2] * math.cos(a2) + 3.0 * row[L.DEL3] * math.cos(a3)
        return xndt, xnddt * xldot, xldot
    g22 = 5.7686396
    g32 = 0.95240898
    g44 = 1.8014998
    g52 = 1.0508330
    g54 = 4.4108898
    xomi = near_row[L.ARGPO] + near_row[L.ARGPDOT] * atime
    x2omi = xomi + xomi
    x2li = xli + xli
    xndt = (
        row[L.D2201] * math.sin(x2omi + xli - g22)
        + row[L.D2211] * math.sin(xli - g22)
        + row[L.D3210] * math.sin(xomi + xli - g32)
        + row[L.D3222] * math.sin(-xomi + xli - g32)
        + row[L.D4410] * math.sin(x2omi + x2li - g44)
        + row[L.D4422] * math.sin(x2li - g44)
        + row[L.D5220] * math.sin(xomi + xli - g52)
        + row[L.D5232] * math.sin(-xomi + xli - g52)
        + row[L.D5421] * math.sin(xomi + x2li - g54)
        + row[L.D5433] * math.sin(-xomi + x2li - g54)
    )
    xldot = xni + row[L.XFACT]
    xnddt = (
        row[L.D2201] * math.cos(x2omi + xli - g22)
        + row[L.D2211] * math.cos(xli - g22)
        + row[L.D3210] * math.cos(xomi + xli - g32)
        + row[L.D3222] * math.cos(-xomi + xli - g32)
        + row[L.D5220] * math.cos(xomi + xli - g52)
        + row[L.D5232] * math.cos(-xomi + xli - g52)
        + 2.0
        * (
            row[L.D4410] * math.cos(x2omi + x2li - g44)
            + row[L.D4422] * math.cos(x2li - g44)
            + row[L.D5421] * math.cos(xomi + x2li - g54)
            + row[L.D5433] * math.cos(-xomi + x2li - g54)
        )
    )
    return xndt, xnddt * xldot, xldot


@njit(cache=True, nogil=True, error_model="numpy")
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
        xni = near_row[L.NO]
        xli = row[L.XLAMO]
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


@njit(cache=True, nogil=True, error_model="numpy")
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
        `Sgp4Status`; the numbers are NaN when it is not zero.
    x, y, z, vx, vy, vz : float
        TEME, m and m/s.
    """
    el = tables.near[i]
    d = tables.deep_row[i]
    deep = d >= 0

    xmdf = el[L.MO] + el[L.MDOT] * t
    argpm = el[L.ARGPO] + el[L.ARGPDOT] * t
    nodedf = el[L.NODEO] + el[L.NODEDOT] * t
    mm = xmdf
    t2 = t * t
    nodem = nodedf + el[L.NODECF] * t2
    tempa = 1.0 - el[L.CC1] * t
    tempe = el[L.BCC4] * t
    templ = el[L.T2COF] * t2
    if el[L.ISIMP] != 1.0:
        delmtemp = 1.0 + el[L.ETA] * math.cos(xmdf)
        temp = el[L.OMGCOF] * t + el[L.XMCOF] * (delmtemp * delmtemp * delmtemp - el[L.DELMO])
        mm = xmdf + temp
        argpm = argpm - temp
        t3 = t2 * t
        t4 = t3 * t
        tempa = tempa - el[L.D2] * t2 - el[L.D3] * t3 - el[L.D4] * t4
        tempe = tempe + el[L.BCC5] * (math.sin(mm) - el[L.SINMAO])
        templ = templ + el[L.T3COF] * t3 + t4 * (el[L.T4COF] + t * el[L.T5COF])
    no = el[L.NO]
    nm = no
    em = el[L.ECCO]
    inclm = el[L.INCLO]
    ao = el[L.AO]

    if deep:
        row = tables.deep[d]
        em = em + row[L.DEDT] * t
        inclm = inclm + row[L.DIDT] * t
        argpm = argpm + row[L.DOMDT] * t
        nodem = nodem + row[L.DNODT] * t
        mm = mm + row[L.DMDT] * t
        if row[L.IREZ] != 0.0:
            theta = np.fmod(row[L.GSTO] + t * 4.37526908801129966e-3, _TWO_PI)
            atime, xli, xni, xndt, xnddt, xldot = resonance_march(row, el, t, march)
            ft = t - atime
            nm = xni + xndt * ft + xnddt * ft * ft * 0.5
            xl = xli + xldot * ft + xndt * ft * ft * 0.5
            if row[L.IREZ] != 1.0:
                mm = xl - 2.0 * nodem + 2.0 * theta
            else:
                mm = xl - nodem - argpm + theta
            nm = no + (nm - no)
            ao = (L.XKE / nm) ** (2.0 / 3.0)

    if nm <= 0.0:
        return STATUS_MEAN_MOTION, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN
    am = ao * tempa * tempa
    nm = L.XKE / am**1.5
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
    sinip = el[L.SINIO]
    cosip = el[L.COSIO]
    aycof = el[L.AYCOF]
    xlcof = el[L.XLCOF]
    con41 = el[L.CON41]
    x1mth2 = el[L.X1MTH2]
    x7thm1 = el[L.X7THM1]
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
        aycof = -0.5 * L.J3OJ2 * sinip
        if abs(cosip + 1.0) > 1.5e-12:
            xlcof = -0.25 * L.J3OJ2 * sinip * (3.0 + 5.0 * cosip) / (1.0 + cosip)
        else:
            xlcof = -0.25 * L.J3OJ2 * sinip * (3.0 + 5.0 * cosip) / 1.5e-12
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
    temp1 = 0.5 * L.J2 * temp
    temp2 = temp1 * temp
    mrt = rl * (1.0 - 1.5 * temp2 * betal * con41) + 0.5 * temp1 * x1mth2 * cos2u
    su = su - 0.25 * temp2 * x7thm1 * sin2u
    xnode = nodep + 1.5 * temp2 * cosip * sin2u
    xinc = xincp + 1.5 * temp2 * cosip * sinip * cos2u
    mvt = rdotl - nm * temp1 * x1mth2 * sin2u / L.XKE
    rvdot = rvdotl + nm * temp1 * (x1mth2 * cos2u + 1.5 * con41) / L.XKE
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
    x = (mrt * ux) * L.RADIUS_M
    y = (mrt * uy) * L.RADIUS_M
    z = (mrt * uz) * L.RADIUS_M
    sx = (mvt * ux + rvdot * vx) * L.SPEED_M_S
    sy = (mvt * uy + rvdot * vy) * L.SPEED_M_S
    sz = (mvt * uz + rvdot * vz) * L.SPEED_M_S
    total = x + y + z + sx + sy + sz
    if total - total != 0.0:
        return STATUS_NOT_FINITE, _NAN, _NAN, _NAN, _NAN, _NAN, _NAN
    return STATUS_OK, x, y, z, sx, sy, sz


@njit(cache=True, nogil=True, error_model="numpy")
def _periodics(row, t, ep, inclp, nodep, argpp, mp):  # type: ignore[no-untyped-def]
    """Add the lunar and solar long-period terms (dpper, init = 'n')."""
    zm = row[L.ZMOS] + 1.19459e-5 * t
    zf = zm + 2.0 * 0.01675 * math.sin(zm)
    sinzf = math.sin(zf)
    f2 = 0.5 * sinzf * sinzf - 0.25
    f3 = -0.5 * sinzf * math.cos(zf)
    ses = row[L.SE2] * f2 + row[L.SE3] * f3
    sis = row[L.SI2] * f2 + row[L.SI3] * f3
    sls = row[L.SL2] * f2 + row[L.SL3] * f3 + row[L.SL4] * sinzf
    sghs = row[L.SGH2] * f2 + row[L.SGH3] * f3 + row[L.SGH4] * sinzf
    shs = row[L.SH2] * f2 + row[L.SH3] * f3
    zm = row[L.ZMOL] + 1.5835218e-4 * t
    zf = zm + 2.0 * 0.05490 * math.sin(zm)
    sinzf = math.sin(zf)
    f2 = 0.5 * sinzf * sinzf - 0.25
    f3 = -0.5 * sinzf * math.cos(zf)
    pe = ses + (row[L.EE2] * f2 + row[L.E3] * f3)
    pinc = sis + (row[L.XI2] * f2 + row[L.XI3] * f3)
    pl = sls + (row[L.XL2] * f2 + row[L.XL3] * f3 + row[L.XL4] * sinzf)
    pgh = sghs + (row[L.XGH2] * f2 + row[L.XGH3] * f3 + row[L.XGH4] * sinzf)
    ph = shs + (row[L.XH2] * f2 + row[L.XH3] * f3)
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
    afspc = row[L.AFSPC] == 1.0
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
