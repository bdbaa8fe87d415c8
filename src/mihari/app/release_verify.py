"""Checking releases of others, from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from mihari.astro.time import format_utc
from mihari.release.signing import (
    KeyRing,
    ReleaseVerification,
    SealingKey,
    open_sealed,
    read_json_file,
    verify_release,
)

__all__ = ["verification_document", "verify_file"]

_LARGEST: Final = 64_000_000


def verify_file(
    path: Path | str,
    *,
    keys: Path | str,
    at_tai_ns: int,
    audience: str | None = None,
    sealing_key: Path | str | None = None,
) -> ReleaseVerification:
    """Check a release in a file with nothing but a folder of public keys; a sealed one is opened first.

    Raises
    ------
    InputError
        The file or the folder cannot be read. What is read and does not count is an answer, no error.
    """
    ring = KeyRing.read(keys)
    document = read_json_file(Path(path), largest=_LARGEST)
    if sealing_key is not None and "ciphertext" in document:
        document = open_sealed(document, key=SealingKey.read(Path(sealing_key)))
    return verify_release(document, keys=ring, at_tai_ns=at_tai_ns, audience=audience)


def verification_document(found: ReleaseVerification, *, at_tai_ns: int) -> dict[str, Any]:
    """Return the answer as the machine contract has it."""
    release = found.release
    expires = None if release is None else release.expires_tai_ns
    released = None if release is None else release.released_tai_ns
    return {
        "valid": found.valid,
        "reasons": list(found.reasons),
        "signatures": [
            {
                "key_id": each.key_id,
                "party": each.party,
                "algorithm": each.algorithm,
                "signed_utc": None if each.signed_tai_ns is None else format_utc(each.signed_tai_ns, digits=3),
                "valid": each.valid,
                "reason": each.reason,
            }
            for each in found.signatures
        ],
        "audience": None if release is None else release.audience,
        "expires_utc": None if expires is None else format_utc(expires, digits=3),
        "supersedes": None if release is None else release.supersedes,
        "withdraws": None if release is None else release.withdraws,
        "release_id": None if release is None else release.release_id,
        "data_mode": None if release is None else release.data_mode.value,
        "released_utc": None if released is None else format_utc(released, digits=3),
        "at_utc": format_utc(at_tai_ns, digits=3),
    }
