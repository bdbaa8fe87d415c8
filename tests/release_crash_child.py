"""Publishes a group and is killed at a named place: before or after a step that changes something on disk."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mihari.app import release_outbox
from mihari.release.audit import AuditLog
from mihari.store import _transaction
from release_support import Clock, desk_over

NAMES = ("audit", "commit", "file")


def dying(function: Callable[..., Any], *, call: int, after: bool) -> Callable[..., Any]:
    count = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        if count == call and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = function(*args, **kwargs)
        if count == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return wrapped


def main(folder: str, name: str, place: str, call: str, when: str) -> None:
    how = {"call": int(call), "after": when == "after"}
    if place == "audit":
        AuditLog.append_many = dying(AuditLog.append_many, **how)
    elif place == "commit":
        _transaction.EmbeddedTransaction.commit = dying(_transaction.EmbeddedTransaction.commit, **how)
    else:
        release_outbox.write_atomically = dying(release_outbox.write_atomically, **how)
    desk_over(Path(folder), clock=Clock()).publish(name, by="B. Ito")


if __name__ == "__main__":
    main(*sys.argv[1:])
