"""Pairs of keys: one of elliptic curves and one of lattices, always used together, and the files they lie in."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import FormatError, InputError
from mihari.release.signing._canonical import canonical_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

__all__ = [
    "PublicKey",
    "SigningKey",
    "decoded",
    "encoded",
    "key_id_of",
    "parsed_document",
    "read_json_file",
    "write_private_file",
]

_FORM: Final = "mihari-signing-key-1"
_PUBLIC_FORM: Final = "mihari-public-key-1"
_LARGEST_FILE: Final = 65_536
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """What others check signatures with.

    Attributes
    ----------
    key_id : str
        Made from both public keys, so that nobody can give another key the same name.
    party : str
        Whose it is, as parties are named in labels.
    valid_from_tai_ns, valid_until_tai_ns : int
        Signatures made outside of it do not count.
    ed25519, ml_dsa_65 : bytes
        32 and 1952 bytes.
    """

    key_id: str
    party: str
    valid_from_tai_ns: int
    valid_until_tai_ns: int
    ed25519: bytes
    ml_dsa_65: bytes

    def __post_init__(self) -> None:
        if self.key_id != key_id_of(self.ed25519, self.ml_dsa_65):
            raise InputError("the key id does not fit the keys", where=self.key_id[:40], remedy="fetch the file again")
        if not self.valid_from_tai_ns < self.valid_until_tai_ns:
            raise InputError("the key is valid for no time", where=self.key_id)

    def body(self) -> dict[str, Any]:
        """Return the key as a document without signatures."""
        return {
            "form": _PUBLIC_FORM,
            "key_id": self.key_id,
            "party": self.party,
            "valid_from_utc": format_utc(self.valid_from_tai_ns, digits=0),
            "valid_until_utc": format_utc(self.valid_until_tai_ns, digits=0),
            "ed25519": encoded(self.ed25519),
            "ml_dsa_65": encoded(self.ml_dsa_65),
        }

    @classmethod
    def from_body(cls, document: Mapping[str, Any], *, where: str) -> PublicKey:
        """Read the key from a document; its signatures are checked elsewhere."""
        if document.get("form") != _PUBLIC_FORM:
            raise FormatError("is no public key of Mihari", where=where)
        try:
            return cls(
                key_id=str(document["key_id"]),
                party=str(document["party"]),
                valid_from_tai_ns=parse_utc(str(document["valid_from_utc"])),
                valid_until_tai_ns=parse_utc(str(document["valid_until_utc"])),
                ed25519=decoded(document["ed25519"], where=where),
                ml_dsa_65=decoded(document["ml_dsa_65"], where=where),
            )
        except KeyError as error:
            raise FormatError(f"has no {error.args[0]}", where=where) from error

    def ed25519_key(self) -> Ed25519PublicKey:
        """Return the key of the curve."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        return Ed25519PublicKey.from_public_bytes(self.ed25519)

    def ml_dsa_65_key(self) -> MLDSA65PublicKey:
        """Return the key of the lattice."""
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey

        return MLDSA65PublicKey.from_public_bytes(self.ml_dsa_65)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """Both private keys, kept as the seeds that they are made from; never printed.

    Attributes
    ----------
    public : PublicKey
    """

    public: PublicKey
    _ed25519_seed: bytes = field(repr=False)
    _ml_dsa_65_seed: bytes = field(repr=False)

    @classmethod
    def new(cls, party: str, *, valid_from_tai_ns: int, valid_until_tai_ns: int) -> SigningKey:
        """Make a fresh pair from the system's source of chance."""
        return cls._from_seeds(
            os.urandom(32), os.urandom(32), party=party, start_tai_ns=valid_from_tai_ns, end_tai_ns=valid_until_tai_ns
        )

    @classmethod
    def _from_seeds(
        cls, ed25519_seed: bytes, ml_dsa_65_seed: bytes, *, party: str, start_tai_ns: int, end_tai_ns: int
    ) -> SigningKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

        first = Ed25519PrivateKey.from_private_bytes(ed25519_seed).public_key().public_bytes_raw()
        second = MLDSA65PrivateKey.from_seed_bytes(ml_dsa_65_seed).public_key().public_bytes_raw()
        public = PublicKey(
            key_id=key_id_of(first, second),
            party=party,
            valid_from_tai_ns=start_tai_ns,
            valid_until_tai_ns=end_tai_ns,
            ed25519=first,
            ml_dsa_65=second,
        )
        return cls(public=public, _ed25519_seed=ed25519_seed, _ml_dsa_65_seed=ml_dsa_65_seed)

    @property
    def key_id(self) -> str:
        """The name of the pair."""
        return self.public.key_id

    @property
    def party(self) -> str:
        """Whose it is."""
        return self.public.party

    def ed25519_key(self) -> Ed25519PrivateKey:
        """Return the private key of the curve."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._ed25519_seed)

    def ml_dsa_65_key(self) -> MLDSA65PrivateKey:
        """Return the private key of the lattice."""
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

        return MLDSA65PrivateKey.from_seed_bytes(self._ml_dsa_65_seed)

    def write(self, path: Path) -> None:
        """Write the private file, readable by its owner alone; an existing file is never overwritten."""
        body = self.public.body() | {
            "form": _FORM,
            "ed25519_seed": encoded(self._ed25519_seed),
            "ml_dsa_65_seed": encoded(self._ml_dsa_65_seed),
        }
        write_private_file(path, json.dumps(body, indent=1).encode())

    @classmethod
    def read(cls, path: Path) -> SigningKey:
        """Read a private file.

        Raises
        ------
        InputError
            Others than its owner may read it, or it is no such file.
        """
        document = read_json_file(path, is_private=True)
        if document.get("form") != _FORM:
            raise FormatError("is no signing key of Mihari", where=path.name)
        try:
            key = cls._from_seeds(
                decoded(document["ed25519_seed"], where=path.name),
                decoded(document["ml_dsa_65_seed"], where=path.name),
                party=str(document["party"]),
                start_tai_ns=parse_utc(str(document["valid_from_utc"])),
                end_tai_ns=parse_utc(str(document["valid_until_utc"])),
            )
        except (KeyError, ValueError) as error:
            raise FormatError("is a damaged signing key", where=path.name, remedy="restore it from its copy") from error
        if key.key_id != document.get("key_id"):
            raise FormatError("its key id does not fit its seeds", where=path.name, remedy="restore it from its copy")
        return key


def key_id_of(ed25519: bytes, ml_dsa_65: bytes) -> str:
    """Return the name of a pair: the first 128 bits of the digest of both public keys."""
    body = {"ed25519": encoded(ed25519), "ml_dsa_65": encoded(ml_dsa_65)}
    return "mk-" + hashlib.sha256(b"mihari/key-id/1\0" + canonical_bytes(body)).hexdigest()[:32]


def encoded(data: bytes) -> str:
    """Return bytes as base64."""
    return base64.b64encode(data).decode("ascii")


def decoded(text: Any, *, where: str) -> bytes:
    """Return bytes from base64; only its one canonical form is read, so that no altered text means the same bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise FormatError("holds something that is not base64", where=where) from error
    if encoded(data) != text:
        raise FormatError("holds base64 that is not in its canonical form", where=where)
    return data


