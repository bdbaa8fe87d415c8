"""Treaties, statements, guidelines and laws as data, each with source, nature and open questions."""

from __future__ import annotations

from mihari.policy.instruments._instruments import (
    ANY_PARTY,
    EntryStatus,
    Instrument,
    InstrumentBook,
    LegalNature,
    Version,
    instrument_document,
    load_instruments,
    nature_words,
)

__all__ = [
    "ANY_PARTY",
    "EntryStatus",
    "Instrument",
    "InstrumentBook",
    "LegalNature",
    "Version",
    "instrument_document",
    "load_instruments",
    "nature_words",
]
