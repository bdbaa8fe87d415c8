"""What a viewer is told is what a store would tell that holds nothing else: with and without the protected records."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from access_support import BOOK, OPERATORS_OF
from mihari.app.node import Node
from mihari.errors import AccessError, NotFoundError, StoreAccessError, UsageError
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode, Provenance
from mihari.policy.access import Role, Viewer
from mihari.store import (
    ASSESSMENTS,
    CONJUNCTIONS,
    ELEMENT_SETS,
    MANOEUVRES,
    RECORD_KINDS,
    SPACE_OBJECTS,
    Compaction,
    EmbeddedStore,
    Sight,
    StoreMode,
)
from store_support import REAL, element_sets, screening, space_objects

NOW = 10**18
PUBLIC = REAL
PROTECTED = ("REL:JP", "REL:QUAD&PH", "REL:NOBODY", "REL:OPERATOR", "REL:US//EXPIRES:1990-01-01T00:00:00Z", "gibberish")


def stamp(label: str, mode: DataMode = DataMode.REAL) -> Provenance:
    return replace(REAL, label=label, data_mode=mode)


def build(path: Path, *, protected: bool) -> Path:
    """Make a store of public records, and of protected ones before, between, beside and after them, or not."""
    with EmbeddedStore.open(path, mode=StoreMode.CREATE, compaction=Compaction.never()) as store:

        def hidden(learned: int, seed: int) -> None:
            if not protected:
                return
            for place, label in enumerate(PROTECTED):
                with store.transaction(learned_tai_ns=learned + place) as t:
                    ids = [1, 2, 3, 50 + place]
                    t.append_element_sets(
                        element_sets(ids, [NOW - 40 + 3 * seed + i for i in range(4)], seed=100 + seed),
                        provenance=stamp(label),
                    )
                    t.append_element_sets(
                        element_sets([1], [NOW], seed=seed), provenance=stamp(label, DataMode.EXERCISE)
                    )
                    t.append_objects(
                        space_objects([{"norad_cat_id": 1, "owner": f"HIDDEN{place}"}, {"norad_cat_id": 60 + place}]),
                        provenance=stamp(label),
                    )
                    t.append_records(
                        MANOEUVRES,
                        pl.DataFrame(
                            {"norad_cat_id": [2], "epoch_tai_ns": [NOW], "words": ["hidden"]},
                            schema=dict(MANOEUVRES.schema),
                        ),
                        provenance=stamp(label),
                    )
                    t.save_run(screening(5, seed=seed + place), provenance=stamp(label))

        def shown(learned: int, seed: int) -> None:
            with store.transaction(learned_tai_ns=learned) as t:
                # One of them is the very set that is known under a narrower label already.
                t.append_element_sets(
                    element_sets([1, 2, 3, 50], [NOW - 40 + 3 * seed + i for i in range(4)], seed=100 + seed),
                    provenance=PUBLIC,
                )
                t.append_element_sets(element_sets([1, 4], [NOW - 5, NOW - 4], seed=seed), provenance=PUBLIC)
                if protected:
                    # The same segment holds both.
                    t.append_element_sets(
                        element_sets([1, 4, 9], [NOW - 3, NOW + 2, NOW], seed=40 + seed), provenance=stamp("REL:JP")
                    )
                    t.append_objects(space_objects([{"norad_cat_id": 1, "size": "HUGE"}]), provenance=stamp("REL:JP"))
                t.append_objects(space_objects([{"norad_cat_id": 1, "object_name": f"N{seed}"}]), provenance=PUBLIC)
                t.save_run(screening(3, seed=seed), provenance=PUBLIC)

        hidden(10, 1)
        shown(100, 1)
        hidden(200, 2)
        shown(300, 2)
        hidden(400, 3)
    return path


def everything(store: EmbeddedStore) -> dict[str, Any]:
    """Ask a store all that can be asked."""

    def told(ask: Callable[[], Any]) -> Any:
        try:
            answer = ask()
        except (NotFoundError, StoreAccessError) as error:
            return f"{type(error).__name__}: {error.what}"
        if isinstance(answer, ElementSets):
            answer = answer.frame
        if isinstance(answer, frozenset):
            answer = sorted(answer)
        return answer.write_json() if isinstance(answer, pl.DataFrame) else str(answer)

    answers: dict[str, Any] = {}
    for as_of in (None, 5, 50, 100, 250, 301, 10**6):
        for mode in (None, DataMode.REAL, DataMode.EXERCISE):
            name = f"{as_of} {mode}"
            for at in (NOW - 100, NOW - 4, NOW - 2, NOW, NOW + 5):
                answers[f"latest {at} {name}"] = told(
                    lambda at=at, as_of=as_of, mode=mode: store.latest_element_sets(
                        at_tai_ns=at, as_of_tai_ns=as_of, data_mode=mode
                    )
                )
            answers[f"objects {name}"] = told(
                lambda as_of=as_of, mode=mode: store.objects(as_of_tai_ns=as_of, data_mode=mode).frame
            )
            answers[f"median {name}"] = told(
                lambda as_of=as_of, mode=mode: store.median_epoch_tai_ns(as_of_tai_ns=as_of, data_mode=mode)
            )
            answers[f"runs {name}"] = told(
                lambda as_of=as_of, mode=mode: store.runs(as_of_tai_ns=as_of, data_mode=mode)
            )
            for number in (1, 2, 9, 50, 54):
                answers[f"history {number} {name}"] = told(
                    lambda n=number, as_of=as_of, mode=mode: store.history(n, as_of_tai_ns=as_of, data_mode=mode)
                )
            for kind in RECORD_KINDS.values():
                answers[f"records {kind.name} {name}"] = told(
                    lambda kind=kind, as_of=as_of, mode=mode: store.records(kind, as_of_tai_ns=as_of, data_mode=mode)
                )
        answers[f"default {as_of}"] = told(lambda as_of=as_of: store.default_data_mode(as_of_tai_ns=as_of))
        answers[f"modes {as_of}"] = told(lambda as_of=as_of: store.data_modes(as_of_tai_ns=as_of))
    for kind in RECORD_KINDS.values():
        answers[f"counts {kind.name}"] = told(lambda kind=kind: store.counts(kind))
        answers[f"modes {kind.name}"] = told(lambda kind=kind: store.data_modes(kind=kind))
    for run in range(12):
        answers[f"run {run}"] = told(lambda run=run: replace_cost(store.run(run)))
    for name in ("journal", "holdings", "disk_bytes", "unreadable_records", "last_learned_tai_ns", "labels"):
        answers[name] = told(getattr(store, name))
    return answers


def replace_cost(run: Any) -> str:
    return (
        f"{run.run_id} {run.learned_tai_ns} {run.inputs} {run.result.coverage} {run.result.conjunctions.write_json()}"
    )


def look(path: Path, viewer: Viewer) -> dict[str, Any]:
    with EmbeddedStore.open(path, mode=StoreMode.READ, sight=Sight(viewer=viewer, at_tai_ns=NOW)) as store:
        return everything(store)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("sight")
    return build(folder / "with", protected=True), build(folder / "without", protected=False)


@pytest.mark.parametrize(
    "viewer", [Viewer.public(), Viewer.of("PH", book=BOOK), Viewer.of("AU", book=BOOK)], ids=lambda v: v.party
)
def test_protected_records_leave_no_trace(stores: tuple[Path, Path], viewer: Viewer) -> None:
    seen, never_there = look(stores[0], viewer), look(stores[1], viewer)
    assert {name for name in seen if seen[name] != never_there[name]} == set()
    assert len(seen) > 300
    assert "HIDDEN" not in json.dumps(seen, default=str)


def test_who_passes_a_clause_does_see_it(stores: tuple[Path, Path]) -> None:
    # Else the test above could not fail.
    japan, public = look(stores[0], Viewer.of("JP", book=BOOK)), look(stores[0], Viewer.public())
    different = {name.split()[0] for name in japan if japan[name] != public[name]}
    assert {"latest", "objects", "runs", "history", "records", "counts", "labels", "last_learned_tai_ns"} <= different
    assert "HIDDEN0" in json.dumps(japan, default=str)
    assert "HIDDEN2" not in json.dumps(japan, default=str)


def test_the_nodes_own_staff_see_all(stores: tuple[Path, Path]) -> None:
    with EmbeddedStore.open(stores[0], mode=StoreMode.READ) as store:
        assert store.labels() == {"PUBLIC", *PROTECTED}
        assert store.counts(ELEMENT_SETS)[DataMode.REAL] > 40


def test_an_operator_sees_what_is_for_operators_of_its_own_objects_alone(stores: tuple[Path, Path]) -> None:
    viewer = Viewer.of("OP-ONE", book=BOOK, operators=OPERATORS_OF)
    assert viewer.operates == {1, 3}
    with EmbeddedStore.open(stores[0], mode=StoreMode.READ, sight=Sight(viewer=viewer, at_tai_ns=NOW)) as store:
        sets = store.records(ELEMENT_SETS)
        protected = sets.filter(pl.col("label") != "PUBLIC")
        assert protected["label"].unique().to_list() == ["REL:OPERATOR"]
        assert set(protected["norad_cat_id"]) == {1, 3}
        for number in (1, 2, 3, 53):
            from_index = store.history(number).frame
            from_rows = sets.filter(pl.col("norad_cat_id") == number).sort("epoch_tai_ns", "learned_tai_ns")
            assert from_index.write_json() == from_rows.select(from_index.columns).write_json()
        latest = store.latest_element_sets(at_tai_ns=NOW - 31).frame
        assert dict(latest.select("norad_cat_id", "label").iter_rows())[1] in {"REL:OPERATOR", "PUBLIC"}
        assert set(latest["label"]) == {"REL:OPERATOR", "PUBLIC"}
        assert "HIDDEN3" in store.objects().frame["owner"].to_list()
        assert set(store.records(MANOEUVRES)["label"]) == set()


def test_the_same_after_segments_were_merged(tmp_path: Path) -> None:
    for name, protected in (("with", True), ("without", False)):
        build(tmp_path / name, protected=protected)
        with EmbeddedStore.open(tmp_path / name, mode=StoreMode.WRITE, compaction=Compaction(fan_in=2)) as store:
            store.append_objects(space_objects([{"norad_cat_id": 77}]), provenance=PUBLIC, learned_tai_ns=10**7)
    seen, never_there = (look(tmp_path / name, Viewer.public()) for name in ("with", "without"))
    assert {name for name in seen if seen[name] != never_there[name]} == set()


def test_a_viewer_does_not_write(stores: tuple[Path, Path], tmp_path: Path) -> None:
    sight = Sight(viewer=Viewer.public(), at_tai_ns=NOW)
    for mode in (StoreMode.WRITE, StoreMode.CREATE):
        with pytest.raises(UsageError, match="only reads"):
            EmbeddedStore.open(stores[0], mode=mode, sight=sight)
    node = Node(folder=tmp_path / "new", files=None, clock=lambda: NOW).seen_by(Viewer.public())
    with pytest.raises(AccessError):
        node.ingest("nothing.tle")
    assert not (tmp_path / "new").exists()


def test_a_label_that_expires_takes_its_records_away(tmp_path: Path) -> None:
    clock = [NOW]
    with EmbeddedStore.open(tmp_path, mode=StoreMode.CREATE) as store:
        store.append_element_sets(element_sets([1], [NOW]), provenance=PUBLIC, learned_tai_ns=1)
        # 2001-09-09T01:46:18Z is ten seconds after NOW.
        until = stamp("PUBLIC//EXPIRES:2001-09-09T01:46:18Z")
        store.append_element_sets(element_sets([2], [NOW]), provenance=until, learned_tai_ns=2)
    node = Node(folder=tmp_path, files=None, clock=lambda: clock[0]).seen_by(Viewer.public())
    assert len(node.catalogue().sets_at(NOW)) == 2
    clock[0] = NOW + 100 * 10**9
    assert len(node.catalogue().sets_at(NOW)) == 1


def test_only_who_may_know_is_told_how_much_is_withheld(stores: tuple[Path, Path]) -> None:
    node = Node(folder=stores[0], files=None, clock=lambda: NOW)
    assert node.withheld_objects() is None
    assert node.seen_by(Viewer.of("PUBLIC", book=BOOK, roles=[Role.ANALYST])).withheld_objects() is None
    assert node.seen_by(Viewer.of("AU", book=BOOK, roles=[Role.GUEST])).withheld_objects() is None
    assert node.seen_by(Viewer.of("AU", book=BOOK, roles=[Role.ANALYST])).withheld_objects() == 6
    assert node.seen_by(Viewer.of("AU", book=BOOK)).store_account() is None


def test_a_conjunction_has_the_joint_of_both_labels(tmp_path: Path) -> None:
    first, second = "REL:JP+US//BY:JP", "REL:QUAD"
    result = screening(2)
    result = replace(result, coverage=replace(result.coverage, label="REL:JP+US&QUAD//BY:JP"))
    labelled = result.conjunctions.with_columns(pl.Series("label", [first, second]))
    with EmbeddedStore.open(tmp_path, mode=StoreMode.CREATE) as store:
        hidden = store.save_run(replace(result, conjunctions=labelled), learned_tai_ns=1)
        public = store.save_run(screening(1), learned_tai_ns=2)
        assert public == 1
        assert hidden > 2**50
        assert store.runs()["label"].to_list() == ["PUBLIC", "REL:JP+US&QUAD//BY:JP"]
        assert store.records(CONJUNCTIONS)["label"].to_list() == [first, second, "PUBLIC"]
        assert store.run(hidden).result.conjunctions["label"].to_list() == [first, second]
    sight = Sight(viewer=Viewer.of("AU", book=BOOK), at_tai_ns=NOW)
    with EmbeddedStore.open(tmp_path, mode=StoreMode.READ, sight=sight) as store:
        assert store.records(CONJUNCTIONS)["label"].to_list() == [second, "PUBLIC"]
        with pytest.raises(NotFoundError):
            store.run(hidden)


def test_what_was_read_is_told(stores: tuple[Path, Path]) -> None:
    told: list[tuple[str, frozenset[str]]] = []
    sight = Sight(
        viewer=Viewer.of("JP", book=BOOK), at_tai_ns=NOW, told=lambda kind, labels: told.append((kind, labels))
    )
    with EmbeddedStore.open(stores[0], mode=StoreMode.READ, sight=sight) as store:
        store.history(1, data_mode=DataMode.REAL)
        store.records(SPACE_OBJECTS)
        store.records(ASSESSMENTS)
    assert {kind for kind, _ in told} == {"element_set", "space_object"}
    assert frozenset().union(*(labels for _, labels in told)) == {"PUBLIC", "REL:JP"}
