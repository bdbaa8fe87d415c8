"""Checking a release with nothing but public keys: what a receiver does without any network."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mihari.astro.time import format_utc
from mihari.errors import MihariError
from mihari.model.release import PUBLIC_AUDIENCE, Release, release_document, release_from_document
from mihari.release.signing._canonical import canonical_bytes
from mihari.release.signing._keyring import KeyRing
from mihari.release.signing._keys import SigningKey
from mihari.release.signing._sign import CLOCK_SKEW_NS, Context, SignatureFinding, sign, verify

__all__ = ["ReleaseVerification", "content_sha256", "signed_release_document", "verify_release"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseVerification:
    """Whether a release counts, and every reason why not.

    Attributes
    ----------
    valid : bool
    reasons : tuple of str
    signatures : tuple of SignatureFinding
    release : Release or None
        What was read; not to be believed unless valid.
    """

    valid: bool
    reasons: tuple[str, ...]
    signatures: tuple[SignatureFinding, ...]
    release: Release | None


def content_sha256(content: Mapping[str, Any]) -> str:
    """Return the digest of a content, by which approvals know it."""
    return hashlib.sha256(canonical_bytes(content)).hexdigest()


def signed_release_document(release: Release, *, key: SigningKey, signed_tai_ns: int) -> dict[str, Any]:
    """Return a release as it is published: signed whole, with its audience, times and approvals."""
    document = release_document(release)
    del document["signatures"]
    return {**document, "signatures": sign(document, key=key, context=Context.RELEASE, signed_tai_ns=signed_tai_ns)}


def verify_release(
    document: Mapping[str, Any], *, keys: KeyRing, at_tai_ns: int, audience: str | None = None
) -> ReleaseVerification:
    """Check a release as it came.

    Parameters
    ----------
    document : mapping
        As `signed_release_document` made it.
    keys : KeyRing
    at_tai_ns : int
        The moment of checking: before the release it is under embargo, after its end it is stale.
    audience : str, optional
        The receiver's party or group; a release for another one is refused, a public one is for all.

    Returns
    -------
    ReleaseVerification
        Bad input gives a refusal with its reason, never an error.

    Validation
    ----------
    tests/unit/test_release_verify.py; tests/property/test_release_bits.py alters every bit.
    """
    try:
        release = release_from_document(document)
    except MihariError as error:
        return ReleaseVerification(valid=False, reasons=(error.line(),), signatures=(), release=None)
    reasons: list[str] = []
    body = {name: value for name, value in document.items() if name != "signatures"}
    again = release_document(release)
    del again["signatures"]
    if again != body:
        reasons.append("the document has members that no release has, or writes them in another way")
    try:
        signed = verify(body, release.signatures, keys=keys, context=Context.RELEASE, at_tai_ns=at_tai_ns)
    except MihariError as error:
        return ReleaseVerification(valid=False, reasons=(error.line(),), signatures=(), release=release)
    reasons += signed.reasons
    reasons += _times(release, at_tai_ns)
    if audience is not None and release.audience not in (PUBLIC_AUDIENCE, audience):
        reasons.append(f"it is for {release.audience}, not for {audience}")
    digest = content_sha256(release.content)
    if not release.approvals:
        reasons.append("nobody approved it")
    for each in release.approvals:
        if each.content_sha256 != digest:
            reasons.append(f"{each.person} approved another content")
    return ReleaseVerification(
        valid=not reasons, reasons=tuple(dict.fromkeys(reasons)), signatures=signed.signatures, release=release
    )


def _times(release: Release, at_tai_ns: int) -> list[str]:
    reasons = []
    if release.released_tai_ns is None:
        reasons.append("it was never released: a draft")
    elif at_tai_ns < release.released_tai_ns - CLOCK_SKEW_NS:
        reasons.append(f"not released before {format_utc(release.released_tai_ns, digits=0)}")
    if release.expires_tai_ns is not None and at_tai_ns >= release.expires_tai_ns:
        reasons.append(f"expired at {format_utc(release.expires_tai_ns, digits=0)}")
    if release.label.expires_tai_ns is not None and at_tai_ns >= release.label.expires_tai_ns:
        reasons.append("its label has expired")
    return reasons
