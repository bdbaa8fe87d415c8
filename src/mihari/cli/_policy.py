"""`mihari policy`: who is concerned and who may know."""

from __future__ import annotations

from cyclopts import App, Parameter

from mihari.cli._policy_decide import decide
from mihari.cli._policy_desk import assets, brief, consult, instruments, lint, protection, statement
from mihari.cli._policy_profile import profile
from mihari.cli._policy_user import user

__all__ = ["policy"]

policy = App(
    name="policy",
    help="Who is concerned and who may know: decisions, assets, instruments, consultation, texts.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)
for _verb in (decide, assets, protection, instruments, brief, consult, statement, lint):
    policy.command(_verb)
policy.command(profile)
policy.command(user)
