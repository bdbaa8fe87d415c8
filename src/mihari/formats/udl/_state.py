"""Cartesian states in the shape of the library's `statevector`: kilometres there, metres here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mihari.astro.states import Frame
from mihari.errors import FormatError
from mihari.formats.udl._common import (
    UdlSource,
    catalogue_number,
    frame_name,
    frame_of,
    header,
    moment,
    numbers,
    read_header,
    told,
)

__all__ = ["UdlState", "read_statevector", "statevector_of"]

_KM: Final = 1e3
_POSITION: Final = ("xpos", "ypos", "zpos")
_VELOCITY: Final = ("xvel", "yvel", "zvel")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UdlState:
    """A state with its epoch, frame and covariance.

    Attributes
    ----------
    source : UdlSource
    norad_cat_id : int, optional
        None for an object that is not correlated.
    epoch_tai_ns : int
    frame : Frame
    position_m, velocity_m_s : float64 arrays, (3,)
    covariance : float64 array, (6, 6), optional
        In m and s; None where the record has none.
    covariance_frame : Frame, optional
    is_default_covariance : bool
        It was not computed (covMethod DEFAULT): no risk may rest on it.
    is_uncorrelated : bool
        Somebody tried to correlate it, and failed.
    """

    source: UdlSource
    norad_cat_id: int | None
    epoch_tai_ns: int
    frame: Frame
    position_m: NDArray[np.float64]
    velocity_m_s: NDArray[np.float64]
    covariance: NDArray[np.float64] | None = None
    covariance_frame: Frame | None = None
    is_default_covariance: bool = False
    is_uncorrelated: bool = False


def statevector_of(state: UdlState) -> dict[str, Any]:
    """Return a state as a record; its frames are always named."""
    record = header(state.source) | {
        "epoch": told(state.epoch_tai_ns),
        "referenceFrame": frame_name(state.frame),
        **dict(zip(_POSITION, (state.position_m / _KM).tolist(), strict=True)),
        **dict(zip(_VELOCITY, (state.velocity_m_s / _KM).tolist(), strict=True)),
        "uct": state.is_uncorrelated,
    }
    if state.norad_cat_id is not None:
        record["satNo"] = state.norad_cat_id
    if state.covariance is not None and state.covariance_frame is not None:
        rows, columns = np.tril_indices(6)
        record["cov"] = (state.covariance[rows, columns] / _KM**2).tolist()
        record["covReferenceFrame"] = frame_name(state.covariance_frame)
        record["covMethod"] = "DEFAULT" if state.is_default_covariance else "CALCULATED"
    return record


def read_statevector(record: Mapping[str, Any]) -> UdlState:
    """Read a record.

    Raises
    ------
    FormatError
        A needed member is missing, a frame cannot be used, or the covariance is no lower triangle of six rows.
    """
    position, velocity = numbers(record, _POSITION, scale=_KM), numbers(record, _VELOCITY, scale=_KM)
    if position is None or velocity is None:
        raise FormatError("has no position and velocity", where="xpos")
    epoch = moment(record, "epoch", needed=True)
    assert epoch is not None
    covariance = _covariance(record.get("cov"))
    frame = frame_of(record, "referenceFrame")
    if frame is Frame.RTN:
        raise FormatError("is a frame that hangs on the object itself", where="referenceFrame", remedy="J2000, GCRF")
    return UdlState(
        source=read_header(record),
        norad_cat_id=catalogue_number(record),
        epoch_tai_ns=epoch,
        frame=frame,
        position_m=np.array(position),
        velocity_m_s=np.array(velocity),
        covariance=covariance,
        covariance_frame=None if covariance is None else frame_of(record, "covReferenceFrame"),
        is_default_covariance=record.get("covMethod") == "DEFAULT",
        is_uncorrelated=record.get("uct") is True,
    )


def _covariance(values: Any) -> NDArray[np.float64] | None:
    if values is None or values == []:
        return None
    # Drag and further terms may follow the 21 of position and velocity.
    if not isinstance(values, list) or len(values) not in (21, 28, 36, 45):
        raise FormatError("is no lower triangle of position and velocity", where="cov", remedy="give 21 numbers")
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in values):
        raise FormatError("holds something that is no number", where="cov")
    full = np.zeros((6, 6))
    rows, columns = np.tril_indices(6)
    full[rows, columns] = full[columns, rows] = np.array(values[:21], dtype=np.float64) * _KM**2
    if not np.isfinite(full).all():
        raise FormatError("holds something that is no number", where="cov")
    return full
