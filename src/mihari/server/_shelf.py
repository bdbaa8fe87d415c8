"""The catalogue versions whose state knots can be asked for: the current one and the few before it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
import polars as pl

from mihari.astro.time import format_utc, format_utc_array
from mihari.compute import AnswerMemory
from mihari.errors import NotFoundError
from mihari.model.provenance import DataMode
from mihari.picture import KNOT_EPOCH_TAI_NS, KNOT_FRAME, KNOT_STEP_NS, KnotSource
from mihari.server._kept import KeptDocument
from mihari.server._node import ServedNode

__all__ = ["EphemerisShelf", "ShelvedVersion"]

_KEPT: Final = 4
_KEPT_KNOTS: Final = 32
"""2.4 MB each with 100,000 objects; readers of the present ask for two or three of them."""


@dataclass(frozen=True, slots=True, eq=False)
class ShelvedVersion:
    """One catalogue version ready to give knots, and the description of its rows."""

    source: KnotSource
    data_mode: DataMode
    sidecar: KeptDocument


@final
class EphemerisShelf:
    """Keeps the last few versions, so that a map that has begun with one can go on with it.

    A version never changes; an older one leaves when `_KEPT` newer ones were asked for. What is asked for by many at
    once, a version or one of its knots, is made once.
    """

    def __init__(self, node: ServedNode) -> None:
        self._node = node
        self._lock = threading.Lock()
        self._versions: OrderedDict[str, ShelvedVersion] = OrderedDict()
        self._made = AnswerMemory(most=_KEPT)
        self._knots = AnswerMemory(most=_KEPT_KNOTS)

    def current(self) -> ShelvedVersion:
        """Return the version that answers are made from now."""
        # The revision first: what is learned between the two lines makes the next question ask anew.
        revision = self._node.revision()
        catalogue = self._node.catalogue()
        sets = catalogue.sets_at(self._node.moment(catalogue=catalogue).at_tai_ns)

        def make() -> ShelvedVersion:
            source = KnotSource.of(sets, catalogue.objects())
            return ShelvedVersion(source, catalogue.data_mode, _sidecar(source, catalogue.data_mode))

        # The orbits may be the same while the satellite catalogue has learned more of the objects.
        found = self._made.answer((revision, catalogue.data_mode, sets.digest), make)
        name = found.source.catalogue_version
        with self._lock:
            self._versions[name] = found
            self._versions.move_to_end(name)
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

    def knot_bytes(self, shelved: ShelvedVersion, k: int) -> bytes:
        """Return knot `k` of a version; the last ones asked for are at hand."""
        source = shelved.source

        def make() -> bytes:
            return source.knot_bytes(k, orientation=self._node.orientation)

        return self._knots.answer((source.catalogue_version, k), make)


def _sidecar(source: KnotSource, data_mode: DataMode) -> KeptDocument:
    epochs = source.rows["element_set_epoch_tai_ns"].to_numpy().astype(np.int64)
    version = source.catalogue_version
    head: dict[str, Any] = {
        "catalogue_version": version,
        "data_mode": data_mode.value,
        "frame": KNOT_FRAME.value,
        "knot_epoch_utc": format_utc(KNOT_EPOCH_TAI_NS, digits=0),
        "knot_step_s": KNOT_STEP_NS / 1e9,
        "count": len(epochs),
        "layout": "count x 6 float32, little-endian: x y z, km; vx vy vz, km/s; NaN: no valid state",
        "knot_path": f"ephemeris/{version}/{{k}}.f32",
    }
    utc = pl.Series("element_set_epoch_utc", format_utc_array(epochs).tolist(), dtype=pl.String)
    return KeptDocument.of_columns(head, source.rows.drop("element_set_epoch_tai_ns").with_columns(utc))
