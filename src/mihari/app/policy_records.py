"""Records of the policy desk in the store: written by named people, superseded and never changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from mihari.model.label import Label, parse_label
from mihari.model.policy_record import PolicyRecord, PolicyRecordKind
from mihari.model.provenance import DataMode, Provenance
from mihari.store import POLICY_RECORDS, EmbeddedStore, Store, Transaction

__all__ = ["append_policy_record", "keep_policy_record", "newest_records", "policy_records"]


def policy_records(
    store: Store,
    kind: PolicyRecordKind,
    *,
    subject_id: str | None = None,
    as_of_tai_ns: int | None = None,
    data_mode: DataMode | None = None,
) -> tuple[PolicyRecord, ...]:
    """Return records of a kind, of one subject or of all, oldest first."""
    rows = store.records(POLICY_RECORDS, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    rows = rows.filter(pl.col("record_kind") == kind.value)
    if subject_id is not None:
        rows = rows.filter(pl.col("subject_id") == subject_id)
    return tuple(_record(row) for row in rows.sort("learned_tai_ns", "written_tai_ns").iter_rows(named=True))


def newest_records(
    store: Store,
    kind: PolicyRecordKind,
    *,
    as_of_tai_ns: int | None = None,
    data_mode: DataMode | None = None,
    is_told: Callable[[Label], bool] | None = None,
) -> dict[str, PolicyRecord]:
    """Return the newest record of every subject; with `is_told`, of those alone whose label it lets through."""
    found = policy_records(store, kind, as_of_tai_ns=as_of_tai_ns, data_mode=data_mode)
    return {each.subject_id: each for each in found if is_told is None or is_told(each.label)}


def keep_policy_record(
    store: EmbeddedStore,
    *,
    kind: PolicyRecordKind,
    subject_id: str,
    document: Mapping[str, Any],
    written_by: str,
    label: Label,
    data_mode: DataMode,
    now_tai_ns: int,
) -> PolicyRecord:
    """Write one record in a transaction of its own; it supersedes the newest of its subject."""
    with store.transaction(learned_tai_ns=now_tai_ns) as transaction:
        known = policy_records(store, kind, subject_id=subject_id, data_mode=data_mode)
        record = PolicyRecord(
            kind=kind,
            subject_id=subject_id,
            document=document,
            written_tai_ns=now_tai_ns,
            written_by=written_by,
            label=label,
            data_mode=data_mode,
            supersedes=known[-1].record_id if known else "",
        )
        append_policy_record(transaction, record)
    return record


def append_policy_record(transaction: Transaction, record: PolicyRecord) -> None:
    """Append one record to a transaction as it is."""
    frame = pl.DataFrame(
        {
            "record_kind": [record.kind.value],
            "subject_id": [record.subject_id],
            "record_id": [record.record_id],
            "written_tai_ns": [record.written_tai_ns],
            "written_by": [record.written_by],
            "supersedes": [record.supersedes],
            "document": [json.dumps(dict(record.document), ensure_ascii=False, sort_keys=True, allow_nan=False)],
        },
        schema=dict(POLICY_RECORDS.schema),
    )
    transaction.append_records(
        POLICY_RECORDS,
        frame,
        provenance=Provenance(
            source=record.written_by,
            origin=record.written_by,
            method="written by a person",
            data_mode=record.data_mode,
            label=str(record.label),
            licence="this node's own",
            derived_from=record.supersedes,
        ),
    )


def _record(row: Mapping[str, Any]) -> PolicyRecord:
    return PolicyRecord(
        kind=PolicyRecordKind(row["record_kind"]),
        subject_id=row["subject_id"],
        document=json.loads(row["document"]),
        written_tai_ns=row["written_tai_ns"],
        written_by=row["written_by"],
        label=parse_label(row["label"]),
        data_mode=DataMode(row["data_mode"]),
        supersedes=row["supersedes"],
    )
