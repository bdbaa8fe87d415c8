"""What is posted is assessed or checked as the command line does it, and nothing of it is kept."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import mihari.server._bodies as bodies
from assessment_support import request, warnings_of
from ccsds_support import CDM, OEM
from mihari.app.assess import assess_files
from mihari.app.assessment_documents import assessment_document
from mihari.app.messages import check_document, check_messages
from mihari.app.node import Node
from mihari.formats import Limits
from mihari.formats.ccsds import MESSAGE_LIMITS, MessageForm, format_message, parse_messages
from mihari.policy import threshold_profiles
from mihari.server._assessment_models import AssessmentAnswer, MessageVerdict, Profiles
from probability_support import cara_cases
from tests_support import store_fingerprint

API = "/api/v1"


def text() -> str:
    return warnings_of(1_500, 1, 6)[7].text


def posted(client: TestClient, content: bytes | str, status: int = 200, **query: Any) -> Any:
    answer = client.post(f"{API}/assessments", content=content, params=query)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_answer_is_the_document_of_the_command_line(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "one.cdm"
    path.write_text(text())
    for query, words in (
        ({}, {}),
        ({"profile": "esa"}, {"profile": "esa"}),
        ({"hard_body_radius_m": 50.0}, {"hard_body_radius_m": 50.0}),
        ({"all_methods": True}, {"all_methods": True}),
    ):
        batch = assess_files([path], request(**words))
        expected = assessment_document(batch.assessments[0], coverage=batch.coverage())
        found = posted(client, text(), **query)
        assert found == json.loads(json.dumps(expected))
        AssessmentAnswer.model_validate(found)
    assert found["data_mode"] == "SIMULATED"
    assert {"2d", "2d_nc", "3d_nc", "monte_carlo"} <= set(found["methods"])


def test_published_probabilities_of_real_messages(client: TestClient, shared_cases: Path) -> None:
    """CARA's 2-D figures at the true closest approach, to their own tolerance of 1e-6."""
    for case in cara_cases(shared_cases):
        content = (shared_cases / case["cdm"]).read_bytes()
        found = posted(client, content, hard_body_radius_m=case["hbr_m"], mode="TEST")
        assert found["methods"]["2d"]["value"] == pytest.approx(case["expected"]["Pc2D"], rel=1e-6), case["id"]
        assert found["relative_speed_m_s"] == pytest.approx(case["expected"]["Vrel_mps"], rel=1e-9)
        assert found["data_mode"] == "TEST"
        AssessmentAnswer.model_validate(found)


def test_every_form_and_compression_is_the_same_message(client: TestClient) -> None:
    message = parse_messages(text().encode(), name="test")
    plain = posted(client, text())
    for form in (MessageForm.KVN, MessageForm.XML, MessageForm.JSON):
        assert posted(client, format_message(message, form=form)) == plain, form
    assert posted(client, gzip.compress(text().encode())) == plain


def test_the_media_type_is_not_looked_at(client: TestClient) -> None:
    plain = posted(client, text())
    # What curl --data-binary says of a file, and what a client that knows better says.
    for media_type in ("application/x-www-form-urlencoded", "application/json", "text/plain", "nonsense"):
        answer = client.post(f"{API}/assessments", content=text(), headers={"content-type": media_type})
        assert answer.json() == plain


def test_nothing_is_kept(client: TestClient, kept_node: Node) -> None:
    assert kept_node.folder is not None
    before = store_fingerprint(kept_node.folder)
    posted(client, CDM)
    assert client.post(f"{API}/messages/check", content=CDM).status_code == 200
    assert store_fingerprint(kept_node.folder) == before


def test_a_radius_is_the_profile_default_only_when_asked_for(client: TestClient) -> None:
    bare = "\n".join(line for line in CDM.splitlines() if "Exclusion Volume" not in line)
    assert posted(client, bare)["hard_body_radius"] is None
    assert posted(client, bare)["action_level"] == "not assessed"
    radius = posted(client, bare, default_radius=True)["hard_body_radius"]
    assert (radius["value_m"], radius["is_default"]) == (20.0, True)
    refused = posted(client, bare, 400, default_radius=True, profile="esa")
    assert refused["where"] == "default_radius"
    assert refused["remedy"] == "give hard_body_radius_m, or another profile"


