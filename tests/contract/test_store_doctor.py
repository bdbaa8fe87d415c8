"""What the doctor finds, mends and leaves alone: it never deletes an acknowledged record."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from mihari.errors import StoreAccessError, StoreBusyError, StoreVersionError
from mihari.store import (
    ELEMENT_SETS,
    Compaction,
    DoctorReport,
    EmbeddedStore,
    StoreMode,
    Treatment,
    examine,
)
from store_support import REAL, element_sets, screening, space_objects


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a store of three batches: 300 element sets of 100 objects, an object, a run."""
    path = tmp_path / "store"
    with EmbeddedStore.open(path, mode=StoreMode.CREATE, compaction=Compaction.never()) as store:
        for number in (1, 2, 3):
            sets = element_sets(range(1, 101), [number] * 100, seed=number)
            store.append_element_sets(sets, provenance=REAL, learned_tai_ns=10 * number)
        objects = space_objects([{"norad_cat_id": 5, "object_name": "VANGUARD 1"}])
        store.append_objects(objects, provenance=REAL, learned_tai_ns=40)
        store.save_run(screening(4), learned_tai_ns=50)
    return path


def _answers(folder: Path) -> list[object]:
    with EmbeddedStore.open(folder, mode=StoreMode.READ) as store:
        assert store.unreadable_records() == 0
        return [
            store.latest_element_sets(at_tai_ns=at, as_of_tai_ns=as_of).frame.rows()
            for at in (0, 2, 5)
            for as_of in (10, 25, None)
        ] + [store.history(7).frame.rows(), store.objects().frame.rows(), store.run(1).result.conjunctions.rows()]


def _segments(folder: Path, kind: str = "element_set") -> list[Path]:
    with EmbeddedStore.open(folder, mode=StoreMode.READ) as store:
        assert store.path == folder
    manifest = sqlite3.connect(folder / "manifest.sqlite")
    stems = [stem for (stem,) in manifest.execute("SELECT stem FROM segment WHERE kind = ? ORDER BY seq", (kind,))]
    manifest.close()
    return [folder / "segments" / f"{stem}.parquet" for stem in stems]


def _index(segment: Path) -> Path:
    return segment.parents[1] / "index" / f"{segment.stem}.idx"


def _flip(path: Path, position: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[position] ^= 0x10
    path.write_bytes(raw)


def _is_well(report: DoctorReport, *, mended: int = 0) -> None:
    assert (report.records, report.objects) == (300, 100)
    assert report.records_by_kind == {"element_set": 300, "space_object": 1, "screening_run": 1, "conjunction": 4}
    assert report.faults == ()
    assert len(report.mended) == mended, report.mended


def test_a_sound_store_is_left_alone(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}
    for treatment in Treatment:
        _is_well(examine(folder, treatment=treatment))
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")} == before


def test_stray_files_are_set_aside_not_deleted(folder: Path) -> None:
    wanted = _answers(folder)
    strays = [
        folder / "staging" / "element_set-1.parquet",
        folder / "segments" / "element_set-2.parquet",
        folder / "index" / "element_set-3.idx",
    ]
    for path in strays:
        path.write_bytes(b"half")
    looked = examine(folder, treatment=Treatment.EXAMINE)
    assert len(looked.faults) == 3
    assert all(path.exists() for path in strays)
    _is_well(examine(folder), mended=3)
    assert [(folder / "quarantine" / path.name).read_bytes() for path in strays] == [b"half"] * 3
    _is_well(examine(folder))
    assert _answers(folder) == wanted


@pytest.mark.parametrize(
    "harm",
    [
        lambda index: index.unlink(),
        lambda index: index.write_bytes(b""),
        lambda index: index.write_bytes(index.read_bytes()[:-100]),
        lambda index: _flip(index, 20),
        lambda index: _flip(index, -3000),
        lambda index: index.write_bytes(min(index.parent.iterdir()).read_bytes()),
    ],
    ids=["missing", "empty", "torn", "header", "body", "of another segment"],
)
def test_a_missing_or_rotten_index_is_rebuilt(folder: Path, harm: Callable[[Path], object]) -> None:
    wanted = _answers(folder)
    index = _index(max(_segments(folder)))
    sound = index.read_bytes()
    harm(index)
    if index.exists() and index.read_bytes() == sound:
        pytest.fail("the harm did nothing")
    looked = examine(folder, treatment=Treatment.EXAMINE)
    assert len(looked.faults) == 1
    _is_well(examine(folder), mended=1)
    assert index.read_bytes() == sound
    assert _answers(folder) == wanted


def test_without_an_index_a_reader_answers_from_the_segment(folder: Path) -> None:
    wanted = _answers(folder)
    for segment in _segments(folder):
        _index(segment).unlink()
    assert _answers(folder) == wanted
    assert not _index(segment).exists(), "a reader wrote"


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        lambda path: _flip(path, 400),
        lambda path: path.unlink(),
    ],
    ids=["torn", "rotten", "missing"],
)
def test_a_damaged_segment_is_written_again_from_its_index(folder: Path, harm: Callable[[Path], object]) -> None:
    wanted = _answers(folder)
    harm(_segments(folder)[-1])
    looked = examine(folder, treatment=Treatment.EXAMINE)
    assert len(looked.faults) == 1
    _is_well(examine(folder), mended=1)
    _is_well(examine(folder))
    assert _answers(folder) == wanted


