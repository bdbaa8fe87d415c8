"""`mihari avoid` as an operator types it: an event of the store, a catalogue of 5,000 simulated objects, one answer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import mihari
from assessment_support import request
from avoidance_app_support import EVENT, PRIMARY, SECONDARY, message, world, write
from mihari.app.avoid import AvoidanceQuestion
from mihari.app.avoidance_documents import avoidance_document
from mihari.astro.time import parse_utc
from mihari.formats import ElementSetFormat, write_element_sets
from mihari.model.provenance import DataMode
from tests_support import make_tle, run_mihari

PROMISED = {"burn_utc", "direction_rtn", "delta_v_m_s", "events", "rescreened", "recommended"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("avoid")


@pytest.fixture(scope="module")
def store(folder: Path) -> Path:
    """The world's element sets, and the first six messages of the event."""
    sets = folder / "world.parquet"
    write_element_sets(world().element_sets, sets, format=ElementSetFormat.PARQUET)
    messages = folder / "messages"
    messages.mkdir()
    write(messages, *(message(update) for update in range(6)))
    path = folder / "store"
    for arguments in (("ingest", str(sets)), ("assess", "--cdm", str(messages), "--keep")):
        result = run_mihari(*arguments, "--store", str(path))
        assert result.returncode == 0, result.stderr
    return path


@pytest.fixture(scope="module")
def document(store: Path, folder: Path) -> dict[str, Any]:
    result = run_mihari(
        "avoid", EVENT, "--primary", str(PRIMARY), "--store", str(store), "--hours", "30", "--finalists", "4",
        "--plot", str(folder / "space.png"), "--out", str(folder / "out"), "--json",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert not result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_contract(document: dict[str, Any]) -> None:
    candidates = document["candidates"]
    assert [each["kind"] for each in candidates] == ["burn"] * 4 + ["do nothing", "wait for tracking"]
    for each in candidates:
        assert set(each) >= PROMISED
        assert len(each["events"]) == len(document["conjunctions"]) == 1
    for each in candidates[:4]:
        assert parse_utc(each["burn_utc"]) >= parse_utc(document["window"]["start_utc"]) - 10**9
        assert sum(part**2 for part in each["direction_rtn"]) == pytest.approx(1.0)
        assert each["delta_v_m_s"] > 0.0
    nothing, wait = candidates[4:]
    assert (nothing["burn_utc"], nothing["direction_rtn"], nothing["delta_v_m_s"]) == (None, None, 0.0)
    assert wait["wait_until_utc"] == "2026-03-02T04:12:03Z"


def test_the_event_is_avoided_and_the_whole_world_screened(document: dict[str, Any]) -> None:
    candidates = document["candidates"]
    assert document["data_mode"] == "SIMULATED"
    assert document["advisory"] is False
    assert document["rescreening"]["objects"] == 4_999
    assert document["trade_space"]["candidates"] >= 1_000
    nothing = candidates[4]
    assert nothing["events"][0]["probability"] > 1e-4
    assert nothing["rescreened"] is True
    assert nothing["recommended"] is False
    recommended = [each for each in candidates if each["recommended"]]
    assert recommended
    assert document["recommended"] == len(recommended)
    for each in recommended:
        assert each["rescreened"] is True
        assert each["events"][0]["probability"] <= document["goal"]["probability"] == pytest.approx(3e-6)


def test_what_was_written_is_valid(document: dict[str, Any], folder: Path) -> None:
    assert (folder / "space.png").read_bytes().startswith(b"\x89PNG")
    files = [path for each in document["candidates"] for path in each.get("files", ())]
    assert sorted(Path(path).suffix for path in files) == sorted([".opm", ".oem", ".ocm"] * 3)
    check = run_mihari("message", "check", *files, "--json")
    assert check.returncode == 0, check.stdout
    assert all(each["valid"] for each in json.loads(check.stdout))


def test_a_person_reads_what_decides_and_who(folder: Path) -> None:
    (file,) = write(folder, message())
    result = run_mihari("avoid", "--primary", str(PRIMARY), "--cdm", str(file), "--hours", "30", "--finalists", "2")
    assert result.returncode == 0, result.stderr
    text = " ".join(result.stdout.split())
    assert "NOT SCREENED, so nothing is recommended: no catalogue was given" in text
    assert "RECOMMENDED" not in text.replace("0 burns are recommended", "")
    assert "The decision is the operator's." in text
    assert "do nothing" in text
    assert "wait" in text


def test_an_element_set_makes_it_advisory(folder: Path, store: Path) -> None:
    head, tail = message().split("OBJECT = OBJECT2")
    told = head + "OBJECT = OBJECT2" + tail.replace("EPHEMERIS_NAME = NONE", "EPHEMERIS_NAME = TLE")
    (file,) = write(folder, told)
    result = run_mihari(
        "avoid", "--primary", str(PRIMARY), "--cdm", str(file), "--store", str(store), "--hours", "30",
        "--finalists", "2",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert "ADVISORY, not for manoeuvre decisions" in lines[1]
    assert "public element set" in result.stdout
    assert "as advice only" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        ((), "primary", 2),
        (("--primary", "1"), "which event", 2),
        (("1-2-20260101T0000", "--primary", "1"), "there is no event", 3),
        ((EVENT, "--primary", "25544"), "give 900101307 or 900104070", 2),
        ((EVENT, "--primary", str(PRIMARY), "--constraints", "{bad}"), "'thrust' is no key of a constraints file", 2),
        ((EVENT, "--primary", str(PRIMARY), "--plot", "space.pdf"), ".png or .svg", 2),
        ((EVENT, "--primary", str(PRIMARY), "--wait", "soon"), "not a UTC time", 2),
        ((EVENT, "--primary", str(PRIMARY), "--hours", "0"), "cannot be planned", 2),
        ((EVENT, "--primary", str(PRIMARY), "--finalists", "0"), "a finalist", 2),
        ((EVENT, "--primary", str(PRIMARY), "--start", "2026-04-01T00:00:00Z"), "before the start", 2),
    ],
)
def test_bad_input_is_one_line(store: Path, tmp_path: Path, arguments: tuple[str, ...], words: str, code: int) -> None:
    bad = tmp_path / "limits.json"
    bad.write_text('{"thrust": 1}')
    given = [each.replace("{bad}", str(bad)) for each in arguments]
    result = run_mihari("avoid", *given, "--store", str(store))
    assert result.returncode == code, result.stderr
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not result.stdout


