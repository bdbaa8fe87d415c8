"""Four nodes of four parties, each a process: a partition of 72 hours, clocks that differ, one that turns evil."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange_support import FREE, HOUR, START, S, World, element_sets, folder_bytes
from mihari.model.provenance import DataMode
from mihari.release.exchange import EXCHANGED_KINDS, Item, make_bundle

PARTIES = {"east": "JP", "west": "US", "south": "AU", "north": "CA"}
AHEAD_S = {"east": 0, "west": 145, "south": -145, "north": 60}
SECRET = 987_654_321
HERE = Path(__file__).resolve().parent.parent


class Child:
    """One node's process."""

    def __init__(self, folder: Path, clock: Path, ahead_s: int) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "exchange_child.py"), str(folder), str(clock), str(ahead_s * S)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])},
        )

    def begin(self) -> None:
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{json.loads(self.process.stdout.readline())['port']}"

    def __call__(self, do: str, **told: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **told}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer
        return answer["answer"]

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("processes"))
    for name, party in PARTIES.items():
        world.add(name, party)
    names = list(PARTIES)
    world.befriend(*((one, other) for place, one in enumerate(names) for other in names[place + 1 :]))
    (world.folder / "clock").write_text(str(START))
    return world


@pytest.fixture(scope="module")
def nodes(world: World) -> Iterator[dict[str, Child]]:
    children = {name: Child(world.folder / name, world.folder / "clock", AHEAD_S[name]) for name in PARTIES}
    try:
        for child in children.values():
            child.begin()
        yield children
    finally:
        for child in children.values():
            child.end()


def set_clock(world: World, moment: int) -> None:
    part = world.folder / "clock.part"
    part.write_text(str(moment))
    part.replace(world.folder / "clock")


def sync(nodes: dict[str, Child], one: str, other: str) -> Any:
    return nodes[one]("sync", partner=other, url=nodes[other].url)


def post(url: str, data: bytes) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except urllib.error.URLError:
        return 413, b""  # the node stopped reading and hung up


def test_a_partition_of_72_hours_heals(world: World, nodes: dict[str, Child], tmp_path: Path) -> None:
    random_order = random.Random(5)
    # Before: all are in touch. East has something that only south may see.
    nodes["east"]("learn", numbers=[900_000_001, 900_000_002], label="PUBLIC")
    nodes["east"]("learn", numbers=[SECRET], label="REL:JP+AU//BY:JP")
    nodes["north"]("learn", numbers=[900_000_011], label="PUBLIC")
    for one, other in (("east", "west"), ("west", "south"), ("north", "west")):
        assert sync(nodes, one, other)["refused_there"] == []
    # Three days of silence between east with south, and west with north; all go on learning, asking and answering.
    nodes["east"](
        "ask", request_id="CR-1", to="US", text="look at the fragments", reason="a breakup", author="A. Person"
    )
    for hour in range(0, 72, 12):
        set_clock(world, START + hour * HOUR)
        for place, name in enumerate(PARTIES):
            numbers = [900_001_000 + place * 100 + hour, 900_001_001 + place * 100 + hour]
            nodes[name]("learn", numbers=numbers, label="PUBLIC")
        sync(nodes, "east", "south")
        sync(nodes, "north", "west")
    set_clock(world, START + 72 * HOUR)
    assert len(nodes["east"]("held")) < len(nodes["south"]("held")) + len(nodes["west"]("held"))
    # Healed: everybody with everybody, in any order, twice; one bundle by file, and once more.
    nodes["west"]("export", partner="east", file=str(tmp_path / "diode.bundle"))
    first = nodes["east"]("import", partner="west", file=str(tmp_path / "diode.bundle"))
    again = nodes["east"]("import", partner="west", file=str(tmp_path / "diode.bundle"))
    assert first["rejected"] == first["quarantined"] == again["accepted"] == 0
    assert again["duplicates"] == first["accepted"] + first["duplicates"]
    pairs = [(one, other) for one in PARTIES for other in PARTIES if one != other]
    for _ in range(2):
        random_order.shuffle(pairs)
        for one, other in pairs:
            report = sync(nodes, one, other)
            assert report["quarantined"] == report["rejected"] == 0, report
            assert report["refused_there"] == []
    # Convergent, nothing lost.
    told = {name: [tuple(row) for row in child("held")] for name, child in nodes.items()}
    public = {name: [row for row in rows if row[3] == "PUBLIC"] for name, rows in told.items()}
    assert public["east"] == public["west"] == public["south"] == public["north"]
    assert len(public["east"]) == 3 + 4 * 6 * 2
    # Nothing leaked: the secret is with its two parties and in no byte of the others' folders.
    for name, child in nodes.items():
        assert any(row[0] == SECRET for row in told[name]) == (name in ("east", "south"))
        assert (str(SECRET).encode() in folder_bytes(world.nodes[name])) == (name in ("east", "south"))
        state = child("state")
        assert state["alarms"] == []
        assert all(account["missing_sequences"] == [] for account in state["accounts"].values())


