"""Files, folders, archives and standard input; everything that is no catalogue gets one clear line."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import sys
import zipfile
from pathlib import Path

import pytest

from formats_support import ISS, tle_lines
from mihari.errors import FormatError, InputError, UsageError
from mihari.formats import Limits, UnknownFormatError, read_bytes, read_file, read_path

TLE = ISS.encode()


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


PACKED = {
    "gzip": gzip.compress(TLE),
    "xz": lzma.compress(TLE),
    "bzip2": bz2.compress(TLE),
    "zip": zipped({"a.tle": TLE}),
    "two streams": gzip.compress(ISS[:30].encode()) + gzip.compress(ISS[30:].encode()),
    "padded": lzma.compress(TLE) + b"\x00" * 8,
    "zip of gzip": zipped({"a.tle.gz": gzip.compress(TLE)}),
}


@pytest.mark.parametrize("kind", PACKED)
def test_packed_files_are_opened_by_content(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "misleading.png"
    path.write_bytes(PACKED[kind])
    result = read_file(path)
    assert len(result.element_sets) == 1
    assert result.rejected == ()
    assert result.file == str(path)
    assert result.digest == hashlib.sha256(PACKED[kind]).hexdigest()


@pytest.mark.parametrize("kind", ["gzip", "xz", "bzip2", "zip", "two streams"])
@pytest.mark.parametrize("left", [0.2, 0.5, 0.9, 0.99])
def test_truncated_archives_are_refused(kind: str, left: float) -> None:
    data = PACKED[kind]
    with pytest.raises(FormatError, match=r"truncated|damaged") as caught:
        read_bytes(data[: max(8, int(len(data) * left))], name="f")
    assert caught.value.where == "f"


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress, lambda b: zipped({"a": b})])
def test_bombs_are_refused(pack: object) -> None:
    bomb = pack(bytes(64 << 20))  # type: ignore[operator]
    with pytest.raises(FormatError, match="decompression bomb"):
        read_bytes(bomb, name="f")


def test_a_bomb_of_two_layers_is_refused() -> None:
    with pytest.raises(FormatError, match="decompression bomb"):
        read_bytes(gzip.compress(gzip.compress(bytes(256 << 20), 1), 1), name="f")


def test_the_absolute_limit_counts_all_members() -> None:
    with pytest.raises(FormatError, match="larger than 300 bytes"):
        read_bytes(zipped({"a": TLE, "b": TLE}), name="f", limits=Limits(decompressed_bytes=300))
    with pytest.raises(FormatError, match="larger than 100 bytes"):
        read_bytes(gzip.compress(TLE), name="f", limits=Limits(decompressed_bytes=100))


def test_archives_within_archives_end_somewhere() -> None:
    data = TLE
    for _ in range(4):
        data = gzip.compress(data)
    with pytest.raises(FormatError, match="archives within archives"):
        read_bytes(data, name="f")


def test_all_members_of_a_zip_are_read_and_strangers_told() -> None:
    result = read_bytes(zipped({"a.tle": TLE, "README": b"hello", "b.tle": TLE + b"stray\n"}), name="f.zip")
    assert len(result.element_sets) == 2
    assert [(r.file, r.line) for r in result.rejected] == [("f.zip/b.tle", 4), ("f.zip/README", None)]


def test_a_zip_without_a_catalogue_is_refused() -> None:
    with pytest.raises(FormatError, match="none of the 2 files"):
        read_bytes(zipped({"a": b"hello", "b": b"world"}), name="f")
    with pytest.raises(FormatError, match="archive is empty"):
        read_bytes(zipped({}), name="f")


def test_encrypted_members_are_refused() -> None:
    data = bytearray(zipped({"a.tle": TLE}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FormatError, match="encrypted"):
        read_bytes(bytes(data), name="f")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "nothing but blanks"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "a PNG image"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "a JPEG image"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x7fELF" + bytes(60), "a program"),
        (bytes(range(256)) * 4, "binary data"),
        (b"hello world\n", "no format that is read"),
        (b"# only a comment\n", "no format that is read"),
        (b"a,b,c\n1,2,3\n", "no format that is read"),
        (gzip.compress(b""), "nothing but blanks"),
        (b"PAR1" + bytes(20), "damaged Parquet"),
        (b"\xff\xfe<", "damaged UTF-16"),
    ],
)
def test_what_is_no_catalogue_gets_one_line(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "catalogue.tle"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=words) as caught:
        read_file(path)
    line = caught.value.line()
    assert line.startswith(str(path))
    assert line.endswith(")")
    assert "\n" not in line
    assert caught.value.exit_code == 2


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_file(tmp_path / "missing.tle")
    with pytest.raises(InputError, match="is a directory"):
        read_file(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        read_file("a\x00b")
    with pytest.raises(InputError, match="no such file"):
        list(read_path(tmp_path / "missing.tle"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.tle"
    path.write_bytes(TLE)
    path.chmod(0)
    with pytest.raises(InputError, match="Permission denied"):
        read_file(path)


def test_large_files_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.tle"
    with path.open("wb") as stream:
        stream.truncate(5 << 30)
    with pytest.raises(FormatError, match="at most"):
        read_file(path)


def test_a_folder_gives_every_catalogue_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "b.tle").write_bytes(TLE)
    (tmp_path / "a.tle.gz").write_bytes(gzip.compress(TLE))
    (tmp_path / "deeper" / "c.txt").write_bytes(TLE)
    (tmp_path / "README.md").write_text("about")
    (tmp_path / ".hidden.tle").write_bytes(TLE)
    results = list(read_path(tmp_path))
    assert [Path(result.file).name for result in results] == ["a.tle.gz", "b.tle", "c.txt"]
    assert all(len(result.element_sets) == 1 for result in results)


def test_a_damaged_file_of_a_folder_is_told_and_the_others_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.tle.gz").write_bytes(gzip.compress(TLE)[:-9])
    (tmp_path / "b.tle").write_bytes(TLE)
    damaged, good = read_path(tmp_path)
    assert len(good.element_sets) == 1
    assert "truncated" in damaged.rejected[0].text()
    assert damaged.rejected[0].file == str(tmp_path / "a.tle.gz")


def test_folders_without_readable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file that can be read"):
        list(read_path(tmp_path))
    (tmp_path / "README.md").write_text("about")
    with pytest.raises(InputError, match="no file that can be read"):
        list(read_path(tmp_path))
    (tmp_path / "a.tle.gz").write_bytes(gzip.compress(TLE)[:-9])
    with pytest.raises(FormatError, match="truncated"):
        list(read_path(tmp_path))


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TLE)))
    (result,) = read_path("-")
    assert result.file == "standard input"
    assert len(result.element_sets) == 1


def test_unknown_formats_have_an_error_of_their_own() -> None:
    with pytest.raises(UnknownFormatError):
        read_bytes(b"hello", name="f")


def test_limits_are_positive() -> None:
    with pytest.raises(UsageError, match="limit rejections is 0"):
        Limits(rejections=0)


def test_several_sets_of_one_number_are_all_kept() -> None:
    assert len(read_bytes((tle_lines() * 3).encode(), name="f").element_sets) == 3
