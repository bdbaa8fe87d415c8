"""A conjunction message handed over as bytes: assessed, and nothing of it is kept."""

from __future__ import annotations

from mihari.app.assess import AssessmentBatch, message_parts
from mihari.conjunction.assessment import AssessmentRequest, assess_message
from mihari.errors import FormatError
from mihari.formats.ccsds import MessageKind, conjunction_message, parse_messages
from mihari.model.intake import Rejection

__all__ = ["assess_received"]


def assess_received(data: bytes, request: AssessmentRequest, *, name: str) -> AssessmentBatch:
    """Assess the one conjunction message that the bytes hold.

    Parameters
    ----------
    data : bytes
        A CDM in any form and compression that `parse_messages` reads; an NDM may wrap it.
    name : str
        Stands in errors and in the coverage statement.

    Returns
    -------
    AssessmentBatch
        One assessment; other messages of an NDM are among what was rejected.

    Raises
    ------
    FormatError
        There is no conjunction message, there are several, or its numbers cannot be used.

    Validation
    ----------
    tests/api/test_server_assessments.py: the same document as `mihari assess --cdm FILE --json`.
    """
    parts = list(message_parts(parse_messages(data, name=name)))
    told = [part for part in parts if part.kind is MessageKind.CDM]
    if len(told) != 1:
        found = ", ".join(sorted({part.kind.value for part in parts})) or "nothing"
        what = f"holds {len(told)} conjunction messages" if told else f"holds no conjunction message but {found}"
        raise FormatError(what, where=name, remedy="send one conjunction data message (CDM) at a time")
    message = conjunction_message(told[0], name=name)
    assessment = assess_message(message, request)
    rejected = tuple(
        Rejection(name, number, None, f"is a CCSDS {part.kind.value}, no conjunction message")
        for number, part in enumerate(parts, 1)
        if part is not told[0]
    )
    return AssessmentBatch(assessments=(assessment,), rejected=rejected, messages=len(parts))
