"""One dangerous conjunction of a simulated world of 5,000 objects, and ways to change its message."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np

from assessment_support import START, record_of, request
from mihari.app.avoid import AvoidanceAnswer, AvoidanceQuestion, avoid
from mihari.app.catalogue import FileCatalogue
from mihari.astro.earth import load_earth_orientation
from mihari.compute import SerialExecutor
from mihari.exercise.world import World, generate_world, simulate_warnings
from mihari.model.provenance import DataMode
from mihari.model.space_object import SpaceObjects

__all__ = ["EVENT", "PRIMARY", "SECONDARY", "ask", "catalogue_of_world", "message", "moved", "world", "write"]

PRIMARY, SECONDARY = 900101307, 900104070
EVENT = f"{PRIMARY}-{SECONDARY}-20260302T1612"


@cache
def world() -> World:
    """The world whose objects these are."""
    return generate_world(size=5_000, seed=3, epoch_tai_ns=START)


@cache
def _messages() -> tuple[str, ...]:
    found = simulate_warnings(
        world(),
        start_tai_ns=START,
        span_s=2 * 86_400.0,
        rng=np.random.default_rng(1),
        orientation=load_earth_orientation(),
        radius_m=1_500.0,
    )
    return tuple(each.text for each in found if each.pair == (PRIMARY, SECONDARY))


def message(update: int = 5) -> str:
    """One of eight messages of the event; the sixth is made a day before and says 3.8e-4."""
    return _messages()[update]


def catalogue_of_world(mode: DataMode = DataMode.SIMULATED) -> FileCatalogue:
    """Element sets of everything."""
    return FileCatalogue(world().element_sets, SpaceObjects.empty(), mode)


def write(folder: Path, *texts: str) -> tuple[Path, ...]:
    """Write messages into files."""
    paths = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.cdm"
        path.write_text(text)
        paths.append(path)
    return tuple(paths)


def ask(paths: tuple[Path, ...], *, is_screened: bool = True, **changes: object) -> AvoidanceAnswer:
    """Plan on messages in files, as at their own time, with few finalists."""
    words: dict[str, object] = {
        "primary": str(PRIMARY),
        "request": request(),
        "cdm": paths,
        "span_s": 30 * 3_600.0,
        "finalists": 4,
    }
    question = AvoidanceQuestion(**{**words, **changes})  # type: ignore[arg-type]
    return avoid(
        question,
        node=None,
        catalogue=(lambda mode: catalogue_of_world(mode)) if is_screened else None,
        now_tai_ns=START + 10**18,
        executor=SerialExecutor(),
    )


def moved(
    text: str,
    *,
    number: int,
    tca_utc: str,
    states_eme2000: tuple[np.ndarray, np.ndarray],
    covariance_share: float = 1.0,
) -> str:
    """Return the message as if it told of another conjunction: secondary renamed, states and covariances replaced."""
    text = text.replace(str(SECONDARY), str(number)).replace("MESSAGE_ID = SIM", "MESSAGE_ID = OTHER")
    text = re.sub(r"^TCA = .*$", f"TCA = {tca_utc.rstrip('Z')}", text, flags=re.MULTILINE)
    head, first, second = re.split(r"(?=^OBJECT = OBJECT[12]$)", text, flags=re.MULTILINE)
    parts = []
    for part, state in zip((first, second), states_eme2000, strict=True):
        for name, value in zip(("X", "Y", "Z"), state[:3] / 1e3, strict=True):
            part = re.sub(rf"^{name} = .*$", f"{name} = {value:.9f} [km]", part, flags=re.MULTILINE)
        for name, value in zip(("X_DOT", "Y_DOT", "Z_DOT"), state[3:] / 1e3, strict=True):
            part = re.sub(rf"^{name} = .*$", f"{name} = {value:.12f} [km/s]", part, flags=re.MULTILINE)
        parts.append(part)
    changed = re.sub(
        r"^(C[RTN](?:DOT)?_[RTN](?:DOT)? = )(\S+)",
        lambda found: f"{found[1]}{float(found[2]) * covariance_share:.12e}",
        head + "".join(parts),
        flags=re.MULTILINE,
    )
    record_of(changed)
    return changed
