"""`mihari assess --oem`: approaches of operators' ephemerides to each other, assessed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

    from mihari.conjunction.assessment import AssessmentRequest
    from mihari.model.provenance import DataMode

__all__ = ["assess_oem"]

_WHOLE: Final = 3
"""So many assessments are printed whole; of more a list is."""


def assess_oem(
    oem: tuple[str, ...],
    request: AssessmentRequest,
    *,
    radius_km: float,
    catalogue: tuple[str, ...],
    store: Path | None,
    mode: DataMode | None,
    as_json: bool,
) -> int:
    """Screen ephemerides against each other, assess what is found and print it."""
    from mihari.app.assess_ephemerides import assess_ephemerides
    from mihari.cli._open import node_for
    from mihari.cli._show import print_json
    from mihari.cli._volume import radius_m_of

    named = bool(catalogue) or store is not None
    node = node_for(catalogue=catalogue, satcat=(), store=store) if named else None
    batch = assess_ephemerides(
        oem,
        request,
        mode=mode,
        catalogue=None if node is None else node.catalogue(mode=mode),
        radius_m=radius_m_of(radius_km),
    )
    document = batch.document()
    if as_json:
        print_json(document)
    else:
        _print(document)
    return 0


def _print(document: Mapping[str, Any]) -> None:
    from mihari.cli._show import print_coverage
    from mihari.cli._show_assessments import print_assessment, print_assessment_list
    from mihari.cli._terminal import displayable, open_console

    console = open_console()
    found, coverage = document["assessments"], displayable(document["coverage"])
    if len(found) > _WHOLE:
        print_assessment_list(found)
    for each in found:
        if len(found) <= _WHOLE:
            print_assessment(each)
        else:
            console.print(displayable(each["event_id"]))
        _print_sides(console, displayable({**each, "coverage": None}))
    console.print(
        f"{coverage['approaches']} approaches, {coverage['assessed']} assessed, {coverage['not_assessed']} of them "
        f"without a probability that can be trusted; {coverage['cut_by_an_edge']} cut by the end of a span or window."
    )
    print_coverage(coverage["screening"])


def _print_sides(console: Console, each: Mapping[str, Any]) -> None:
    for side in each["ephemerides"]:
        console.print(f"  {side['norad_cat_id']} by {side['label']}: covariance {side['covariance']}", soft_wrap=True)
    for solution in each["catalogue_solutions"]:
        radial, transverse, normal = (round(value) for value in solution["difference_rtn_m"])
        console.print(
            f"  {solution['norad_cat_id']} by its element set of {solution['element_set_epoch_utc']}: "
            f"{solution['difference_m']:,.0f} m off (R {radial:,}, T {transverse:,}, N {normal:,})",
            soft_wrap=True,
        )
        other = solution["assessment"]
        if other is None:
            console.print(f"    {solution['reason']}", soft_wrap=True)
            continue
        bound = other["maximum_probability"]
        console.print(
            f"    it would pass at {other['miss_distance_m']:,.0f} m instead of {each['miss_distance_m']:,.0f} m, "
            f"{solution['tca_difference_s']:+.3f} s; no probability"
            + ("" if bound is None else f", at most {bound:.2e}")
            + "; advisory",
            soft_wrap=True,
        )
