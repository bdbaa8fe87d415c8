"""Threshold profiles under review: proposed, simulated on kept assessments, approved by another person.

A proposal takes effect for nobody until it is approved; an approved one is chosen by name and version. In REAL two
persons are needed; one alone has to say so, and then "single approval" stands with the profile for ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mihari.app.policy_records import keep_policy_record, newest_records, policy_records
from mihari.astro.time import format_utc, parse_utc
from mihari.errors import InputError, MihariError, NotFoundError
from mihari.model.assessment import ActionLevel, StateSource
from mihari.model.label import Label
from mihari.model.policy_record import PolicyRecordKind, check_person
from mihari.model.provenance import DataMode
from mihari.policy import ThresholdProfile, counted_probability, judge, threshold_profiles
from mihari.policy.language import check_texts
from mihari.store import ASSESSMENTS, CONJUNCTION_MESSAGES, EmbeddedStore, Store

__all__ = [
    "ProfileChange",
    "approve_profile",
    "approved_profile",
    "deep_space_of_message",
    "profile_changes",
    "profile_changes_document",
    "propose_profile",
    "simulate_profile",
]

_MOST_CHANGES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    """One proposal with its approvals.

    Attributes
    ----------
    change_id : str
        ``NAME@VERSION`` of the profile.
    approvals : tuple of (person, moment TAI ns)
        Without the proposer's own, unless it is a single approval.
    """

    change_id: str
    profile: ThresholdProfile
    profile_json: str
    proposed_by: str
    reason: str
    approvals: tuple[tuple[str, int], ...]
    is_single: bool
    data_mode: DataMode

    @property
    def is_approved(self) -> bool:
        """Say whether it may be used."""
        return bool(self.approvals)

    @property
    def standing(self) -> str:
        """Return how it stands, in words."""
        if not self.approvals:
            return "proposed"
        return "approved, single approval" if self.is_single else "approved by two persons"


def propose_profile(
    store: EmbeddedStore,
    text: str,
    *,
    where: str,
    reason: str,
    proposed_by: str,
    data_mode: DataMode,
    now_tai_ns: int,
) -> ProfileChange:
    """Keep a proposed profile.

    Parameters
    ----------
    text : str
        The JSON of a threshold profile.
    reason : str
        Why it should change.

    Raises
    ------
    FormatError
        It is no profile.
    InputError
        No person, no reason, or that name and version exist already.
    """
    author = check_person(proposed_by, where="--by")
    profile = ThresholdProfile.from_json(text, where=where)
    if not reason.strip():
        raise InputError("is empty", where="--reason", remedy="say why the profile should change")
    check_texts({"--reason": reason, "note": profile.note}, remedy="say it without a conclusion in law or intent")
    change_id = f"{profile.name}@{profile.version}"
    shipped = {name: ThresholdProfile.load(name).version for name in threshold_profiles()}
    known = policy_records(store, PolicyRecordKind.PROFILE_CHANGE, subject_id=change_id, data_mode=data_mode)
    if known or shipped.get(profile.name) == profile.version:
        raise InputError(f"{change_id} exists already", where="version", remedy="give it a new version")
    document = {
        "profile": json.loads(text),
        "proposed_by": author,
        "reason": reason,
        "approvals": [],
        "is_single": False,
    }
    _keep(store, change_id, document, by=author, data_mode=data_mode, now_tai_ns=now_tai_ns)
    return _change(change_id, document, data_mode)


def approve_profile(
    store: EmbeddedStore,
    change_id: str,
    *,
    approved_by: str,
    data_mode: DataMode,
    now_tai_ns: int,
    single: bool = False,
) -> ProfileChange:
    """Keep a person's approval.

    Parameters
    ----------
    single : bool
        The proposer approves alone. Outside REAL it goes without saying; in REAL it has to be said.

    Raises
    ------
    NotFoundError
        No such proposal.
    InputError
        It is approved already, or the proposer approves in REAL without saying that nobody else does.
    """
    author = check_person(approved_by, where="--by")
    known = policy_records(store, PolicyRecordKind.PROFILE_CHANGE, subject_id=change_id, data_mode=data_mode)
    if not known:
        raise NotFoundError(f"there is no proposal {change_id!r}", where="change", remedy="mihari policy profile list")
    before = known[-1].document
    if before["approvals"] and not before["is_single"]:
        raise InputError(f"{change_id} is approved already", where="change")
    is_proposer = author.casefold() == str(before["proposed_by"]).casefold()
    if is_proposer and data_mode is DataMode.REAL and not single:
        raise InputError(
            f"{author} proposed it",
            where="--by",
            remedy="another person approves, or --single says that nobody else did",
        )
    if is_proposer and before["approvals"]:
        raise InputError(
            f"{change_id} has this single approval already", where="--by", remedy="another person approves"
        )
    stamp = format_utc(now_tai_ns, digits=9)
    document = {
        **before,
        "approvals": [*before["approvals"], {"by": author, "approved_utc": stamp}],
        "is_single": is_proposer,
    }
    _keep(store, change_id, document, by=author, data_mode=data_mode, now_tai_ns=now_tai_ns)
    return _change(change_id, document, data_mode)


def profile_changes(store: Store, *, data_mode: DataMode | None = None) -> tuple[ProfileChange, ...]:
    """Return every proposal as it stands."""
    found = newest_records(store, PolicyRecordKind.PROFILE_CHANGE, data_mode=data_mode)
    return tuple(_change(name, each.document, each.data_mode) for name, each in sorted(found.items()))


def approved_profile(store: Store, change_id: str, *, data_mode: DataMode | None = None) -> ThresholdProfile:
    """Return an approved profile by name and version.

    Raises
    ------
    NotFoundError
        There is none, or nobody approved it.
    """
    for each in profile_changes(store, data_mode=data_mode):
        if each.change_id == change_id and each.is_approved:
            return each.profile
    raise NotFoundError(
        f"there is no approved profile {change_id!r}", where="--profile", remedy="mihari policy profile list"
    )


def profile_changes_document(changes: Iterable[ProfileChange]) -> dict[str, Any]:
    """Return the shipped profiles and the proposals."""
    shipped = [ThresholdProfile.load(name) for name in threshold_profiles()]
    return {
        "shipped": [f"{each.name}@{each.version}" for each in shipped],
        "changes": [
            {
                "change_id": each.change_id,
                "standing": each.standing,
                "proposed_by": each.proposed_by,
                "reason": each.reason,
                "approvals": [{"by": by, "approved_utc": format_utc(at, digits=3)} for by, at in each.approvals],
                "single_approval": each.is_single,
                "data_mode": each.data_mode.value,
                "profile": json.loads(each.profile_json),
            }
            for each in changes
        ],
    }


def simulate_profile(
    store: Store,
    profile: ThresholdProfile,
    *,
    is_deep_space: Callable[[str], bool | None],
    data_mode: DataMode | None = None,
) -> dict[str, Any]:
    """Return what a profile would have changed in the assessments that are kept, on the numbers they hold.

    Parameters
    ----------
    is_deep_space : callable
        Whether the message of that text speaks of an object in deep space; None where it cannot be read.

    Returns
    -------
    dict
        `assessments`, `changed` with `by_change` and `changes`, and `not_simulated` with the reason.
    """
    rows = store.records(ASSESSMENTS, data_mode=data_mode)
    texts = store.records(CONJUNCTION_MESSAGES, data_mode=data_mode, columns=("event_id", "message_id", "text"))
    texts = texts.unique(("event_id", "message_id"), keep="first")
    joined = rows.join(texts.drop("learned_tai_ns"), on=("event_id", "message_id"), how="left", maintain_order="left")
    needs_deep = profile.deep_miss_distance_m is not None
    changes: list[dict[str, Any]] = []
    by_change: dict[str, int] = {}
    missing = changed = 0
    for row in joined.sort("creation_tai_ns").iter_rows(named=True):
        deep: bool | None = False
        if needs_deep:
            deep = None if row["text"] is None else is_deep_space(row["text"])
        if deep is None:
            missing += 1
            continue
        was = ActionLevel(row["action_level"])
        judged = _judged(profile, row, deep)
        if judged is was:
            continue
        changed += 1
        name = f"{was.value} -> {judged.value}"
        by_change[name] = by_change.get(name, 0) + 1
        if len(changes) < _MOST_CHANGES:
            changes.append(
                {
                    "event_id": row["event_id"],
                    "message_id": row["message_id"],
                    "creation_utc": format_utc(row["creation_tai_ns"], digits=3),
                    "was": was.value,
                    "was_profile": row["profile"],
                    "would_be": judged.value,
                    "probability": row["probability"],
                    "miss_distance_m": row["miss_distance_m"],
                }
            )
    return {
        "profile": f"{profile.name}@{profile.version}",
        "assessments": rows.height,
        "changed": changed,
        "events_changed": len({each["event_id"] for each in changes}),
        "by_change": by_change,
        "changes": changes,
        "not_simulated": missing,
        "note": "levels that were kept, beside the levels that the profile makes of the same numbers; "
        + (
            f"{missing} assessments have no readable message, which deep-space rules need"
            if missing
            else "all looked at"
        ),
    }


def _judged(profile: ThresholdProfile, row: Mapping[str, Any], is_deep_space: bool) -> ActionLevel:  # noqa: FBT001
    document = json.loads(row["document"])
    found = [row["probability"]]
    if document.get("methods_shared_error_removed"):
        found.append(document.get("probability_shared_error_removed"))
    return judge(
        profile,
        probability=counted_probability(profile, found),
        maximum_probability=row["maximum_probability"],
        miss_distance_m=row["miss_distance_m"],
        lead_time_s=(row["tca_tai_ns"] - row["creation_tai_ns"]) * 1e-9,
        is_deep_space=is_deep_space,
        sources=[StateSource(each["state_source"]) for each in document["objects"]],
    ).level


def _keep(
    store: EmbeddedStore, change_id: str, document: Mapping[str, Any], *, by: str, data_mode: DataMode, now_tai_ns: int
) -> None:
    keep_policy_record(
        store,
        kind=PolicyRecordKind.PROFILE_CHANGE,
        subject_id=change_id,
        document=document,
        written_by=by,
        label=Label(),
        data_mode=data_mode,
        now_tai_ns=now_tai_ns,
    )


def _change(change_id: str, document: Mapping[str, Any], data_mode: DataMode) -> ProfileChange:
    text = json.dumps(document["profile"], ensure_ascii=False)
    return ProfileChange(
        change_id=change_id,
        profile=ThresholdProfile.from_json(text, where=change_id),
        profile_json=text,
        proposed_by=document["proposed_by"],
        reason=document["reason"],
        approvals=tuple((each["by"], parse_utc(each["approved_utc"])) for each in document["approvals"]),
        is_single=document["is_single"],
        data_mode=data_mode,
    )


def deep_space_of_message(text: str) -> bool | None:
    """Return whether a kept message speaks of an object in deep space; None where it cannot be read any more."""
    from mihari.astro.earth import load_earth_orientation
    from mihari.conjunction.assessment import estimate_of, is_deep_space
    from mihari.formats.ccsds import conjunction_message, parse_messages

    try:
        record = conjunction_message(parse_messages(text.encode(), name="kept message"), name="kept message")
        orientation = load_earth_orientation()
        return any(is_deep_space(estimate_of(record, each, orientation=orientation)) for each in record.objects)
    except MihariError:
        return None
