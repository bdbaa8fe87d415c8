"""Rules that no table can say: small named functions, each with its section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mihari.formats.ccsds._rules_cdm import cdm_faults
from mihari.formats.ccsds._rules_ocm import ocm_faults
from mihari.formats.ccsds._rules_odm import oem_faults, oem_remarks, omm_faults, opm_faults
from mihari.formats.ccsds._rules_tdm import tdm_faults
from mihari.formats.ccsds._tree import Fault, Message, MessageKind

__all__ = ["special_faults", "special_remarks"]

_RULES: Final[dict[MessageKind, Callable[[Message], Iterator[Fault]]]] = {
    MessageKind.CDM: cdm_faults,
    MessageKind.OEM: oem_faults,
    MessageKind.OPM: opm_faults,
    MessageKind.OMM: omm_faults,
    MessageKind.OCM: ocm_faults,
    MessageKind.TDM: tdm_faults,
}


def special_faults(message: Message) -> Iterator[Fault]:
    """Yield the faults against the rules of the message's kind that are not in its table."""
    rule = _RULES.get(message.kind)
    if rule is not None:
        yield from rule(message)


def special_remarks(message: Message) -> Iterator[Fault]:
    """Yield departures that readers live with and no table can see."""
    if message.kind is MessageKind.OEM:
        yield from oem_remarks(message)
