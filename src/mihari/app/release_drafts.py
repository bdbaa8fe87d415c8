"""Drafting: from what the node knows of an event to one release for each audience. Nothing leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mihari.app.release_content import audience_viewer, content_for
from mihari.app.release_facts import EventFacts, event_facts, statistics_facts
from mihari.app.release_messages import with_message
from mihari.app.release_register import known_operators, with_register
from mihari.app.release_states import ReleaseState, consents_of
from mihari.app.release_steps import Row, check_person, chosen_of, draft_document, states_in, step_tables, write_steps
from mihari.astro.time import parse_utc
from mihari.errors import UsageError
from mihari.model.label import Label
from mihari.model.provenance import DataMode
from mihari.model.release import Release, ReleaseStep
from mihari.policy.access import may_see
from mihari.release.products import product_template
from mihari.release.redaction import AudienceClass, admit, degrade_covariance
from mihari.store import EmbeddedStore, StoreMode

if TYPE_CHECKING:
    from mihari.app.releases import ReleaseDesk

__all__ = ["DEFAULT_LIFE_S", "draft"]

DEFAULT_LIFE_S: Final = 7 * 86_400


def draft(
    desk: ReleaseDesk,
    event_id: str,
    *,
    audiences: Sequence[str],
    product: str,
    by: str,
    reason: str = "",
    mode: DataMode | None = None,
    embargo_tai_ns: int | None = None,
    needs: Sequence[str] = (),
    life_s: int = DEFAULT_LIFE_S,
    supersedes: Mapping[str, str] | None = None,
) -> list[ReleaseState]:
    """Draft a product for one or several audiences: one group, released at one moment or not at all.

    Parameters
    ----------
    event_id : str
        Of a reported event or a close approach; `week:2026-11-23` for statistics.
    audiences : sequence of str
        Parties, groups or PUBLIC; each gets a release of its own.
    by : str
        A person.
    embargo_tai_ns : int, optional
        Not released before it.
    needs : sequence of str
        Parties whose go is needed.
    life_s : int
        After it a release says that it is stale.
    supersedes : mapping, optional
        By audience, the release that is replaced.
    """
    template = product_template(product)
    check_person(by)
    if not audiences:
        raise UsageError("a release has an audience", where="--audience")
    now = desk.clock()
    own = desk.keys.own_party()
    group_id = f"G-{desk.chance()}"
    drafts: list[tuple[Release, EventFacts, str]] = []
    with EmbeddedStore.open(desk.folder, mode=StoreMode.WRITE) as store:
        consents = consents_of(step_tables(store), event_id)
        for audience in dict.fromkeys(audiences):
            told = _facts(desk, store, event_id, audience, mode)
            operators = known_operators(store, told, desk.operators)
            operates = frozenset(number for number, names in operators.items() if audience in names)
            agreed = consents.get(audience, frozenset())
            known = with_register(
                with_message(
                    told, product, store=store, recipient=audience, operates=operates, secret=desk.keys.secret()
                ),
                template,
                folder=desk.folder,
                viewer=audience_viewer(audience, book=desk.book, operates=operates),
                is_told=_admits(desk, told, audience, operators=operators, consents=agreed),
                book=desk.book,
                at_tai_ns=now,
            )
            made = content_for(
                known,
                template,
                audience=audience,
                book=desk.book,
                own_party=own,
                operators=operators,
                reference=desk.keys.alias(event_id, audience=audience),
                at_tai_ns=now,
                consents=agreed,
                degraded=_degrade(desk, audience, known),
            )
            release = Release(
                release_id=f"R-{desk.chance()}",
                content=made.content,
                label=made.label,
                audience=audience,
                reason=reason or "for the safety of space flight",
                redactions=made.redactions,
                policy_version=made.policy_version,
                data_mode=known.data_mode,
                supersedes=None if supersedes is None else supersedes.get(audience),
            )
            drafts.append((release, known, made.alarm))
        rows = []
        for release, _, alarm in drafts:
            document = draft_document(release, embargo_tai_ns=embargo_tai_ns, needs=needs, life_s=life_s)
            step = Row(release.release_id, group_id, event_id, product, release.audience, release.data_mode)
            rows.append(step.of(ReleaseStep.DRAFTED, by=by, document=document))
            if alarm:
                rows.append(step.of(ReleaseStep.ALARM, by="mihari", document={"words": alarm}))
        write_steps(desk.folder, store, rows, now_tai_ns=now, own_party=own)
        return chosen_of(states_in(store), group_id)


def _admits(
    desk: ReleaseDesk,
    known: EventFacts,
    audience: str,
    *,
    operators: Mapping[int, frozenset[str]],
    consents: frozenset[str],
) -> Callable[[Label], bool]:
    """Return whether data under a label may go on to an audience, by the rule that decides on the event itself."""
    now, own = desk.clock(), desk.keys.own_party()

    def is_told(label: Label) -> bool:
        found = admit(
            str(label),
            audience=audience,
            book=desk.book,
            own_party=own,
            operates=frozenset(number for number, names in operators.items() if audience in names),
            objects=known.objects,
            operators=frozenset().union(*(operators.get(number, frozenset()) for number in known.objects)),
            data_mode=known.data_mode,
            at_tai_ns=now,
            consents=consents,
            is_safety=False,
        )
        return not found.refusal and found.audience_class is not AudienceClass.TEAR_LINE

    return is_told


def _facts(desk: ReleaseDesk, store: EmbeddedStore, event_id: str, audience: str, mode: DataMode | None) -> EventFacts:
    if event_id.startswith("week:"):
        now = desk.clock()
        viewer = audience_viewer(audience, book=desk.book)

        def is_told(label: str) -> bool:
            return may_see(label, viewer, at_tai_ns=now).allowed

        return statistics_facts(store, event_id, data_mode=mode, is_told=is_told)
    return event_facts(store, event_id, data_mode=mode)


def _degrade(desk: ReleaseDesk, audience: str, known: EventFacts) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    def degrade(orbit: Mapping[str, Any]) -> Mapping[str, Any]:
        import numpy as np

        from mihari.astro.states import Frame

        shared = degrade_covariance(
            float(orbit["sigma_m"]) ** 2 * np.eye(3),
            frame=Frame.RTN,
            norad_cat_id=int(orbit["norad_cat_id"] or 0),
            recipient=audience,
            epoch_tai_ns=parse_utc(str(known.facts["conjunction"]["tca_utc"])),
            secret=desk.keys.secret(),
        )
        return {**orbit, "sigma_m": round(float(np.sqrt(shared.matrix[0, 0])), 3), "degraded": True}

    return degrade
