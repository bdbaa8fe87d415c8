"""Avoidance planning: ``python -m benchmarks.avoidance [--quick] [CATALOGUE.parquet]``.

A low primary with several conjunctions: the grid of 1,000 candidates against all of them by transition matrices, beside
the same candidates flown in full dynamics; twenty finalists flown; their screening against 30,000 objects in one pass,
beside one candidate alone and beside the reference load of the screening benchmark; last the whole plan with the ladder
for what it recommends, in one call. Compile time is printed apart.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.screening import JD, THREADS, load, prepare, reference_load, resize
from mihari.astro.earth import load_earth_orientation
from mihari.astro.numerical import CIRA_72, AreaToMass, ForceModel, propagate
from mihari.astro.relative import rtn_basis
from mihari.astro.states import Frame, StateVectors
from mihari.astro.time import tai_ns_from_utc_jd
from mihari.compute import ThreadExecutor
from mihari.conjunction.avoidance import (
    AvoidanceProblem,
    Catalogue,
    Encounters,
    ExecutionError,
    Goal,
    MissionConstraints,
    Primary,
    Rescreening,
    Spacecraft,
    burn_times,
    confirm_by_ladder,
    evaluate,
    explore,
    fly,
    fly_reference,
    plan_avoidance,
    probability_in_plane,
    rescreen,
    window_nodes,
)

START = int(tai_ns_from_utc_jd(JD, 0.0))
HOUR_NS = 3_600 * 10**9
AXES = (400.0, 2_000.0, 2_000.0)


def make_problem(days: float, count: int, degree: int) -> AvoidanceProblem:
    """Return a primary at 800 km with conjunctions spread over the second half of the window."""
    orientation = load_earth_orientation()
    model = ForceModel(degree=degree, density=CIRA_72, radiation=True)
    radius = 7_178e3
    speed, inclination = math.sqrt(model.field.mu_m3_s2 / radius), math.radians(98.0)
    state = StateVectors(
        Frame.GCRF,
        np.array([START]),
        np.array([[radius, 0.0, 0.0]]),
        np.array([[0.0, speed * math.cos(inclination), speed * math.sin(inclination)]]),
    )
    area = AreaToMass(drag_m2_kg=0.02, radiation_m2_kg=0.02)
    rng = np.random.default_rng(5)
    tca = START + np.sort(rng.uniform(0.4, 0.98, count) * days * 24 * HOUR_NS).astype(np.int64)
    flown = propagate(state, tca, model=model, orientation=orientation, area_to_mass=area).states
    basis = rtn_basis(flown.position_m[0], flown.velocity_m_s[0])
    angle = rng.uniform(0.5, math.pi, count)
    turned = np.stack([np.zeros(count), np.cos(angle), np.sin(angle)], axis=-1) * speed
    own = np.einsum("kij,kj->ki", basis, flown.velocity_m_s[0])
    relative = turned - own
    miss = rng.normal(0.0, 150.0, (count, 3))
    miss -= relative * (np.sum(miss * relative, axis=-1) / np.sum(relative**2, axis=-1))[:, None]
    covariance = np.tile(np.diag([100.0, 400.0, 100.0]) ** 2, (count, 1, 1))
    return AvoidanceProblem(
        primary=Primary(object_id=-1, state=state, model=model, area_to_mass=area, orientation=orientation),
        encounters=Encounters(
            secondary_id=np.arange(count) + 900_000,
            tca_tai_ns=tca,
            secondary_position_gcrf_m=flown.position_m[0] + np.einsum("kji,kj->ki", basis, miss),
            secondary_velocity_gcrf_m_s=np.einsum("kji,kj->ki", basis, turned),
            primary_covariance_gcrf_m2=0.5 * covariance,
            secondary_covariance_gcrf_m2=0.5 * covariance,
            hard_body_radius_m=np.full(count, 10.0),
            keep_out_m=np.tile(AXES, (count, 1)),
            is_from_element_set=np.zeros(count, dtype=bool),
        ),
        end_tai_ns=START + round(days * 24 * HOUR_NS),
        constraints=MissionConstraints(earliest_tai_ns=START, latest_tai_ns=int(tca[-1])),
        spacecraft=Spacecraft(mass_kg=500.0),
        execution=ExecutionError(magnitude_share=0.02, pointing_rad=0.02),
        goal=Goal(),
        probability=probability_in_plane,
    )


class Clock:
    """Prints what a piece took, wall and processor."""

    def __init__(self) -> None:
        self.mark()

    def mark(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def tell(self, what: str, per: float = 1.0, unit: str = "s") -> float:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        print(f"{what:<62} {wall / per:8.3f} {cpu / per:8.3f} {unit}", flush=True)
        self.mark()
        return cpu


def run(path: Path | None, *, quick: bool) -> None:
    """Time grid, finalists and screening."""
    days, objects = (1.0, 10_000) if quick else (3.0, 30_000)
    clock = Clock()
    print(f"{'work':<62} {'wall':>8} {'cpu':>8}")
    problem = make_problem(days, 12, 24)
    clock.tell("first flight, compiling")
    times = burn_times(problem, half_revolutions=2 if quick else 3)
    fly_reference(problem, times)
    clock.tell("first flight with partial derivatives, compiling")
    reference = fly_reference(problem, times)
    clock.tell(f"reference with partial derivatives, {days:g} days, 24 x 24")
    sizes = np.geomspace(0.005, 0.5, math.ceil(1_000 / (2 * times.size)))
    space = explore(problem, reference, burn_tai_ns=times, sizes_m_s=sizes)
    grid = clock.tell(f"grid of {space.count} candidates against {problem.encounters.count} conjunctions") / space.count
    best = space.finalists(20)
    clock.tell(f"choice of {best.size} out of {space.count}, {np.count_nonzero(space.is_avoiding)} avoid everything")
    chosen = space.take(best)
    nodes = window_nodes(problem, start_tai_ns=START)
    fly(problem, reference, chosen.take(np.arange(best.size)), node_tai_ns=nodes[:2], threads=THREADS)
    clock.tell("first flight of many, compiling")
    flown = fly(problem, reference, chosen, node_tai_ns=nodes, threads=THREADS)
    full = clock.tell(f"{best.size} finalists in full dynamics, {nodes.size} nodes each") / best.size
    print(f"full dynamics over grid, per candidate: {full / grid:.0f}")
    wrong = np.linalg.norm(flown.space.miss_rtn_m - chosen.miss_rtn_m, axis=-1)
    still = evaluate(
        problem, reference, burn_tai_ns=times[:1], direction_rtn=np.array([[0.0, 1.0, 0.0]]), delta_v_m_s=np.zeros(1)
    )
    moved = np.hypot(
        np.linalg.norm(flown.space.miss_rtn_m - still.miss_rtn_m, axis=-1),
        flown.space.tca_delay_s * flown.space.relative_speed_m_s,
    )
    share = wrong / np.maximum(moved, 50.0)
    print(
        f"grid against full dynamics: median {np.median(wrong):.1f} m, {np.median(share):.1e} of the displacement; "
        f"greatest {wrong.max():.0f} m, {share.max():.1e}"
    )

    catalogue = resize(load(path), objects)
    propagator, order = prepare(catalogue)
    sets = Catalogue(propagator.batch, order.astype(np.int64))
    reference_s = reference_load(catalogue, 2).cpu_s
    with ThreadExecutor(THREADS) as executor:

        def screened(rows: int) -> Rescreening:
            return rescreen(
                StateVectors(
                    Frame.GCRF, nodes, flown.ephemerides.position_m[:rows], flown.ephemerides.velocity_m_s[:rows]
                ),
                sets,
                start_tai_ns=START,
                end_tai_ns=problem.end_tai_ns,
                semi_axes_m=AXES,
                primary_id=-1,
                encounters=problem.encounters,
                orientation=problem.primary.orientation,
                executor=executor,
            )

        screened(1)
        clock.mark()
        screened(1)
        one = clock.tell(f"one candidate on {objects:,} objects, {days:g} days")
        found = screened(best.size)
        many = clock.tell(
            f"{best.size} candidates on {objects:,} objects, {days:g} days: {found.candidate.size} approaches"
        )
        clock.mark()
        plan = plan_avoidance(
            problem,
            sets,
            sizes_m_s=sizes,
            rescreen_axes_m=AXES,
            executor=executor,
            half_revolutions=2 if quick else 3,
            threads=THREADS,
        )
        clock.tell(f"whole plan: grid of {plan.space.count}, {len(plan.burns)} flown, screened on {objects:,} objects")
        both = np.zeros((problem.encounters.count, 6, 6))
        both[:, :3, :3] = problem.encounters.primary_covariance_gcrf_m2
        both[:, 3:, 3:] = both[:, :3, :3] * 1e-6
        both[:, :3, 3:] = both[:, 3:, :3] = both[:, :3, :3] * 1e-4
        confirm_by_ladder(plan, primary_covariance_gcrf=both, secondary_covariance_gcrf=both)
        clock.tell("ladder, compiling")
        confirm_by_ladder(plan, primary_covariance_gcrf=both, secondary_covariance_gcrf=both)
        clock.tell(f"ladder for {len(plan.recommended)} recommended, {problem.encounters.count} conjunctions each")
    print(
        f"{best.size} candidates over one: {many / one:.2f}; over the reference load of 24 h: {many / reference_s:.2f}"
    )


def main() -> None:
    words = sys.argv[1:]
    files = [Path(word) for word in words if not word.startswith("-")]
    run(files[0] if files else None, quick="--quick" in words)


if __name__ == "__main__":
    main()
