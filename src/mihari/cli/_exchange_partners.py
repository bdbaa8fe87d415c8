"""`mihari exchange partners`: whom this node exchanges with."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from mihari.cli._options import AsJson, StoreFolder

__all__ = ["partners"]

partners = App(
    name="partners",
    help="Partners' nodes: add, list, isolate, restore.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)

Node = Annotated[str, Parameter(help="The partner's node.")]
By = Annotated[str, Parameter(help="Who does it: a person's name.")]
Reason = Annotated[str, Parameter(help="Why.")]


@partners.command
def add(
    node: Node,
    /,
    *,
    party: Annotated[str, Parameter(help="Whose node it is, as in labels; its public keys must be trusted here.")],
    by: By,
    url: Annotated[str, Parameter(help="Where it listens. Default: reached by files only.")] = "",
    sends: Annotated[tuple[str, ...], Parameter(negative="", help="Kind that is taken from it (repeatable).")] = (),
    takes: Annotated[tuple[str, ...], Parameter(negative="", help="Kind that is given to it (repeatable).")] = (),
    bundles_per_minute: Annotated[int, Parameter(help="Taken from it at most. Default: 60.")] = 60,
    store: StoreFolder = None,
) -> int:
    """Enter a partner, or change what is known of it."""
    from mihari.app.exchange_node import open_exchange
    from mihari.errors import UsageError
    from mihari.release.exchange import EXCHANGED_KINDS, Partner

    unknown = (set(sends) | set(takes)) - set(EXCHANGED_KINDS)
    if unknown:
        raise UsageError(f"no kind {min(unknown)!r}", where="--sends", remedy=f"kinds are {', '.join(EXCHANGED_KINDS)}")
    partner = Partner(
        node_id=node,
        party=party,
        url=url,
        sends=frozenset(sends),
        takes=frozenset(takes),
        bundles_per_minute=bundles_per_minute,
    )
    open_exchange(store).add_partner(partner, by=by)
    return 0


@partners.command(name="list")
def list_(*, store: StoreFolder = None, as_json: AsJson = False) -> int:
    """List partners with what passed both ways."""
    from mihari.app.exchange_node import open_exchange
    from mihari.cli._show import print_json
    from mihari.cli._terminal import one_line
    from mihari.release.exchange import partner_document

    state = open_exchange(store).state
    told = [{**partner_document(each), **state.account(each.node_id)} for each in state.partners()]
    if as_json:
        print_json(told)
        return 0
    for each in told:
        words = f"{each['node_id']} ({each['party']}) {each['status']} {each['reason']}".rstrip()
        print(
            one_line(
                f"{words}: {each['sent_bundles']} bundles sent, {each['not_acknowledged']} not acknowledged, "
                f"{each['received_bundles']} received, missing {each['missing_sequences'] or 'none'}"
            )
        )
    return 0


@partners.command
def isolate(node: Node, /, *, reason: Reason, by: By, store: StoreFolder = None) -> int:
    """Let nothing pass between this node and a partner any more."""
    from mihari.app.exchange_node import open_exchange

    open_exchange(store).isolate(node, reason=reason, by=by)
    return 0


@partners.command
def restore(node: Node, /, *, reason: Reason, by: By, store: StoreFolder = None) -> int:
    """Let records pass again."""
    from mihari.app.exchange_node import open_exchange

    open_exchange(store).restore(node, reason=reason, by=by)
    return 0