def test_records_that_cannot_be_mended_are_a_fault_every_time_until_their_file_is_back(folder: Path) -> None:
    wanted = _answers(folder)
    segment = _segments(folder)[-1]
    sound = segment.read_bytes()
    segment.write_bytes(sound[:-100])
    _index(segment).unlink()
    with EmbeddedStore.open(folder, mode=StoreMode.READ) as store, pytest.raises(StoreAccessError, match="100 records"):
        store.latest_element_sets(at_tai_ns=5)
    for _ in range(2):
        report = examine(folder)
        assert (report.records, report.mended) == (200, ())
        assert len(report.faults) == 1
        assert "100 records" in report.faults[0]
        assert "torn" in report.faults[0]
        assert segment.read_bytes() == sound[:-100]
    with EmbeddedStore.open(folder, mode=StoreMode.READ) as store:
        assert store.latest_element_sets(at_tai_ns=5).frame["epoch_tai_ns"].unique().to_list() == [2]
        assert store.unreadable_records() == 100
    segment.write_bytes(sound)
    _is_well(examine(folder), mended=2)  # taken back, and its index
    assert _answers(folder) == wanted


def test_a_damaged_segment_of_another_kind_is_a_fault(folder: Path) -> None:
    _flip(_segments(folder, "conjunction")[0], 300)
    report = examine(folder)
    assert len(report.faults) == 1
    assert "4 records of kind conjunction" in report.faults[0]
    assert report.records == 300


@pytest.mark.parametrize(
    "harm",
    [
        lambda manifest: manifest.write_bytes(b"not a database, not at all" * 200),
        lambda manifest: manifest.write_bytes(b""),
        lambda manifest: manifest.write_bytes(manifest.read_bytes()[:5000]),
        lambda manifest: manifest.unlink(),
        lambda manifest: [_flip(manifest, position) for position in range(4096, 4096 + 500)],
    ],
    ids=["rubbish", "empty", "torn", "missing", "rotten"],
)
def test_a_lost_manifest_is_made_again_from_the_segments(folder: Path, harm: Callable[[Path], object]) -> None:
    wanted = _answers(folder)
    harm(folder / "manifest.sqlite")
    with pytest.raises(StoreAccessError, match="doctor"):
        _answers(folder)
    if (folder / "manifest.sqlite").exists():
        with pytest.raises(StoreAccessError):
            EmbeddedStore.open(folder, mode=StoreMode.CREATE).latest_element_sets(at_tai_ns=1)
    assert len(examine(folder, treatment=Treatment.EXAMINE).faults) == 1
    _is_well(examine(folder), mended=1)
    assert _answers(folder) == wanted
    with EmbeddedStore.open(folder, mode=StoreMode.WRITE) as store:
        assert store.last_learned_tai_ns() == 50
        assert store.save_run(screening(1), learned_tai_ns=60) == 2


