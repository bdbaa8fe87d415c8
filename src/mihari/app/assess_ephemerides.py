"""Operators' ephemerides against each other, every approach assessed, and beside it what the catalogue would say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from mihari.app.answers import MAX_SCREEN_S, check_span
from mihari.app.assess import by_attention
from mihari.app.assessment_documents import assessment_document
from mihari.app.catalogue import Catalogue
from mihari.app.ephemerides import prepare_all, read_ephemerides
from mihari.app.export import coverage_document
from mihari.app.moment import moment_tai_ns
from mihari.astro.frames import teme_to_gcrf
from mihari.astro.relative import to_rtn
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import format_utc
from mihari.compute import Executor, SerialExecutor
from mihari.conjunction.assessment import (
    AssessmentRequest,
    CovarianceAt,
    EncounterObject,
    assess_message,
    covariance_at,
    encounter_message,
)
from mihari.errors import UsageError
from mihari.model.assessment import ActionLevel, Assessment
from mihari.model.conjunction import ConjunctionKind, ScreeningResult
from mihari.model.orbit import ElementSets
from mihari.model.provenance import DataMode

if TYPE_CHECKING:
    from mihari.conjunction.screening import OperatorEphemeris

__all__ = ["CatalogueSolution", "EphemerisAssessment", "EphemerisBatch", "assess_ephemerides"]

_SEARCH_NS: Final = 600 * 10**9
_SEARCH_M: Final = 100e3
_NOT_NEAR: Final = "the two do not come within 100 km in those ten minutes on either side that the ephemeris covers"
_ELEMENT_SET: Final = re.compile(r"\b(TLEs?|SGP4|GP|ELSETS?|ELEMENT SETS?|TWO-LINE)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueSolution:
    """One object of an approach by its element set instead of its ephemeris, the other as it was.

    Attributes
    ----------
    norad_cat_id : int
    element_set_epoch_tai_ns : int
    difference_rtn_m : (radial, transverse, normal)
        The element set less the ephemeris at the operator's closest approach, in the axes of the ephemeris.
    assessment : Assessment, optional
        Advisory; None where the two do not come within 100 km in the ten minutes on either side.
    """

    norad_cat_id: int
    element_set_epoch_tai_ns: int
    difference_rtn_m: tuple[float, float, float]
    assessment: Assessment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EphemerisAssessment:
    """One approach of two ephemerides.

    Attributes
    ----------
    assessment : Assessment
    labels, covariances : (str, str)
        Of both: which ephemeris, and where its covariance at closest approach comes from or why there is none.
    solutions : tuple of CatalogueSolution
        For each of the two that the catalogue has.
    """

    assessment: Assessment
    labels: tuple[str, str]
    covariances: tuple[str, str]
    solutions: tuple[CatalogueSolution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EphemerisBatch:
    """Every approach of a screening of ephemerides, assessed, what needs a person first.

    Attributes
    ----------
    assessments : tuple of EphemerisAssessment
    edges : int
        Approaches that the end of the window or of a span cuts: they have no closest approach to assess.
    screening : ScreeningResult
    catalogue_given : bool
    """

    assessments: tuple[EphemerisAssessment, ...]
    edges: int
    screening: ScreeningResult
    catalogue_given: bool

    def document(self) -> dict[str, Any]:
        """Return the batch as `assess --oem --json` tells it."""
        coverage = {
            "scope": "approaches of these ephemerides to each other within the volume, and no others",
            "approaches": len(self.assessments) + self.edges,
            "assessed": len(self.assessments),
            "not_assessed": sum(each.assessment.action_level is ActionLevel.NOT_ASSESSED for each in self.assessments),
            "cut_by_an_edge": self.edges,
            "catalogue": self.catalogue_given,
            "screening": coverage_document(self.screening.coverage),
        }
        return {"assessments": [_document(each, coverage) for each in self.assessments], "coverage": coverage}


def assess_ephemerides(
    given: Sequence[str | Path],
    request: AssessmentRequest,
    *,
    mode: DataMode | None = None,
    catalogue: Catalogue | None = None,
    start: str | int | None = None,
    span_s: float | None = None,
    radius_m: float = 5_000.0,
    same_number: bool = False,
    executor: Executor | None = None,
) -> EphemerisBatch:
    """Screen ephemerides against each other and assess every approach with the ladder.

    States at closest approach are the ephemerides' own, interpolated; covariances are theirs, see `covariance_at`. An
    approach whose either side has none is not assessed and has a bound at most. An ephemeris whose comments name an
    element set counts as one: it may raise no action.

    Parameters
    ----------
    given : sequence of str or Path
        Two files or more, FILE or ID=FILE.
    request : AssessmentRequest
    mode : DataMode, optional
        Of the ephemerides, where they are not marked; see `prepare_all`.
    catalogue : Catalogue, optional
        Each object's element set is put in the place of its ephemeris, and the difference is told.
    start : str or int, optional
        Default: where the first ephemeris begins.
    span_s : float, optional
        Default: to where the last one ends, 30 days at most.
    radius_m : float
        Approaches within it are assessed.
    same_number : bool
        Pair two ephemerides of one number too.

    Raises
    ------
    InputError
        A file or an option cannot be used, or there are not two ephemerides.

    Validation
    ----------
    tests/validation/test_assess_ephemerides.py: the same encounter as a CDM.
    """
    from mihari.conjunction.screening import Volume, screen_ephemerides

    ready, data_mode = prepare_all(
        read_ephemerides(given, option="--oem"), catalogue=catalogue, mode=mode, orientation=request.orientation
    )
    if len(ready) < 2:
        raise UsageError("one ephemeris has no other to meet", where="--oem", remedy="give --oem FILE twice or more")
    begin = min(each.spans[0].start_tai_ns for each in ready)
    if start is not None:
        begin = moment_tai_ns(start, option="--start")
    end = max(each.spans[-1].end_tai_ns for each in ready)
    if span_s is not None:
        check_span(span_s)
        end = begin + round(span_s * 1e9)
    end = min(end, begin + round(MAX_SCREEN_S * 1e9))
    screening = screen_ephemerides(
        ready,
        start_tai_ns=begin,
        end_tai_ns=end,
        volume=Volume.sphere(radius_m),
        executor=executor or SerialExecutor(),
        data_mode=data_mode,
        same_number=same_number,
    )
    judge = _Judge(
        {each.label: each for each in ready},
        replace(request, data_mode=data_mode),
        ElementSets.empty() if catalogue is None else catalogue.sets_at(begin),
    )
    minima = screening.conjunctions.filter(screening.conjunctions["kind"] == ConjunctionKind.MINIMUM.value)
    found = [judge.approach(row) for row in minima.iter_rows(named=True)]
    place = {id(each): number for number, each in enumerate(by_attention([one.assessment for one in found]))}
    return EphemerisBatch(
        assessments=tuple(sorted(found, key=lambda one: place[id(one.assessment)])),
        edges=screening.conjunctions.height - minima.height,
        screening=screening,
        catalogue_given=catalogue is not None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    ephemerides: Mapping[str, OperatorEphemeris]
    request: AssessmentRequest
    sets: ElementSets

    def approach(self, row: Mapping[str, Any]) -> EphemerisAssessment:
        """Assess one approach, and the same with either object's element set."""
        pair = (self.ephemerides[row["ephemeris_1"]], self.ephemerides[row["ephemeris_2"]])
        tca = int(row["tca_tai_ns"])
        told = [covariance_at(each, tca, orientation=self.request.orientation) for each in pair]
        objects = [self._operator(each, tca, error) for each, error in zip(pair, told, strict=True)]
        first, second = objects
        return EphemerisAssessment(
            assessment=self._assess(first, second, pair, ""),
            labels=(pair[0].label, pair[1].label),
            covariances=(told[0].words, told[1].words),
            solutions=tuple(solution for which in (0, 1) if (solution := self._solution(pair, which, tca)) is not None),
        )

    def _assess(
        self, first: EncounterObject, second: EncounterObject, pair: tuple[OperatorEphemeris, ...], variant: str
    ) -> Assessment:
        digest = hashlib.sha256("".join(each.coverage.digest for each in pair).encode()).hexdigest()[:12]
        message = encounter_message(
            first,
            second,
            message_id=f"{'-'.join(dict.fromkeys(e.coverage.kind for e in pair))}-{digest}{variant}",
            # The knowledge is as old as its newest part; an ephemeris made after closest approach tells of the past.
            creation_tai_ns=max(each.coverage.creation_tai_ns for each in pair),
        )
        return assess_message(message, self.request)

    def _operator(self, each: OperatorEphemeris, at_tai_ns: int, error: CovarianceAt | None) -> EncounterObject:
        is_set = any(_ELEMENT_SET.search(comment) for comment in each.comments)
        source = f"{each.coverage.kind}, whose comments name an ELEMENT SET" if is_set else each.coverage.kind
        return EncounterObject(
            norad_cat_id=each.norad_cat_id,
            name=each.coverage.object_name,
            international_designator=each.coverage.object_id,
            source=source,
            state=self._gcrf(each.states_at(np.array([at_tai_ns]))),
            covariance_rtn=None if error is None else error.rtn,
        )

    def _gcrf(self, teme: StateVectors) -> StateVectors:
        turned = teme_to_gcrf(teme, orientation=self.request.orientation)
        epoch = np.asarray(turned.epoch_tai_ns)[0]
        return StateVectors(Frame.GCRF, epoch, turned.position_m[0], turned.velocity_m_s[0])

    def _solution(
        self, pair: tuple[OperatorEphemeris, OperatorEphemeris], which: int, tca: int
    ) -> CatalogueSolution | None:
        from mihari.astro.sgp4 import OperationMode
        from mihari.conjunction.screening import CatalogueWithEphemerides, ChosenSets, find_approaches

        mine, other = pair[which], pair[1 - which]
        row = self.sets.frame.filter(self.sets.frame["norad_cat_id"] == mine.norad_cat_id)
        if row.is_empty():
            return None
        chosen = ChosenSets.at(ElementSets(row), tca)
        span = other.span_at(tca)
        assert span is not None
        both = CatalogueWithEphemerides(chosen.batch(OperationMode.IMPROVED), (span,))
        at_tca, status = both.states(np.array([0]), np.array([tca]))
        if status[0]:
            return None
        own = mine.states_at(np.array([tca]))
        difference = to_rtn(own.position_m[0], own.velocity_m_s[0], at_tca[0, :3] - own.position_m[0])
        near = find_approaches(
            both,
            start_tai_ns=max(tca - _SEARCH_NS, span.start_tai_ns),
            end_tai_ns=min(tca + _SEARCH_NS, span.end_tai_ns),
            semi_axes_m=np.full((2, 3), _SEARCH_M),
            executor=SerialExecutor(),
        ).approaches
        near = near.take(~near.is_edge)
        assessment = None
        if near.count:
            moment = int(near.tca_tai_ns[np.argmin(np.abs(near.tca_tai_ns - tca))])
            assessment = self._alternative(pair, which, both, moment)
        return CatalogueSolution(
            norad_cat_id=mine.norad_cat_id,
            element_set_epoch_tai_ns=int(row["epoch_tai_ns"][0]),
            difference_rtn_m=_vector(difference),
            assessment=assessment,
        )

    def _alternative(
        self, pair: tuple[OperatorEphemeris, OperatorEphemeris], which: int, both: Any, moment: int
    ) -> Assessment:
        mine, other = pair[which], pair[1 - which]
        state = both.states(np.array([0]), np.array([moment]))[0]
        by_set = EncounterObject(
            norad_cat_id=mine.norad_cat_id,
            name=mine.coverage.object_name,
            international_designator=mine.coverage.object_id,
            source="public ELEMENT SET under SGP4",
            state=self._gcrf(StateVectors(Frame.TEME, np.array([moment]), state[:, :3], state[:, 3:])),
            covariance_rtn=None,
        )
        theirs = self._operator(other, moment, covariance_at(other, moment, orientation=self.request.orientation))
        first, second = (by_set, theirs) if which == 0 else (theirs, by_set)
        return self._assess(first, second, pair, f"-set-of-{mine.norad_cat_id}")


