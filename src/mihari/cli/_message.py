"""`mihari message`: check messages of others, and write them in another form."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from mihari.cli._options import AsJson

__all__ = ["check", "convert", "message"]

message = App(
    name="message",
    help="Check CCSDS messages (CDM, OEM, OPM, OMM, OCM, TDM), and write them in another form.",
    help_format="plaintext",
    default_parameter=Parameter(show_default=False),
)


class FormName(Enum):
    """Forms as they are written on the command line."""

    KVN = "kvn"
    XML = "xml"
    JSON = "json"
    FLAT_JSON = "flat-json"


@message.command
def check(
    files: Annotated[
        tuple[str, ...],
        Parameter(help="Files, or - for standard input; also compressed.", allow_leading_hyphen=True, negative=""),
    ],
    /,
    *,
    as_json: AsJson = False,
) -> int:
    """Say what each file is and what is wrong with it. Exit code 0 only when all are valid."""
    from mihari.app.messages import check_document, check_messages
    from mihari.cli._show import print_json
    from mihari.cli._show_messages import print_check

    checks = check_messages(files)
    if as_json:
        print_json([check_document(each) for each in checks])
    else:
        for each in checks:
            print_check(each)
    return 0 if all(each.is_valid for each in checks) else 1


@message.command
def convert(
    source: Annotated[str, Parameter(help="File to read, or -.", allow_leading_hyphen=True)],
    out: Annotated[Path, Parameter(help="File to write: .kvn, .xml or .json.")],
    /,
    *,
    to: Annotated[FormName | None, Parameter(help="Form to write. Default: by the ending of the file.")] = None,
    lenient: Annotated[
        bool, Parameter(negative="", help="Write a message with faults too; the exit code stays 1.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Write a message in another form; nothing is lost. Exit code 0 only when it is valid."""
    from mihari.app.messages import conversion_document, convert_message
    from mihari.cli._show import print_json
    from mihari.cli._show_messages import print_conversion
    from mihari.formats.ccsds import MessageForm

    conversion = convert_message(source, out, form=None if to is None else MessageForm(to.value), lenient=lenient)
    if as_json:
        print_json(conversion_document(conversion))
    else:
        print_conversion(conversion)
    return 0 if conversion.check.is_valid else 1