def test_a_request_goes_and_its_answer_comes_back(nodes: dict[str, Child]) -> None:
    assert [each["status"] for each in nodes["west"]("requests")] == ["PROPOSED"]
    assert nodes["north"]("requests") == []
    nodes["west"]("answer", request_id="CR-1", status="ACCEPTED", author="B. Person")
    nodes["west"]("answer", request_id="CR-1", status="SCHEDULED", author="B. Person")
    nodes["west"]("answer", request_id="CR-1", status="FAILED", author="B. Person", reason="cloud at every site")
    sync(nodes, "east", "west")
    (chain,) = nodes["east"]("requests")
    assert [each["status"] for each in chain["steps"]] == ["PROPOSED", "ACCEPTED", "SCHEDULED", "FAILED"]
    assert chain["steps"][-1]["reason"] == "cloud at every site"


def test_an_evil_node_is_isolated_and_the_others_go_on(world: World, nodes: dict[str, Child]) -> None:
    url = nodes["west"].url + "/api/v1/exchange/bundles"
    north = world.nodes["north"]
    now = START + 72 * HOUR
    set_clock(world, now)
    count = nodes["west"]("state")["accounts"]["north"]["received_bundles"]
    record = EXCHANGED_KINDS["element_set"].records(element_sets([900_009_999]))[0]
    content = {
        "kind": "element_set",
        "record": record,
        "label": "PUBLIC",
        "data_mode": "SIMULATED",
        "origin": "x",
        "method": "x",
        "licence": FREE,
    }

    def evil(**more: Any) -> bytes:
        key = north.keys.signing_key("CA", now_tai_ns=now)
        given = {"from_node": "north", "to_node": "west", "to_party": "US", "sequence": count + 1}
        given |= {"written_tai_ns": now, "data_mode": DataMode.SIMULATED, "hops": [], "key": key}
        items = more.pop("items", [Item(content)])
        return make_bundle(items, **given | {"previous": "0" * 64} | more)[1]  # type: ignore[arg-type]

    before = nodes["west"]("held")
    assert post(url, b"\x00" * 1_000)[0] == 200
    assert post(url, b"")[0] == 400
    assert post(url, b"x" * ((64 << 20) + 1))[0] == 413
    assert json.loads(post(url, evil()[:-10])[1])["accepted"] == 0
    # The history of north, told differently: signed by north, so north is to blame.
    status, body = post(url, evil(sequence=1))
    assert status == 200
    assert json.loads(body)["isolated"]
    state = nodes["west"]("state")
    assert state["isolated"] == ["north"]
    assert "equivocation" in state["alarms"]
    assert nodes["west"]("held") == before
    # It gets nothing any more, and the others do not notice.
    assert sync(nodes, "north", "west")["refused_there"] != []
    nodes["east"]("learn", numbers=[900_005_555], label="PUBLIC")
    sync(nodes, "east", "west")
    assert any(row[0] == 900_005_555 for row in nodes["west"]("held"))
    assert nodes["east"]("state")["isolated"] == []
