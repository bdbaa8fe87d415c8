"""The command `mihari`: verbs, and how every failure becomes one clear line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError, Parameter

from mihari import __version__
from mihari.cli._assess import assess
from mihari.cli._audit import audit
from mihari.cli._avoid import avoid
from mihari.cli._doctor import doctor
from mihari.cli._events import events
from mihari.cli._exchange import exchange
from mihari.cli._fetch import fetch
from mihari.cli._ingest import ingest
from mihari.cli._message import message
from mihari.cli._picture import picture
from mihari.cli._policy import policy
from mihari.cli._release import release
from mihari.cli._screen import screen
from mihari.cli._serve import serve
from mihari.cli._terminal import one_line
from mihari.cli._up import up
from mihari.cli._where import where
from mihari.errors import MihariError

__all__ = ["app", "main"]

_USAGE_EXIT: Final = 2
_DEFECT_EXIT: Final = 70
_INTERRUPT_EXIT: Final = 130


app = App(
    name="mihari",
    help="""Mihari: what is where at what coordinates at any point in time, and who comes close to whom.

    Advisory: answers from public element sets are not for manoeuvre decisions.""",
    version=__version__,
    help_format="plaintext",
    suppress_keyboard_interrupt=False,  # `main` says in one line what was stopped
    default_parameter=Parameter(show_default=False),
)
for _verb in (up, where, picture, screen, assess, avoid, ingest, fetch, serve, doctor):
    app.command(_verb)
app.command(message)
app.command(events)
app.command(policy)
app.command(release)
app.command(exchange)
app.command(audit)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code: 0 done, 2 bad input, others as the error says."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        answer = app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except MihariError as error:
        return _fail(error.line(), error.exit_code)
    except CycloptsError as error:
        return _fail(_one_line(str(error)) + "; see mihari --help", _USAGE_EXIT)
    except KeyboardInterrupt:
        return _fail("stopped by Ctrl-C; nothing was half-written", _INTERRUPT_EXIT)
    except BrokenPipeError:
        # The reader of our output went away (`mihari picture | head`): not our failure, and nobody reads on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError:
        return _fail("not enough memory; take a shorter span or fewer objects", 1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _fail(f"{place}{error.strerror or error}", 1)
    except Exception as error:
        if os.environ.get("MIHARI_DEBUG"):
            raise
        text = f"{type(error).__name__}: {_one_line(str(error))}"
        return _fail(f"defect in Mihari: {text}; MIHARI_DEBUG=1 shows where, please report it", _DEFECT_EXIT)
    return answer if isinstance(answer, int) else 0


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fail(line: str, code: int) -> int:
    print(f"mihari: {one_line(_one_line(line))}", file=sys.stderr)
    return code
