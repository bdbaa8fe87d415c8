"""When a key is lost: the next one, the revocation, and every release that stands signed and sent again, in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mihari.release.signing import RevocationReason

if TYPE_CHECKING:
    from mihari.app.releases import ReleaseDesk

__all__ = ["Replacement", "replace_compromised_key"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """What was done.

    Attributes
    ----------
    new_key_id : str
    revocation : str
        Name of the file to give to everyone.
    again : tuple of str
        Releases that replace those that the lost key had signed.
    """

    new_key_id: str
    revocation: str
    again: tuple[str, ...]


def replace_compromised_key(desk: ReleaseDesk, key_id: str, *, words: str, by: str) -> Replacement:
    """Rotate, revoke as compromised from now on, and sign every release again that stands and has not expired.

    The contents and their approvals stay as they are, so nobody has to approve them anew.

    Raises
    ------
    NotFoundError
        There is no such key here.
    """
    now = desk.clock()
    party = desk.keys.own_party()
    new = desk.keys.rotate(party=party, now_tai_ns=now)
    revocation = desk.keys.revoke(
        key_id, reason=RevocationReason.COMPROMISED, words=words, from_tai_ns=now, now_tai_ns=now
    )
    again = []
    for state in desk.states():
        document = state.published
        if document is None or state.status != "PUBLISHED":
            continue
        if any(each["key_id"] == key_id for each in document["signatures"]):
            again.append(desk.publish_again(state.release_id, by=by).release_id)
    return Replacement(new_key_id=new.key_id, revocation=revocation.name, again=tuple(again))
