"""Many readers of one node at a time: what they ask for, how long they wait, and what disturbs them meanwhile."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Answers", "Reader", "busy_intake", "new_readers", "page_reader", "quantiles_ms", "read"]

_API = "/api/v1"
_PAUSE_S = 1.0
# What an open page asks for, by how often; knots lead because play fetches them ahead of time.
_MIX = {
    "ephemeris/V/k.f32": 25,
    "objects/{id}": 20,
    "where": 15,
    "status": 10,
    "health": 10,
    "conjunctions, 100 rows": 8,
    "catalogue/health": 5,
    "geo": 4,
    "ephemeris/latest.json": 3,
}


@dataclass
class Answers:
    """Seconds from the question to the last byte, by kind; `refused` are statuses that are no answer."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


@dataclass
class Reader:
    """One reader: a connection, a source of choices, and the version of the catalogue that it has."""

    connection: http.client.HTTPConnection
    choose: random.Random
    version: str
    ids: list[int]
    knot: int
    tag: str = ""

    def ask(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Return status, headers and body."""
        try:
            self.connection.request("GET", path, headers=headers or {})
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # A server closes what was idle; a browser connects again, too.
            self.connection.close()
            self.connection.request("GET", path, headers=headers or {})
            answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()


def page_reader(reader: Reader, kind: str, answers: Answers) -> None:
    """Ask one thing as the page does, and note how long it took."""
    one = reader.choose.choice(reader.ids)
    near = reader.knot + reader.choose.randrange(4)
    headers: dict[str, str] = {}
    path = {
        "ephemeris/V/k.f32": f"ephemeris/{reader.version}/{near}.f32",
        "objects/{id}": f"objects/{one}",
        "where": f"where?object={one}",
        "conjunctions, 100 rows": "conjunctions?limit=100",
    }.get(kind, kind)
    if kind == "ephemeris/latest.json":
        headers = {"Accept-Encoding": "gzip", "If-None-Match": reader.tag}
    began = time.perf_counter()
    status, told, content = reader.ask(f"{_API}/{path}", headers)
    answers.seconds.setdefault(kind, []).append(time.perf_counter() - began)
    if kind == "ephemeris/latest.json" and status == 200:
        reader.tag = told["ETag"] or ""
    if status not in (200, 304):
        answers.refused.append(f"{status} {path}")
    if kind == "status" and (version := json.loads(content)["catalogue"]["catalogue_version"]) != reader.version:
        # As the page does: the rows of the new catalogue, then its states.
        reader.version = version
        page_reader(reader, "ephemeris/latest.json", answers)


def read(
    readers: list[Reader],
    *,
    span_s: float,
    pause_s: float = _PAUSE_S,
    ask: Callable[[Reader, str, Answers], None] = page_reader,
    kinds: dict[str, int] | None = None,
) -> Answers:
    """Let the readers ask for a while, each with pauses of `pause_s` on average, 0 for none."""
    mix = kinds or _MIX
    until = time.perf_counter() + span_s

    def run(reader: Reader) -> Answers:
        own = Answers()
        while time.perf_counter() < until:
            if pause_s:
                time.sleep(reader.choose.expovariate(1.0 / pause_s))
            (kind,) = reader.choose.choices(list(mix), weights=list(mix.values()))
            ask(reader, kind, own)
        return own

    whole = Answers()
    with ThreadPoolExecutor(len(readers)) as pool:
        for own in pool.map(run, readers):
            whole.refused += own.refused
            for kind, seconds in own.seconds.items():
                whole.seconds.setdefault(kind, []).extend(seconds)
    return whole


def quantiles_ms(seconds: list[float]) -> tuple[float, float, float, float]:
    """Return median, 95th and 99th percentile and the longest, ms."""
    p50, p95, p99, most = (np.quantile(seconds, [0.5, 0.95, 0.99, 1.0]) * 1e3).tolist()
    return p50, p95, p99, most


_TAKE_IN = """
import sys
from mihari.app.node import open_node
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.store import EmbeddedStore, StoreMode
import polars as pl
node = open_node(sys.argv[1], create=False)
catalogue = node.catalogue()
frame = catalogue.sets_at(2**62).frame.select(pl.all().exclude("learned_tai_ns"))
newer = frame.with_columns(pl.col("epoch_tai_ns") + 1_000_000_000, pl.col("mean_anomaly_deg") * 0.999)
stamp = Provenance(source="benchmark", data_mode=catalogue.data_mode, method="newer sets")
with EmbeddedStore.open(sys.argv[1], mode=StoreMode.WRITE) as store:
    store.append_element_sets(ElementSets(newer), provenance=stamp, learned_tai_ns=node.now_tai_ns())
"""


@contextmanager
def busy_intake(store: Path, *, every_s: float) -> Iterator[list[float]]:
    """Take a whole new catalogue into a store again and again, in a process of its own; yields the seconds of each."""
    ended = threading.Event()
    took: list[float] = []

    def loop() -> None:
        while not ended.wait(every_s if took else 1.0):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", _TAKE_IN, str(store)], check=True)
            took.append(time.perf_counter() - began)

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield took
    finally:
        ended.set()
        thread.join()


def new_readers(port: int, count: int, sidecar: dict[str, Any], knot: int) -> list[Reader]:
    """Return readers that have loaded the catalogue."""
    return [
        Reader(
            http.client.HTTPConnection("127.0.0.1", port, timeout=120),
            random.Random(seed),
            sidecar["catalogue_version"],
            sidecar["norad_cat_id"],
            knot,
        )
        for seed in range(count)
    ]
