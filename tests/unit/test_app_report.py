"""Plots and reports of an assessment: what they say, what they leave out and why, and what they keep out."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mihari.app.report import (
    ReportForm,
    check_report_path,
    draw_plot,
    plots_left_out,
    render_report,
    write_plots,
    write_report,
)
from mihari.app.report._words import contents_of, flag_sentence
from mihari.astro.time import parse_utc
from mihari.conjunction.probability import CovarianceFlag
from mihari.errors import InputError, NotFoundError, UsageError
from mihari.picture import ImageFormat
from mihari.policy import ThresholdProfile
from report_support import document_of, history_of

MADE = parse_utc("2026-03-04T12:00:00Z")
ALL = ("encounter-plane probability-history miss-history dilution radius-sensitivity covariance-sensitivity").split()
HOSTILE = (
    "<script>alert(1)</script><img src=http://x.example/a> $\\frac{ | `x` [a](b) \u202egnitset \u0645\u062b \U0001f680"
)


@pytest.fixture(scope="module")
def event(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return history_of(tmp_path_factory.mktemp("event"), 3, contact="Flight desk, +00 000")


def text_of(document: dict[str, Any], form: ReportForm = ReportForm.HTML, **words: Any) -> str:
    return render_report(document, form, made_tai_ns=MADE, **words)[0].decode("utf-8")


class Outline(HTMLParser):
    """Tags with their attributes, the text outside of drawings and styles, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "img"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "svg" not in self.open and "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def test_all_plots_are_written_as_svg_and_png(tmp_path: Path, event: tuple[Any, Any]) -> None:
    document, rows = event
    written = write_plots(document, tmp_path / "new" / "plots", history=rows)
    assert [path.name for path in written] == [f"{name}.{end}" for name in ALL for end in ("svg", "png")]
    assert sorted(path.name for path in (tmp_path / "new" / "plots").iterdir()) == sorted(p.name for p in written)
    for path in written:
        if path.suffix == ".svg":
            assert ET.fromstring(path.read_bytes()).tag.endswith("svg")
            assert "70001 MADE UP ALPHA and 70002 MADE UP BETA" in path.read_text(encoding="utf-8")
        else:
            assert path.read_bytes()[:4] == b"\x89PNG"
    assert plots_left_out(document, history=rows) == {}


def test_what_lacks_its_data_is_left_out_with_the_reason(tmp_path: Path, event: tuple[Any, Any]) -> None:
    bare = document_of(tmp_path, has_covariance=False)
    reasons = plots_left_out(bare)
    assert set(reasons) == set(ALL)
    assert reasons["encounter-plane"] == "object 1 and 2 has no usable covariance"
    assert reasons["dilution"] == reasons["encounter-plane"]
    assert "no earlier messages" in reasons["miss-history"]
    assert write_plots(bare, tmp_path / "none") == []
    for form in (ReportForm.HTML, ReportForm.MARKDOWN):
        text = text_of(bare, form)
        assert "no usable covariance" in text
        assert "<svg" not in text
    document, rows = event
    one = plots_left_out(document, history=rows[:1])
    assert one == {"probability-history": "one message so far", "miss-history": "one message so far"}
    assert {"sensitivity", "dilution_curve"} <= document.keys(), "the document carries them"
    no_grids = {key: value for key, value in document.items() if key not in {"sensitivity", "dilution_curve"}}
    assert set(plots_left_out(no_grids, history=rows)) == set(ALL[3:])


def test_without_a_radius_the_plane_is_drawn_and_says_so(tmp_path: Path) -> None:
    document = document_of(tmp_path, radius_m=None)
    assert document["hard_body_radius_m"] is None
    drawn = draw_plot(document, "encounter-plane", image=ImageFormat.SVG).decode()
    assert "no hard-body radius is known" in drawn
    assert plots_left_out(document)["radius-sensitivity"] == "no hard-body radius is known"
    assert "not known" in Outline(text_of(document)).text


