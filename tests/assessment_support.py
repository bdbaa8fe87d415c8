"""Conjunction messages of a small simulated world, made once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from mihari.app.assess import assessment_request
from mihari.astro.earth import load_earth_orientation
from mihari.astro.time import parse_utc
from mihari.conjunction.assessment import AssessmentRequest
from mihari.exercise.world import SimulatedWarning, generate_world, simulate_warnings
from mihari.formats.ccsds import conjunction_message, parse_messages
from mihari.model.conjunction_message import ConjunctionMessage

START = parse_utc("2026-03-01T00:00:00Z")


@cache
def warnings_of(size: int, days: int, most_events: int, seed: int = 1) -> tuple[SimulatedWarning, ...]:
    world = generate_world(size=size, seed=3, epoch_tai_ns=START)
    return tuple(
        simulate_warnings(
            world,
            start_tai_ns=START,
            span_s=days * 86_400.0,
            rng=np.random.default_rng(seed),
            orientation=load_earth_orientation(),
            most_events=most_events,
        )
    )


def record_of(text: str) -> ConjunctionMessage:
    return conjunction_message(parse_messages(text.encode(), name="test"), name="test")


@cache
def _plain() -> ConjunctionMessage:
    """The last message of the fastest of a few events: short encounters are what the 2-D method is for."""
    last = [record_of(each.text) for each in warnings_of(1_500, 1, 6)[7::8]]
    return max(last, key=lambda each: each.relative_speed_m_s or 0.0)


def a_message(**changes: object) -> ConjunctionMessage:
    """The last message of one event; fields of it changed."""
    return replace(_plain(), **changes)  # type: ignore[arg-type]


def request(**words: object) -> AssessmentRequest:
    return assessment_request(**words)  # type: ignore[arg-type]
