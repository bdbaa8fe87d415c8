"""`mihari assess --plots` and `--report` as an operator uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from report_support import message_text
from tests_support import run_mihari

ALWAYS = {"encounter-plane"}
HISTORY = {"probability-history", "miss-history"}


def plots_in(folder: Path) -> set[str]:
    names = {path.stem for path in folder.iterdir()}
    assert {path.name for path in folder.iterdir()} == {f"{n}.{end}" for n in names for end in ("svg", "png")}
    return names


def messages(folder: Path, count: int, **words: object) -> list[str]:
    folder.mkdir(exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"{words.get('designators', ('', ''))[0]}-{number}.cdm"  # type: ignore[index]
        path.write_text(message_text(number, **words), encoding="utf-8")  # type: ignore[arg-type]
        paths.append(str(path))
    return paths


def test_one_message_gets_plots_and_a_report(tmp_path: Path) -> None:
    (message,) = messages(tmp_path / "in", 1, names=("<script>x</script>", "R\u202eEVIL \U0001f680"))
    for end in ("html", "md", "pdf"):
        report = tmp_path / f"r.{end}"
        done = run_mihari("assess", "--cdm", message, "--plots", str(tmp_path / "p"), "--report", str(report), "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["event_id"] == "70001-70002-20260305T1030"
        assert f"report: {report}" in done.stderr
        assert "no miss-history: one message so far" in done.stderr
        assert "Warning" not in done.stderr
        data = report.read_bytes()
        assert b"<script>x" not in data
        assert len(data) > 1_000
    shown = plots_in(tmp_path / "p")
    assert shown >= ALWAYS
    assert not shown & HISTORY
    assert b"Close approach" in (tmp_path / "r.html").read_bytes()


def test_the_messages_of_one_event_make_one_report_with_its_history(tmp_path: Path) -> None:
    messages(tmp_path / "in", 3)
    done = run_mihari(
        "assess", "--cdm", str(tmp_path / "in"), "--plots", str(tmp_path / "p"), "--report", str(tmp_path / "r.md")
    )
    assert done.returncode == 0, done.stderr
    assert plots_in(tmp_path / "p") >= ALWAYS | HISTORY
    text = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "MADE\\_UP\\_70001\\_70002\\_2" in text
    assert "STALE" not in text


def test_several_events_get_one_of_each(tmp_path: Path) -> None:
    messages(tmp_path / "in", 2)
    messages(tmp_path / "in", 1, designators=("70003", "70004"))
    done = run_mihari(
        "assess", "--cdm", str(tmp_path / "in"), "--plots", str(tmp_path / "p"), "--report", str(tmp_path / "r.html")
    )
    assert done.returncode == 0, done.stderr
    assert "2 events: one report or folder each, named after the event" in done.stderr
    names = {"70001-70002-20260305T1030", "70003-70004-20260305T1030"}
    assert {path.name for path in (tmp_path / "p").iterdir()} == names
    assert {path.name for path in tmp_path.glob("r*")} == {f"r-{name}.html" for name in names}


def test_a_kept_event_is_reported_with_all_its_messages(tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "s"))
    first, second = messages(tmp_path / "in", 2)
    assert run_mihari("assess", "--cdm", first, "--keep", *store).returncode == 0
    kept = run_mihari("assess", "--cdm", second, "--keep", "--report", str(tmp_path / "k.md"), *store)
    assert kept.returncode == 0, kept.stderr
    assert "k-miss-history.png" in (tmp_path / "k.md").read_text(encoding="utf-8")
    again = run_mihari("assess", "--cdm", second, "--keep", "--report", str(tmp_path / "again.md"), *store)
    assert again.returncode == 0, again.stderr
    assert "no message is new" in again.stderr
    assert not (tmp_path / "again.md").exists()
    event = ("assess", "--event", "70001-70002-20260305T1030", *store)
    shown = run_mihari(*event, "--plots", str(tmp_path / "p"), "--report", str(tmp_path / "e.pdf"), "--json")
    assert shown.returncode == 0, shown.stderr
    assert len(json.loads(shown.stdout)["history"]) == 2
    assert plots_in(tmp_path / "p") >= ALWAYS | HISTORY
    assert (tmp_path / "e.pdf").read_bytes()[:5] == b"%PDF-"
    moved = run_mihari("assess", "--manoeuvre", "70001@2026-03-05T01:00:00Z", "--by", "A. Person", *store)
    assert moved.returncode == 0, moved.stderr
    assert run_mihari(*event, "--report", str(tmp_path / "e.html")).returncode == 0
    assert "STALE" in (tmp_path / "e.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--cdm", "MESSAGE", "--report", "r.docx"), ".html, .md or .pdf"),
        (("--cdm", "MESSAGE", "--report", "none/r.html"), "its folder does not exist"),
        (("--cdm", "MESSAGE", "--plots", "MESSAGE"), "not a folder"),
        (("--report", "r.html"), "--report needs --cdm or --event"),
        (("--plots", "p"), "--plots needs --cdm or --event"),
    ],
)
def test_what_cannot_be_written_is_one_line_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    (message,) = messages(tmp_path / "in", 1)
    monkeypatch.chdir(tmp_path)
    done = run_mihari("assess", *(message if word == "MESSAGE" else word for word in words))
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
