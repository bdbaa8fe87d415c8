"""Double signatures: what counts, and a clear refusal for everything that does not."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mihari.app.release_keys import KeyFolder
from mihari.errors import InputError
from mihari.release.signing import (
    CLOCK_SKEW_NS,
    Context,
    KeyRing,
    Revocation,
    RevocationReason,
    SigningKey,
    public_key_document,
    revocation_document,
    self_test,
    sign,
    verify,
)
from mihari.release.signing import _sign as signing
from release_support import DAY, HOUR, NOW

DOCUMENT = {"what": "a close approach", "n": [1, 2.5], "ja": "接近"}
KEY = SigningKey.new("JP", valid_from_tai_ns=NOW - DAY, valid_until_tai_ns=NOW + 100 * DAY)
OTHER = SigningKey.new("US", valid_from_tai_ns=NOW - DAY, valid_until_tai_ns=NOW + 100 * DAY)
RING = KeyRing.of([KEY.public])
SIGNED = sign(DOCUMENT, key=KEY, context=Context.RELEASE, signed_tai_ns=NOW)


def refusal(document=DOCUMENT, signatures=SIGNED, *, keys=RING, context=Context.RELEASE, at=NOW) -> str:
    found = verify(document, signatures, keys=keys, context=context, at_tai_ns=at)
    assert found.valid is not bool(found.reasons)
    return "; ".join(found.reasons)


def revoked(reason: RevocationReason, *, at: int) -> KeyRing:
    return KeyRing.of(
        [KEY.public],
        revocations=[
            Revocation(key_id=KEY.key_id, party="JP", from_tai_ns=at, reason=reason, words="", signed_by=KEY.key_id)
        ],
    )


def test_both_signatures_count_together() -> None:
    found = verify(DOCUMENT, SIGNED, keys=RING, context=Context.RELEASE, at_tai_ns=NOW)
    assert found.valid
    assert found.parties == {"JP"}
    assert [each.algorithm for each in found.signatures] == ["Ed25519", "ML-DSA-65"]


@pytest.mark.parametrize("place", [0, 1])
def test_one_missing_signature_is_one_too_few(place: int) -> None:
    assert "is missing; both are needed" in refusal(signatures=[SIGNED[place]])


@pytest.mark.parametrize("place", [0, 1])
def test_one_wrong_signature_refuses_all(place: int) -> None:
    """The half that still fits does not save the other."""
    forged = [dict(each) for each in SIGNED]
    text = forged[place]["signature"]
    forged[place]["signature"] = ("A" if text[0] != "A" else "B") + text[1:]
    assert "does not fit" in refusal(signatures=forged)


def test_halves_of_two_keys_make_no_pair() -> None:
    others = sign(DOCUMENT, key=OTHER, context=Context.RELEASE, signed_tai_ns=NOW)
    mixed = [SIGNED[0], others[1]]
    assert "both are needed" in refusal(signatures=mixed, keys=KeyRing.of([KEY.public, OTHER.public]))
    renamed = [SIGNED[0], {**others[1], "key_id": KEY.key_id}]
    assert "does not fit" in refusal(signatures=renamed)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"document": {**DOCUMENT, "n": [1, 2.6]}}, "does not fit"),
        ({"document": {**DOCUMENT, "more": None}}, "does not fit"),
        ({"context": Context.EXCHANGE}, "made for another context"),
        ({"keys": KeyRing.of([OTHER.public])}, "not among the keys"),
        ({"signatures": []}, "no signature"),
        ({"signatures": [*SIGNED, *SIGNED]}, "twice"),
        ({"signatures": [{**SIGNED[0], "extra": "1"}, SIGNED[1]]}, "no signature of a known form"),
        ({"signatures": SIGNED * 20}, "more than 32"),
        ({"at": NOW - CLOCK_SKEW_NS - 1}, "after the moment of checking"),
    ],
)
def test_everything_else_is_refused_with_its_reason(change: dict, words: str) -> None:
    assert words in refusal(**change)


@pytest.mark.parametrize("member", ["context", "signed_utc"])
def test_what_is_said_beside_a_signature_is_signed_too(member: str) -> None:
    value = {"context": Context.EXCHANGE, "signed_utc": "2026-11-30T05:00:01.000Z"}[member]
    altered = [{**each, member: value} for each in SIGNED]
    context = Context.EXCHANGE if member == "context" else Context.RELEASE
    assert "does not fit" in refusal(signatures=altered, context=context)


def test_a_key_signs_within_its_dates_only() -> None:
    with pytest.raises(InputError, match="not valid now"):
        sign(DOCUMENT, key=KEY, context=Context.RELEASE, signed_tai_ns=NOW + 100 * DAY)
    short = KeyRing.of([replace(KEY.public, valid_until_tai_ns=NOW)])
    assert "expired" in refusal(keys=short)
    late = KeyRing.of([replace(KEY.public, valid_from_tai_ns=NOW + 1)])
    assert "before its key was valid" in refusal(keys=late)


@pytest.mark.parametrize("reason", list(RevocationReason))
def test_a_revocation_counts_from_its_moment_on(reason: RevocationReason) -> None:
    ring = revoked(reason, at=NOW)
    assert refusal(keys=ring, at=NOW - 1) == "", "asked of the moment before"
    assert "revoked" in refusal(keys=ring, at=NOW)


def test_what_was_signed_before_a_revocation_stands_unless_the_key_was_stolen() -> None:
    assert refusal(keys=revoked(RevocationReason.SUPERSEDED, at=NOW + HOUR), at=NOW + DAY) == ""
    assert "compromised" in refusal(keys=revoked(RevocationReason.COMPROMISED, at=NOW + HOUR), at=NOW + DAY)


def test_keys_lie_in_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "k" / "one.json"
    KEY.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    assert SigningKey.read(path).key_id == KEY.key_id
    with pytest.raises(InputError, match="never overwritten"):
        KEY.write(path)
    path.chmod(0o640)
    with pytest.raises(InputError, match="others can read"):
        SigningKey.read(path)


def test_private_keys_do_not_show_themselves() -> None:
    seeds = json.dumps([KEY._ed25519_seed.hex(), KEY._ml_dsa_65_seed.hex()])
    assert not any(seed in repr(KEY) + str(KEY) for seed in json.loads(seeds))
    assert "seed" not in repr(KEY)


def test_a_folder_of_keys(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path)
    first = folder.new("JP", now_tai_ns=NOW)
    second = folder.rotate(now_tai_ns=NOW + DAY)
    assert folder.signing_key(now_tai_ns=NOW + 2 * DAY).key_id == second.key_id
    folder.revoke(
        first.key_id, reason=RevocationReason.COMPROMISED, words="lost", from_tai_ns=None, now_tai_ns=NOW + 2 * DAY
    )
    ring = folder.ring()
    assert [each.key_id for each in ring.of_party("JP", at_tai_ns=NOW + 3 * DAY)] == [second.key_id]
    assert ring.revocations_of(first.key_id)[0].signed_by == second.key_id, "by the key that is not stolen"


def test_the_next_key_is_taken_on_the_word_of_the_one_before_and_on_no_other() -> None:
    following = SigningKey.new("JP", valid_from_tai_ns=NOW, valid_until_tai_ns=NOW + DAY)
    endorsed = public_key_document(following, written_tai_ns=NOW, endorsed_by=KEY)
    assert following.key_id in RING.with_rotation(endorsed, at_tai_ns=NOW).keys
    for wrong in (
        public_key_document(following, written_tai_ns=NOW),
        public_key_document(following, written_tai_ns=NOW, endorsed_by=OTHER),
    ):
        with pytest.raises(InputError, match="not endorsed"):
            KeyRing.of([KEY.public, OTHER.public]).with_rotation(wrong, at_tai_ns=NOW)
    stolen = revoked(RevocationReason.COMPROMISED, at=NOW - 1)
    with pytest.raises(InputError, match="not endorsed"):
        stolen.with_rotation(endorsed, at_tai_ns=NOW)


@pytest.mark.parametrize("member", ["valid_until_utc", "party"])
def test_nobody_alters_a_public_key(tmp_path: Path, member: str) -> None:
    document = public_key_document(KEY, written_tai_ns=NOW)
    document[member] = {"valid_until_utc": "2099-01-01T00:00:00Z", "party": "US"}[member]
    (tmp_path / "x.public.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match="not its own"):
        KeyRing.read(tmp_path)


def test_a_revocation_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.public.json").write_text(json.dumps(public_key_document(KEY, written_tai_ns=NOW)))
    (tmp_path / "b.public.json").write_text(json.dumps(public_key_document(OTHER, written_tai_ns=NOW)))
    told = {"from_tai_ns": NOW, "reason": RevocationReason.RETIRED, "words": "", "written_tai_ns": NOW}
    by_another = revocation_document(KEY.key_id, by=OTHER, **told)
    path = tmp_path / "c.revocation.json"
    path.write_text(json.dumps(by_another))
    with pytest.raises(InputError, match="its own keys only"):
        KeyRing.read(tmp_path)
    path.write_text(json.dumps({**revocation_document(KEY.key_id, by=KEY, **told), "from_utc": "2030-01-01T00:00:00Z"}))
    with pytest.raises(InputError, match="does not count"):
        KeyRing.read(tmp_path)
    path.write_text("{")
    with pytest.raises(InputError):
        KeyRing.read(tmp_path)


def test_a_library_that_accepts_too_much_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives.asymmetric import mldsa

    class Lax:
        """Accepts every signature."""

        @staticmethod
        def from_seed_bytes(seed: bytes) -> Lax:
            return Lax()

        def sign(self, *_: bytes) -> bytes:
            return b""

        def public_key(self) -> Lax:
            return self

        def verify(self, *_: bytes) -> None: ...

    monkeypatch.setattr(mldsa, "MLDSA65PrivateKey", Lax)
    signing.self_test.cache_clear()
    with pytest.raises(InputError, match="failed its self-test"):
        self_test()
    signing.self_test.cache_clear()
    monkeypatch.undo()
    self_test()


def test_seeds_are_those_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = os.urandom
    monkeypatch.setattr(os, "urandom", lambda n: asked.append(n) or real(n))
    SigningKey.new("JP", valid_from_tai_ns=NOW, valid_until_tai_ns=NOW + 1)
    assert asked == [32, 32]
