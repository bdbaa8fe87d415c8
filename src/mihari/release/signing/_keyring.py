"""The public keys that are trusted, from a folder: validity, rotation, revocation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import FormatError, InputError
from mihari.release.signing._keys import PublicKey, SigningKey, read_json_file
from mihari.release.signing._sign import Context, sign, verify

__all__ = [
    "KeyRing",
    "Revocation",
    "RevocationReason",
    "public_key_document",
    "revocation_document",
    "revocation_from_document",
]

_REVOCATION_FORM: Final = "mihari-revocation-1"
_MS: Final = 1_000_000
_MOST_FILES: Final = 10_000


class RevocationReason(Enum):
    """Why a key no longer counts."""

    SUPERSEDED = "superseded"
    RETIRED = "retired"
    COMPROMISED = "compromised"

    @property
    def is_compromise(self) -> bool:
        """Say whether what the key signed before its revocation is in doubt too: its holder may put any date on it."""
        return self is RevocationReason.COMPROMISED


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """From when on a key no longer counts, and who says so."""

    key_id: str
    party: str
    from_tai_ns: int
    reason: RevocationReason
    words: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Trusted public keys with their revocations.

    What lies in the folder is trusted because its owner put it there; a key that comes over the wire is taken only
    with `with_rotation`, on the word of a key of the same party that is trusted already.
    """

    keys: Mapping[str, PublicKey]
    revocations: tuple[Revocation, ...] = ()

    @classmethod
    def of(cls, keys: Iterable[PublicKey], *, revocations: Iterable[Revocation] = ()) -> KeyRing:
        """Return the ring of these keys."""
        return cls({key.key_id: key for key in keys}, tuple(revocations))

    @classmethod
    def read(cls, folder: Path | str) -> KeyRing:
        """Read `*.public.json` and `*.revocation.json` of a folder.

        Raises
        ------
        InputError
            No folder, or a file in it is damaged: a revocation that cannot be read must not be passed over.
        """
        place = Path(folder)
        if not place.is_dir():
            raise InputError("is no folder of public keys", where=str(folder))
        names = sorted(place.glob("*.json"))
        if len(names) > _MOST_FILES:
            raise InputError(f"holds more than {_MOST_FILES} keys", where=str(folder))
        ring = cls.of(
            _public_key(read_json_file(path), where=path.name) for path in names if path.name.endswith(".public.json")
        )
        revocations = [
            revocation_from_document(read_json_file(path), keys=ring, where=path.name)
            for path in names
            if path.name.endswith(".revocation.json")
        ]
        return cls(ring.keys, tuple(revocations))

    def find(self, key_id: str) -> PublicKey | None:
        """Return the key of that name."""
        return self.keys.get(key_id)

    def revocations_of(self, key_id: str) -> tuple[Revocation, ...]:
        """Return what says that the key no longer counts."""
        return tuple(each for each in self.revocations if each.key_id == key_id)

    def of_party(self, party: str, *, at_tai_ns: int) -> tuple[PublicKey, ...]:
        """Return the keys that a party may sign with at a moment, the newest last."""
        return tuple(
            sorted(
                (
                    key
                    for key in self.keys.values()
                    if key.party == party
                    and key.valid_from_tai_ns <= at_tai_ns < key.valid_until_tai_ns
                    and all(at_tai_ns < each.from_tai_ns for each in self.revocations_of(key.key_id))
                ),
                key=lambda key: key.valid_from_tai_ns,
            )
        )

    def with_revocation(self, document: Mapping[str, Any]) -> KeyRing:
        """Return the ring that has heard a revocation; raise InputError where its signatures do not count."""
        heard = revocation_from_document(document, keys=self, where="revocation")
        return self if heard in self.revocations else KeyRing(self.keys, (*self.revocations, heard))

    def with_rotation(self, document: Mapping[str, Any], *, at_tai_ns: int) -> KeyRing:
        """Return the ring with the next key of a party, endorsed by one of its keys that counts now.

        Raises
        ------
        InputError
            Nothing that counts endorses it, or it is another party's.
        """
        key = _public_key(document, where="key")
        endorsed = verify(
            {**key.body()}, list(document.get("endorsements", ())), keys=self, context=Context.KEY, at_tai_ns=at_tai_ns
        )
        if not endorsed.valid or endorsed.parties != {key.party}:
            reason = "; ".join(endorsed.reasons) or f"endorsed by {', '.join(endorsed.parties)}"
            raise InputError(f"the next key of {key.party} is not endorsed: {reason}", where=key.key_id)
        return KeyRing({**self.keys, key.key_id: key}, self.revocations)


