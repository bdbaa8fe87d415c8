"""A kernel compiles again when a file changes that it takes code from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_HELPER = """from pathlib import Path

from mihari.astro.compiled import compiled, source_stamp

STAMP = source_stamp(Path(__file__).parent)


@compiled(stamp=STAMP{inline})
def inner(x):
    return x + {n}
"""
_CALLER = """from helper import STAMP, inner
from mihari.astro.compiled import compiled


@compiled(stamp=STAMP)
def outer(x):
    return 10.0 * inner(x)


print(outer(1.0))
"""


def _answer(folder: Path) -> float:
    done = subprocess.run(
        [sys.executable, "caller.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache")},
    )
    return float(done.stdout)


def test_an_edited_neighbour_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    for inline in ("", ', inline="always"'):
        (tmp_path / "caller.py").write_text(_CALLER)
        (tmp_path / "helper.py").write_text(_HELPER.format(n=1, inline=inline))
        assert _answer(tmp_path) == 20.0
        assert _answer(tmp_path) == 20.0
        (tmp_path / "helper.py").write_text(_HELPER.format(n=25, inline=inline))
        assert _answer(tmp_path) == 260.0
