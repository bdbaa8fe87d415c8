"""Damaged files of every kind: an answer or a clear error, never a crash, never a hang, never an unsound set."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import time
import zipfile
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from formats_support import ISS, LINE1, LINE2, checked, element_sets, omm_record, tle_lines
from mihari.errors import MihariError
from mihari.formats import ElementSetFormat, Limits, format_element_sets, read_bytes

SECONDS_PER_FILE = 10.0
"""Far above any time seen (milliseconds), far below a hang."""
TOKENS = (
    b"\x00", b"\xff", b"\xc3", b"\n", b"\r", b"\r\n", b" ", b"\t", b"-", b"+", b".", b",", b";", b'"', b"'", b"=", b"[",
    b"]", b"{", b"}", b"<", b">", b"&", b"<!ENTITY a 'b'>", b"<![CDATA[", b"</omm>", b"<omm>", b"nan", b"inf", b"1e999",
    b"-1e-999", b"9" * 40, b"0", b"1 ", b"2 ", b"null", b"true", b"CCSDS_OMM_VERS = 2.0\n", b"COMMENT", b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xe2\x80\xa8", b"\xd9\xa1", b"NORAD_CAT_ID", b"EPOCH", b"PAR1", b"\x1f\x8b", b"PK\x03\x04", b"#",
)  # fmt: skip


def zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", data)
        archive.writestr("b", data[:40])
    return stream.getvalue()


def parquet(columns: dict[str, list[object]]) -> bytes:
    stream = io.BytesIO()
    pl.DataFrame(columns).write_parquet(stream)
    return stream.getvalue()


PACKERS: tuple[Callable[[bytes], bytes], ...] = (gzip.compress, lzma.compress, bz2.compress, zipped)


def samples() -> list[bytes]:
    rng = np.random.default_rng(5)
    sets = element_sets(rng, 3)
    found = [format_element_sets(sets, format=form) for form in ElementSetFormat if form is not ElementSetFormat.TLE]
    found.append(format_element_sets(element_sets(rng, 4, tle_digits=True), format=ElementSetFormat.TLE))
    found.append((ISS + tle_lines() + "# comment\n" + tle_lines(name="0 CAFÉ")).encode("latin-1"))
    found.append(ISS.replace("\n", "\r\n").encode("utf-16"))
    found.append(json.dumps([omm_record(OBJECT_TYPE="DEBRIS", RCS_SIZE="SMALL"), omm_record()]).encode())
    found.append(b'NORAD_CAT_ID,OBJECT_NAME,OBJECT_TYPE,OWNER,RCS\n5,"A, B",PAY,US,0.1\n6,C,R/B,CIS,\n')
    found.append(b'[{"NORAD_CAT_ID":"5","SATNAME":"A","OBJECT_TYPE":"TBA","LAUNCH":"1957-10-04"}]')
    names = ["NORAD_CAT_ID", "OBJECT_NAME", "OBJECT_TYPE", "OWNER", "RCS"]
    rows = [[5, "A", "PAY", "US", 0.1], [6, "C", "R/B", "CIS", None]]
    found.append(json.dumps({"columns": names, "data": rows}).encode())
    found.append(json.dumps([names, *rows]).encode())
    found.append(json.dumps(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))).encode())
    lines = {"tle_line1": [checked(LINE1)] * 2, "tle_line2": [checked(LINE2), None]}
    found.append(parquet(lines))
    start = {name: [1.0, 0.5] for name in ("epoch_jd2", "n0", "e0", "i0", "node0", "omega0", "m0", "bstar")}
    found.append(parquet({"norad_id": [1, 2], "epoch_jd1": [2460000.5, 2459192.5], **start, **lines}))
    return found


def mutate(rng: np.random.Generator, data: bytes, others: list[bytes]) -> bytes:
    """Return `data` after a few random injuries."""
    buffer = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        size = len(buffer)
        at = int(rng.integers(0, size + 1))
        length = min(size - at, int(rng.geometric(0.05)))
        match int(rng.integers(0, 8)):
            case 0 if size > at:
                buffer[at] ^= 1 << int(rng.integers(0, 8))
            case 1 if size > at:
                buffer[at] = int(rng.integers(0, 256))
            case 2:
                del buffer[at : at + length]
            case 3:
                buffer[at:at] = buffer[at : at + length] * int(rng.integers(1, 4))
            case 4:
                buffer[at:at] = TOKENS[int(rng.integers(0, len(TOKENS)))]
            case 5:
                token = TOKENS[int(rng.integers(0, len(TOKENS)))]
                buffer[at : at + len(token)] = token
            case 6 if rng.random() < 0.3:
                del buffer[at:]
            case 7 if rng.random() < 0.3:
                other = others[int(rng.integers(0, len(others)))]
                start = int(rng.integers(0, len(other)))
                buffer[at:at] = other[start : start + int(rng.integers(1, 200))]
            case _:
                pass
    return bytes(buffer)


def require_sound(frame: pl.DataFrame) -> None:
    """Whatever was accepted can be propagated."""
    sound = frame.select(
        pl.col("norad_cat_id").is_between(1, 999_999_999),
        (pl.col("eccentricity") >= 0) & (pl.col("eccentricity") < 1),
        (pl.col("mean_motion_rev_day") > 0) & pl.col("mean_motion_rev_day").is_finite(),
        pl.col("inclination_deg").is_between(0, 180),
        pl.col("ra_of_asc_node_deg", "arg_of_pericenter_deg", "mean_anomaly_deg").is_between(-360, 360),
        pl.col("bstar_per_earth_radius").is_finite(),
        pl.col("epoch_tai_ns").is_between(-410_227_200_000_000_001, 4_102_444_900_000_000_000),
    )
    assert sound.null_count().sum_horizontal().item() == 0
    assert all(sound[name].all() for name in sound.columns)


def is_parquet(data: bytes) -> bool:
    return data.startswith(b"PAR1")


def fuzz(files: int, seed: int, *, parquet_only: bool = False) -> tuple[int, int, float]:
    """Read mutated files; return how many gave a result, how many an error, and the longest time in seconds."""
    rng = np.random.default_rng(seed)
    everything = samples()
    # Parquet is decoded by a process of its own, which takes a while to start: it has a test of its own.
    plain = [data for data in everything if is_parquet(data) == parquet_only]
    read = refused = 0
    longest_s = 0.0
    limits = Limits(decompressed_bytes=32 << 20)
    for _ in range(files):
        data = plain[int(rng.integers(0, len(plain)))]
        pack = PACKERS[int(rng.integers(0, len(PACKERS)))] if rng.random() < 0.25 else bytes
        data = mutate(rng, pack(data), everything) if rng.random() < 0.5 else pack(mutate(rng, data, everything))
        began = time.perf_counter()
        try:
            result = read_bytes(data, name="fuzz", limits=limits)
        except MihariError as error:
            refused += 1
            lines = [error.line()]
        except BaseException:
            print(f"the file that broke the reader: {data!r}")
            raise
        else:
            read += 1
            require_sound(result.element_sets.frame)
            lines = [rejection.text() for rejection in result.rejected]
        longest_s = max(longest_s, time.perf_counter() - began)
        assert all(len(line) < 1000 and "\n" not in line for line in lines), data
    return read, refused, longest_s


def test_two_thousand_damaged_files() -> None:
    read, refused, longest_s = fuzz(2_000, seed=20090210)
    assert read > 300
    assert refused > 300
    assert longest_s < SECONDS_PER_FILE


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_thousand_damaged_files(seed: int) -> None:
    read, refused, longest_s = fuzz(10_000, seed=seed)
    assert read + refused == 10_000
    assert longest_s < SECONDS_PER_FILE


def test_damaged_parquet_files() -> None:
    read, refused, longest_s = fuzz(10, seed=20090210, parquet_only=True)
    assert read + refused == 10
    assert refused > 2
    assert longest_s < SECONDS_PER_FILE


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_many_damaged_parquet_files() -> None:
    read, refused, longest_s = fuzz(1_500, seed=4, parquet_only=True)
    assert read + refused == 1_500
    assert longest_s < SECONDS_PER_FILE


def test_the_samples_themselves_are_read() -> None:
    for data in samples():
        result = read_bytes(data, name="f")
        assert len(result.element_sets) + len(result.objects) > 0
