"""A made-up conjunction as messages, its assessment as a document, and grids that a document may carry."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mihari.app.assess import assess_files, assessment_request
from mihari.app.assessment_documents import assessment_document
from mihari.app.keep_messages import assessment_frame
from mihari.astro.time import format_utc, parse_utc
from mihari.conjunction.probability import circle_probability, sensitivity

__all__ = ["document_of", "history_of", "message_text", "with_grids"]

TCA = "2026-03-05T10:30:12.250Z"
AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")


def message_text(
    number: int = 0,
    *,
    names: tuple[str, str] = ("MADE UP ALPHA", "MADE UP BETA"),
    has_covariance: bool = True,
    radius_m: float | None = 12.0,
    contact: str = "",
    designators: tuple[str, str] = ("70001", "70002"),
) -> str:
    """Return the message of a crossing at right angles, `number` half days after the first one."""
    made = format_utc(parse_utc("2026-03-01T22:00:00Z") + number * 43_200 * 10**9, digits=3)[:-1]
    shrink = 0.6**number
    lines = [
        "CCSDS_CDM_VERS = 1.0",
        f"CREATION_DATE = {made}",
        "ORIGINATOR = MADE_UP",
        f"MESSAGE_ID = MADE_UP_{'_'.join(designators)}_{number}",
        f"TCA = {TCA[:-1]}",
        "MISS_DISTANCE = 310 [m]",
        *([] if radius_m is None else [f"COMMENT HBR = {radius_m} [m]"]),
    ]
    offset_km = (0.12 - 0.01 * number, 0.2, 0.2)
    states = (((7000.0, 0.0, 0.0), (0.0, 7.5, 0.0)), (tuple(np.add((7000.0, 0.0, 0.0), offset_km)), (0.0, 0.0, 7.5)))
    for k, (name, designator, (position, velocity)) in enumerate(zip(names, designators, states, strict=True), 1):
        lines += [
            f"OBJECT = OBJECT{k}",
            f"OBJECT_DESIGNATOR = {designator}",
            "CATALOG_NAME = SATCAT",
            f"OBJECT_NAME = {name}",
            "INTERNATIONAL_DESIGNATOR = UNKNOWN",
            "OBJECT_TYPE = PAYLOAD",
            *([f"OPERATOR_CONTACT_POSITION = {contact}"] if contact else []),
            "EPHEMERIS_NAME = NONE",
            "COVARIANCE_METHOD = CALCULATED",
            "MANEUVERABLE = YES",
            "REF_FRAME = EME2000",
            *(f"{axis} = {value:.9f} [km]" for axis, value in zip("XYZ", position, strict=True)),
            *(f"{axis}_DOT = {value:.9f} [km/s]" for axis, value in zip("XYZ", velocity, strict=True)),
        ]
        sigma = np.array((40.0, 300.0, 30.0, 0.3, 0.04, 0.03)) * shrink * k
        covariance = np.diag(sigma**2) if has_covariance else np.zeros((6, 6))
        covariance[3, 1] = covariance[1, 3] = -0.4 * sigma[1] * sigma[3] * has_covariance
        units = ("[m**2]", "[m**2/s]", "[m**2/s**2]")
        lines += [
            f"C{row}_{column} = {covariance[i, j]:.9e} {units[(i > 2) + (j > 2)]}"
            for i, row in enumerate(AXES)
            for j, column in enumerate(AXES[: i + 1])
        ]
    return "\n".join(lines) + "\n"


def _assessed(folder: Path, count: int, **words: Any) -> Any:
    paths = []
    for number in range(count):
        paths.append(folder / f"{number}.cdm")
        paths[-1].write_text(message_text(number, **words), encoding="utf-8")
    return assess_files(paths, assessment_request())


def document_of(folder: Path, **words: Any) -> dict[str, Any]:
    """Return the assessment of one message as a document."""
    batch = _assessed(folder, 1, **words)
    return assessment_document(batch.assessments[0], coverage=batch.coverage())


def history_of(folder: Path, count: int, **words: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the newest assessment of an event of several messages, and the rows of its history."""
    batch = _assessed(folder, count, **words)
    mine = sorted(batch.assessments, key=lambda each: each.creation_tai_ns)
    rows = assessment_frame(mine, coverage={}).to_dicts()
    return assessment_document(mine[-1], coverage=batch.coverage()), rows


def with_grids(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document with the sensitivity grids and the dilution curve that belong to it."""
    covariance = np.array(document["geometry"]["plane_covariance_m2"])
    miss, radius_m = (document["miss_distance_m"], 0.0), document["hard_body_radius_m"]
    grid = sensitivity(miss, covariance * 0.2, covariance * 0.8, radius_m)
    return {
        **document,
        "sensitivity": {
            "radius_m": grid.radius_m.tolist(),
            "probability_by_radius": grid.by_radius.tolist(),
            "scale_1": grid.scale.tolist(),
            "scale_2": grid.scale.tolist(),
            "probability_by_scale": grid.by_scale.tolist(),
        },
        "dilution_curve": {
            "scale": _scales().tolist(),
            "probability": circle_probability(
                miss, _scales()[:, None, None] ** 2 * covariance, radius_m
            ).probability.tolist(),
        },
    }


@cache
def _scales() -> Any:
    return np.geomspace(0.05, 20.0, 61)
