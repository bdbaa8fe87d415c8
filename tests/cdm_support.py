"""A small reader of CDMs in KVN for the tests of the probability: states, covariances, consider parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["CdmObject", "TestCdm", "read_cdm"]

AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")


@dataclass(frozen=True)
class CdmObject:
    """State in m and m/s in `ref_frame`, covariance in RTN."""

    ref_frame: str
    position_m: np.ndarray
    velocity_m_s: np.ndarray
    covariance_rtn: np.ndarray
    density_sigma: float | None
    density_rtn: np.ndarray | None


@dataclass(frozen=True)
class TestCdm:
    """The message's time as text and its two objects."""

    __test__ = False

    tca_text: str
    objects: tuple[CdmObject, CdmObject]


def read_cdm(path: Path) -> TestCdm:
    """Read one message."""
    head: dict[str, str] = {}
    blocks: list[dict[str, str]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition("=")
        key, value = key.strip(), re.sub(r"\[.*?\]", "", value).strip()
        if key == "OBJECT":
            blocks.append({})
        elif key:
            (blocks[-1] if blocks else head).setdefault(key, value)
    first, second = (_object(block) for block in blocks)
    return TestCdm(head["TCA"], (first, second))


def _object(block: dict[str, str]) -> CdmObject:
    covariance = np.zeros((6, 6))
    for i, row in enumerate(AXES):
        for j, column in enumerate(AXES[: i + 1]):
            covariance[i, j] = covariance[j, i] = float(block.get(f"C{row}_{column}", "nan"))
    sigma = block.get("COMMENT DCP Density Forecast Uncertainty")
    parts = [block.get(f"COMMENT DCP Sensitivity Vector RTN {kind}") for kind in ("Pos", "Vel")]
    vector = None
    if sigma and all(parts):
        vector = np.array([float(word) for part in parts for word in part.split()])  # type: ignore[union-attr]
    return CdmObject(
        block["REF_FRAME"],
        np.array([float(block[k]) for k in ("X", "Y", "Z")]) * 1e3,
        np.array([float(block[k]) for k in ("X_DOT", "Y_DOT", "Z_DOT")]) * 1e3,
        covariance,
        float(sigma) if vector is not None and sigma else None,
        vector,
    )
