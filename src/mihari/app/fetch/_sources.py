"""The sources, the rules each of them asks its users to keep, and what a question to one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import urlencode

__all__ = ["SOURCE_RULES", "AnswerFormat", "FetchRequest", "Source", "SourceRules"]


class Source(Enum):
    """Public sources of orbital data."""

    CELESTRAK = "celestrak"
    SPACE_TRACK = "space-track"


class AnswerFormat(Enum):
    """Formats asked for. TLE is left out on purpose: it cannot carry a catalogue number above 339,999."""

    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRules:
    """What one source asks of its users.

    Attributes
    ----------
    host : str
        Asked over HTTPS only; an answer that points elsewhere is not followed.
    origin : str
        Who made the data.
    licence : str
        Licence or redistribution rule, as it goes on every record.
    requests_per_minute, requests_per_hour : int
        Upper limits of any sliding minute and hour, logins and retries included.
    retried_statuses : frozenset of int
        Statuses after which the same question may be put again within one call.
    needs_login : bool
    session_s : float
        How long a session is used before the next login.
    """

    host: str
    origin: str
    licence: str
    requests_per_minute: int
    requests_per_hour: int
    retried_statuses: frozenset[int]
    needs_login: bool
    session_s: float


SOURCE_RULES: Final[Mapping[Source, SourceRules]] = {
    # CelesTrak's usage policy of 22 May 2026: software stops at any status other than 200 and tells a human.
    Source.CELESTRAK: SourceRules(
        host="celestrak.org",
        origin="18th Space Defense Squadron, through CelesTrak",
        licence="CelesTrak usage policy (celestrak.org/usage-policy.php): free to use, name the source",
        requests_per_minute=30,
        requests_per_hour=300,
        retried_statuses=frozenset(),
        needs_login=False,
        session_s=0.0,
    ),
    # Space-Track's acceptable use: fewer than 30 requests a minute and 300 an hour.
    Source.SPACE_TRACK: SourceRules(
        host="www.space-track.org",
        origin="18th Space Defense Squadron",
        licence="Space-Track user agreement: no redistribution without the approval of US Space Command",
        requests_per_minute=29,
        requests_per_hour=299,
        retried_statuses=frozenset({502, 503, 504}),
        needs_login=True,
        session_s=7200.0,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One question to one source. Build it with `celestrak_group` and its neighbours.

    Attributes
    ----------
    source : Source
    path : str
        Path of the address, percent-encoded.
    parameters : tuple of (str, str)
        Query parameters, in order.
    answer_format : AnswerFormat
    what : str
        The question in words.
    file_stem : str
        How the name of the file begins.
    equal_wait_s : float
        Least time between two equal questions.
    """

    source: Source
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    answer_format: AnswerFormat
    what: str
    file_stem: str
    equal_wait_s: float

    @property
    def url(self) -> str:
        """Return the whole address. It never holds credentials."""
        address = f"https://{SOURCE_RULES[self.source].host}{self.path}"
        return f"{address}?{urlencode(self.parameters)}" if self.parameters else address
