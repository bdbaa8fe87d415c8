"""A release as pages to print: set and drawn with Matplotlib alone."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from mihari.errors import InputError
from mihari.release.products._pages import approval_statement, colophon, sheet_in
from mihari.release.products._setting import (
    A4_IN,
    BODY_IN,
    LATIN_FAMILY,
    MARGIN_IN,
    PageSetting,
    japanese_family,
    place_text,
)

__all__ = ["pdf_pages"]

_TEXT_PT: Final = 9.0
_FOOT_IN: Final = 0.6
_LABEL_IN: Final = 2.3
_AMBER: Final = "#f0b429"
_PIECE: Final = 240
"""A longer text is set piece by piece: a cell is cut where it is too long, and nothing of a release may be."""


class _Pages:
    """Pages that are being filled; what does not fit begins the next one."""

    def __init__(self, family: str) -> None:
        self.family = family
        self.pages = [PageSetting(_TEXT_PT, family)]

    @property
    def page(self) -> PageSetting:
        return self.pages[-1]

    def turn(self, needed_in: float) -> None:
        if self.page.at_in + needed_in > A4_IN[1] - _FOOT_IN and self.page.texts:
            self.pages.append(PageSetting(_TEXT_PT, self.family))

    def line(self, text: str, *, scale: float = 1.0, bold: bool = False) -> None:
        for piece in _pieces(text):
            self.turn(3.0 * self.page.step_in(scale))
            self.page.line(piece, scale=scale, bold=bold)

    def heading(self, text: str) -> None:
        self.turn(4.0 * self.page.step_in())
        self.page.heading(text)

    def row(self, cells: Sequence[str], widths_in: Sequence[float]) -> None:
        columns = [_pieces(cell) or [""] for cell in cells]
        for k in range(max(map(len, columns))):
            part = [pieces[k] if k < len(pieces) else "" for pieces in columns]
            trial = PageSetting(_TEXT_PT, self.family)
            before_in = trial.at_in
            trial.rows([part], widths_in)
            self.turn(trial.at_in - before_in)
            self.page.rows([part], widths_in)

    def banner(self, text: str) -> None:
        page = self.page
        high_in = page.step_in(1.3) + 0.03
        look = {"facecolor": _AMBER, "edgecolor": "black", "linewidth": 0.8}
        page.boxes.append((MARGIN_IN, page.at_in, BODY_IN, high_in, look))
        page.cell(text, MARGIN_IN + 0.08, BODY_IN, top_in=page.at_in + 0.03, scale=1.15, bold=True)
        page.at_in += high_in + 0.06


def pdf_pages(document: Mapping[str, Any], *, lang: str) -> bytes:
    """Return a release as A4 pages; what stands on it as a banner stands on every page.

    Raises
    ------
    InputError
        Japanese is asked for and this machine has no font for it.
    """
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    family = LATIN_FAMILY if lang == "en" else japanese_family()
    if family is None:
        raise InputError(
            "this machine has no font with Japanese letters",
            where="pdf",
            remedy="install one, for example Noto Sans CJK JP, or print the HTML form",
        )
    sheet = sheet_in(document, lang)
    pages = _set(document, sheet, family, lang)
    out = io.BytesIO()
    told = {"Title": f"{sheet['title']} {document['release_id']}", "Creator": "Mihari", "Producer": None}
    with PdfPages(out, metadata={**told, "CreationDate": None, "ModDate": None}) as file:
        for number, setting in enumerate(pages.pages, start=1):
            figure = Figure(figsize=A4_IN, facecolor="white")
            foot = f"{document['release_id']}   {number} / {len(pages.pages)}"
            setting.cell(foot, MARGIN_IN, BODY_IN, top_in=A4_IN[1] - 0.4, scale=0.85)
            if number > 1:
                words = "   ".join(sheet["banners"])
                setting.cell(words, MARGIN_IN, BODY_IN, top_in=0.18, scale=0.85, bold=True)
            place_text(figure, setting)
            file.savefig(figure)
    return out.getvalue()


def _set(document: Mapping[str, Any], sheet: Mapping[str, Any], family: str, lang: str) -> _Pages:
    pages = _Pages(family)
    for each in sheet["banners"]:
        pages.banner(each)
    pages.line(sheet["title"], scale=1.7, bold=True)
    for section in sheet["sections"]:
        pages.heading(section["heading"])
        heads = section.get("heads")
        if heads:
            widths_in = [BODY_IN / len(heads)] * len(heads)
            for row in [heads, *section["table"]]:
                pages.row(row, widths_in)
            continue
        for name, value in section["rows"]:
            for k, line in enumerate(value.split("\n")):
                pages.row([name if k == 0 else "", line], [_LABEL_IN, BODY_IN - _LABEL_IN])
    pages.page.at_in += pages.page.step_in()
    for each in sheet["statements"]:
        pages.line(each)
    if told := approval_statement(document, lang):
        pages.line(told, bold=True)
    pages.page.at_in += pages.page.step_in()
    for name, value in colophon(document, lang):
        pages.row([name, value], [_LABEL_IN, BODY_IN - _LABEL_IN])
    return pages


def _pieces(text: str) -> list[str]:
    """Break a text into pieces that a cell takes whole, at spaces where there are any."""
    pieces: list[str] = []
    while len(text) > _PIECE:
        at = text.rfind(" ", _PIECE // 2, _PIECE)
        at = _PIECE if at < 0 else at
        pieces.append(text[:at])
        text = text[at:].lstrip()
    return [*pieces, text] if text else pieces
