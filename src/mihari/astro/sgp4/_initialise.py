"""From mean elements to the constant tables, for a whole batch at once.

Every expression keeps the reference's order of operations (AIAA 2006-6753, procedures initl, dscom, dsinit and
sgp4init), so that the tables agree to the last digits. Sidereal time is the modern one in both operation modes: the
reference's compiled build does that too, its Python build switches in mode "a".

Validation: tests/validation/test_sgp4_verification.py, tests/validation/test_sgp4_catalogues.py.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mihari.astro.sgp4 import _layout as lay
from mihari.astro.sgp4._kernel import kernel

__all__ = ["initialise_deep", "initialise_near", "is_deep_motion"]

_TWO_PI = 2.0 * math.pi
_X2O3 = 2.0 / 3.0
_SS = 78.0 / lay.RADIUS_KM + 1.0
_Q = (120.0 - 78.0) / lay.RADIUS_KM
_QZMS2T = _Q * _Q * _Q * _Q


@kernel()
def is_deep_motion(no: float) -> bool:
    """Tell whether a mean motion (rad/min) has a period of 225 minutes or more."""
    return _TWO_PI / no >= 225.0


@kernel()
def initialise_near(elements: NDArray[np.float64], near: NDArray[np.float64], first: int, last: int) -> int:
    """Fill rows [first, last) of `near` from `elements`; return how many of them are deep.

    `elements` is (n, 7): mean motion (Kozai) rad/min, eccentricity, inclination, node, argument of perigee, mean
    anomaly, all rad, and the drag term per Earth radius.
    """
    deep_count = 0
    for i in range(first, last):
        no_kozai = elements[i, 0]
        ecco = elements[i, 1]
        inclo = elements[i, 2]
        argpo = elements[i, 4]
        mo = elements[i, 5]
        bstar = elements[i, 6]
        row = near[i]
        row[:] = 0.0
        row[lay.MO] = mo
        row[lay.ARGPO] = argpo
        row[lay.NODEO] = elements[i, 3]
        row[lay.ECCO] = ecco
        row[lay.INCLO] = inclo

        # initl
        eccsq = ecco * ecco
        omeosq = 1.0 - eccsq
        rteosq = math.sqrt(omeosq)
        cosio = math.cos(inclo)
        cosio2 = cosio * cosio
        ak = (lay.XKE / no_kozai) ** _X2O3
        d1 = 0.75 * lay.J2 * (3.0 * cosio2 - 1.0) / (rteosq * omeosq)
        delta = d1 / (ak * ak)
        adel = ak * (1.0 - delta * delta - delta * (1.0 / 3.0 + 134.0 * delta * delta / 81.0))
        delta = d1 / (adel * adel)
        no = no_kozai / (1.0 + delta)
        ao = (lay.XKE / no) ** _X2O3
        sinio = math.sin(inclo)
        po = ao * omeosq
        con42 = 1.0 - 5.0 * cosio2
        con41 = -con42 - cosio2 - cosio2
        posq = po * po
        rp = ao * (1.0 - ecco)
        row[lay.NO] = no
        row[lay.AO] = ao
        row[lay.SINIO] = sinio
        row[lay.COSIO] = cosio
        row[lay.CON41] = con41
        if not (omeosq >= 0.0 or no >= 0.0):
            continue

        # sgp4init
        simple = rp < 220.0 / lay.RADIUS_KM + 1.0
        sfour = _SS
        qzms24 = _QZMS2T
        perige = (rp - 1.0) * lay.RADIUS_KM
        if perige < 156.0:
            sfour = perige - 78.0
            if perige < 98.0:
                sfour = 20.0
            qzms24temp = (120.0 - sfour) / lay.RADIUS_KM
            qzms24 = qzms24temp * qzms24temp * qzms24temp * qzms24temp
            sfour = sfour / lay.RADIUS_KM + 1.0
        pinvsq = 1.0 / posq
        tsi = 1.0 / (ao - sfour)
        eta = ao * ecco * tsi
        etasq = eta * eta
        eeta = ecco * eta
        psisq = abs(1.0 - etasq)
        coef = qzms24 * tsi**4.0
        coef1 = coef / psisq**3.5
        cc2 = (
            coef1
            * no
            * (
                ao * (1.0 + 1.5 * etasq + eeta * (4.0 + etasq))
                + 0.375 * lay.J2 * tsi / psisq * con41 * (8.0 + 3.0 * etasq * (8.0 + etasq))
            )
        )
        cc1 = bstar * cc2
        cc3 = 0.0
        if ecco > 1.0e-4:
            cc3 = -2.0 * coef * tsi * lay.J3OJ2 * no * sinio / ecco
        x1mth2 = 1.0 - cosio2
        cc4 = (
            2.0
            * no
            * coef1
            * ao
            * omeosq
            * (
                eta * (2.0 + 0.5 * etasq)
                + ecco * (0.5 + 2.0 * etasq)
                - lay.J2
                * tsi
                / (ao * psisq)
                * (
                    -3.0 * con41 * (1.0 - 2.0 * eeta + etasq * (1.5 - 0.5 * eeta))
                    + 0.75 * x1mth2 * (2.0 * etasq - eeta * (1.0 + etasq)) * math.cos(2.0 * argpo)
                )
            )
        )
        cc5 = 2.0 * coef1 * ao * omeosq * (1.0 + 2.75 * (etasq + eeta) + eeta * etasq)
        cosio4 = cosio2 * cosio2
        temp1 = 1.5 * lay.J2 * pinvsq * no
        temp2 = 0.5 * temp1 * lay.J2 * pinvsq
        temp3 = -0.46875 * lay.J4 * pinvsq * pinvsq * no
        row[lay.MDOT] = (
            no + 0.5 * temp1 * rteosq * con41 + 0.0625 * temp2 * rteosq * (13.0 - 78.0 * cosio2 + 137.0 * cosio4)
        )
        row[lay.ARGPDOT] = (
            -0.5 * temp1 * con42
            + 0.0625 * temp2 * (7.0 - 114.0 * cosio2 + 395.0 * cosio4)
            + temp3 * (3.0 - 36.0 * cosio2 + 49.0 * cosio4)
        )
        xhdot1 = -temp1 * cosio
        row[lay.NODEDOT] = xhdot1 + (0.5 * temp2 * (4.0 - 19.0 * cosio2) + 2.0 * temp3 * (3.0 - 7.0 * cosio2)) * cosio
        row[lay.OMGCOF] = bstar * cc3 * math.cos(argpo)
        if ecco > 1.0e-4:
            row[lay.XMCOF] = -_X2O3 * coef * bstar / eeta
        row[lay.NODECF] = 3.5 * omeosq * xhdot1 * cc1
        row[lay.T2COF] = 1.5 * cc1
        if abs(cosio + 1.0) > 1.5e-12:
            row[lay.XLCOF] = -0.25 * lay.J3OJ2 * sinio * (3.0 + 5.0 * cosio) / (1.0 + cosio)
        else:
            row[lay.XLCOF] = -0.25 * lay.J3OJ2 * sinio * (3.0 + 5.0 * cosio) / 1.5e-12
        row[lay.AYCOF] = -0.5 * lay.J3OJ2 * sinio
        delmotemp = 1.0 + eta * math.cos(mo)
        row[lay.DELMO] = delmotemp * delmotemp * delmotemp
        row[lay.SINMAO] = math.sin(mo)
        row[lay.CC1] = cc1
        row[lay.BCC4] = bstar * cc4
        row[lay.BCC5] = bstar * cc5
        row[lay.ETA] = eta
        row[lay.X1MTH2] = x1mth2
        row[lay.X7THM1] = 7.0 * cosio2 - 1.0
        if is_deep_motion(no):
            deep_count += 1
            simple = True
        row[lay.ISIMP] = 1.0 if simple else 0.0
        if simple:
            # Simplified drag has none of these, so that one kernel serves both.
            row[lay.OMGCOF] = 0.0
            row[lay.XMCOF] = 0.0
            row[lay.BCC5] = 0.0
        else:
            cc1sq = cc1 * cc1
            d2 = 4.0 * ao * tsi * cc1sq
            temp = d2 * tsi * cc1 / 3.0
            d3 = (17.0 * ao + sfour) * temp
            d4 = 0.5 * temp * ao * tsi * (221.0 * ao + 31.0 * sfour) * cc1
            row[lay.D2] = d2
            row[lay.D3] = d3
            row[lay.D4] = d4
            row[lay.T3COF] = d2 + 2.0 * cc1sq
            row[lay.T4COF] = 0.25 * (3.0 * d3 + cc1 * (12.0 * d2 + 10.0 * cc1sq))
            row[lay.T5COF] = 0.2 * (3.0 * d4 + 12.0 * cc1 * d3 + 6.0 * d2 * d2 + 15.0 * cc1sq * (2.0 * d2 + cc1sq))
    return deep_count


@kernel()
def _sidereal_time(jd_ut1: float) -> float:
    """Greenwich mean sidereal time (IAU 1982), rad in [0, 2 pi)."""
    tut1 = (jd_ut1 - 2451545.0) / 36525.0
    seconds = (
        -6.2e-6 * tut1 * tut1 * tut1 + 0.093104 * tut1 * tut1 + (876600.0 * 3600 + 8640184.812866) * tut1 + 67310.54841
    )
    theta = np.fmod(seconds * (math.pi / 180.0) / 240.0, _TWO_PI)
    if theta < 0.0:
        theta += _TWO_PI
    return float(theta)


@kernel()
def _third_body(
    em: float,
    emsq: float,
    betasq: float,
    rtemsq: float,
    sinim: float,
    cosim: float,
    sinomm: float,
    cosomm: float,
    zcosg: float,
    zsing: float,
    zcosi: float,
    zsini: float,
    zcosh: float,
    zsinh: float,
    cc: float,
    xnoi: float,
) -> tuple[float, ...]:
    """One pass of dscom: s1 ... s7 and z1 ... z33 of the Sun or the Moon."""
    a1 = zcosg * zcosh + zsing * zcosi * zsinh
    a3 = -zsing * zcosh + zcosg * zcosi * zsinh
    a7 = -zcosg * zsinh + zsing * zcosi * zcosh
    a8 = zsing * zsini
    a9 = zsing * zsinh + zcosg * zcosi * zcosh
    a10 = zcosg * zsini
    a2 = cosim * a7 + sinim * a8
    a4 = cosim * a9 + sinim * a10
    a5 = -sinim * a7 + cosim * a8
    a6 = -sinim * a9 + cosim * a10
    x1 = a1 * cosomm + a2 * sinomm
    x2 = a3 * cosomm + a4 * sinomm
    x3 = -a1 * sinomm + a2 * cosomm
    x4 = -a3 * sinomm + a4 * cosomm
    x5 = a5 * sinomm
    x6 = a6 * sinomm
    x7 = a5 * cosomm
    x8 = a6 * cosomm
    z31 = 12.0 * x1 * x1 - 3.0 * x3 * x3
    z32 = 24.0 * x1 * x2 - 6.0 * x3 * x4
    z33 = 12.0 * x2 * x2 - 3.0 * x4 * x4
    z1 = 3.0 * (a1 * a1 + a2 * a2) + z31 * emsq
    z2 = 6.0 * (a1 * a3 + a2 * a4) + z32 * emsq
    z3 = 3.0 * (a3 * a3 + a4 * a4) + z33 * emsq
    z11 = -6.0 * a1 * a5 + emsq * (-24.0 * x1 * x7 - 6.0 * x3 * x5)
    z12 = -6.0 * (a1 * a6 + a3 * a5) + emsq * (-24.0 * (x2 * x7 + x1 * x8) - 6.0 * (x3 * x6 + x4 * x5))
    z13 = -6.0 * a3 * a6 + emsq * (-24.0 * x2 * x8 - 6.0 * x4 * x6)
    z21 = 6.0 * a2 * a5 + emsq * (24.0 * x1 * x5 - 6.0 * x3 * x7)
    z22 = 6.0 * (a4 * a5 + a2 * a6) + emsq * (24.0 * (x2 * x5 + x1 * x6) - 6.0 * (x4 * x7 + x3 * x8))
    z23 = 6.0 * a4 * a6 + emsq * (24.0 * x2 * x6 - 6.0 * x4 * x8)
    z1 = z1 + z1 + betasq * z31
    z2 = z2 + z2 + betasq * z32
    z3 = z3 + z3 + betasq * z33
    s3 = cc * xnoi
    s2 = -0.5 * s3 / rtemsq
    s4 = s3 * rtemsq
    s1 = -15.0 * em * s4
    s5 = x1 * x3 + x2 * x4
    s6 = x2 * x3 + x1 * x4
    s7 = x2 * x4 - x1 * x3
    return (s1, s2, s3, s4, s5, s6, s7, z1, z2, z3, z11, z12, z13, z21, z22, z23, z31, z32, z33)


@kernel()
def initialise_deep(
    near: NDArray[np.float64],
    epoch_days_1950: NDArray[np.float64],
    objects: NDArray[np.int64],
    afspc: float,
    deep: NDArray[np.float64],
    first: int,
    last: int,
) -> None:
    """Fill rows [first, last) of `deep` for the objects `objects[first:last]`: dscom and dsinit.

    `epoch_days_1950` counts UTC days from 1950 January 0.0, as the reference does.
    """
    zes = 0.01675
    zel = 0.05490
    znl = 1.5835218e-4
    zns = 1.19459e-5
    rptim = 4.37526908801129966e-3
    for d in range(first, last):
        i = objects[d]
        epoch = epoch_days_1950[i]
        row = deep[d]
        row[:] = 0.0
        ecco = near[i, lay.ECCO]
        argpo = near[i, lay.ARGPO]
        inclo = near[i, lay.INCLO]
        nodeo = near[i, lay.NODEO]
        mo = near[i, lay.MO]
        no = near[i, lay.NO]
        mdot = near[i, lay.MDOT]
        nodedot = near[i, lay.NODEDOT]
        gsto = _sidereal_time(epoch + 2433281.5)
        row[lay.GSTO] = gsto
        row[lay.AFSPC] = afspc

        # dscom
        snodm = math.sin(nodeo)
        cnodm = math.cos(nodeo)
        sinomm = math.sin(argpo)
        cosomm = math.cos(argpo)
        sinim = math.sin(inclo)
        cosim = math.cos(inclo)
        emsq = ecco * ecco
        betasq = 1.0 - emsq
        rtemsq = math.sqrt(betasq)
        day = epoch + 18261.5
        xnodce = np.fmod(4.5236020 - 9.2422029e-4 * day, _TWO_PI)
        stem = math.sin(xnodce)
        ctem = math.cos(xnodce)
        zcosil = 0.91375164 - 0.03568096 * ctem
        zsinil = math.sqrt(1.0 - zcosil * zcosil)
        zsinhl = 0.089683511 * stem / zsinil
        zcoshl = math.sqrt(1.0 - zsinhl * zsinhl)
        gam = 5.8351514 + 0.0019443680 * day
        zx = 0.39785416 * stem / zsinil
        zy = zcoshl * ctem + 0.91744867 * zsinhl * stem
        zx = math.atan2(zx, zy)
        zx = gam + zx - xnodce
        xnoi = 1.0 / no
        (ss1, ss2, ss3, ss4, ss5, ss6, ss7, sz1, sz2, sz3, sz11, sz12, sz13, sz21, sz22, sz23, sz31, sz32, sz33) = (
            _third_body(
                ecco, emsq, betasq, rtemsq, sinim, cosim, sinomm, cosomm,
                0.1945905, -0.98088458, 0.91744867, 0.39785416, cnodm, snodm, 2.9864797e-6, xnoi,
            )
        )  # fmt: skip
        (s1, s2, s3, s4, s5, s6, s7, z1, z2, z3, z11, z12, z13, z21, z22, z23, z31, z32, z33) = _third_body(
            ecco, emsq, betasq, rtemsq, sinim, cosim, sinomm, cosomm,
            math.cos(zx), math.sin(zx), zcosil, zsinil,
            zcoshl * cnodm + zsinhl * snodm, snodm * zcoshl - cnodm * zsinhl, 4.7968065e-7, xnoi,
        )  # fmt: skip
        row[lay.ZMOL] = np.fmod(4.7199672 + 0.22997150 * day - gam, _TWO_PI)
        row[lay.ZMOS] = np.fmod(6.2565837 + 0.017201977 * day, _TWO_PI)
        row[lay.SE2] = 2.0 * ss1 * ss6
        row[lay.SE3] = 2.0 * ss1 * ss7
        row[lay.SI2] = 2.0 * ss2 * sz12
        row[lay.SI3] = 2.0 * ss2 * (sz13 - sz11)
        row[lay.SL2] = -2.0 * ss3 * sz2
        row[lay.SL3] = -2.0 * ss3 * (sz3 - sz1)
        row[lay.SL4] = -2.0 * ss3 * (-21.0 - 9.0 * emsq) * zes
        row[lay.SGH2] = 2.0 * ss4 * sz32
        row[lay.SGH3] = 2.0 * ss4 * (sz33 - sz31)
        row[lay.SGH4] = -18.0 * ss4 * zes
        row[lay.SH2] = -2.0 * ss2 * sz22
        row[lay.SH3] = -2.0 * ss2 * (sz23 - sz21)
        row[lay.EE2] = 2.0 * s1 * s6
        row[lay.E3] = 2.0 * s1 * s7
        row[lay.XI2] = 2.0 * s2 * z12
        row[lay.XI3] = 2.0 * s2 * (z13 - z11)
        row[lay.XL2] = -2.0 * s3 * z2
        row[lay.XL3] = -2.0 * s3 * (z3 - z1)
        row[lay.XL4] = -2.0 * s3 * (-21.0 - 9.0 * emsq) * zel
        row[lay.XGH2] = 2.0 * s4 * z32
        row[lay.XGH3] = 2.0 * s4 * (z33 - z31)
        row[lay.XGH4] = -18.0 * s4 * zel
        row[lay.XH2] = -2.0 * s2 * z22
        row[lay.XH3] = -2.0 * s2 * (z23 - z21)

        # dsinit: secular rates
        irez = 0
        if 0.0034906585 < no < 0.0052359877:
            irez = 1
        if 8.26e-3 <= no <= 9.24e-3 and ecco >= 0.5:
            irez = 2
        ses = ss1 * zns * ss5
        sis = ss2 * zns * (sz11 + sz13)
        sls = -zns * ss3 * (sz1 + sz3 - 14.0 - 6.0 * emsq)
        sghs = ss4 * zns * (sz31 + sz33 - 6.0)
        shs = -zns * ss2 * (sz21 + sz23)
        if inclo < 5.2359877e-2 or inclo > math.pi - 5.2359877e-2:
            shs = 0.0
        if sinim != 0.0:
            shs = shs / sinim
        sgs = sghs - cosim * shs
        dmdt = sls - znl * s3 * (z1 + z3 - 14.0 - 6.0 * emsq)
        sghl = s4 * znl * (z31 + z33 - 6.0)
        shll = -znl * s2 * (z21 + z23)
        if inclo < 5.2359877e-2 or inclo > math.pi - 5.2359877e-2:
            shll = 0.0
        domdt = sgs + sghl
        dnodt = shs
        if sinim != 0.0:
            domdt = domdt - cosim / sinim * shll
            dnodt = dnodt + shll / sinim
        row[lay.DEDT] = ses + s1 * znl * s5
        row[lay.DIDT] = sis + s2 * znl * (z11 + z13)
        row[lay.DMDT] = dmdt
        row[lay.DOMDT] = domdt
        row[lay.DNODT] = dnodt
        row[lay.IREZ] = irez
        if irez == 0:
            continue

        # dsinit: resonance
        theta = np.fmod(gsto, _TWO_PI)
        aonv = (no / lay.XKE) ** _X2O3
        if irez == 2:
            _half_day_resonance(row, ecco, sinim, cosim, no, aonv)
            row[lay.XLAMO] = np.fmod(mo + nodeo + nodeo - theta - theta, _TWO_PI)
            row[lay.XFACT] = mdot + dmdt + 2.0 * (nodedot + dnodt - rptim) - no
        else:
            g200 = 1.0 + emsq * (-2.5 + 0.8125 * emsq)
            g310 = 1.0 + 2.0 * emsq
            g300 = 1.0 + emsq * (-6.0 + 6.60937 * emsq)
            f220 = 0.75 * (1.0 + cosim) * (1.0 + cosim)
            f311 = 0.9375 * sinim * sinim * (1.0 + 3.0 * cosim) - 0.75 * (1.0 + cosim)
            f330 = 1.0 + cosim
            f330 = 1.875 * f330 * f330 * f330
            del1 = 3.0 * no * no * aonv * aonv
            row[lay.DEL2] = 2.0 * del1 * f220 * g200 * 1.7891679e-6
            row[lay.DEL3] = 3.0 * del1 * f330 * g300 * 2.2123015e-7 * aonv
            row[lay.DEL1] = del1 * f311 * g310 * 2.1460748e-6 * aonv
            xpidot = near[i, lay.ARGPDOT] + nodedot
            row[lay.XLAMO] = np.fmod(mo + nodeo + argpo - theta, _TWO_PI)
            row[lay.XFACT] = mdot + xpidot - rptim + dmdt + domdt + dnodt - no


@kernel()
def _half_day_resonance(
    row: NDArray[np.float64], em: float, sinim: float, cosim: float, nm: float, aonv: float
) -> None:
    """Geopotential resonance of 12 h orbits: d2201 ... d5433."""
    root22 = 1.7891679e-6
    root32 = 3.7393792e-7
    root44 = 7.3636953e-9
    root52 = 1.1428639e-7
    root54 = 2.1765803e-9
    cosisq = cosim * cosim
    emsq = em * em
    eoc = em * emsq
    g201 = -0.306 - (em - 0.64) * 0.440
    if em <= 0.65:
        g211 = 3.616 - 13.2470 * em + 16.2900 * emsq
        g310 = -19.302 + 117.3900 * em - 228.4190 * emsq + 156.5910 * eoc
        g322 = -18.9068 + 109.7927 * em - 214.6334 * emsq + 146.5816 * eoc
        g410 = -41.122 + 242.6940 * em - 471.0940 * emsq + 313.9530 * eoc
        g422 = -146.407 + 841.8800 * em - 1629.014 * emsq + 1083.4350 * eoc
        g520 = -532.114 + 3017.977 * em - 5740.032 * emsq + 3708.2760 * eoc
    else:
        g211 = -72.099 + 331.819 * em - 508.738 * emsq + 266.724 * eoc
        g310 = -346.844 + 1582.851 * em - 2415.925 * emsq + 1246.113 * eoc
        g322 = -342.585 + 1554.908 * em - 2366.899 * emsq + 1215.972 * eoc
        g410 = -1052.797 + 4758.686 * em - 7193.992 * emsq + 3651.957 * eoc
        g422 = -3581.690 + 16178.110 * em - 24462.770 * emsq + 12422.520 * eoc
        if em > 0.715:
            g520 = -5149.66 + 29936.92 * em - 54087.36 * emsq + 31324.56 * eoc
        else:
            g520 = 1464.74 - 4664.75 * em + 3763.64 * emsq
    if em < 0.7:
        g533 = -919.22770 + 4988.6100 * em - 9064.7700 * emsq + 5542.21 * eoc
        g521 = -822.71072 + 4568.6173 * em - 8491.4146 * emsq + 5337.524 * eoc
        g532 = -853.66600 + 4690.2500 * em - 8624.7700 * emsq + 5341.4 * eoc
    else:
        g533 = -37995.780 + 161616.52 * em - 229838.20 * emsq + 109377.94 * eoc
        g521 = -51752.104 + 218913.95 * em - 309468.16 * emsq + 146349.42 * eoc
        g532 = -40023.880 + 170470.89 * em - 242699.48 * emsq + 115605.82 * eoc
    sini2 = sinim * sinim
    f220 = 0.75 * (1.0 + 2.0 * cosim + cosisq)
    f221 = 1.5 * sini2
    f321 = 1.875 * sinim * (1.0 - 2.0 * cosim - 3.0 * cosisq)
    f322 = -1.875 * sinim * (1.0 + 2.0 * cosim - 3.0 * cosisq)
    f441 = 35.0 * sini2 * f220
    f442 = 39.3750 * sini2 * sini2
    f522 = (
        9.84375
        * sinim
        * (sini2 * (1.0 - 2.0 * cosim - 5.0 * cosisq) + 0.33333333 * (-2.0 + 4.0 * cosim + 6.0 * cosisq))
    )
    f523 = sinim * (
        4.92187512 * sini2 * (-2.0 - 4.0 * cosim + 10.0 * cosisq) + 6.56250012 * (1.0 + 2.0 * cosim - 3.0 * cosisq)
    )
    f542 = 29.53125 * sinim * (2.0 - 8.0 * cosim + cosisq * (-12.0 + 8.0 * cosim + 10.0 * cosisq))
    f543 = 29.53125 * sinim * (-2.0 - 8.0 * cosim + cosisq * (12.0 + 8.0 * cosim - 10.0 * cosisq))
    temp1 = 3.0 * (nm * nm) * (aonv * aonv)
    temp = temp1 * root22
    row[lay.D2201] = temp * f220 * g201
    row[lay.D2211] = temp * f221 * g211
    temp1 = temp1 * aonv
    temp = temp1 * root32
    row[lay.D3210] = temp * f321 * g310
    row[lay.D3222] = temp * f322 * g322
    temp1 = temp1 * aonv
    temp = 2.0 * temp1 * root44
    row[lay.D4410] = temp * f441 * g410
    row[lay.D4422] = temp * f442 * g422
    temp1 = temp1 * aonv
    temp = temp1 * root52
    row[lay.D5220] = temp * f522 * g520
    row[lay.D5232] = temp * f523 * g532
    temp = 2.0 * temp1 * root54
    row[lay.D5421] = temp * f542 * g521
    row[lay.D5433] = temp * f543 * g533
