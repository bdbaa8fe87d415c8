"""All structure tables, by kind and version."""

from __future__ import annotations

from functools import cache
from typing import Final

from mihari.formats.ccsds._schema import Structure
from mihari.formats.ccsds._table_cdm import CDM
from mihari.formats.ccsds._table_ocm import OCM
from mihari.formats.ccsds._table_odm import OEM, OMM, OPM
from mihari.formats.ccsds._table_tdm import TDM
from mihari.formats.ccsds._tree import MessageKind

__all__ = ["READ_KINDS", "known_versions", "structure_of"]

_STRUCTURES: Final[dict[MessageKind, tuple[Structure, ...]]] = {
    MessageKind.CDM: CDM,
    MessageKind.OPM: OPM,
    MessageKind.OEM: OEM,
    MessageKind.OMM: OMM,
    MessageKind.OCM: OCM,
    MessageKind.TDM: TDM,
}
READ_KINDS: Final = frozenset(_STRUCTURES)
"""Messages that are read and checked; the others are recognised by kind."""


def known_versions(kind: MessageKind) -> tuple[str, ...]:
    """Return the versions of a kind that a book defines."""
    return tuple(version for structure in _STRUCTURES.get(kind, ()) for version in structure.versions)


@cache
def structure_of(kind: MessageKind, version: str) -> Structure | None:
    """Return the table for a version, the newest for one that no book defines; None for kinds that are not read."""
    structures = _STRUCTURES.get(kind)
    if not structures:
        return None
    return next((s for s in structures if version in s.versions), structures[-1])
