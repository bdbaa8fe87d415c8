"""A release as a receiver checks it, by both programs, which must agree on every refusal."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mihari.app.release_verify import verify_file
from mihari.astro.time import format_utc
from mihari.errors import InputError, MihariError
from mihari.release.signing import RevocationReason, verify_release
from mihari_verify.release import verify_release as verify_apart
from mihari_verify.signatures import Keys, moment
from release_support import DAY, HOUR, NOW, Clock, breakup, desk_over, keep, published

MS = 1_000_000


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("node") / "store"
    keep(folder, breakup())
    return desk_over(folder)


@pytest.fixture(scope="module")
def document(node) -> dict[str, Any]:
    return published(node, audience="US").published


def both(node, document: dict[str, Any], *, audience: str | None = None, at: int = NOW) -> list[str]:
    """Check with both programs; return the reasons of the first."""
    public = node.keys.public
    first = verify_release(document, keys=node.keys.ring(), at_tai_ns=at, audience=audience)
    second = verify_apart(document, keys=Keys.read(public), at=moment(format_utc(at, digits=6)), audience=audience)
    assert first.valid is second["valid"], (first.reasons, second["reasons"])
    assert first.valid is not bool(first.reasons)
    return list(first.reasons)


def test_a_published_release_is_valid_for_whom_it_is(node, document) -> None:
    assert both(node, document) == []
    assert both(node, document, audience="US") == []
    assert both(node, document, at=NOW + 7 * DAY - MS) == []


def change(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    altered = copy.deepcopy(document)
    *parents, last = path.split(".")
    place: Any = altered
    for name in parents:
        place = place[int(name)] if name.isdigit() else place[name]
    place[int(last) if last.isdigit() else last] = value
    return altered


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("audience", "PUBLIC"),
        ("expires_utc", "2099-01-01T00:00:00.000Z"),
        ("expires_utc", None),
        ("released_utc", "2026-11-30T04:59:59.000Z"),
        ("label", "PUBLIC"),
        ("data_mode", "REAL"),
        ("content.facts.event.facts.regime", "GEO"),
        ("supersedes", "R-1"),
        ("withdraws", "R-1"),
        ("approvals.0.person", "C. Abe"),
        ("log_index", 10_000),
        ("reason", "another"),
        ("redactions", ["x"]),
        ("signatures.1.signature", "AAAA"),
        ("signatures.0.algorithm", "ML-DSA-65"),
        ("form", "mihari-release-2"),
    ],
)
def test_nothing_can_be_altered(node, document, path: str, value: Any) -> None:
    assert both(node, change(document, path, value)) != []


def test_members_that_no_release_has_are_refused(node, document) -> None:
    assert both(node, {**document, "note": "x"}) != []
    assert both(node, {name: value for name, value in document.items() if name != "reason"}) != []
    assert both(node, {}) != []


@pytest.mark.parametrize(
    ("audience", "at", "words"),
    [
        ("JP", NOW, "it is for US, not for JP"),
        ("PUBLIC", NOW, "it is for US, not for PUBLIC"),
        (None, NOW + 7 * DAY, "expired at"),
        (None, NOW - HOUR, "not released before"),
    ],
)
def test_another_audience_or_moment_is_refused(node, document, audience, at: int, words: str) -> None:
    assert any(words in reason for reason in both(node, document, audience=audience, at=at))


def test_a_public_release_is_for_everyone(node) -> None:
    assert both(node, published(node).published, audience="US") == []


@pytest.mark.parametrize("place", [0, 1])
def test_a_missing_signature_is_told(node, document, place: int) -> None:
    alone = change(document, "signatures", [document["signatures"][place]])
    assert any("both are needed" in reason for reason in both(node, alone))
    assert both(node, change(document, "signatures", [])) != []


def test_a_draft_is_no_release(node) -> None:
    state = node.draft("SIM-BREAKUP-1", audiences=["US"], product="breakup-notice", by="A. Mori")[0]
    reasons = both(node, state.document)
    assert "it was never released: a draft" in reasons


def test_keys_of_others_do_not_count(node, document, tmp_path: Path) -> None:
    other = desk_over(tmp_path / "other", party="US")
    assert any("not among the keys" in reason for reason in both(other, document))


@pytest.mark.parametrize(
    ("reason", "signed_later", "valid"),
    [
        ("superseded", True, False),
        ("superseded", False, True),
        ("compromised", True, False),
        ("compromised", False, False),
    ],
)
def test_revoked_keys(tmp_path: Path, reason: str, signed_later: bool, valid: bool) -> None:
    clock = Clock()
    keep(tmp_path / "store", breakup())
    node = desk_over(tmp_path / "store", clock=clock)
    key = node.keys.signing_key(now_tai_ns=NOW)
    document = published(node, audience="US").published
    moment_of_revocation = NOW if signed_later else NOW + HOUR
    node.keys.revoke(
        key.key_id,
        reason=RevocationReason(reason),
        words="",
        from_tai_ns=moment_of_revocation,
        now_tai_ns=NOW + 2 * HOUR,
    )
    told = both(node, document, at=NOW + DAY)
    assert (told == []) is valid, told
    if not valid:
        assert any("revoked" in each or "compromised" in each for each in told)
    assert both(node, document, at=moment_of_revocation - MS) == [], "the moment before, it counted"


def test_files(node, document, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document))
    assert verify_file(path, keys=node.keys.public, at_tai_ns=NOW).valid
    # A key that stands twice is read in two ways by two readers.
    path.write_text(json.dumps(document)[:-1] + ', "audience": "JP"}')
    with pytest.raises(InputError, match="twice"):
        verify_file(path, keys=node.keys.public, at_tai_ns=NOW)


def each_bit(data: bytes) -> Callable[[int], bytes]:
    def flipped(bit: int) -> bytes:
        altered = bytearray(data)
        altered[bit // 8] ^= 1 << (bit % 8)
        return bytes(altered)

    return flipped


def _counts(node, data: bytes, path: Path) -> bool:
    path.write_bytes(data)
    try:
        return verify_file(path, keys=node.keys.public, at_tai_ns=NOW).valid
    except MihariError:
        return False


def test_no_altered_bit_counts_sampled(node, document, tmp_path: Path) -> None:
    import numpy as np

    data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    flipped = each_bit(data)
    path = tmp_path / "x.json"
    assert _counts(node, data, path)
    for bit in np.random.default_rng(5).choice(len(data) * 8, size=150, replace=False):
        assert not _counts(node, flipped(int(bit)), path), f"bit {bit}"


@pytest.mark.slow
def test_no_altered_bit_counts(node, document, tmp_path: Path) -> None:
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    flipped = each_bit(data)
    path = tmp_path / "x.json"
    counted = [bit for bit in range(len(data) * 8) if _counts(node, flipped(bit), path)]
    assert counted == []
