"""A release as a CAP 1.2 alert, the form that public warning systems take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree

from mihari.errors import InputError
from mihari.model.party import PUBLIC_PARTY
from mihari.release.products._pages import sheet_in
from mihari.release.products._templates import LANGUAGES, term
from mihari.release.products._values import written

__all__ = ["cap_alert"]

_NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
_STATUS: Final = {"REAL": "Actual", "EXERCISE": "Exercise", "SIMULATED": "Exercise", "TEST": "Test"}
_CATEGORY: Final = {"SPACE_WEATHER": "Met", "GROUND_OUTAGE": "Infra", "CYBER_OUTAGE": "Infra", "INTERFERENCE": "Infra"}
_CERTAINTY: Final = {
    "likely": "Likely", "very likely": "Likely", "almost certain": "Likely", "roughly even chance": "Possible",
    "unlikely": "Possible", "very unlikely": "Unlikely", "almost no chance": "Unlikely",
}  # fmt: skip
_LANGUAGES: Final = {"en": "en", "ja": "ja-JP"}
_AREA: Final = {"en": "Outer space", "ja": "宇宙空間"}


def cap_alert(document: Mapping[str, Any], *, earlier: Mapping[str, Any] | None = None) -> bytes:
    """Return a published release as a CAP 1.2 alert with one `info` per language.

    Status comes from the data mode, so that nothing but REAL ever says Actual. Urgency and severity say Unknown:
    a person on the receiving side judges what it means there.

    Parameters
    ----------
    document : mapping
        As it was published.
    earlier : mapping, optional
        The release that it replaces or takes back; needed where there is one, for `references` names its moment.

    References
    ----------
    OASIS CAP 1.2, sections 3.2.1 to 3.2.4 and 3.3.2 (moments in UTC end in -00:00).

    Validation
    ----------
    tests/unit/test_release_cap.py.
    """
    released = document["released_utc"]
    if released is None or not document["signatures"]:
        raise InputError("only a published release becomes an alert", where=str(document["release_id"]))
    replaced = document["withdraws"] or document["supersedes"]
    facts = document["content"]["facts"]
    event = facts.get("event", {})
    cancels = document["withdraws"] is not None or event.get("status") == "CANCELLED"
    alert = ElementTree.Element("alert", {"xmlns": _NAMESPACE})

    def add(parent: ElementTree.Element, name: str, text: str) -> None:
        ElementTree.SubElement(parent, name).text = text

    add(alert, "identifier", str(document["release_id"]))
    add(alert, "sender", _sender(document))
    add(alert, "sent", _moment(released))
    add(alert, "status", _STATUS[str(document["data_mode"])])
    add(alert, "msgType", ("Cancel" if cancels else "Update") if replaced else "Alert")
    public = document["audience"] == PUBLIC_PARTY
    add(alert, "scope", "Public" if public else "Private")
    if not public:
        add(alert, "addresses", str(document["audience"]))
    if document["data_mode"] != "REAL":
        add(alert, "note", term("data_mode", str(document["data_mode"]), lang="en"))
    if replaced:
        if earlier is None or earlier["release_id"] != replaced:
            raise InputError(f"the alert refers to {replaced}, which is needed", where=str(document["release_id"]))
        add(alert, "references", f"{_sender(earlier)},{replaced},{_moment(earlier['released_utc'])}")
    for lang in LANGUAGES:
        _add_info(alert, document, lang=lang)
    ElementTree.indent(alert)
    return bytes(ElementTree.tostring(alert, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_info(alert: ElementTree.Element, document: Mapping[str, Any], *, lang: str) -> None:
    sheet = sheet_in(document, lang)
    event = document["content"]["facts"].get("event", {})
    kind = str(event.get("kind", ""))
    likelihood = str(event.get("likelihood", ""))
    lines = [f"{name}: {value}" for section in sheet["sections"] for name, value in section.get("rows", ())]
    lines += [" | ".join(row) for section in sheet["sections"] for row in section.get("table", ())]
    told = {
        "language": _LANGUAGES[lang],
        "category": _CATEGORY.get(kind, "Safety"),
        "event": written(kind, "kind", lang=lang) if kind else sheet["title"],
        "urgency": "Unknown",
        "severity": "Unknown",
        "certainty": _CERTAINTY.get(likelihood, "Unknown"),
        "effective": _moment(document["released_utc"]),
        "expires": _moment(document["expires_utc"]) if document["expires_utc"] else "",
        "senderName": _party(document),
        "headline": " ".join([*sheet["banners"], sheet["title"]]),
        "description": "\n".join([*sheet["banners"], *lines]),
        "instruction": "\n".join(sheet["statements"]),
    }
    info = ElementTree.SubElement(alert, "info")
    for name, text in told.items():
        if text:
            ElementTree.SubElement(info, name).text = text
    area = ElementTree.SubElement(info, "area")
    ElementTree.SubElement(area, "areaDesc").text = _AREA[lang]


def _party(document: Mapping[str, Any]) -> str:
    """Whose release it is, as the label says; the signatures say it with proof."""
    label = str(document["label"])
    return label.partition("BY:")[2].partition("//")[0] or "unknown"


def _sender(document: Mapping[str, Any]) -> str:
    """Return the sender without what CAP forbids in it: spaces, commas, < and &."""
    return "mihari." + _party(document).replace("+", ".").lower()


def _moment(utc: str) -> str:
    return utc.rstrip("Z").partition(".")[0] + "-00:00"
