"""`mihari policy decide` and `mihari policy user` as a person runs them; the server's safe defaults."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests_support import run_mihari

HOW_TO = Path(__file__).resolve().parents[2] / "docs/how-to/access.md"
FIELDS = ["decision", "policy_version", "fields_allowed", "fields_withheld", "reasons", "at_utc"]


def example() -> dict[str, object]:
    found = re.search(r"```json\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    told: dict[str, object] = json.loads(found[1])
    return told


def decide(tmp_path: Path, request: object) -> tuple[int, str, str]:
    file = tmp_path / "request.json"
    file.write_text(request if isinstance(request, str) else json.dumps(request), encoding="utf-8")
    done = run_mihari("policy", "decide", "--request", str(file), "--json")
    return done.returncode, done.stdout, done.stderr


def test_the_example_of_the_how_to_is_allowed(tmp_path: Path) -> None:
    code, out, _ = decide(tmp_path, example())
    told = json.loads(out)
    assert code == 0
    assert list(told) == FIELDS
    assert told["decision"] == "allow"
    assert told["fields_allowed"] == ["miss_distance_m", "radial_sigma_m"]
    assert re.fullmatch(r"[0-9a-f]{16}", told["policy_version"])


def test_a_denial_has_its_exit_code_and_gives_nothing(tmp_path: Path) -> None:
    request = example()
    request["record"] = {"kind": "assessment", "label": "REL:US"}
    code, out, _ = decide(tmp_path, request)
    told = json.loads(out)
    assert code == 1
    assert (told["decision"], told["fields_allowed"]) == ("deny", [])
    assert told["fields_withheld"] == ["miss_distance_m", "radial_sigma_m"]
    assert told["reasons"] == ["a clause of the label is not passed"]


@pytest.mark.parametrize(
    "request_text",
    [
        "",
        "[]",
        "{}",
        '{"viewer": {"party": "JP"}, "action": "read", "record": {"kind": "a"}}',
        '{"viewer": {"party": "JP", "rank": 3}, "action": "read", "record": {"kind": "a", "label": "PUBLIC"}}',
        '{"viewer": {"party": "OPERATOR"}, "action": "read", "record": {"kind": "a", "label": "PUBLIC"}}',
        '{"viewer": {"party": "JP", "operates": [true]}, "action": "read", "record": {"kind": "a", "label": "PUBLIC"}}',
        '{"viewer": {"party": "JP"}, "action": "conquer", "record": {"kind": "a", "label": "PUBLIC"}}',
        '{"viewer": {"party": "JP"}, "action": "read", "record": {"kind": "a", "label": "PUBLIC", "objects": [1e99]}}',
    ],
)
def test_a_request_that_is_none_is_refused_in_one_line(tmp_path: Path, request_text: str) -> None:
    code, out, error = decide(tmp_path, request_text)
    assert (code, out) == (2, "")
    assert error.count("\n") == 1


def test_users_come_and_go_and_the_server_stays_shut_to_others(small_store: Path) -> None:
    store = ("--store", str(small_store))
    refused = run_mihari("serve", "--host", "0.0.0.0", "--port", "0", *store)
    assert refused.returncode == 2
    assert "no users" in refused.stderr
    assert "no TLS" in refused.stderr
    added = run_mihari("policy", "user", "add", "sato", "--party", "JP", "--role", "ANALYST", *store)
    token = added.stdout.strip()
    assert re.fullmatch(r"mihari_[0-9a-f]{16}_[0-9a-f]{64}", token)
    listed = run_mihari("policy", "user", "list", "--json", *store)
    assert token not in listed.stdout
    assert json.loads(listed.stdout)["users"][0]["roles"] == ["ANALYST"]
    refused = run_mihari("serve", "--host", "0.0.0.0", "--port", "0", *store)
    assert "no TLS" in refused.stderr
    assert "no users" not in refused.stderr
    assert run_mihari("policy", "user", "revoke", "sato", *store).returncode == 0
    assert "no users" in run_mihari("serve", "--host", "0.0.0.0", "--port", "0", *store).stderr
    assert run_mihari("policy", "user", "revoke", "nobody", *store).returncode == 3
