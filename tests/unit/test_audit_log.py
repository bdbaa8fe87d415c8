"""The audit log: what is written stays, what is bent is found, what a crash cut off is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from mihari.errors import InputError, StoreError
from mihari.release.audit import (
    TORN_KIND,
    AuditLog,
    add_witness,
    check_root,
    is_consistent,
    is_included,
    read_roots,
    sign_root,
    tree_root,
    witness_root,
)
from mihari.release.signing import KeyRing, SigningKey
from mihari_verify.audit import verify_log

NOW = 1_800_000_000 * 10**9
YEAR = 365 * 86_400 * 10**9


def entry(number: int, **more: Any) -> dict[str, Any]:
    return {"kind": "test.done", "at_utc": "2026-12-01T00:00:00Z", "actor": f"person {number}", **more}


def key(party: str) -> SigningKey:
    return SigningKey.new(party, valid_from_tai_ns=NOW - YEAR, valid_until_tai_ns=NOW + YEAR)


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    log = AuditLog(tmp_path / "audit")
    for number in range(5):
        assert log.append(entry(number)) == number
    return log


def test_entries_come_back_in_order(log: AuditLog) -> None:
    assert [line.entry["actor"] for line in log.lines()] == [f"person {number}" for number in range(5)]
    assert len(log) == 5
    assert log.root() == tree_root(log.leaves())


def test_a_second_reader_and_writer_sees_the_same(log: AuditLog) -> None:
    other = AuditLog(log.folder)
    assert other.append(entry(5)) == 5
    assert len(log) == 6
    assert log.append_many([entry(6), entry(7)]) == range(6, 8)
    assert other.root() == log.root()


def test_proofs_hold(log: AuditLog) -> None:
    for index, leaf in enumerate(log.leaves()):
        assert is_included(leaf, index, 5, log.inclusion_proof(index), log.root())
    old = log.root()
    log.append(entry(5))
    assert is_consistent(5, 6, old, log.root(), log.consistency_proof(5))


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"kind": "x"},
        {"kind": "Not Small", "at_utc": "2026"},
        entry(0, value=1.5),
        entry(0, value=float("nan")),
        entry(0, value=2**60),
        entry(0, value=object()),
        entry(0, schlüssel=1),
        entry(0, text="\ud800"),
        entry(0, text="x" * 600_000),
    ],
)
def test_what_cannot_be_checked_later_is_not_written(log: AuditLog, bad: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        log.append_many([entry(9), bad])
    assert len(log) == 5


def signed_log(tmp_path: Path) -> tuple[AuditLog, SigningKey]:
    log = AuditLog(tmp_path / "sample")
    for number in range(2):
        log.append({"kind": "x", "at_utc": "2026-12-01", "records": [number], "words": "見張り"})
    owner = key("JP")
    sign_root(log, owner, node_id="east", at_tai_ns=NOW)
    return log, owner


def test_every_single_bit_of_a_log_counts(tmp_path: Path) -> None:
    log, _ = signed_log(tmp_path)
    assert verify_log(log.folder)["valid"]
    whole = log.path.read_bytes()
    missed = []
    for place in range(len(whole)):
        for bit in range(8):
            log.path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
            if verify_log(log.folder)["valid"]:
                missed.append((place, bit))
    assert missed == []


def test_bits_are_found_without_any_root_too(tmp_path: Path) -> None:
    log, _ = signed_log(tmp_path)
    whole = log.path.read_bytes()
    alone = tmp_path / "alone.jsonl"
    for place in range(len(whole)):
        alone.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not verify_log(alone)["valid"], place


def test_every_bit_of_the_roots_counts(tmp_path: Path) -> None:
    log, owner = signed_log(tmp_path)
    ring = KeyRing.of([owner.public])

    def check(document: Any, signatures: Any, context: str) -> tuple[Any, frozenset[str]]:
        from mihari.release.signing import verify

        found = verify(document, signatures, keys=ring, context=context, at_tai_ns=NOW)
        return found.reasons, found.parties

    path = log.folder / "roots.jsonl"
    whole = path.read_bytes()
    assert verify_log(log.folder, check=check)["valid"]
    long = whole.index(b"ML-DSA-65")  # its signature takes 4.4 kB: one byte in eleven of them stands for all
    places = [place for place in range(len(whole)) if not (long < place < len(whole) - 300 and place % 11)]
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        assert not verify_log(log.folder, check=check)["valid"], place


def test_every_cut_deletion_exchange_and_doubling_is_found(tmp_path: Path) -> None:
    log, _ = signed_log(tmp_path)
    whole = log.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for end in range(len(whole)):
        log.path.write_bytes(whole[:end])
        assert not verify_log(log.folder)["valid"], end
    for place in range(len(lines)):
        for bent in (
            [*lines[:place], *lines[place + 1 :]],
            [*lines[:place], lines[place], *lines[place:]],
            [lines[place], *lines[:place], *lines[place + 1 :]] if place else lines[::-1],
        ):
            log.path.write_bytes(b"".join(bent))
            assert not verify_log(log.folder)["valid"]


def test_a_cut_needs_the_root_and_a_witness_finds_both_cut(tmp_path: Path) -> None:
    log, _owner = signed_log(tmp_path)
    west = key("US")
    root = read_roots(log.folder / "roots.jsonl")[-1]
    statement = witness_root(root, before=None, proof=(), key=west, node_id="west", at_tai_ns=NOW)
    kept = tmp_path / "witness.jsonl"
    kept.write_bytes(json.dumps(statement.document(), sort_keys=True, separators=(",", ":")).encode() + b"\n")
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:-1]))
    found = verify_log(log.folder)
    assert not found["valid"]
    assert "cut" in found["first_fault"]["reason"]
    (log.folder / "roots.jsonl").unlink()
    assert verify_log(log.folder)["valid"]  # nothing here tells
    assert not verify_log(log.folder, roots=[kept])["valid"]


def test_a_chain_made_anew_does_not_have_the_signed_root(tmp_path: Path) -> None:
    log, _owner = signed_log(tmp_path)
    forged = AuditLog(tmp_path / "forged")
    for line in log.lines():
        forged.append({**line.entry, "actor": "nobody"})
    log.path.write_bytes(forged.path.read_bytes())
    found = verify_log(log.folder)
    assert not found["valid"]
    assert "root" in found["first_fault"]["reason"]


def test_the_first_fault_is_named(log: AuditLog) -> None:
    text = log.path.read_text().replace("person 3", "person 8")
    log.path.write_text(text)
    assert verify_log(log.path)["first_fault"] == {
        "where": "log",
        "index": 3,
        "reason": "does not have the hash that it states",
    }


def test_witnesses_sign_only_what_grew(log: AuditLog) -> None:
    east, west = key("JP"), key("US")
    ring = KeyRing.of([east.public, west.public])
    first = sign_root(log, east, node_id="east", at_tai_ns=NOW)
    assert check_root(first, keys=ring, at_tai_ns=NOW).parties == {"JP"}
    seen = witness_root(first, before=None, proof=(), key=west, node_id="west", at_tai_ns=NOW)
    add_witness(log, seen)
    log.append(entry(5))
    second = sign_root(log, east, node_id="east", at_tai_ns=NOW)
    proof = log.consistency_proof(5, 6)
    grown = witness_root(second, before=seen, proof=proof, key=west, node_id="west", at_tai_ns=NOW)
    assert check_root(grown, keys=ring, at_tai_ns=NOW).valid
    with pytest.raises(InputError, match="does not begin"):
        witness_root(second, before=seen, proof=proof[:-1], key=west, node_id="west", at_tai_ns=NOW)
    other = AuditLog(log.folder.parent / "other")
    other.append(entry(1))
    with pytest.raises(InputError, match="another log"):
        add_witness(other, grown)


def test_a_torn_line_is_told_and_kept(log: AuditLog) -> None:
    with log.path.open("ab") as stream:
        stream.write(b'{"entry":{"actor":"half')
    assert len(log) == 5
    assert log.torn_bytes() == 23
    assert verify_log(log.path)["first_fault"]["index"] == 5
    assert log.append(entry(6)) == 6
    told = next(line for line in log.lines() if line.index == 5).entry
    assert (told["kind"], told["bytes"]) == (TORN_KIND, 23)
    assert (log.folder / "torn" / told["kept_as"]).read_bytes() == b'{"entry":{"actor":"half'
    assert verify_log(log.path)["valid"]
    assert log.torn_bytes() == 0


def test_a_kill_between_setting_aside_and_telling_loses_nothing(log: AuditLog) -> None:
    torn = log.folder / "torn"
    torn.mkdir()
    (torn / "99-abc.bin").write_bytes(b"half")
    assert log.append(entry(6)) == 6
    assert [line.entry["kind"] for line in log.lines()][-2:] == [TORN_KIND, "test.done"]


def test_nothing_is_written_behind_a_bent_line(log: AuditLog) -> None:
    log.path.write_bytes(log.path.read_bytes().replace(b"person 4", b"person 9"))
    with pytest.raises(StoreError, match="last line"):
        log.append(entry(5))


CHILD = textwrap.dedent("""
    import sys
    from mihari.release.audit import AuditLog
    log = AuditLog(sys.argv[1])
    number = 0
    while True:
        log.append({"kind": "test.done", "at_utc": "2026-12-01T00:00:00Z", "actor": sys.argv[2], "number": number})
        print(number, flush=True)
        number += 1
""")


def test_processes_write_together_and_may_be_killed(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(folder), f"child {number}"], stdout=subprocess.PIPE, env=os.environ.copy()
        )
        for number in range(3)
    ]
    acknowledged = {}
    deadline = time.monotonic() + 60.0
    while not (folder / "log.jsonl").exists() or (folder / "log.jsonl").stat().st_size < 20_000:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for number, child in enumerate(children):
        child.send_signal(signal.SIGKILL)
        out, _ = child.communicate()
        whole = list(out.decode().split("\n")[:-1])
        acknowledged[f"child {number}"] = int(whole[-1]) if whole else -1
    log = AuditLog(folder)
    log.append(entry(0))
    found = verify_log(folder)
    assert found["valid"], found
    for name, last in acknowledged.items():
        written = [line.entry["number"] for line in log.lines() if line.entry.get("actor") == name]
        assert written == list(range(len(written)))
        assert len(written) > last  # what was acknowledged is there


def test_threads_share_one_log(log: AuditLog) -> None:
    threads = [threading.Thread(target=lambda: [log.append(entry(9)) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log) == 45
    assert verify_log(log.path)["valid"]
