"""`screen --ephemeris` and `assess --oem` as an operator types them, and bad input in one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from ephemeris_support import S, Segment, consistent_states, write_oem
from mihari.app.catalogue import FileCatalogue
from mihari.astro.sgp4 import OperationMode
from mihari.astro.time import parse_utc
from mihari.conjunction.screening import ChosenSets
from tests_support import make_tle, run_mihari

START = parse_utc("2024-11-01T00:00:00Z")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a catalogue of five crossing orbits, ephemerides of two of them, and a store of the catalogue."""
    folder = tmp_path_factory.mktemp("operator")
    sets = [
        make_tle(norad_cat_id=70_001 + k, name=f"CASE {k}", inclination_deg=45.0 + 12.0 * k, arg_of_pericenter_deg=0.0,
                 raan_deg=10.0, mean_anomaly_deg=0.02 * k, mean_motion_rev_day=15.0)
        for k in range(5)
    ]  # fmt: skip
    (folder / "catalogue.tle").write_text("".join(sets))
    read = FileCatalogue.read([folder / "catalogue.tle"], learned_tai_ns=START).element_sets
    ordered = ChosenSets(read, read, [])
    node = START + np.arange(0, 14_401, 60) * S
    sigma = np.diag([30.0, 90.0, 20.0, 0.05, 0.03, 0.02]) ** 2
    for row in (0, 1):
        states = consistent_states(ordered.batch(OperationMode.IMPROVED), row, node)
        blocks = [(int(epoch), sigma, "RTN") for epoch in node[::10]]
        segment = Segment(states, covariances=blocks, object_name=f"CASE {row}", object_id=str(70_001 + row))
        write_oem(folder / f"{row}.oem", segment)
        write_oem(folder / f"moon{row}.oem", Segment(states, center="MOON"))
    assert run_mihari("ingest", str(folder / "catalogue.tle"), "--store", str(folder / "store")).returncode == 0
    return folder


@pytest.fixture(autouse=True)
def _no_usual_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIHARI_STORE", str(tmp_path / "none"))


def both(case: Path) -> list[str]:
    return ["--ephemeris", str(case / "0.oem"), "--ephemeris", str(case / "1.oem")]


def test_against_a_catalogue_a_store_and_alone(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["--hours", "4", "--radius-km", "60", "--json"]
    answers = []
    for where in (["--catalogue", str(case / "catalogue.tle")], ["--store", str(case / "store")], []):
        result = run_mihari("screen", *both(case), *words, *where)
        assert result.returncode == 0, result.stderr
        answers.append(json.loads(result.stdout))
    files, store, alone = answers
    assert files["conjunctions"] == store["conjunctions"] != alone["conjunctions"]
    assert [each["label"] for each in files["coverage"]["ephemerides"]] == ["0.oem", "1.oem"]
    assert files["coverage"]["objects_given"] == 7
    assert alone["coverage"]["catalogue_version"] == "none"
    among = [row for row in files["conjunctions"] if row["ephemeris_1"] and row["ephemeris_2"]]
    assert alone["conjunctions"] == among != []
    # A store in its usual place is the catalogue, unless they are to be alone.
    monkeypatch.setenv("MIHARI_STORE", str(case / "store"))
    usual = run_mihari("screen", *both(case), *words)
    assert json.loads(usual.stdout)["conjunctions"] == files["conjunctions"]
    asked = run_mihari("screen", *both(case), *words, "--alone")
    assert json.loads(asked.stdout)["conjunctions"] == among


def test_the_table_and_the_words(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "close.csv"
    result = run_mihari(
        "screen", *both(case), "--catalogue", str(case / "catalogue.tle"), "--hours", "6", "--radius-km", "60",
        "--out", str(out),
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    for words in (
        "ephemeris 0.oem: 70001 CASE 0 (OBJECT_ID of the message), 2024-11-01 00:00:00Z to 2024-11-01 04:00:00Z",
        "HERMITE of degree 7, as the message recommends",
        "the useable span of ephemeris 1.oem ends part-way",
        "start: where the first ephemeris begins",
        "eph",
    ):
        assert words in result.stdout, words
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert all({row["ephemeris_1"], row["ephemeris_2"]} & {"0.oem", "1.oem"} for row in rows)
    assert any(row["age_1_days"] == "" and row["age_2_days"] for row in rows)
    assert json.loads((tmp_path / "close.csv.coverage.json").read_text())["ephemerides"][0]["label"] == "0.oem"
    # What was written is read again by the bounds of assess --screen.
    bounds = run_mihari("assess", "--screen", str(out), "--hard-body-radius-m", "10")
    assert bounds.returncode == 0, bounds.stderr


def test_assess_tells_both_solutions(case: Path) -> None:
    words = ["assess", "--oem", str(case / "0.oem"), "--oem", str(case / "1.oem"), "--radius-km", "60"]
    words += ["--hard-body-radius-m", "10"]
    plain = run_mihari(*words, "--catalogue", str(case / "catalogue.tle"))
    assert plain.returncode == 0, plain.stderr
    for told in ("by 0.oem: covariance interpolated in RTN", "by its element set of", "advisory", "no catalogue,"):
        assert told in plain.stdout, told
    document = json.loads(run_mihari(*words, "--json").stdout)
    assert document["coverage"]["catalogue"] is False
    assert len(document["assessments"]) == document["coverage"]["assessed"] > 0
    for each in document["assessments"]:
        assert [side["state_source"] for side in each["objects"]] == ["operator ephemeris"] * 2
        assert each["probability"] is not None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["screen", "--ephemeris", "{case}/absent.oem", "--alone"], "no such file"),
        (["screen", "--ephemeris", "{case}/catalogue.tle", "--alone"], "catalogue.tle"),
        (["screen", "--ephemeris", "{case}/0.oem"], "nothing to be screened against"),
        (["screen", "--ephemeris", "{case}/moon0.oem", "--ephemeris", "{case}/1.oem"], "centre is MOON"),
        (["screen", "--ephemeris", "{case}/0.oem", "--alone", "--store", "{case}/store"], "--alone needs no catalogue"),
        (
            ["screen", "--ephemeris", "{case}/0.oem", "--store", "{case}/store", "--start", "2025-01-01"],
            "says anything",
        ),
        (["screen", "--ephemeris", "{case}/0.oem", "--store", "{case}/store", "--mode", "SIMULATED"], "SIMULATED"),
        (["screen", "--store", "{case}/store", "--alone"], "no ephemeris"),
        (["screen", "--store", "{case}/store", "--same-number"], "no ephemeris"),
        (["screen", "--ephemeris", "x=y", "--alone"], "no such file"),
        (["screen", "--ephemeris", "{case}/0.oem", "--alone", "--as-of", "2025-01-01"], "no memory"),
        (["assess", "--oem", "{case}/0.oem", "--oem", "{case}/1.oem", "--keep"], "--keep with --cdm"),
        (["assess", "--catalogue", "{case}/catalogue.tle"], "--catalogue goes with --oem"),
        (["assess", "--oem", "{case}/0.oem"], "no other to meet"),
        (["assess", "--oem", "{case}/0.oem", "--oem", "{case}/1.oem", "--radius-km", "-1"], "radius"),
        (["assess", "--oem", "{case}/0.oem", "--cdm", "{case}/1.oem"], "exclude each other"),
    ],
)
def test_bad_input_is_one_line(case: Path, words: list[str], told: str) -> None:
    result = run_mihari(*(word.format(case=case) for word in words))
    assert result.returncode in (2, 3), result.stdout
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert told in lines[0]
    assert "defect" not in lines[0]