def test_one_plot_by_name_and_none_by_another(event: tuple[Any, Any]) -> None:
    document, rows = event
    drawn = draw_plot(document, "probability-history", history=rows, image=ImageFormat.SVG).decode()
    assert "act from 1.0e-04" in drawn
    with pytest.raises(NotFoundError, match="no earlier messages"):
        draw_plot(document, "probability-history", image=ImageFormat.PNG)
    with pytest.raises(NotFoundError, match="encounter-plane"):
        draw_plot(document, "histogram", image=ImageFormat.PNG)


def test_thresholds_are_those_of_the_profile_in_its_version(event: tuple[Any, Any]) -> None:
    document, rows = event

    def drawn(**words: Any) -> str:
        asked = {**document, **words.pop("changes", {})}
        return draw_plot(asked, "probability-history", history=rows, image=ImageFormat.SVG, **words).decode()

    assert "act from 1.0e-04" in drawn()
    assert "act from" not in drawn(changes={"profile": "cara 1999-01"})
    assert "act from" not in drawn(changes={"profile": "board of ours 1"})
    own = ThresholdProfile(name="ours", version="1", source="us", watch_probability=1e-6, action_probability=3e-5)
    assert "act from 3.0e-05" in drawn(changes={"profile": "ours 1"}, profile=own)
    assert "act from 1.0e-04" in drawn(profile=own), "another profile's thresholds say nothing of this assessment"


def test_the_page_says_what_an_operator_needs(event: tuple[Any, Any]) -> None:
    document, rows = event
    text = Outline(text_of(document, history=rows)).text
    for words in (
        "Close approach: 70001 MADE UP ALPHA and 70002 MADE UP BETA",
        "2026-03-05 10:30:12.2",
        "UTC",
        document["action_level"].upper(),
        document["action_reason"],
        f"{document['probability']:.2e}",
        f"{document['miss_distance_m']:,.1f} m",
        "(1 sigma)",
        "12 m",
        "2-D, short encounter",
        *(each["reason"] for each in document["methods"].values()),
        *(reason for each in document["objects"] for reason in each["orbit_quality"]["reasons"]),
        "Flight desk, +00 000",
        "The decision is the operator's",
        "profile cara",
        f"Message {document['message_id']}",
        "Report made 2026-03-04 12:00:00 UTC",
        "Decide before",
    ):
        assert words in text, words


@pytest.mark.parametrize("form", [ReportForm.HTML, ReportForm.MARKDOWN])
def test_every_method_is_told_with_its_trust(form: ReportForm, event: tuple[Any, Any]) -> None:
    document, _ = event
    changed = {
        **document,
        "methods": {
            "2d": {"value": 1.5e-3, "interval": None, "trusted": False, "reason": "skewed by half"},
            "monte_carlo": {"value": 2.5e-3, "interval": [2e-3, 3e-3], "trusted": True, "reason": "50 hits"},
        },
        "method": "monte_carlo",
        "probability": 2.5e-3,
    }
    text = text_of(changed, form)
    text = Outline(text).text if form is ReportForm.HTML else text
    for words in ("skewed by half", "50 hits", "2.00e-03 to 3.00e-03", "Monte Carlo", "1.50e-03"):
        assert words in text
    assert re.search(r"1\.50e-03\W+no\W", text) or re.search(r"1\.50e-03.{0,12}\bno\b", text)


def test_the_page_asks_nobody_and_runs_nothing(event: tuple[Any, Any]) -> None:
    document, rows = event
    text = text_of(document, history=rows)
    page = Outline(text)
    assert page.open == []
    names = [tag for tag, _ in page.tags]
    assert not {"script", "link", "iframe", "img", "object", "form", "a", "base"} & set(names)
    assert names.count("svg") == len(ALL)
    for tag, attributes in page.tags:
        for key, value in attributes.items():
            assert not key.startswith("on")
            if key in {"href", "xlink:href", "src"}:
                assert (value or "").startswith(("#", "data:image/png")), (tag, key)
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    assert "default-src 'none'" in text
    identifiers = re.findall(r'\bid="([^"]+)"', text)
    assert len(identifiers) == len(set(identifiers))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(identifiers)
    assert len(text) < 1_000_000


