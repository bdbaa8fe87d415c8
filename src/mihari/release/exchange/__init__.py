"""Exchange between nodes of different owners: signed bundles of records, over the wire or as files, and nothing else.

Each node shares what the labels of its records and its agreements let it, keeps what contradicts side by side, and
isolates whoever says different things under one number.
"""

from __future__ import annotations

from mihari.release.exchange._bundle import (
    Bundle,
    BundleLimits,
    Header,
    SignedHeader,
    make_bundle,
    open_bundle,
    read_header,
)
from mihari.release.exchange._change import Change, InBundle
from mihari.release.exchange._consent import Consent, consent_document, consent_from_document, what_holds_back
from mihari.release.exchange._item import HopStep, Item, item_line, read_item
from mihari.release.exchange._judge import Judgement, Outcome, Taken, judge_header, judge_items, judge_order
from mihari.release.exchange._partner import Partner, PartnerStatus, partner_document, partner_from_document
from mihari.release.exchange._records import EXCHANGED_KINDS, ExchangedKind, objects_of, records_of_rows, release_label
from mihari.release.exchange._state import Alarm, ExchangeState, Quarantined

__all__ = [
    "EXCHANGED_KINDS",
    "Alarm",
    "Bundle",
    "BundleLimits",
    "Change",
    "Consent",
    "ExchangeState",
    "ExchangedKind",
    "Header",
    "HopStep",
    "InBundle",
    "Item",
    "Judgement",
    "Outcome",
    "Partner",
    "PartnerStatus",
    "Quarantined",
    "SignedHeader",
    "Taken",
    "consent_document",
    "consent_from_document",
    "item_line",
    "judge_header",
    "judge_items",
    "judge_order",
    "make_bundle",
    "objects_of",
    "open_bundle",
    "partner_document",
    "partner_from_document",
    "read_header",
    "read_item",
    "records_of_rows",
    "release_label",
    "what_holds_back",
]
