"""The outbox: what was published, as files for each who gets it. Made from the record, and mended by every command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mihari.errors import InputError
from mihari.formats import write_atomically
from mihari.model.party import PUBLIC_PARTY
from mihari.release.signing import seal

if TYPE_CHECKING:
    from mihari.app.releases import ReleaseDesk

__all__ = ["deliver", "release_bytes"]


def deliver(desk: ReleaseDesk) -> list[Path]:
    """Write every file of the outbox that is not there yet; return what was written.

    A release for the public lies open; one for a party that gave its sealing key is encrypted to it alone. The name of
    a file tells the release and nothing else.
    """
    written = []
    for state in desk.states():
        if state.published is None:
            continue
        for recipient in state.recipients:
            folder = desk.folder / "outbox" / recipient
            key = None if recipient == PUBLIC_PARTY else desk.keys.sealing_key_of(recipient)
            open_path = folder / f"{state.release_id}.release.json"
            path = open_path if key is None else folder / f"{state.release_id}.sealed.json"
            if path.exists() or open_path.exists():
                continue
            document: Mapping[str, Any] = state.published if key is None else seal(state.published, to=key)
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"cannot be made: {error.strerror}", where=str(folder)) from error
            write_atomically(path, release_bytes(document))
            written.append(path)
    return written


def release_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a release as it is written to a file."""
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")
