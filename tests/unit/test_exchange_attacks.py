"""A partner that forges, floods, equivocates, poisons, leaks, sends too much, or signs with a revoked key."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange_support import FREE, HOUR, S, World, element_sets, folder_bytes, held, learn
from mihari.app.exchange_export import export_bundle
from mihari.app.exchange_import import ImportReport, import_bundle
from mihari.model.provenance import DataMode
from mihari.release.audit import GENESIS
from mihari.release.exchange import (
    EXCHANGED_KINDS,
    BundleLimits,
    HopStep,
    Item,
    SignedHeader,
    make_bundle,
    open_bundle,
    read_item,
)
from mihari.release.signing import RevocationReason, SigningKey


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("nodes"))
    for name, party in (("east", "JP"), ("west", "US"), ("south", "AU")):
        world.add(name, party)
    return world


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    """The same nodes and keys, each with a store and a memory of its own."""
    import shutil

    fresh = World(tmp_path)
    for name, node in made.nodes.items():
        shutil.copytree(node.folder, tmp_path / name)
        fresh.adopt(name)
    fresh.befriend(("east", "west"), ("west", "south"), ("east", "south"))
    return fresh


def content(number: int = 900_000_001, **more: Any) -> dict[str, Any]:
    record = EXCHANGED_KINDS["element_set"].records(element_sets([number]))[0]
    return {
        "kind": "element_set",
        "record": record,
        "label": "PUBLIC",
        "data_mode": "SIMULATED",
        "origin": "simulated",
        "method": "test",
        "licence": FREE,
    } | more


def sent(
    world: World, *contents: dict[str, Any], sequence: int = 1, key: SigningKey | None = None, **more: Any
) -> tuple[SignedHeader, bytes]:
    """Make a bundle of east for west as an evil east can: with its own key, about anything."""
    items = [each if isinstance(each, Item) else Item(each) for each in contents]
    given: dict[str, Any] = {
        "hops": [],
        "key": key or world.nodes["east"].signing_key(),
        "from_node": "east",
        "to_node": "west",
        "to_party": "US",
        "sequence": sequence,
        "previous": GENESIS,
        "written_tai_ns": world.clock.now_tai_ns,
        "data_mode": DataMode.SIMULATED,
    }
    return make_bundle(items, **{**given, **more})


def take(world: World, data: bytes, **more: Any) -> ImportReport:
    return import_bundle(world.nodes["west"], data, partner="east", **more)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.accepted, report.duplicates, report.quarantined, report.rejected


def test_an_honest_bundle_made_so_is_taken(world: World) -> None:
    assert counts(take(world, sent(world, content())[1])) == (1, 0, 0, 0)


def test_no_changed_byte_passes(world: World) -> None:
    _, data = sent(world, content())
    for place in range(0, len(data), 37):
        bent = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        report = take(world, bent)
        assert report.accepted == 0, place
        assert report.rejected >= 1 or report.quarantined >= 1, place
    assert held(world.nodes["west"]) == []
    assert not world.nodes["west"].state.partner("east").is_isolated  # anybody could have sent that


def test_a_forger_is_refused_and_nobody_is_punished(world: World) -> None:
    stranger = SigningKey.new("JP", valid_from_tai_ns=1, valid_until_tai_ns=2**62)
    report = take(world, sent(world, content(), key=stranger)[1])
    assert counts(report) == (0, 0, 0, 1)
    assert "not among the keys" in next(iter(report.reasons))
    other = take(world, sent(world, content(), key=world.nodes["south"].signing_key())[1])
    assert counts(other) == (0, 0, 0, 1)
    partner = world.nodes["west"].state.partner("east")
    assert not partner.is_isolated
    assert [each.kind for each in world.nodes["west"].state.alarms()] == ["forged", "forged"]
    assert held(world.nodes["west"]) == []


@pytest.mark.parametrize("more", [{"to_node": "south"}, {"from_node": "south"}, {"sequence": 0}])
def test_a_bundle_for_another_is_refused(world: World, more: dict[str, Any]) -> None:
    assert counts(take(world, sent(world, content(), **more)[1])) == (0, 0, 0, 1)


def test_equivocation_isolates(world: World) -> None:
    west = world.nodes["west"]
    take(world, sent(world, content(900_000_001))[1])
    report = take(world, sent(world, content(900_000_002))[1])
    assert report.isolated
    assert counts(report) == (0, 0, 0, 1)
    alarm = west.state.alarms()[-1]
    assert alarm.kind == "equivocation"
    assert set(alarm.evidence) == {"first", "second"}  # both are signed: anybody can be shown them
    assert west.state.partner("east").is_isolated
    after = take(world, sent(world, content(900_000_003), sequence=2)[1])
    assert counts(after) == (0, 0, 0, 1)
    assert "isolated" in next(iter(after.reasons))
    assert len(held(west)) == 1


def test_a_fork_is_found_whichever_end_comes_first(world: World) -> None:
    first, _ = sent(world, content(900_000_001))
    other, data = sent(world, content(900_000_002))
    second, second_data = sent(world, content(900_000_003), sequence=2, previous=first.digest())
    assert take(world, second_data).accepted == 1
    report = take(world, data)  # the other first one, which the second does not follow
    assert report.isolated
    assert other.digest() != first.digest()
    assert second.header.sequence == 2


def test_replays_count_and_change_nothing(world: World) -> None:
    _, data = sent(world, content(), content(900_000_002))
    take(world, data)
    for _ in range(3):
        assert counts(take(world, data)) == (0, 2, 0, 0)
    assert len(held(world.nodes["west"])) == 2


@pytest.mark.parametrize(("ahead_s", "is_taken"), [(-290, True), (-3 * 86_400, True), (290, True), (310, False)])
def test_clocks_may_differ_by_five_minutes(world: World, ahead_s: int, is_taken: bool) -> None:
    # The key of the test is valid from an hour before the start; an old bundle waits for days, it is not signed then.
    written = world.clock.now_tai_ns + ahead_s * S
    if ahead_s < -3_600:
        written, world.clock.now_tai_ns = world.clock.now_tai_ns, world.clock.now_tai_ns - ahead_s * S
    _, data = sent(world, content(), written_tai_ns=written)
    report = take(world, data)
    assert report.skew_s == pytest.approx(-ahead_s)
    assert counts(report) == ((1, 0, 0, 0) if is_taken else (0, 0, 1, 0))
    if not is_taken:
        world.clock.now_tai_ns += HOUR
        assert take(world, data).accepted == 1  # when its time has come, it may come again


def test_a_revoked_key_is_refused_whatever_date_it_states(world: World) -> None:
    from mihari.app.release_keys import KeyFolder

    east = world.nodes["east"]
    key = east.signing_key()
    folder = KeyFolder(east.folder / "keys")
    folder.revoke(
        key.key_id,
        reason=RevocationReason.COMPROMISED,
        words="a disk was lost",
        from_tai_ns=None,
        now_tai_ns=world.clock.now_tai_ns,
    )
    world.share_keys()
    early = world.clock.now_tai_ns - HOUR // 2
    report = take(world, sent(world, content(), key=key, written_tai_ns=early)[1])
    assert counts(report) == (0, 0, 0, 1)
    assert "compromised" in next(iter(report.reasons))


@pytest.mark.parametrize(
    ("bent", "reason"),
    [
        ({"kind": "secret"}, "not exchanged"),
        ({"label": "REL:no such"}, "is no"),
        ({"label": ""}, "no release label"),
        ({"data_mode": "REAL"}, "data mode"),
        ({"record": {}}, "has no"),
        ({"record": {"norad_cat_id": "1"}}, "whole number"),
    ],
)
def test_poison_is_set_aside_with_its_reason(world: World, bent: dict[str, Any], reason: str) -> None:
    west = world.nodes["west"]
    report = take(world, sent(world, content(900_000_002), content(**bent))[1])
    assert counts(report) == (1, 0, 1, 0)
    assert reason in next(iter(report.reasons))
    assert west.state.quarantined()[0].partner == "east"
    assert [each.kind for each in west.state.alarms()] == ["poison"]
    assert len(held(west)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eccentricity", 1.0),
        ("eccentricity", -0.1),
        ("mean_motion_rev_day", 0.0),
        ("inclination_deg", 181),
        ("norad_cat_id", 0),
        ("norad_cat_id", 10**9),
        ("norad_cat_id", 2**40),
        ("object_name", 5),
        ("object_name", "x" * 2_000),
        ("epoch_utc", "yesterday"),
        ("epoch_utc", 12),
        ("creation_utc", "2099-01-01T00:00:00Z"),
        ("ephemeris_type", True),
        ("secret", 1),
    ],
)
def test_records_that_cannot_be_are_set_aside(world: World, field: str, value: Any) -> None:
    poisoned = content()
    poisoned["record"] = {**poisoned["record"], field: value}
    assert counts(take(world, sent(world, poisoned)[1])) == (0, 0, 1, 0)


def test_much_poison_isolates(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mihari.app.exchange_import._MOST_QUARANTINED_A_DAY", 20)
    poison = [content(kind=f"kind {number}") for number in range(21)]
    report = take(world, sent(world, *poison)[1])
    assert report.isolated
    assert counts(report) == (0, 0, 21, 0)


def test_what_this_node_may_not_see_is_not_kept_anywhere(world: World) -> None:
    west = world.nodes["west"]
    report = take(world, sent(world, content(987_654_321, label="REL:JP"))[1])
    assert counts(report) == (0, 0, 0, 1)
    assert [each.kind for each in west.state.alarms()] == ["leak"]
    assert b"987654321" not in folder_bytes(west)


def test_a_forged_trail_is_set_aside(world: World) -> None:
    learn(world.nodes["south"], element_sets([900_000_007]))
    _, honest = export_bundle(world.nodes["south"], "east")
    assert honest is not None
    bundle = open_bundle(honest, limits=BundleLimits())
    import_bundle(world.nodes["east"], honest, partner="south")
    item = read_item(bundle.lines[0])
    step = HopStep(bundle.signed.digest(), 0, ())
    # The record that south signed, honestly handed on: taken.
    last, data = sent(world, Item(item.content, (step,)), hops=[bundle.signed])  # type: ignore[arg-type]
    assert counts(take(world, data)) == (1, 0, 0, 0)
    # Another record under the same trail; a trail that is not there; a header that south did not sign.
    bent = Item({**item.content, "origin": "invented"}, (step,))
    forged = SignedHeader(replace(bundle.header, records=2), bundle.signed.signatures)
    for number, (each, hops) in enumerate(
        [
            (bent, [bundle.signed]),
            (Item(content(900_000_008), (step,)), []),
            (Item(content(900_000_009), (HopStep(forged.digest(), 0, ()),)), [forged]),
        ],
        start=2,
    ):
        last, data = sent(world, each, sequence=number, hops=hops, previous=last.digest())  # type: ignore[arg-type]
        report = take(world, data)
        assert counts(report) == (0, 0, 1, 0), number
        assert "its trail" in next(iter(report.reasons))


def test_nobody_speaks_for_another_in_a_request(world: World) -> None:
    from mihari.model.label import parse_label
    from mihari.model.request import Priority, Request, RequestKind, RequestStatus, request_document

    request = Request(
        request_id="RFI-9",
        kind=RequestKind.INFORMATION,
        status=RequestStatus.PROPOSED,
        requester="AU",
        addressee="US",
        written_by="AU",
        author="nobody",
        text="x",
        reason="y",
        priority=Priority.FLASH,
        written_tai_ns=world.clock.now_tai_ns,
        label=parse_label("REL:AU+US"),
    )
    forged = content(kind="request", record=request_document(request), label="REL:AU+US")
    report = take(world, sent(world, forged)[1])
    assert counts(report) == (0, 0, 1, 0)
    assert "speaks for AU" in next(iter(report.reasons))


def test_floods_are_bounded(world: World) -> None:
    west = world.nodes["west"]
    west.add_partner(replace(west.state.partner("east"), bundles_per_minute=5), by="A. Person")
    previous = GENESIS
    outcomes = []
    for number in range(1, 9):
        header, data = sent(world, content(900_000_000 + number), sequence=number, previous=previous)
        previous = header.digest()
        outcomes.append(take(world, data).accepted)
    assert outcomes == [1] * 5 + [0] * 3
    assert "flood" in {each.kind for each in west.state.alarms()}
    world.clock.now_tai_ns += HOUR
    assert take(world, data).accepted == 1  # what was refused is not lost


def test_oversized_and_broken_bundles_are_refused(world: World) -> None:
    small = BundleLimits(bytes=20_000, header_bytes=8_000, line_bytes=2_000, records=10, hops=1)
    _, data = sent(world, *(content(900_000_000 + number) for number in range(1, 12)))
    for bad in (b"", b"\n", b"{}\n", b"x" * 30_000, b"{" * 9_000 + b"\n", data, data[:-40], os.urandom(5_000)):
        assert counts(take(world, bad, limits=small))[:3] == (0, 0, 0)
    assert held(world.nodes["west"]) == []


def test_a_deep_or_doubled_line_is_set_aside(world: World) -> None:
    deep: Any = {}
    for _ in range(40):
        deep = {"a": deep}
    report = take(world, sent(world, content(record=deep), content(), content())[1])
    assert (report.accepted, report.duplicates) == (1, 1)
    assert report.quarantined == 1


def test_an_import_that_dies_halfway_leaves_nothing_half(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    west = world.nodes["west"]
    _, data = sent(world, content(), content(900_000_002))

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mihari.release.exchange.Change.take_bundle", die)
        with pytest.raises(KeyboardInterrupt):
            take(world, data)
    assert west.state.account("east")["received_bundles"] == 0
    report = take(world, data)
    assert report.accepted + report.duplicates == 2
    assert len(held(west)) == 2
    assert west.state.account("east")["received_bundles"] == 1
