"""`mihari events` and `mihari policy` as a person and a program use them."""

from __future__ import annotations

import json
from pathlib import Path

from policy_support import report
from tests_support import run_mihari


def test_from_a_report_to_a_consultation(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    file, asset = tmp_path / "report.json", tmp_path / "asset.json"
    file.write_text(json.dumps(report(objects=[900_000_002], end_utc=None)))
    asset.write_text(json.dumps({"norad_cat_id": 900_000_002, "owner": "JP", "relied_on_by": ["US"], "sources": ["x"]}))
    told = run_mihari("events", "report", str(file), "--store", store, "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["outcome"] == "recorded"
    again = run_mihari("events", "report", str(file), "--store", store, "--json")
    assert json.loads(again.stdout)["outcome"] == "duplicate"
    listed = json.loads(run_mihari("events", "list", "--store", store, "--json").stdout)
    assert [each["event_id"] for each in listed["events"]] == ["SIM-BREAKUP-1"]
    assert "SIMULATED" in run_mihari("events", "list", "--store", store).stdout
    assert "OP-X" in run_mihari("events", "show", "SIM-BREAKUP-1", "--store", store).stdout
    entered = run_mihari("policy", "assets", "--set", str(asset), "--by", "P. Adviser", "--store", store, "--json")
    assert json.loads(entered.stdout)["assets"][0]["owner"] == "JP"
    shown = run_mihari("policy", "brief", "SIM-BREAKUP-1", "--store", store)
    assert "OPERATOR_CONTACT" in shown.stdout
    assert "SOURCE NOT CHECKED" in shown.stdout
    done = run_mihari(
        "policy", "consult", "SIM-BREAKUP-1", "--rung", "OPERATOR_CONTACT", "--action", "done",
        "--text", "Called at 22:50.", "--by", "W. Officer", "--store", store,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    brief = json.loads(run_mihari("policy", "brief", "SIM-BREAKUP-1", "--store", store, "--json").stdout)
    assert brief["next_rung"]["rung_id"] == "WORKING_LEVEL"


def test_what_must_not_be_said_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report(summary_en="A hostile act.")))
    refused = run_mihari("events", "report", str(file), "--store", str(tmp_path / "store"))
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "hostile" in refused.stderr
    text = tmp_path / "text.txt"
    text.write_text("第5条が適用される。")
    assert run_mihari("policy", "lint", str(text), "--lang", "ja").returncode == 1
    text.write_text("最接近距離は120 mである。")
    assert run_mihari("policy", "lint", str(text), "--lang", "ja").returncode == 0


def test_a_profile_goes_through_review(tmp_path: Path) -> None:
    store, file = str(tmp_path / "store"), tmp_path / "profile.json"
    told = {"name": "ours", "version": "1", "source": "test", "watch_probability": 1e-6, "action_probability": 1e-4}
    file.write_text(json.dumps(told))
    options = ("--store", store, "--mode", "EXERCISE")
    assert (
        run_mihari("policy", "profile", "propose", str(file), "--reason", "try", "--by", "A", *options).returncode == 0
    )
    approved = run_mihari("policy", "profile", "approve", "ours@1", "--by", "B", "--json", *options)
    assert json.loads(approved.stdout) == {"change_id": "ours@1", "standing": "approved by two persons"}
    listed = run_mihari("policy", "profile", "list", *options)
    assert "ours@1  approved by two persons (EXERCISE)" in listed.stdout
    simulated = json.loads(run_mihari("policy", "profile", "simulate", "ours@1", "--json", *options).stdout)
    assert simulated["assessments"] == 0
    assert run_mihari("policy", "profile", "approve", "nope@1", "--by", "B", *options).returncode == 3


def test_bad_files_are_refused(tmp_path: Path) -> None:
    store, file = str(tmp_path / "store"), tmp_path / "report.json"
    for text in ("", "[]", "{", '{"a": NaN}', '{"event_id": 1, "event_id": 2}', "[" * 100_000, "\x00"):
        file.write_text(text)
        refused = run_mihari("events", "report", str(file), "--by", "A", "--store", store)
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), text[:20]
