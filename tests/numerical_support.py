"""What the tests of the numerical dynamics share: scenarios of the shared cases, their references, and plain orbits."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mihari.astro.numerical import (
    CIRA_72,
    AreaToMass,
    ForceModel,
    GravityField,
    Manoeuvre,
    ThermosphereNetwork,
    ThrustArc,
)
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import TimeScale, parse_time

__all__ = ["EPOCH_TAI_NS", "Reference", "Scenario", "egm96", "one", "read_reference", "read_scenario"]

EPOCH_TAI_NS = parse_time("2023-01-01T00:00:00", scale=TimeScale.UTC)
_STANDARD_GRAVITY_M_S2 = 9.80665


def one(position_m: Sequence[float], velocity_m_s: Sequence[float], epoch_tai_ns: int = EPOCH_TAI_NS) -> StateVectors:
    """Return one state in GCRF."""
    return StateVectors(
        Frame.GCRF,
        np.array([epoch_tai_ns]),
        np.array([position_m], dtype=np.float64),
        np.array([velocity_m_s], dtype=np.float64),
    )


def egm96(cases: Path) -> GravityField:
    """Read the head of EGM96 that the shared cases hold."""
    terms = []
    for line in (cases / "numprop/potential/EGM96_head_to_deg62.cof").read_text().splitlines():
        if line.startswith("RECOEF"):
            numbers = [float(text) for text in re.findall(r"[ +-]\d\.\d+E[+-]\d+", line[14:])]
            terms.append((int(line[6:11]), int(line[11:14]), numbers[0], numbers[1] if len(numbers) > 1 else 0.0))
    return GravityField.from_terms("EGM96", mu_m3_s2=3.986004415e14, radius_m=6378136.3, terms=terms)


@dataclass(frozen=True)
class Scenario:
    """A scenario file as a force model, a state and manoeuvres."""

    state: StateVectors
    model: ForceModel
    area_to_mass: AreaToMass
    manoeuvres: list[Manoeuvre]


def read_scenario(cases: Path, name: str, *, greatest_degree: int = 60) -> Scenario:
    """Read a scenario of open-space-toolkit-astrodynamics. Its words are few, so that no reader of YAML is needed."""
    text = (cases / f"numprop/scenarios/{name}.yaml").read_text()

    def number(key: str) -> float:
        found = re.search(rf"\n\s+{key}: (\S+)", text)
        assert found is not None, key
        return float(found.group(1))

    date = re.search(r'value: "([^"]+)"', text)
    assert date is not None
    epoch = parse_time(date.group(1), scale=TimeScale.UTC)
    density: object = CIRA_72 if "model: EXPONENTIAL" in text else None
    if "model: NRLMSISE00" in text:
        density = _space_weather(epoch)
    model = ForceModel(
        degree=min(int(number("degree")), greatest_degree),
        gravity=egm96(cases),
        sun="body: SUN" in text,
        moon="body: MOON" in text,
        density=density,  # type: ignore[arg-type]
    )
    state = one([number(k) for k in "xyz"], [number(f"v{k}") for k in "xyz"], epoch)
    drag = number("drag-cross-section") * number("drag-coefficient") / number("mass")
    burns = _burns(text, epoch, number) if "CONSTANT_DIRECTION" in text else []
    return Scenario(state, model, AreaToMass(drag_m2_kg=drag), burns)


def _space_weather(epoch_tai_ns: int) -> ThermosphereNetwork:
    """Return the indices of 2022-12-31 to 2023-01-03 (CelesTrak's table, as heyoka carries it)."""
    return ThermosphereNetwork(
        day_tai_ns=epoch_tai_ns + np.arange(-1, 3, dtype=np.int64) * 86_400 * 10**9,
        f107=np.array([165.4, 176.1, 162.9, 151.6]),
        f107_mean=np.array([157.4, 158.6, 159.7, 160.8]),
        ap=np.array([22.0, 14.5, 10.5, 6.5]),
    )


def _burns(text: str, epoch_tai_ns: int, number) -> list[Manoeuvre]:  # type: ignore[no-untyped-def]
    """Read arcs of thrust: VNC is TNW with its axes in another order and the second one reversed."""
    thrust, mass = number("thrust"), number("mass")
    flow = thrust / (number("specific-impulse") * _STANDARD_GRAVITY_M_S2) / mass
    now, burns = epoch_tai_ns, []
    for part in re.split(r"\n\s+- type: (?=CONSTANT_DIR|COAST)", text.split("segments:")[1]):
        found = re.search(r"duration: (\S+)", part)
        if found is None:
            continue
        end = now + round(float(found.group(1)) * 1e9)
        if part.startswith("CONSTANT"):
            v, n, c = (float(x) for x in re.findall(r"- (-?\d+\.\d+)", part))
            direction = np.array([v, -c, n]) / np.linalg.norm([v, n, c])
            push = tuple(float(x) for x in direction * thrust / mass)
            burns.append(
                ThrustArc(
                    start_tai_ns=now,
                    end_tai_ns=end,
                    acceleration_m_s2=push,  # type: ignore[arg-type]
                    frame=Frame.TNW,
                    mass_flow_per_s=flow,
                )
            )
        now = end
    return burns


@dataclass(frozen=True)
class Reference:
    """A trajectory of another program."""

    elapsed_s: np.ndarray
    position_m: np.ndarray
    velocity_m_s: np.ndarray


def read_reference(path: Path, *, unit_m: float, skip_columns: int = 0) -> Reference:
    """Read elapsed seconds, position and velocity from a table."""
    with path.open(newline="") as file:
        rows = [[float(x) for x in row[skip_columns : skip_columns + 7]] for row in list(csv.reader(file))[1:]]
    table = np.array(rows)
    return Reference(table[:, 0], table[:, 1:4] * unit_m, table[:, 4:7] * unit_m)
