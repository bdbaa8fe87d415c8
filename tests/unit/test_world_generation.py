"""The simulated world: counts, marks, determinism, and what is refused."""

import hashlib

import numpy as np
import polars as pl
import pytest

from mihari.errors import UsageError
from mihari.exercise.world import (
    FIRST_SERIAL_NUMBER,
    LARGEST_SIZE,
    NAME_MARK,
    SMALLEST_SIZE,
    TRUTH_SCHEMA,
    generate_world,
    load_populations,
)
from mihari.ids import SIMULATED_NORAD_FROM, check_norad_cat_id
from mihari.model.orbit import ELEMENT_SET_KEY
from mihari.model.provenance import DataMode
from mihari.model.space_object import ObjectType, infer_object_type

EPOCH = 1_767_225_637_000_000_000  # 2026-01-01T00:00:00 UTC
DAY_NS = 86_400_000_000_000


@pytest.fixture(scope="module")
def world():
    return generate_world(seed=1, epoch_tai_ns=EPOCH)


@pytest.mark.parametrize("size", [SMALLEST_SIZE, 2_345, 30_000])
def test_every_table_has_the_size_that_was_asked_for(size):
    made = generate_world(seed=4, size=size, epoch_tai_ns=EPOCH)
    assert len(made.element_sets) == len(made.objects) == len(made.truth) == size
    assert made.element_sets.frame["norad_cat_id"].n_unique() == size
    assert made.element_sets.frame["object_name"].n_unique() == size


def test_the_largest_world():
    made = generate_world(seed=4, size=LARGEST_SIZE, epoch_tai_ns=EPOCH)
    numbers = made.element_sets.frame["norad_cat_id"]
    assert numbers.n_unique() == LARGEST_SIZE
    check_norad_cat_id(int(numbers.max()))


def test_everything_is_marked_simulated(world):
    frame = world.element_sets.frame
    assert frame["norad_cat_id"].min() >= SIMULATED_NORAD_FROM
    assert frame["object_name"].str.ends_with(NAME_MARK).all()
    assert world.objects.frame["object_name"].str.ends_with("(SIM)").all()
    assert world.objects.frame["owner"].str.starts_with("SIM-").all()
    assert frame["originator"].unique().to_list() == ["MIHARI SIM"]
    # A designator could be taken for a real object's.
    assert frame["object_id"].null_count() == len(world.element_sets)
    assert world.provenance.data_mode is DataMode.SIMULATED
    assert world.provenance.licence == "Apache-2.0 (generated)"
    assert "seed=1 size=30000 version=" in world.provenance.method


def test_the_tables_agree_row_by_row(world):
    sets, objects, truth = world.element_sets.frame, world.objects.frame, world.truth.frame
    for other in (objects, truth):
        assert sets["norad_cat_id"].equals(other["norad_cat_id"])
    assert sets["object_name"].equals(objects["object_name"])
    assert sets["epoch_tai_ns"].equals(truth["epoch_tai_ns"])
    assert sets["norad_cat_id"].is_sorted()
    assert dict(truth.schema) == dict(TRUTH_SCHEMA)


@pytest.mark.parametrize("size", [SMALLEST_SIZE, 30_000])
def test_the_named_objects_are_in_every_world(size):
    made = generate_world(seed=9, size=size, epoch_tai_ns=EPOCH)
    numbers = dict(made.objects.frame.select("object_name", "norad_cat_id").iter_rows())
    assert numbers["ISS-LIKE STATION (SIM)"] == 900_025_544
    assert numbers["QZS-LIKE 2 (SIM)"] == 900_042_738
    assert numbers["HIMAWARI-LIKE 9 (SIM)"] == 900_041_836
    assert all(p.number < FIRST_SERIAL_NUMBER for p in load_populations().singles)
    names = made.objects.frame["object_name"]
    for stem in ("STARLINK-LIKE A", "GEO SLOT", "FENGYUN-1C-LIKE DEB", "COSMOS-2251-LIKE DEB", "SL-8-LIKE 83 R/B"):
        assert names.str.starts_with(stem + " ").any(), stem


def test_names_tell_the_type(world):
    frame = world.objects.frame
    inferred = [infer_object_type(name).value for name in frame["object_name"]]
    assert inferred == frame["object_type"].to_list()
    counts = dict(frame["object_type"].value_counts().iter_rows())
    assert set(counts) == {t.value for t in (ObjectType.PAYLOAD, ObjectType.ROCKET_BODY, ObjectType.DEBRIS)}
    assert 0.35 < counts["DEBRIS"] / len(frame) < 0.5
    assert 0.05 < counts["ROCKET BODY"] / len(frame) < 0.12


