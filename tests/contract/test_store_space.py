"""No space, no right to write: one clear error, nothing committed, nothing left behind, and the store goes on."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mihari.errors import MihariError, StoreAccessError, StoreSpaceError
from mihari.store import ELEMENT_SETS, EmbeddedStore, StoreMode, Treatment, examine
from store_support import REAL, element_sets

TESTS = Path(__file__).resolve().parents[1]


def _append(store: EmbeddedStore, number: int, *, records: int = 100) -> None:
    sets = element_sets(range(1, records + 1), [number] * records, seed=number)
    store.append_element_sets(sets, provenance=REAL, learned_tai_ns=number)


def _files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if path.suffix in (".parquet", ".idx")}


def _is_sound(folder: Path, *, records: int) -> None:
    report = examine(folder, treatment=Treatment.EXAMINE)
    assert (report.records, report.faults, report.mended) == (records, (), ())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("call", range(1, 8))
def test_an_error_at_any_durable_operation_commits_nothing(
    call: int, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "store"
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store:
        _append(store, 1)
        before, calls = _files(folder), iter(range(1, 1000))

        def failing(function: Any) -> Any:
            def instead(*args: Any) -> Any:
                if next(calls) == call:
                    raise OSError(number, os.strerror(number))
                return function(*args)

            return instead

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", failing(os.fsync))
            patched.setattr(os, "replace", failing(os.replace))
            if call <= 6:  # two files, two renames, two folders
                space = number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
                with pytest.raises(StoreSpaceError if space else StoreAccessError) as caught:
                    _append(store, 2)
                assert str(folder) in caught.value.line()
                assert caught.value.remedy
                assert store.counts(ELEMENT_SETS).popitem()[1] == 100
                assert _files(folder) == before
                _is_sound(folder, records=100)
        _append(store, 3)
    _is_sound(folder, records=200)


@pytest.mark.parametrize("call", range(1, 7))
def test_ctrl_c_at_any_durable_operation_commits_nothing(
    call: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "store"
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store:
        _append(store, 1)
        before, calls = _files(folder), iter(range(1, 1000))
        real = {"fsync": os.fsync, "replace": os.replace}

        def interrupted(name: str, *args: Any) -> Any:
            if next(calls) == call:
                raise KeyboardInterrupt
            return real[name](*args)

        with monkeypatch.context() as patched:
            for name in real:
                patched.setattr(os, name, partial(interrupted, name))
            with pytest.raises(KeyboardInterrupt):
                _append(store, 2)
        assert _files(folder) == before
        _append(store, 3)
    _is_sound(folder, records=200)


LIMITED = """
import resource, sys
from pathlib import Path
from mihari.errors import StoreSpaceError
from mihari.store import ELEMENT_SETS, EmbeddedStore, StoreMode
from store_support import REAL, element_sets

_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
for line in sys.stdin:
    records, limit = map(int, line.split())
    # Opened anew each time: the manifest's log is then empty, and so is what SQLite may still write into it.
    with EmbeddedStore.open(Path(sys.argv[1]), mode=StoreMode.WRITE) as store:
        sets = element_sets(range(1, records + 1), [5] * records, seed=5)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
        try:
            store.append_element_sets(sets, provenance=REAL, learned_tai_ns=5)
            said = "committed"
        except StoreSpaceError as error:
            said = error.line()
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        print(sum(store.counts(ELEMENT_SETS).values()), said)
"""


def test_under_a_file_size_limit_all_or_nothing_is_committed(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store:
        _append(store, 1)
    # The large batches fail at their segment, the small one at the manifest's log, and the last has room.
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder)],
        input="2000 0\n2000 33000\n10 14000\n10 10000000\n",
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    *refused, last = done.stdout.splitlines()
    assert last == "110 committed"
    assert len(refused) == 3
    assert all(line.startswith("100 ") and "no space left" in line for line in refused)
    assert ["manifest" in line for line in refused] == [False, False, True]
    _is_sound(folder, records=110)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(store: EmbeddedStore) -> int:
    """Append until there is no space; return how many records were acknowledged."""
    for number in range(1, 1000):
        try:
            _append(store, number, records=50)
        except StoreSpaceError:
            return 50 * (number - 1)
    raise AssertionError("the disk does not get full")


def test_a_full_disk_loses_nothing_and_works_again_with_space(small_disk: Path) -> None:
    folder, ballast = small_disk / "store", small_disk / "ballast"
    ballast.write_bytes(b"\0" * 300_000)
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store:
        committed = _fill(store)
        assert committed
        for number in range(1000, 1020):
            with pytest.raises(StoreSpaceError):
                _append(store, number, records=3000)
        assert store.counts(ELEMENT_SETS).popitem()[1] == committed
        _is_sound(folder, records=committed)
        ballast.unlink()
        _append(store, 2000, records=50)
    _is_sound(folder, records=committed + 50)


def test_making_a_store_without_space_leaves_room_to_try_again(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize)
    with pytest.raises(StoreSpaceError):
        EmbeddedStore.open(small_disk / "store", mode=StoreMode.CREATE)
    ballast.unlink()
    with EmbeddedStore.open(small_disk / "store", mode=StoreMode.CREATE) as store:
        _append(store, 1)
    _is_sound(small_disk / "store", records=100)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """Return a folder that holds a store and that even root cannot write: a read-only bind mount."""
    original, mounted = tmp_path / "original", tmp_path / "mounted"
    for folder in (original, mounted):
        folder.mkdir()
    with EmbeddedStore.open(original / "store", mode=StoreMode.CREATE) as store:
        _append(store, 1)
    if os.geteuid() or subprocess.run(["mount", "--bind", original, mounted], capture_output=True).returncode:
        pytest.skip("a folder can be bound read-only by root only")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", mounted], check=True, capture_output=True)
        yield mounted
    finally:
        subprocess.run(["umount", "-l", mounted], check=True)


def test_a_read_only_folder_can_be_read_and_not_written(read_only: Path) -> None:
    folder = read_only / "store"
    with EmbeddedStore.open(folder, mode=StoreMode.READ) as store:
        assert len(store.latest_element_sets(at_tai_ns=5)) == 100
    _is_sound(folder, records=100)
    for write in (
        lambda: EmbeddedStore.open(folder, mode=StoreMode.WRITE),
        lambda: EmbeddedStore.open(folder, mode=StoreMode.CREATE),
        lambda: EmbeddedStore.open(read_only / "new", mode=StoreMode.CREATE),
        lambda: examine(folder),
    ):
        with pytest.raises(StoreAccessError, match="Read-only"):
            write()


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_folder_that_refuses_the_lock_is_an_access_error(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Permissions do not stop root, so the refusal is injected where the lock is opened.
    folder = tmp_path / "store"
    EmbeddedStore.open(folder, mode=StoreMode.CREATE).close()
    real_open = os.open

    def refusing(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if str(path).endswith("writer.lock"):
            raise OSError(number, os.strerror(number))
        return real_open(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", refusing)
    for mode in (StoreMode.WRITE, StoreMode.CREATE):
        with pytest.raises(StoreAccessError, match="cannot write while opening"):
            EmbeddedStore.open(folder, mode=mode)
    EmbeddedStore.open(folder, mode=StoreMode.READ).close()


def test_errors_of_the_store_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "missing", tmp_path / "file", tmp_path):
        with pytest.raises(MihariError) as caught:
            EmbeddedStore.open(path, mode=StoreMode.READ)
        assert "\n" not in caught.value.line()
        assert str(path) in caught.value.line()
