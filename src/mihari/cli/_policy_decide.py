"""`mihari policy decide`: what the policies say to one request."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mihari.cli._options import AsJson

__all__ = ["decide"]


def decide(
    *,
    request: Annotated[Path, Parameter(help="JSON file: viewer, action, record; see docs/how-to/access.md.")],
    parties: Annotated[Path | None, Parameter(help="The node's own parties, beside the packaged ones.")] = None,
    policies: Annotated[Path | None, Parameter(help="Folder of policies in place of the packaged ones.")] = None,
    as_json: AsJson = False,
) -> int:
    """Decide a request: may this viewer do this to that record, and see which fields. Exit code 0 only if allowed."""
    from mihari.app.access import decide_file, decision_document
    from mihari.app.clock import system_clock_tai_ns
    from mihari.cli._show import print_json
    from mihari.cli._terminal import displayable, open_console

    asked, decision = decide_file(request, now_tai_ns=system_clock_tai_ns(), parties=parties, policies=policies)
    document = decision_document(asked, decision)
    if as_json:
        print_json(document)
    else:
        told = displayable(document)
        console = open_console()
        console.print(f"{told['decision']} (policies {told['policy_version']}, {told['at_utc']})")
        for reason in told["reasons"]:
            console.print(f"  because: {reason}")
        console.print(f"  fields allowed: {', '.join(told['fields_allowed']) or 'none'}")
        console.print(f"  fields withheld: {', '.join(told['fields_withheld']) or 'none'}")
    return 0 if decision.allowed else 1