def digest(made):
    lines = hashlib.sha256()
    for name in ELEMENT_SET_KEY:
        lines.update(made.element_sets.frame[name].to_numpy().astype(f"<{'i8' if name.endswith('ns') else 'f8'}"))
    return lines.hexdigest()


def test_the_same_seed_gives_the_same_numbers():
    first, again = (generate_world(seed=20, size=3_000, epoch_tai_ns=EPOCH) for _ in range(2))
    assert first.element_sets.frame.equals(again.element_sets.frame)
    assert first.objects.frame.equals(again.objects.frame)
    assert first.truth.frame.equals(again.truth.frame)
    other = generate_world(seed=21, size=3_000, epoch_tai_ns=EPOCH)
    same = (first.element_sets.frame["mean_anomaly_deg"] == other.element_sets.frame["mean_anomaly_deg"]).sum()
    assert same < 10


def test_the_numbers_are_those_of_this_version():
    """Changes only together with WORLD_VERSION: worlds named by seed and version stay what they were."""
    made = generate_world(seed=7, size=SMALLEST_SIZE, epoch_tai_ns=EPOCH)
    assert (made.version, digest(made)) == (1, "8bf9fe062bbcf325d91ec83124e2b13342c20277579a64592987df83fda7580a")


def test_a_population_does_not_move_its_neighbours():
    """Each draws from a stream of its own: the layout of one does not depend on how many another has."""
    known = load_populations()
    fewer = type(known)(
        known.singles, known.constellations, known.scatters, known.rings, known.eccentrics, known.clouds[1:]
    )
    picked = ["norad_cat_id", "inclination_deg", "eccentricity"]
    for size in (5_000,):
        full = generate_world(seed=3, size=size, epoch_tai_ns=EPOCH).truth.frame
        part = generate_world(seed=3, size=size, epoch_tai_ns=EPOCH, populations=fewer).truth.frame
        singles = pl.col("norad_cat_id") < FIRST_SERIAL_NUMBER
        assert full.filter(singles).select(picked).equals(part.filter(singles).select(picked))


def test_ages_are_those_of_a_catalogue(world):
    age_days = (EPOCH - world.element_sets.frame["epoch_tai_ns"].to_numpy()) / DAY_NS
    debris = world.objects.frame["object_type"].to_numpy() == "DEBRIS"
    assert age_days.min() > 0.0
    assert 0.2 < np.median(age_days) < 1.0
    assert age_days[~debris].max() <= 4.0
    assert 0.005 < np.mean(age_days[debris] > 5.0) < 0.03
    assert age_days.max() < 30.0
    created = world.element_sets.frame["creation_tai_ns"]
    assert (created > world.element_sets.frame["epoch_tai_ns"]).all()
    assert created.max() <= EPOCH


def test_published_numbers_have_the_digits_of_a_message(world):
    frame = world.element_sets.frame
    for name, digits in (
        ("inclination_deg", 4),
        ("mean_anomaly_deg", 4),
        ("eccentricity", 7),
        ("mean_motion_rev_day", 8),
    ):
        column = frame[name].to_numpy()
        np.testing.assert_array_equal(column, np.round(column, digits))
    assert frame["eccentricity"].min() > 0.0
    for name in ("ra_of_asc_node_deg", "arg_of_pericenter_deg", "mean_anomaly_deg"):
        assert frame[name].min() >= 0.0
        assert frame[name].max() < 360.0
    assert frame["inclination_deg"].max() < 180.0


def test_clouds_appear_only_after_their_event():
    before = generate_world(seed=1, size=SMALLEST_SIZE, epoch_tai_ns=1_104_537_632_000_000_000)  # 2005
    counts = dict(before.truth.frame["population"].value_counts().iter_rows())
    assert "FENGYUN-1C-LIKE DEB" not in counts
    assert "COSMOS-2251-LIKE DEB" not in counts
    assert counts["COSMOS-1275-LIKE DEB"] > 0
    assert len(before.truth) == SMALLEST_SIZE


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": 1, "size": SMALLEST_SIZE - 1}, "size"),
        ({"seed": 1, "size": LARGEST_SIZE + 1}, "size"),
    ],
)
def test_nonsense_is_refused(arguments, word):
    with pytest.raises(UsageError, match=word):
        generate_world(epoch_tai_ns=EPOCH, **arguments)


def test_an_epoch_before_the_space_age_is_refused():
    with pytest.raises(UsageError, match="epoch"):
        generate_world(seed=1, size=SMALLEST_SIZE, epoch_tai_ns=-500_000_000_000_000_000)
