"""The verifier is a program of its own: standard library and cryptography, nothing of Mihari."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import mihari_verify

MODULES = sorted(Path(mihari_verify.__file__).parent.glob("*.py"))


def foreign(source: str) -> set[str]:
    """Return what a module imports that is neither of the standard library nor its own nor cryptography."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    tops = {name.partition(".")[0] for name in names}
    return tops - sys.stdlib_module_names - {"cryptography", "mihari_verify"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_it_imports_nothing_else(path: Path) -> None:
    assert foreign(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("line", ["import mihari", "from mihari.release import signing", "import numpy as np"])
def test_a_planted_import_is_found(line: str) -> None:
    assert foreign(line) != set()