def write_private_file(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, in a folder that only its owner can enter."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InputError("is there already; a key is never overwritten", where=path.name) from error
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def read_json_file(path: Path, *, is_private: bool = False, largest: int = _LARGEST_FILE) -> dict[str, Any]:
    """Read a JSON document of bounded size; a private one only where nobody but its owner can."""
    try:
        with path.open("rb") as stream:
            if is_private and os.name == "posix" and os.fstat(stream.fileno()).st_mode & _OTHERS:
                raise InputError("others can read this private key", where=path.name, remedy=f"chmod 600 {path.name}")
            data = stream.read(largest + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=path.name) from error
    return parsed_document(data, where=path.name, largest=largest)


def parsed_document(data: bytes, *, where: str, largest: int) -> dict[str, Any]:
    """Read a JSON document in which no key stands twice: two readers could not agree which one was signed."""
    if len(data) > largest:
        raise InputError(f"is larger than {largest} bytes", where=where)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise FormatError("holds a key twice", where=where)
        return made

    def no_constant(name: str) -> None:
        raise FormatError(f"holds {name}, which is no number", where=where)

    try:
        document = json.loads(data, object_pairs_hook=once, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise FormatError("is not JSON", where=where, remedy="fetch it again") from error
    if not isinstance(document, dict):
        raise FormatError("is no JSON document", where=where)
    return document
