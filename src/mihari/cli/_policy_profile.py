"""`mihari policy profile`: threshold profiles proposed, simulated on kept assessments, approved by another person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from mihari.cli._options import AsJson, Mode, StoreFolder

__all__ = ["approve", "list_profiles", "profile", "propose", "simulate"]

profile = App(
    name="profile",
    help="Threshold profiles under review: propose, simulate on kept assessments, approve by another person, list.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)

By = Annotated[str | None, Parameter(name="--by", help="Who: a person's name.")]


@profile.command
def propose(
    file: Annotated[Path, Parameter(help="JSON file of the profile, with a new version.")],
    /,
    *,
    reason: Annotated[str, Parameter(help="Why it should change.")],
    by: By = None,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Propose a profile; nobody uses it until it is approved."""
    from mihari.app.node import node_over
    from mihari.app.profile_review import propose_profile
    from mihari.cli._open import data_mode
    from mihari.model.provenance import DataMode
    from mihari.store import StoreMode

    node = node_over(store)
    with node.open_store(StoreMode.CREATE) as opened:
        change = propose_profile(
            opened,
            file.read_text(encoding="utf-8", errors="replace"),
            where=str(file),
            reason=reason,
            proposed_by=by or "",
            data_mode=data_mode(mode) or opened.default_data_mode() or DataMode.REAL,
            now_tai_ns=node.now_tai_ns(),
        )
    _tell(change.change_id, change.standing, as_json=as_json)
    return 0


@profile.command
def approve(
    change: Annotated[str, Parameter(help="NAME@VERSION, as list gives it.")],
    /,
    *,
    by: By = None,
    single: Annotated[
        bool, Parameter(negative="", help="In REAL: the proposer approves alone, and the profile says so for ever.")
    ] = False,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Approve a proposal. The proposer may do it alone outside REAL; the profile then says "single approval"."""
    from mihari.app.node import open_node
    from mihari.app.profile_review import approve_profile
    from mihari.cli._open import data_mode
    from mihari.model.provenance import DataMode
    from mihari.store import StoreMode

    with open_node(store, create=False) as node, node.open_store(StoreMode.WRITE) as opened:
        approved = approve_profile(
            opened,
            change,
            approved_by=by or "",
            single=single,
            data_mode=data_mode(mode) or opened.default_data_mode() or DataMode.REAL,
            now_tai_ns=node.now_tai_ns(),
        )
    _tell(approved.change_id, approved.standing, as_json=as_json)
    return 0


@profile.command
def simulate(
    candidate: Annotated[str, Parameter(help="NAME@VERSION of a proposal, a shipped name, or a JSON file.")],
    /,
    *,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Say what a profile would have changed in the assessments that are kept."""
    from mihari.app.node import open_node
    from mihari.app.profile_review import deep_space_of_message, profile_changes, simulate_profile
    from mihari.cli._open import data_mode
    from mihari.cli._show import print_json
    from mihari.policy import ThresholdProfile
    from mihari.store import StoreMode

    with open_node(store, create=False) as node, node.open_store(StoreMode.READ) as opened:
        chosen = data_mode(mode)
        proposed = {each.change_id: each.profile for each in profile_changes(opened, data_mode=chosen)}
        found = proposed.get(candidate) or ThresholdProfile.load(candidate)
        document = simulate_profile(opened, found, is_deep_space=deep_space_of_message, data_mode=chosen)
    if as_json:
        print_json(document)
    else:
        print(f"{document['profile']}: {document['changed']} of {document['assessments']} assessments would change")
        for name, count in sorted(document["by_change"].items()):
            print(f"  {name}: {count}")
        print(f"  {document['note']}")
    return 0


@profile.command(name="list")
def list_profiles(*, store: StoreFolder = None, mode: Mode = None, as_json: AsJson = False) -> int:
    """List shipped profiles and proposals, with who proposed and approved them."""
    from mihari.app.node import open_node
    from mihari.app.profile_review import profile_changes, profile_changes_document
    from mihari.cli._open import data_mode
    from mihari.cli._show import print_json
    from mihari.cli._terminal import one_line
    from mihari.store import StoreMode

    with open_node(store, create=False) as node, node.open_store(StoreMode.READ) as opened:
        document = profile_changes_document(profile_changes(opened, data_mode=data_mode(mode)))
    if as_json:
        print_json(document)
    else:
        for name in document["shipped"]:
            print(f"{name}  shipped")
        for each in document["changes"]:
            by = ", ".join(one["by"] for one in each["approvals"]) or "nobody yet"
            print(
                one_line(
                    f"{each['change_id']}  {each['standing']} ({each['data_mode']}); "
                    f"proposed by {each['proposed_by']}, approved by {by}: {each['reason']}"
                )
            )
    return 0


def _tell(change_id: str, standing: str, *, as_json: bool) -> None:
    from mihari.cli._show import log_line, print_json

    if as_json:
        print_json({"change_id": change_id, "standing": standing})
    else:
        log_line(f"{change_id}: {standing}")
