"""A release as something people read: HTML on one page that asks nobody for anything, and Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mihari.errors import InputError
from mihari.release.products._templates import LANGUAGES, term
from mihari.release.products._text import html_text, markdown_text
from mihari.release.products._values import written

__all__ = ["approval_statement", "colophon", "html_page", "markdown_page", "sheet_in"]

_MOST: Final = 4_000
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = """
@page{size:A4;margin:14mm}
body{font:14px/1.5 "Helvetica Neue",Arial,"Noto Sans","Hiragino Sans","Noto Sans CJK JP","Yu Gothic",sans-serif;
color:#000;background:#fff;max-width:190mm;margin:8mm auto;padding:0 4mm;overflow-wrap:anywhere}
h1{font-size:22px;margin:0 0 6px}h2{font-size:15px;margin:16px 0 4px;border-bottom:1px solid #000}
.banner{background:#f0b429;border:1.5px solid #000;font-weight:bold;text-align:center;padding:4px;margin:0 0 8px}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:2px 8px 2px 0;
border-bottom:.5px solid #bbb}th{font-weight:600}td.k{width:34%}
pre{white-space:pre-wrap;font:11px/1.35 "DejaVu Sans Mono",Menlo,monospace;margin:0}
.small{font-size:12px;color:#333}
@media print{body{font-size:10px;margin:0;padding:0;max-width:none}.banner{-webkit-print-color-adjust:exact;
print-color-adjust:exact}}
"""
_WORDS: Final = {
    "en": {"release": "Release", "audience": "For", "released": "Released", "expires": "Stands until",
           "supersedes": "Replaces", "withdraws": "Withdraws", "label": "Label", "draft": "DRAFT, not released"},
    "ja": {"release": "公開番号", "audience": "宛先", "released": "公開時刻", "expires": "有効期限",
           "supersedes": "差替え対象", "withdraws": "取下げ対象", "label": "取扱区分", "draft": "草案(未公開)"},
}  # fmt: skip


def sheet_in(document: Mapping[str, Any], lang: str) -> Mapping[str, Any]:
    """Return the sheet of a release in a language."""
    sheets = document["content"].get("sheets")
    if lang not in LANGUAGES or not isinstance(sheets, Mapping) or lang not in sheets:
        raise InputError(f"the release has no text in {lang[:20]!r}", remedy="en or ja")
    found: Mapping[str, Any] = sheets[lang]
    return found


def approval_statement(document: Mapping[str, Any], lang: str) -> str:
    """Say how many people approved a REAL release; a safety notice and the other data modes need no such words."""
    if document["data_mode"] != "REAL" or document["content"].get("product") == "safety-notice":
        return ""
    people = {each["person"] for each in document["approvals"]}
    return term("approval", "two persons" if len(people) > 1 else "single approval", lang=lang) if people else ""


def colophon(document: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """Return what stands under every release: its name, whom it is for, until when it stands, what it replaces."""
    words = _WORDS[lang]
    moments = {name: written(document[f"{name}_utc"], "utc", lang=lang) for name in ("released", "expires")}
    rows = [
        (words["release"], document["release_id"]),
        (words["audience"], document["audience"]),
        (words["label"], document["label"]),
        (words["released"], moments["released"] or words["draft"]),
        (words["expires"], moments["expires"]),
        (words["supersedes"], document["supersedes"] or ""),
        (words["withdraws"], document["withdraws"] or ""),
    ]
    return [(name, value) for name, value in rows if value]


def html_page(document: Mapping[str, Any], *, lang: str) -> str:
    """Return a release as one HTML page: no script, no address, all text escaped."""
    sheet = sheet_in(document, lang)
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{lang}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html_text(sheet['title'])}</title><style>{_STYLE}</style></head><body><main>",
        *(f'<div class="banner">{html_text(each)}</div>' for each in sheet["banners"]),
        f"<h1>{html_text(sheet['title'])}</h1>",
    ]
    for section in sheet["sections"]:
        parts.append(f"<h2>{html_text(section['heading'])}</h2>")
        parts.append(_html_table(section.get("rows", section.get("table", [])), section.get("heads", [])))
    parts += [f"<p>{html_text(each, most=_MOST)}</p>" for each in sheet["statements"]]
    if told := approval_statement(document, lang):
        parts.append(f"<p><b>{html_text(told)}</b></p>")
    parts.append(f'<div class="small">{_html_table(colophon(document, lang), [])}</div></main></body></html>')
    return "\n".join(parts) + "\n"


def _html_table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> str:
    head = "<tr>" + "".join(f'<th scope="col">{html_text(each)}</th>' for each in heads) + "</tr>" if heads else ""
    body = []
    for row in rows:
        cells = [
            f"<td{' class=k' if not heads and place == 0 else ''}><bdi>{_html_cell(cell)}</bdi></td>"
            for place, cell in enumerate(row)
        ]
        body.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{head}{''.join(body)}</table>"


def _html_cell(cell: str) -> str:
    if "\n" not in cell:
        return html_text(cell, most=_MOST)
    return "<pre>" + "\n".join(html_text(line, most=_MOST) for line in cell.split("\n")) + "</pre>"


def markdown_page(document: Mapping[str, Any], *, lang: str) -> str:
    """Return a release as Markdown."""
    sheet = sheet_in(document, lang)
    lines = [f"**{markdown_text(each)}**\n" for each in sheet["banners"]]
    lines += [f"# {markdown_text(sheet['title'])}", ""]
    for section in sheet["sections"]:
        lines += [f"## {markdown_text(section['heading'])}", ""]
        rows = section.get("rows", section.get("table", []))
        if any("\n" in cell for row in rows for cell in row):
            for row in rows:
                lines += ["```text", *row[-1].replace("```", "'''").split("\n"), "```", ""]
            continue
        lines += [*_markdown_table(section.get("heads") or ["", ""], rows), ""]
    lines += [f"{markdown_text(each, most=_MOST)}\n" for each in sheet["statements"]]
    if told := approval_statement(document, lang):
        lines += [f"**{markdown_text(told)}**", ""]
    lines += _markdown_table(["", ""], colophon(document, lang))
    return "\n".join(lines) + "\n"


def _markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(markdown_text(each) for each in heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(markdown_text(cell, most=_MOST) for cell in row) + " |" for row in rows]