def test_an_ndm_with_one_conjunction_message_tells_what_else_it_held(client: TestClient) -> None:
    wrapped = posted(client, f"{CDM}\n{OEM}")
    assert wrapped["message_id"] == posted(client, CDM)["message_id"]
    assert [each["reason"] for each in wrapped["coverage"]["rejected"]] == ["is a CCSDS OEM, no conjunction message"]
    assert wrapped["coverage"]["messages"] == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the body is empty"),
        (b"   ", "nothing but blanks"),
        (b"hello", "no CCSDS message"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8 text"),
        (OEM.encode(), "no conjunction message but OEM"),
        (f"{CDM}\n{CDM}".encode(), "2 conjunction messages"),
        (CDM.replace("TCA = ", "TCA = 31 February ").encode(), "31 February"),
    ],
)
def test_what_cannot_be_assessed_is_a_problem_in_words(client: TestClient, content: bytes, words: str) -> None:
    found = posted(client, content, 400)
    assert words in found["detail"]
    assert found["type"] == "urn:mihari:problem:bad-input"
    assert found["remedy"]


def test_a_form_is_refused_with_the_way_to_send_it(client: TestClient) -> None:
    answer = client.post(f"{API}/assessments", files={"file": ("one.cdm", text())})
    assert answer.status_code == 400
    assert answer.json()["remedy"] == "send the message itself as the body, not a form"


@pytest.mark.parametrize("radius", ["0", "-1", "nan", "inf", "1e5", "ten"])
def test_impossible_radii_are_refused(client: TestClient, radius: str) -> None:
    assert posted(client, CDM, 422, hard_body_radius_m=radius)["where"] == "hard_body_radius_m"


def test_a_profile_is_a_shipped_one_and_never_a_file(client: TestClient, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_text(
        json.dumps(
            {"name": "own", "version": "1", "source": "x", "watch_probability": 1e-6, "action_probability": 1e-5}
        )
    )
    for name in (str(own), "../cara", "cara.json", ""):
        found = posted(client, CDM, 422, profile=name)
        assert found["where"] == "profile"
        assert all(known in found["remedy"] for known in threshold_profiles())


def hostile(keyword: str, value: str) -> str:
    """The made-up message with one number replaced, in its first object where both have it."""
    lines = CDM.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith(f"{keyword} = "))
    return "\n".join([*lines[:place], f"{keyword} = {value}", *lines[place + 1 :]])


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("COMMENT Exclusion Volume Radius", "1e308"),
        ("CRDOT_RDOT", "1e308"),
        ("X", "9" * 400),
        ("X_DOT", "NaN"),
    ],
)
def test_numbers_beyond_physics_are_a_problem_of_the_message(client: TestClient, keyword: str, value: str) -> None:
    answer = client.post(f"{API}/assessments", content=hostile(keyword, value))
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == "urn:mihari:problem:bad-input"


@pytest.mark.slow  # some of them climb to Monte Carlo
@pytest.mark.parametrize("value", ["0", "1e308", "-1e308", "1e-308", "NaN", "-1", "9" * 400])
def test_no_number_of_a_message_makes_the_node_fail(client: TestClient, value: str) -> None:
    keywords = [line.split(" = ")[0] for line in CDM.splitlines() if re.search(r" = -?\d", line)]
    assert len(keywords) > 40
    for keyword in dict.fromkeys(keywords):
        answer = client.post(f"{API}/assessments", content=hostile(keyword, value))
        assert answer.status_code in (200, 400), (keyword, answer.text)


# The size of a body


@pytest.fixture
def small_bodies(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let a body have a few kilobytes at most."""
    monkeypatch.setattr(bodies, "MESSAGE_LIMITS", Limits(file_bytes=20_000))
    return 20_000


def test_a_body_may_be_as_long_as_a_message_and_no_longer(client: TestClient, small_bodies: int) -> None:
    whole = CDM.encode() + b"\n" * (small_bodies - len(CDM.encode()))
    assert posted(client, whole)["message_id"]
    found = posted(client, whole + b"\n", 413)
    assert found["type"] == "urn:mihari:problem:body-too-long"
    assert "20000 bytes" in found["detail"]
    # Without a length announced, as in a stream, it is counted.
    assert client.post(f"{API}/messages/check", content=iter([whole, b"\n"])).status_code == 413


def test_the_limit_is_that_of_messages() -> None:
    assert bodies.MESSAGE_LIMITS is MESSAGE_LIMITS


class Sender:
    """The server's side of a request whose body never ends."""

    def __init__(self, chunk: bytes, *, pause_s: float = 0.0) -> None:
        self.sent = 0
        self.answers: list[dict[str, Any]] = []
        self._chunk = chunk
        self._pause_s = pause_s

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(self._pause_s)
        self.sent += len(self._chunk)
        return {"type": "http.request", "body": self._chunk, "more_body": True}

    async def send(self, message: dict[str, Any]) -> None:
        self.answers.append(message)

    def status(self, app: Any) -> int:
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"{API}/messages/check",
            "query_string": b"",
            "headers": [(b"host", b"test")],
        }
        asyncio.run(app(scope, self.receive, self.send))
        return int(self.answers[0]["status"])


