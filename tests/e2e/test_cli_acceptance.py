"""What a person with bad records, hostile names, a full disk and docked modules meets."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from mihari.app import export
from mihari.errors import InputError
from tests_support import make_tle, run_mihari, store_fingerprint


def bad_tle() -> str:
    name, one, two = make_tle(norad_cat_id=70001, name="BAD").splitlines()
    return f"{name}\n{one[:-1]}{(int(one[-1]) + 1) % 10}\n{two}\n"


@pytest.mark.parametrize("extra", [(), ("--strict",)])
def test_bad_records_alone_are_refused_and_make_no_store(tmp_path: Path, extra: tuple[str, ...]) -> None:
    (tmp_path / "bad.tle").write_text(bad_tle())
    done = run_mihari("ingest", str(tmp_path / "bad.tle"), "--store", str(tmp_path / "s"), *extra)
    assert done.returncode == 2
    assert "bad.tle:2" in done.stderr
    assert "CHECKSUM" in done.stderr
    assert "nothing was stored" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "s").exists()


def test_bad_records_alone_leave_a_store_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "good.tle").write_text(make_tle(norad_cat_id=70001, name="GOOD"))
    (tmp_path / "bad.tle").write_text(bad_tle())
    assert run_mihari("ingest", str(tmp_path / "good.tle"), "--store", str(tmp_path / "s")).returncode == 0
    before = store_fingerprint(tmp_path / "s")
    assert run_mihari("ingest", str(tmp_path / "bad.tle"), "--store", str(tmp_path / "s")).returncode == 2
    assert store_fingerprint(tmp_path / "s") == before
    both = run_mihari("ingest", str(tmp_path / "good.tle"), str(tmp_path / "bad.tle"), "--store", str(tmp_path / "s"))
    assert both.returncode == 0
    assert "1 duplicates" in both.stdout
    assert "1 rejected" in both.stdout


def test_up_names_the_record_that_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "bad.tle").write_text(bad_tle())
    done = run_mihari("up", "--once", "--catalogue", str(tmp_path / "bad.tle"), "--store", str(tmp_path / "s"))
    assert done.returncode == 2
    assert "bad.tle:2" in done.stderr
    assert not (tmp_path / "s").exists()


def test_a_hostile_name_is_only_a_name(tmp_path: Path) -> None:
    record = {
        "OBJECT_NAME": "[red]evil[/red] [/foo]\x1b[31m\x07",
        "OBJECT_ID": "2024-001A",
        "EPOCH": "2024-11-01T00:00:00",
        "MEAN_MOTION": 15.5,
        "ECCENTRICITY": 0.0007,
        "INCLINATION": 51.6,
        "RA_OF_ASC_NODE": 100.0,
        "ARG_OF_PERICENTER": 50.0,
        "MEAN_ANOMALY": 310.0,
        "NORAD_CAT_ID": 70002,
        "BSTAR": 1e-4,
    }
    (tmp_path / "x[bold].json").write_text(json.dumps([record, {**record, "NORAD_CAT_ID": 70003}]))
    shown = run_mihari("where", "70002", "--catalogue", str(tmp_path / "x[bold].json"))
    assert shown.returncode == 0, shown.stderr
    assert "[red]evil[/red] [/foo]" in shown.stdout
    assert "x[bold].json" in shown.stdout
    screened = run_mihari("screen", "--catalogue", str(tmp_path / "x[bold].json"), "--hours", "0.2")
    assert screened.returncode == 0, screened.stderr
    for text in (shown.stdout, screened.stdout):
        assert "\x1b" not in text
        assert "\x07" not in text


def test_objects_that_stay_together_are_told_in_one_line(tmp_path: Path) -> None:
    docked = [make_tle(norad_cat_id=70001 + k, name=f"MODULE {k}") for k in range(4)]
    crossing = make_tle(norad_cat_id=70009, name="PASSER", raan_deg=280.0, mean_anomaly_deg=130.0)
    (tmp_path / "c.tle").write_text("".join([*docked, crossing]))
    words = ("screen", "--catalogue", str(tmp_path / "c.tle"), "--hours", "3", "--radius-km", "200")
    done = run_mihari(*words)
    assert done.returncode == 0, done.stderr
    assert "6 pairs stay together" in done.stdout
    assert "70001 MODULE 0 and 3 more" in done.stdout
    rows = json.loads(run_mihari(*words, "--json").stdout)["conjunctions"]
    assert sum(row["norad_cat_id_2"] < 70005 for row in rows) >= 6


def test_an_empty_primary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.tle").write_text(make_tle(norad_cat_id=70001, name="A"))
    done = run_mihari("screen", "--catalogue", str(tmp_path / "c.tle"), "--primary", "")
    assert done.returncode == 2
    assert "--primary: names no catalogue number" in done.stderr


def test_a_table_and_its_coverage_are_written_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    export.write_table(pl.DataFrame({"a": [1]}), path, metadata={"coverage": {"n": 1}})
    told = json.loads((tmp_path / "x.csv.coverage.json").read_text())
    assert told == {"n": 1, "table_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    import os

    true_open, calls = os.open, []

    def full(name: object, *words: object) -> int:
        if str(name).endswith(".part"):
            calls.append(name)
            if len(calls) == 2:
                raise OSError(28, "No space left on device")
        return true_open(name, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(InputError, match="No space left"):
        export.write_table(pl.DataFrame({"a": [2]}), path, metadata={"coverage": {"n": 2}})
    monkeypatch.undo()
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before
