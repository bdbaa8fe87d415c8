"""What many readers ask for is made once, sent compressed, not sent again, and never kept too long."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from mihari.app.node import open_node
from mihari.picture import KnotSource
from mihari.server import create_app
from mihari.store import EmbeddedStore, StoreMode
from store_support import SIMULATED, element_sets

API = "/api/v1"
LATEST = f"{API}/ephemeris/latest.json"
DAY_NS = 86_400_000_000_000
NOW = 1_740_830_437_500_000_000


def test_sidecar_is_sent_compressed_to_whoever_takes_it(client: TestClient) -> None:
    with client.stream("GET", LATEST, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    plain = client.get(LATEST, headers={"Accept-Encoding": "identity"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed) == plain.content
    assert answer.headers["etag"] != plain.headers["etag"]
    assert answer.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


def test_sidecar_is_not_sent_again_while_it_is_the_same(client: TestClient, small_node: Any) -> None:
    tag = client.get(LATEST).headers["etag"]
    again = client.get(LATEST, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    small_node.element_sets = type(small_node.element_sets)(
        small_node.element_sets.frame.with_columns(pl.col("mean_anomaly_deg") + 1.0)
    )
    assert client.get(LATEST, headers={"If-None-Match": tag}).status_code == 200


def test_sidecar_is_written_as_its_columns_are(client: TestClient, small_node: Any) -> None:
    told = client.get(LATEST).json()
    rows = KnotSource.of(small_node.element_sets).rows
    for name in rows.drop("element_set_epoch_tai_ns").columns:
        assert told[name] == rows[name].to_list(), name


def test_a_knot_that_many_ask_for_is_made_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{API}/{client.get(LATEST).json()['knot_path'].format(k=271_500)}"
    made: list[int] = []
    original = KnotSource.knot_bytes

    def slow(self: KnotSource, k: int, **rest: Any) -> bytes:
        made.append(k)
        threading.Event().wait(0.1)
        return original(self, k, **rest)

    monkeypatch.setattr(KnotSource, "knot_bytes", slow)
    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(lambda _: client.get(path).content, range(6)))
    assert (len(found), made) == (1, [271_500])


def test_what_a_store_learns_is_in_the_next_answer(tmp_path: Path) -> None:
    node = open_node(tmp_path / "store", clock=lambda: NOW)

    def learn(number: int, epoch_tai_ns: int) -> None:
        with EmbeddedStore.open(tmp_path / "store", mode=StoreMode.WRITE) as store:
            sets = element_sets([number], [epoch_tai_ns])
            store.append_element_sets(sets, provenance=SIMULATED, learned_tai_ns=NOW)

    learn(900_000_001, NOW - DAY_NS)
    client = TestClient(create_app(node))
    before = [
        client.get(f"{API}/{path}").json() for path in ("status", "ephemeris/latest.json", "geo", "catalogue/health")
    ]
    learn(900_000_002, NOW - DAY_NS)
    after = [
        client.get(f"{API}/{path}").json() for path in ("status", "ephemeris/latest.json", "geo", "catalogue/health")
    ]
    assert [each["catalogue"]["objects"] for each in (before[0], after[0])] == [1, 2]
    assert [each["count"] for each in (before[1], after[1])] == [1, 2]
    assert before[2]["catalogue_version"] != after[2]["catalogue_version"]
    assert [each["objects"] for each in (before[3], after[3])] == [1, 2]


def test_a_choice_is_kept_only_until_the_next_epoch(tmp_path: Path) -> None:
    now = [NOW]
    node = open_node(tmp_path / "store", clock=lambda: now[0])
    with EmbeddedStore.open(tmp_path / "store", mode=StoreMode.WRITE) as store:
        sets = element_sets([1, 1, 1], [NOW - DAY_NS, NOW + 1, NOW + DAY_NS])
        store.append_element_sets(sets, provenance=SIMULATED, learned_tai_ns=NOW)
    catalogue = node.catalogue()
    assert catalogue is node.catalogue()
    chosen = [int(catalogue.sets_at(NOW + later).frame["epoch_tai_ns"][0]) - NOW for later in (-2, 0, 1, 5, DAY_NS)]
    assert chosen == [-DAY_NS, -DAY_NS, 1, 1, DAY_NS]
    assert catalogue.sets_at(NOW + 1) is catalogue.sets_at(NOW + 5)
