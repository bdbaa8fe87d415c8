"""The page's files: what is vendored is what its list says, both languages say everything, nothing is too large."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "src" / "mihari" / "web"
SOURCES = sorted(path for path in WEB.rglob("*.js") if "vendor" not in path.parts)
WORDS = {lang: json.loads((WEB / "lang" / f"{lang}.json").read_text(encoding="utf-8")) for lang in ("en", "ja")}
PLURAL = re.compile(r"\.(zero|one|two|few|many|other)$")
KEY = re.compile(r"""\bt\(\s*'([a-zA-Z0-9_.-]+)'""")


def test_the_vendored_files_are_those_of_their_list() -> None:
    listed = json.loads((WEB / "vendor" / "vendor.json").read_text(encoding="utf-8"))
    there = {path.name for path in (WEB / "vendor").iterdir()} - {"vendor.json"}
    assert set(listed) == there
    for name, told in listed.items():
        assert hashlib.sha256((WEB / "vendor" / name).read_bytes()).hexdigest() == told["sha256"], name
    licences = (WEB / "vendor" / "LICENSES.txt").read_text(encoding="utf-8")
    for package in ("three", "preact", "htm", "uplot", "world-atlas", "Natural Earth"):
        assert package in licences


def test_the_page_is_small() -> None:
    assert sum(path.stat().st_size for path in WEB.rglob("*") if path.is_file()) <= 1_500_000


def test_both_languages_have_the_same_keys_and_the_same_blanks() -> None:
    assert WORDS["en"].keys() == WORDS["ja"].keys()
    for key, text in WORDS["en"].items():
        assert text.strip()
        assert WORDS["ja"][key].strip()
        # `{n}` may be left out of a plural form, and nothing may be filled in that the other language does not have.
        blanks = [set(re.findall(r"\{\w+\}", WORDS[lang][key])) - {"{n}"} for lang in ("en", "ja")]
        assert blanks[0] == blanks[1], key


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(WEB)))
def test_every_word_that_is_asked_for_is_there(path: Path) -> None:
    known = {PLURAL.sub("", key) for key in WORDS["en"]} | set(WORDS["en"])
    missing = {key for key in KEY.findall(path.read_text(encoding="utf-8")) if key not in known}
    assert missing == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(WEB)))
def test_no_module_asks_elsewhere_or_needs_an_unsafe_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for forbidden in (
        "http://",
        "https://",
        "eval(",
        "new Function",
        "innerHTML",
        "document.write",
        ' style="',
        "onclick=",
    ):
        assert forbidden not in text.replace("http://www.w3.org/", ""), forbidden


def _sentences_of_the_node() -> str:
    """Every text in the node's source, one a line; f-strings without what they fill in."""
    found = []
    for path in sorted((WEB.parent).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found)


def test_the_sentences_of_the_node_that_are_translated_are_still_said() -> None:
    said = _sentences_of_the_node()
    told = {key: re.split(r"\{\w+\}", text) for key, text in WORDS["en"].items() if key.startswith("node.")}
    assert len(told) > 40
    assert {key: part for key, parts in told.items() for part in parts if part.strip() not in said} == {}
