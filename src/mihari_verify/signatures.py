"""Checks the double signatures of Mihari: Ed25519 and ML-DSA-65 on canonical JSON, with keys from a folder.

Shares no code with the program that signs. What is signed is the canonical JSON (RFC 8785) of `context`, `document`,
`key_id` and `signed_utc`; Ed25519 signs it after a prefix with the context, ML-DSA-65 with the context as FIPS 204
means it. A key is named by the digest of its two halves, and signs its own dates.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Keys", "SignatureAnswer", "canonical_json", "moment", "read_document"]

_SKEW = datetime.timedelta(minutes=5)
_SIGNATURE = {"algorithm", "key_id", "context", "signed_utc", "signature"}
_ALGORITHMS = ("Ed25519", "ML-DSA-65")
_MOST = 32
_LARGEST = 64_000_000
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")
_CONTEXT_KEY = "mihari/key/1"
_CONTEXT_REVOCATION = "mihari/revocation/1"


def canonical_json(value: Any) -> bytes:
    """Return a value as RFC 8785 writes it; raise ValueError for what it cannot write."""
    return _text(value, 0).encode("utf-8")


def _text(value: Any, depth: int) -> str:
    if depth > 64:
        raise ValueError("nested too deep")
    if isinstance(value, dict):
        parts = []
        for key in sorted(value, key=lambda name: name.encode("utf-16-be")):
            parts.append(json.dumps(key, ensure_ascii=False) + ":" + _text(value[key], depth + 1))
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_text(each, depth + 1) for each in value) + "]"
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if not -(2**53) < value < 2**53:
            raise ValueError("an integer that a double does not hold")
        return str(value)
    if isinstance(value, float):
        return _double(value)
    raise ValueError(f"a {type(value).__name__}")


def _double(value: float) -> str:
    """Write a double as ECMA-262 does: from the shortest digits and the place of the point."""
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("not finite")
    if value == 0:
        return "0"
    digits, exponent = f"{value:.16e}".split("e")
    for precision in range(17):
        digits, exponent = f"{abs(value):.{precision}e}".split("e")
        if float(f"{digits}e{exponent}") == abs(value):
            break
    figures, place, sign = digits.replace(".", ""), int(exponent) + 1, "-" if value < 0 else ""
    figures = figures.rstrip("0") or "0"
    if len(figures) <= place <= 21:
        return sign + figures.ljust(place, "0")
    if 0 < place <= 21:
        return sign + figures[:place] + "." + figures[place:]
    if -6 < place <= 0:
        return sign + "0." + "0" * -place + figures
    rest = "." + figures[1:] if figures[1:] else ""
    return f"{sign}{figures[0]}{rest}e{'+' if place > 0 else '-'}{abs(place - 1)}"


def moment(text: Any) -> datetime.datetime:
    """Return a UTC moment; raise ValueError for another form. A leap second counts as the next second."""
    if not isinstance(text, str) or not _MOMENT.match(text):
        raise ValueError(f"{str(text)[:40]!r} is no UTC moment")
    whole, _, fraction = text[:-1].partition(".")
    leap = whole.endswith(":60")
    stamp = datetime.datetime.fromisoformat((whole[:-2] + "59" if leap else whole) + "+00:00")
    stamp += datetime.timedelta(seconds=1) if leap else datetime.timedelta()
    return stamp + datetime.timedelta(microseconds=int((fraction or "0").ljust(6, "0")[:6]))


def read_document(path: Path) -> dict[str, Any]:
    """Read a JSON document in which no key stands twice; raise ValueError with the reason."""
    with path.open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"{path.name}: too large")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise ValueError("a key stands twice")
        return made

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no number")

    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name}: is no JSON that can be checked: {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f"{path.name}: is no JSON document")
    return document


@dataclass(frozen=True)
class SignatureAnswer:
    """What became of the signatures of a document; valid without reasons."""

    reasons: list[str]
    findings: list[dict[str, Any]]

    @property
    def parties(self) -> frozenset[str]:
        """Whose signatures count; nobody's where anything fails."""
        return frozenset() if self.reasons else frozenset(each["party"] for each in self.findings)


