"""What releases take from the asset register: for whom it may be told, unknown as unknown, terms kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mihari.app.asset_register import enter_asset
from mihari.model.label import parse_label
from mihari.model.provenance import DataMode
from mihari.model.space_event import EventKind
from mihari.policy.instruments import load_instruments
from mihari.release.products import figures_in
from mihari.release.signing import canonical_bytes
from mihari.store import EmbeddedStore, StoreMode
from release_support import EVENT, NOW, breakup, desk_over, keep

OBJECT = 900000001
ENTRY: dict[str, Any] = {
    "norad_cat_id": OBJECT,
    "name": "TEST SAT",
    "operator": "OP-JAXA",
    "registry_state": "JP",
    "function": "Earth observation",
    "launch_date_utc": "2020-01-02",
    "contact": "desk@operator.example",
}


def enter(
    folder: Path, document: dict[str, Any] = ENTRY, *, label: str = "REL:JP+US//BY:JP", at: int = NOW - 9
) -> None:
    with EmbeddedStore.open(folder, mode=StoreMode.CREATE) as store:
        enter_asset(
            store,
            document,
            written_by="A. Mori",
            label=parse_label(label),
            data_mode=DataMode.SIMULATED,
            now_tai_ns=NOW - 9,
        )


def drafted(folder: Path, *, audience: str = "US", product: str = "diplomatic-pack") -> Any:
    return desk_over(folder).draft(EVENT, audiences=[audience], product=product, by="A. Mori")[0].draft


def section(release: Any, heading: str, *, lang: str = "en") -> list[dict[str, Any]]:
    return [each for each in release.content["sheets"][lang]["sections"] if each["heading"] == heading]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keep(tmp_path / "store", breakup())
    return tmp_path / "store"


def test_the_pack_holds_assets_instruments_and_what_is_not_known(folder: Path) -> None:
    enter(folder)
    release = drafted(folder)
    assets = section(release, "Registered assets")[0]
    row = dict(zip(assets["heads"], assets["table"][0], strict=True))
    assert row["Operator"] == "OP-JAXA"
    assert row["State of registry"] == "JP"
    assert row["Responsible State"] == "unknown"
    japanese = section(release, "登録資産", lang="ja")[0]
    assert "不明" in japanese["table"][0]
    told = [row[0] for row in section(release, "What is not known")[0]["table"]]
    assert f"the responsible State of NORAD-{OBJECT}" in told
    assert "when it ended, or whether it did" in told
    assert f"the operator of NORAD-{OBJECT}" not in told
    shown = {each["name"]["en"]: each for each in release.content["facts"]["instruments"]}
    fitting = load_instruments().of_kind(EventKind.BREAKUP)
    assert shown
    assert set(shown) <= {each.name_en for each in fitting}
    assert {each["source_checked"] for each in shown.values()} <= {True, False}


def test_a_register_that_knows_nothing_says_unknown(folder: Path) -> None:
    release = drafted(folder)
    asset = release.content["facts"]["assets"][0]
    assert {asset[name] for name in ("operator", "registry_state", "responsible_state", "function")} == {"unknown"}


@pytest.mark.parametrize("product", ["diplomatic-pack", "registration-draft", "lts-b1-contacts-draft"])
@pytest.mark.parametrize("label", ["REL:JP//BY:JP", "REL:AU+US//BY:AU//ORCON", "REL:AU//BY:AU"])
def test_an_entry_that_may_not_go_there_leaves_no_trace(tmp_path: Path, product: str, label: str) -> None:
    """The same bytes as if nobody had entered anything: content, label, what was withheld."""
    found = []
    for k, entered in enumerate((False, True)):
        folder = tmp_path / str(k) / "store"
        keep(folder, breakup())
        desk_over(folder)
        (folder / "keys" / "private" / "node-secret.hex").write_text("00" * 32)
        if entered:
            enter(folder, label=label)
        release = drafted(folder, product=product)
        found.append(canonical_bytes({"content": release.content, "label": str(release.label)}))
    assert found[0] == found[1]


def test_the_comparison_can_fail(tmp_path: Path) -> None:
    found = []
    for k, label in enumerate(("REL:JP//BY:JP", "REL:JP+US//BY:JP")):
        folder = tmp_path / str(k) / "store"
        keep(folder, breakup())
        enter(folder, label=label)
        found.append(drafted(folder).content["facts"]["assets"])
    assert found[0] != found[1]


def test_terms_of_an_entry_stay_on_what_is_made_of_it(folder: Path) -> None:
    enter(folder, label="REL:JP+US//BY:JP//HANDLING:LIMDIS")
    assert drafted(folder).label.handling == parse_label("REL:JP//HANDLING:LIMDIS").handling
    assert not drafted(folder, product="breakup-notice").label.handling, "nothing of the entry is in that one"


def test_the_registered_operator_gets_the_list_of_its_own_object(folder: Path) -> None:
    """The operator is known from the register alone."""
    enter(folder, {**ENTRY, "operator": "US"})
    release = drafted(folder, product="operator-notice")
    assert release.content["facts"]["evidence"]
    with_operator = desk_over(folder).draft(EVENT, audiences=["US"], product="breakup-notice", by="A. Mori")[0]
    assert with_operator.draft.content["facts"]["event"]["contact"]


@pytest.mark.parametrize(
    ("product", "filled", "open_field"),
    [
        ("registration-draft", ("General function of the space object", "Earth observation"), "Launching States"),
        ("lts-b1-contacts-draft", ("Contact of the operator", "desk@operator.example"), "Responsible State"),
    ],
)
def test_drafts_are_filled_with_what_is_known_and_the_rest_is_left_open(
    folder: Path, product: str, filled: tuple[str, str], open_field: str
) -> None:
    enter(folder)
    rows = dict(section_rows(drafted(folder, audience="JP", product=product))[0])
    assert rows[filled[0]] == filled[1]
    assert rows[open_field] == "[unknown; to be filled in by a person]"


def section_rows(release: Any) -> list[list[list[str]]]:
    return [each["rows"] for each in release.content["sheets"]["en"]["sections"]]


def test_a_draft_has_one_part_for_each_object(tmp_path: Path) -> None:
    keep(tmp_path / "store", replace(breakup(), objects=(OBJECT, OBJECT + 1)))
    enter(tmp_path / "store")
    parts = section_rows(drafted(tmp_path / "store", audience="JP", product="registration-draft"))
    assert [dict(part)["Name"] for part in parts] == ["TEST SAT", f"object {OBJECT + 1}"]


def test_the_station_of_an_interference_report_is_the_registered_one(tmp_path: Path) -> None:
    told = breakup(
        kind=EventKind.INTERFERENCE,
        facts={"band": "Ku", "frequency_hz": 1.2e10, "effect": "loss", "own_fault_checks": ["own equipment"]},
    )
    keep(tmp_path / "store", told)
    enter(tmp_path / "store")
    rows = dict(section_rows(drafted(tmp_path / "store", audience="JP", product="itu-appendix-10-draft"))[0])
    assert rows["Station interfered with"] == "TEST SAT"
    assert rows["Bandwidth"] == "[unknown; to be filled in by a person]"


def test_every_instrument_can_stand_in_a_pack() -> None:
    """Figures agree between the languages, so that no kind of event is without its pack."""
    for each in load_instruments().instruments.values():
        assert figures_in(each.name_en) == figures_in(each.name_ja), each.instrument_id
        assert figures_in(each.line_en) == figures_in(each.line_ja), each.instrument_id
