"""Every kind of record on its way: releases, reports of events, messages, requests, objects; and audit roots."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assessment_support import warnings_of
from exchange_support import HOUR, START, S, World, element_sets, folder_bytes, learn
from mihari.app.audit import AuditDesk
from mihari.app.exchange_export import export_bundle
from mihari.app.exchange_import import import_bundle
from mihari.app.exchange_requests import answer_request, ask, requests
from mihari.app.node import open_node
from mihari.app.releases import ReleaseDesk
from mihari.astro.time import parse_utc
from mihari.errors import InputError, NotFoundError
from mihari.model.provenance import DataMode, Provenance
from mihari.model.request import RequestKind, RequestStatus
from mihari.model.space_object import SPACE_OBJECT_SCHEMA, SpaceObjects
from mihari.release.audit import ROOTS_NAME, read_roots, sign_root
from mihari.store import (
    ASSESSMENTS,
    CONJUNCTION_MESSAGES,
    RECEIVED_RELEASES,
    SPACE_EVENTS,
    SPACE_OBJECTS,
    EmbeddedStore,
    RecordKind,
    StoreMode,
)
from mihari_verify.audit import verify_log
from release_support import EVENT, breakup, keep

SIM = DataMode.SIMULATED


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.add("east", "JP")
    world.add("west", "US")
    world.befriend(("east", "west"))
    return world


def stored(world: World, name: str, kind: RecordKind) -> pl.DataFrame:
    with EmbeddedStore.open(world.nodes[name].folder, mode=StoreMode.READ) as store:
        return store.records(kind, data_mode=SIM)


def test_reports_and_releases_travel(world: World) -> None:
    east, west = world.nodes["east"], world.nodes["west"]
    keep(east.folder, breakup())
    desk = ReleaseDesk(folder=east.folder, clock=east.clock)
    group = desk.draft(EVENT, audiences=["US", "PUBLIC"], product="breakup-notice", by="A. Mori")[0].group_id
    desk.approve(group, by="B. Ito")
    assert world.carry("east", "west").accepted == 1  # type: ignore[union-attr]  # the report; drafts stay
    desk.publish(group, by="B. Ito")
    report = world.carry("east", "west")
    assert report is not None
    assert (report.accepted, report.quarantined, report.rejected) == (2, 0, 0), report
    told = stored(world, "west", RECEIVED_RELEASES)
    assert sorted(told["audience"]) == ["PUBLIC", "US"]
    assert stored(world, "west", SPACE_EVENTS)["event_id"].to_list() == [EVENT]
    assert stored(world, "west", SPACE_EVENTS)["label"].to_list() == ["REL:JP+US//BY:JP"]
    assert import_bundle(west, export_bundle(east, "west")[1] or b"", partner="east").accepted == 0
    known = AuditDesk(east.folder, east.clock).who_knew(told["release_id"][0])
    assert "US" in {each.party for each in known} or "PUBLIC" in {each.party for each in known}


def test_a_release_for_one_party_does_not_go_to_another(world: World) -> None:
    east = world.nodes["east"]
    world.add("south", "AU")
    world.befriend(("east", "south"))
    keep(east.folder, breakup())
    desk = ReleaseDesk(folder=east.folder, clock=east.clock)
    group = desk.draft(EVENT, audiences=["US"], product="breakup-notice", by="A. Mori")[0].group_id
    desk.approve(group, by="B. Ito")
    desk.publish(group, by="B. Ito")
    report, data = export_bundle(east, "south")
    assert data is None
    assert report.withheld["not for its party"] == 2


def test_an_altered_release_is_set_aside(world: World) -> None:
    east = world.nodes["east"]
    keep(east.folder, breakup())
    desk = ReleaseDesk(folder=east.folder, clock=east.clock)
    group = desk.draft(EVENT, audiences=["PUBLIC"], product="breakup-notice", by="A. Mori")[0].group_id
    desk.approve(group, by="B. Ito")
    (state,) = desk.publish(group, by="B. Ito")
    document = {**state.document, "reason": "altered"}
    from mihari.release.exchange import Item, make_bundle, release_label

    content = {
        "kind": "release",
        "record": document,
        "label": release_label(document),
        "data_mode": "SIMULATED",
        "origin": "x",
        "method": "x",
        "licence": "this node's own",
    }
    _, data = make_bundle(
        [Item(content)],
        hops=[],
        key=east.signing_key(),
        from_node="east",
        to_node="west",
        to_party="US",
        sequence=1,
        written_tai_ns=START,
        data_mode=SIM,
    )
    report = import_bundle(world.nodes["west"], data, partner="east")
    assert (report.accepted, report.quarantined) == (0, 1)
    assert "does not fit" in next(iter(report.reasons))


def test_messages_are_assessed_where_they_arrive(world: World, tmp_path: Path) -> None:
    warnings = warnings_of(1_500, 1, 3)
    paths = []
    for number, each in enumerate(warnings[:3]):
        paths.append(tmp_path / f"{number}.cdm")
        paths[-1].write_text(each.text)
    from assessment_support import request

    east = world.nodes["east"]
    kept = open_node(east.folder, clock=east.clock).keep_messages(
        paths, request(), provenance=Provenance(source="test", data_mode=SIM, licence="Apache-2.0 (generated)")
    )
    world.clock.now_tai_ns = max(START, stored(world, "east", CONJUNCTION_MESSAGES)["creation_tai_ns"].max() + S)  # type: ignore[operator]
    report = world.carry("east", "west")
    assert report is not None
    assert (report.accepted, report.quarantined) == (kept.accepted, 0), report
    one, other = stored(world, "east", CONJUNCTION_MESSAGES), stored(world, "west", CONJUNCTION_MESSAGES)
    assert sorted(one["text"]) == sorted(other["text"])
    assert sorted(one["event_id"]) == sorted(other["event_id"])
    assert stored(world, "west", ASSESSMENTS)["source"].unique().to_list() == ["this node"]


def test_what_an_object_is_stands_beside_what_others_say(world: World) -> None:
    for name, owner in (("east", "JP"), ("west", "US")):
        node = world.nodes[name]
        row = dict.fromkeys(SPACE_OBJECT_SCHEMA) | {"norad_cat_id": 900_000_001, "owner": owner}
        stamp = Provenance(source="test", data_mode=SIM, licence="Apache-2.0 (generated)")
        with EmbeddedStore.open(node.folder, mode=StoreMode.WRITE) as store:
            frame = pl.DataFrame([row], schema=dict(SPACE_OBJECT_SCHEMA))
            store.append_objects(SpaceObjects(frame), provenance=stamp, learned_tai_ns=node.clock())
    world.carry("west", "east")  # east looks at its own when it sends: only then does it see the contradiction
    world.carry("east", "west")
    assert sorted(stored(world, "east", SPACE_OBJECTS)["owner"]) == ["JP", "US"]
    assert sorted(stored(world, "west", SPACE_OBJECTS)["owner"]) == ["JP", "US"]
    assert len(world.nodes["west"].state.conflicts()) == 1


def test_requests_end_with_a_reason(world: World) -> None:
    east, west = world.nodes["east"], world.nodes["west"]
    told = {"to": "US", "kind": RequestKind.INFORMATION, "reason": "a breakup", "author": "A. Mori", "mode": SIM}
    for name in ("RFI-1", "RFI-2"):
        ask(east, request_id=name, text="what do you see?", **told)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="already"):
        ask(east, request_id="RFI-1", text="again", **told)  # type: ignore[arg-type]
    world.carry("east", "west")
    with pytest.raises(InputError, match="needs a reason"):
        answer_request(west, "RFI-1", status=RequestStatus.REJECTED, author="B. Hill", mode=SIM)
    with pytest.raises(InputError, match="not for JP"):
        answer_request(east, "RFI-1", status=RequestStatus.ACCEPTED, author="A. Mori", mode=SIM)
    with pytest.raises(InputError, match="does not follow"):
        answer_request(west, "RFI-1", status=RequestStatus.DONE, author="B. Hill", mode=SIM)
    with pytest.raises(NotFoundError):
        answer_request(west, "RFI-9", status=RequestStatus.ACCEPTED, author="B. Hill", mode=SIM)
    answer_request(west, "RFI-1", status=RequestStatus.ACCEPTED, author="B. Hill", mode=SIM)
    # Both end RFI-2, neither knowing of the other: each side keeps both and comes to the same.
    answer_request(east, "RFI-2", status=RequestStatus.CANCELLED, author="A. Mori", reason="solved", mode=SIM)
    world.clock.now_tai_ns += S
    answer_request(west, "RFI-2", status=RequestStatus.REJECTED, author="B. Hill", reason="no sensor", mode=SIM)
    world.carry("east", "west")
    world.carry("west", "east")
    chains = {node.node_id: {c.steps[0].request_id: c for c in requests(node, mode=SIM)} for node in (east, west)}
    assert chains["east"] == chains["west"]
    assert chains["east"]["RFI-1"].status is RequestStatus.ACCEPTED
    assert chains["east"]["RFI-2"].status is RequestStatus.CANCELLED
    assert [each.status for each in chains["east"]["RFI-2"].aside] == [RequestStatus.REJECTED]


def test_a_partner_notices_a_rewritten_log(world: World) -> None:
    east, west = world.nodes["east"], world.nodes["west"]
    learn(east, element_sets([900_000_001]))
    world.carry("east", "west")
    world.clock.now_tai_ns += 2 * HOUR
    learn(east, element_sets([900_000_002]))
    assert world.carry("east", "west").accepted == 1  # type: ignore[union-attr]
    assert west.state.alarms() == ()
    # East makes its log anew, as if it had never entered west as a partner, and signs it.
    lines = [line.entry for line in east.audit.lines()]
    east.audit.path.unlink()
    (east.folder / "audit" / ROOTS_NAME).unlink()
    east = world.adopt("east")
    east.audit.append_many([{**entry, "actor": "nobody"} for entry in lines])
    east.audit.append_many(lines)
    sign_root(east.audit, east.signing_key(), node_id="east", at_tai_ns=east.clock())
    assert verify_log(east.folder / "audit")["valid"]  # by itself it looks whole
    learn(east, element_sets([900_000_003]))
    report = world.carry("east", "west")
    assert report is not None
    assert report.isolated
    assert [each.kind for each in west.state.alarms()] == ["audit-root"]


def test_a_witness_signs_step_by_step(world: World) -> None:
    east, west = world.nodes["east"], world.nodes["west"]
    desks = {name: AuditDesk(node.folder, node.clock) for name, node in world.nodes.items()}
    for number in range(3):
        east.note("test.done", number=number)
        root = desks["east"].sign(east.signing_key(), node_id="east")
        statement = desks["west"].witness(root, keys=west.keys.ring(), key=west.signing_key(), node_id="west")
        desks["east"].add_witness(statement, keys=east.keys.ring())
    found = verify_log(east.folder / "audit", roots=[west.folder / "exchange" / "witnessed" / "east.jsonl"])
    assert found["valid"], found
    with pytest.raises(InputError, match="its own log"):
        desks["east"].witness(root, keys=east.keys.ring(), key=east.signing_key(), node_id="east")
    assert len([each for each in read_roots(east.audit.folder / ROOTS_NAME) if each.is_witness]) == 3
    proof = desks["east"].proof(1)
    assert proof["holds"]
    assert proof["signed_root"]["signed"]["tree_size"] == len(east.audit)


def test_who_knew_what_when(world: World) -> None:
    east = world.nodes["east"]
    learn(east, element_sets([900_000_001]))
    world.carry("east", "west")
    (line,) = AuditDesk(east.folder, east.clock).entries(kind="exchange.exported")
    (record_id,) = line.entry["records"]
    desk = AuditDesk(east.folder, east.clock)
    (known,) = desk.who_knew(record_id)
    assert (known.party, known.kind, known.policy_version) == ("US", "exchange.exported", east.book.version)
    assert desk.who_knew(record_id, at_utc="2020-01-01T00:00:00Z") == []
    assert desk.who_knew("another") == []
    assert parse_utc(known.at_utc) == START
    assert json.loads(line.text())["index"] == line.index
    assert replace(known, party="AU") != known
    assert folder_bytes(east)
