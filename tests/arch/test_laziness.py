"""Importing Mihari and asking for help loads nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "numba llvmlite polars pyarrow fastapi starlette uvicorn pydantic matplotlib numpy scipy httpx2 erfa sgp4 keyring "
    "astropy_iers_data sqlite3 heyoka"
).split()
VERBS = "up fetch ingest where picture screen message events policy doctor serve".split()


def loaded(code: str, *, watched: list[str]) -> list[str]:
    """Run code in a fresh interpreter and return which of the watched packages it has loaded."""
    tail = f"\nimport json, sys\nprint('\\n' + json.dumps([n for n in {watched!r} if n in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("package", ["mihari", "mihari.cli", "mihari.errors", "mihari.units", "mihari.ids"])
def test_importing_loads_nothing_heavy(package: str) -> None:
    assert loaded(f"import {package}", watched=HEAVY) == []


def test_help_loads_nothing_heavy() -> None:
    code = "from mihari.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit as end:\n    assert not end.code"
    assert loaded(code, watched=HEAVY) == []


def test_the_fetch_questions_load_nothing_heavy() -> None:
    assert loaded("import mihari.app.fetch", watched=[n for n in HEAVY if n != "sqlite3"]) == []


def test_numerical_dynamics_load_their_integrator_when_used() -> None:
    assert loaded("import mihari.astro.numerical, mihari.astro.kepler", watched=["heyoka", "numba"]) == []
    assert loaded("import mihari.conjunction.avoidance", watched=["heyoka"]) == []


def test_the_watch_would_notice() -> None:
    assert loaded("import sqlite3", watched=HEAVY) == ["sqlite3"]


@pytest.mark.parametrize("arguments", [["--help"], *([verb, "--help"] for verb in VERBS)], ids=lambda a: a[0])
def test_help_is_answered(arguments: list[str]) -> None:
    code = "import sys; from mihari.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    listed = VERBS if arguments == ["--help"] else [arguments[0]]
    assert [verb for verb in listed if verb not in done.stdout] == []
