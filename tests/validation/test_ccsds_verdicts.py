"""Verdicts on the messages of Orekit, oem, ndm, NASA CARA and kessler; where the books say otherwise, the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mihari.app.messages import MessageCheck, check_messages
from mihari.errors import MihariError
from mihari.formats import check_omm

ATTITUDE = ("APM", "AEM", "ACM")

DEVIATIONS = {
    # Accepted by its maker, refused here.
    "orekit/cdm/CDM-frame-mapper.txt": "says 1.0 and uses COVARIANCE_SOURCE, ALT_COV_TYPE, ... of the 2.0 draft",
    "orekit/odm/oem/OEMExample7.txt.pre": "input of a filter that adds the keywords: mandatory metadata are missing",
    "orekit/odm/ocm/OCMExample4.txt": "says of itself 'dummy example with inconsistent data': ORB_AVERAGING stands "
    "twice, first before keywords that table 6-4 has before it",
    "orekit/odm/ocm/OCMExample5Geodetic.txt": "says OCM 2.0; 502.0-B-2 has no OCM, 502.0-B-3 defines 3.0",
    "orekit/odm/ocm/OCMExample5GeodeticStreamingOutput.txt": "says OCM 2.0, as above",
    "bradsease_oem/oem/v3_0/valid/sample01.oem": "MESSAGE_ID in the metadata; 502.0-B-3 table 5-2: in the header",
    # Refused by its maker, accepted here.
    "orekit/odm/opm/OPM-no-designator.txt": "OBJECT_ID is free text by agreement (502.0-B-2 table 3-2); Orekit refuses "
    "only when asked to make an international designator of it",
    "bradsease_oem/oem/v2_0/invalid/sample13.oem": "accelerations in one line only: 502.0-B-2 section 5.2.4 makes them "
    "optional in each line, and Orekit accepts the same in OEMExample6",
}
"""File and reason; every one of them is asserted, so none can pass unseen into agreement or out of it."""


def rows(shared_cases: Path) -> list[dict[str, Any]]:
    return list(json.loads((shared_cases / "04_ccsds_manifest.json").read_text())["files"])


def check(shared_cases: Path, row: dict[str, Any]) -> MessageCheck:
    (result,) = check_messages([shared_cases / row["file"]])
    return result


def short(row: dict[str, Any]) -> str:
    return str(row["file"]).removeprefix("ccsds/")


def test_every_verdict_is_reached_or_its_reason_is_listed(
    shared_cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agreed, differ = 0, set()
    for row in rows(shared_cases):
        if row["message"] in (*ATTITUDE, "LEXICAL", "NDM") or row["expect"] == "accept_or_reject_by_mode":
            continue
        verdict = "accept" if check(shared_cases, row).is_valid else "reject"
        if verdict == row["expect"]:
            agreed += 1
        else:
            differ.add(short(row))
    with capsys.disabled():
        print(f"\nCCSDS verdicts: {agreed} of {agreed + len(differ)} agree, {len(differ)} differ with a reason")
    assert differ == set(DEVIATIONS)
    assert agreed == 239


def test_a_refused_message_names_line_keyword_and_reason(shared_cases: Path) -> None:
    for row in rows(shared_cases):
        if row["expect"] != "reject" or row["message"] in ATTITUDE:
            continue
        result = check(shared_cases, row)
        for fault in result.faults:
            assert fault.reason, row["file"]
            assert fault.line is not None or result.kind is None or result.form == "json", (row["file"], fault)


def test_kinds_are_recognised(shared_cases: Path) -> None:
    for row in rows(shared_cases):
        if row["message"] in ("NDM", "LEXICAL") or row["file"].endswith("invalid-root.xml"):
            continue
        result = check(shared_cases, row)
        kinds = {part.kind for part in result.parts} if result.kind == "NDM" else {result.kind}
        assert kinds == {row["message"]}, row["file"]


def test_attitude_messages_are_recognised_and_reported_as_not_read(shared_cases: Path) -> None:
    found = [check(shared_cases, row) for row in rows(shared_cases) if row["message"] in ATTITUDE]
    assert len(found) == 58
    for result in found:
        assert not result.is_read
        assert not result.is_valid
        assert "recognised but not read" in result.faults[0].reason


def test_parcels_are_valid_when_what_is_read_in_them_is(shared_cases: Path) -> None:
    found = {short(row): check(shared_cases, row) for row in rows(shared_cases) if row["message"] == "NDM"}
    assert len(found) == 10
    unread = {name for name, result in found.items() if not result.is_valid}
    # These three hold attitude messages only.
    assert unread == {
        f"egemenimre_ndm/{name}"
        for name in ("NDMXML-P1.0.1-figure-B-3.xml", "adm-testcase04a_multi.kvn", "adm-testcase04a_multi.xml")
    }
    mixed = found["orekit/ndm/NDM-ocm-apm.xml"]
    assert [(part.kind, part.is_read, part.is_valid) for part in mixed.parts] == [
        ("OCM", True, True),
        ("APM", False, False),
    ]


def test_every_encoding_is_decoded(shared_cases: Path) -> None:
    """The eight lexical samples hold no message; that their content is named shows that they were decoded."""
    found = [row for row in rows(shared_cases) if row["message"] == "LEXICAL"]
    assert len(found) == 8
    for row in found:
        (fault,) = check(shared_cases, row).faults
        assert ("'greeting'" in fault.reason) if row["encoding"] == "xml" else ("CCSDS_" in fault.reason), row["file"]


def test_both_readers_of_omm_reach_the_same_verdicts(shared_cases: Path) -> None:
    """The bulk reader of `ingest` has its own OMM rules; they must not drift apart."""
    for row in rows(shared_cases):
        if row["message"] != "OMM" or row["encoding"] not in ("kvn", "xml"):
            continue
        path = shared_cases / row["file"]
        try:
            bulk = not check_omm(path.read_bytes(), name=path.name)
        except MihariError:
            bulk = False
        assert bulk == check(shared_cases, row).is_valid, row["file"]


def test_samples_by_strictness_are_judged_by_the_book(shared_cases: Path) -> None:
    """Twelve rows whose verdict hangs on a reader's mode; ours, and why."""
    found = {
        short(row): check(shared_cases, row).is_valid
        for row in rows(shared_cases)
        if row["expect"] == "accept_or_reject_by_mode" and row["message"] not in ATTITUDE
    }
    refused = {name for name, is_valid in found.items() if not is_valid}
    # m and m x s^-1 where the book has km and km/s.
    assert refused == {"orekit/odm/opm/OPM-non-standard-units.txt"}
    assert len(found) == 9
