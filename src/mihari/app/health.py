"""How good the node's knowledge is: what is wrong first, then ages, sources, intakes, screenings and the store.

Each finding has a stable name, so that a page can say it in another language, and says what to do in words.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import polars as pl

from mihari.app.catalogue import Catalogue
from mihari.app.moment import NOW_WHEN_YOUNGER_THAN_S
from mihari.app.settings import DEFAULT_RESCREEN_S
from mihari.app.store_account import StoreAccount
from mihari.astro.earth import EarthOrientation
from mihari.astro.states import Frame
from mihari.model.conjunction import CoverageStatement
from mihari.model.orbit import ElementSets
from mihari.picture import STATUS_OK, Picture, build_picture
from mihari.store import JournalKind, StoredRun

__all__ = ["CatalogueHealth", "Finding", "Severity", "catalogue_health"]

_DAY_S: Final = 86_400.0
_OLD_MEDIAN_S: Final = 3 * _DAY_S
"""Low orbits are 4 km off along the track by then (`mihari.picture.GROWTH_M_PER_DAY`)."""
_ORIENTATION_AHEAD_S: Final = 14 * _DAY_S
_LATE_SCREENINGS: Final = 2.0
_SHOWN_UNSCREENED: Final = 20


class Severity(Enum):
    """`PROBLEM`: answers are missing or mislead. `NOTICE`: worth knowing, nothing is broken."""

    PROBLEM = "problem"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be.

    Attributes
    ----------
    name : str
        Stable, for machines: "median_age", "unscreened", ...
    severity : Severity
    count : int or None
        How many objects, records or files it is about.
    span_s : float or None
        How long, where the finding is about a time.
    words, remedy : str
    """

    name: str
    severity: Severity
    words: str
    remedy: str
    count: int | None = None
    span_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueHealth:
    """The health of one data mode's catalogue.

    Attributes
    ----------
    findings : tuple of Finding
        Problems first.
    picture : Picture
    sources : DataFrame
        One row per source and origin: `source`, `origin`, `licence`, `objects`, `oldest_epoch_tai_ns`,
        `newest_epoch_tai_ns`, `learned_tai_ns` (last).
    run : StoredRun or None
        The newest screening.
    unscreened : DataFrame
        `reason`, `objects`, `norad_cat_ids` (the first few), most frequent first.
    account : StoreAccount or None
    """

    findings: tuple[Finding, ...]
    picture: Picture
    sources: pl.DataFrame
    run: StoredRun | None
    unscreened: pl.DataFrame
    account: StoreAccount | None


def catalogue_health(
    catalogue: Catalogue,
    *,
    at_tai_ns: int,
    run: StoredRun | None,
    account: StoreAccount | None,
    orientation: EarthOrientation,
    now_tai_ns: int,
    threads: int = 1,
) -> CatalogueHealth:
    """Judge a catalogue and the screening of it.

    Parameters
    ----------
    catalogue : Catalogue
    at_tai_ns : int
        The moment that answers are for, which need not be now.
    run : StoredRun, optional
        The newest screening.
    account : StoreAccount, optional
    orientation : EarthOrientation
    now_tai_ns : int
        By the wall clock, for the age of screenings and of the orientation table.
    threads : int

    Raises
    ------
    DataGapError
        The moment lies outside `orientation`.
    """
    sets = catalogue.sets_at(at_tai_ns)
    picture = build_picture(
        sets,
        catalogue.objects(),
        at_tai_ns=at_tai_ns,
        frame=Frame.TEME,
        orientation=orientation,
        threads=threads,
        data_mode=catalogue.data_mode,
    )
    findings = [
        *_of_store(account),
        *_of_screening(run, picture, now_tai_ns),
        *_of_states(picture),
        *_of_ages(picture, now_tai_ns),
        *_of_orientation(orientation, now_tai_ns),
    ]
    return CatalogueHealth(
        findings=tuple(sorted(findings, key=lambda each: each.severity is not Severity.PROBLEM)),
        picture=picture,
        sources=_sources(sets),
        run=run,
        unscreened=_unscreened(run.result.coverage if run else None),
        account=account,
    )


def _of_ages(picture: Picture, now_tai_ns: int) -> list[Finding]:
    found = []
    ages_s = picture.states["age_s"]
    median_s = float(ages_s.median() or 0.0)  # type: ignore[arg-type]
    behind_s = (now_tai_ns - picture.at_tai_ns) / 1e9
    if behind_s > NOW_WHEN_YOUNGER_THAN_S:
        found.append(
            Finding(
                name="archive",
                severity=Severity.NOTICE,
                words=f"the catalogue is {behind_s / _DAY_S:.0f} days old and is shown at its own time",
                remedy="take in newer element sets, or go on with the archive",
                span_s=behind_s,
            )
        )
    if median_s > _OLD_MEDIAN_S:
        found.append(
            Finding(
                name="median_age",
                severity=Severity.PROBLEM,
                words=f"half of the element sets are older than {median_s / _DAY_S:.1f} days",
                remedy="take in newer element sets: mihari fetch, or mihari ingest FILE",
                span_s=median_s,
            )
        )
    extrapolated = int(picture.states["extrapolated"].sum())
    if extrapolated:
        found.append(
            Finding(
                name="extrapolated",
                severity=Severity.NOTICE,
                words=f"{extrapolated:,} states lie outside what their element sets cover",
                remedy="do not go by them without a newer set",
                count=extrapolated,
            )
        )
    return found


