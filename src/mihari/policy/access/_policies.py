"""Cedar policies as files: read once, held to their schema, and named by a digest of every byte that decides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mihari.errors import InputError

if TYPE_CHECKING:
    import cedarpy

__all__ = ["PolicySet", "load_policies", "policies_of"]

_SCHEMA: Final = "schema.cedarschema"
_FIELDS: Final = "fields.json"
_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Policies ready to decide.

    Attributes
    ----------
    version : str
        Digest over policies, schema and field classes: equal texts decide equally.
    fields : mapping
        By kind of record the class of every field that may be read at all.
    parsed : cedarpy.PolicySet
    schema : cedarpy.Schema
    """

    version: str
    fields: Mapping[str, Mapping[str, str]]
    parsed: cedarpy.PolicySet
    schema: cedarpy.Schema


def load_policies(folder: Path | None = None) -> PolicySet:
    """Return the packaged policies, or those of a folder of the same form: `*.cedar`, schema and field classes.

    Raises
    ------
    InputError
        A file is missing, is no Cedar, or speaks of what the schema does not have.
    """
    if folder is None:
        return _packaged()
    try:
        texts = {
            path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()) if _decides(path.name)
        }
    except OSError as error:
        raise InputError(f"no policies can be read: {error.strerror}", where=str(folder)) from error
    return policies_of(texts, where=str(folder))


def policies_of(texts: Mapping[str, str], *, where: str) -> PolicySet:
    """Return the policies of texts by file name; raises as `load_policies`."""
    import cedarpy

    missing = {_SCHEMA, _FIELDS} - texts.keys()
    if missing:
        raise InputError(f"{', '.join(sorted(missing))} is missing", where=where)
    policies = "\n".join(texts[name] for name in sorted(texts) if name.endswith(".cedar"))
    try:
        schema = cedarpy.Schema.from_str(texts[_SCHEMA])
        parsed = cedarpy.PolicySet.from_str(policies)
        checked = cedarpy.validate_policies(policies, texts[_SCHEMA])
        fields = _field_classes(json.loads(texts[_FIELDS]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"the policies cannot be read: {str(error).splitlines()[0]}", where=where) from error
    if not checked.validation_passed:
        raise InputError(f"a policy does not fit the schema: {checked.errors[0]}", where=where)
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\n{len(texts[name])}\n{texts[name]}".encode())
    return PolicySet(digest.hexdigest()[:_DIGITS], fields, parsed, schema)


@cache
def _packaged() -> PolicySet:
    folder = files("mihari.policy.access").joinpath("data")
    texts = {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir() if _decides(each.name)}
    return policies_of(texts, where="packaged policies")


def _decides(name: str) -> bool:
    return name.endswith(".cedar") or name in {_SCHEMA, _FIELDS}


def _field_classes(told: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    classes: dict[str, dict[str, str]] = {}
    for kind, by_class in told["kinds"].items():
        of_kind: dict[str, str] = {}
        for name, fields in by_class.items():
            for field in fields:
                if field in of_kind:
                    raise ValueError(f"{kind}.{field} stands in two classes")
                of_kind[field] = name
        classes[kind] = of_kind
    return classes
