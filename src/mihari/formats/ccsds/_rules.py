"""Rules that no table can say: small named functions, each with its section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mihari.formats.ccsds._rules_cdm import cdm_faults
from mihari.formats.ccsds._rules_odm import oem_faults, omm_faults, opm_faults
from mihari.formats.ccsds._tree import Fault, Message, MessageKind

__all__ = ["special_faults"]

_RULES: Final[dict[MessageKind, Callable[[Message], Iterator[Fault]]]] = {
    MessageKind.CDM: cdm_faults,
    MessageKind.OEM: oem_faults,
    MessageKind.OPM: opm_faults,
    MessageKind.OMM: omm_faults,
}


def special_faults(message: Message) -> Iterator[Fault]:
    """Yield the faults against the rules of the message's kind that are not in its table."""
    rule = _RULES.get(message.kind)
    if rule is not None:
        yield from rule(message)
