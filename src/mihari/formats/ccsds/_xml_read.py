"""XML: elements of CCSDS 505.0-B. Expat walks the text; document types and entities are refused where they begin."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._rejections import UnknownFormatError, shown
from mihari.formats.ccsds._draft import Draft
from mihari.formats.ccsds._schema import USER_DEFINED
from mihari.formats.ccsds._tables import READ_KINDS
from mihari.formats.ccsds._tree import Attributes, Comment, Entry, Item, Message, MessageForm, MessageKind, Row, Stray

__all__ = ["read_xml"]

_KEYWORD: Final = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_LINES: Final = frozenset(("trajLine", "covLine", "manLine"))
_TABLES: Final = {(MessageKind.OEM, "stateVector"), (MessageKind.TDM, "observation")}
_STATE: Final = ("EPOCH", "X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT", "X_DDOT", "Y_DDOT", "Z_DDOT")
_BLANKS: Final = re.compile(r"\s*\n\s*")
_KINDS: Final = {kind.value.lower(): kind for kind in MessageKind}


def read_xml(text: str, *, name: str, limits: Limits) -> Message:
    """Read the message, or the NDM with its messages, that an XML text holds.

    Raises
    ------
    FormatError
        Not well-formed, a document type or entity declaration, too deep, an over-long text, or no CCSDS message.
    """
    reader = _Reader(name, limits)
    try:
        # The text is UTF-8 by now, whatever its declaration says.
        reader.parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise FormatError(
            f"is not well-formed XML: {expat.ErrorString(error.code)}",
            where=f"{name}:{error.lineno}",
            remedy="ask the sender for a whole message",
        ) from error
    except UnicodeEncodeError as error:
        raise FormatError("has half a character pair", where=name, remedy="save it as UTF-8") from error
    return reader.message()


class _Open:
    """An element that has begun."""

    __slots__ = ("attributes", "draft", "is_message", "line", "name", "parts", "size", "text")

    def __init__(self, name: str, line: int, attributes: dict[str, str]) -> None:
        self.name = name
        self.line = line
        self.attributes = attributes
        self.draft: Draft | None = None
        self.is_message = False
        self.text: list[str] = []
        self.size = 0
        self.parts: list[Message] = []


class _Reader:
    """Builds the tree while expat walks through the text."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._stack: list[_Open] = []
        self._kinds: list[MessageKind] = []
        self._done: Message | None = None
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def message(self) -> Message:
        assert self._done is not None
        return self._done

    def _where(self) -> str:
        return f"{self._name}:{self.parser.CurrentLineNumber}"

    def _refuse(self, *_: object) -> None:
        raise FormatError(
            "declares a document type or entities, which are refused because they can grow without bound",
            where=self._where(),
            remedy="remove the declaration; CCSDS messages need none",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if len(self._stack) >= self._limits.nesting_depth:
            raise FormatError(
                f"has XML elements more than {self._limits.nesting_depth} deep",
                where=self._where(),
                remedy="CCSDS messages have about eight levels",
            )
        element = _Open(name, self.parser.CurrentLineNumber, attributes)
        if not self._stack or (self._kinds[-1] is MessageKind.NDM and self._stack[-1].is_message):
            kind = _KINDS.get(name)
            if kind is None and not self._stack:
                raise UnknownFormatError(
                    f"has the root {shown(name)}, which is no CCSDS message",
                    where=self._where(),
                    remedy="see the books",
                )
            if kind is not None:
                self._kinds.append(kind)
                element.is_message = True
                element.draft = Draft(name, element.line)
        if self._stack:
            self._open_parent(self._stack[-1])
        self._stack.append(element)

    @staticmethod
    def _open_parent(parent: _Open) -> None:
        """Turn the element around a child into a block; the blanks before the child are not its text."""
        if not "".join(parent.text).strip():
            parent.text.clear()
            parent.size = 0
        if parent.draft is None:
            parent.draft = Draft(parent.name, parent.line, attributes=tuple(parent.attributes.items()))

    def _characters(self, text: str) -> None:
        element = self._stack[-1]
        element.size += len(text)
        if element.size > self._limits.line_characters:
            raise FormatError(
                f"has an XML text of more than {self._limits.line_characters} characters",
                where=self._where(),
                remedy="CCSDS values are short",
            )
        element.text.append(text)

    def _end(self, _tag: str) -> None:
        element = self._stack.pop()
        text = "".join(element.text)
        parent = self._stack[-1] if self._stack else None
        if element.is_message:
            self._end_message(element, parent, text)
            return
        assert parent is not None
        assert parent.draft is not None
        if text.strip() and element.draft is not None:
            element.draft.items.append(Stray(_BLANKS.sub(" ", text.strip()), "text between elements", element.line))
        parent.draft.items.append(self._item(element, text))

    def _end_message(self, element: _Open, parent: _Open | None, text: str) -> None:
        kind = self._kinds.pop()
        assert element.draft is not None
        if text.strip():
            element.draft.items.append(Stray(_BLANKS.sub(" ", text.strip()), "text between elements", element.line))
        rest = tuple((k, v) for k, v in element.attributes.items() if k not in ("id", "version"))
        items = element.draft.finished() if kind in READ_KINDS or kind is MessageKind.NDM else ()
        identity = element.attributes.get("id")
        expected = f"CCSDS_{kind.value}_VERS"
        if kind is not MessageKind.NDM and kind in READ_KINDS and identity != expected:
            reason = f"the attribute id is {shown(identity or '')}, {expected} is needed"
            items = (Stray("", reason, element.line, "id"), *items)
        message = Message(
            kind,
            element.attributes.get("version", "").strip() if kind is not MessageKind.NDM else "",
            MessageForm.XML,
            items,
            tuple(element.parts),
            element.line,
            rest,
        )
        if parent is None:
            self._done = message
        else:
            parent.parts.append(message)

    def _item(self, element: _Open, text: str) -> Item | Draft:
        name, line = element.name, element.line
        if element.draft is not None:
            return self._table_row(element.draft) or element.draft
        if name == "COMMENT":
            return Comment(_BLANKS.sub(" ", text).rstrip(), line)
        if name in _LINES:
            return Row(name, tuple(text.split()), line=line)
        if not _KEYWORD.fullmatch(name):
            if text.strip():
                return Entry(name, _BLANKS.sub(" ", text.strip()), None, line, tuple(element.attributes.items()))
            return Draft(name, line, attributes=tuple(element.attributes.items()))
        attributes = dict(element.attributes)
        unit = attributes.pop("units", None)
        if name == "USER_DEFINED" and "parameter" in attributes:
            name = USER_DEFINED + attributes.pop("parameter").strip()
        rest: Attributes = tuple(attributes.items())
        return Entry(name, _BLANKS.sub(" ", text.strip()), unit, line, rest)

    def _table_row(self, draft: Draft) -> Row | None:
        """Return a state or an observation as a row; None when it is not made like one."""
        if (self._kinds[-1], draft.name) not in _TABLES:
            return None
        entries = [item for item in draft.items if isinstance(item, Entry) and not item.attributes]
        names = tuple(entry.keyword for entry in entries)
        if len(entries) != len(draft.items) or draft.attributes:
            return None
        if draft.name == "stateVector":
            if names != _STATE[: len(names)] or len(names) not in (7, 10):
                return None
            units = tuple(entry.unit for entry in entries)
            return Row(
                draft.name, tuple(entry.value for entry in entries), units if any(units) else (), line=draft.line
            )
        if len(names) != 2 or names[0] != "EPOCH" or entries[0].unit is not None:
            return None
        values = (names[1], entries[0].value, entries[1].value)
        units = (None, None, entries[1].unit)
        return Row(draft.name, values, units if entries[1].unit else (), line=draft.line)
