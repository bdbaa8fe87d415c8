"""From facts to what one audience gets: the decision, the redaction, the sheets, the label."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mihari.app.release_facts import EventFacts
from mihari.errors import InputError, UsageError
from mihari.model.label import Audience, Label, parse_label
from mihari.model.party import PUBLIC_PARTY, PartyBook
from mihari.model.provenance import DataMode
from mihari.policy.access import Viewer, may_see
from mihari.policy.language import Language, lint_text
from mihari.release.products import Template, sheet_texts, sheets_of
from mihari.release.redaction import Admission, AudienceClass, admit, allow_list, redact

__all__ = ["Content", "audience_viewer", "content_for", "withdrawal_content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one audience gets.

    Attributes
    ----------
    content : dict
        product, facts, sheets.
    label : Label
        Of the content.
    redactions : tuple of str
    policy_version : str
    alarm : str
        What a person must be told; empty mostly.
    """

    content: dict[str, Any]
    label: Label
    redactions: tuple[str, ...]
    policy_version: str
    alarm: str


def audience_viewer(audience: str, *, book: PartyBook, operates: frozenset[int] = frozenset()) -> Viewer:
    """Return an audience as someone who asks."""
    if audience == PUBLIC_PARTY:
        return Viewer.public()
    return Viewer(party=audience, groups=book.groups_of(audience), operates=operates)


def content_for(
    known: EventFacts,
    template: Template,
    *,
    audience: str,
    book: PartyBook,
    own_party: str,
    operators: Mapping[int, frozenset[str]],
    reference: str,
    at_tai_ns: int,
    consents: frozenset[str] = frozenset(),
    degraded: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> Content:
    """Return what an audience gets of an event; of two events that differ in protected fields only, the same bytes.

    Parameters
    ----------
    known : EventFacts
    template : Template
    audience : str
    operators : mapping of int to frozenset of str
        Who operates which object, as the asset register has it.
    reference : str
        The name of the event for this audience.
    consents : frozenset of str
        Originators whose consent to this audience is recorded.
    degraded : callable
        Makes one orbit's accuracy coarser for this audience.

    Raises
    ------
    InputError
        The audience may not be told, or a person's text concludes what no release may: each with the reason.
    """
    if template.kinds and known.kind not in template.kinds:
        raise UsageError(
            f"{template.name} is made of {', '.join(template.kinds)}, not of {known.kind}", where="--product"
        )
    operates = frozenset(number for number, names in operators.items() if audience in names)
    admission = admit(
        known.label,
        audience=audience,
        book=book,
        own_party=own_party,
        operates=operates,
        objects=known.objects,
        operators=frozenset().union(*(operators.get(number, frozenset()) for number in known.objects)),
        data_mode=known.data_mode,
        at_tai_ns=at_tai_ns,
        consents=consents,
        is_safety=template.is_safety,
    )
    if admission.refusal:
        raise InputError(
            admission.refusal, where=audience, remedy="see mihari policy decide, or --product safety-notice"
        )
    allowed = allow_list(template.name)
    viewer = audience_viewer(audience, book=book, operates=operates)
    facts = dict(known.facts)
    facts["objects"] = [
        _named(each, viewer, at_tai_ns=at_tai_ns, is_safety=template.is_safety) for each in facts.get("objects", ())
    ]
    if "conjunction" in facts and not (operates & known.objects):
        orbits = [degraded(each) for each in facts["conjunction"].get("orbits", ())]
        facts["conjunction"] = {**facts["conjunction"], "orbits": orbits}
    paths = allowed.allowed[admission.audience_class]
    if "unknown" in facts:
        # That a field is not known is told to those who would get the field.
        facts["unknown"] = [each for each in facts["unknown"] if each["about"] in paths]
    kept = redact({**facts, "reference": reference}, paths)
    sheets = sheets_of(template, kept, data_mode=known.data_mode.value)
    _check_words(sheets)
    return Content(
        content={"product": template.name, "facts": kept, "sheets": sheets},
        label=_label(known, admission, audience=audience, own_party=own_party, is_safety=template.is_safety),
        redactions=allowed.withheld(admission.audience_class),
        policy_version=f"products {template.version}, allow-lists {allowed.version}, parties {book.version}",
        alarm=admission.alarm,
    )


def _check_words(sheets: Mapping[str, Mapping[str, Any]]) -> None:
    for lang, sheet in sheets.items():
        for text in sheet_texts(sheet):
            found = lint_text(text, lang=Language(lang))
            if found:
                raise InputError(
                    f"a text says what no release may: {found[0].text()}", where=lang, remedy="write what was measured"
                )


def _named(each: Mapping[str, Any], viewer: Viewer, *, at_tai_ns: int, is_safety: bool) -> dict[str, Any]:
    """Return an object with what its own record lets the audience see: else its number alone."""
    label = str(each.get("_label", "PUBLIC"))
    number = each.get("norad_cat_id")
    seen = may_see(
        label, viewer, at_tai_ns=at_tai_ns, objects=frozenset() if number is None else frozenset({int(number)})
    )
    shown = {name: value for name, value in each.items() if not name.startswith("_")}
    return shown if seen.allowed or is_safety else {"norad_cat_id": number}


def _label(known: EventFacts, admission: Admission, *, audience: str, own_party: str, is_safety: bool) -> Label:
    """Return the label of the content: of the audience alone, under the terms of the data that are in it."""
    named = Audience() if audience == PUBLIC_PARTY else Audience.of(audience)
    own = Label(audience=named, originators=frozenset({own_party}))
    if is_safety or audience == PUBLIC_PARTY or admission.audience_class is AudienceClass.TEAR_LINE:
        # Whose data are behind it is not told.
        return own
    sources = [parse_label(known.label), *known.terms]
    ends = [each.expires_tai_ns for each in sources if each.expires_tai_ns is not None]
    return Label(
        audience=named,
        originators=frozenset().union({own_party}, *(each.originators for each in sources)),
        originator_control=any(each.originator_control for each in sources),
        handling=frozenset().union(*(each.handling for each in sources)),
        redistribution=max((each.redistribution for each in sources), key=lambda each: each.strictness),
        expires_tai_ns=min(ends, default=None),
    )


def withdrawal_content(content: Mapping[str, Any], template: Template, *, data_mode: DataMode) -> dict[str, Any]:
    """Return the content that takes an earlier one back: it names the event and repeats nothing else."""
    facts = content["facts"]
    event = {name: value for name, value in facts.get("event", {}).items() if name == "kind"}
    kept = {name: value for name, value in {"reference": facts.get("reference"), "event": event}.items() if value}
    sheets = sheets_of(template, kept, data_mode=data_mode.value, withdraws=True)
    return {"product": template.name, "facts": kept, "sheets": sheets}
