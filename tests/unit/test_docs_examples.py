"""The documents keep their word: examples run, commands parse, every public module is in the reference.

A fenced block that opens with ```` ```python run ```` is executed; every other Python block is only compiled. In shell
blocks each line that begins with `mihari` (or `.venv/bin/mihari`) is parsed by the command line itself.
"""

from __future__ import annotations

import ast
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: str
    line: int
    info: str
    body: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(text: str, page: str) -> list[Block]:
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, found["info"].strip(), found["body"])
        for found in FENCE.finditer(text)
    ]


BLOCKS = [
    block for path in PAGES for block in blocks_of(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
]
RUN = [block for block in BLOCKS if block.info == "python run"]
PYTHON = [block for block in BLOCKS if block.info in ("python", "python run")]
COMMANDS = [
    (block, command)
    for block in BLOCKS
    if block.info in ("sh", "bash", "console")
    for line in block.body.replace("\\\n", " ").splitlines()
    if (command := line.strip().removeprefix("$ ").removeprefix(".venv/bin/")).startswith("mihari ")
]


@pytest.mark.parametrize("block", RUN, ids=str)
def test_an_example_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIHARI_STORE", str(tmp_path / "store"))
    # Empty lines before the code let a traceback name the line of the page.
    code = compile("\n" * block.line + block.body, str(ROOT / block.page), "exec")
    exec(code, {"__name__": "__main__"})


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_in_the_documents_is_python(block: Block) -> None:
    ast.parse(block.body)


@pytest.mark.parametrize(("block", "command"), COMMANDS, ids=[f"{block}:{command}" for block, command in COMMANDS])
def test_a_command_in_the_documents_parses(block: Block, command: str) -> None:
    from mihari.cli._main import app

    tokens = shlex.split(command, comments=True)[1:]
    if tokens in (["--help"], ["--version"]):
        return
    app.parse_args(tokens, exit_on_error=False, print_error=False)


@pytest.mark.parametrize("command", ["mihari wher ISS", "mihari screen --hours many", "mihari up --no-such-option"])
def test_a_wrong_command_would_be_found(command: str) -> None:
    from cyclopts import CycloptsError

    from mihari.cli._main import app

    with pytest.raises(CycloptsError):
        app.parse_args(shlex.split(command)[1:], exit_on_error=False, print_error=False)


def test_examples_and_commands_are_found() -> None:
    assert len(RUN) >= 3
    assert len(COMMANDS) >= 10


def test_the_reader_of_blocks_sees_info_line_and_body() -> None:
    text = "words\n\n```python run\na = 1\n```\n\n```\nplain\n```\n"
    first, second = blocks_of(text, "page.md")
    assert (first.info, first.line, first.body) == ("python run", 3, "a = 1\n")
    assert (second.info, second.body) == ("", "plain\n")


def public_modules() -> set[str]:
    """Return the rooms and modules with public names; rooms whose names all stand in one deeper module count once."""
    source = ROOT / "src"
    found = set()
    for path in source.rglob("*.py"):
        parts = path.relative_to(source).with_suffix("").parts
        if any(part.startswith("_") and part != "__init__" for part in parts):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        listed = [
            node.value
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and "__all__" in ast.unparse(node).split("=", 1)[0]
        ]
        if listed and listed[0].elts:
            found.add(".".join(part for part in parts if part != "__init__"))
    return found


EDGES = {"mihari", "mihari.cli", "mihari.server"}
"""Documented by their own pages: the facade, the command line, HTTP."""


def test_every_public_module_is_in_the_reference() -> None:
    text = (ROOT / "docs/reference/python-api.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\.\. automodule:: (\S+)$", text, re.MULTILINE))
    # Use cases that only serve the edges are no interface for others.
    inner = {
        "access",
        "answers",
        "assess",
        "assess_screening",
        "assessment_documents",
        "asset_register",
        "audit",
        "catalogue",
        "documents",
        "event_records",
        "events",
        "exchange_export",
        "exchange_import",
        "exchange_node",
        "exchange_requests",
        "exchange_wire",
        "export",
        "export_health",
        "export_objects",
        "intake",
        "json_files",
        "keep_messages",
        "labels",
        "live",
        "moment",
        "policy_desk",
        "policy_records",
        "profile_review",
        "release_content",
        "release_drafts",
        "release_drill",
        "release_facts",
        "release_forms",
        "release_keys",
        "release_messages",
        "release_outbox",
        "release_publishing",
        "release_register",
        "release_states",
        "release_steps",
        "release_verify",
        "settings",
        "space_event_documents",
        "space_event_intake",
        "space_events",
        "trade_space",
        "up",
    }
    expected = {
        name
        for name in public_modules()
        if name not in EDGES and not name.startswith(("mihari.cli.", "mihari.server."))
    }
    expected -= {f"mihari.app.{name}" for name in inner}
    assert documented == expected
