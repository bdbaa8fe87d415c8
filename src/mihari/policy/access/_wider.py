"""Whether what is known under one label is known to everyone who may see another."""

from __future__ import annotations

from functools import lru_cache

from mihari.errors import InputError
from mihari.model.label import parse_label

__all__ = ["is_at_least_as_wide"]


@lru_cache(maxsize=4_096)
def is_at_least_as_wide(known: str, new: str) -> bool:
    """Say whether every use that `new` allows to someone, at any moment, `known` allows too.

    Only then may a record under `new` be taken for one that stands under `known` already: it would else be lost to
    those who see the new one alone. A text that is no label is as wide as nothing.
    """
    if known == new:
        return True
    try:
        one, other = parse_label(known), parse_label(new)
    except InputError:
        return False
    lasts = one.expires_tai_ns is None or (
        other.expires_tai_ns is not None and other.expires_tai_ns <= one.expires_tai_ns
    )
    return (
        lasts
        and other.audience <= one.audience
        and one.originator_control <= other.originator_control
        and one.redistribution.strictness <= other.redistribution.strictness
    )