def _of_states(picture: Picture) -> list[Finding]:
    missing = int((picture.states["status"] != STATUS_OK).sum())
    if not missing:
        return []
    return [
        Finding(
            name="without_state",
            severity=Severity.PROBLEM,
            words=f"{missing:,} objects have no state that one can go by",
            remedy="see the reasons below; they most often have decayed or need a newer element set",
            count=missing,
        )
    ]


def _of_screening(run: StoredRun | None, picture: Picture, now_tai_ns: int) -> list[Finding]:
    if run is None:
        return [
            Finding(
                name="never_screened",
                severity=Severity.PROBLEM,
                words="nothing was screened yet: silence about close approaches means nothing",
                remedy="run mihari up, or mihari screen",
            )
        ]
    found = []
    coverage = run.result.coverage
    late_s = (now_tai_ns - run.learned_tai_ns) / 1e9
    if late_s > _LATE_SCREENINGS * DEFAULT_RESCREEN_S:
        found.append(
            Finding(
                name="screening_late",
                severity=Severity.PROBLEM,
                words=f"the last screening was made {late_s / 3600.0:.0f} hours ago",
                remedy="run mihari up, which screens every eight hours, or mihari screen",
                span_s=late_s,
            )
        )
    if coverage.catalogue_version != picture.catalogue_version:
        found.append(
            Finding(
                name="screening_of_older_catalogue",
                severity=Severity.NOTICE,
                words="the catalogue has changed since the last screening",
                remedy="wait for the next screening, or run mihari screen",
            )
        )
    if coverage.unscreened:
        objects = len({each.norad_cat_id for each in coverage.unscreened})
        found.append(
            Finding(
                name="unscreened",
                severity=Severity.PROBLEM,
                words=f"{objects:,} objects were not screened, wholly or in part",
                remedy="see the reasons below",
                count=objects,
            )
        )
    if coverage.stale_count:
        found.append(
            Finding(
                name="screened_stale",
                severity=Severity.NOTICE,
                words=f"{coverage.stale_count:,} screened objects have element sets older than "
                f"{coverage.stale_after_s / _DAY_S:.0f} days",
                remedy="their close approaches are less sure than the others",
                count=coverage.stale_count,
                span_s=coverage.stale_after_s,
            )
        )
    return found


def _of_store(account: StoreAccount | None) -> list[Finding]:
    if account is None:
        return []
    found = []
    if account.unreadable_records:
        found.append(
            Finding(
                name="unreadable_records",
                severity=Severity.PROBLEM,
                words=f"{account.unreadable_records:,} records cannot be read any more",
                remedy="bring the store's files back from a backup, then run mihari doctor",
                count=account.unreadable_records,
            )
        )
    newest = account.intakes[0].files if account.intakes else ()
    rejected = sum(int(each.get("rejected", 0)) for each in newest)
    if rejected:
        found.append(
            Finding(
                name="rejected_records",
                severity=Severity.NOTICE,
                words=f"{rejected:,} records of the last intake were bad and were left out",
                remedy="mihari ingest FILE tells which and why",
                count=rejected,
            )
        )
    clock = sum(each.entry == JournalKind.CLOCK.value for each in account.notes)
    if clock:
        found.append(
            Finding(
                name="clock_set_back",
                severity=Severity.NOTICE,
                words="the clock of this machine was set back while the node learned",
                remedy="the order of learning was kept; see that the clock is synchronised",
                count=clock,
            )
        )
    return found


def _of_orientation(orientation: EarthOrientation, now_tai_ns: int) -> list[Finding]:
    left_s = (orientation.end_tai_ns - now_tai_ns) / 1e9
    if left_s > _ORIENTATION_AHEAD_S:
        return []
    ended = left_s <= 0
    return [
        Finding(
            name="orientation_ends",
            severity=Severity.PROBLEM if ended else Severity.NOTICE,
            words="the Earth orientation table has ended"
            if ended
            else f"the Earth orientation table ends in {left_s / _DAY_S:.0f} days",
            remedy="update the package astropy-iers-data, and restart",
            span_s=left_s,
        )
    ]


def _sources(sets: ElementSets) -> pl.DataFrame:
    frame = sets.frame
    missing: list[Any] = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in (
            ("source", pl.String),
            ("origin", pl.String),
            ("licence", pl.String),
            ("learned_tai_ns", pl.Int64),
        )
        if name not in frame.columns
    ]
    return (
        frame.with_columns(missing)
        .group_by("source", "origin", "licence")
        .agg(
            pl.len().alias("objects"),
            pl.col("epoch_tai_ns").min().alias("oldest_epoch_tai_ns"),
            pl.col("epoch_tai_ns").max().alias("newest_epoch_tai_ns"),
            pl.col("learned_tai_ns").max(),
        )
        .sort("objects", "source", descending=[True, False])
    )


def _unscreened(coverage: CoverageStatement | None) -> pl.DataFrame:
    schema: dict[str, Any] = {"reason": pl.String, "objects": pl.Int64, "norad_cat_ids": pl.List(pl.Int64)}
    if coverage is None:
        return pl.DataFrame(schema=schema)
    counts = Counter(each.reason for each in coverage.unscreened)
    rows = [
        (
            reason,
            count,
            [each.norad_cat_id for each in coverage.unscreened if each.reason == reason][:_SHOWN_UNSCREENED],
        )
        for reason, count in counts.most_common()
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")
