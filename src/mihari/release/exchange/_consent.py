"""Originator control: a record goes to a third party only with the signed consent of everyone whose data are in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mihari.astro.time import format_utc, parse_utc
from mihari.errors import FormatError, InputError
from mihari.model.label import Label, Redistribution
from mihari.release.signing import Context, KeyRing, SigningKey, sign, verify

__all__ = ["Consent", "consent_document", "consent_from_document", "what_holds_back"]

_FORM: Final = "mihari-consent-1"
_FIELDS: Final = frozenset({"form", "originator", "recipient", "record_ids", "words", "written_utc", "expires_utc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What an originator allows: that its records go to one more party.

    Attributes
    ----------
    originator, recipient : str
        Parties.
    record_ids : frozenset of str
        Records between nodes; empty means every record of the originator.
    words : str
    written_tai_ns, expires_tai_ns : int
    """

    originator: str
    recipient: str
    record_ids: frozenset[str]
    words: str
    written_tai_ns: int
    expires_tai_ns: int

    def covers(self, record_id: str, *, originator: str, recipient: str, at_tai_ns: int) -> bool:
        """Say whether it lets a record go to a party at a moment."""
        return (
            self.originator == originator
            and self.recipient == recipient
            and (not self.record_ids or record_id in self.record_ids)
            and self.written_tai_ns <= at_tai_ns < self.expires_tai_ns
        )


def consent_document(consent: Consent, *, key: SigningKey) -> dict[str, Any]:
    """Sign a consent with a key of the originator.

    Raises
    ------
    InputError
        The key is another party's.
    """
    if key.party != consent.originator:
        raise InputError(f"{key.party} cannot consent for {consent.originator}", remedy="the originator signs")
    body = {
        "form": _FORM,
        "originator": consent.originator,
        "recipient": consent.recipient,
        "record_ids": sorted(consent.record_ids),
        "words": consent.words,
        "written_utc": format_utc(consent.written_tai_ns, digits=3),
        "expires_utc": format_utc(consent.expires_tai_ns, digits=3),
    }
    return {
        "consent": body,
        "signatures": sign(body, key=key, context=Context.EXCHANGE, signed_tai_ns=consent.written_tai_ns),
    }


def consent_from_document(document: Mapping[str, Any], *, keys: KeyRing, at_tai_ns: int) -> Consent:
    """Read a consent that counts now.

    Raises
    ------
    FormatError
        It is none.
    InputError
        Its signatures do not count, or are not the originator's.
    """
    body = document.get("consent")
    signatures = document.get("signatures")
    if not isinstance(body, dict) or set(body) != _FIELDS or body["form"] != _FORM or not isinstance(signatures, list):
        raise FormatError("is no consent", where="consent")
    found = verify(body, signatures, keys=keys, context=Context.EXCHANGE, at_tai_ns=at_tai_ns)
    if not found.valid or found.parties != {body["originator"]}:
        reason = "; ".join(found.reasons) or f"signed by {', '.join(sorted(found.parties))}"
        raise InputError(f"the consent does not count: {reason}", where="consent")
    return Consent(
        originator=str(body["originator"]),
        recipient=str(body["recipient"]),
        record_ids=frozenset(str(each) for each in body["record_ids"]),
        words=str(body["words"]),
        written_tai_ns=parse_utc(str(body["written_utc"])),
        expires_tai_ns=parse_utc(str(body["expires_utc"])),
    )


def what_holds_back(
    label: Label,
    record_id: str,
    *,
    licence: str,
    own_party: str,
    recipient: str,
    consents: Iterable[Consent],
    at_tai_ns: int,
) -> str:
    """Say why a record that the recipient may see still does not go there from this node; empty when it may.

    The audience is another matter: `mihari.policy.access` decides it.
    """
    others = label.originators - {own_party, recipient}
    if label.originator_control:
        known = list(consents)
        for originator in sorted(others):
            if not any(
                each.covers(record_id, originator=originator, recipient=recipient, at_tai_ns=at_tai_ns)
                for each in known
            ):
                return f"originator control: no consent of {originator}"
    is_own = bool(label.originators) and label.originators <= {own_party}
    if label.redistribution is Redistribution.NO_REDISTRIBUTION and not is_own:
        return "its label forbids redistribution"
    if not is_own and _forbids(licence):
        return "its licence forbids redistribution or is not known"
    return ""


def _forbids(licence: str) -> bool:
    text = licence.lower()
    return "no redistribution" in text or "not redistribut" in text