def test_reading_ends_where_the_limit_is(client: TestClient, small_bodies: int) -> None:
    sender = Sender(b"x" * 1_000)
    assert sender.status(client.app) == 413
    assert sender.sent == small_bodies + 1_000


def test_a_body_that_never_ends_is_not_waited_for(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_WHOLE_WITHIN_S", 0.2)
    assert Sender(b"x", pause_s=0.01).status(client.app) == 408


def test_a_sender_who_leaves_is_no_failure_of_the_node(client: TestClient) -> None:
    class Leaver(Sender):
        async def receive(self) -> dict[str, Any]:
            return {"type": "http.disconnect"}

    assert Leaver(b"").status(client.app) == 400


def test_places_are_given_back_whatever_happens(client: TestClient, small_bodies: int) -> None:
    for _ in range(40):
        posted(client, b"x" * (small_bodies + 1), 413)
        posted(client, b"", 400)
        posted(client, b"hello", 400)
    posted(client, CDM)


# Checking


def test_a_check_is_the_document_of_the_command_line(client: TestClient, tmp_path: Path) -> None:
    texts = [CDM, OEM, f"{CDM}\n{OEM}", CDM.replace("TCA = ", "TCA = 31 February "), "hello", CDM[:500], "[]"]
    for number, content in enumerate(texts):
        path = tmp_path / f"{number}.txt"
        path.write_text(content)
        (check,) = check_messages([path])
        expected = json.loads(json.dumps(check_document(check)))
        answer = client.post(f"{API}/messages/check", content=content)
        assert answer.status_code == 200
        assert answer.json() == {**expected, "file": "body"}
        MessageVerdict.model_validate(answer.json())


def test_the_verdicts_of_others(client: TestClient, shared_cases: Path) -> None:
    """The valid and the invalid conjunction messages of Orekit and of NASA CARA, by the manifest."""
    manifest = json.loads((shared_cases / "04_ccsds_manifest.json").read_text())["files"]
    told = [row for row in manifest if row["message"] == "CDM" and row["expect"] in ("accept", "reject")]
    agreed = 0
    for row in told:
        found = client.post(f"{API}/messages/check", content=(shared_cases / row["file"]).read_bytes()).json()
        agreed += found["valid"] == (row["expect"] == "accept")
        assert found["valid"] or found["faults"]
    assert len(told) > 40
    # One differs for the reason that tests/validation/test_ccsds_verdicts.py gives.
    assert len(told) - agreed <= 1


# Profiles


def test_profiles_name_their_version_and_source(client: TestClient) -> None:
    found = Profiles.model_validate(client.get(f"{API}/profiles").json())
    assert [each.name for each in found.profiles] == list(threshold_profiles())
    assert found.default == "cara"
    by_name = {each.name: each for each in found.profiles}
    assert all(each.version and each.source for each in found.profiles)
    # NASA CARA: watched from 1e-7, acted upon from 1e-4. 19 SDS: 3 days and 1 km; in deep space 10 days and 5 km.
    assert (by_name["cara"].watch_probability, by_name["cara"].action_probability) == (1e-7, 1e-4)
    assert (by_name["cara"].miss_km, by_name["cara"].horizon_days, by_name["cara"].deep_space) == (None, None, None)
    deep = by_name["sds19"].deep_space
    assert deep is not None
    assert (by_name["sds19"].miss_km, by_name["sds19"].horizon_days) == (1.0, 3.0)
    assert (deep.miss_km, deep.horizon_days, deep.action_horizon_days) == (5.0, 10.0, 3.0)


def test_the_default_profile_is_the_one_that_assesses(client: TestClient) -> None:
    default = client.get(f"{API}/profiles").json()["default"]
    assert posted(client, CDM)["profile"].split()[0] == default
