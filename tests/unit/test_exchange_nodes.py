"""Nodes that exchange: what may go goes once, what may not never leaves, whatever order it comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange_support import HOUR, START, S, World, element_sets, folder_bytes, held, learn
from mihari.app.exchange_export import export_bundle, resend
from mihari.app.exchange_import import import_bundle
from mihari.errors import InputError, NotFoundError
from mihari.release.exchange import Consent, consent_document


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.add("east", "JP")
    world.add("west", "US")
    world.add("south", "AU")
    world.befriend(("east", "west"), ("west", "south"), ("east", "south"))
    return world


def test_records_arrive_once(world: World) -> None:
    learn(world.nodes["east"], element_sets([900_000_001, 900_000_002]))
    first = world.carry("east", "west")
    assert first is not None
    assert (first.accepted, first.duplicates, first.quarantined, first.rejected) == (2, 0, 0, 0)
    assert held(world.nodes["west"]) == held(world.nodes["east"])
    assert world.carry("east", "west") is None


def test_a_replay_is_known(world: World) -> None:
    learn(world.nodes["east"], element_sets([900_000_001]))
    _, data = export_bundle(world.nodes["east"], "west")
    assert data is not None
    import_bundle(world.nodes["west"], data, partner="east")
    again = import_bundle(world.nodes["west"], data, partner="east")
    assert (again.accepted, again.duplicates) == (0, 1)
    assert resend(world.nodes["east"], "west", 1) == data
    assert len(held(world.nodes["west"])) == 1


def test_what_is_not_for_a_partner_never_leaves(world: World) -> None:
    east, west = world.nodes["east"], world.nodes["west"]
    learn(east, element_sets([900_000_001]))
    learn(east, element_sets([912_345_678]), label="REL:JP+AU//BY:JP")
    report, data = export_bundle(east, "west")
    assert data is not None
    assert report.withheld == {"not for its party": 1}
    import_bundle(west, data, partner="east")
    assert b"912345678" not in data
    assert b"912345678" not in folder_bytes(west)
    shown = world.carry("east", "south")
    assert shown is not None
    assert shown.accepted == 2
    # South may see it, west may not: it does not come around either.
    report, data = export_bundle(world.nodes["south"], "west")
    assert data is None or b"912345678" not in data
    assert b"912345678" not in folder_bytes(west)


def test_records_of_others_travel_on_with_their_trail(world: World) -> None:
    learn(world.nodes["east"], element_sets([900_000_001, 900_000_002, 900_000_003]))
    world.carry("east", "west")
    report = world.carry("west", "south")
    assert report is not None
    assert (report.accepted, report.quarantined) == (3, 0)
    assert held(world.nodes["south"]) == held(world.nodes["east"])
    # East would send the same; south knows it again.
    direct = world.carry("east", "south")
    assert direct is not None
    assert (direct.accepted, direct.duplicates) == (0, 3)
    # And nobody sends back to where it came from.
    assert world.carry("south", "east") is None
    assert world.carry("west", "east") is None


def test_many_small_bundles_in_any_order(world: World) -> None:
    east, west = world.nodes["east"], world.nodes["west"]
    for number in range(6):
        learn(east, element_sets([900_000_001 + number]))
        world.clock.now_tai_ns += S
    bundles = []
    while (made := export_bundle(east, "west", most=2))[1] is not None:
        bundles.append(made[1])
        assert len(bundles) < 10
    assert len(bundles) == 3
    for data in (bundles[2], bundles[0], bundles[0], bundles[1], bundles[2]):
        import_bundle(west, data, partner="east")
    assert held(west) == held(east)
    assert west.state.account("east")["missing_sequences"] == []


def test_a_gap_is_told(world: World) -> None:
    east, west = world.nodes["east"], world.nodes["west"]
    learn(east, element_sets([900_000_001, 900_000_002]))
    export_bundle(east, "west", most=1)
    _, second = export_bundle(east, "west", most=1)
    assert second is not None
    assert import_bundle(west, second, partner="east").accepted == 1
    assert west.state.account("east")["missing_sequences"] == [1]


def test_contradictions_are_kept_side_by_side(world: World) -> None:
    east, west, south = (world.nodes[name] for name in ("east", "west", "south"))
    learn(east, element_sets([900_000_001], anomaly_deg=10.0))
    learn(south, element_sets([900_000_001], anomaly_deg=11.0))
    world.carry("east", "west")
    report = world.carry("south", "west")
    assert report is not None
    assert (report.accepted, report.conflicts) == (1, 1)
    assert [row[2] for row in held(west)] == [10.0, 11.0]
    assert len(west.state.conflicts()) == 1


def test_originator_control_needs_consent(world: World) -> None:
    east, west, _south = (world.nodes[name] for name in ("east", "west", "south"))
    learn(east, element_sets([900_000_001]), label="REL:QUAD//BY:JP//ORCON")
    world.carry("east", "west")
    report, data = export_bundle(west, "south")
    assert data is None
    assert report.withheld == {"originator control: no consent of JP": 1}
    consent = Consent(
        originator="JP",
        recipient="AU",
        record_ids=frozenset(),
        words="for the exercise",
        written_tai_ns=START - 1,
        expires_tai_ns=START + HOUR,
    )
    with pytest.raises(InputError, match="cannot consent"):
        consent_document(consent, key=west.signing_key())
    document = consent_document(consent, key=east.signing_key())
    with west.state.change() as change:
        change.add_consent("x", document)
    arrived = world.carry("west", "south")
    assert arrived is not None
    assert arrived.accepted == 1
    assert world.carry("west", "south") is None


def test_licences_hold_back(world: World) -> None:
    learn(world.nodes["east"], element_sets([900_000_001]), licence="unknown: do not redistribute")
    report, data = export_bundle(world.nodes["east"], "west")
    assert data is None
    assert report.withheld == {"its licence forbids redistribution or is not known": 1}


def test_strangers_and_isolated_partners_get_nothing(world: World) -> None:
    east = world.nodes["east"]
    learn(east, element_sets([900_000_001]))
    with pytest.raises(NotFoundError):
        export_bundle(east, "north")
    east.isolate("west", reason="test", by="A. Person")
    with pytest.raises(InputError, match="isolated"):
        export_bundle(east, "west")
    east.restore("west", reason="mended", by="A. Person")
    assert world.carry("east", "west") is not None
    kinds = [line.entry["kind"] for line in east.audit.lines()]
    assert "exchange.isolated" in kinds
    assert "exchange.active" in kinds
