"""Screening: who comes close to whom, all on all or some on all, every regime against every regime.

`screen` answers for element sets and `screen_ephemerides` for operators' ephemerides, both with the coverage
statement; `find_approaches` is the numeric core beneath them, for whatever can say where objects are (`Propagator`).
The method and the proof that no pair is lost are in docs/decisions/0007.
"""

from __future__ import annotations

from mihari.conjunction.screening._approaches import Approaches
from mihari.conjunction.screening._choice import ChosenSets, catalogue_digest
from mihari.conjunction.screening._engine import Outcome, find_approaches
from mihari.conjunction.screening._prepare import OperatorEphemeris, prepare_ephemeris
from mihari.conjunction.screening._propagator import Propagator, Sgp4Propagator
from mihari.conjunction.screening._screen import STALE_AFTER_S, screen
from mihari.conjunction.screening._tabulated import CatalogueWithEphemerides
from mihari.conjunction.screening._validity import Validity
from mihari.conjunction.screening._volumes import RegimeVolume, Volume, VolumesOfObjects, volume_profiles
from mihari.conjunction.screening._with_ephemerides import screen_ephemerides

__all__ = [
    "STALE_AFTER_S",
    "Approaches",
    "CatalogueWithEphemerides",
    "ChosenSets",
    "OperatorEphemeris",
    "Outcome",
    "Propagator",
    "RegimeVolume",
    "Sgp4Propagator",
    "Validity",
    "Volume",
    "VolumesOfObjects",
    "catalogue_digest",
    "find_approaches",
    "prepare_ephemeris",
    "screen",
    "screen_ephemerides",
    "volume_profiles",
]
