"""Steps of releases as the store keeps them and the audit log is told of them; a release is what its steps say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from mihari.app.release_states import ReleaseState, states_of
from mihari.astro.time import format_utc
from mihari.errors import InputError, NotFoundError
from mihari.model.label import Audience, Label
from mihari.model.provenance import DataMode, Provenance
from mihari.model.release import Release, ReleaseStep, release_document
from mihari.release.audit import AuditLog
from mihari.store import RELEASE_STEPS, EmbeddedStore

__all__ = [
    "Row",
    "check_person",
    "chosen_of",
    "draft_document",
    "one_of",
    "states_in",
    "step_tables",
    "write_steps",
]

_METHOD: Final = "release desk"
_OUT: Final = frozenset({ReleaseStep.PUBLISHED.value, ReleaseStep.SENT.value})
_TOLD: Final = frozenset({"channel", "party", "originator", "words", "content_sha256"})


@dataclass(frozen=True, slots=True)
class Row:
    """What all steps of one release have in common: rows of the store, each of one step."""

    release_id: str
    group_id: str
    event_id: str
    product: str
    audience: str
    data_mode: DataMode

    @classmethod
    def like(cls, state: ReleaseState) -> Row:
        """Return the row of a release that is there already."""
        return cls(state.release_id, state.group_id, state.event_id, state.product, state.audience, state.data_mode)

    def of(self, step: ReleaseStep, *, by: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return one step, as `write_steps` takes it."""
        return {
            "release_id": self.release_id,
            "group_id": self.group_id,
            "step": step.value,
            "event_id": self.event_id,
            "product": self.product,
            "audience": self.audience,
            "written_by": by,
            "document": json.dumps(document, ensure_ascii=False, allow_nan=False),
            "mode": self.data_mode.value,
        }


def write_steps(
    folder: Path, store: EmbeddedStore, rows: Iterable[Mapping[str, Any]], *, now_tai_ns: int, own_party: str
) -> None:
    """Keep steps in one transaction; the audit log hears of what people do before it, of what went out after it."""
    given = list(rows)
    log = AuditLog(folder / "audit")
    by_mode: dict[str, list[Mapping[str, Any]]] = {}
    for row in given:
        by_mode.setdefault(row["mode"], []).append({k: v for k, v in row.items() if k != "mode"})
    label = str(Label(audience=Audience.of(own_party), originators=frozenset({own_party})))
    after = [row for row in given if row["step"] in _OUT]
    log.append_many([_entry(row, now_tai_ns) for row in given if row["step"] not in _OUT])
    with store.transaction(learned_tai_ns=now_tai_ns) as transaction:
        for mode, members in by_mode.items():
            frame = pl.DataFrame(
                [{**each, "written_tai_ns": now_tai_ns} for each in members], schema=dict(RELEASE_STEPS.schema)
            )
            stamp = Provenance(
                source=own_party, data_mode=DataMode(mode), method=_METHOD, label=label, licence="this node's own"
            )
            transaction.append_records(RELEASE_STEPS, frame, provenance=stamp)
    log.append_many([_entry(row, now_tai_ns) for row in after])


def step_tables(store: EmbeddedStore) -> list[pl.DataFrame]:
    """Return the steps of every data mode."""
    return [store.records(RELEASE_STEPS, data_mode=mode) for mode in store.data_modes(kind=RELEASE_STEPS)]


def states_in(store: EmbeddedStore) -> list[ReleaseState]:
    """Return every release of a store, oldest first."""
    return states_of(step_tables(store))


def chosen_of(states: Iterable[ReleaseState], name: str) -> list[ReleaseState]:
    """Return the release of that name, or the releases of that group."""
    found = [each for each in states if name in (each.release_id, each.group_id)]
    if not found:
        raise NotFoundError(f"there is no release or group {name[:80]!r}", remedy="mihari release list")
    return found


def one_of(states: Iterable[ReleaseState], release_id: str) -> ReleaseState:
    """Return the release of that name."""
    for state in states:
        if state.release_id == release_id:
            return state
    raise NotFoundError(f"there is no release {release_id[:80]!r}", remedy="mihari release list")


def draft_document(
    release: Release, *, embargo_tai_ns: int | None, needs: Sequence[str], life_s: int
) -> dict[str, Any]:
    """Return what the first step of a release keeps."""
    return {
        "release": release_document(release),
        "embargo_utc": None if embargo_tai_ns is None else format_utc(embargo_tai_ns, digits=3),
        "needs": list(dict.fromkeys(needs)),
        "life_s": life_s,
    }


def check_person(name: str) -> None:
    """Raise InputError where no person stands behind a step."""
    from mihari.model.space_event import MACHINE_NAMES

    if not name.strip() or name.strip().lower() in MACHINE_NAMES:
        raise InputError("a person does this, under a name", where="--by", remedy="give a name")


def _entry(row: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Return a step as the audit log keeps it."""
    told = json.loads(row["document"])
    return {
        "kind": f"release.{row['step'].lower().replace('_', '-')}",
        "at_utc": format_utc(now, digits=3),
        "actor": row["written_by"],
        "records": [row["release_id"]],
        "parties": [told.get("recipient", row["audience"])],
        "event_id": row["event_id"],
        "data_mode": row["mode"],
        **{name: value for name, value in told.items() if name in _TOLD},
    }
