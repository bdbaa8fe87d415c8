"""How checks and conversions of messages look in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mihari.cli._terminal import one_line

if TYPE_CHECKING:
    from mihari.app.messages import MessageCheck, MessageConversion
    from mihari.formats.ccsds import Fault

__all__ = ["print_check", "print_conversion"]

_SHOWN: Final = 20


def print_check(check: MessageCheck, *, indent: str = "") -> None:
    """Print one line of verdict, then a line for each fault and remark; the parts of an NDM below it."""
    _say(f"{indent}{check.file}: {_verdict(check)}" if not indent else f"{indent}{_verdict(check)}")
    if check.parts:
        for part in check.parts:
            print_check(part, indent=indent + "  ")
        return
    for fault in check.faults[:_SHOWN]:
        _say(f"{indent}  {_line(fault)}")
    if len(check.faults) > _SHOWN:
        _say(f"{indent}  and {len(check.faults) - _SHOWN} more; --json lists all")
    for remark in check.remarks[:_SHOWN]:
        _say(f"{indent}  remark: {_line(remark)}")
    if len(check.remarks) > _SHOWN:
        _say(f"{indent}  and {len(check.remarks) - _SHOWN} more remarks; --json lists all")


def print_conversion(conversion: MessageConversion) -> None:
    """Print the verdict and where the message went."""
    if conversion.is_written:
        _say(f"{conversion.out}: {conversion.form.value} written")
    else:
        _say(f"{conversion.out}: not written, the message has faults; --lenient writes it all the same")
    if not conversion.check.is_valid or conversion.check.remarks:
        print_check(conversion.check)


def _verdict(check: MessageCheck) -> str:
    if check.kind is None:
        return "no message"
    what = f"{check.kind} {check.version}" if check.version else check.kind
    form = f" ({check.form})" if check.form else ""
    if not check.is_read:
        return f"{what}{form}, recognised, not read"
    return f"{what}{form}, {'valid' if check.is_valid else 'not valid'}"


def _line(fault: Fault) -> str:
    place = ", ".join(text for text in (f"line {fault.line}" if fault.line else "", fault.keyword or "") if text)
    return f"{place}: {fault.reason}" if place else fault.reason


def _say(text: str) -> None:
    """Print one line of what others wrote, as text and nothing else."""
    print(one_line(text))
