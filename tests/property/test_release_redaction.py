"""Two events that differ in protected fields only give the same bytes, wherever one looks."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.model.label import parse_label
from mihari.model.space_event import Confidence, Evidence, EvidenceKind, LikelihoodTerm
from mihari.release.products import product_names
from mihari.release.redaction import AudienceClass, allow_list, field_paths, redact
from mihari.release.signing import canonical_bytes
from release_support import EVENT, NOW, breakup, desk_over, keep

LEAVES = st.one_of(st.text(max_size=5), st.integers(-5, 5), st.none(), st.booleans())
FACTS = st.dictionaries(
    st.sampled_from("abcd"),
    st.recursive(
        LEAVES,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)
        ),
        max_leaves=8,
    ),
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(FACTS, st.data())
def test_nothing_leaves_that_is_not_named(facts: dict[str, Any], data: st.DataObject) -> None:
    every = sorted(field_paths(facts))
    allowed = frozenset(data.draw(st.lists(st.sampled_from(every), unique=True)) if every else [])
    assert field_paths(redact(facts, allowed)) <= allowed


@settings(max_examples=200, deadline=None)
@given(FACTS, st.data())
def test_protected_values_leave_no_trace(facts: dict[str, Any], data: st.DataObject) -> None:
    """Neither another value in a protected place, nor none, nor more of them, changes what leaves."""
    every = sorted(field_paths(facts))
    allowed = frozenset(data.draw(st.lists(st.sampled_from(every), unique=True)) if every else [])

    def altered(value: Any, path: str) -> Any:
        if isinstance(value, dict):
            made = {name: altered(each, f"{path}.{name}" if path else name) for name, each in value.items()}
            return {**made, "zz": "added"} if data.draw(st.booleans()) else made
        if isinstance(value, list):
            return [altered(each, f"{path}[]") for each in value]
        return value if path in allowed else data.draw(LEAVES)

    assert canonical_bytes(redact(altered(copy.deepcopy(facts), ""), allowed)) == canonical_bytes(
        redact(facts, allowed)
    )


SECRETS: tuple[dict[str, Any], ...] = (
    {"evidence": ()},
    {"evidence": (Evidence(kind=EvidenceKind.TELEMETRY, text="another", source="a longer name of a source"),) * 7},
    {"sources": ("a", "b", "c")},
    {"contact": "someone.else@example.net"},
    {"written_by": "Z. Someone"},
    {"likelihood": LikelihoodTerm.UNLIKELY, "confidence": Confidence.LOW, "confidence_basis": "x" * 500},
    {"alternatives": ()},
    {"summary_en": "Nothing.", "summary_ja": "なし。"},
    {"label": parse_label("REL:JP+US+AU//BY:JP//HANDLING:LIMDIS")},
    {"written_tai_ns": NOW - 5},
    {
        "facts": {
            **breakup().facts,
            "piece_counts": [
                {
                    "count": 57,
                    "source": "satellite Q, band X",
                    "at_utc": "2026-11-30T03:40:00Z",
                    "smallest_size_m": 0.03,
                }
            ],
        }
    },
)


def tear_line(folder: Path, other: dict[str, Any], audience: str, product: str) -> bytes:
    """Everything that an audience gets, and the names of all files."""
    keep(folder, breakup(**other))
    desk = desk_over(folder)
    private = desk.keys.private
    (private / "node-secret.hex").write_text("00" * 32)
    state = desk.draft(EVENT, audiences=[audience], product=product, by="A. Mori")[0]
    desk.approve(state.release_id, by="B. Ito")
    document = dict(desk.publish(state.release_id, by="B. Ito")[0].published)
    # Signatures are made by chance and sign the rest.
    signatures = document.pop("signatures")
    names = sorted(path.name for path in (folder / "outbox").rglob("*"))
    lengths = [len(each["signature"]) for each in signatures]
    return canonical_bytes({"document": document, "names": names, "lengths": lengths})


@pytest.mark.parametrize("product", ["breakup-notice", "operator-notice", "diplomatic-pack", "safety-notice"])
def test_tear_lines_of_events_that_differ_in_secret_are_the_same_bytes(tmp_path: Path, product: str) -> None:
    """Content, sheets, ids, counts, lengths, times, file names, and what was withheld."""
    plain = tear_line(tmp_path / "plain", {}, "PUBLIC", product)
    for k, other in enumerate(SECRETS):
        assert tear_line(tmp_path / f"n{k}", other, "PUBLIC", product) == plain, other.keys()


def test_the_comparison_can_fail(tmp_path: Path) -> None:
    facts = {**breakup().facts, "regime": "GEO"}
    plain = tear_line(tmp_path / "a", {}, "PUBLIC", "breakup-notice")
    assert tear_line(tmp_path / "b", {"facts": facts}, "PUBLIC", "breakup-notice") != plain


@pytest.mark.parametrize("product", product_names())
def test_every_product_has_lists_and_a_wider_audience_gets_no_more(product: str) -> None:
    lists = allow_list(product)
    allowed = {each: lists.allowed[each] for each in AudienceClass}
    assert allowed[AudienceClass.TEAR_LINE] <= allowed[AudienceClass.PUBLIC] or product == "conjunction-notice"
    assert allowed[AudienceClass.PUBLIC] <= allowed[AudienceClass.OPERATOR]
    assert allowed[AudienceClass.OPERATOR] <= allowed[AudienceClass.PARTNER]
    assert allowed[AudienceClass.PARTNER] <= allowed[AudienceClass.OWN_OBJECT]
    assert set(lists.withheld(AudienceClass.PUBLIC)).isdisjoint(allowed[AudienceClass.PUBLIC])


@pytest.mark.parametrize("product", ["safety-notice"])
def test_a_safety_notice_names_no_source_and_no_sensor(product: str) -> None:
    for paths in allow_list(product).allowed.values():
        assert not any(word in path for path in paths for word in ("source", "evidence", "sensor", "orbits", "written"))
