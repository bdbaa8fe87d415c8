"""Fetching from sources: exchanges of our own making, replayed offline with a clock of our own."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest

from mihari.app.fetch import (
    SOURCE_RULES,
    AnswerFormat,
    Credentials,
    FetchOutcome,
    NotYetError,
    Source,
    celestrak_group,
    celestrak_object,
    celestrak_satcat,
    fetch,
    space_track_catalogue,
    space_track_history,
    space_track_object,
)
from mihari.astro.time import parse_utc
from mihari.errors import SourceError

START_TAI_NS = parse_utc("2026-03-01T12:00:00")
RECORD = {"OBJECT_NAME": "MADE UP 1", "OBJECT_ID": "2031-001A", "NORAD_CAT_ID": 999100101, "MEAN_MOTION": 15.5}
BODY = json.dumps([RECORD, {**RECORD, "NORAD_CAT_ID": 999100102}]).encode()
USER, PASSWORD = "watch-officer@example.org", "correct horse battery staple"
COOKIE = "session-cookie-of-our-own"

Handler = Callable[[httpx2.Request], httpx2.Response]


class Bench:
    """A state folder, a clock that only moves when told or slept on, and a list of what was asked."""

    def __init__(self, folder: Path) -> None:
        self.state_dir = folder / "state"
        self.inbox = folder / "inbox"
        self.now_tai_ns = START_TAI_NS
        self.asked: list[httpx2.Request] = []
        self.asked_tai_ns: list[int] = []

    def sleep(self, wait_s: float) -> None:
        assert wait_s >= 0.0
        self.now_tai_ns += round(wait_s * 1e9)

    def fetch(self, request, handler: Handler, **options):
        def recorded(asked: httpx2.Request) -> httpx2.Response:
            self.asked.append(asked)
            self.asked_tai_ns.append(self.now_tai_ns)
            return handler(asked)

        return fetch(
            request,
            state_dir=self.state_dir,
            inbox=self.inbox,
            transport=httpx2.MockTransport(recorded),
            clock=lambda: self.now_tai_ns,
            sleep=self.sleep,
            **{"credentials": lambda: Credentials(USER, PASSWORD), **options},
        )

    def files(self) -> list[Path]:
        return sorted(self.inbox.iterdir())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def answer(status: int = 200, content: bytes = BODY, **headers: str) -> Handler:
    return lambda request: httpx2.Response(
        status, content=content, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def space_track(query: Handler, *, login: Handler | None = None) -> Handler:
    """Play Space-Track: a login that sets a cookie, and queries that want it."""

    def play(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/ajaxauth/login":
            if login is not None:
                return login(request)
            form = dict(httpx2.QueryParams(request.content.decode()))
            if form != {"identity": USER, "password": PASSWORD}:
                return httpx2.Response(200, content=b'{"Login":"Failed"}')
            return httpx2.Response(
                200, content=b'""', headers={"Set-Cookie": f"chocolatechip={COOKIE}; path=/; Secure"}
            )
        if request.headers.get("Cookie") != f"chocolatechip={COOKIE}":
            return httpx2.Response(401, content=b"You must be logged in")
        return query(request)

    return play


def test_a_file_lands_whole_and_the_report_says_what_was_asked_and_answered(bench: Bench) -> None:
    report = bench.fetch(celestrak_group("stations"), answer())
    assert report.outcome is FetchOutcome.RECEIVED
    assert report.file.path.read_bytes() == BODY
    assert [report.file.path] == bench.files()
    assert (report.file.records, report.file.size_bytes) == (2, len(BODY))
    assert report.file.digest == sha256(BODY).hexdigest()
    assert report.ask_again_tai_ns == START_TAI_NS + 7200 * 10**9
    (exchange,) = report.exchanges
    assert (exchange.status, exchange.size_bytes, exchange.asked_tai_ns) == (200, len(BODY), START_TAI_NS)
    text = report.text()
    for part in ("celestrak", "stations", "2026-03-01T12:00:00Z", "status 200", "2 records", "2026-03-01T14:00:00Z"):
        assert part in text
    assert str(bench.asked[0].url) == "https://celestrak.org/NORAD/elements/gp.php?GROUP=stations&FORMAT=JSON"
    assert bench.asked[0].headers["User-Agent"].startswith("mihari/")


def test_provenance_of_the_file_carries_source_licence_and_lineage(bench: Bench) -> None:
    provenance = bench.fetch(space_track_catalogue(), space_track(answer())).file.provenance()
    assert provenance.source == "space-track"
    assert provenance.data_mode.value == "REAL"
    assert "no redistribution" in provenance.licence
    assert provenance.derived_from == f"sha256:{sha256(BODY).hexdigest()}"


def test_an_equal_question_waits_two_hours_even_in_a_new_process(bench: Bench) -> None:
    bench.fetch(celestrak_group("stations"), answer())
    bench.now_tai_ns += 7200 * 10**9 - 1
    with pytest.raises(NotYetError) as caught:
        bench.fetch(celestrak_group("stations"), answer())
    assert caught.value.ask_again_tai_ns == START_TAI_NS + 7200 * 10**9
    assert "2026-03-01T14:00:00Z" in str(caught.value)
    assert len(bench.asked) == 1
    bench.fetch(celestrak_group("geo"), answer())  # another question may be put
    bench.now_tai_ns += 1
    bench.fetch(celestrak_group("stations"), answer())
    assert len(bench.asked) == 3


def test_the_same_group_in_another_spelling_is_an_equal_question(bench: Bench) -> None:
    bench.fetch(celestrak_group("iridium-NEXT"), answer())
    with pytest.raises(NotYetError):
        bench.fetch(celestrak_group(" IRIDIUM-next"), answer())


@pytest.mark.parametrize("asked", [celestrak_satcat(), space_track_history(25544, start_tai_ns=0, end_tai_ns=10**18)])
def test_what_changes_once_a_day_waits_a_day(bench: Bench, asked) -> None:
    body = b"OBJECT_NAME,NORAD_CAT_ID\nA,1\n" if asked.answer_format is AnswerFormat.CSV else BODY
    bench.fetch(
        asked, space_track(answer(content=body)) if asked.source is Source.SPACE_TRACK else answer(content=body)
    )
    bench.now_tai_ns += 86_399 * 10**9
    with pytest.raises(NotYetError):
        bench.fetch(asked, answer())


def test_the_second_question_is_conditional_and_304_is_an_answer(bench: Bench) -> None:
    first = bench.fetch(
        celestrak_group("stations"), answer(ETag='"made-up"', Last_Modified="Sun, 01 Mar 2026 10:00:00 GMT")
    )
    bench.now_tai_ns += 7200 * 10**9
    second = bench.fetch(celestrak_group("stations"), answer(304, b""))
    assert bench.asked[1].headers["If-None-Match"] == '"made-up"'
    assert bench.asked[1].headers["If-Modified-Since"] == "Sun, 01 Mar 2026 10:00:00 GMT"
    assert second.outcome is FetchOutcome.UNCHANGED
    assert second.file == first.file
    assert "nothing newer" in second.text()
    assert bench.files() == [first.file.path]


@pytest.mark.parametrize("harm", ["deleted", "altered"])
def test_without_the_last_file_the_question_is_not_conditional(bench: Bench, harm: str) -> None:
    first = bench.fetch(celestrak_group("stations"), answer(ETag='"made-up"'))
    first.file.path.unlink() if harm == "deleted" else first.file.path.write_bytes(b"[]")
    bench.now_tai_ns += 7200 * 10**9
    assert bench.fetch(celestrak_group("stations"), answer()).outcome is FetchOutcome.RECEIVED
    assert "If-None-Match" not in bench.asked[1].headers


def test_equal_bytes_are_unchanged_even_without_a_304(bench: Bench) -> None:
    bench.fetch(celestrak_group("stations"), answer())
    bench.now_tai_ns += 7200 * 10**9
    assert bench.fetch(celestrak_group("stations"), answer()).outcome is FetchOutcome.UNCHANGED
    assert len(bench.files()) == 1


NOT_UPDATED = (
    b"GP data has not updated since your last successful\ndownload of GROUP=stations at 2026-03-01 12:00:00 UTC.\n"
)


def test_celestraks_403_about_data_not_updated_is_no_refusal(bench: Bench) -> None:
    bench.fetch(celestrak_group("stations"), answer())
    bench.now_tai_ns += 7200 * 10**9
    assert bench.fetch(celestrak_group("stations"), answer(403, NOT_UPDATED)).outcome is FetchOutcome.UNCHANGED
    bench.fetch(celestrak_group("geo"), answer())  # the source is not left alone


def test_not_updated_without_a_copy_says_so(bench: Bench) -> None:
    with pytest.raises(SourceError, match="no copy of that lies in the inbox"):
        bench.fetch(celestrak_group("stations"), answer(403, NOT_UPDATED))


HTML = b"<!DOCTYPE html><html><head><style>p {}</style></head><body><h1>Down for maintenance</h1></body></html>"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(answer(200, HTML), "a web page came instead of data: 'Down for maintenance'", id="html"),
        pytest.param(answer(200, b""), "the answer is empty", id="empty"),
        pytest.param(
            answer(200, b'Invalid query: "GROUP=x"'), "words came instead of data: 'Invalid query", id="words"
        ),
        pytest.param(answer(200, b"No GP data found"), "words came instead of data: 'No GP data found'", id="none"),
        pytest.param(answer(200, b"[]"), "no record of the element sets of the group stations", id="no records"),
        pytest.param(answer(200, BODY[:-30]), "cut short or not JSON", id="cut short"),
        pytest.param(answer(200, b"[" * 100_000), "cut short or not JSON", id="deep nesting"),
        pytest.param(answer(200, b'[{"error":"no"}]'), "records without NORAD_CAT_ID", id="error record"),
        pytest.param(answer(200, b"[1, 2]"), "records without NORAD_CAT_ID", id="no records at all"),
        pytest.param(answer(200, BODY, Content_Length=str(len(BODY) + 7)), "cut short", id="length"),
        pytest.param(answer(301, b"", Location="https://celestrak.com/x"), "points to another address", id="moved"),
        pytest.param(answer(401), "refuses to answer (status 401)", id="401"),
        pytest.param(answer(403, b"Forbidden"), "refuses to answer (status 403): 'Forbidden'", id="403"),
        pytest.param(answer(404, HTML), "knows no element sets of the group stations", id="404"),
        pytest.param(answer(418), "answered with status 418", id="other"),
        pytest.param(answer(429, b"", Retry_After="120"), "asked too often", id="429"),
        pytest.param(answer(500, b"oops"), "failed (status 500): 'oops'", id="500"),
        pytest.param(answer(503, b"", Retry_After="60"), "cannot answer now (status 503)", id="503"),
    ],
)
def test_each_bad_answer_is_one_clear_line_and_leaves_nothing(bench: Bench, given: Handler, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        bench.fetch(celestrak_group("stations"), given)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert bench.files() == []
    # CelesTrak asks software to stop at anything but 200 and to tell a human: one request, and not again at once.
    assert len(bench.asked) == 1
    with pytest.raises(NotYetError):
        bench.fetch(celestrak_group("stations"), answer())
    assert len(bench.asked) == 1


def test_a_csv_that_ends_within_a_row_is_cut_short(bench: Bench) -> None:
    whole = b"OBJECT_NAME,OBJECT_ID,NORAD_CAT_ID\r\nA,2031-001A,1\r\nB,2031-001B,2\r\n"
    request = celestrak_group("geo", answer_format=AnswerFormat.CSV)
    with pytest.raises(SourceError, match="cut short: its last row has 2 of 3 fields"):
        bench.fetch(request, answer(content=whole[:-4]))
    bench.now_tai_ns += 900 * 10**9
    assert bench.fetch(request, answer(content=whole)).file.records == 2
    assert bench.files()[0].suffix == ".csv"


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": "Sun, 01 Mar 2026 12:10:00 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"}, 600),
        ({"Retry_After": "soon"}, 3600),
        ({"Retry_After": "Sun, 01 Mar 2026 12:10:00 GMT"}, 3600),  # a date needs the server's own beside it
        ({"Retry_After": "99999999999"}, 86_400),  # not believed
        ({}, 3600),
    ],
)
def test_429_leaves_the_whole_source_alone_for_as_long_as_it_says(bench: Bench, headers, wait_s: int) -> None:
    with pytest.raises(SourceError):
        bench.fetch(celestrak_group("stations"), answer(429, b"", **headers))
    bench.now_tai_ns += wait_s * 10**9 - 1
    with pytest.raises(NotYetError, match="left alone"):
        bench.fetch(celestrak_group("geo"), answer())
    bench.now_tai_ns += 1
    bench.fetch(celestrak_group("geo"), answer())


def test_a_refusal_leaves_the_source_alone_but_not_the_other_source(bench: Bench) -> None:
    with pytest.raises(SourceError):
        bench.fetch(celestrak_group("stations"), answer(403))
    with pytest.raises(NotYetError, match="refused with status 403"):
        bench.fetch(celestrak_object(25544), answer())
    bench.fetch(space_track_object(25544), space_track(answer()))


def test_no_connection_is_tried_three_times_and_costs_no_wait(bench: Bench) -> None:
    def unreachable(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route", request=request)

    with pytest.raises(SourceError, match="no connection"):
        bench.fetch(celestrak_group("stations"), unreachable)
    assert [(t - START_TAI_NS) // 10**9 for t in bench.asked_tai_ns] == [0, 2, 8]
    bench.fetch(celestrak_group("stations"), answer())


@pytest.mark.parametrize("error", [httpx2.ReadTimeout, httpx2.RemoteProtocolError, httpx2.ReadError])
def test_a_question_that_may_have_arrived_is_not_put_again_at_once(bench: Bench, error) -> None:
    def broken(request: httpx2.Request) -> httpx2.Response:
        raise error("broken", request=request)

    with pytest.raises(SourceError) as caught:
        bench.fetch(celestrak_group("stations"), broken)
    assert caught.value.where == celestrak_group("stations").url
    with pytest.raises(NotYetError):
        bench.fetch(celestrak_group("stations"), answer())
    bench.now_tai_ns += 900 * 10**9
    bench.fetch(celestrak_group("stations"), answer())


def test_a_broken_body_is_named_and_leaves_nothing(bench: Bench) -> None:
    class Breaks(httpx2.SyncByteStream):
        def __iter__(self):
            yield BODY[:20]
            raise httpx2.RemoteProtocolError("peer closed connection")

    with pytest.raises(SourceError, match="cut short after 20 bytes"):
        bench.fetch(celestrak_group("stations"), lambda request: httpx2.Response(200, stream=Breaks()))
    assert bench.files() == []


def test_damaged_compression_is_named(bench: Bench) -> None:
    with pytest.raises(SourceError, match="compression is damaged"):
        bench.fetch(celestrak_group("stations"), answer(200, b"not gzip", Content_Encoding="gzip"))


def test_a_body_that_never_ends_is_given_up(bench: Bench) -> None:
    class Drips(httpx2.SyncByteStream):
        def __iter__(self):
            while True:
                bench.now_tai_ns += 10**9
                yield b" "

    with pytest.raises(SourceError, match="took over 900 s"):
        bench.fetch(celestrak_group("stations"), lambda request: httpx2.Response(200, stream=Drips()))


def test_retries_where_the_source_allows_them_count_against_its_limits(bench: Bench) -> None:
    statuses = iter([503, 502, 200])
    report = bench.fetch(space_track_catalogue(), space_track(lambda request: answer(next(statuses))(request)))
    assert [exchange.status for exchange in report.exchanges] == [200, 503, 502, 200]
    assert [exchange.note for exchange in report.exchanges] == ["login", "", "", ""]
    # Four of the 29 turns of this minute are gone.
    left = SOURCE_RULES[Source.SPACE_TRACK].requests_per_minute - 4
    for number in range(1, left + 1):
        bench.fetch(space_track_object(number), space_track(answer()), patience_s=0.0)
    with pytest.raises(NotYetError, match="29 requests a minute"):
        bench.fetch(space_track_object(left + 1), space_track(answer()), patience_s=0.0)
    # A question for which no turn was free was not put, and with patience it waits for its turn.
    bench.fetch(space_track_object(left + 1), space_track(answer()), patience_s=60.0)


def test_one_login_serves_many_questions_and_processes(bench: Bench) -> None:
    for number in (1, 2, 3):
        bench.fetch(space_track_object(number), space_track(answer()))
    assert [request.url.path for request in bench.asked].count("/ajaxauth/login") == 1
    assert (bench.state_dir / "space-track.session").stat().st_mode & 0o777 == 0o600
    assert (bench.state_dir / "fetch.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_session_that_ended_early_is_renewed_once(bench: Bench) -> None:
    bench.fetch(space_track_object(1), space_track(answer()))
    ended = iter([401])

    def once_ended(request: httpx2.Request) -> httpx2.Response:
        return answer(next(ended, 200))(request)

    report = bench.fetch(space_track_object(2), space_track(once_ended))
    assert [exchange.status for exchange in report.exchanges] == [401, 200, 200]


def test_an_old_session_is_not_used_again(bench: Bench) -> None:
    bench.fetch(space_track_object(1), space_track(answer()))
    bench.now_tai_ns += 7200 * 10**9
    bench.fetch(space_track_object(1), space_track(answer()))
    assert [request.url.path for request in bench.asked].count("/ajaxauth/login") == 2


def test_another_user_does_not_inherit_the_session(bench: Bench) -> None:
    bench.fetch(space_track_object(1), space_track(answer()))
    with pytest.raises(SourceError, match="refused the login"):
        bench.fetch(space_track_object(2), space_track(answer()), credentials=lambda: Credentials("else", PASSWORD))


@pytest.mark.parametrize(
    "harm", [b"", b"{}", b"[]", b'{"opened_tai_ns": 1, "salt": "zz", "user_digest": "", "cookies": 3}']
)
def test_a_damaged_session_file_costs_a_login(bench: Bench, harm: bytes) -> None:
    bench.fetch(space_track_object(1), space_track(answer()))
    (bench.state_dir / "space-track.session").write_bytes(harm)
    bench.fetch(space_track_object(2), space_track(answer()))
    assert [request.url.path for request in bench.asked].count("/ajaxauth/login") == 2


def test_a_refused_login_is_not_repeated(bench: Bench) -> None:
    wrong = lambda: Credentials(USER, "wrong")  # noqa: E731
    with pytest.raises(SourceError, match="space-track refused the login"):
        bench.fetch(space_track_object(1), space_track(answer()), credentials=wrong)
    assert len(bench.asked) == 1
    with pytest.raises(NotYetError, match="refused the login"):
        bench.fetch(space_track_object(1), space_track(answer()))
    bench.now_tai_ns += 300 * 10**9
    bench.fetch(space_track_object(1), space_track(answer()))


@pytest.mark.parametrize("status", [500, 200])
def test_space_tracks_words_about_its_rate_limit_are_understood(bench: Bench, status: int) -> None:
    words = b'[{"error":"You\'ve violated your query rate limit. Please refer to our Acceptable Use guidelines"}]'
    with pytest.raises(SourceError, match="asked too often"):
        bench.fetch(space_track_catalogue(), space_track(answer(status, words)))
    with pytest.raises(NotYetError):
        bench.fetch(space_track_object(1), space_track(answer()))


def test_a_login_that_gives_no_session_is_an_error(bench: Bench) -> None:
    with pytest.raises(SourceError, match="answered the login with status 200"):
        bench.fetch(space_track_object(1), space_track(answer(), login=answer(200, b"hello")))


def test_a_full_disk_is_told_and_leaves_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mihari.app.fetch._inbox.os.fsync", full)
    with pytest.raises(SourceError, match="No space left on device"):
        bench.fetch(celestrak_group("stations"), answer())
    assert bench.files() == []


def test_nothing_is_asked_when_the_answer_could_not_be_kept(bench: Bench) -> None:
    bench.inbox.parent.mkdir(exist_ok=True)
    bench.inbox.write_text("a file where the folder should be")
    with pytest.raises(SourceError, match="the inbox cannot be used"):
        bench.fetch(celestrak_group("stations"), answer())
    assert bench.asked == []
