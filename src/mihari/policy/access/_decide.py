"""Request decisions: may this viewer do this to that record, and which of its fields may it have.

Cedar decides (default deny, forbid wins); this module only says in Cedar's terms what is asked. The rule and the row
predicate are written apart from it, and a property test holds all three together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from mihari.errors import InputError
from mihari.ids import MAX_NORAD_CAT_ID
from mihari.model.label import Label, Redistribution, parse_label
from mihari.model.provenance import DataMode
from mihari.policy.access._policies import PolicySet
from mihari.policy.access._rule import MOST_CLAUSES
from mihari.policy.access._viewer import Viewer

if TYPE_CHECKING:
    import cedarpy

__all__ = ["Action", "DecisionRequest", "RequestDecision", "decide"]

_VIEWER: Final = {"type": "Viewer", "id": "viewer"}
_RECORD: Final = {"type": "Record", "id": "record"}
_MOST_I64: Final = 2**63 - 1


class Action(Enum):
    """What may be asked for."""

    READ = "read"
    ASSESS = "assess"
    ADVISE = "advise"
    DRAFT_RELEASE = "draft_release"
    APPROVE_RELEASE = "approve_release"
    PUBLISH_RELEASE = "publish_release"
    SEND = "send"
    INGEST = "ingest"
    READ_AUDIT = "read_audit"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRequest:
    """One question.

    Attributes
    ----------
    viewer : Viewer
    action : Action
    at_tai_ns : int
        The moment of the decision.
    kind : str
        Of the record, as the store names it.
    label : str
        Text of the record's label.
    objects : frozenset of int
        Catalogue numbers that the record speaks of.
    operators : frozenset of str
        Parties that operate them, where known.
    data_mode : DataMode, optional
    fields : tuple of str, optional
        Which fields are asked for. Default: all that the kind has.
    consents : frozenset of str
        Originators whose consent to this is on record.
    """

    viewer: Viewer
    action: Action
    at_tai_ns: int
    kind: str
    label: str
    objects: frozenset[int] = frozenset()
    operators: frozenset[str] = frozenset()
    data_mode: DataMode | None = None
    fields: tuple[str, ...] | None = None
    consents: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        for number in self.objects:
            if not 0 <= number <= MAX_NORAD_CAT_ID:
                raise InputError(f"{number} is no catalogue number", where="objects", remedy="up to nine digits")
        if abs(self.at_tai_ns) > _MOST_I64:
            raise InputError(f"{self.at_tai_ns} is no moment", where="at_tai_ns")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDecision:
    """The answer; `fields_allowed` is an allow-list, everything else asked for is withheld."""

    allowed: bool
    policy_version: str
    fields_allowed: tuple[str, ...]
    fields_withheld: tuple[str, ...]
    reasons: tuple[str, ...]


def decide(request: DecisionRequest, policies: PolicySet) -> RequestDecision:
    """Decide a request.

    Parameters
    ----------
    request : DecisionRequest
    policies : PolicySet

    Returns
    -------
    RequestDecision
        Whatever cannot be decided is denied.
    """
    import cedarpy

    classes = policies.fields.get(request.kind, {})
    asked = tuple(classes) if request.fields is None else tuple(dict.fromkeys(request.fields))
    wanted = sorted({classes[name] for name in asked if name in classes})
    entities = cedarpy.Entities.from_json_str(json.dumps([_viewer(request), _record(request)]), policies.schema)
    context = json.dumps({"now_tai_ns": request.at_tai_ns, "consents": sorted(request.consents)})

    def asked_of_cedar(names: Sequence[str]) -> list[cedarpy.AuthzResult]:
        actions = [{"type": "Action", "id": name} for name in names]
        return cedarpy.is_authorized_batch(
            [{"principal": _VIEWER, "action": each, "resource": _RECORD, "context": context} for each in actions],
            policies.parsed,
            entities,
        )

    (answer,) = asked_of_cedar([request.action.value])
    allowed = _allowed(answer)
    opened = asked_of_cedar([f"read_{name}" for name in wanted]) if allowed and wanted else []
    readable = {name for name, each in zip(wanted, opened, strict=False) if _allowed(each)}
    given = tuple(name for name in asked if classes.get(name) in readable)
    return RequestDecision(
        allowed=allowed,
        policy_version=policies.version,
        fields_allowed=given,
        fields_withheld=tuple(name for name in asked if name not in given),
        reasons=_reasons(answer),
    )


def _allowed(answer: cedarpy.AuthzResult) -> bool:
    # Cedar skips a policy that fails, a forbidding one too: then nothing is known, and nothing is allowed.
    return answer.allowed and not answer.diagnostics.errors


def _reasons(answer: cedarpy.AuthzResult) -> tuple[str, ...]:
    told = answer.diagnostics
    words = told.id_annotations_by_reason
    found = dict.fromkeys(words.get(name, name) for name in sorted(told.reasons))
    faults = [f"a policy failed: {error}" for error in told.errors]
    return (*found, *faults) or ("no policy permits it",)


def _viewer(request: DecisionRequest) -> dict[str, Any]:
    viewer = request.viewer
    attributes = {
        "names": sorted(viewer.names),
        "roles": sorted(role.value for role in viewer.roles),
        # What it operates elsewhere decides nothing here, and may be thousands.
        "operates": sorted(viewer.operates & request.objects),
        "data_modes": sorted(mode.value for mode in viewer.data_modes),
    }
    return {"uid": _VIEWER, "attrs": attributes, "parents": []}


def _record(request: DecisionRequest) -> dict[str, Any]:
    try:
        label = parse_label(request.label)
    except InputError:
        label = None
    attributes: dict[str, Any] = {
        "kind": request.kind,
        "objects": sorted(request.objects),
        "operators": sorted(request.operators),
    }
    if request.data_mode is not None:
        attributes["data_mode"] = request.data_mode.value
    return {"uid": _RECORD, "attrs": attributes | _label(label), "parents": []}


def _label(label: Label | None) -> dict[str, Any]:
    if label is None or len(label.audience.clauses) > MOST_CLAUSES:
        return {
            "readable": False,
            "originators": [],
            "originator_control": True,
            "redistribution": Redistribution.NO_REDISTRIBUTION.value,
        }
    told: dict[str, Any] = {
        "readable": True,
        "originators": sorted(label.originators),
        "originator_control": label.originator_control,
        "redistribution": label.redistribution.value,
    }
    for place, clause in enumerate(_ordered(label.audience.clauses), start=1):
        told[f"clause{place}"] = clause
    if label.expires_tai_ns is not None:
        told["expires_tai_ns"] = min(label.expires_tai_ns, _MOST_I64)
    return told


def _ordered(clauses: Iterable[frozenset[str]]) -> list[list[str]]:
    return sorted(sorted(clause) for clause in clauses)
