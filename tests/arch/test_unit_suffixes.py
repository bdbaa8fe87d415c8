"""Every public physical quantity carries its unit, and every state its frame.

The walker reads the source of `mihari` as syntax trees: fields of public classes, parameters of public functions and
methods, properties, constants, and the columns of declared tables. Public is what `__all__` lists, and in a module
without `__all__` whatever has no leading underscore.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import mihari
from mihari.astro.states import Frame
from mihari.model.orbit import ELEMENT_SET_SCHEMA
from mihari.units import EDGE_SUFFIXES, SI_SUFFIXES

ROOT = Path(mihari.__file__).parent

EDGES = (
    "formats/",
    "cli/",
    "server/",
    "app/export",
    "astro/sgp4/",
    "model/orbit.py",
    # What machines and people read is written here, in the units of messages.
    "app/documents.py",
    "app/answers.py",
    "app/report",
)
"""Where the units of messages (km, degrees, UTC) may appear in names."""

TIME_SCALE_SUFFIXES = ("_utc", "_jd", "_mjd", "_days")
TIME_SCALE_ROOMS = ("astro/",)
"""Time scales exist at the edges and inside astro, which turns them into TAI nanoseconds."""

MESSAGE_NAMES = frozenset(ELEMENT_SET_SCHEMA) | {"launch_date_utc", "decay_date_utc"}
"""Numbers of an element set keep the unit of the message wherever they go (docs/decisions/0002), and calendar dates of
a satellite catalogue are dates to the day, not moments."""

MOMENTS_AS_TEXT = ("app/", "cli/", "server/")
"""Where a moment may also be given as the text that a person writes, and a plain `at` says enough."""

OPTIONS = {"hours": ("cli/", "server/"), "rescreen_hours": ("cli/",)}
"""Names that the verbs fix on the command line and over HTTP."""

NOT_QUANTITIES = (
    ("conjunction/screening/_", r"(\w+_)?start", "first row or first neighbour of a cell"),
    ("model/ephemeris.py", r"interpolation_degree", "degree of a polynomial, as CCSDS names it"),
    ("conjunction/probability/_", r"radius|start|end|step|angle|speed|distance", "kernels in canonical units"),
    ("formats/_tle_lines.py", r"start|end", "first byte of a line, and the byte after it"),
    ("store/_", r"starts", "first row of an object"),
    ("astro/interpolate.py", r"(highest_)?degree", "of a polynomial"),
    ("astro/numerical/", r"(partials_)?degree", "of spherical harmonics"),
)
"""Names that only look like quantities: module, pattern of the name, and what they are."""

_LENGTH = ("_m", "_km", "_m2_kg")
_SPEED = ("_m_s", "_km_s")
_ANGLE = ("_rad", "_deg", "_rad_s", "_deg_s")  # a rate of an angle is known by its unit
_MOMENT = ("_tai_ns", "_utc", "_jd", "_mjd")
_SPAN = ("_s", "_ns", "_min", "_h", "_days")
_RATE = ("_m_s", "_km_s", "_rad_s", "_deg_s", "_hz", "_rev_day")

QUANTITIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        "position range altitude height distance radius miss separation apogee perigee apoapsis periapsis "
        "semimajor radial transverse normal".split(),
        _LENGTH,
    ),
    **dict.fromkeys("velocity speed".split(), _SPEED),
    "acceleration": ("_m_s2",),
    **dict.fromkeys(
        "inclination latitude longitude azimuth elevation raan declination anomaly pericenter perigee_argument "
        "angle obliquity".split(),
        _ANGLE,
    ),
    **dict.fromkeys("epoch epochs tca start end at moment created learned fetched now creation".split(), _MOMENT),
    **dict.fromkeys("age duration period elapsed timeout lifetime".split(), _SPAN),
    "interval": (*_SPAN, *_MOMENT),
    "step": (*_SPAN, "_m", "_rad"),
    "time": (*_MOMENT, *_SPAN),
    "rate": _RATE,
    "motion": ("_rev_day", "_rad_s", "_rad_min"),
    "mass": ("_kg", "_m2_kg"),  # also of an area-to-mass ratio
    "perigee": ("_m", "_km", "_rad", "_deg"),  # a distance, or short for the argument of perigee
    "area": ("_m2",),
    "frequency": ("_hz",),
    "temperature": ("_k",),
    "bstar": ("_per_earth_radius",),
}
"""Head nouns of quantities, with the units that fit them."""

UNITS_SPELT_OTHERWISE = frozenset(
    "meter meters metre metres kilometer kilometers kilometre kilometres kms sec secs seconds msec usec ms us "
    "minute minutes mins hour hours hr hrs degree degrees degs radian radians rads kmh kps mps nanoseconds hertz "
    "kilogram kilograms".split()
)

FRAME_TOKENS = frozenset(frame.value.lower() for frame in Frame) | {"geodetic"}
FRAME_CARRIERS = re.compile(r"\b(Frame|StateVectors|TemeStates)\b")
STATE_HEADS = frozenset({"position", "velocity"})

FRAME_FREE: dict[str, str] = {}
"""Functions and classes that hold for whatever frame their arrays are in, each with the reason."""


@dataclass(frozen=True)
class Name:
    """One public name of the source: where it stands, whose it is, and its annotation as text."""

    place: str
    owner: str
    name: str
    annotation: str
    kind: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind} {self.owner}.{self.name}" if self.owner else f"{self.place}: {self.name}"


_FRAMES_AND_NUMBERS = re.compile(r"^(\d+|[a-z]?\d|x|y|z|" + "|".join(sorted(FRAME_TOKENS)) + r")$")


def legal_suffix(name: str) -> str | None:
    """Return the longest legal suffix of a name; the whole name may be one (`tai_ns`)."""
    folded = "_" + name.lower()
    return max((s for s in (*SI_SUFFIXES, *EDGE_SUFFIXES) if folded.endswith(s)), key=len, default=None)


def head_noun(name: str) -> str:
    """Return the noun that says what a name is: the last word, indices and frames left out, in the singular."""
    words = [word for word in name.lower().strip("_").split("_") if not _FRAMES_AND_NUMBERS.match(word)]
    last = words[-1] if words else ""
    if last in QUANTITIES or last == "steps":  # steps are counted
        return last
    for ending, singular in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if last.endswith(ending) and last.removesuffix(ending) + singular in QUANTITIES:
            return last.removesuffix(ending) + singular
    return last


def is_edge(place: str) -> bool:
    return place.startswith(EDGES)


def carries_numbers(annotation: str) -> bool:
    """Say whether an annotation may hold a number; a text, an object, a flag or a callable carries its own meaning."""
    if not annotation:
        return True
    bare = re.sub(r"\b(None|Annotated|Final|Sequence|tuple|list|Mapping|dict|Iterable)\b", "", annotation)
    return (
        re.search(r"\b(int|float|number|Float64|float64|int64|Int64|NDArray|ndarray|Any|Expr|Number)\b", bare)
        is not None
    )


def fault(entry: Name) -> str | None:
    """Return what is wrong with one name, or None."""
    name = entry.name.lower()
    if entry.name in MESSAGE_NAMES:
        return None
    if any(entry.place.startswith(module) and re.fullmatch(known, name) for module, known, _ in NOT_QUANTITIES):
        return None
    if entry.place.startswith(OPTIONS.get(entry.name, ())):
        return None
    if entry.place.startswith(MOMENTS_AS_TEXT) and re.search(r"\bstr\b", entry.annotation):
        return None
    if "_per_" in name and legal_suffix(name) != "_per_earth_radius":
        return None  # a ratio names both of its parts
    suffix = legal_suffix(name)
    head_with_suffix = name.rsplit("_", 1)[-1]
    if suffix is None:
        if head_with_suffix in UNITS_SPELT_OTHERWISE and carries_numbers(entry.annotation):
            return f"{entry} spells its unit in a way of its own"
        if head_noun(name) in QUANTITIES and carries_numbers(entry.annotation):
            return f"{entry} is a quantity without a unit"
        return None
    if suffix in EDGE_SUFFIXES and not is_edge(entry.place):
        scale = suffix in TIME_SCALE_SUFFIXES and entry.place.startswith(TIME_SCALE_ROOMS)
        if not scale:
            return f"{entry} carries {suffix}, which belongs to the edges"
    if name == suffix.lstrip("_"):
        return None
    head = head_noun(name.removesuffix(suffix))
    fitting = QUANTITIES.get(head)
    if fitting is not None and suffix not in fitting and head not in ("at", "normal", "step"):
        return f"{entry}: {suffix} is no unit of {head}"
    return None


def _public_names(tree: ast.Module) -> set[str] | None:
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets):
            value = node.value
            if isinstance(value, ast.List | ast.Tuple):
                return {element.value for element in value.elts if isinstance(element, ast.Constant)}
    return None


def _text(annotation: ast.expr | None) -> str:
    return "" if annotation is None else ast.unparse(annotation)


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.arg]:
    arguments = function.args
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)


def _is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(_text(d).rsplit(".", 1)[-1] in ("property", "cached_property") for d in function.decorator_list)


def _columns(value: ast.expr | None) -> Iterator[tuple[str, str]]:
    """Yield the columns of a declared table: a dict from text to a polars or pyarrow type."""
    if isinstance(value, ast.Dict):
        for key, dtype in zip(value.keys, value.values, strict=True):
            text = ast.unparse(dtype)
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and re.match(r"(pl|polars|pa)\.", text):
                yield key.value, text


def walk(source: str, place: str) -> Iterator[Name]:
    """Yield every public name of one module that could be a quantity."""
    tree = ast.parse(source)
    listed = _public_names(tree)

    def is_public(name: str) -> bool:
        return name in listed if listed is not None else not name.startswith("_")

    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_public(node.name):
            for argument in _parameters(node):
                yield Name(place, node.name, argument.arg, _text(argument.annotation), "parameter")
        elif isinstance(node, ast.ClassDef) and is_public(node.name):
            yield from _walk_class(node, place)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and is_public(target.id):
                if isinstance(node.value, ast.Constant | ast.BinOp | ast.UnaryOp):
                    yield Name(place, "", target.id, type(getattr(node.value, "value", 0.0)).__name__, "constant")
                for column, dtype in _columns(node.value):
                    yield Name(place, target.id, column, dtype, "column")


def _walk_class(node: ast.ClassDef, place: str) -> Iterator[Name]:
    is_enum = any(_text(base).rsplit(".", 1)[-1].endswith("Enum") for base in node.bases)
    for member in node.body:
        if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name) and not is_enum:
            if not member.target.id.startswith("_"):
                yield Name(place, node.name, member.target.id, _text(member.annotation), "field")
        elif isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
            if member.name.startswith("_") and member.name not in ("__init__", "__call__"):
                continue
            owner = f"{node.name}.{member.name}"
            if _is_property(member):
                yield Name(place, node.name, member.name, _text(member.returns), "property")
            for argument in _parameters(member):
                yield Name(place, owner, argument.arg, _text(argument.annotation), "parameter")


def unit_faults(source: str, place: str) -> list[str]:
    return [text for entry in walk(source, place) if (text := fault(entry)) is not None]


def frame_faults(source: str, place: str) -> list[str]:
    """Return the public functions, classes and tables that carry states and name no frame."""
    owners: dict[tuple[str, str], list[Name]] = {}
    for entry in walk(source, place):
        owners.setdefault((entry.owner, entry.kind), []).append(entry)
    found = []
    for (owner, kind), entries in owners.items():
        states = [e for e in entries if head_noun(e.name.removesuffix(legal_suffix(e.name) or "")) in STATE_HEADS]
        states = [e for e in states if carries_numbers(e.annotation)]
        states += [e for e in entries if kind == "column" and re.fullmatch(r"v?[xyz]_k?m(_s)?", e.name)]
        words = set(re.findall(r"[a-z]+\d*|eme2000", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", owner).lower()))
        named = bool(FRAME_TOKENS & words)
        named |= any(FRAME_TOKENS & set(e.name.lower().split("_")) for e in states)
        named |= any(FRAME_CARRIERS.search(e.annotation) for e in entries)
        named |= kind == "column" and any(e.name == "frame" for e in entries)
        if states and not named and f"{place}:{owner}" not in FRAME_FREE:
            found.append(f"{place}: {kind}s of {owner} carry {states[0].name} and no frame")
    return found


MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_every_public_quantity_carries_its_unit(module: str) -> None:
    assert unit_faults((ROOT / module).read_text(encoding="utf-8"), module) == []


@pytest.mark.parametrize("module", MODULES)
def test_every_public_state_carries_its_frame(module: str) -> None:
    assert frame_faults((ROOT / module).read_text(encoding="utf-8"), module) == []


def test_the_walker_sees_the_model() -> None:
    seen = {entry.name for module in MODULES for entry in walk((ROOT / module).read_text(encoding="utf-8"), module)}
    expected = {
        "tca_tai_ns",  # a column
        "position_m",  # a field
        "start_tai_ns",  # a field and a parameter
        "EARTH_EQUATORIAL_RADIUS_M",  # a constant
        "inclination_deg",  # a column of the edges
    }
    assert expected <= seen
    assert len(seen) > 100


BAD_UNITS = {
    "field without a unit": "class A:\n    altitude: float",
    "plural field": "class A:\n    velocities: NDArray[np.float64]",
    "numbered field": "class A:\n    position_1: float",
    "field with a frame and no unit": "class A:\n    position_teme: float",
    "parameter": "def f(start: int): ...",
    "keyword parameter": "def f(*, miss_distance: float): ...",
    "parameter without annotation": "def f(epoch): ...",
    "method parameter": "class A:\n    def f(self, range: float): ...",
    "constructor parameter": "class A:\n    def __init__(self, mass: float): ...",
    "property": "class A:\n    @property\n    def age(self) -> float: ...",
    "column": "A_SCHEMA = {'tca': pl.Int64}",
    "column of a Final": "A_SCHEMA: Final[Mapping[str, Any]] = {'relative_speed': pl.Float64}",
    "constant": "RADIUS = 6378137.0",
    "unit spelt out": "def f(wait_seconds: float): ...",
    "edge unit inside": "class A:\n    altitude_km: float",
    "edge unit of an angle inside": "def f(latitude_deg: float): ...",
    "UTC inside": "def f(start_utc: str): ...",
    "wrong unit": "class A:\n    inclination_m: float",
    "wrong unit of a moment": "class A:\n    tca_s: float",
    "listed only": "__all__ = ['f']\ndef f(age: float): ...",
    "async": "async def f(duration: float): ...",
}


@pytest.mark.parametrize("snippet", BAD_UNITS.values(), ids=BAD_UNITS.keys())
def test_the_walker_finds_a_planted_unit_fault(snippet: str) -> None:
    assert len(unit_faults(snippet, "model/planted.py")) == 1


GOOD_UNITS = {
    "units": "class A:\n    altitude_m: float\n    tca_tai_ns: int\n    relative_speed_m_s: float\n    age_s: float",
    "counts and texts": "class A:\n    epoch_count: int\n    start_index: int\n    period_text: str\n    end: str",
    "private": "def _f(altitude): ...\nclass _A:\n    altitude: float",
    "not listed": "__all__ = ['g']\ndef f(altitude): ...",
    "objects": "class A:\n    velocity: Velocity\n    range: Callable[[], str]",
    "columns": "A_SCHEMA = {'tca_tai_ns': pl.Int64, 'epoch_1_tai_ns': pl.Int64, 'kind': pl.String}",
    "ratios": "class A:\n    eccentricity: float",
}


@pytest.mark.parametrize("snippet", GOOD_UNITS.values(), ids=GOOD_UNITS.keys())
def test_the_walker_is_content_with_good_names(snippet: str) -> None:
    assert unit_faults(snippet, "model/planted.py") == []


@pytest.mark.parametrize("place", ["formats/x.py", "cli/_x.py", "server/x.py", "app/export.py", "astro/sgp4/x.py"])
def test_edges_may_speak_the_units_of_messages(place: str) -> None:
    assert unit_faults("def f(altitude_km: float, start_utc: str, latitude_deg: float): ...", place) == []


def test_a_unit_is_demanded_at_the_edges_too() -> None:
    assert len(unit_faults("def f(altitude: float): ...", "cli/_x.py")) == 1


BAD_FRAMES = {
    "class": "class States:\n    position_m: NDArray[np.float64]\n    velocity_m_s: NDArray[np.float64]",
    "function": "def f(position_m: NDArray[np.float64]): ...",
    "table": "A_SCHEMA = {'x_m': pl.Float64, 'y_m': pl.Float64, 'z_m': pl.Float64}",
}


@pytest.mark.parametrize("snippet", BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
def test_the_walker_finds_a_planted_state_without_a_frame(snippet: str) -> None:
    assert len(frame_faults(snippet, "model/planted.py")) == 1


GOOD_FRAMES = {
    "frame field": "class States:\n    frame: Frame\n    position_m: NDArray[np.float64]",
    "frame in the class": "class TemeStates:\n    position_m: NDArray[np.float64]",
    "frame in the function": "def geodetic_from_itrf(position_m: NDArray[np.float64]): ...",
    "frame in the name": "def f(position_gcrf_m: NDArray[np.float64]): ...",
    "frame parameter": "def f(position_m: NDArray[np.float64], *, frame: Frame): ...",
    "frame column": "A_SCHEMA = {'frame': pl.String, 'x_m': pl.Float64}",
}


@pytest.mark.parametrize("snippet", GOOD_FRAMES.values(), ids=GOOD_FRAMES.keys())
def test_the_walker_is_content_with_states_that_carry_a_frame(snippet: str) -> None:
    assert frame_faults(snippet, "model/planted.py") == []