def _vector(values: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def _document(each: EphemerisAssessment, coverage: Mapping[str, Any]) -> dict[str, Any]:
    one = each.assessment
    return {
        **assessment_document(one, coverage=coverage),
        "ephemerides": [
            {"norad_cat_id": side.norad_cat_id, "label": label, "covariance": words}
            for side, label, words in zip(one.objects, each.labels, each.covariances, strict=True)
        ],
        "catalogue_solutions": [_solution_document(solution, one, coverage) for solution in each.solutions],
    }


def _solution_document(
    solution: CatalogueSolution, operator: Assessment, coverage: Mapping[str, Any]
) -> dict[str, Any]:
    other = solution.assessment
    return {
        "norad_cat_id": solution.norad_cat_id,
        "element_set_epoch_utc": format_utc(solution.element_set_epoch_tai_ns),
        "difference_rtn_m": list(solution.difference_rtn_m),
        "difference_m": float(np.linalg.norm(solution.difference_rtn_m)),
        "difference_words": "element set less ephemeris at the operator's closest approach, RTN of the ephemeris",
        "tca_difference_s": None if other is None else (other.tca_tai_ns - operator.tca_tai_ns) * 1e-9,
        "miss_difference_m": None
        if other is None
        else other.geometry.miss_distance_m - operator.geometry.miss_distance_m,
        "assessment": None if other is None else assessment_document(other, coverage=coverage),
        "reason": ""
        if other is not None
        else "the two do not come within 100 km in the ten minutes on either side that the other is known",
    }
