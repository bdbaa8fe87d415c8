"""What Mihari needs at run time may be used under Apache-2.0: no GPL, no AGPL."""

from __future__ import annotations

import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement

FORBIDDEN = re.compile(r"\b(A?GPL|GNU (Affero )?General Public|AGPL)", re.IGNORECASE)
LESSER = re.compile(r"\bL(esser )?GPL\b|GNU Lesser General|GNU Library", re.IGNORECASE)


def licence_text(distribution: metadata.Distribution) -> str:
    """Return what a distribution says of its licence: expression, classifiers, or the file's first lines."""
    meta = distribution.metadata
    if meta.get("License-Expression"):
        return meta["License-Expression"]
    classifiers = [c for c in meta.get_all("Classifier", []) if c.startswith("License ::")]
    said = "; ".join(classifiers) or (meta.get("License") or "")[:400]
    if said:
        return said
    # Some say it only in the licence file itself.
    kept = [each for each in distribution.files or [] if each.name.upper().startswith("LICEN")]
    return "; ".join(each.read_text()[:400] for each in kept)


def forbids(text: str) -> bool:
    """Say whether none of the offered licences may be used; `A OR B` offers a choice."""
    choices = re.split(r"\bOR\b", LESSER.sub("", text))
    return all(FORBIDDEN.search(choice) for choice in choices)


def closure(name: str) -> dict[str, metadata.Distribution]:
    """Return every distribution that is installed because `name` is, without extras."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [Requirement(name)]
    while waiting:
        wanted = waiting.pop()
        key = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if key in found:
            continue
        found[key] = metadata.distribution(wanted.name)
        for text in found[key].requires or []:
            requirement = Requirement(text)
            extras = wanted.extras or {""}
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(requirement)
    return found


def test_no_runtime_dependency_is_under_the_gpl() -> None:
    runtime = closure("mihari")
    assert {"numpy", "numba", "polars", "httpx2", "matplotlib"} <= runtime.keys()
    texts = {name: licence_text(distribution) for name, distribution in runtime.items()}
    assert {name: text for name, text in texts.items() if forbids(text)} == {}
    assert {name for name, text in texts.items() if not text.strip()} == set()


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("GPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("AGPL-3.0-only", True),
        ("LGPL-2.1-or-later", False),
        ("MIT OR GPL-2.0-only", False),
        ("BSD-3-Clause", False),
        ("MIT AND GPL-2.0-only", True),
    ],
)
def test_the_reading_of_licences(text: str, forbidden: bool) -> None:
    assert forbids(text) is forbidden
