"""A directive that lists the HTTP interface from the OpenAPI document that the server publishes."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import nested_parse_with_titles

_METHODS = ("get", "post", "put", "delete")


def _type(schema: dict[str, Any]) -> str:
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return " or ".join(sorted({_type(option) for option in options} - {"null"}))
    if "enum" in schema:
        return ", ".join(f"``{value}``" for value in schema["enum"])
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1]
    return str(schema.get("type", "any"))


def _lines(document: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for path, operations in sorted(document["paths"].items()):
        for method in _METHODS:
            operation = operations.get(method)
            if operation is None:
                continue
            title = f"{method.upper()} {path}"
            lines += ["", f"``{title}``", "-" * (len(title) + 4), "", operation.get("summary", ""), ""]
            lines += [*operation.get("description", "").splitlines(), ""]
            for parameter in operation.get("parameters", []):
                need = "" if parameter.get("required") else ", optional"
                lines += [f"``{parameter['name']}`` ({parameter['in']}, {_type(parameter.get('schema', {}))}{need})"]
                lines += [f"    {' '.join(parameter.get('description', '').split()) or '—'}", ""]
            for status, answer in operation["responses"].items():
                if int(status) < 400:  # what can go wrong is the same for all and told once
                    lines += ["", f"Answer {status}: {answer.get('description', '').rstrip('.')}.", ""]
    return lines


class OpenApiListing(SphinxDirective):
    """``.. openapi-listing::`` lists every path of the interface."""

    def run(self) -> list[nodes.Node]:
        """Parse the listing into sections."""
        from mihari.server import create_app

        # The document is about the routes; no node is asked for it.
        document = create_app(None).openapi()
        node = nodes.section()
        node.document = self.state.document
        nested_parse_with_titles(self.state, StringList(_lines(document), source="openapi"), node)
        return node.children


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("openapi-listing", OpenApiListing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
