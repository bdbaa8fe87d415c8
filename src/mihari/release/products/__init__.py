"""Notices from one structure: facts become sheets in two languages, and these HTML, PDF, Markdown, JSON and CAP."""

from __future__ import annotations

from mihari.release.products._cap import cap_alert
from mihari.release.products._pages import approval_statement, html_page, markdown_page
from mihari.release.products._pdf import pdf_pages
from mihari.release.products._setting import A4_IN, BODY_IN, MARGIN_IN, PageSetting, place_text
from mihari.release.products._sheet import check_same_figures, figures_in, sheet_texts, sheets_of
from mihari.release.products._templates import LANGUAGES, Template, product_names, product_template, terms
from mihari.release.products._text import html_text, markdown_text, plain

__all__ = [
    "A4_IN",
    "BODY_IN",
    "LANGUAGES",
    "MARGIN_IN",
    "PageSetting",
    "Template",
    "approval_statement",
    "cap_alert",
    "check_same_figures",
    "figures_in",
    "html_page",
    "html_text",
    "markdown_page",
    "markdown_text",
    "pdf_pages",
    "place_text",
    "plain",
    "product_names",
    "product_template",
    "sheet_texts",
    "sheets_of",
    "terms",
]
