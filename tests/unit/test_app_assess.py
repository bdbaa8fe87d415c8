"""Messages kept in the store: events, duplicates, late ones, manoeuvres, decisions, and what was known when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from assessment_support import START, request, warnings_of
from mihari.app.assess import AssessmentBatch, assess_files
from mihari.app.node import Node, open_node
from mihari.astro.time import format_utc
from mihari.errors import FormatError, InputError, NotFoundError
from mihari.exercise.world import SimulatedWarning
from mihari.model.assessment import ActionLevel, DecisionKind
from mihari.model.provenance import DataMode
from tests_support import store_fingerprint

SIM = DataMode.SIMULATED


@pytest.fixture
def warnings() -> tuple[SimulatedWarning, ...]:
    return warnings_of(1_500, 1, 6)


def write(folder: Path, warnings: list[SimulatedWarning] | tuple[SimulatedWarning, ...]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = []
    for number, each in enumerate(warnings):
        path = folder / f"{number:05d}.cdm"
        path.write_text(each.text)
        paths.append(path)
    return paths


def node_at(folder: Path, moment: list[int]) -> Node:
    return open_node(folder, clock=lambda: moment[0])


@pytest.fixture
def keep(tmp_path: Path) -> Callable[..., Node]:
    clock = [START]

    def kept(warnings: tuple[SimulatedWarning, ...]) -> Node:
        clock[0] += 10**9
        node = node_at(tmp_path / "store", clock)
        node.keep_messages(write(tmp_path / f"in{clock[0]}", warnings), request())
        return node

    return kept


def test_every_event_once_with_all_its_updates(tmp_path: Path, warnings: tuple[SimulatedWarning, ...]) -> None:
    clock = [START]
    node = node_at(tmp_path / "store", clock)
    kept = node.keep_messages([*write(tmp_path / "in", warnings)], request())
    assert (kept.accepted, kept.duplicates, kept.late, kept.events) == (48, 0, 0, 6)
    table = node.events(mode=SIM)
    assert table.height == 6
    assert table["updates"].to_list() == [8] * 6
    ranks = {level.value: k for k, level in enumerate((ActionLevel.ACTION, ActionLevel.WATCH))}
    places = [ranks.get(level, 2) for level in table["action_level"]]
    assert places == sorted(places)


def test_the_same_again_is_known_again(keep: Callable[..., Node], warnings: tuple[SimulatedWarning, ...]) -> None:
    node = keep(warnings[:8])
    assert node.folder is not None
    before = store_fingerprint(node.folder)
    again = node.keep_messages(write(node.folder.parent / "again", warnings[:8]), request())
    assert (again.accepted, again.duplicates) == (0, 8)
    assert store_fingerprint(node.folder) == before


def test_a_late_message_is_kept_as_late_and_changes_nothing(
    tmp_path: Path, keep: Callable[..., Node], warnings: tuple[SimulatedWarning, ...]
) -> None:
    node = keep((*warnings[:3], *warnings[4:8]))
    newest = node.events(mode=SIM).row(0, named=True)["message_id"]
    kept = node.keep_messages(write(tmp_path / "late", [warnings[3]]), request())
    assert (kept.accepted, kept.late, kept.events) == (1, 1, 0)
    event = node.events(mode=SIM).row(0, named=True)
    assert event["message_id"] == newest
    history = node.event(event["event_id"], mode=SIM).history
    assert history.height == 8
    assert history["creation_tai_ns"].is_sorted()


def test_the_history_says_what_moved_each_update(
    keep: Callable[..., Node], warnings: tuple[SimulatedWarning, ...]
) -> None:
    node = keep(warnings)
    words = []
    for event_id in node.events(mode=SIM)["event_id"]:
        history = node.event(event_id, mode=SIM).history
        assert history["moved_by"][0] == "first message"
        words += history["moved_by"][1:].to_list()
        for before, now in zip(history[:-1].iter_rows(named=True), history[1:].iter_rows(named=True), strict=True):
            for number in (1, 2):
                newer = now[f"last_observation_{number}_tai_ns"] > before[f"last_observation_{number}_tai_ns"]
                assert newer == (now[f"designator_{number}"] in now["moved_by"])
    assert any(each.startswith("new observations of") for each in words)
    for event_id in node.events(mode=SIM)["event_id"]:
        event = node.event(event_id, mode=SIM)
        last, before = (event.history.row(place, named=True) for place in (-1, -2))
        for number, told in enumerate(event.tracking_since_update, 1):
            newer = last[f"last_observation_{number}_tai_ns"] > before[f"last_observation_{number}_tai_ns"]
            assert told.startswith("observed until" if newer else "not observed since")
        for tracking in event.next_tracking:
            assert tracking is None or tracking.expected_tai_ns > last["creation_tai_ns"]
    assert "no new observations" in words


def test_a_manoeuvre_makes_older_messages_stale(
    keep: Callable[..., Node], warnings: tuple[SimulatedWarning, ...]
) -> None:
    node = keep(warnings[:8])
    event = node.events(mode=SIM).row(0, named=True)
    assert event["stale"] == ""
    before_message = event["creation_tai_ns"] - 10**9
    node.note_manoeuvre(event["norad_cat_id_1"], at=before_message, words="detected", mode=SIM)
    assert node.events(mode=SIM)["stale"].to_list() == [""]
    node.note_manoeuvre(event["norad_cat_id_1"], at=event["tca_tai_ns"] - 10**9, words="planned", mode=SIM)
    stale = node.events(mode=SIM)["stale"][0]
    assert f"{event['norad_cat_id_1']} manoeuvres at" in stale
    assert node.event(event["event_id"], mode=SIM).stale == stale
    with pytest.raises(InputError, match="needs words"):
        node.note_manoeuvre(1, at=START, words=" ", mode=SIM)


def test_recommendation_decision_and_outcome_are_three_records_by_people(
    keep: Callable[..., Node], warnings: tuple[SimulatedWarning, ...]
) -> None:
    node = keep(warnings[:8])
    event_id = node.events(mode=SIM)["event_id"][0]
    for kind, author in zip(DecisionKind, ("A. Analyst", "B. Operator", "C. Watch"), strict=True):
        node.write_event_record(kind=kind, event_id=event_id, author=author, text=f"{kind.value} text", mode=SIM)
    event = node.event(event_id, mode=SIM)
    assert event.records["author"].to_list() == ["A. Analyst", "B. Operator", "C. Watch"]
    assert set(event.records["message_id"]) == {event.assessment["message_id"]}
    with pytest.raises(NotFoundError, match="no event 'other'"):
        node.write_event_record(kind=DecisionKind.DECISION, event_id="other", author="X", text="y", mode=SIM)


def test_what_was_known_then_can_be_asked_again(tmp_path: Path, warnings: tuple[SimulatedWarning, ...]) -> None:
    clock = [START]
    node = node_at(tmp_path / "store", clock)
    seen = []
    for number, each in enumerate(warnings[:8]):
        clock[0] = START + number * 3_600 * 10**9
        node.keep_messages(write(tmp_path / f"in{number}", [each]), request())
        seen.append((clock[0], node.events(mode=SIM)["probability"].to_list()))
    for moment, probabilities in seen:
        assert node.events(as_of=moment, mode=SIM)["probability"].to_list() == probabilities
        event_id = node.events(mode=SIM)["event_id"][0]
        assert (
            node.event(event_id, as_of=format_utc(moment), mode=SIM).history.height
            == seen.index((moment, probabilities)) + 1
        )


def test_real_and_simulated_messages_never_mix(
    tmp_path: Path, keep: Callable[..., Node], warnings: tuple[SimulatedWarning, ...]
) -> None:
    node = keep(warnings[:8])
    real = warnings[8].text.replace("(SIM)", "").replace("90010", "10").replace("SIM_", "R_")
    (tmp_path / "real.cdm").write_text(real)
    node.keep_messages([tmp_path / "real.cdm"], request())
    assert node.events().height == 1
    assert node.events(mode=DataMode.REAL).height == 1
    assert node.events(mode=SIM).height == 1


def batch(tmp_path: Path, warnings: tuple[SimulatedWarning, ...]) -> AssessmentBatch:
    return assess_files([tmp_path / "in"] if write(tmp_path / "in", warnings) else [], request())


def test_without_a_store_older_updates_are_marked(tmp_path: Path, warnings: tuple[SimulatedWarning, ...]) -> None:
    found = batch(tmp_path, warnings[:8])
    assert [bool(each.stale_reason) for each in found.assessments] == [False] + [True] * 7
    assert found.assessments[0].message_id.endswith("_8")
    assert "superseded by" in found.assessments[1].stale_reason


def test_what_is_no_conjunction_message_is_named_and_loses_nothing(
    tmp_path: Path, warnings: tuple[SimulatedWarning, ...]
) -> None:
    write(tmp_path / "in", warnings[:2])
    (tmp_path / "in" / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "in" / "y.cdm").write_text(warnings[2].text.replace("TCA = ", "TCA = 31 February "))
    found = assess_files([tmp_path / "in"], request())
    assert len(found.assessments) == 2
    assert [Path(each.file).name for each in found.rejected] == ["x.png", "y.cdm"]
    assert found.coverage()["messages"] == 4
    with pytest.raises(FormatError, match=r"x\.png"):
        assess_files([tmp_path / "in" / "x.png"], request())


def test_a_load_of_days_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Three days in order of arrival, with duplicates and late arrivals; tests/validation has thirty days."""
    from assessment_load import run_load

    tally = run_load(tmp_path, days=3, events_a_day=12, seed=5)
    assert tally.events == tally.true_events
    assert tally.accepted == tally.distinct_messages
    assert tally.duplicates == tally.duplicates_sent > 0
    assert tally.late > 0
    assert isinstance(tally.table, pl.DataFrame)
    assert tally.table["updates"].sum() == tally.distinct_messages


@pytest.mark.parametrize(("keyword", "value"), [("CRDOT_RDOT", "1e308"), ("CR_R", "1e308"), ("X", "1e300")])
def test_numbers_beyond_all_physics_lose_no_other_message(
    tmp_path: Path, warnings: tuple[SimulatedWarning, ...], keyword: str, value: str
) -> None:
    """One hostile message of a folder is named; the others are assessed."""
    good, bad = warnings[0].text, warnings[8].text
    lines = [f"{keyword} = {value}" if line.split("=")[0].strip() == keyword else line for line in bad.splitlines()]
    assert lines != bad.splitlines()
    (tmp_path / "a.cdm").write_text("\n".join(lines))
    (tmp_path / "b.cdm").write_text(good)
    batch = assess_files([tmp_path], request())
    assert len(batch.assessments) + len(batch.rejected) == 2
    assert any(each.message_id == warnings[0].text.split("MESSAGE_ID")[1].split()[1] for each in batch.assessments)
    for each in batch.rejected:
        assert "cannot be computed with" in each.reason
