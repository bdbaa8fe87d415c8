"""Protected packages: encrypted to one named recipient, with keys of a curve and a lattice together."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mihari.errors import FormatError, InputError
from mihari.release.signing._canonical import canonical_bytes
from mihari.release.signing._keys import decoded, encoded, parsed_document, read_json_file, write_private_file

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite

__all__ = ["SealingKey", "SealingPublicKey", "open_sealed", "read_sealing_public_key", "seal"]

_FORM: Final = "mihari-sealed-1"
_KEY_FORM: Final = "mihari-sealing-key-1"
_PUBLIC_FORM: Final = "mihari-sealing-public-key-1"
_CONTEXT: Final = "mihari/sealed/1"
_BUCKET: Final = 4_096
"""Lengths are rounded up to this, so that they tell little of what is inside."""
_LARGEST: Final = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingPublicKey:
    """What others encrypt to a party with."""

    key_id: str
    party: str
    ml_kem_768: bytes
    x25519: bytes

    def document(self) -> dict[str, Any]:
        """Return the key as JSON; sign it with the party's signing key before giving it away."""
        return {
            "form": _PUBLIC_FORM,
            "key_id": self.key_id,
            "party": self.party,
            "ml_kem_768": encoded(self.ml_kem_768),
            "x25519": encoded(self.x25519),
        }

    def hpke_key(self) -> MLKEM768X25519PublicKey:
        """Return the key as the library takes it."""
        from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
        from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.ml_kem_768), X25519PublicKey.from_public_bytes(self.x25519)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingKey:
    """What a party opens packages with; never printed."""

    public: SealingPublicKey
    _ml_kem_seed: bytes = field(repr=False)
    _x25519_seed: bytes = field(repr=False)

    @classmethod
    def new(cls, party: str) -> SealingKey:
        """Make a fresh pair from the system's source of chance."""
        return cls._from_seeds(os.urandom(64), os.urandom(32), party=party)

    @classmethod
    def _from_seeds(cls, ml_kem_seed: bytes, x25519_seed: bytes, *, party: str) -> SealingKey:
        from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        lattice = MLKEM768PrivateKey.from_seed_bytes(ml_kem_seed).public_key().public_bytes_raw()
        curve = X25519PrivateKey.from_private_bytes(x25519_seed).public_key().public_bytes_raw()
        public = SealingPublicKey(key_id=_key_id(lattice, curve), party=party, ml_kem_768=lattice, x25519=curve)
        return cls(public=public, _ml_kem_seed=ml_kem_seed, _x25519_seed=x25519_seed)

    def hpke_key(self) -> MLKEM768X25519PrivateKey:
        """Return the key as the library takes it."""
        from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
        from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

        return MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(self._ml_kem_seed),
            X25519PrivateKey.from_private_bytes(self._x25519_seed),
        )

    def write(self, path: Path) -> None:
        """Write the private file, readable by its owner alone."""
        body = {"form": _KEY_FORM, "key_id": self.public.key_id, "party": self.public.party}
        body |= {"ml_kem_768_seed": encoded(self._ml_kem_seed), "x25519_seed": encoded(self._x25519_seed)}
        write_private_file(path, json.dumps(body, indent=1).encode())

    @classmethod
    def read(cls, path: Path) -> SealingKey:
        """Read a private file; raise InputError where others can read it too."""
        document = read_json_file(path, is_private=True)
        if document.get("form") != _KEY_FORM:
            raise FormatError("is no sealing key of Mihari", where=path.name)
        try:
            seeds = [decoded(document[name], where=path.name) for name in ("ml_kem_768_seed", "x25519_seed")]
            key = cls._from_seeds(*seeds, party=str(document["party"]))
        except (KeyError, ValueError) as error:
            raise FormatError("is a damaged sealing key", where=path.name) from error
        if key.public.key_id != document.get("key_id"):
            raise FormatError("its key id does not fit its seeds", where=path.name)
        return key


def read_sealing_public_key(path: Path) -> SealingPublicKey:
    """Read a public file of `SealingPublicKey.document`."""
    document = read_json_file(path)
    if document.get("form") != _PUBLIC_FORM:
        raise FormatError("is no public sealing key of Mihari", where=path.name)
    try:
        parts = [decoded(document[name], where=path.name) for name in ("ml_kem_768", "x25519")]
        key_id, party = str(document["key_id"]), str(document["party"])
    except KeyError as error:
        raise FormatError(f"has no {error.args[0]}", where=path.name) from error
    if key_id != _key_id(*parts):
        raise FormatError("the key id does not fit the keys", where=path.name, remedy="fetch the file again")
    return SealingPublicKey(key_id=key_id, party=party, ml_kem_768=parts[0], x25519=parts[1])


def seal(document: Mapping[str, Any], *, to: SealingPublicKey) -> dict[str, Any]:
    """Encrypt a signed package to one recipient: HPKE with ML-KEM-768 and X25519 together, AES-256-GCM.

    Each recipient gets a file of its own, so that none learns who the others are.

    References
    ----------
    RFC 9180 (HPKE), single shot, base mode.

    Validation
    ----------
    tests/unit/test_release_sealing.py.
    """
    inner = canonical_bytes(document)
    plain = len(inner).to_bytes(8, "big") + inner
    plain += bytes(-len(plain) % _BUCKET)
    return {
        "form": _FORM,
        "recipient_key_id": to.key_id,
        "suite": "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM",
        "ciphertext": encoded(_suite().encrypt(plain, to.hpke_key(), info=_info(to.key_id))),
    }


def open_sealed(document: Mapping[str, Any], *, key: SealingKey) -> dict[str, Any]:
    """Decrypt a package; check its signatures afterwards, for anyone can encrypt.

    Raises
    ------
    InputError
        It is for another key, or was altered.
    """
    from cryptography.exceptions import InvalidTag

    if document.get("form") != _FORM:
        raise FormatError("is no sealed package of Mihari", where="package")
    if document.get("recipient_key_id") != key.public.key_id:
        raise InputError("it is sealed to another key", where=str(document.get("recipient_key_id"))[:60])
    try:
        sealed = decoded(document.get("ciphertext"), where="package")
        plain = _suite().decrypt(sealed, key.hpke_key(), info=_info(key.public.key_id))
    except (InvalidTag, ValueError) as error:
        raise InputError("the package was altered or is damaged", where="package", remedy="ask for it again") from error
    length = int.from_bytes(plain[:8], "big")
    if length > len(plain) - 8:
        raise FormatError("the package is damaged", where="package")
    return parsed_document(plain[8 : 8 + length], where="package", largest=_LARGEST)


def _suite() -> Suite:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _info(key_id: str) -> bytes:
    return f"{_CONTEXT}\0{key_id}".encode("ascii")


def _key_id(ml_kem_768: bytes, x25519: bytes) -> str:
    body = {"ml_kem_768": encoded(ml_kem_768), "x25519": encoded(x25519)}
    return "ms-" + sha256(b"mihari/sealing-key-id/1\0" + canonical_bytes(body)).hexdigest()[:32]
