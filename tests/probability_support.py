"""Conjunctions of the shared cases as the ladder takes them, and rows for the 2-D kernel."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cdm_support import CdmObject, read_cdm
from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame
from mihari.conjunction.probability import (
    Encounter,
    ObjectEstimate,
    SharedError,
    encounter_plane,
    move_to_closest_approach,
)
from mihari.conjunction.probability._covariance import to_inertial

__all__ = [
    "armellin_planes",
    "as_given",
    "cara_cases",
    "estimates_of",
    "estimates_of_states",
    "inertial",
    "load",
    "planes_of",
]


def load(folder: Path, name: str) -> Any:
    """Return a shared file of cases, or skip."""
    path = folder / name
    if not path.is_file():
        pytest.skip(f"no {name} in {folder}")
    return json.loads(path.read_text(encoding="utf-8"))


def cara_cases(folder: Path) -> list[dict[str, Any]]:
    """Return the CARA messages whose files are here."""
    cases = [case for case in load(folder, "pc_cara_cdm.json")["cases"] if (folder / case["cdm"]).is_file()]
    if not cases:
        pytest.skip("none of the CARA messages is here")
    return cases


def estimates_of(path: Path, *, shared: bool = False) -> tuple[ObjectEstimate, ObjectEstimate]:
    """Return both objects of a message; ITRF is turned to GCRF."""
    message = read_cdm(path)
    first, second = (_estimate(one, message.tca_text, shared=shared) for one in message.objects)
    return first, second


def _estimate(one: CdmObject, tca: str, *, shared: bool) -> ObjectEstimate:
    frame, position, velocity = Frame.EME2000, one.position_m, one.velocity_m_s
    if one.ref_frame == "ITRF":
        frame, position, velocity = _from_itrf(position, velocity, tca)
    error = None
    if shared and one.density_sigma is not None and one.density_rtn is not None:
        error = SharedError(sigma=one.density_sigma, sensitivity=one.density_rtn)
    return ObjectEstimate(
        frame=frame, position_m=position, velocity_m_s=velocity, covariance=one.covariance_rtn, shared_error=error
    )


def _from_itrf(position: np.ndarray, velocity: np.ndarray, tca: str) -> tuple[Frame, np.ndarray, np.ndarray]:
    """Turn ITRF to axes that stand still at the moment: the Earth's pole and rate are all that matters here.

    The frame's orientation in space cancels; what counts is the velocity that the rotation adds.
    """
    from mihari.constants import EARTH_ROTATION_RATE_RAD_S

    del tca
    return Frame.GCRF, position, velocity + np.cross([0.0, 0.0, EARTH_ROTATION_RATE_RAD_S], position)


def estimates_of_states(states: dict[str, Any]) -> tuple[ObjectEstimate, ObjectEstimate]:
    """Return both objects of one of Alfano's cases: SI, inertial."""
    first, second = (
        ObjectEstimate(
            frame=Frame.GCRF,
            position_m=np.array(states[f"r{k}"]),
            velocity_m_s=np.array(states[f"v{k}"]),
            covariance=np.array(states[f"C{k}"]),
            covariance_frame=Frame.GCRF,
        )
        for k in (1, 2)
    )
    return first, second


def inertial(estimate: ObjectEstimate) -> np.ndarray:
    """Return the inertial covariance."""
    assert estimate.covariance is not None
    turn = to_inertial(
        estimate.covariance_frame, position_inertial_m=estimate.position_m, velocity_inertial_m_s=estimate.velocity_m_s
    )
    return turn @ estimate.covariance @ turn.T


def as_given(relative: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return miss and plane covariance as PcCircle takes a state that is not quite at closest approach.

    The whole distance counts as miss.
    """
    encounter = Encounter(
        offset_s=np.zeros(1), relative_inertial_m=relative[None, :3], relative_inertial_m_s=relative[None, 3:]
    )
    plane = encounter_plane(encounter, covariance[None, :3, :3])
    return np.array([[np.linalg.norm(relative[:3]), 0.0]]), plane.covariance_m2


def planes_of(first: ObjectEstimate, second: ObjectEstimate) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the miss and both covariances in the plane at true closest approach."""
    from mihari.conjunction.probability import move_to_closest_approach

    relative = second.state_inertial - first.state_inertial
    encounter = move_to_closest_approach(relative[:3], relative[3:])
    one = encounter_plane(encounter, inertial(first)[:3, :3])
    two = encounter_plane(encounter, inertial(second)[:3, :3])
    return one.miss_m, one.covariance_m2, two.covariance_m2


def armellin_planes(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return misses, plane covariances, radii of the 1,447 encounters, and what the file expects by its columns."""
    path = folder / "03_pc_armellin.csv"
    if not path.is_file():
        pytest.skip(f"no {path.name} in {folder}")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    names = [" ".join(name.split()) for name in rows[0]]
    table = np.array([[float(text) for text in row] for row in rows[1:]])
    states, turned = [], []
    for object_ in ("p", "s"):
        start = names.index(f"{object_}_j2k_x [km]")
        state = table[:, start : start + 6] * 1e3
        basis = rtn_basis(state[:, :3], state[:, 3:])
        states.append(state)
        turned.append(np.swapaxes(basis, -1, -2) @ _symmetric(table[:, start + 6 : start + 12] * 1e6) @ basis)
    relative = states[1] - states[0]
    plane = encounter_plane(move_to_closest_approach(relative[:, :3], relative[:, 3:]), turned[0] + turned[1])
    expected = {name: table[:, names.index(name)] for name in ("Pc", "Pc_approx", "Pc_max")}
    return plane.miss_m, plane.covariance_m2, table[:, names.index("R [km]")] * 1e3, expected


def _symmetric(six: np.ndarray) -> np.ndarray:
    """Return matrices from columns rr, tt, nn, rt, rn, tn."""
    matrix = np.empty((six.shape[0], 3, 3))
    for value, (i, j) in zip(six.T, ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)), strict=True):
        matrix[:, i, j] = matrix[:, j, i] = value
    return matrix
