"""Which list an audience gets, and what forbids telling it anything."""

from __future__ import annotations

from dataclasses import dataclass

from mihari.errors import InputError
from mihari.model.label import Label, parse_label
from mihari.model.party import PUBLIC_PARTY, PartyBook, PartyKind
from mihari.model.provenance import DataMode
from mihari.policy.access import Viewer, may_see
from mihari.release.redaction._allow import AudienceClass

__all__ = ["Admission", "admit"]

_KINDS = {
    PartyKind.STATE: AudienceClass.PARTNER,
    PartyKind.ORGANISATION: AudienceClass.PARTNER,
    PartyKind.FORUM: AudienceClass.PARTNER,
    PartyKind.OPERATOR: AudienceClass.OPERATOR,
    PartyKind.PUBLIC: AudienceClass.PUBLIC,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Whether something may go to an audience, by which list, and what people must hear of.

    Attributes
    ----------
    audience_class : AudienceClass
    refusal : str
        Why nothing may go; empty where something may.
    alarm : str
        What a person must be told now, because a safety notice goes although the label would have stopped it.
    """

    audience_class: AudienceClass
    refusal: str = ""
    alarm: str = ""


def admit(
    label: str,
    *,
    audience: str,
    book: PartyBook,
    own_party: str,
    operates: frozenset[int],
    objects: frozenset[int],
    operators: frozenset[str],
    data_mode: DataMode,
    at_tai_ns: int,
    consents: frozenset[str] = frozenset(),
    is_safety: bool,
) -> Admission:
    """Decide on one label and one audience.

    Parameters
    ----------
    label : str
        As the record has it; it may be no label at all.
    audience : str
        A party, a group, or PUBLIC.
    own_party : str
        This node's party: it may write a tear-line of its own data for whom it chooses.
    operates, objects : frozenset of int
        Catalogue numbers that the audience operates; those that the record is about.
    operators : frozenset of str
        Parties that operate the objects.
    consents : frozenset of str
        Originators whose consent to this audience is recorded.
    is_safety : bool
        The minimum safety notice: no label stops it, but where one would have, or cannot be read, there is an alarm.
    """
    if audience != PUBLIC_PARTY and audience not in book.parties:
        raise InputError(f"there is no party {audience[:80]!r}", where="--audience", remedy="see the book of parties")
    party = book.parties.get(audience)
    kind = PartyKind.PUBLIC if party is None else party.kind
    own = bool(operates & objects) or audience in operators
    plain = AudienceClass.OWN_OBJECT if own else _KINDS[kind]
    viewer = Viewer(party=audience, groups=book.groups_of(audience), operates=operates)
    try:
        read: Label | None = parse_label(label)
    except InputError:
        read = None
    if read is None:
        if is_safety:
            return Admission(audience_class=plain, alarm=f"the label {label[:80]!r} cannot be read")
        return Admission(audience_class=plain, refusal="the label of the event cannot be read, so nobody may be told")
    seen = may_see(read, viewer, at_tai_ns=at_tai_ns, operators=operators, objects=objects, data_mode=data_mode)
    others = read.originators - {own_party}
    third = read.originator_control and audience not in read.originators
    missing = (others - consents) if third or not seen.allowed else frozenset()
    if seen.allowed and not missing:
        return Admission(audience_class=plain)
    why = f"no recorded consent of {', '.join(sorted(missing))}" if missing else f"{'; '.join(seen.reasons)}"
    if is_safety:
        return Admission(audience_class=plain, alarm=f"the label {read} would have stopped it: {why}")
    if missing:
        return Admission(audience_class=plain, refusal=f"not releasable to {audience}: {why}")
    if read.expires_tai_ns is not None and at_tai_ns >= read.expires_tai_ns:
        return Admission(audience_class=plain, refusal="the label of the event has expired")
    return Admission(audience_class=AudienceClass.TEAR_LINE)
