"""Signing and checking: both algorithms on the same bytes, apart by what the signature is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import InputError, MihariError
from mihari.release.signing._canonical import canonical_bytes
from mihari.release.signing._keys import PublicKey, SigningKey, decoded, encoded

if TYPE_CHECKING:
    from mihari.release.signing._keyring import KeyRing

__all__ = [
    "CLOCK_SKEW_NS",
    "Context",
    "SignatureFinding",
    "Verification",
    "check_pair",
    "self_test",
    "sign",
    "signed_bytes",
    "verify",
]

CLOCK_SKEW_NS: Final = 300_000_000_000
"""Clocks of different nodes may differ by five minutes."""
_ED25519: Final = "Ed25519"
_ML_DSA_65: Final = "ML-DSA-65"
_BOTH: Final = (_ED25519, _ML_DSA_65)
_PREFIX: Final = b"mihari signature 1\0"
_MOST_SIGNATURES: Final = 32


class Context:
    """What a signature can be for; one made for another purpose does not count."""

    RELEASE: Final = "mihari/release/1"
    AUDIT_ROOT: Final = "mihari/audit-root/1"
    EXCHANGE: Final = "mihari/exchange/1"
    EXERCISE: Final = "mihari/exercise/1"
    KEY: Final = "mihari/key/1"
    REVOCATION: Final = "mihari/revocation/1"
    APPROVAL: Final = "mihari/approval/1"


class Refusal(Enum):
    """Why a signature does not count, in the words that are told."""

    UNKNOWN_KEY = "the key is not among the keys that are trusted here"
    WRONG = "the signature does not fit: another document, another key, or another context"
    CONTEXT = "made for another context"
    NOT_YET = "made before its key was valid"
    EXPIRED = "made after its key had expired"
    FUTURE = "made after the moment of checking"
    REVOKED = "made after its key was revoked"
    COMPROMISED = "its key is compromised: what it signed cannot be told from a forgery"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFinding:
    """One signature and what became of it; `reason` is empty where it counts."""

    key_id: str
    party: str | None
    algorithm: str
    signed_tai_ns: int | None
    valid: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a document counts as signed, and why not.

    Attributes
    ----------
    valid : bool
        At least one key signed with both algorithms, and no signature on it fails.
    reasons : tuple of str
        Empty where valid.
    signatures : tuple of SignatureFinding
    """

    valid: bool
    reasons: tuple[str, ...]
    signatures: tuple[SignatureFinding, ...]

    @property
    def parties(self) -> frozenset[str]:
        """Whose signatures count."""
        return (
            frozenset(each.party for each in self.signatures if each.valid and each.party)
            if self.valid
            else frozenset()
        )


def signed_bytes(document: Mapping[str, Any], *, key_id: str, context: str, moment: str) -> bytes:
    """Return what both algorithms sign: the document bound to context, key and moment."""
    return canonical_bytes({"context": context, "document": document, "key_id": key_id, "signed_utc": moment})


def sign(document: Mapping[str, Any], *, key: SigningKey, context: str, signed_tai_ns: int) -> list[dict[str, str]]:
    """Sign a document with both keys of a pair.

    Ed25519 signs the bytes after a prefix that holds the context; ML-DSA-65 takes the context as FIPS 204 means it.
    Context, key id and moment stand in the signed bytes too, so neither half fits anything else.

    Parameters
    ----------
    document : mapping
        As for `canonical_bytes`; without its signatures.
    key : SigningKey
    context : str
        One of `Context`.
    signed_tai_ns : int

    Returns
    -------
    list of dict
        Two: algorithm, key_id, context, signed_utc, signature.

    Raises
    ------
    InputError
        The moment lies outside of the key's time, or the document cannot be written canonically.

    References
    ----------
    RFC 8032 (Ed25519); FIPS 204 (ML-DSA), section 5.2 on the context.

    Validation
    ----------
    tests/unit/test_release_signing.py.
    """
    self_test()
    if not key.public.valid_from_tai_ns <= signed_tai_ns < key.public.valid_until_tai_ns:
        raise InputError("the key is not valid now", where=key.key_id, remedy="mihari release keys rotate")
    signed_utc = format_utc(signed_tai_ns, digits=3)
    payload = signed_bytes(document, key_id=key.key_id, context=context, moment=signed_utc)
    made = {
        _ED25519: key.ed25519_key().sign(_prefixed(payload, context)),
        _ML_DSA_65: key.ml_dsa_65_key().sign(payload, context.encode("ascii")),
    }
    return [
        {
            "algorithm": algorithm,
            "key_id": key.key_id,
            "context": context,
            "signed_utc": signed_utc,
            "signature": encoded(signature),
        }
        for algorithm, signature in made.items()
    ]


