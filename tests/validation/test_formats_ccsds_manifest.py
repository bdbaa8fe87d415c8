"""Accept and reject verdicts on OMM files of Orekit, oem and ndm."""

from __future__ import annotations

import json
from pathlib import Path

from mihari.errors import MihariError
from mihari.formats import check_omm, read_file


def omm_cases(shared_cases: Path) -> list[dict[str, object]]:
    rows = json.loads((shared_cases / "04_ccsds_manifest.json").read_text())["files"]
    return [row for row in rows if row["message"] == "OMM"]


def verdict(path: Path) -> str:
    try:
        return "reject" if check_omm(path.read_bytes(), name=path.name) else "accept"
    except MihariError:
        return "reject"


def test_every_verdict_on_omm_is_reached(shared_cases: Path) -> None:
    cases = omm_cases(shared_cases)
    assert len(cases) == 80
    wrong = [
        row["file"]
        for row in cases
        if row["expect"] not in (verdict(shared_cases / str(row["file"])), "accept_or_reject_by_mode")
    ]
    assert wrong == []


def test_what_sgp4_can_use_is_read_and_the_rest_is_refused_with_the_theory(shared_cases: Path) -> None:
    accepted = refused = 0
    for row in omm_cases(shared_cases):
        if row["expect"] != "accept":
            continue
        result = read_file(shared_cases / str(row["file"]))
        if len(result.element_sets):
            accepted += 1
            continue
        refused += 1
        assert {r.field for r in result.rejected} <= {"MEAN_ELEMENT_THEORY", "BSTAR"}, row["file"]
    assert (accepted, refused) == (58, 9)


def test_other_messages_are_no_element_sets(shared_cases: Path) -> None:
    rows = json.loads((shared_cases / "04_ccsds_manifest.json").read_text())["files"]
    for row in rows:
        path = shared_cases / row["file"]
        if row["message"] in ("OMM", "NDM", "lexical") or not path.exists():
            continue
        try:
            found = len(read_file(path).element_sets)
        except MihariError:
            continue
        assert found == 0, row["file"]
