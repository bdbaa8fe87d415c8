"""CCSDS navigation data messages: one neutral tree, one reader and writer per form, tables of the books as data.

`parse_messages` and `read_messages` read leniently and lose nothing; `message_faults` judges strictly by the book of
the version that the message claims.
"""

from mihari.formats.ccsds._check import message_faults, message_remarks, unknown_entries
from mihari.formats.ccsds._conjunction import conjunction_message
from mihari.formats.ccsds._ephemeris import ephemeris
from mihari.formats.ccsds._read import MESSAGE_LIMITS, load_bytes, parse_messages, read_messages
from mihari.formats.ccsds._tables import READ_KINDS, known_versions
from mihari.formats.ccsds._tree import (
    Block,
    Comment,
    Entry,
    Fault,
    Item,
    Message,
    MessageForm,
    MessageKind,
    Row,
    Stray,
)
from mihari.formats.ccsds._write import format_message, write_message

__all__ = [
    "MESSAGE_LIMITS",
    "READ_KINDS",
    "Block",
    "Comment",
    "Entry",
    "Fault",
    "Item",
    "Message",
    "MessageForm",
    "MessageKind",
    "Row",
    "Stray",
    "conjunction_message",
    "ephemeris",
    "format_message",
    "known_versions",
    "load_bytes",
    "message_faults",
    "message_remarks",
    "parse_messages",
    "read_messages",
    "unknown_entries",
    "write_message",
]
