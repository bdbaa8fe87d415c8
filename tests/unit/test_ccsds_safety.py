"""Hostile and broken input: a clear error, bounded cost, no guess."""

from __future__ import annotations

import bz2
import codecs
import gzip
import json
import lzma
import tracemalloc
from pathlib import Path

import pytest

from ccsds_support import CDM, OPM, faults_of, parsed, replaced
from mihari.errors import FormatError, InputError
from mihari.formats import Limits
from mihari.formats.ccsds import MessageForm, format_message, load_bytes, parse_messages, read_messages

XML = format_message(parsed(CDM), form=MessageForm.XML)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("has_mark", [True, False])
@pytest.mark.parametrize("text", [CDM, XML], ids=["kvn", "xml"])
def test_encodings_with_and_without_mark(encoding: str, has_mark: bool, text: str) -> None:
    text = replaced(text, "CASE ONE", "CASE É – 見張り")
    mark = "\ufeff".encode(encoding) if has_mark else b""
    assert parsed(mark + text.encode(encoding)) == parsed(text)


def test_a_declared_one_byte_encoding_is_believed() -> None:
    text = replaced(XML, "UTF-8", "ISO-8859-1").replace("CASE ONE", "CASE É")
    assert parsed(text.encode("latin-1")) == parsed(text.replace("ISO-8859-1", "UTF-8"))


def test_bytes_of_no_encoding_are_refused_with_their_place() -> None:
    with pytest.raises(FormatError, match=r"byte \d+ is not UTF-8") as caught:
        parsed(CDM.encode().replace(b"CASE ONE", b"CASE \xc9"))
    line = CDM[: CDM.index("CASE ONE")].count("\n") + 1
    assert caught.value.where == f"test:{line}"


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, lambda d: lzma.compress(d, lzma.FORMAT_ALONE)]
)
def test_compressed_messages_are_read(pack: object) -> None:
    assert parsed(pack(CDM.encode())) == parsed(CDM)  # type: ignore[operator]


ENTITIES = {
    "internal": '<!DOCTYPE cdm [<!ENTITY a "aaaaaaaaaa">]>',
    "growing": '<!DOCTYPE cdm [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;">]>',
    "external": '<!DOCTYPE cdm [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "bare": "<!DOCTYPE cdm>",
}


@pytest.mark.parametrize("name", ENTITIES)
def test_document_types_and_entities_are_refused(name: str) -> None:
    head, rest = XML.split("\n", 1)
    with pytest.raises(FormatError, match="document type"):
        parsed(f"{head}\n{ENTITIES[name]}\n{rest}")


HOSTILE = {
    "deep XML": b"<cdm>" + b"<a>" * 100_000,
    "deep JSON": b"[" * 200_000,
    "deep lossless JSON": json.dumps({"format": "mihari-ccsds-message", "format_version": "1", "kind": "CDM"})
    .replace("}", ', "items": ' + '[{"block": "b", "items": ' * 60 + "[]" + "}]" * 60 + "}")
    .encode(),
    "long line": b"CCSDS_CDM_VERS = 1.0\nCOMMENT " + b"x" * 2_000_000,
    "long XML text": b'<cdm id="CCSDS_CDM_VERS" version="1.0"><COMMENT>' + b"x" * 2_000_000,
    "long JSON text": b'{"CCSDS_CDM_VERS": "' + b"x" * 2_000_000 + b'"}',
    "XML that ends": XML.encode()[:700],
    "JSON that ends": b'{"CCSDS_CDM_VERS": "1.0"',
    "JSON with a key twice": b'{"CCSDS_CDM_VERS": "1.0", "TCA": "a", "TCA": "b"}',
    "JSON with NaN": b'{"CCSDS_CDM_VERS": "1.0", "TCA": NaN}',
    "JSON with a list": b'{"CCSDS_CDM_VERS": "1.0", "TCA": [1]}',
    "binary": b"\x7fELF\x00\x01\x02",
    "blank": b" \n\t\n",
    "empty": b"",
    "prose": b"Dear operator, see attached.",
    "web page": b"<html><body>429</body></html>",
    "unknown kind": b"CCSDS_XYZ_VERS = 1.0\n",
    "damaged gzip": gzip.compress(CDM.encode())[:-20],
    "bomb": gzip.compress(b"\x20" * (200 << 20), 9),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(FormatError) as caught:
        parsed(HOSTILE[name])
    line = caught.value.line()
    assert line.startswith("test")
    assert "\n" not in line
    assert len(line) < 400


def test_memory_is_bounded_by_the_file() -> None:
    rows = "".join(
        f"2024-02-29T00:{n // 60 % 60:02d}:{n % 60:02d}.{n:06d} 7000.0 0.0 0.0 0.0 7.5 0.0\n" for n in range(20_000)
    )
    text = ("CCSDS_OEM_VERS = 2.0\nMETA_START\nMETA_STOP\n" + rows).encode()
    tracemalloc.start()
    parse_messages(text, name="test")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # As MESSAGE_LIMITS assumes.
    assert peak < 16 * len(text)


def test_a_file_longer_than_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "long.cdm"
    with file.open("wb") as stream:
        stream.truncate(300 << 20)
    with pytest.raises(FormatError, match="longer than"):
        load_bytes(file)
    with pytest.raises(FormatError, match="longer than 10"):
        read_messages(file, limits=Limits(file_bytes=10))


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_messages(tmp_path / "none.cdm")
    with pytest.raises(InputError, match="is a directory"):
        read_messages(tmp_path)


@pytest.mark.parametrize("text", ["1e999", "-1e999", "0x10", "1_000", "١٢", "1,5", "--1", "1e", "Infinity", "1 2"])
def test_numbers_that_are_none(text: str) -> None:
    changed = replaced(OPM, "7000.25", text)
    assert (11, "X") in faults_of(changed)


def test_control_characters_do_not_reach_xml() -> None:
    message = parsed(replaced(OPM, "CASE ONE", "CASE \x07 ONE"))
    for form in (MessageForm.XML, MessageForm.KVN):
        with pytest.raises(FormatError, match="characters"):
            format_message(message, form=form)


def test_the_byte_order_mark_of_utf_16_begins_that_of_utf_32() -> None:
    # What makes the order of the marks in the reader matter.
    assert codecs.BOM_UTF32_LE.startswith(codecs.BOM_UTF16_LE)
