"""The documentation page: plain HTML made from the OpenAPI document, nothing loaded from elsewhere."""

from __future__ import annotations

from html import escape
from typing import Any, Final

__all__ = ["index_page"]

_STYLE: Final = """
:root { color-scheme: light dark; --line: #c9d3df; --muted: #5a6a7d; --code: #eef2f7; }
@media (prefers-color-scheme: dark) { :root { --line: #2a3a53; --muted: #93a4bb; --code: #16243a; } }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0.2rem; } h2 { margin-top: 2.2rem; font-size: 1.15rem; }
p.muted, td.muted { color: var(--muted); } code { background: var(--code); padding: 0.1em 0.35em; border-radius: 3px; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
td, th { text-align: left; vertical-align: top; padding: 0.3rem 0.8rem 0.3rem 0; border-top: 1px solid var(--line); }
"""


def index_page(openapi: dict[str, Any]) -> str:
    """Return the page that lists every route with its parameters."""
    info = openapi["info"]
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(info['title'])} API</h1>",
        f"<p class='muted'>version {escape(info['version'])} · <a href='openapi.json'>openapi.json</a></p>",
        f"<p>{escape(info['description'])}</p>",
    ]
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(path, method, operation))
    parts.append("</body></html>")
    return "".join(parts)


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    name = f"<code>{escape(method.upper())} {escape(path)}</code>"
    has_required = any(parameter.get("required") for parameter in operation.get("parameters", []))
    if method == "get" and not has_required:
        name = f"<a href='{escape(path)}'>{name}</a>"
    rows = "".join(
        f"<tr><td><code>{escape(parameter['name'])}</code></td>"
        f"<td class='muted'>{'required' if parameter.get('required') else 'optional'}</td>"
        f"<td>{escape(parameter.get('description', ''))}</td></tr>"
        for parameter in operation.get("parameters", [])
    )
    table = f"<table>{rows}</table>" if rows else ""
    return f"<h2>{name}</h2><p>{escape(operation.get('description', ''))}</p>{table}"
