"""The keys of a node: making, listing, rotating and revoking them, in a folder beside its store."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mihari.astro.time import format_utc
from mihari.errors import InputError, NotFoundError
from mihari.formats import write_atomically
from mihari.model.party import PUBLIC_PARTY, Party, PartyKind
from mihari.release.signing import (
    KeyRing,
    RevocationReason,
    SealingKey,
    SealingPublicKey,
    SigningKey,
    public_key_document,
    read_sealing_public_key,
    revocation_document,
    write_private_file,
)

__all__ = ["DEFAULT_VALIDITY_S", "KeyFolder"]

DEFAULT_VALIDITY_S: Final = 730 * 86_400
_NS: Final = 1_000_000_000
_SECRET: Final = "node-secret.hex"


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Private keys under `private/`, and under `public/` what may be given away and what others gave.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    @property
    def public(self) -> Path:
        """Where public keys and revocations lie: one's own and those of others that are trusted."""
        return self.folder / "public"

    @property
    def private(self) -> Path:
        """Where private keys lie."""
        return self.folder / "private"

    def new(self, party: str, *, now_tai_ns: int, validity_s: int = DEFAULT_VALIDITY_S) -> SigningKey:
        """Make a signing pair and a sealing pair of a party."""
        _checked_party(party)
        return self._make(party, now_tai_ns=now_tai_ns, validity_s=validity_s, forerunner=None)

    def rotate(self, *, party: str | None = None, now_tai_ns: int, validity_s: int = DEFAULT_VALIDITY_S) -> SigningKey:
        """Make the next pair of a party, endorsed by the one that it signs with now; the old one stays valid."""
        old = self.signing_key(party, now_tai_ns=now_tai_ns)
        return self._make(old.party, now_tai_ns=now_tai_ns, validity_s=validity_s, forerunner=old)

    def revoke(
        self, key_id: str, *, reason: RevocationReason, words: str, from_tai_ns: int | None, now_tai_ns: int
    ) -> Path:
        """Write a signed revocation: by another valid key of the party where there is one, else by the key itself."""
        ring = self.ring()
        key = ring.find(key_id)
        if key is None:
            raise NotFoundError(f"there is no key {key_id[:60]}", remedy="mihari release keys list")
        own = [each for each in self._signing_keys() if each.party == key.party]
        usable = {each.key_id for each in ring.of_party(key.party, at_tai_ns=now_tai_ns)}
        others = [each for each in own if each.key_id != key_id and each.key_id in usable]
        signers = others or [each for each in own if each.key_id == key_id]
        if not signers:
            raise InputError(f"this node holds no key of {key.party}", where=key_id, remedy="its owner revokes it")
        document = revocation_document(
            key_id,
            by=signers[-1],
            from_tai_ns=now_tai_ns if from_tai_ns is None else from_tai_ns,
            reason=reason,
            words=words,
            written_tai_ns=now_tai_ns,
        )
        path = self.public / f"{key_id}.{format_utc(now_tai_ns, digits=0).translate(_FILE_NAME)}.revocation.json"
        write_atomically(path, _bytes(document))
        return path

    def ring(self) -> KeyRing:
        """Return the public keys that are trusted here."""
        return KeyRing.read(self.public) if self.public.is_dir() else KeyRing({})

    def signing_key(self, party: str | None = None, *, now_tai_ns: int) -> SigningKey:
        """Return the newest key that counts now.

        Raises
        ------
        NotFoundError
            There is none.
        InputError
            There are keys of several parties, and none is named.
        """
        ring = self.ring()
        found = [
            each
            for each in self._signing_keys()
            if (party is None or each.party == party)
            and any(each.key_id == key.key_id for key in ring.of_party(each.party, at_tai_ns=now_tai_ns))
        ]
        if not found:
            raise NotFoundError(
                "this node has no signing key that counts now",
                where=party,
                remedy="mihari release keys new --party PARTY, or keys rotate",
            )
        if len({each.party for each in found}) > 1:
            raise InputError("this node has keys of several parties", where="--party", remedy="say whose to use")
        return max(found, key=lambda each: (each.public.valid_from_tai_ns, each.key_id))

    def own_party(self) -> str:
        """Return the party of this node's own keys."""
        parties = {each.party for each in self._signing_keys()}
        if len(parties) != 1:
            raise InputError(
                "it is not clear whose node this is", where="keys", remedy="mihari release keys new --party PARTY"
            )
        return parties.pop()

    def sealing_key_of(self, party: str) -> SealingPublicKey | None:
        """Return the public key that packages for a party are sealed with, if it gave one."""
        paths = sorted(self.public.glob("*.sealing.json"))
        return next((key for path in reversed(paths) if (key := read_sealing_public_key(path)).party == party), None)

    def sealing_keys(self) -> list[SealingKey]:
        """Return this node's own keys for opening packages."""
        return [SealingKey.read(path) for path in sorted(self.private.glob("*.sealing-key.json"))]

    def secret(self) -> bytes:
        """Return the secret that marks degraded data and names events to others; made when first needed."""
        path = self.private / _SECRET
        if not path.exists():
            try:
                write_private_file(path, os.urandom(32).hex().encode())
            except InputError:
                if not path.exists():
                    raise
        try:
            return bytes.fromhex(path.read_text(encoding="ascii"))
        except ValueError as error:
            raise InputError("is damaged", where=_SECRET, remedy="restore it from its copy") from error

    def alias(self, name: str, *, audience: str) -> str:
        """Return the name of a thing for one audience: the same every time, and telling nothing of its own name."""
        made = hmac.new(self.secret(), f"mihari/alias/1\0{audience}\0{name}".encode(), hashlib.sha256)
        return "EV-" + made.hexdigest()[:16].upper()

    def listing(self, *, now_tai_ns: int) -> list[dict[str, Any]]:
        """Return every key that is trusted here with its dates and revocations, as a document."""
        ring = self.ring()
        own = {each.key_id for each in self._signing_keys()}
        return [
            {
                "key_id": key.key_id,
                "party": key.party,
                "own": key.key_id in own,
                "valid_from_utc": format_utc(key.valid_from_tai_ns, digits=0),
                "valid_until_utc": format_utc(key.valid_until_tai_ns, digits=0),
                "counts_now": key in ring.of_party(key.party, at_tai_ns=now_tai_ns),
                "revocations": [
                    {
                        "from_utc": format_utc(each.from_tai_ns, digits=0),
                        "reason": each.reason.value,
                        "words": each.words,
                        "signed_by": each.signed_by,
                    }
                    for each in ring.revocations_of(key.key_id)
                ],
            }
            for key in sorted(ring.keys.values(), key=lambda key: (key.party, key.valid_from_tai_ns))
        ]

    def _make(self, party: str, *, now_tai_ns: int, validity_s: int, forerunner: SigningKey | None) -> SigningKey:
        if validity_s < 1:
            raise InputError(f"a validity of {validity_s} s", where="--days", remedy="give a day or more")
        # Whole seconds: the dates of a key are written so.
        start_tai_ns = now_tai_ns // _NS * _NS
        key = SigningKey.new(party, valid_from_tai_ns=start_tai_ns, valid_until_tai_ns=start_tai_ns + validity_s * _NS)
        sealing = SealingKey.new(party)
        self.public.mkdir(parents=True, exist_ok=True)
        key.write(self.private / f"{key.key_id}.signing-key.json")
        sealing.write(self.private / f"{sealing.public.key_id}.sealing-key.json")
        document = public_key_document(key, written_tai_ns=now_tai_ns, endorsed_by=forerunner)
        write_atomically(self.public / f"{key.key_id}.public.json", _bytes(document))
        write_atomically(self.public / f"{sealing.public.key_id}.sealing.json", _bytes(sealing.public.document()))
        return key

    def _signing_keys(self) -> list[SigningKey]:
        return [SigningKey.read(path) for path in sorted(self.private.glob("*.signing-key.json"))]


_FILE_NAME: Final = str.maketrans({":": "", "-": ""})


def _bytes(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _checked_party(party: str) -> None:
    if party == PUBLIC_PARTY:
        raise InputError("the public holds no keys", where="--party")
    Party(party_id=party, name_en=party, name_ja=party, kind=PartyKind.ORGANISATION)
