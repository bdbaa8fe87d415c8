"""Bytes to records and back: element sets and satellite catalogues in every form that people exchange."""

from mihari.formats._limits import Limits
from mihari.formats._read import read_bytes, read_file, read_path

__all__ = ["Limits", "read_bytes", "read_file", "read_path"]
