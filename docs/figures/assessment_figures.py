"""Draw the figures of docs/how-to/assess-conjunctions.md from a simulated event.

Usage: assessment_figures.py [FOLDER]

A small simulated world and three days of its warnings; of the events the one that would need a person most, by its last
message, is drawn, so that there is something to see. Writes assess_encounter_plane.png and
assess_probability_history.png.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from mihari.app.assess import assess_files, assessment_request
from mihari.app.assessment_documents import assessment_document
from mihari.app.keep_messages import assessment_frame
from mihari.app.report import draw_plot
from mihari.astro.earth import load_earth_orientation
from mihari.astro.time import parse_utc
from mihari.exercise.world import generate_world, simulate_warnings
from mihari.picture import ImageFormat

START = parse_utc("2026-03-01T00:00:00Z")


def main(arguments: list[str]) -> int:
    """Draw both figures."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parent
    world = generate_world(size=1_500, seed=3, epoch_tai_ns=START)
    warnings = simulate_warnings(
        world,
        start_tai_ns=START,
        span_s=3 * 86_400.0,
        rng=np.random.default_rng(1),
        orientation=load_earth_orientation(),
        most_events=120,
    )
    with tempfile.TemporaryDirectory() as place:
        paths = []
        for number, each in enumerate(warnings):
            paths.append(Path(place) / f"{number:03d}.cdm")
            paths[-1].write_text(each.text, encoding="utf-8")
        batch = assess_files(paths, assessment_request())
    # The first one is the newest message of the event that needs a person most.
    newest = batch.assessments[0]
    mine = [each for each in batch.assessments if each.event_id == newest.event_id]
    history = assessment_frame(mine, coverage={}).sort("creation_tai_ns").to_dicts()
    document = assessment_document(newest, coverage=batch.coverage())
    for name in ("encounter-plane", "probability-history"):
        path = folder / f"assess_{name.replace('-', '_')}.png"
        path.write_bytes(draw_plot(document, name, history=history, image=ImageFormat.PNG))
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
