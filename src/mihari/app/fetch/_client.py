"""One HTTP exchange at a time: taking turns, timeouts, and nothing but whole answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from mihari import __version__
from mihari.app.fetch._answer import Answer
from mihari.app.fetch._ledger import Ledger, NotYetError
from mihari.app.fetch._report import Exchange
from mihari.app.fetch._sources import SOURCE_RULES, Source
from mihari.errors import SourceError

if TYPE_CHECKING:
    import httpx2

    from mihari.app.clock import Clock

__all__ = ["NoAnswerError", "PoliteClient"]

_USER_AGENT: Final = f"mihari/{__version__} (space domain awareness node)"
_CONNECT_S: Final = 10.0
_READ_S: Final = 60.0
_WHOLE_ANSWER_S: Final = 900.0
_MAX_BODY_BYTES: Final = 1 << 30


class NoAnswerError(SourceError):
    """No whole answer came. `reached` says whether the source may have seen the request."""

    def __init__(self, what: str, *, where: str, reached: bool) -> None:
        self.reached = reached
        super().__init__(what, where=where, remedy="check the network connection")


class PoliteClient:
    """Speaks to one source; every request of it, whatever for, takes a turn in the ledger first."""

    def __init__(
        self,
        source: Source,
        *,
        ledger: Ledger,
        clock: Clock,
        sleep: Callable[[float], None],
        transport: httpx2.BaseTransport | None,
        patience_s: float,
    ) -> None:
        import httpx2

        self._source = source
        self._ledger = ledger
        self._clock = clock
        self._sleep = sleep
        self._patience_s = patience_s
        # No redirect is followed: it could carry the session to another host, and CelesTrak asks software to stop.
        self._client = httpx2.Client(
            transport=transport,
            timeout=httpx2.Timeout(_READ_S, connect=_CONNECT_S),
            headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "gzip"},
            follow_redirects=False,
        )
        self.exchanges: list[Exchange] = []

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def cookies(self) -> dict[str, str]:
        """Return the session cookies that the source has set."""
        return {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    def set_cookies(self, cookies: Mapping[str, str]) -> None:
        """Use a session again; an empty mapping forgets it."""
        self._client.cookies.clear()
        for name, value in cookies.items():
            self._client.cookies.set(name, value, domain=SOURCE_RULES[self._source].host)

    def get(self, url: str, *, headers: Mapping[str, str]) -> Answer:
        """Ask for an address. Raises as `_exchange` does."""
        return self._exchange("GET", url, headers=headers, form=None, note="")

    def post_form(self, url: str, *, form: Mapping[str, str], note: str) -> Answer:
        """Send a form, which stays out of every report. Raises as `_exchange` does."""
        return self._exchange("POST", url, headers={}, form=form, note=note)

    def _wait_for_turn(self) -> None:
        waited_s = 0.0
        while wait_ns := self._ledger.take_turn(self._source):
            wait_s = wait_ns / 1e9
            if waited_s + wait_s > self._patience_s:
                rules = SOURCE_RULES[self._source]
                raise NotYetError(
                    f"{self._source.value} allows {rules.requests_per_minute} requests a minute and "
                    f"{rules.requests_per_hour} an hour, and they are used up",
                    ask_again_tai_ns=self._clock() + wait_ns,
                )
            self._sleep(wait_s)
            waited_s += wait_s

    def _exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], form: Mapping[str, str] | None, note: str
    ) -> Answer:
        """Make one request and return the whole answer, whatever its status.

        Raises
        ------
        NotYetError
            The limits leave no turn within the caller's patience.
        NoAnswerError
            No whole answer came.
        """
        import httpx2

        self._wait_for_turn()
        asked_tai_ns = self._clock()
        body = bytearray()
        status: int | None = None
        try:
            with (
                _session_kept_from_logs(),
                self._client.stream(method, url, headers=dict(headers), data=form) as response,
            ):
                status = response.status_code
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _MAX_BODY_BYTES:
                        raise NoAnswerError(
                            f"the answer is larger than {_MAX_BODY_BYTES >> 20} MiB", where=url, reached=True
                        )
                    if self._clock() - asked_tai_ns > _WHOLE_ANSWER_S * 1e9:
                        raise NoAnswerError(f"the answer took over {_WHOLE_ANSWER_S:g} s", where=url, reached=True)
                answer = Answer(
                    status=status,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=bytes(body),
                )
        except NoAnswerError as error:
            self._note(method, url, asked_tai_ns, status, len(body), note or error.what)
            raise
        except httpx2.TransportError as error:
            # The cause is named and not chained: it holds the request, and a login's request holds the password.
            reached = not isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
            what = _in_words(error, status=status, size_bytes=len(body))
            self._note(method, url, asked_tai_ns, status, len(body), what)
            raise NoAnswerError(f"{self._source.value}: {what}", where=url, reached=reached) from None
        except httpx2.DecodingError:
            what = "the answer's compression is damaged or cut short"
            self._note(method, url, asked_tai_ns, status, len(body), what)
            raise NoAnswerError(f"{self._source.value}: {what}", where=url, reached=True) from None
        self._note(method, url, asked_tai_ns, status, len(body), note)
        return answer

    def _note(self, method: str, url: str, asked_tai_ns: int, status: int | None, size_bytes: int, note: str) -> None:
        self.exchanges.append(
            Exchange(
                method=method,
                url=url,
                asked_tai_ns=asked_tai_ns,
                answered_tai_ns=self._clock(),
                status=status,
                size_bytes=size_bytes,
                note=note,
            )
        )


@contextmanager
def _session_kept_from_logs() -> Iterator[None]:
    """Keep the session cookie out of the HTTP library's own debug log, which writes down every header it receives."""

    def tells_no_session(record: logging.LogRecord) -> bool:
        return "set-cookie" not in record.getMessage().lower()

    logger = logging.getLogger("httpcore2.http11")
    logger.addFilter(tells_no_session)
    try:
        yield
    finally:
        logger.removeFilter(tells_no_session)


def _in_words(error: Exception, *, status: int | None, size_bytes: int) -> str:
    import httpx2

    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        return "no connection"
    if isinstance(error, httpx2.TimeoutException):
        return f"no answer within {_READ_S:g} s" if status is None else f"the answer stopped after {size_bytes} bytes"
    if status is not None:
        return f"the answer is cut short after {size_bytes} bytes"
    return f"the connection broke ({type(error).__name__})"
