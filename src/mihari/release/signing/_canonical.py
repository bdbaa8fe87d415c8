"""The one form of JSON that is signed: RFC 8785, for what Mihari emits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any, Final

from mihari.errors import InputError

__all__ = ["canonical_bytes"]

_GREATEST_INTEGER: Final = 2**53 - 1
"""Beyond it other readers of JSON round, and would check another document than was signed."""
_DEEPEST: Final = 64


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of a document, UTF-8: what is signed, hashed and compared.

    Keys are sorted by their UTF-16 code units, nothing is spaced, numbers are written as ECMAScript writes them.

    Parameters
    ----------
    document : mapping
        Of text, finite numbers, booleans, None, lists and mappings with text keys.

    Raises
    ------
    InputError
        A value that JSON does not have, a number that is not finite, an integer that a double does not hold (write it
        as text), text that is no Unicode, or brackets nested deeper than 64.

    References
    ----------
    RFC 8785, sections 3.2.2 and 3.2.3.

    Validation
    ----------
    tests/unit/test_release_canonical.py: the samples of the RFC and of its appendix B.
    """
    text = _written(document, 0, "document")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError("a text holds half a character", where="document", remedy="write whole characters") from error


def _written(value: Any, depth: int, where: str) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > _GREATEST_INTEGER:
            raise InputError(f"the integer {value} is not exact in JSON", where=where, remedy="write it as text")
        return str(value)
    if isinstance(value, float):
        return _number(value, where)
    if depth >= _DEEPEST:
        raise InputError(f"brackets nested deeper than {_DEEPEST}", where=where, remedy="make it flatter")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(f"the key {key!r} is no text", where=where)
        try:
            order = sorted(value, key=lambda key: key.encode("utf-16-be"))
        except UnicodeEncodeError as error:
            raise InputError("a key holds half a character", where=where, remedy="write whole characters") from error
        members = (f"{encode_basestring(key)}:{_written(value[key], depth + 1, key)}" for key in order)
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_written(each, depth + 1, where) for each in value) + "]"
    raise InputError(f"a {type(value).__name__} is nothing that JSON has", where=where)


def _number(value: float, where: str) -> str:
    """Write a double as ECMAScript does (ECMA-262, Number::toString); Python gives the same shortest digits."""
    if not math.isfinite(value):
        raise InputError(f"{value} is no number of JSON", where=where, remedy="leave it out or write null")
    if value == 0.0:
        return "0"
    sign = "-" if value < 0.0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = point - 1
    tail = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if power > 0 else '-'}{abs(power)}"
