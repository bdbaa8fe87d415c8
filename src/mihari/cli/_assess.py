"""`mihari assess`: what a conjunction message means, which events need a person now, and what people decided."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from mihari.cli._options import AsJson, AsOf, Catalogues, Mode, StoreFolder

if TYPE_CHECKING:
    from mihari.conjunction.assessment import AssessmentRequest
    from mihari.model.provenance import DataMode
    from mihari.policy import ThresholdProfile

__all__ = ["assess"]


class MethodName(Enum):
    """Rungs of the ladder as they are written on the command line."""

    CIRCLE = "2d"
    NC_2D = "2d_nc"
    NC_3D = "3d_nc"
    MONTE_CARLO = "monte_carlo"


def assess(
    *,
    cdm: Annotated[
        tuple[str, ...],
        Parameter(negative="", allow_leading_hyphen=True, help="Conjunction message, folder or - (repeatable)."),
    ] = (),
    screen: Annotated[
        Path | None, Parameter(help="Result of mihari screen to assess: .csv, .parquet or .json.")
    ] = None,
    oem: Annotated[
        tuple[str, ...],
        Parameter(negative="", help="Operator's ephemeris, OEM or OCM, against the others: FILE or ID=FILE (twice)."),
    ] = (),
    radius_km: Annotated[float, Parameter(help="With --oem: approaches within this, km. Default: 5.")] = 5.0,
    catalogue: Catalogues = (),
    event: Annotated[str | None, Parameter(help="One event of the store, whole.")] = None,
    profile: Annotated[
        str, Parameter(help="Threshold profile: name, .json file, or NAME@VERSION of an approved one. Default: cara.")
    ] = "cara",
    hard_body_radius_m: Annotated[
        float | None, Parameter(help="Combined radius of both objects, m. Default: what the message says.")
    ] = None,
    default_radius: Annotated[
        bool, Parameter(negative="", help="Where no radius is known, take the profile's default, labelled.")
    ] = False,
    method: Annotated[MethodName | None, Parameter(help="Let only this rung of the ladder answer.")] = None,
    all_methods: Annotated[bool, Parameter(negative="", help="Evaluate every rung, Monte Carlo too.")] = False,
    keep: Annotated[bool, Parameter(negative="", help="Keep messages and assessments in the store.")] = False,
    recommend: Annotated[str | None, Parameter(help="Record a recommendation on --event; needs --by.")] = None,
    decide: Annotated[str | None, Parameter(help="Record a decision on --event; needs --by.")] = None,
    outcome: Annotated[str | None, Parameter(help="Record what happened on --event; needs --by.")] = None,
    by: Annotated[str | None, Parameter(help="Who writes the record: a person's name.")] = None,
    manoeuvre: Annotated[
        str | None, Parameter(help="Record a manoeuvre, ID@UTC: older messages about that object become stale.")
    ] = None,
    plots: Annotated[Path | None, Parameter(help="Folder for plots of --cdm or --event, as SVG and PNG.")] = None,
    report: Annotated[Path | None, Parameter(help="One-page report of --cdm or --event: .html, .md or .pdf.")] = None,
    as_of: AsOf = None,
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> int:
    """Assess conjunction messages, or list the events that need a person now.

    Without --cdm, --screen, --oem or --event it lists the events of the store. With --oem, operators' ephemerides are
    screened against each other and every approach is assessed; --catalogue or --store tells what element sets say.
    """
    from mihari.cli._open import data_mode
    from mihari.errors import UsageError
    from mihari.model.provenance import DataMode

    if sum((bool(cdm), screen is not None, bool(oem), event is not None)) > 1:
        raise UsageError("--cdm, --screen, --oem and --event exclude each other", remedy="ask one thing at a time")
    if (catalogue and not oem) or (oem and keep):
        raise UsageError("--catalogue goes with --oem, --keep with --cdm", remedy="leave the other out")
    if report is not None or plots is not None:
        from mihari.cli._reports import check_report_options

        check_report_options(plots=plots, report=report, has_subject=bool(cdm) or event is not None)
    chosen = data_mode(mode)
    written = {"recommendation": recommend, "decision": decide, "outcome": outcome}
    if any(written.values()):
        return _write_record(written, event=event, by=by, store=store, mode=chosen or DataMode.REAL)
    if manoeuvre is not None:
        return _write_manoeuvre(manoeuvre, by=by, store=store, mode=chosen or DataMode.REAL)
    request = _request(
        _approved(profile, store=store, mode=chosen) if "@" in profile else profile,
        hard_body_radius_m,
        default_radius=default_radius,
        method=method,
        everything=all_methods,
        mode=chosen,
    )
    if cdm:
        return _assess_messages(cdm, request, keep=keep, store=store, plots=plots, report=report, as_json=as_json)
    if screen is not None:
        return _assess_screening(screen, request, as_json=as_json)
    if oem:
        from mihari.cli._assess_ephemerides import assess_oem

        return assess_oem(
            oem, request, radius_km=radius_km, catalogue=catalogue, store=store, mode=chosen, as_json=as_json
        )
    if event is not None:
        return _show_event(
            event, request, as_of=as_of, store=store, mode=chosen, plots=plots, report=report, as_json=as_json
        )
    return _list_events(as_of=as_of, store=store, mode=chosen, as_json=as_json)


def _approved(name: str, *, store: Path | None, mode: DataMode | None) -> ThresholdProfile:
    """A profile of this node, by name and version, that somebody approved."""
    from mihari.app.node import open_node
    from mihari.app.profile_review import approved_profile
    from mihari.store import StoreMode

    with open_node(store, create=False) as node, node.open_store(StoreMode.READ) as opened:
        return approved_profile(opened, name, data_mode=mode)


def _request(
    profile: str | ThresholdProfile,
    hard_body_radius_m: float | None,
    *,
    default_radius: bool,
    method: MethodName | None,
    everything: bool,
    mode: DataMode | None,
) -> AssessmentRequest:
    from mihari.app.assess import assessment_request

    return assessment_request(
        profile=profile,
        hard_body_radius_m=hard_body_radius_m,
        use_default_radius=default_radius,
        method=None if method is None else method.value,
        all_methods=everything,
        data_mode=mode,
    )


def _assess_messages(
    cdm: tuple[str, ...],
    request: AssessmentRequest,
    *,
    keep: bool,
    store: Path | None,
    plots: Path | None,
    report: Path | None,
    as_json: bool,
) -> int:
    from mihari.app.assess import assess_files
    from mihari.app.assessment_documents import assessment_document, batch_document
    from mihari.app.node import open_node
    from mihari.cli._show import print_json
    from mihari.cli._show_assessments import print_assessment, print_assessments, print_kept

    if keep:
        with open_node(store) as node:
            kept = node.keep_messages(cdm, request)
        batch = kept.batch
    else:
        kept = None
        batch = assess_files(cdm, request)
    coverage = batch.coverage()
    documents = [assessment_document(each, coverage=coverage) for each in batch.assessments]
    if as_json:
        alone = len(documents) == 1 and not batch.rejected and kept is None
        print_json(documents[0] if alone else batch_document(documents, coverage=coverage))
    elif len(documents) == 1:
        print_assessment(documents[0])
    else:
        print_assessments(documents, coverage=coverage)
    if kept is not None and not as_json:
        print_kept(kept)
    if plots is not None or report is not None:
        from mihari.cli._reports import write_for_batch

        write_for_batch(batch, store=store, is_kept=keep, plots=plots, report=report, profile=request.profile)
    return 0


def _assess_screening(path: Path, request: AssessmentRequest, *, as_json: bool) -> int:
    from mihari.app.assess_screening import assess_screening
    from mihari.cli._show import print_json
    from mihari.cli._show_assessments import print_bounds

    document = assess_screening(path, request)
    if as_json:
        print_json(document)
    else:
        print_bounds(document)
    return 0


def _show_event(
    event: str,
    request: AssessmentRequest,
    *,
    as_of: str | None,
    store: Path | None,
    mode: DataMode | None,
    plots: Path | None,
    report: Path | None,
    as_json: bool,
) -> int:
    from mihari.app.assessment_documents import event_document
    from mihari.app.node import open_node
    from mihari.cli._show import print_json
    from mihari.cli._show_assessments import print_event

    with open_node(store, create=False) as node:
        found = node.event(event, as_of=as_of, mode=mode)
    document = event_document(found)
    if as_json:
        print_json(document)
    else:
        print_event(document)
    if plots is not None or report is not None:
        from mihari.cli._reports import write_for_event

        write_for_event(found, plots=plots, report=report, profile=request.profile)
    return 0


def _list_events(*, as_of: str | None, store: Path | None, mode: DataMode | None, as_json: bool) -> int:
    from mihari.app.assessment_documents import events_document
    from mihari.app.node import open_node
    from mihari.cli._show import print_json
    from mihari.cli._show_assessments import print_events

    with open_node(store, create=False) as node:
        document = events_document(node.events(as_of=as_of, mode=mode))
    if as_json:
        print_json(document)
    else:
        print_events(document)
    return 0


def _write_record(
    written: dict[str, str | None], *, event: str | None, by: str | None, store: Path | None, mode: DataMode
) -> int:
    from mihari.app.node import open_node
    from mihari.cli._show import log_line
    from mihari.errors import UsageError
    from mihari.model.assessment import DecisionKind

    if event is None:
        raise UsageError("a record belongs to an event", where="--event", remedy="say which one")
    if not by:
        raise UsageError("a record needs a person who writes it", where="--by", remedy="give a name")
    with open_node(store, create=False) as node:
        for kind, text in written.items():
            if text is not None:
                node.write_event_record(kind=DecisionKind(kind), event_id=event, author=by, text=text, mode=mode)
                log_line(f"{kind} on {event} recorded, by {by}")
    return 0


def _write_manoeuvre(told: str, *, by: str | None, store: Path | None, mode: DataMode) -> int:
    from mihari.app.node import open_node
    from mihari.cli._show import log_line
    from mihari.errors import UsageError

    number, _, moment = told.partition("@")
    if not number.strip().isdigit() or not moment:
        raise UsageError(
            f"{told!r} names no manoeuvre", where="--manoeuvre", remedy="give ID@UTC, 25544@2026-01-02T03:04Z"
        )
    with open_node(store, create=False) as node:
        node.note_manoeuvre(int(number), at=moment, words=f"told by {by}" if by else "told by the operator", mode=mode)
    log_line(f"manoeuvre of {number} recorded")
    return 0
