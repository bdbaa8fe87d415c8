"""When a key is lost: the next one, the revocation, and every release that stands signed and sent again, in one go."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mihari.app.release_keys import KeyFolder
from mihari.app.release_steps import check_person, step_tables
from mihari.model.provenance import DataMode, Provenance
from mihari.release.signing import RevocationReason, verify_release
from mihari.store import RELEASE_STEPS, EmbeddedStore, StoreMode

if TYPE_CHECKING:
    from mihari.app.releases import ReleaseDesk

__all__ = ["STATED_S_PER_RELEASE", "Replacement", "drill_document", "rehearse_drill", "replace_compromised_key"]

STATED_S_PER_RELEASE: Final = 0.6
"""One minute for a hundred releases that stand, as docs/explanation/keys.md says."""
_LEAST_STATED_S: Final = 10.0


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


def drill_document(
    desk: ReleaseDesk, key_id: str, *, words: str, by: str, stopwatch: Callable[[], float] = time.perf_counter
) -> dict[str, Any]:
    """Replace a lost key in earnest, and return what was done, how long it took, and whether it holds."""
    check_person(by)
    standing = [each.published for each in desk.states() if each.status == "PUBLISHED" and each.published is not None]
    began = stopwatch()
    done = replace_compromised_key(desk, key_id, words=words, by=by)
    took_s = stopwatch() - began
    ring, now = desk.keys.ring(), desk.clock()
    again = [desk.find(name).published for name in done.again]
    old = [each for each in standing if any(one["key_id"] == key_id for one in each["signatures"])]
    stated_s = max(_LEAST_STATED_S, STATED_S_PER_RELEASE * len(done.again))
    return {
        "rehearsal": False,
        "lost_key_id": key_id,
        "new_key_id": done.new_key_id,
        "revocation": done.revocation,
        "releases": list(done.again),
        "old_ones_refused": not any(verify_release(each, keys=ring, at_tai_ns=now).valid for each in old),
        "new_ones_valid": all(
            each is not None and verify_release(each, keys=ring, at_tai_ns=now).valid for each in again
        ),
        "took_s": round(took_s, 3),
        "stated_s": stated_s,
        "within_stated": took_s <= stated_s,
    }


def rehearse_drill(desk: ReleaseDesk, *, by: str, stopwatch: Callable[[], float] = time.perf_counter) -> dict[str, Any]:
    """Lose the signing key on a copy of keys and releases, which is deleted afterwards: nothing else changes.

    Raises
    ------
    NotFoundError
        The node has no key that signs now.
    """
    check_person(by)
    key_id = desk.keys.signing_key(now_tai_ns=desk.clock()).key_id
    with tempfile.TemporaryDirectory(prefix="mihari-drill-") as place:
        copy = replace(desk, folder=Path(place) / "store")
        _copy_steps(desk, copy.folder)
        shutil.copytree(desk.folder / "keys", copy.folder / "keys")
        document = drill_document(copy, key_id, words="rehearsal", by=by, stopwatch=stopwatch)
    return {**document, "rehearsal": True}


def _copy_steps(desk: ReleaseDesk, folder: Path) -> None:
    with EmbeddedStore.open(desk.folder, mode=StoreMode.READ) as store:
        tables = step_tables(store)
    own = KeyFolder(desk.folder / "keys").own_party()
    with (
        EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store,
        store.transaction(learned_tai_ns=desk.clock()) as transaction,
    ):
        for table in tables:
            stamp = Provenance(source=own, data_mode=DataMode(table["data_mode"][0]), label=table["label"][0])
            transaction.append_records(RELEASE_STEPS, table.select(list(RELEASE_STEPS.schema)), provenance=stamp)
