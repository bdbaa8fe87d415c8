"""Joining data never widens a release, whoever belongs to which group."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mihari.model.label import Audience, Label, Redistribution, join_labels, parse_label

NAMES = st.sampled_from(["JP", "US", "AU", "IN", "QUAD", "UN", "OP-A", "OP-B"])
CLAUSES = st.frozensets(st.frozensets(NAMES, max_size=4), max_size=3)
LABELS = st.builds(
    Label,
    audience=st.builds(Audience, CLAUSES),
    originators=st.frozensets(NAMES, min_size=1, max_size=2),
    originator_control=st.booleans(),
    handling=st.frozensets(st.sampled_from(["LIMDIS", "EYES"]), max_size=2),
    redistribution=st.sampled_from(Redistribution),
    expires_tai_ns=st.none() | st.integers(0, 4_000_000_000_000_000_000),
)


def passes(audience: Audience, viewer: frozenset[str]) -> bool:
    return all(clause & viewer for clause in audience.clauses)


@given(st.lists(LABELS, max_size=4), st.frozensets(NAMES, max_size=5))
def test_who_passes_the_joint_passes_each(labels: list[Label], viewer: frozenset[str]) -> None:
    joined = join_labels(labels)
    assert passes(joined.audience, viewer) == all(passes(each.audience, viewer) for each in labels)
    for each in labels:
        assert joined.audience <= each.audience
        assert joined.originators >= each.originators
        assert joined.originator_control >= each.originator_control
        assert joined.redistribution.strictness >= each.redistribution.strictness
        assert each.expires_tai_ns is None or (joined.expires_tai_ns or 0) <= each.expires_tai_ns


@given(LABELS)
def test_the_text_form_loses_nothing(label: Label) -> None:
    assert parse_label(str(label)) == label


@given(st.builds(Audience, CLAUSES), st.builds(Audience, CLAUSES), st.frozensets(NAMES, max_size=5))
def test_the_order_agrees_with_who_passes(one: Audience, two: Audience, viewer: frozenset[str]) -> None:
    if one <= two and passes(one, viewer):
        assert passes(two, viewer)
