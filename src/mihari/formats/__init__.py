"""Bytes to records and back: element sets and satellite catalogues in every form that people exchange."""

from mihari.formats._atomic import write_atomically, write_together
from mihari.formats._check import check_omm
from mihari.formats._limits import Limits
from mihari.formats._read import read_bytes, read_file, read_path
from mihari.formats._rejections import UnknownFormatError
from mihari.formats._write import ElementSetFormat, format_element_sets, write_element_sets

__all__ = [
    "ElementSetFormat",
    "Limits",
    "UnknownFormatError",
    "check_omm",
    "format_element_sets",
    "read_bytes",
    "read_file",
    "read_path",
    "write_atomically",
    "write_element_sets",
    "write_together",
]
