"""Signatures on canonical JSON: Ed25519 and ML-DSA-65 together, each for one purpose, with keys that can be revoked."""

from __future__ import annotations

from mihari.release.signing._canonical import canonical_bytes
from mihari.release.signing._keyring import (
    KeyRing,
    Revocation,
    RevocationReason,
    public_key_document,
    revocation_document,
    revocation_from_document,
)
from mihari.release.signing._keys import PublicKey, SigningKey, parsed_document, read_json_file, write_private_file
from mihari.release.signing._package import (
    ReleaseVerification,
    content_sha256,
    signed_release_document,
    verify_release,
)
from mihari.release.signing._sealing import SealingKey, SealingPublicKey, open_sealed, read_sealing_public_key, seal
from mihari.release.signing._sign import (
    CLOCK_SKEW_NS,
    Context,
    SignatureFinding,
    Verification,
    self_test,
    sign,
    verify,
)

__all__ = [
    "CLOCK_SKEW_NS",
    "Context",
    "KeyRing",
    "PublicKey",
    "ReleaseVerification",
    "Revocation",
    "RevocationReason",
    "SealingKey",
    "SealingPublicKey",
    "SignatureFinding",
    "SigningKey",
    "Verification",
    "canonical_bytes",
    "content_sha256",
    "open_sealed",
    "parsed_document",
    "public_key_document",
    "read_json_file",
    "read_sealing_public_key",
    "revocation_document",
    "revocation_from_document",
    "seal",
    "self_test",
    "sign",
    "signed_release_document",
    "verify",
    "verify_release",
    "write_private_file",
]
