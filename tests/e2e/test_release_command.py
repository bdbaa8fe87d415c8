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