def test_the_node_answers_alike_and_a_manoeuvre_makes_it_advisory(
    store: Path, tmp_path: Path, document: dict[str, Any]
) -> None:
    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    question = AvoidanceQuestion(
        primary=str(PRIMARY), event_id=EVENT, request=request(), span_s=30 * 3_600.0, finalists=4
    )
    with mihari.open(copy) as node:
        found = avoidance_document(node.avoid(question))
        for name in ("advisory", "window", "candidates", "conjunctions", "rescreening"):
            ours = found[name]
            if name == "candidates":
                ours, theirs = ([{**each, "files": None} for each in all_] for all_ in (ours, document[name]))
                assert ours == theirs
            else:
                assert ours == document[name]
        node.note_manoeuvre(SECONDARY, at="2026-03-01T20:00:00Z", words="planned", mode=DataMode.SIMULATED)
        after = avoidance_document(node.avoid(question))
    assert after["advisory"] is True
    assert any("stale" in reason and str(SECONDARY) in reason for reason in after["advisory_reasons"])


def test_messages_and_catalogue_of_two_modes_are_refused(folder: Path, tmp_path: Path) -> None:
    """Simulated messages beside a real catalogue: the one is never screened against the other."""
    real = tmp_path / "real.tle"
    real.write_text(make_tle(norad_cat_id=70001, name="REAL ONE"))
    (file,) = write(folder, message())
    result = run_mihari("avoid", "--primary", str(PRIMARY), "--cdm", str(file), "--catalogue", str(real))
    assert result.returncode == 2
    assert "no usable SIMULATED element set" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
