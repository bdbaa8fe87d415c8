"""OMM as XML, alone or in an NDM. Expat reads it; document types and entities are refused before they can grow."""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from mihari.errors import FormatError
from mihari.formats._limits import Limits
from mihari.formats._omm_message import NUMERIC, Fault, OmmMessage
from mihari.formats._rejections import RejectionLog, UnknownFormatError

__all__ = ["CUT_OUT", "MisplacedError", "read_xml_messages", "read_xml_outline"]

CUT_OUT: Final = "mihari-cut-out"
"""Processing instruction that stands in an outline for messages; the first number and one past the last follow."""

_MESSAGES: Final = frozenset("aem ocm acm apm cdm oem omm opm rdm tdm".split())
_STRUCTURE: Final = frozenset(
    (
        "header",
        "body",
        "segment",
        "metadata",
        "data",
        "meanElements",
        "tleParameters",
        "spacecraftParameters",
        "covarianceMatrix",
        "userDefinedParameters",
    )
)


def read_xml_messages(text: bytes, *, log: RejectionLog, limits: Limits) -> list[OmmMessage]:
    """Read the OMMs of an XML text in UTF-8, whatever encoding it declares.

    When the XML breaks off, the messages before are kept and the break is noted as rejected.

    Raises
    ------
    FormatError
        Not XML, a document type or entity declaration, too deep, or no OMM in it.
    """
    return [entry for entry in _walk(text, log, limits, takes_cut_out=False) if not isinstance(entry, range)]


def read_xml_outline(text: bytes, *, log: RejectionLog, limits: Limits) -> list[OmmMessage | range]:
    """Read an XML text out of which messages were cut; spans of their numbers stand among the others.

    Raises
    ------
    MisplacedError
        A message was cut out that does not stand right below the root.
    FormatError
        As `read_xml_messages`.
    """
    return _walk(text, log, limits, takes_cut_out=True)


class MisplacedError(Exception):
    """A message was cut out at a place where it may mean something else."""


def _walk(text: bytes, log: RejectionLog, limits: Limits, *, takes_cut_out: bool) -> list[OmmMessage | range]:
    reader = _Reader(log, limits, takes_cut_out=takes_cut_out)
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        if not reader.messages or reader.is_open_at_first():
            raise FormatError(
                f"is not well-formed XML: {reason}", where=f"{log.file}:{error.lineno}", remedy="fetch it again"
            ) from error
        reader.drop_open()
        log.add(error.lineno, None, f"the XML breaks here: {reason}")
    if not reader.messages:
        what = (
            f"is a CCSDS {reader.root.upper()} message"
            if reader.root in _MESSAGES
            else f"has the root {reader.root!r:.40}"
        )
        raise UnknownFormatError(
            f"{what}, in which there are no element sets", where=log.file, remedy="element sets come as omm or ndm"
        )
    return reader.messages


class _Reader:
    """Collects messages while expat walks through the text."""

    def __init__(self, log: RejectionLog, limits: Limits, *, takes_cut_out: bool) -> None:
        self.messages: list[OmmMessage | range] = []
        self.root = ""
        self._log = log
        self._limits = limits
        self._path: list[str] = []
        self._message: OmmMessage | None = None
        self._text: list[str] = []
        self._text_size = 0
        self._attributes: dict[str, str] = {}
        self._line = 0
        self._has_child = False
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        if takes_cut_out:
            self.parser.ProcessingInstructionHandler = self._take_cut_out

    def is_open_at_first(self) -> bool:
        """Say whether the first message had not ended yet."""
        return self._message is not None and len(self.messages) == 1

    def drop_open(self) -> None:
        """Forget the message that has not ended."""
        if self._message is not None:
            self.messages.pop()

    def _refuse(self, *_: object) -> None:
        raise FormatError(
            "declares a document type or entities, which are refused because they can grow without bound",
            where=f"{self._log.file}:{self.parser.CurrentLineNumber}",
            remedy="remove the declaration; OMM needs none",
        )

    def _take_cut_out(self, target: str, numbers: str) -> None:
        if target != CUT_OUT or self._message is not None or len(self._path) != 1:
            raise MisplacedError
        self.messages.append(range(*map(int, numbers.split())))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._path.append(local)
        line = self.parser.CurrentLineNumber
        if len(self._path) > self._limits.nesting_depth:
            raise FormatError(
                f"has XML elements more than {self._limits.nesting_depth} deep",
                where=f"{self._log.file}:{line}",
                remedy="OMM has seven levels",
            )
        if len(self._path) == 1:
            self.root = local
        if local == "omm" and self._message is None:
            self._message = OmmMessage(line=line, version=attributes.get("version", ""))
            self.messages.append(self._message)
        elif local in _MESSAGES and self._message is None and len(self._path) > 1:
            self._log.add(line, None, f"a CCSDS {local.upper()} message, which has no element sets")
        self._text, self._text_size = [], 0
        self._attributes, self._line, self._has_child = attributes, line, False

    def _characters(self, text: str) -> None:
        self._text_size += len(text)
        if self._text_size > self._limits.line_characters:
            raise FormatError(
                f"has an XML text of more than {self._limits.line_characters} characters",
                where=f"{self._log.file}:{self.parser.CurrentLineNumber}",
                remedy="OMM values are short",
            )
        self._text.append(text)

    def _end(self, name: str) -> None:
        local = self._path.pop()
        message = self._message
        if message is None:
            self._has_child = True
            return
        if local == "omm":
            self._message = None
        elif not self._has_child and local not in _STRUCTURE:
            value = "".join(self._text).strip()
            unit = self._attributes.get("units")
            if local == "USER_DEFINED":
                local = "USER_DEFINED_" + self._attributes.get("parameter", "").strip().upper()
            message.put(local, value, line=self._line, unit=unit if local in NUMERIC else None)
        elif local not in _STRUCTURE:
            message.faults.append(Fault(self._line, local[:40], "is no element of an OMM"))
        self._has_child = True
        self._text, self._text_size = [], 0
