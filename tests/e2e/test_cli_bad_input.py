"""Bad input gives one line that says what, where and what to do, a non-zero exit code, and an untouched store."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests_support import make_tle, run_mihari, store_fingerprint

_TLE = make_tle(norad_cat_id=70001, name="CASE ONE")


def _missing(folder: Path) -> list[str]:
    return ["ingest", str(folder / "absent.tle")]


def _file(name: str, content: bytes) -> Callable[[Path], list[str]]:
    def build(folder: Path) -> list[str]:
        path = folder / name
        path.write_bytes(content)
        return ["ingest", "--strict", str(path)]

    return build


def _no_readable_files(folder: Path) -> list[str]:
    (folder / "empty").mkdir()
    return ["ingest", str(folder / "empty")]


def _truncated_gzip(folder: Path) -> list[str]:
    path = folder / "cut.tle.gz"
    path.write_bytes(gzip.compress((_TLE * 2000).encode())[:-200])
    return ["ingest", str(path)]


def _zip_bomb(folder: Path) -> list[str]:
    path = folder / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a", "w", force_zip64=True) as member,
    ):
        block = b"0" * (1 << 24)
        for _ in range(192):
            member.write(block)
    return ["ingest", str(path)]


_PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"\0" * 64
_ENTITY_BOMB = b"""<?xml version="1.0"?><!DOCTYPE ndm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><ndm><omm><body>&c;</body></omm></ndm>"""
_LINES = _TLE.splitlines()
_OMM_CSV = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT\n"
    "CASE,2024-001A,{epoch},{motion},{eccentricity},51.6,10.0,20.0,30.0,0,U,{number},999,1,.1E-3,.1E-4,0\n"
)


def _omm(**changes: str) -> Callable[[Path], list[str]]:
    values = {
        "epoch": "2024-11-01T00:00:00",
        "motion": "15.5",
        "eccentricity": ".001",
        "number": "70001",
        **changes,
    }
    return _file("case.csv", _OMM_CSV.format(**values).encode())


_CASES: dict[str, tuple[Callable[[Path], list[str]], str]] = {
    "missing file": (_missing, "absent.tle"),
    "empty file": (_file("empty.tle", b""), "empty"),
    "a PNG": (_file("picture.tle", _PNG), "picture.tle"),
    "a directory without readable files": (_no_readable_files, "empty"),
    "truncated gz": (_truncated_gzip, "cut.tle.gz"),
    "zip bomb": (_zip_bomb, "bomb.zip"),
    "XML entity bomb": (_file("bomb.xml", _ENTITY_BOMB), "bomb.xml"),
    "wrong checksum": (
        _file(
            "sum.tle",
            (_LINES[0] + "\n" + _LINES[1][:-1] + str((int(_LINES[1][-1]) + 1) % 10) + "\n" + _LINES[2] + "\n").encode(),
        ),
        "checksum",
    ),
    "swapped lines": (_file("swap.tle", "\n".join([_LINES[0], _LINES[2], _LINES[1], ""]).encode()), "swap.tle"),
    "NaN element": (_omm(motion="nan"), "MEAN_MOTION"),
    "infinite element": (_omm(motion="1e999"), "MEAN_MOTION"),
    "eccentricity of one": (_omm(eccentricity="1.0"), "ECCENTRICITY"),
    "epoch in the year 2200": (_omm(epoch="2200-01-01T00:00:00"), "EPOCH"),
    "an id of ten digits": (_omm(number="1234567890"), "NORAD_CAT_ID"),
    "negative hours": (lambda folder: ["screen", "--hours", "-1"], "--hours"),
    "start yesterday": (lambda folder: ["screen", "--start", "yesterday"], "--start"),
    "unknown object": (lambda folder: ["where", "NO SUCH THING"], "NO SUCH THING"),
    "negative radius": (lambda folder: ["screen", "--radius-km", "-5"], "--radius-km"),
    "unknown profile": (lambda folder: ["screen", "--volumes", "no-such-profile"], "no-such-profile"),
    "unknown primary": (lambda folder: ["screen", "--primary", "25544"], "25544"),
    "a primary that is no number": (lambda folder: ["screen", "--primary", "ISS"], "ISS"),
    "unknown option": (lambda folder: ["where", "ISS", "--colour", "red"], "--colour"),
    "unknown verb": (lambda folder: ["wheer", "ISS"], "wheer"),
    "output of unknown kind": (lambda folder: ["picture", "--out", str(folder / "x.docx")], "x.docx"),
    "output into a missing folder": (lambda folder: ["picture", "--out", str(folder / "none" / "x.csv")], "none"),
}


@pytest.mark.parametrize("case", _CASES, ids=str)
def test_one_clear_line_and_an_untouched_store(case: str, tmp_path: Path, small_store: Path) -> None:
    build, mentions = _CASES[case]
    arguments = build(tmp_path)
    before = store_fingerprint(small_store)
    result = run_mihari(*arguments, "--store", str(small_store))
    assert result.returncode != 0, result.stdout
    assert result.returncode != 70, result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("mihari: ")
    assert mentions.lower() in lines[0].lower(), lines[0]
    assert "Traceback" not in result.stderr
    assert store_fingerprint(small_store) == before


def test_good_records_survive_a_bad_one_unless_strict(tmp_path: Path) -> None:
    bad = _LINES[1][:-1] + str((int(_LINES[1][-1]) + 1) % 10)
    file = tmp_path / "mixed.tle"
    file.write_text(make_tle(norad_cat_id=70002, name="GOOD") + f"BAD\n{bad}\n{_LINES[2]}\n")
    store = tmp_path / "store"
    lenient = run_mihari("ingest", str(file), "--store", str(store))
    assert lenient.returncode == 0, lenient.stderr
    assert "1 accepted" in lenient.stdout
    assert "mixed.tle:5" in lenient.stdout + lenient.stderr


def test_port_in_use(small_store: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run_mihari("serve", "--port", str(port), "--store", str(small_store))
    assert result.returncode == 2
    assert str(port) in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_store_of_a_newer_version(small_store: Path) -> None:
    import sqlite3

    manifest = next(small_store.glob("*.sqlite*"))
    with sqlite3.connect(manifest) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    result = run_mihari("where", "70001", "--store", str(small_store))
    assert result.returncode == 5
    assert "999" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_store_in_use_by_another_writer(small_store: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.tle"
    file.write_text(make_tle(norad_cat_id=70009, name="LATE"))
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\nfrom mihari.store import EmbeddedStore, StoreMode\nfrom pathlib import Path\n"
            f"s = EmbeddedStore.open(Path({str(small_store)!r}), mode=StoreMode.WRITE)\n"
            "with s.writing():\n    print('held', flush=True)\n    sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ},
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        result = run_mihari("ingest", str(file), "--store", str(small_store))
        assert result.returncode == 5
        assert "writer" in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
    finally:
        holder.communicate("", timeout=20)
