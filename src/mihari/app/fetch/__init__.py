"""Asking public sources for orbital data, politely by construction.

This is the only place of Mihari that speaks to a source. One `fetch` asks one question and either leaves one file in
the inbox folder or says why not::

    from mihari.app.fetch import celestrak_group, fetch

    report = fetch(celestrak_group("stations"), state_dir=folder)
    print(report.text())

What is kept between calls, in `state_dir`: when each source was asked (never more than 30 requests in any minute and
300 in any hour, over all processes), when an equal question may be put again, what a source answered last, and the
session of a source that wants a login. Credentials are never kept.
"""

from __future__ import annotations

from mihari.app.fetch._celestrak import (
    CELESTRAK_GROUPS,
    CelestrakSet,
    celestrak_group,
    celestrak_object,
    celestrak_satcat,
)
from mihari.app.fetch._credentials import Credentials, find_credentials
from mihari.app.fetch._fetch import fetch
from mihari.app.fetch._ledger import NotYetError
from mihari.app.fetch._report import Exchange, FetchedFile, FetchOutcome, FetchReport
from mihari.app.fetch._sources import SOURCE_RULES, AnswerFormat, FetchRequest, Source, SourceRules
from mihari.app.fetch._space_track import (
    space_track_catalogue,
    space_track_history,
    space_track_object,
    space_track_satcat,
)

__all__ = [
    "CELESTRAK_GROUPS",
    "SOURCE_RULES",
    "AnswerFormat",
    "CelestrakSet",
    "Credentials",
    "Exchange",
    "FetchOutcome",
    "FetchReport",
    "FetchRequest",
    "FetchedFile",
    "NotYetError",
    "Source",
    "SourceRules",
    "celestrak_group",
    "celestrak_object",
    "celestrak_satcat",
    "fetch",
    "find_credentials",
    "space_track_catalogue",
    "space_track_history",
    "space_track_object",
    "space_track_satcat",
]
