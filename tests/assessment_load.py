"""A screening service that sends messages for days, with updates, duplicates and late arrivals; and the tally."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from mihari.app.assess import assessment_request
from mihari.app.node import open_node
from mihari.astro.earth import load_earth_orientation
from mihari.astro.time import parse_utc
from mihari.exercise.world import generate_world, simulate_warnings
from mihari.model.provenance import DataMode

START = parse_utc("2026-03-01T00:00:00Z")
DAY_NS = 86_400 * 10**9
DUPLICATED = 0.05
DELAYED = 0.05


@dataclass(frozen=True)
class Tally:
    """What was sent and what the node made of it."""

    true_events: int
    distinct_messages: int
    duplicates_sent: int
    accepted: int
    duplicates: int
    late: int
    events: int
    table: pl.DataFrame
    latency_s: list[float]


def run_load(folder: Path, *, days: int, events_a_day: int, seed: int, size: int = 2_000) -> Tally:
    """Send the messages of `days` days of closest approaches, one batch a day, and ask for the list after each."""
    rng = np.random.default_rng(seed)
    world = generate_world(size=size, seed=3, epoch_tai_ns=START)
    warnings = []
    for day in range(days):
        warnings += simulate_warnings(
            world,
            start_tai_ns=START + day * DAY_NS,
            span_s=86_400.0,
            rng=rng,
            orientation=load_earth_orientation(),
            radius_m=20_000.0,
            most_events=events_a_day,
        )
    sent: dict[int, list[str]] = {}
    duplicates = 0
    for each in warnings:
        day = (each.creation_tai_ns - START) // DAY_NS
        arrives = day + (rng.integers(1, 4) if rng.random() < DELAYED else 0)
        sent.setdefault(int(arrives), []).append(each.text)
        if rng.random() < DUPLICATED:
            duplicates += 1
            sent.setdefault(int(arrives + rng.integers(0, 3)), []).append(each.text)
    clock = [START]
    request = assessment_request()
    accepted = known = late = events = 0
    latency = []
    with open_node(folder / "store", clock=lambda: clock[0]) as node:
        for day in sorted(sent):
            clock[0] = START + (day + 10) * DAY_NS
            inbox = folder / f"day{day}"
            inbox.mkdir()
            for number, text in enumerate(sent[day]):
                (inbox / f"{number:06d}.cdm").write_text(text)
            began = time.perf_counter()
            kept = node.keep_messages([inbox], request)
            latency.append((time.perf_counter() - began) / max(len(sent[day]), 1))
            accepted += kept.accepted
            known += kept.duplicates
            late += kept.late
            events += kept.events
        table = node.events(mode=DataMode.SIMULATED)
    truth = {(each.pair, each.true_tca_tai_ns) for each in warnings}
    return Tally(
        true_events=len(truth),
        distinct_messages=len(warnings),
        duplicates_sent=duplicates,
        accepted=accepted,
        duplicates=known,
        late=late,
        events=events,
        table=table,
        latency_s=latency,
    )
