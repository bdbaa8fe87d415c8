"""Products: one structure, two languages, the same figures; nothing concludes; forms that run and ask for nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mihari.errors import InputError
from mihari.model.label import parse_label
from mihari.model.space_event import EventKind, EventStatus
from mihari.policy.language import Language, lint_text
from mihari.release.products import (
    cap_alert,
    check_same_figures,
    figures_in,
    html_page,
    markdown_page,
    pdf_pages,
    product_names,
    product_template,
    sheet_texts,
    sheets_of,
    terms,
)
from mihari.release.redaction import allow_list
from mihari.release.redaction._allow import AudienceClass
from release_support import EVENT, HOUR, NOW, Clock, breakup, desk_over, keep, published

FACTS = {
    "reference": "EV-1",
    "event": {
        "kind": "REENTRY",
        "status": "UPDATED",
        "start_utc": "2026-12-01T01:00:00Z",
        "end_utc": "2026-12-01T05:00:00Z",
        "next_update_utc": "2026-11-30T23:30:00Z",
        "summary": {"en": "It re-enters within 4 hours.", "ja": "4時間以内に再突入する。"},
        "likelihood": "likely",
        "confidence": "moderate",
        "confidence_basis": "two sources",
        "contact": "ops@example.org",
        "facts": {
            "regime": "LEO",
            "time_uncertainty_s": 90.0,
            "trend": "rising",
            "altitude_low_m": 401_500.0,
            "altitude_high_m": 903_000.0,
            "cause": "unknown",
            "piece_counts": [{"count": 57, "at_utc": "2026-11-30T03:40:00Z", "smallest_size_m": 0.1, "source": "K"}],
            "centre_utc": "2026-12-01T03:00:00Z",
            "mass_class": "1 t to 2 t",
            "survivability": "unknown",
            "ground_track": [
                {"at_utc": "2026-12-01T01:00:00Z", "latitude_deg": 12.25, "longitude_deg": -170.5},
                {"at_utc": "2026-12-01T05:00:00Z", "latitude_deg": -3.75, "longitude_deg": 20.125},
            ],
            "band": "Ku",
            "frequency_hz": 1.225e10,
            "bandwidth_hz": 3.6e7,
            "effect": "loss for 20 min",
            "own_fault_checks": ["own equipment", "solar conjunction"],
            "ellipse_95": {
                "latitude_deg": 10.0,
                "longitude_deg": 20.0,
                "semi_major_m": 30_000.0,
                "semi_minor_m": 9_000.0,
                "azimuth_deg": 45.0,
            },
        },
    },
    "conjunction": {
        "tca_utc": "2026-12-01T03:04:05.678901Z",
        "miss_distance_m": 123.4,
        "relative_speed_m_s": 14_321.0,
        "probability": 1.234e-4,
        "maximum_probability": 3.0e-4,
        "method": "2d",
        "action_level": "watch",
        "latest_decision_utc": "2026-11-30T12:00:00Z",
        "created_utc": "2026-11-30T01:00:00.000Z",
        "advisory": True,
        "orbits": [{"norad_cat_id": 5, "sigma_m": 400.0, "degraded": True}],
    },
    "objects": [
        {"norad_cat_id": 5, "name": "VANGUARD 1", "object_id": "1958-002B", "object_type": "PAYLOAD", "owner": "US"}
    ],
    "alternatives": [{"text": {"en": "battery", "ja": "電池"}, "probability": 0.6}],
    "evidence": [{"kind": "OBSERVATION", "text": "57 echoes", "source": "K", "observed_utc": "2026-11-30T03:40:00Z"}],
    "sources": [{"name": "K"}],
    "assets": [{"name": "A", "norad_cat_id": 5, "operator": "OP", "registry_state": "US", "function": "weather"}],
    "instruments": [
        {
            "name": {"en": "Outer Space Treaty", "ja": "宇宙条約"},
            "provision": "IX",
            "legal_nature": "binding",
            "says": {"en": "Consultation", "ja": "協議"},
            "why": {"en": "kind of event", "ja": "事象の種別"},
        }
    ],
    "unknown": [{"text": {"en": "the cause", "ja": "原因"}}],
    "statistics": {
        "start_utc": "2026-11-23T00:00:00Z",
        "end_utc": "2026-11-30T00:00:00Z",
        "catalogue_objects": 30123,
        "conjunction_events": 12,
        "conjunction_action": 1,
        "conjunction_watch": 3,
        "events_by_kind": [{"kind": "BREAKUP", "number": 1}],
    },
    "register": [
        {
            "name": "A",
            "object_id": "2020-001A",
            "nodal_period_s": 5_640.0,
            "inclination_rad": 0.9,
            "apogee_m": 5e5,
        },
    ],
    "message": {"form": "KVN", "text": "CCSDS_CDM_VERS = 1.0\nCREATION_DATE = 2026-11-30T01:00:00"},
}


def document_of(product: str, **other) -> dict:
    sheets = sheets_of(product_template(product), FACTS, data_mode="SIMULATED")
    return {
        "release_id": "R-1",
        "audience": "PUBLIC",
        "label": "PUBLIC//BY:JP",
        "data_mode": "SIMULATED",
        "released_utc": "2026-11-30T05:00:00.000Z",
        "expires_utc": "2026-12-07T05:00:00.000Z",
        "supersedes": None,
        "withdraws": None,
        "approvals": [{"person": "B. Ito"}],
        "signatures": [{}],
        "content": {"product": product, "facts": FACTS, "sheets": sheets},
        **other,
    }


@pytest.mark.parametrize("product", product_names())
def test_both_languages_hold_the_same_figures_and_times(product: str) -> None:
    sheets = document_of(product)["content"]["sheets"]
    check_same_figures(sheets["en"], sheets["ja"])
    figures = sum((figures_in(each) for each in sheet_texts(sheets["en"])), start=figures_in(""))
    assert figures, "there is something to compare"
    shown = {lang: [len(each.get("rows", each.get("table"))) for each in sheets[lang]["sections"]] for lang in sheets}
    assert shown["en"] == shown["ja"]


@pytest.mark.parametrize("product", product_names())
def test_every_field_of_the_lists_is_shown_and_none_else_is_asked_for(product: str) -> None:
    """What is allowed and never printed would leave unseen; what is printed and never allowed is a dead row."""
    listed = frozenset().union(*allow_list(product).allowed.values())
    asked = set()
    for section in product_template(product).sections:
        stem = f"{section['table']}[]." if "table" in section else ""
        for row in section.get("rows", section.get("columns")):
            path = stem + row["path"]
            if "each" in section and path.startswith("asset."):
                path = f"{section['each']}[].{path.removeprefix('asset.')}"
            asked |= {f"{path}.en", f"{path}.ja"} if row["form"] == "bilingual" else {path}
    asked = {f"{path}[]" if path.endswith("own_fault_checks") else path for path in asked}
    assert listed - asked == set()
    assert asked - listed == set()


def test_a_translation_with_another_figure_is_refused(tmp_path: Path) -> None:
    keep(tmp_path / "store", breakup(label=parse_label("PUBLIC"), summary_ja="03:00 UTCに75個の破片。"))
    with pytest.raises(InputError, match="figures differ"):
        desk_over(tmp_path / "store").draft(EVENT, audiences=["US"], product="breakup-notice", by="A. Mori")
    assert figures_in("５７個") == figures_in("57")


@pytest.mark.parametrize("product", product_names())
def test_nothing_concludes(product: str) -> None:
    sheets = document_of(product)["content"]["sheets"]
    for lang in ("en", "ja"):
        found = [each.text() for text in sheet_texts(sheets[lang]) for each in lint_text(text, lang=Language(lang))]
        assert found == []
        pages = markdown_page(document_of(product), lang=lang)
        assert [each.text() for each in lint_text(pages, lang=Language(lang)) if each.rule == "forbidden"] == []


def test_every_term_stands_in_both_languages() -> None:
    for part in ("labels", "statements"):
        for key, words in terms()[part].items():
            assert words.keys() == {"en", "ja"}, key
            assert all(words.values()), key


@pytest.mark.parametrize("product", product_names())
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_html_runs_nothing_and_asks_for_nothing(product: str, lang: str) -> None:
    hostile = json.loads(json.dumps(document_of(product)))
    for section in hostile["content"]["sheets"][lang]["sections"]:
        section["heading"] = "<script>alert(1)</script>"
        for row in section.get("rows", section.get("table", ())):
            row[-1] = '<img src=x onerror=alert(1)> https://example.org "quoted"\u202egnp'
    page = html_page(hostile, lang=lang)
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert re.search(r'(src|href|action)\s*=\s*"', page) is None
    assert "default-src 'none'" in page
    assert f'<html lang="{lang}">' in page
    assert "SIMULATED" in page or "模擬" in page


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_pdf_pages_are_written_in_both_languages(lang: str) -> None:
    long = document_of("diplomatic-pack")
    section = long["content"]["sheets"][lang]["sections"][0]
    section["rows"] += [["a" * 30, "long " * 300]] * 12
    first = pdf_pages(long, lang=lang)
    assert first.startswith(b"%PDF")
    assert first.count(b"/Type /Page\n") + first.count(b"/Type /Page ") >= 3, "what does not fit goes on"
    assert first == pdf_pages(long, lang=lang), "the same bytes each time"


def test_a_machine_without_japanese_letters_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from mihari.release.products import _pdf

    monkeypatch.setattr(_pdf, "japanese_family", lambda: None)
    with pytest.raises(InputError, match="no font with Japanese"):
        pdf_pages(document_of("breakup-notice"), lang="ja")


ORDER = "identifier sender sent status msgType source scope restriction addresses code note references incidents info"
INFO = (
    "language category event responseType urgency severity certainty audience eventCode effective onset expires "
    "senderName headline description instruction web contact parameter resource area"
)


@pytest.mark.parametrize(
    ("mode", "status"), [("REAL", "Actual"), ("SIMULATED", "Exercise"), ("EXERCISE", "Exercise"), ("TEST", "Test")]
)
def test_an_alert_has_the_order_and_the_words_of_cap(mode: str, status: str) -> None:
    alert = ElementTree.fromstring(cap_alert(document_of("reentry-notice", data_mode=mode)))
    space = "{urn:oasis:names:tc:emergency:cap:1.2}"
    names = [each.tag.removeprefix(space) for each in alert]
    assert names == sorted(names, key=ORDER.split().index)
    assert alert.findtext(f"{space}status") == status
    assert alert.findtext(f"{space}msgType") == "Alert"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00", alert.findtext(f"{space}sent"))
    assert not re.search(r"[ ,<&]", alert.findtext(f"{space}identifier") + alert.findtext(f"{space}sender"))
    infos = alert.findall(f"{space}info")
    assert [each.findtext(f"{space}language") for each in infos] == ["en", "ja-JP"]
    for info in infos:
        inner = [each.tag.removeprefix(space) for each in info]
        assert inner == sorted(inner, key=INFO.split().index)
        assert {"category", "event", "urgency", "severity", "certainty"} <= set(inner)


def test_updates_and_cancellations_refer_to_the_alert_before(tmp_path: Path) -> None:
    clock = Clock()
    keep(tmp_path / "store", breakup())
    desk = desk_over(tmp_path / "store", clock=clock)
    first = published(desk).published
    clock.now += HOUR
    last = desk.withdraw(first["release_id"], by="B. Ito", reason="wrong").published
    alert = ElementTree.fromstring(cap_alert(last, earlier=first))
    space = "{urn:oasis:names:tc:emergency:cap:1.2}"
    assert alert.findtext(f"{space}msgType") == "Cancel"
    sent = ElementTree.fromstring(cap_alert(first)).findtext(f"{space}sent")
    assert alert.findtext(f"{space}references") == f"mihari.jp,{first['release_id']},{sent}"
    with pytest.raises(InputError, match="refers to"):
        cap_alert(last)


def test_a_draft_is_no_alert(tmp_path: Path) -> None:
    keep(tmp_path / "store", breakup(kind=EventKind.BREAKUP, status=EventStatus.NEW, start_tai_ns=NOW))
    state = desk_over(tmp_path / "store").draft(EVENT, audiences=["US"], product="breakup-notice", by="A. Mori")[0]
    with pytest.raises(InputError, match="only a published"):
        cap_alert(state.document)


def test_a_reentry_gives_a_window_and_a_track_and_never_a_point() -> None:
    paths = frozenset().union(*(allow_list("reentry-notice").allowed[each] for each in AudienceClass))
    assert {path for path in paths if "latitude" in path} == {"event.facts.ground_track[].latitude_deg"}
    text = markdown_page(document_of("reentry-notice"), lang="en")
    assert "No place of impact is predicted" in text
    assert "2026-12-01 01:00:00 UTC" in text
    assert "2026-12-01 05:00:00 UTC" in text
