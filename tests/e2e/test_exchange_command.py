"""The commands of exchange and audit as a person types them: two nodes, bundles as files, a log that is bent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exchange_support import World, element_sets, learn
from mihari.app.clock import system_clock_tai_ns
from mihari.cli import main
from mihari_verify.__main__ import main as verify_main


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(words) == code, capsys.readouterr().err
    return capsys.readouterr().out


def contract(text: str) -> tuple[int, int, int, int]:
    told = json.loads(text)
    return told["accepted"], told["duplicates"], told["quarantined"], told["rejected"]


@pytest.fixture
def stores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    stores = {}
    for name, party in (("east", "JP"), ("west", "US")):
        stores[name] = str(tmp_path / name)
        run(capsys, "release", "keys", "new", "--party", party, "--store", stores[name])  # before there is a store
        run(capsys, "exchange", "setup", name, "--party", party, "--store", stores[name])
    for giver, taker in (("east", "west"), ("west", "east")):
        for path in (tmp_path / giver / "keys" / "public").glob("*.json"):
            (tmp_path / taker / "keys" / "public" / path.name).write_bytes(path.read_bytes())
    for name, other, party in (("east", "west", "US"), ("west", "east", "JP")):
        words = ("--party", party, "--by", "A. Mori", "--store", stores[name])
        run(capsys, "exchange", "partners", "add", other, *words)
    world = World(tmp_path)
    world.clock.now_tai_ns = system_clock_tai_ns()
    node = world.adopt("east")
    learn(node, element_sets([900_000_001, 900_000_002], epoch_tai_ns=world.clock.now_tai_ns - 10**12))
    return stores


def test_a_bundle_by_file(stores: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "one.bundle")
    out = ("--partner", "west", "--store", stores["east"], "--json")
    taken = ("--partner", "east", "--store", stores["west"], "--json")
    assert contract(run(capsys, "exchange", "export", file, *out)) == (2, 0, 0, 0)
    assert contract(run(capsys, "exchange", "import", file, *taken)) == (2, 0, 0, 0)
    assert contract(run(capsys, "exchange", "import", file, *taken)) == (0, 2, 0, 0)
    assert json.loads(run(capsys, "exchange", "export", file + "2", *out))["sequence"] is None
    assert not Path(file + "2").exists()
    run(capsys, "exchange", "export", file + "3", "--again", "1", *out)
    assert Path(file + "3").read_bytes() == Path(file).read_bytes()
    bent = tmp_path / "bent.bundle"
    bent.write_bytes(Path(file).read_bytes().replace(b'"east"', b'"EAST"', 1))
    assert contract(run(capsys, "exchange", "import", str(bent), *taken, code=1))[0] == 0
    listed = json.loads(run(capsys, "exchange", "partners", "list", "--store", stores["west"], "--json"))
    assert [each["received_bundles"] for each in listed] == [1]


def test_a_log_that_is_bent(stores: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    east, west = stores["east"], stores["west"]
    root, statement = str(tmp_path / "root.json"), str(tmp_path / "witness.json")
    run(capsys, "audit", "root", "--out", root, "--store", east)
    run(capsys, "audit", "witness", root, "--out", statement, "--store", west)
    run(capsys, "audit", "witness", statement, "--own", "--store", east)
    told = json.loads(run(capsys, "audit", "verify", "--store", east, "--json"))
    assert (told["valid"], told["first_fault"], told["witnesses"]) == (True, None, ["US"])
    assert told["entries"] == told["signed_entries"] > 0
    keys = str(Path(east) / "keys" / "public")
    assert verify_main(["audit", str(Path(east) / "audit"), "--keys", keys]) == 0
    assert json.loads(capsys.readouterr().out) == told
    assert json.loads(run(capsys, "audit", "proof", "0", "--store", east))["holds"]
    assert "exchange.partner" in run(capsys, "audit", "show", "--store", east)
    log = Path(east) / "audit" / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"A. Mori", b"B. Mori"))
    told = json.loads(run(capsys, "audit", "verify", str(log), "--store", east, "--json", code=1))
    assert (told["valid"], told["root"]) == (False, None)
    assert told["first_fault"]["index"] == 0
    assert verify_main(["audit", str(log), "--keys", keys]) == 1


def test_bad_input_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = str(tmp_path / "none")
    assert main(["exchange", "export", "x", "--partner", "west", "--store", store]) == 3
    assert "exchange setup" in capsys.readouterr().err
    assert main(["exchange", "setup", "East!", "--party", "JP", "--store", store]) == 2
    assert main(["exchange", "setup", "east", "--party", "jp", "--store", store]) == 2
    run(capsys, "exchange", "setup", "east", "--party", "JP", "--store", store)
    assert main(["exchange", "setup", "west", "--party", "JP", "--store", store]) == 2
    assert "another name" in capsys.readouterr().err
    assert main(["exchange", "import", str(tmp_path / "no"), "--partner", "x", "--store", store]) == 2
    assert main(["audit", "proof", "0", "--store", store]) == 3
    assert not any(line.count("\n") > 1 for line in capsys.readouterr().err.splitlines())