@pytest.mark.parametrize("form", list(ReportForm))
def test_hostile_names_stay_names(form: ReportForm, event: tuple[Any, Any]) -> None:
    document, rows = event
    name = HOSTILE + "x" * 300
    objects = [{**each, "name": name, "operator": HOSTILE, "contact": name} for each in document["objects"]]
    changed = {**document, "objects": objects, "message_id": HOSTILE, "flags": [HOSTILE], "action_reason": HOSTILE}
    data, beside = render_report(changed, form, history=rows, made_tai_ns=MADE)
    if form is ReportForm.PDF:
        assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") == 1
        return
    text = data.decode("utf-8")
    assert "<script" not in text
    assert "<img src" not in text
    assert "\u202e" not in text
    if form is ReportForm.HTML:
        page = Outline(text)
        assert page.open == []
        title = re.search(r"<h1>(.*?)</h1>", text)
        assert title
        shown = html.unescape(re.sub(r"<.*?>", "", title[1]))
        assert len(shown) < 150
        assert "<bdi>" in title[1]
        assert "<script>alert(1)</script>" in page.text, "it is shown as it was written"
    else:
        assert "&lt;script" in text
        assert not re.search(r"(?<!\\)\[a(?<!\\)\]\(b\)", text)
        rows_of_tables = [line for line in text.splitlines() if line.startswith("|")]
        assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows_of_tables} <= {3, 4, 6}
        assert set(re.findall(r"!\[[^\n]*\]\(([^)\s]+)\)", text)) == set(beside)


def test_advisory_and_simulated_data_say_so_first(event: tuple[Any, Any]) -> None:
    document, _ = event
    marked = {**document, "advisory": True, "data_mode": "SIMULATED", "stale": "superseded by MADE_UP_9"}
    for form in (ReportForm.HTML, ReportForm.MARKDOWN):
        text = text_of(marked, form)
        text = Outline(text).text if form is ReportForm.HTML else text
        plain = text.replace("\\", "")
        assert "SIMULATED DATA: not the real sky" in plain
        assert "ADVISORY" in plain
        assert "superseded by MADE_UP_9" in plain
        assert plain.index("ADVISORY") < plain.index("Numbers")
        real = text_of(document, form)
        assert "ADVISORY" not in real
        assert "not the real sky" not in real


def test_flags_have_words() -> None:
    for flag in CovarianceFlag:
        if flag is not CovarianceFlag.NONE:
            name = f"object_2_covariance_{str(flag.name).lower()}"
            assert flag_sentence(name).startswith("Object 2 has "), name
    for name in (
        "covariance_repaired shared_error_removed time_is_not_closest_approach object_1_covariance_is_default "
        "object_1_is_element_set no_hard_body_radius default_hard_body_radius"
    ).split():
        assert "_" not in flag_sentence(name)
        assert flag_sentence(name) != name.replace("_", " ").capitalize() + "."
    assert flag_sentence("a_new_flag") == "A new flag."


def test_tracking_and_who_can_move_are_told_where_they_are_known(event: tuple[Any, Any]) -> None:
    document, _ = event
    first, second = document["objects"]
    first = {
        **first,
        "expected_next_tracking_utc": "2026-03-05T02:00:00Z",
        "expected_next_tracking_basis": "8 tracks in 4 d",
        "tracking_since_update": "not observed since the message before",
    }
    density = {
        "class": "off peak",
        "greatest_probability": 3e-4,
        "at_density_error": -0.3,
        "forecast_sigma": 0.2,
        "basis": "along the track",
    }
    changed = {
        **document,
        "objects": [first, second],
        "trackings_expected_before_decision": [3, None],
        "coordination": {"text": "both can move. Contacts: A: +00 123.", "source": "the message"},
        "density_sensitivity": density,
    }
    told = contents_of(changed, made="2026-03-04T12:00:00Z")
    assert ("Next tracking about", "2026-03-05 02:00:00 UTC, an estimate from 8 tracks in 4 d") in told.objects[0].rows
    assert ("Since last message", "not observed since the message before") in told.objects[0].rows
    assert len(told.objects[1].rows) == len(told.objects[0].rows) - 2
    assert any("about 3 trackings may come before" in remark for _, _, remark in told.numbers)
    for form in (ReportForm.HTML, ReportForm.MARKDOWN):
        text = text_of(changed, form)
        assert "both can move" in text
        assert "+00 123" not in text, "contacts stand with the objects"
        assert "with the density -30% off its forecast the probability is 3.00e-04" in text


