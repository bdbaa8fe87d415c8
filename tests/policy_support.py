"""Reports about events that tests make, complete for their kind."""

from __future__ import annotations

from typing import Any

from mihari.astro.time import parse_utc

NOW = parse_utc("2026-12-01T00:00:00")

EVIDENCE = {"kind": "OPERATOR_STATEMENT", "text": "Telemetry was lost at 20:10 UTC.", "source": "OP-X"}
FACTS: dict[str, dict[str, Any]] = {
    "BREAKUP": {
        "regime": "GEO",
        "time_uncertainty_s": 300,
        "piece_counts": [{"count": 20, "source": "OP-X", "at_utc": "2026-11-30T21:00:00Z"}],
    },
    "INTERFERENCE": {"band": "Ku", "effect": "loss of carrier for 20 min", "own_fault_checks": ["own equipment"]},
    "REENTRY": {
        "centre_utc": "2026-11-30T21:00:00Z",
        "ground_track": [
            {"at_utc": "2026-11-30T20:30:00Z", "latitude_deg": 1.0, "longitude_deg": 2.0},
            {"at_utc": "2026-11-30T21:30:00Z", "latitude_deg": -40.0, "longitude_deg": 99.0},
        ],
        "mass_class": "5 t",
        "survivability": "tanks",
    },
    "MANOEUVRE": {"planned": False, "delta_v_rtn_m_s": [0.1, 1.5, 0.0]},
    "PROXIMITY": {"range_m": 900.0, "geometry": "Sun behind the observer", "custody": "both, with a gap of 3 h"},
    "LAUNCH": {
        "vehicle": "H3",
        "site": "Tanegashima",
        "objects_expected": 2,
        "screening": "done",
        "crewed_check": "no approach below 200 km",
    },
    "SPACE_WEATHER": {"scale": "G4", "effect": "drag forecasts degraded in LEO", "kp": 8.3},
    "GROUND_OUTAGE": {"system": "radar", "effect": "no tracks"},
    "CYBER_OUTAGE": {"system": "mission planning", "effect": "no commands"},
}
ALTERNATIVES = [
    {"text_en": "a planned inspection", "text_ja": "計画された点検", "probability": 0.6},
    {"text_en": "station keeping of neighbours", "text_ja": "隣接衛星の軌道保持", "probability": 0.4},
]


def report(kind: str = "BREAKUP", **changes: Any) -> dict[str, Any]:
    """Return a complete report of a kind; members given as None are left out."""
    document: dict[str, Any] = {
        "event_id": f"SIM-{kind}-1",
        "kind": kind,
        "data_mode": "SIMULATED",
        "label": "PUBLIC",
        "objects": [900_000_002, 900_000_003],
        "start_utc": "2026-11-30T20:10:00Z",
        "end_utc": "2026-11-30T22:10:00Z",
        "summary_en": "Something happened.",
        "summary_ja": "何かが起きた。",
        "facts": FACTS[kind],
        "evidence": [EVIDENCE],
        "alternatives": ALTERNATIVES if kind == "PROXIMITY" else [],
        "sources": ["OP-X"],
        "next_update_utc": "2026-12-01T06:00:00Z",
        "written_by": "A. Person",
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}
