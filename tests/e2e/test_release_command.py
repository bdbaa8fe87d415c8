"""`mihari release` as a person runs it, and `mihari-verify` as a receiver does, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from release_support import EVENT, breakup, keep


def run(*arguments: str, module: str = "mihari", code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "MIHARI_DEBUG": ""},
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 or done.stdout else done.stderr


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "store"
    keep(folder, breakup())
    run("release", "keys", "new", "--party", "JP", "--store", str(folder))
    return folder


def test_from_a_draft_to_a_receiver(store: Path, tmp_path: Path) -> None:
    at = ("--store", str(store))
    told = run(
        "release", "draft", EVENT, "--audience", "PUBLIC", "--audience", "US", "--product", "breakup-notice",
        "--by", "A. Mori", *at, "--json",
    )  # fmt: skip
    group = json.loads(told)["releases"][0]["group_id"]
    assert "nobody approved it" in run("release", "publish", group, "--by", "B. Ito", *at, code=2)
    run("release", "approve", group, "--by", "B. Ito", *at)
    run("release", "publish", group, "--by", "B. Ito", *at)
    (path,) = (store / "outbox" / "PUBLIC").iterdir()
    keys = str(store / "keys" / "public")
    for module in ("mihari", "mihari_verify"):
        verb = ("release", "verify", str(path)) if module == "mihari" else ("release", str(path))
        asked = (*verb, "--keys", keys, *(("--json",) if module == "mihari" else ()))
        answer = json.loads(run(*asked, module=module))
        assert answer["valid"] is True
        assert answer["reasons"] == []
        assert answer["audience"] == "PUBLIC"
        assert answer["supersedes"] is None
        assert answer["expires_utc"].endswith("Z")
        assert {each["algorithm"] for each in answer["signatures"]} == {"Ed25519", "ML-DSA-65"}
        late = json.loads(run(*asked, "--at", "2099-01-01T00:00:00Z", module=module, code=1))
        assert late["valid"] is False
        assert any("expired" in each for each in late["reasons"])
    assert "No cause is stated" in run("release", "show", path.name.partition(".")[0], *at)
    page = tmp_path / "page.html"
    run("release", "show", path.name.partition(".")[0], "--lang", "ja", "--out", str(page), *at)
    assert "破砕通知" in page.read_text(encoding="utf-8")


def test_the_verifier_knows_nothing_of_mihari() -> None:
    code = "import sys, mihari_verify.__main__; print([m for m in sys.modules if m.split('.')[0] == 'mihari'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_the_drill_is_rehearsed_without_a_trace_and_then_done(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    keep(folder, breakup())
    at = ("--store", str(folder))
    run("release", "keys", "new", "--party", "JP", *at)
    told = json.loads(
        run(
            "release", "draft", EVENT, "--audience", "US", "--product", "breakup-notice", "--by", "A. Mori",
            *at, "--json",
        )
    )  # fmt: skip
    name = told["releases"][0]["release_id"]
    run("release", "approve", name, "--by", "B. Ito", *at)
    run("release", "publish", name, "--by", "B. Ito", *at)

    def files() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "lock" not in path.name
        }

    before = files()
    rehearsed = json.loads(run("release", "drill", "--by", "B. Ito", *at, "--json"))
    assert files() == before
    assert rehearsed["rehearsal"]
    assert len(rehearsed["releases"]) == 1
    assert 0.0 < rehearsed["took_s"] <= rehearsed["stated_s"]
    lost = rehearsed["lost_key_id"]
    done = json.loads(run("release", "drill", "--by", "B. Ito", "--lost", lost, "--words", "drill", *at, "--json"))
    assert not done["rehearsal"]
    assert done["old_ones_refused"]
    assert done["new_ones_valid"]
    assert (folder / "keys" / "public" / done["revocation"]).exists() or list(folder.rglob(done["revocation"]))
    keys = str(folder / "keys" / "public")
    outbox = folder / "outbox" / "US"
    run("release", "verify", str(outbox / f"{name}.release.json"), "--keys", keys, code=1)
    run("release", "verify", str(outbox / f"{done['releases'][0]}.release.json"), "--keys", keys)
    assert "person" in run("release", "drill", "--by", "mihari", *at, code=2)