@dataclass
class Keys:
    """Public keys and revocations that are trusted: whatever lies in the folder."""

    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    revocations: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> Keys:
        """Read `*.public.json` and `*.revocation.json`; raise ValueError where one is damaged."""
        if not folder.is_dir():
            raise ValueError(f"{folder}: is no folder of public keys")
        ring = cls()
        for path in sorted(folder.glob("*.public.json")):
            ring._add_key(read_document(path), path.name)
        for path in sorted(folder.glob("*.revocation.json")):
            ring._add_revocation(read_document(path), path.name)
        return ring

    def check(
        self, document: Mapping[str, Any], signatures: Sequence[Mapping[str, Any]], context: str, at: datetime.datetime
    ) -> SignatureAnswer:
        """Check every signature of a document; both algorithms of each key are needed."""
        reasons: list[str] = []
        findings = []
        seen: dict[tuple[str, str], list[str]] = {}
        if not isinstance(signatures, list) or not 0 < len(signatures) <= _MOST:
            return SignatureAnswer(["there is no signature, or there are too many"], [])
        for each in signatures:
            if (
                not isinstance(each, dict)
                or set(each) != _SIGNATURE
                or not all(isinstance(v, str) for v in each.values())
            ):
                reasons.append("a signature is of no known form")
                continue
            reason = self._refusal(document, each, context, at)
            key = self.keys.get(each["key_id"])
            findings.append(
                {
                    "key_id": each["key_id"],
                    "party": key["party"] if key else None,
                    "algorithm": each["algorithm"],
                    "signed_utc": each["signed_utc"],
                    "valid": reason is None,
                    "reason": reason or "",
                }
            )
            seen.setdefault((each["key_id"], each["signed_utc"]), []).append(each["algorithm"])
            if reason is not None:
                reasons.append(f"{each['algorithm']} of {each['key_id']}: {reason}")
        for (key_id, _), algorithms in seen.items():
            if sorted(algorithms) != sorted(_ALGORITHMS):
                reasons.append(f"{key_id} did not sign once with each of {' and '.join(_ALGORITHMS)}; both are needed")
        return SignatureAnswer(list(dict.fromkeys(reasons)), findings)

    def _refusal(
        self, document: Mapping[str, Any], signature: Mapping[str, str], context: str, at: datetime.datetime
    ) -> str | None:
        if signature["context"] != context:
            return f"made for another context: {signature['context'][:60]}"
        key = self.keys.get(signature["key_id"])
        if key is None:
            return "the key is not among the keys that are trusted here"
        try:
            signed = moment(signature["signed_utc"])
            message = canonical_json(
                {
                    "context": context,
                    "document": document,
                    "key_id": signature["key_id"],
                    "signed_utc": signature["signed_utc"],
                }
            )
            if not _fits(key, signature["algorithm"], _bytes(signature["signature"]), message, context):
                return "the signature does not fit"
        except ValueError as error:
            return f"cannot be read: {error}"
        if signed < key["from"]:
            return "made before its key was valid"
        if signed >= key["until"]:
            return "made after its key had expired"
        if signed > at + _SKEW:
            return "made after the moment of checking"
        for each in self.revocations:
            if each["key_id"] != signature["key_id"] or at < each["from"]:
                continue
            if signed >= each["from"]:
                return f"made after its key was revoked ({each['reason']})"
            if each["reason"] == "compromised":
                return "its key is compromised: what it signed cannot be told from a forgery"
        return None

    def _add_key(self, document: dict[str, Any], name: str) -> None:
        body = {key: value for key, value in document.items() if key not in ("signatures", "endorsements")}
        try:
            if body["form"] != "mihari-public-key-1":
                raise ValueError("is no public key")
            halves = {part: _bytes(body[part]) for part in ("ed25519", "ml_dsa_65")}
            digest = hashlib.sha256(
                b"mihari/key-id/1\0" + canonical_json({part: body[part] for part in halves})
            ).hexdigest()
            if body["key_id"] != "mk-" + digest[:32]:
                raise ValueError("its name does not fit its halves")
            key: dict[str, Any] = {
                "party": str(body["party"]),
                "from": moment(body["valid_from_utc"]),
                "until": moment(body["valid_until_utc"]),
                **halves,
            }
        except KeyError as error:
            raise ValueError(f"{name}: has no {error}") from error
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        alone = Keys({body["key_id"]: key})
        answer = alone.check(body, document.get("signatures", []), _CONTEXT_KEY, key["until"])
        if answer.reasons:
            raise ValueError(f"{name}: {'; '.join(answer.reasons)}")
        self.keys[body["key_id"]] = key

    def _add_revocation(self, document: dict[str, Any], name: str) -> None:
        body = {key: value for key, value in document.items() if key != "signatures"}
        try:
            signatures = document["signatures"]
            made: dict[str, Any] = {
                "key_id": str(body["key_id"]),
                "from": moment(body["from_utc"]),
                "reason": str(body["reason"]),
            }
            if body["form"] != "mihari-revocation-1" or made["reason"] not in ("superseded", "retired", "compromised"):
                raise ValueError("is no revocation")
            at = moment(signatures[0]["signed_utc"])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ValueError(f"{name}: is a damaged revocation: {error}") from error
        # Whoever holds a stolen key can only end its use with it: revocations of the signer do not matter here.
        answer = Keys(self.keys).check(body, signatures, _CONTEXT_REVOCATION, at)
        if answer.reasons:
            raise ValueError(f"{name}: {'; '.join(answer.reasons)}")
        revoked = self.keys.get(made["key_id"])
        if revoked is not None and answer.parties != {revoked["party"]}:
            raise ValueError(f"{name}: a party revokes its own keys only")
        self.revocations.append(made)


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ValueError("is no base64")
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("is no canonical base64")
    return data


def _fits(key: Mapping[str, Any], algorithm: str, signature: bytes, message: bytes, context: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey

    try:
        if algorithm == "Ed25519":
            prefix = b"mihari signature 1\0" + context.encode("ascii") + b"\0"
            Ed25519PublicKey.from_public_bytes(key["ed25519"]).verify(signature, prefix + message)
        elif algorithm == "ML-DSA-65":
            MLDSA65PublicKey.from_public_bytes(key["ml_dsa_65"]).verify(signature, message, context.encode("ascii"))
        else:
            return False
    except InvalidSignature:
        return False
    return True