def test_a_lost_manifest_after_a_merge_counts_no_record_twice(folder: Path) -> None:
    saved = {path: path.read_bytes() for path in _segments(folder)}
    with EmbeddedStore.open(folder, mode=StoreMode.WRITE, compaction=Compaction(fan_in=3)) as store:
        store.append_element_sets(element_sets([1], [1], seed=1), provenance=REAL, learned_tai_ns=60)
        assert examine(folder, compaction=Compaction(fan_in=3)).mended == ()
    for path, raw in saved.items():
        assert not path.exists()
        path.write_bytes(raw)
    (folder / "manifest.sqlite").unlink()
    report = examine(folder)
    assert report.records == 300 + 1


def test_the_doctor_merges_small_segments(folder: Path) -> None:
    wanted = _answers(folder)
    _is_well(examine(folder, compaction=Compaction(fan_in=3)), mended=1)
    assert len(_segments(folder)) == 1
    assert _answers(folder) == wanted


def test_a_clock_set_back_is_told(folder: Path) -> None:
    with EmbeddedStore.open(folder, mode=StoreMode.WRITE) as store:
        for number, learned in ((6, -1_000_000_000), (7, -3_000_000_000)):
            store.append_objects(space_objects([{"norad_cat_id": number}]), provenance=REAL, learned_tai_ns=learned)
    (said,) = examine(folder).mended
    assert "2 times, by at most 3.000 s" in said


def test_a_missing_folder_is_made_again(folder: Path) -> None:
    shutil.rmtree(folder / "staging")
    assert "staging" in examine(folder, treatment=Treatment.EXAMINE).faults[0]
    _is_well(examine(folder), mended=1)


def test_a_store_of_a_newer_version_is_not_touched(folder: Path) -> None:
    manifest = sqlite3.connect(folder / "manifest.sqlite")
    manifest.execute("PRAGMA user_version = 2")
    manifest.close()
    raw = (folder / "manifest.sqlite").read_bytes()
    for mode in StoreMode:
        with pytest.raises(StoreVersionError, match="format 2"):
            EmbeddedStore.open(folder, mode=mode)
    with pytest.raises(StoreVersionError, match="update Mihari"):
        examine(folder)
    assert (folder / "manifest.sqlite").read_bytes() == raw


def test_the_doctor_waits_its_turn(folder: Path) -> None:
    with EmbeddedStore.open(folder, mode=StoreMode.WRITE) as store, store.writing():
        with pytest.raises(StoreBusyError):
            examine(folder)
        # Looking needs no turn, and takes the files of a living writer for what they are.
        (folder / "staging" / "on-its-way.parquet").write_bytes(b"half")
        _is_well(examine(folder, treatment=Treatment.EXAMINE))


@pytest.mark.parametrize("mode", list(StoreMode))
def test_a_folder_that_is_no_store_is_refused_and_untouched(mode: StoreMode, tmp_path: Path) -> None:
    holiday = tmp_path / "holiday"
    holiday.mkdir()
    (holiday / "photo.png").write_bytes(b"\x89PNG")
    with pytest.raises(StoreAccessError, match="not a Mihari store"):
        EmbeddedStore.open(holiday, mode=mode)
    with pytest.raises(StoreAccessError, match="not a Mihari store"):
        examine(holiday)
    assert [path.name for path in holiday.iterdir()] == ["photo.png"]
    other = tmp_path / "other"
    other.mkdir()
    sqlite3.connect(other / "manifest.sqlite").executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1)").close()
    with pytest.raises(StoreAccessError, match="not one of Mihari's"):
        EmbeddedStore.open(other, mode=mode)
    with pytest.raises(StoreAccessError, match="not one of Mihari's"):
        examine(other)


def test_a_store_whose_making_was_interrupted_can_be_made(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    (folder / "segments").mkdir(parents=True)
    (folder / "manifest.new-77").write_bytes(b"half")
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store:
        store.append_element_sets(element_sets([1], [1]), provenance=REAL, learned_tai_ns=1)
        assert store.counts(ELEMENT_SETS)
