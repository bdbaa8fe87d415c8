"""Who can move, and whom to talk to: what both sides should have before them, as information."""

from __future__ import annotations

from typing import Final

from mihari.model.assessment import Coordination
from mihari.model.conjunction_message import ConjunctionObject

__all__ = ["coordination_of"]

_SOURCE: Final = (
    "as the message tells of both objects; exchange of contacts: COPUOS Guidelines for the Long-term Sustainability of "
    "Outer Space Activities (2019), B.1, voluntary"
)
_NO_RULE: Final = (
    "No rule of right of way binds all operators: who moves is agreed between them, before anyone does. An agreement "
    "that they have goes before everything here."
)


def coordination_of(objects: tuple[ConjunctionObject, ConjunctionObject]) -> Coordination | None:
    """Return what the message tells of who can move; None when both are said to be unable to, or debris."""
    able = [_ability(each) for each in objects]
    names = [each.name or each.designator for each in objects]
    if able == [False, False]:
        return None
    if able == [True, True]:
        words = f"Both {names[0]} and {names[1]} are said to be able to manoeuvre. {_NO_RULE}"
    elif True in able:
        mover = able.index(True)
        unable = able[1 - mover] is False
        other = "is said to be unable to" if unable else "may or may not be able to: the message is silent"
        words = f"{names[mover]} is said to be able to manoeuvre, {names[1 - mover]} {other}."
        if not unable:
            words = f"{words} {_NO_RULE}"
    else:
        words = f"The message does not tell for certain who can manoeuvre. {_NO_RULE}"
    reach = [
        f"{name}: {', '.join(part for part in _contact(each) if part)}"
        for name, each in zip(names, objects, strict=True)
        if any(_contact(each))
    ]
    silent = [name for name, each in zip(names, objects, strict=True) if not any(_contact(each))]
    if reach:
        words += f" Contacts: {'; '.join(reach)}."
    if silent:
        words += f" No contact given for {' and '.join(silent)}."
    return Coordination(text=words, source=_SOURCE)


def _ability(each: ConjunctionObject) -> bool | None:
    """True and False as the message says; debris and rocket bodies cannot; None when it does not tell."""
    told = each.maneuverable.strip().upper()
    if told in {"YES", "NO"}:
        return told == "YES"
    if (each.object_type or "").upper() in {"DEBRIS", "ROCKET BODY"}:
        return False
    return None


def _contact(each: ConjunctionObject) -> tuple[str, str, str, str]:
    return (
        each.operator_organisation or "",
        each.operator_contact or "",
        each.operator_phone or "",
        each.operator_email or "",
    )