def public_key_document(
    key: SigningKey, *, written_tai_ns: int, endorsed_by: SigningKey | None = None
) -> dict[str, Any]:
    """Return the public file of a key: signed by itself, so that nobody alters its dates, and by its forerunner."""
    body = key.public.body()
    return {
        **body,
        "signatures": sign(body, key=key, context=Context.KEY, signed_tai_ns=written_tai_ns),
        "endorsements": []
        if endorsed_by is None
        else sign(body, key=endorsed_by, context=Context.KEY, signed_tai_ns=written_tai_ns),
    }


def revocation_document(
    key_id: str, *, by: SigningKey, from_tai_ns: int, reason: RevocationReason, words: str, written_tai_ns: int
) -> dict[str, Any]:
    """Return a signed revocation; a key is revoked by itself or by another key of its party."""
    body = {
        "form": _REVOCATION_FORM,
        "key_id": key_id,
        "party": by.party,
        # Rounded down: a lost key must not count for a moment longer.
        "from_utc": format_utc(from_tai_ns // _MS * _MS, digits=3),
        "reason": reason.value,
        "words": words,
    }
    signatures = sign(body, key=by, context=Context.REVOCATION, signed_tai_ns=written_tai_ns)
    return {**body, "signatures": signatures}


def revocation_from_document(document: Mapping[str, Any], *, keys: KeyRing, where: str) -> Revocation:
    """Read a revocation and check who says so.

    A revocation counts even where its own key was revoked since: whoever holds a stolen key can only end its use.

    Raises
    ------
    InputError
        It is damaged, unsigned, or signed by another party.
    """
    if document.get("form") != _REVOCATION_FORM:
        raise FormatError("is no revocation", where=where)
    try:
        signatures = list(document["signatures"])
        body = {name: value for name, value in document.items() if name != "signatures"}
        made_tai_ns = parse_utc(str(signatures[0]["signed_utc"]))
        revocation = Revocation(
            key_id=str(document["key_id"]),
            party=str(document["party"]),
            from_tai_ns=parse_utc(str(document["from_utc"])),
            reason=RevocationReason(str(document["reason"])),
            words=str(document["words"])[:400],
            signed_by=str(signatures[0]["key_id"]),
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise FormatError("is a damaged revocation", where=where, remedy="fetch it again") from error
    without = KeyRing(keys.keys)
    checked = verify(body, signatures, keys=without, context=Context.REVOCATION, at_tai_ns=made_tai_ns)
    if not checked.valid:
        raise InputError(f"the revocation does not count: {'; '.join(checked.reasons)}", where=where)
    revoked = keys.find(revocation.key_id)
    if revoked is not None and checked.parties != {revoked.party}:
        raise InputError("a party revokes its own keys only", where=where)
    return revocation


def _public_key(document: Mapping[str, Any], *, where: str) -> PublicKey:
    key = PublicKey.from_body(document, where=where)
    body = {name: value for name, value in document.items() if name not in {"signatures", "endorsements"}}
    alone = KeyRing.of([key])
    signatures = document.get("signatures")
    if not isinstance(signatures, list) or body != key.body():
        raise FormatError("is a damaged public key", where=where, remedy="fetch it again")
    checked = verify(body, signatures, keys=alone, context=Context.KEY, at_tai_ns=key.valid_until_tai_ns)
    if not checked.valid:
        raise InputError(f"the public key is not its own: {'; '.join(checked.reasons)}", where=where)
    return key
