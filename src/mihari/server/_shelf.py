"""The catalogue versions whose state knots can be asked for: the current one and the few before it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, final

from mihari.errors import NotFoundError
from mihari.model.provenance import DataMode
from mihari.picture import KnotSource
from mihari.server._node import ServedNode

__all__ = ["EphemerisShelf", "ShelvedVersion"]

_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class ShelvedVersion:
    """One catalogue version ready to give knots."""

    source: KnotSource
    data_mode: DataMode


@final
class EphemerisShelf:
    """Keeps the last few versions, so that a map that has begun with one can go on with it.

    A version never changes; an older one leaves when `_KEPT` newer ones were asked for.
    """

    def __init__(self, node: ServedNode) -> None:
        self._node = node
        self._lock = threading.Lock()
        self._versions: OrderedDict[str, ShelvedVersion] = OrderedDict()

    def current(self) -> ShelvedVersion:
        """Return the version that answers are made from now."""
        catalogue = self._node.catalogue()
        moment = self._node.moment(catalogue=catalogue)
        # Made anew each time: the orbits may be the same while the satellite catalogue has learned more of the objects.
        source = KnotSource.of(catalogue.sets_at(moment.at_tai_ns), catalogue.objects())
        found = ShelvedVersion(source, catalogue.data_mode)
        with self._lock:
            self._versions[source.catalogue_version] = found
            self._versions.move_to_end(source.catalogue_version)
            while len(self._versions) > _KEPT:
                self._versions.popitem(last=False)
        return found

    def version(self, name: str) -> ShelvedVersion:
        """Return a version by name.

        Raises
        ------
        NotFoundError
            It is not the current one nor one of the last few.
        """
        with self._lock:
            found = self._versions.get(name)
        if found is None:
            current = self.current()
            found = current if current.source.catalogue_version == name else None
        if found is None:
            raise NotFoundError(
                f"no catalogue version {name!r} at hand", where="catalogue_version", remedy="ask ephemeris/latest.json"
            )
        return found
