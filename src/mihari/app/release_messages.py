"""Messages of others' standards as the content of a release: CDM of a close approach, OMM of an event's objects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mihari.app.release_facts import EventFacts
from mihari.astro.states import Frame
from mihari.errors import InputError, NotFoundError
from mihari.formats import ElementSetFormat, format_element_sets
from mihari.formats.ccsds import MessageForm, format_message, parse_messages
from mihari.model.label import join_labels, parse_label
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.release.redaction import degrade_covariance, redact_conjunction_message
from mihari.store import CONJUNCTION_MESSAGES, ELEMENT_SETS, Store

__all__ = ["with_message"]


def with_message(
    known: EventFacts, product: str, *, store: Store, recipient: str, operates: frozenset[int], secret: bytes
) -> EventFacts:
    """Return the facts with the message that an extract carries; its label is that of the data in it.

    Parameters
    ----------
    product : str
        cdm-extract or omm-extract; for another product the facts are returned as they are.
    recipient : str
    operates : frozenset of int
        What the recipient operates: where one of the objects is among it, covariances stay as they are.
    secret : bytes
        Of the node.
    """
    if product == "cdm-extract":
        return _with_cdm(known, store, recipient=recipient, own=bool(operates & known.objects), secret=secret)
    if product == "omm-extract":
        return _with_omm(known, store)
    return known


def _with_cdm(known: EventFacts, store: Store, *, recipient: str, own: bool, secret: bytes) -> EventFacts:
    rows = store.records(CONJUNCTION_MESSAGES, data_mode=known.data_mode)
    rows = rows.filter(pl.col("event_id") == known.event_id).sort("creation_tai_ns")
    if rows.is_empty():
        raise NotFoundError("no conjunction message of this event is kept", where=known.event_id)
    row = rows.row(-1, named=True)
    message = parse_messages(row["text"].encode("utf-8"), name=known.event_id)

    def degrade(matrix: NDArray[np.float64], number: int | None) -> NDArray[np.float64]:
        shared = degrade_covariance(
            matrix,
            frame=Frame.RTN,
            norad_cat_id=number or 0,
            recipient=recipient,
            epoch_tai_ns=int(row["tca_tai_ns"]),
            secret=secret,
        )
        return shared.matrix

    text = format_message(redact_conjunction_message(message, degrade=None if own else degrade), form=MessageForm.KVN)
    return _carrying(known, "CDM, KVN", text, labels=[row["label"]])


def _with_omm(known: EventFacts, store: Store) -> EventFacts:
    rows = store.records(ELEMENT_SETS, data_mode=known.data_mode)
    rows = rows.filter(pl.col("norad_cat_id").is_in(sorted(known.objects)))
    newest = rows.sort("epoch_tai_ns", "learned_tai_ns").unique("norad_cat_id", keep="last", maintain_order=True)
    if newest.is_empty():
        raise NotFoundError("there are no element sets of the objects of this event", where=known.event_id)
    sets = ElementSets(newest.sort("norad_cat_id").select(list(ELEMENT_SET_SCHEMA)))
    text = format_element_sets(sets, format=ElementSetFormat.OMM_KVN).decode("utf-8")
    return _carrying(known, "OMM, KVN", text, labels=newest["label"].unique().sort().to_list())


def _carrying(known: EventFacts, form: str, text: str, *, labels: list[str]) -> EventFacts:
    """Return the facts with a message, under the label of the event and of the data in it together."""
    try:
        label = str(join_labels([parse_label(known.label), *(parse_label(each) for each in labels)]))
    except InputError as error:
        raise InputError(f"the labels of the data cannot be joined: {error.what}", where=known.event_id) from error
    return replace(known, facts={**known.facts, "message": {"form": form, "text": text}}, label=label)
