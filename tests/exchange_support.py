"""Nodes for the tests of exchange: each with a store, keys, a name, partners, and a clock that is set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from mihari.app.exchange_export import export_bundle
from mihari.app.exchange_import import ImportReport, import_bundle
from mihari.app.exchange_node import ExchangeNode, open_exchange, set_up_exchange
from mihari.app.release_keys import KeyFolder
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.release.exchange import Partner
from mihari.store import ELEMENT_SETS, EmbeddedStore, StoreMode

S = 1_000_000_000
HOUR = 3_600 * S
START = 1_800_000_000 * S
FREE = "Apache-2.0 (generated)"


@dataclass
class HandClock:
    """A clock that stands until it is moved."""

    now_tai_ns: int = START


@dataclass
class World:
    """Some nodes on one clock, everybody's keys known to everybody."""

    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    nodes: dict[str, ExchangeNode] = field(default_factory=dict)

    def add(self, name: str, party: str, *, ahead_ns: int = 0) -> ExchangeNode:
        place = self.folder / name
        with EmbeddedStore.open(place, mode=StoreMode.CREATE):
            pass
        set_up_exchange(place, node_id=name, party=party)
        KeyFolder(place / "keys").new(party, now_tai_ns=START - HOUR)
        return self.adopt(name, ahead_ns=ahead_ns)

    def adopt(self, name: str, *, ahead_ns: int = 0) -> ExchangeNode:
        """Open a node that lies in the folder already."""
        world = self

        def now() -> int:
            return world.clock.now_tai_ns + ahead_ns

        self.nodes[name] = open_exchange(self.folder / name, clock=now)
        self.share_keys()
        return self.nodes[name]

    def share_keys(self) -> None:
        """Give every node the public files of all."""
        for giver in self.nodes.values():
            for path in sorted((giver.folder / "keys" / "public").glob("*.json")):
                for taker in self.nodes.values():
                    target = taker.folder / "keys" / "public" / path.name
                    if not target.exists():
                        target.write_bytes(path.read_bytes())

    def befriend(self, *pairs: tuple[str, str]) -> None:
        for first, second in pairs:
            for one, other in ((first, second), (second, first)):
                self.nodes[one].add_partner(Partner(node_id=other, party=self.nodes[other].party), by="A. Person")

    def carry(self, giver: str, taker: str, *, most: int | None = None) -> ImportReport | None:
        """Export and import once."""
        _, data = export_bundle(self.nodes[giver], taker, most=most)
        return None if data is None else import_bundle(self.nodes[taker], data, partner=giver)


def element_sets(numbers: list[int], *, epoch_tai_ns: int = START - HOUR, anomaly_deg: float = 10.0) -> pl.DataFrame:
    rows = [
        {
            "norad_cat_id": number,
            "object_name": f"OBJECT {number} (SIM)",
            "object_id": None,
            "epoch_tai_ns": epoch_tai_ns,
            "mean_motion_rev_day": 15.0 + number % 7 / 10,
            "eccentricity": 0.001,
            "inclination_deg": 51.6,
            "ra_of_asc_node_deg": 20.0,
            "arg_of_pericenter_deg": 30.0,
            "mean_anomaly_deg": anomaly_deg,
            "bstar_per_earth_radius": 1e-4,
            "mean_motion_dot_rev_day2": 0.0,
            "mean_motion_ddot_rev_day3": 0.0,
            "ephemeris_type": 0,
            "classification": "U",
            "element_set_no": 1,
            "rev_at_epoch": 1,
            "creation_tai_ns": epoch_tai_ns,
            "originator": "SIM",
        }
        for number in numbers
    ]
    return pl.DataFrame(rows, schema=dict(ELEMENT_SET_SCHEMA))


def learn(
    node: ExchangeNode,
    frame: pl.DataFrame,
    *,
    label: str = "PUBLIC",
    licence: str = FREE,
    mode: DataMode = DataMode.SIMULATED,
) -> None:
    """Give a node element sets of its own."""
    stamp = Provenance(source="test", data_mode=mode, origin="simulated", method="test", label=label, licence=licence)
    with EmbeddedStore.open(node.folder, mode=StoreMode.WRITE) as store:
        store.append_element_sets(ElementSets(frame), provenance=stamp, learned_tai_ns=node.clock())


def held(node: ExchangeNode, *, mode: DataMode = DataMode.SIMULATED) -> list[tuple[int, int, float, str]]:
    """Return what a node holds, in an order that does not depend on how it came."""
    with EmbeddedStore.open(node.folder, mode=StoreMode.READ) as store:
        frame = store.records(ELEMENT_SETS, data_mode=mode)
    return sorted(frame.select("norad_cat_id", "epoch_tai_ns", "mean_anomaly_deg", "label").iter_rows())


def folder_bytes(node: ExchangeNode) -> bytes:
    """Return every byte that a node keeps."""
    return b"".join(path.read_bytes() for path in sorted(node.folder.rglob("*")) if path.is_file())
