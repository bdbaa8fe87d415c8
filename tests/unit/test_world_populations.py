"""The data file of populations: rules every row keeps, and rows that are refused."""

import math

import numpy as np
import pytest

from mihari.errors import InputError
from mihari.exercise.world import load_populations, parse_populations
from mihari.exercise.world._samplers import slot_angles

EARTH_KM = 6378.135


def test_every_row_says_where_it_is_known_from():
    known = load_populations()
    rows = (*known.singles, *known.sized())
    assert all(len(row.source) > 10 for row in rows)
    assert all(row.owner.startswith("SIM-") for row in rows)
    assert all(row.count > 0 for row in rows)
    stems = [row.stem for row in rows]
    assert len(set(stems)) == len(stems)
    # Rows stand for about 30,000 objects, so that counts can be read as such.
    assert 27_000 < sum(row.count for row in rows) < 33_000


def test_no_name_is_a_real_object_without_saying_like():
    for row in (*load_populations().singles, *load_populations().constellations, *load_populations().clouds):
        generic = row.name in {"BACKGROUND", "EARLY POLAR STAGE"}
        assert generic or "-LIKE" in row.name, row.name


def closest_pair_km(shell):
    """Least distance in a Walker pattern of circular orbits: Speckman, Lang, Boyce, AIAA 90-2901."""
    inclination = shell.inclination_rad
    plane = np.arange(1, shell.planes)[:, None]
    turn = plane * shell.node_span_rad / shell.planes
    seat = np.arange(shell.per_plane)[None, :]
    lead = 2.0 * np.pi * (seat / shell.per_plane + plane * shell.phasing / (shell.planes * shell.per_plane))
    cosine = math.cos(inclination) ** 2 + math.sin(inclination) ** 2 * np.cos(turn)
    offset = lead + 2.0 * np.arctan(math.cos(inclination) * np.tan(turn / 2.0))
    half = np.abs(np.sqrt((1.0 + cosine) / 2.0) * np.sin(offset / 2.0))
    return 2.0 * (EARTH_KM + shell.altitude_m / 1e3) * half.min()


def test_no_shell_runs_into_itself():
    shells = [s for s in load_populations().constellations if s.planes > 1]
    assert len(shells) > 10
    for shell in shells:
        assert closest_pair_km(shell) > 35.0, shell.name


def test_the_closed_form_of_the_closest_pair_agrees_with_a_search():
    shell = next(s for s in load_populations().constellations if s.name == "IRIDIUM-LIKE")
    count = shell.planes * shell.per_plane
    span = shell.node_span_rad
    _, node, latitude = slot_angles(
        count, planes=shell.planes, per_plane=shell.per_plane, phasing=shell.phasing, node_span_rad=span
    )
    inclination = shell.inclination_rad
    least = np.inf
    for turn in np.linspace(0.0, 2.0 * np.pi, 1500):
        u = latitude + turn
        place = np.stack(
            [
                np.cos(node) * np.cos(u) - np.sin(node) * np.sin(u) * math.cos(inclination),
                np.sin(node) * np.cos(u) + np.cos(node) * np.sin(u) * math.cos(inclination),
                np.sin(u) * math.sin(inclination),
            ],
            axis=-1,
        )
        cosines = place @ place.T
        np.fill_diagonal(cosines, -1.0)
        least = min(least, math.sqrt(2.0 - 2.0 * cosines.max()))
    assert least * (EARTH_KM + shell.altitude_m / 1e3) == pytest.approx(closest_pair_km(shell), rel=0.01)


def test_slots_are_filled_evenly():
    plane, node, latitude = slot_angles(36, planes=12, per_plane=6, phasing=1, node_span_rad=2.0 * np.pi)
    assert np.bincount(plane.astype(int)).max() <= 6
    assert len({(round(a, 9), round(b, 9)) for a, b in zip(node, np.mod(latitude, 2 * np.pi), strict=True)}) == 36


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("schema = 1\n[[single]\n", "not TOML"),
        ("schema = 2\n", "schema 2"),
        ('schema = 1\n[[ring]]\nname = "X"\nmode = "spin"\n', "spin"),
        ('schema = 1\n[[scatter]]\nname = "X"\naltitude_km = [500.0]\n', "scatter 1"),
        ('schema = 1\n[[scatter]]\nname = "X"\nowner = "SIM"\nsource = "s"\n', "scatter 1"),
        ('schema = 1\n[[scatter]]\nname = "X"\nkind = "TEAPOT"\n', "TEAPOT"),
        (
            'schema = 1\n[[ring]]\nname = "X"\nmode = "spin"\nowner = "a"\nsource = "b"\noffset_km = [0.0, 1.0]\n',
            "ring 1",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_row(text, word):
    with pytest.raises(InputError, match=word):
        parse_populations(text, where="mine.toml")
