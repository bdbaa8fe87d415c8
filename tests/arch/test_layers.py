"""Lower floors never import higher ones; rooms on one floor do not know each other; no network in the library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / ".importlinter"


def lint(folder: Path, contract: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as m; m()"]
    return subprocess.run(
        [*command, "--config", str(contract), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_floors_hold() -> None:
    done = lint(ROOT, CONTRACT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "imports"),
    [
        ("astro/planted.py", "import mihari.model"),
        ("formats/planted.py", "import mihari.store"),
        ("picture/planted.py", "import httpx2"),
        ("model/planted.py", "def f():\n    import mihari.app"),
    ],
)
def test_a_planted_breach_is_found(tmp_path: Path, module: str, imports: str) -> None:
    """Lint a bare copy of the tree of rooms with one breach in it."""
    rooms = "astro model policy formats store compute picture conjunction release exercise app cli server".split()
    package = tmp_path / "mihari"
    for room in rooms:
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").touch()
    for name in ("__init__", "ids", "errors", "units", "constants"):
        (package / f"{name}.py").touch()
    contract = tmp_path / "contract"
    contract.write_text(CONTRACT.read_text(encoding="utf-8"), encoding="utf-8")
    assert lint(tmp_path, contract).returncode == 0
    (package / module).write_text(imports, encoding="utf-8")
    broken = lint(tmp_path, contract)
    assert broken.returncode != 0
    assert "planted" in broken.stdout
