"""Says whether a file holds valid orbit mean-elements messages, whatever SGP4 may think of them."""

from __future__ import annotations

from mihari.formats._container import unpack
from mihari.formats._kvn import kvn_message_kind, read_kvn_messages
from mihari.formats._limits import Limits
from mihari.formats._omm_message import message_faults
from mihari.formats._recognise import as_utf8, recognise
from mihari.formats._rejections import RejectionLog
from mihari.formats._xml import read_xml_messages
from mihari.model.intake import Rejection

__all__ = ["check_omm"]


def check_omm(data: bytes, *, name: str, limits: Limits | None = None) -> tuple[Rejection, ...]:
    """Return everything for which CCSDS 502.0-B would refuse the messages in `data`; nothing when all are valid.

    Messages of any theory and frame are judged; `read_bytes` accepts only those that SGP4 can propagate. JSON and CSV
    have no CCSDS definition: their records are judged as `read_bytes` does.

    Raises
    ------
    FormatError
        The content holds no OMM, or is damaged.
    """
    limits = limits or Limits()
    found: list[Rejection] = []
    for member, content in unpack(data, name=name, limits=limits):
        log = RejectionLog(member, limits)
        text = as_utf8(content, member)
        if text.lstrip()[:1] == b"<":
            messages = read_xml_messages(text, log=log, limits=limits)
        elif kvn_message_kind(text) is not None:
            messages = read_kvn_messages(text, log=log, limits=limits)
        else:
            recognise(content, log=log, limits=limits)
            messages = []
        for message in messages:
            for fault in message_faults(message):
                log.add(fault.line, fault.field, fault.reason)
        found += log.in_order()
    return tuple(found)