def test_markdown_has_its_plots_beside_it(tmp_path: Path, event: tuple[Any, Any]) -> None:
    document, rows = event
    written = write_report(document, tmp_path / "my event.md", history=rows, made_tai_ns=MADE)
    assert [path.name for path in written] == ["my event.md", *(f"my event-{name}.png" for name in ALL)]
    text = written[0].read_text(encoding="utf-8")
    assert text.count("![") == len(ALL)
    assert "(my%20event-dilution.png)" in text


@pytest.mark.parametrize("count", [0, 3])
def test_a_pdf_is_one_page_of_a4(tmp_path: Path, event: tuple[Any, Any], count: int) -> None:
    document, rows = event
    long = {**document["objects"][0], "orbit_quality": {"grade": 0.1, "reasons": ["why " * 60] * 30}}
    for each in (document, {**document, "objects": [long, long], "flags": ["object_1_covariance_too_small"] * 12}):
        path = tmp_path / "a.pdf"
        write_report(each, path, history=rows[:count], made_tai_ns=MADE)
        data = path.read_bytes()
        assert data[:5] == b"%PDF-"
        assert re.findall(rb"/Count (\d+)", data) == [b"1"]
        box = re.search(rb"/MediaBox \[ ?([\d. ]+)\]", data)
        assert box
        assert [float(x) for x in box[1].split()] == pytest.approx([0, 0, 595.44, 841.68], abs=0.5)


def test_text_of_a_pdf_keeps_to_the_page_and_off_the_plots(event: tuple[Any, Any]) -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    from mihari.app.report import _pdf

    document, _ = event
    name = HOSTILE + "W" * 300
    wide = [{**each, "name": name, "contact": name} for each in document["objects"]]
    contents = contents_of({**document, "objects": wide}, made="2026-03-04T12:00:00Z")
    for text_pt, reasons in _pdf._TRIES:
        setting = _pdf._set(contents, [], text_pt=text_pt, reasons=reasons)
        for x, y, words, look in setting.texts:
            font = FontProperties(family="DejaVu Sans", weight=look["fontweight"], size=look["fontsize"])
            width_pt, _, _ = text_to_path.get_text_width_height_descent(words, font, ismath=False)
            end = x + width_pt / 72.0
            assert end <= _pdf.A4_IN[0] - _pdf.MARGIN_IN, words
            assert y < setting.at_in


@pytest.mark.parametrize("name", ["a.docx", "a", "a.HTM"])
def test_a_wrong_ending_is_one_clear_error(tmp_path: Path, event: tuple[Any, Any], name: str) -> None:
    with pytest.raises(UsageError, match=r"\.html, \.md or \.pdf"):
        write_report(event[0], tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    assert check_report_path("x.HTML") is ReportForm.HTML


def test_what_cannot_be_written_leaves_things_as_they_were(tmp_path: Path, event: tuple[Any, Any]) -> None:
    document, rows = event
    (tmp_path / "file").write_text("kept")
    with pytest.raises(InputError, match="folder"):
        write_plots(document, tmp_path / "file")
    with pytest.raises(InputError):
        write_report(document, tmp_path / "none" / "a.md", history=rows)
    (tmp_path / "a-dilution.png").mkdir()
    with pytest.raises(InputError):
        write_report(document, tmp_path / "a.md", history=rows)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a-dilution.png", "file"]
