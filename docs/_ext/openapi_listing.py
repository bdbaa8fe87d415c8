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
            answers = ", ".join(
                f"{status} {each.get('description', '')}" for status, each in operation["responses"].items()
            )
            lines += ["", f"Answers: {answers}.", ""]
    return lines


class OpenApiListing(SphinxDirective):
    """``.. openapi-listing:: module:callable``, where the callable returns the OpenAPI document."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Parse the listing into sections."""
        module, _, name = self.arguments[0].partition(":")
        document = getattr(__import__(module, fromlist=[name]), name)()
        node = nodes.section()
        node.document = self.state.document
        nested_parse_with_titles(self.state, StringList(_lines(document), source=self.arguments[0]), node)
        return node.children


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("openapi-listing", OpenApiListing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
