"""Size of modules, and a docstring on every public name."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

import mihari

ROOT = Path(mihari.__file__).parent
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
MAX_LINES = 800


def test_no_module_is_longer_than_800_lines(capsys: pytest.CaptureFixture[str]) -> None:
    lines = {module: len((ROOT / module).read_text(encoding="utf-8").splitlines()) for module in MODULES}
    with capsys.disabled():
        median = statistics.median(lines.values())
        print(f"\nmodules: {len(lines)}, median {median:.0f} lines, longest {max(lines.values())}")
    assert {module: count for module, count in lines.items() if count > MAX_LINES} == {}


def listed(tree: ast.Module) -> list[str] | None:
    """Return `__all__`, or None without one."""
    for node in tree.body:
        target = (
            node.targets[0]
            if isinstance(node, ast.Assign)
            else node.target
            if isinstance(node, ast.AnnAssign)
            else None
        )
        if isinstance(target, ast.Name) and target.id == "__all__":
            return [element.value for element in node.value.elts]
    return None


def undocumented(source: str) -> list[str]:
    """Return the public functions, classes and methods that a module defines without a docstring, and the module."""
    tree = ast.parse(source)
    names = listed(tree)
    found = [] if len(ast.get_docstring(tree) or "") > len(".") else ["the module"]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if (node.name not in names) if names is not None else node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                found.append(node.name)
            if isinstance(node, ast.ClassDef):
                found += [f"{node.name}.{member.name}" for member in _bare_methods(node)]
    return found


def _bare_methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [
        member
        for member in node.body
        if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef)
        and not member.name.startswith("_")
        and not ast.get_docstring(member)
        and not any(ast.unparse(d).endswith((".setter", "overload")) for d in member.decorator_list)
    ]


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_documented(module: str) -> None:
    assert undocumented((ROOT / module).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", MODULES)
def test_every_module_lists_its_public_names(module: str) -> None:
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom) for node in tree.body)
    if not defines or module == "__main__.py":
        return
    names = listed(tree)
    assert names is not None, "a module with code has an explicit __all__"
    assert len(names) == len(set(names))
    defined = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    defined |= {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            defined.add(node.id)
    assert set(names) - defined == set()


@pytest.mark.parametrize(
    "bad",
    [
        '__all__ = ["f"]\ndef f(): ...',
        '"""A module."""\n__all__ = ["A"]\nclass A: ...',
        '"""A module."""\n__all__ = ["A"]\nclass A:\n    """A class."""\n    def f(self): ...',
        '"""."""',
    ],
)
def test_what_is_not_documented_is_found(bad: str) -> None:
    assert undocumented(bad) != []
