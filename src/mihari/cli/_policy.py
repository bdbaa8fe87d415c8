"""`mihari policy`: who is concerned and who may know."""

from __future__ import annotations

from cyclopts import App, Parameter

from mihari.cli._policy_decide import decide
from mihari.cli._policy_user import user

__all__ = ["policy"]

policy = App(
    name="policy",
    help="Decide who may see and do what, by policies that anyone can read.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)
policy.command(decide)
policy.command(user)
