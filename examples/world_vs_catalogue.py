"""Draw the simulated world beside a real catalogue: height, inclination, eccentricity, and how crowded the shells are.

Usage: world_vs_catalogue.py [CATALOGUE] [PNG]

CATALOGUE is any file that `mihari ingest` reads; without one, the file of January 2025 in the folder that MIHARI_SHARED
names is taken when it is there, else the world is drawn alone. Prints the Kolmogorov–Smirnov distances.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from scipy.stats import ks_2samp

mpl.use("Agg")
from matplotlib import pyplot as plt

from mihari.astro.time import parse_utc
from mihari.constants import WGS72_EARTH_RADIUS_M, WGS72_MU_M3_S2
from mihari.exercise.world import generate_world, spatial_density_per_m3
from mihari.formats import read_file

EPOCH = "2025-01-08T00:00:00Z"
SHARED = Path(os.environ.get("MIHARI_SHARED", Path(__file__).resolve().parents[2] / "shared"))
USUAL = SHARED / "data" / "catalogues" / "full_20250108_named_rcs.parquet"
COLOURS = {"real": "#222222", "simulated": "#d1495b"}


def orbits(sets: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Height, eccentricity, inclination and semi-major axis of one element set per object."""
    motion_rad_s = sets.frame["mean_motion_rev_day"].to_numpy() * 2.0 * np.pi / 86_400.0
    axis_m = (WGS72_MU_M3_S2 / motion_rad_s**2) ** (1.0 / 3.0)
    return {
        "axis_m": axis_m,
        "height_km": (axis_m - WGS72_EARTH_RADIUS_M) / 1e3,
        "eccentricity": sets.frame["eccentricity"].to_numpy(),
        "inclination_deg": sets.frame["inclination_deg"].to_numpy(),
    }


def draw(worlds: dict[str, dict[str, np.ndarray[Any, Any]]], target: Path) -> None:
    """Four panels, each world a line, every curve per 30,000 objects."""
    figure, axes = plt.subplots(2, 2, figsize=(11, 7.5), constrained_layout=True)
    panels = (
        ("height_km", np.arange(200.0, 2001.0, 25.0), "mean height, km", "linear"),
        ("inclination_deg", np.arange(0.0, 121.0, 1.0), "inclination, degrees", "linear"),
        ("eccentricity", np.geomspace(2e-5, 0.95, 70), "eccentricity", "log"),
    )
    for panel, (column, edges, label, scale) in zip(axes.flat, panels, strict=False):
        for name, world in worlds.items():
            weight = 30_000 / world[column].size
            counts = np.histogram(world[column], edges)[0] * weight
            panel.stairs(counts, edges, label=name, color=COLOURS[name], linewidth=1.2)
        panel.set(xlabel=label, ylabel="objects per bin, of 30,000", xscale=scale, yscale="log", ylim=(1, None))
    edges_km = np.concatenate([np.arange(200.0, 2_000.0, 20.0), np.geomspace(2_000.0, 45_000.0, 160)])
    panel = axes[1, 1]
    for name, world in worlds.items():
        density = spatial_density_per_m3(
            world["axis_m"], world["eccentricity"], edges_m=WGS72_EARTH_RADIUS_M + edges_km * 1e3
        )
        per_km3 = density * 1e9 * 30_000 / world["axis_m"].size
        panel.plot(0.5 * (edges_km[1:] + edges_km[:-1]), per_km3, label=name, color=COLOURS[name], linewidth=1.2)
    panel.set(xlabel="height, km", ylabel="objects per cubic kilometre, of 30,000", xscale="log", yscale="log")
    axes[0, 0].legend(frameon=False)
    figure.suptitle("The simulated world beside a catalogue" if len(worlds) > 1 else "The simulated world")
    figure.savefig(target, dpi=110, metadata={"Software": None})


def main(arguments: list[str]) -> int:
    """Draw, and print what the two have in common."""
    catalogue = Path(arguments[0]) if arguments else USUAL
    target = Path(arguments[1]) if len(arguments) > 1 else Path("world_vs_catalogue.png")
    epoch_tai_ns = parse_utc(EPOCH)
    worlds = {"simulated": orbits(generate_world(seed=1, epoch_tai_ns=epoch_tai_ns).element_sets)}
    if arguments or catalogue.is_file():
        worlds = {"real": orbits(read_file(catalogue).element_sets.latest_at(epoch_tai_ns)), **worlds}
        for column in ("height_km", "inclination_deg", "eccentricity"):
            distance = ks_2samp(worlds["real"][column], worlds["simulated"][column]).statistic
            print(f"{column:16s} Kolmogorov-Smirnov distance {distance:.3f}")
    else:
        print("no catalogue at hand: the simulated world alone")
    draw(worlds, target)
    print(f"wrote {target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
