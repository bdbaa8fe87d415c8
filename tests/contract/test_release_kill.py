"""kill -9 anywhere in a synchronised publication: all audiences or none, and the next command mends the outbox."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mihari.app.release_outbox import deliver
from mihari.release.signing import verify_release
from release_support import EVENT, NOW, breakup, desk_over, keep

CHILD = Path(__file__).resolve().parents[1] / "release_crash_child.py"
PLACES = [
    ("audit", 1, "after"),
    ("audit", 2, "before"),
    ("commit", 1, "before"),
    ("commit", 1, "after"),
    ("file", 1, "before"),
    ("file", 1, "after"),
    ("file", 2, "before"),
]


@pytest.mark.parametrize(("place", "call", "when"), PLACES)
def test_all_or_nothing(tmp_path: Path, place: str, call: int, when: str) -> None:
    folder = tmp_path / "store"
    keep(folder, breakup())
    desk = desk_over(folder)
    group = desk.draft(EVENT, audiences=["PUBLIC", "US", "AU"], product="breakup-notice", by="A. Mori")[0].group_id
    desk.approve(group, by="B. Ito")
    done = subprocess.run(
        [sys.executable, str(CHILD), str(folder), group, place, str(call), when],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    published = [each for each in desk.states() if each.published is not None]
    out = place == "file" or (place, when) == ("commit", "after")
    assert len(published) == (3 if out else 0)
    assert all(each.recipients for each in published)
    if out:
        deliver(desk)
    else:
        published = desk.publish(group, by="B. Ito")
    assert len({each.published["released_utc"] for each in published}) == 1
    assert all(verify_release(each.published, keys=desk.keys.ring(), at_tai_ns=NOW).valid for each in published)
    files = {path.parent.name for path in (folder / "outbox").rglob("*.release.json")}
    assert files == {"PUBLIC", "US", "AU"}
    assert not list((folder / "outbox").rglob("*.part")) or place == "file"