def verify(
    document: Mapping[str, Any],
    signatures: Sequence[Mapping[str, Any]],
    *,
    keys: KeyRing,
    context: str,
    at_tai_ns: int,
) -> Verification:
    """Check the signatures of a document; nothing but the document, public keys and a moment is needed.

    Parameters
    ----------
    document, context
        As they were signed.
    signatures : sequence of mapping
        As `sign` returns them, of one or several keys. A package needs both algorithms of each key.
    keys : KeyRing
    at_tai_ns : int
        The moment of checking: revocations count from their own moment on.

    Returns
    -------
    Verification
        Bad input gives a refusal with its reason, never an error.
    """
    self_test()
    findings: list[SignatureFinding] = []
    reasons: list[str] = []
    if not signatures:
        reasons.append("there is no signature")
    if len(signatures) > _MOST_SIGNATURES:
        return Verification(valid=False, reasons=(f"more than {_MOST_SIGNATURES} signatures",), signatures=())
    for each in signatures:
        findings.append(_checked(document, each, keys=keys, context=context, at_tai_ns=at_tai_ns))
        if not findings[-1].valid:
            reasons.append(f"{findings[-1].algorithm} of {findings[-1].key_id}: {findings[-1].reason}")
    by_pair: dict[tuple[str, int | None], list[str]] = {}
    for finding in findings:
        by_pair.setdefault((finding.key_id, finding.signed_tai_ns), []).append(finding.algorithm)
    for (key_id, _), algorithms in by_pair.items():
        for missing in sorted(set(_BOTH) - set(algorithms)):
            reasons.append(f"the {missing} signature of {key_id} is missing; both are needed")
        if len(set(algorithms)) != len(algorithms):
            reasons.append(f"a signature of {key_id} stands there twice")
    return Verification(valid=not reasons, reasons=tuple(dict.fromkeys(reasons)), signatures=tuple(findings))


def _checked(
    document: Mapping[str, Any], signature: Mapping[str, Any], *, keys: KeyRing, context: str, at_tai_ns: int
) -> SignatureFinding:
    key_id, algorithm = str(signature.get("key_id"))[:80], str(signature.get("algorithm"))[:40]
    signed_utc = signature.get("signed_utc")
    public = keys.find(key_id)
    signed_tai_ns: int | None = None

    def found(reason: str) -> SignatureFinding:
        return SignatureFinding(
            key_id=key_id,
            party=None if public is None else public.party,
            algorithm=algorithm,
            signed_tai_ns=signed_tai_ns,
            valid=not reason,
            reason=reason,
        )

    if set(signature) != {"algorithm", "key_id", "context", "signed_utc", "signature"} or algorithm not in _BOTH:
        return found("is no signature of a known form")
    if signature["context"] != context:
        return found(f"{Refusal.CONTEXT.value}: {str(signature['context'])[:60]}")
    if public is None:
        return found(Refusal.UNKNOWN_KEY.value)
    try:
        signed_tai_ns = parse_utc(str(signed_utc))
        payload = signed_bytes(document, key_id=key_id, context=context, moment=str(signed_utc))
        data = decoded(signature["signature"], where="signature")
    except (MihariError, ValueError) as error:
        return found(f"cannot be read: {error}")
    if not check_pair(public, algorithm, data, payload, context=context):
        return found(Refusal.WRONG.value)
    refusal = _refused(public, signed_tai_ns, keys=keys, at_tai_ns=at_tai_ns)
    return found("" if refusal is None else refusal)


def check_pair(public: PublicKey, algorithm: str, signature: bytes, payload: bytes, *, context: str) -> bool:
    """Say whether one of the two signatures fits the bytes."""
    from cryptography.exceptions import InvalidSignature

    try:
        if algorithm == _ED25519:
            public.ed25519_key().verify(signature, _prefixed(payload, context))
        elif algorithm == _ML_DSA_65:
            public.ml_dsa_65_key().verify(signature, payload, context.encode("ascii"))
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _refused(public: PublicKey, signed_tai_ns: int, *, keys: KeyRing, at_tai_ns: int) -> str | None:
    if signed_tai_ns < public.valid_from_tai_ns:
        return Refusal.NOT_YET.value
    if signed_tai_ns >= public.valid_until_tai_ns:
        return Refusal.EXPIRED.value
    if signed_tai_ns > at_tai_ns + CLOCK_SKEW_NS:
        return Refusal.FUTURE.value
    for revocation in keys.revocations_of(public.key_id):
        moment = format_utc(revocation.from_tai_ns, digits=0)
        if at_tai_ns < revocation.from_tai_ns:
            continue
        if signed_tai_ns >= revocation.from_tai_ns:
            return f"{Refusal.REVOKED.value} ({moment}: {revocation.reason.value})"
        if revocation.reason.is_compromise:
            return f"{Refusal.COMPROMISED.value} (revoked {moment})"
    return None


def _prefixed(payload: bytes, context: str) -> bytes:
    return _PREFIX + context.encode("ascii") + b"\0" + payload


_RFC_8032_SEED: Final = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
_RFC_8032_SIGNATURE: Final = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)


@cache
def self_test() -> None:
    """Try both algorithms once per process before anything rests on them.

    Raises
    ------
    InputError
        The library signs nothing, or accepts what it must refuse. There is no fallback to one signature.

    References
    ----------
    RFC 8032, section 7.1, test 1.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    def refuses(check: Any, *arguments: bytes) -> bool:
        try:
            check(*arguments)
        except InvalidSignature:
            return True
        return False

    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

        first = Ed25519PrivateKey.from_private_bytes(_RFC_8032_SEED)
        second = MLDSA65PrivateKey.from_seed_bytes(bytes(range(32)))
        signature = second.sign(b"self-test", b"mihari/self-test/1")
        lattice = second.public_key()
        lattice.verify(signature, b"self-test", b"mihari/self-test/1")
        sound = (
            first.sign(b"") == _RFC_8032_SIGNATURE
            and refuses(first.public_key().verify, _RFC_8032_SIGNATURE, b"x")
            and refuses(lattice.verify, signature, b"self-test", b"mihari/self-test/2")
            and refuses(lattice.verify, signature, b"self-tesT", b"mihari/self-test/1")
        )
    except (ImportError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise InputError(
            "this build of cryptography has no working ML-DSA-65", remedy="install cryptography 50 or newer"
        ) from error
    if not sound:
        raise InputError("the signature library failed its self-test", remedy="do not sign with it; reinstall it")
