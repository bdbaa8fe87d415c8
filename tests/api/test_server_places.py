"""What the node tells over HTTP names no place on its machine; whoever sits at the machine reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mihari.app.node import Node, node_over, open_files, open_node
from mihari.errors import MihariError
from mihari.server import create_app

API = "/api/v1"
QUESTIONS = ("status", "where?object=1", "events", "runs", "runs/7", "conjunctions", "ephemeris/latest.json")


def _no_store(folder: Path) -> Node:
    return node_over(folder / "absent")


def _empty(folder: Path) -> Node:
    return open_node(folder / "store")


def _damaged(folder: Path) -> Node:
    node = open_node(folder / "store")
    (folder / "store" / "manifest.sqlite").write_bytes(b"torn" * 4096)
    return node


def _without_manifest(folder: Path) -> Node:
    node = open_node(folder / "store")
    (folder / "store" / "manifest.sqlite").unlink()
    return node


def _no_file(folder: Path) -> Node:
    return open_files([folder / "gone.tle"])


def _bad_file(folder: Path) -> Node:
    (folder / "bad.tle").write_bytes(b"\x00\x01\x02" * 100)
    return open_files([folder / "bad.tle"])


@pytest.mark.parametrize("opened", [_no_store, _empty, _damaged, _without_manifest, _no_file, _bad_file])
def test_no_answer_names_a_place_of_the_machine(tmp_path: Path, opened: Callable[[Path], Node]) -> None:
    node = opened(tmp_path)
    client = TestClient(create_app(node), raise_server_exceptions=False)
    answers = [client.get(f"{API}/{question}") for question in QUESTIONS]
    assert [answer.text for answer in answers if str(tmp_path) in answer.text] == []
    assert any(answer.is_error or answer.json().get("catalogue_note") for answer in answers)
    with pytest.raises(MihariError) as told:
        node.catalogue()
    assert str(tmp_path) in told.value.line()
    assert str(tmp_path) not in told.value.public_line()


def test_a_file_keeps_its_name_and_loses_its_folder() -> None:
    assert MihariError("is empty", where="/srv/somebody/new.tle").public_line() == "new.tle: is empty"
    assert (
        MihariError("is empty", where="new.tle, line 3", remedy="ask").public_line()
        == "new.tle, line 3: is empty (ask)"
    )
    assert MihariError("is full", where=Path("store")).public_line() == "is full"
    assert MihariError("is full", where=Path("store")).line() == "store: is full"
