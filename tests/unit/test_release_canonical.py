"""Canonical JSON against the samples of RFC 8785, and the second implementation against the first."""

from __future__ import annotations

import json
import struct

import pytest

from mihari.errors import InputError
from mihari.release.signing import canonical_bytes
from mihari_verify.signatures import canonical_json

# RFC 8785, appendix B: the bits of a double, and how it is written.
NUMBERS = """
0000000000000000 0
8000000000000000 0
0000000000000001 5e-324
8000000000000001 -5e-324
7fefffffffffffff 1.7976931348623157e+308
ffefffffffffffff -1.7976931348623157e+308
4340000000000000 9007199254740992
c340000000000000 -9007199254740992
4430000000000000 295147905179352830000
44b52d02c7e14af5 9.999999999999997e+22
44b52d02c7e14af6 1e+23
44b52d02c7e14af7 1.0000000000000001e+23
444b1ae4d6e2ef4e 999999999999999700000
444b1ae4d6e2ef4f 999999999999999900000
444b1ae4d6e2ef50 1e+21
3eb0c6f7a0b5ed8c 9.999999999999997e-7
3eb0c6f7a0b5ed8d 0.000001
41b3de4355555553 333333333.3333332
41b3de4355555554 333333333.33333325
41b3de4355555555 333333333.3333333
41b3de4355555556 333333333.3333334
41b3de4355555557 333333333.33333343
becbf647612f3696 -0.0000033333333333333333
43143ff3c1cb0959 1424953923781206.2
""".split()
SORTED = {
    "€": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\U0001f600": "Emoji: Grinning Face",
    "\x80": "Control",
    "ö": "Latin Small Letter O With Diaeresis",
}


@pytest.mark.parametrize(("bits", "text"), list(zip(NUMBERS[::2], NUMBERS[1::2], strict=True)))
@pytest.mark.parametrize("write", [canonical_bytes, canonical_json])
def test_numbers_are_written_as_the_rfc_writes_them(write, bits: str, text: str) -> None:
    value = struct.unpack(">d", bytes.fromhex(bits))[0]
    assert write({"n": value}) == b'{"n":' + text.encode() + b"}"


@pytest.mark.parametrize("write", [canonical_bytes, canonical_json])
def test_keys_are_sorted_by_utf_16(write) -> None:
    """Section 3.2.3: by code units, a smiling face stands before a Hebrew letter."""
    names = list(json.loads(write(SORTED)).values())
    assert names == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


@pytest.mark.parametrize("write", [canonical_bytes, canonical_json])
def test_the_sample_of_section_3_2_4(write) -> None:
    sample = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\x0f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert (
        write(sample)
        == (
            '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        ).encode()
    )


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, -(2**53), {1, 2}, b"x", {1: 2}, "\ud800", {"\ud800": 1}]
)
def test_what_json_does_not_have_is_refused(value) -> None:
    with pytest.raises(InputError):
        canonical_bytes({"v": value})


def test_what_is_nested_without_end_is_refused() -> None:
    deep: dict = {}
    for _ in range(100):
        deep = {"d": deep}
    with pytest.raises(InputError, match="deeper"):
        canonical_bytes(deep)
