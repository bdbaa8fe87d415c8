"""What the repository may hold: our own text and code; nothing of others, of a machine, or of a registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_BYTES = 600_000
DATA_SUFFIXES = frozenset(
    ".tle .3le .2le .txt .csv .parquet .xz .gz .zip .bz2 .zst .omm .oem .cdm .sp3 .json .sqlite .db .dat .npy .npz "
    ".pkl .feather .arrow .h5 .nc".split()
)
OWN_DATA = (
    "requirements/",
    "src/mihari/picture/_data/",
    "src/mihari/conjunction/screening/profiles/",
    "src/mihari/policy/access/data/",
    "src/mihari/policy/profiles/",
    "src/mihari/policy/language/data/",
    "src/mihari/policy/events/data/",
    "src/mihari/policy/assets/data/",
    "src/mihari/policy/instruments/data/",
    "src/mihari/policy/consultation/data/",
    "src/mihari/release/products/data/",
    "src/mihari/release/redaction/data/",
    "docs/figures/",
    "src/mihari/web/lang/",
    "src/mihari/web/vendor/",
)
"""Where such files are our own, or vendored with licence, source and digest (tests/unit/test_web_files.py)."""

# Spelt in pieces, so that this file does not hold what it looks for.
REGISTRY = re.compile(
    r"(py" r"pi\.org|pythonhosted\.org|/sim" r"ple/|registry\.npm|--index-" r"url\s*\S|--extra-in" r"dex)"
)
MACHINE = re.compile(r"(?<![\w.])/(wo" r"rk|ro" r"ot|home/\w+|Users/\w+)/[\w.]")
TLE_LINE = re.compile(r"^1 [ 0-9A-Z]{5}[UCS] .{8} \d{5}\.\d{8} .{26}\d *\d$", re.MULTILINE)


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


FILES = tracked()
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8", errors="replace") for path in FILES}


def test_files_are_found() -> None:
    assert {"pyproject.toml", "src/mihari/errors.py"} <= TEXTS.keys()


def test_no_registry_host_stands_in_the_repository() -> None:
    assert {name for name, text in TEXTS.items() if REGISTRY.search(text)} == set()


def test_no_machine_path_stands_in_the_repository() -> None:
    assert {name: found.group() for name, text in TEXTS.items() if (found := MACHINE.search(text))} == {}


def test_no_data_of_others_lies_in_the_repository() -> None:
    files = [name for name in TEXTS if Path(name).suffix.lower() in DATA_SUFFIXES and not name.startswith(OWN_DATA)]
    assert files == []
    assert {path.name: size for path in FILES if (size := path.stat().st_size) > MAX_BYTES} == {}


def real_tle_lines(text: str) -> list[str]:
    """Return the TLE lines in a text, less those of numbers that we make up ourselves: 0, 99xxx, Alpha-5 from T on."""
    return [line for line in TLE_LINE.findall(text) if not re.match(r"1 ([T-Z]\d{4}|99\d{3}|00000)", line)]


def test_no_catalogue_hides_in_the_source() -> None:
    many = {name: len(lines) for name, text in TEXTS.items() if len(lines := real_tle_lines(text)) > 4}
    assert many == {}


@pytest.mark.parametrize("text", ["/wo" + "rk/main", "see /ro" + "ot/x", "(/home/" + "me/x)"])
def test_a_planted_path_is_found(text: str) -> None:
    assert MACHINE.search(text)


@pytest.mark.parametrize("text", ["docs/work/main", "https://example.org/work/x", "/workload/x", "a/root/x"])
def test_what_is_no_machine_path_is_left_alone(text: str) -> None:
    assert MACHINE.search(text) is None


def test_a_planted_host_is_found() -> None:
    assert REGISTRY.search("https://py" + "pi.org/x")


AMERICAN = re.compile(
    r"\b(maneuver\w*|behavior\w*|catalog|catalogs|cataloged|color(?!map|bar|s?\b\s*=)\w*|center|centers|centered|"
    r"meters|kilometers|license[ds]?|analyze[ds]?|initialize[ds]?|normalize[ds]?|optimize[ds]?|organiz\w+)\b"
)


@pytest.mark.parametrize("name", sorted(n for n in TEXTS if n.endswith(".md") and not n.startswith("docs/figures/")))
def test_documents_are_in_british_spelling(name: str) -> None:
    text = re.sub(r"```.*?```|`[^`]*`|\(https?://[^)]*\)|<[^>]*>", " ", TEXTS[name], flags=re.S)
    assert sorted({found.group() for found in AMERICAN.finditer(text)}) == []
