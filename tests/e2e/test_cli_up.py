"""The main job, as a newcomer runs it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests_support import make_tle, run_mihari


def _two(folder: Path) -> Path:
    file = folder / "two.tle"
    file.write_text(
        make_tle(norad_cat_id=70001, name="A") + make_tle(norad_cat_id=70002, name="B", mean_anomaly_deg=310.01)
    )
    return file


def test_an_empty_store_is_filled_with_a_marked_simulated_world(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    result = run_mihari("up", "--once", "--store", store, "--json", "--hours", "1", timeout=300)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["filled_with_simulated_objects"] == 30_000
    assert report["picture"]["data_mode"] == "SIMULATED"
    assert report["picture"]["objects"] == 30_000
    assert report["screening"]["coverage"]["data_mode"] == "SIMULATED"
    again = run_mihari("up", "--once", "--store", store, "--hours", "1", timeout=300)
    assert again.returncode == 0, again.stderr
    assert "SIMULATED" in again.stdout
    assert "Looked at" in again.stdout
    station = json.loads(run_mihari("where", "ISS", "--store", store, "--json").stdout)
    assert station["object"]["norad_cat_id"] >= 900_000_000
    assert station["object"]["name"].endswith("(SIM)")
    assert station["data_mode"] == "SIMULATED"


def test_a_real_catalogue_in_one_go(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    file = _two(tmp_path)
    result = run_mihari("up", "--once", "--catalogue", str(file), "--store", store, "--hours", "3")
    assert result.returncode == 0, result.stderr
    assert "2 accepted" in result.stdout
    assert "SIMULATED" not in result.stdout
    assert "median epoch" in result.stdout
    assert "Advisory" in result.stdout


def test_it_serves_watches_and_stops_cleanly(tmp_path: Path) -> None:
    store, inbox = tmp_path / "store", tmp_path / "inbox"
    inbox.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mihari", "up", "--catalogue", str(_two(tmp_path)), "--store", str(store)]
    command += ["--hours", "1", "--port", str(port), "--watch", str(inbox)]
    node = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ})
    address = f"http://127.0.0.1:{port}/api/v1"

    def ask(path: str) -> dict[str, object]:
        with urllib.request.urlopen(address + path, timeout=10) as answer:
            document: dict[str, object] = json.load(answer)
            return document

    try:
        until = time.monotonic() + 90.0
        while True:
            try:
                status = ask("/status")
                break
            except OSError:
                assert node.poll() is None, node.stderr.read() if node.stderr else ""
                assert time.monotonic() < until, "the server did not come up"
                time.sleep(0.2)
        assert status
        assert ask("/where?object=70001")["data_mode"] == "REAL"
        (inbox / "late.tle").write_text(make_tle(norad_cat_id=70009, name="LATE"))
        until = time.monotonic() + 30.0
        while True:
            try:
                late = ask("/where?object=70009")
                break
            except OSError:
                assert time.monotonic() < until, "the arrival was not taken in"
                time.sleep(0.5)
        assert late["object"] == ask("/where?object=LATE")["object"]
    finally:
        node.send_signal(signal.SIGINT)
        out, err = node.communicate(timeout=30)
    assert str(port) in out + err
    assert "Traceback" not in err


def test_ctrl_c_in_the_middle_of_long_work(tmp_path: Path) -> None:
    store = tmp_path / "store"
    command = [sys.executable, "-m", "mihari", "up", "--once", "--store", str(store), "--hours", "720"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("screening"):
            break
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.strip().splitlines()[-1].startswith("mihari: stopped")
    report = json.loads(run_mihari("doctor", "--store", str(store), "--json").stdout)
    assert report["faults"] == []
    assert report["objects"] == 30_000
