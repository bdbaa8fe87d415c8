"""`mihari message` as a person and a program use it."""

from __future__ import annotations

import json
from pathlib import Path

from ccsds_support import CDM, OEM, OPM, content, parsed, replaced
from mihari.formats.ccsds import MessageForm, format_message, read_messages
from tests_support import run_mihari


def test_one_result_for_each_input_in_order(tmp_path: Path) -> None:
    good, bad, prose = tmp_path / "good.txt", tmp_path / "bad.cdm", tmp_path / "prose.xml"
    good.write_text(OEM)
    bad.write_text(replaced(CDM, "TCA = 2024-060T12:00:00.250\n", ""))
    prose.write_text("Dear operator")
    result = run_mihari("message", "check", str(bad), str(good), str(prose), str(tmp_path / "none"), "--json")
    assert result.returncode == 1
    found = json.loads(result.stdout)
    assert [each["file"] for each in found] == [str(bad), str(good), str(prose), str(tmp_path / "none")]
    assert [(each["kind"], each["version"], each["valid"]) for each in found] == [
        ("CDM", "1.0", False),
        ("OEM", "2.0", True),
        (None, None, False),
        (None, None, False),
    ]
    assert found[0]["faults"] == [{"line": 6, "keyword": "TCA", "reason": "is missing"}]
    assert found[1]["faults"] == []
    assert result.stderr == ""


def test_exit_code_0_only_when_all_are_valid(tmp_path: Path) -> None:
    one, two = tmp_path / "one.cdm", tmp_path / "two.opm"
    one.write_text(CDM)
    two.write_text(OPM)
    assert run_mihari("message", "check", str(one), str(two)).returncode == 0
    two.write_text(replaced(OPM, "X = 7000.25", "X = 1e999"))
    shown = run_mihari("message", "check", str(one), str(two))
    assert shown.returncode == 1
    assert f"{one}: CDM 1.0 (kvn), valid" in shown.stdout
    assert "line 11, X: '1e999' is not a finite number" in shown.stdout


def test_an_ndm_lists_its_parts(tmp_path: Path) -> None:
    parts = "".join(format_message(parsed(t), form=MessageForm.XML).split("\n", 1)[1] for t in (CDM, OPM))
    file = tmp_path / "ndm.xml"
    file.write_text(f"<ndm>{parts}</ndm>")
    (found,) = json.loads(run_mihari("message", "check", str(file), "--json").stdout)
    assert (found["kind"], found["version"], found["valid"]) == ("NDM", None, True)
    assert [(part["kind"], part["valid"]) for part in found["parts"]] == [("CDM", True), ("OPM", True)]


def test_convert_there_and_back(tmp_path: Path) -> None:
    source = tmp_path / "in.cdm"
    source.write_text(CDM)
    for step, (before, after) in enumerate([("in.cdm", "a.xml"), ("a.xml", "b.json"), ("b.json", "c.kvn")]):
        result = run_mihari("message", "convert", str(tmp_path / before), str(tmp_path / after), "--json")
        assert result.returncode == 0, (step, result.stderr)
        document = json.loads(result.stdout)
        assert (document["valid"], document["written"], document["out"]) == (True, True, str(tmp_path / after))
    assert content(read_messages(tmp_path / "c.kvn")) == content(parsed(CDM))
    flat = tmp_path / "flat.json"
    assert run_mihari("message", "convert", str(source), str(flat), "--to", "flat-json").returncode == 0
    assert json.loads(flat.read_text())["SAT1_OBJECT_DESIGNATOR"] == "999100101"


def test_a_message_with_faults_is_written_only_when_asked(tmp_path: Path) -> None:
    source, out = tmp_path / "in.cdm", tmp_path / "out.xml"
    source.write_text(replaced(CDM, "ORIGINATOR = TEST", "ORIGINATOR = TEST\nVENDOR = 1"))
    refused = run_mihari("message", "convert", str(source), str(out))
    assert refused.returncode == 1
    assert not out.exists()
    assert "VENDOR" in refused.stdout
    assert run_mihari("message", "convert", str(source), str(out), "--lenient").returncode == 1
    assert "<VENDOR>1</VENDOR>" in out.read_text()


def test_bad_input_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    hostile = tmp_path / "in.xml"
    hostile.write_text('<?xml version="1.0"?>\n<!DOCTYPE cdm [<!ENTITY a "b">]>\n<cdm/>')
    for arguments in (
        ("convert", str(hostile), str(tmp_path / "out.kvn")),
        ("convert", str(tmp_path / "none"), str(tmp_path / "out.kvn")),
        ("convert", str(hostile), str(tmp_path / "out.doc")),
        ("convert", str(hostile)),
        ("check",),
    ):
        result = run_mihari("message", *arguments)
        assert result.returncode == 2, arguments
        assert len(result.stderr.strip().splitlines()) == 1, result.stderr
        assert "defect" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.xml"]


def test_standard_input(tmp_path: Path) -> None:
    result = run_mihari("message", "check", "-", "--json", stdin=OPM)
    assert result.returncode == 0
    assert json.loads(result.stdout)[0]["kind"] == "OPM"
