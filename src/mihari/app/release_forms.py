"""A release in the forms that people and other systems take: HTML, Markdown, PDF, CAP, JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mihari.app.release_outbox import release_bytes
from mihari.errors import UsageError
from mihari.formats import write_atomically
from mihari.release.products import html_page, markdown_page

__all__ = ["release_form", "write_release"]


def release_form(
    document: Mapping[str, Any], form: str, *, lang: str, earlier: Mapping[str, Any] | None = None
) -> bytes:
    """Return a release in one form: html, md, pdf, xml (CAP, which names the earlier one that it replaces) or json."""
    if form == "html":
        return html_page(document, lang=lang).encode("utf-8")
    if form == "md":
        return markdown_page(document, lang=lang).encode("utf-8")
    if form == "json":
        return release_bytes(document)
    if form == "pdf":
        from mihari.release.products import pdf_pages

        return pdf_pages(document, lang=lang)
    if form == "xml":
        from mihari.release.products import cap_alert

        return cap_alert(document, earlier=earlier)
    raise UsageError(f"a release cannot be written as {form or 'no ending'}", remedy=".html, .md, .pdf, .xml or .json")


def write_release(
    document: Mapping[str, Any], path: Path, *, lang: str, earlier: Mapping[str, Any] | None = None
) -> None:
    """Write a release in the form that the file's name asks for, whole or not at all."""
    form = path.suffix.lower().removeprefix(".")
    write_atomically(path, release_form(document, form, lang=lang, earlier=earlier))
