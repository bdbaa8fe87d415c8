"""The page's own modules for filters, tables, files and states between knots, against values that Python computes."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from browser_support import ServedNode
from mihari.astro.time import parse_utc

from .conftest import CallModule
from .rooms import ask

AGE_EDGES_D = (1.0, 3.0, 7.0, 14.0)
AT_UTC = "2025-03-01T12:00:00Z"
FILTERED = """const { catalogue } = await import('/web/app/catalogue.js');
const { compileFilter } = await import('/web/app/filter.js');
while (!catalogue.get().data) await new Promise((done) => setTimeout(done, 50));
const { data } = catalogue.get();
const [hidden, watched] = [new Set(given.hidden), new Set(given.watched)];
const isShown = compileFilter(data, hidden, given.watchOnly, watched, Date.parse(given.at));
return [...data.ids].filter((_, row) => isShown(row));"""


def test_the_filter_leaves_what_a_query_over_the_catalogue_leaves(run: CallModule, world: ServedNode) -> None:
    rows = ask(world, "picture", at=AT_UTC, limit=5000)["rows"]

    def filtered(*hidden: str, watched: tuple[int, ...] = (), watch_only: bool = False) -> set[int]:
        return set(run(FILTERED, {"hidden": hidden, "watched": watched, "watchOnly": watch_only, "at": AT_UTC}))

    everything = {row["norad_cat_id"] for row in rows}
    assert filtered() == everything
    assert filtered("nonsense:1", "type:SOUP") == everything
    assert filtered("type:DEBRIS", "regime:GEO") == {
        row["norad_cat_id"] for row in rows if row["object_type"] != "DEBRIS" and row["regime"] != "GEO"
    }
    owner = rows[0]["owner"]
    assert filtered(f"owner:{owner}") == {row["norad_cat_id"] for row in rows if row["owner"] != owner}
    assert filtered("perigee:500") == {
        row["norad_cat_id"] for row in rows if not 300.0 <= row["perigee_altitude_km"] < 500.0
    }
    assert filtered("age:1", "age:more") == {
        row["norad_cat_id"] for row in rows if 1.0 <= abs(row["age_days"]) < AGE_EDGES_D[-1]
    }
    some = tuple(sorted(everything))[:7]
    assert filtered(watched=some, watch_only=True) == set(some)
    assert filtered(watched=(), watch_only=True) == set()


def test_an_object_between_two_knots_is_where_sgp4_has_it(run: CallModule, world: ServedNode) -> None:
    states = run(
        """const { catalogue } = await import('/web/app/catalogue.js');
        const { createKnots, stateBetween } = await import('/web/app/knots.js');
        while (!catalogue.get().data) await new Promise((done) => setTimeout(done, 50));
        const { data } = catalogue.get();
        const { tau, before, after } = await createKnots(data).around(Date.parse(given));
        return [...data.ids].map((id, row) => [id, ...stateBetween(before, after, row, tau, data.knotStepS)]);""",
        "2025-03-01T12:34:56Z",
    )
    rows = {row["norad_cat_id"]: row for row in ask(world, "picture", at="2025-03-01T12:34:56Z", limit=5000)["rows"]}
    names = ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")
    known = [state for state in states if state[1] is not None and rows[state[0]]["x_km"] is not None]
    assert len(known) > 0.99 * len(rows)
    mine = np.array([state[1:] for state in known])
    truth = np.array([[rows[state[0]][name] for name in names] for state in known])
    position_km = np.linalg.norm(mine[:, :3] - truth[:, :3], axis=1)
    velocity_km_s = np.linalg.norm(mine[:, 3:] - truth[:, 3:], axis=1)
    assert np.quantile(position_km, [0.5, 0.99]) == pytest.approx([0.0, 0.0], abs=1.0)
    assert np.quantile(position_km, 0.5) < 0.05
    assert np.quantile(velocity_km_s, 0.99) < 0.01


def test_the_quintic_meets_both_ends_and_a_fall_that_is_known(call: CallModule) -> None:
    at = call("app/knots.js", "quintic", 0.0)
    assert (at["p0"], at["p1"], at["v0"], at["v1"], at["a0"], at["a1"]) == (1, 0, 0, 0, 0, 0)
    at = call("app/knots.js", "quintic", 1.0)
    assert (at["p0"], at["p1"], at["v0"], at["v1"], at["a0"], at["a1"]) == (0, 1, 0, 0, 0, 0)
    # Any polynomial of the fifth degree is met everywhere: position, velocity and acceleration at 0 and 1 fix it.
    poly = np.polynomial.Polynomial([1.0, -2.0, 0.5, 3.0, -1.5, 0.25])
    speed, curve = poly.deriv(), poly.deriv(2)
    for s in (0.1, 0.37, 0.5, 0.93):
        c = call("app/knots.js", "quintic", s)
        place = c["p0"] * poly(0) + c["p1"] * poly(1) + c["v0"] * speed(0) + c["v1"] * speed(1)
        place += c["a0"] * curve(0) + c["a1"] * curve(1)
        rate = c["dp0"] * poly(0) + c["dp1"] * poly(1) + c["dv0"] * speed(0) + c["dv1"] * speed(1)
        rate += c["da0"] * curve(0) + c["da1"] * curve(1)
        assert place == pytest.approx(poly(s), abs=1e-12)
        assert rate == pytest.approx(speed(s), abs=1e-12)


def test_knots_are_numbered_in_elapsed_time(run: CallModule) -> None:
    found = run(
        """const { createKnots } = await import('/web/app/knots.js');
        const data = { version: 'x', knotEpochMs: Date.parse('2000-01-01T12:00:00Z'), knotStepS: 600 };
        const { k, tau } = createKnots(data).place(Date.parse(given));
        return [k, tau, createKnots(data).time(k)];""",
        "2025-03-01T12:34:56Z",
    )
    elapsed_s = (parse_utc("2025-03-01T12:34:56") - parse_utc("2000-01-01T12:00:00")) / 1e9
    k, tau = divmod(elapsed_s, 600.0)
    assert found[:2] == [k, pytest.approx(tau, abs=1e-6)]


def test_csv_is_that_of_rfc_4180_and_holds_no_formula(run: CallModule) -> None:
    cells = ["plain", 'say "so"', "a,b", "two\r\nlines", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "", " lead"]
    text = run(
        """const { toCsv } = await import('/web/ui/export.js');
        const column = (key, value) => ({ key, value });
        const columns = [column('text', (row) => row), column('n', () => -1.5), column('none', () => NaN)];
        return toCsv(columns, given, { data_mode: 'TEST' });""",
        cells,
    )
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows[0] == ["text", "n", "none", "data_mode"]
    guarded = [f"'{cell}" if cell[:1] in tuple("=+-@\t") else cell for cell in cells]
    # A number is no text: its sign stays.
    assert rows[1:] == [[cell, "-1.5", "", "TEST"] for cell in guarded]
    assert text.endswith("\r\n")


def test_a_table_sorts_as_people_count_and_puts_what_is_not_known_last(run: CallModule) -> None:
    found = run(
        """const { html, render } = await import('preact');
        const { Table } = await import('/web/ui/table.js');
        const place = document.createElement('div');
        place.style.height = '600px';
        document.body.append(place);
        const columns = ['name', 'size'].map((name, k) => ({ key: name, name, value: (row) => row[k] }));
        const props = { caption: 't', columns, rows: given, idOf: ([name]) => name, first: 'name' };
        render(html`<${Table} ...${props} />`, place);
        const next = () => new Promise((done) => setTimeout(done, 60));
        const read = () => [...place.querySelectorAll('tbody tr[aria-rowindex]')].map((row) => row.cells[0].innerText);
        const press = async (k) => { place.querySelectorAll('thead button')[k].click(); await next(); return read(); };
        await next();
        const all = [read(), await press(0), await press(1), await press(1)];
        const sorts = [...place.querySelectorAll('th')].map((each) => each.ariaSort);
        render(null, place);
        place.remove();
        return [all, sorts];""",
        [["SAT 10", 3.5], ["SAT 9", None], ["sat 2", -1.0], ["DEB", 20.0], ["SAT 9 B", 3.25]],
    )
    by_name, back, by_size, by_size_back = found[0]
    assert by_name == ["DEB", "sat 2", "SAT 9", "SAT 9 B", "SAT 10"]
    assert back == by_name[::-1]
    assert by_size == ["sat 2", "SAT 9 B", "SAT 10", "DEB", "SAT 9"]
    # What is not known is not the largest: it stays last.
    assert by_size_back == ["DEB", "SAT 10", "SAT 9 B", "sat 2", "SAT 9"]
    assert found[1] == ["none", "descending"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('{"objects": [{"norad_cat_id": 25544}, {"norad_cat_id": 900000001}]}', {25544, 900000001}),
        ("[1, 2.5, -3, 1000000000, 5]", {1, 5}),
        ('object_name,norad_cat_id\r\n"a, b",7\r\nc,8\r\n', {7, 8}),
        ("25544 ISS\n# none\n900000001", {25544, 900000001}),
        ("", set()),
    ],
)
def test_watch_files_are_read(run: CallModule, text: str, ids: set[int]) -> None:
    found = run("return [...(await import('/web/app/watch.js')).readWatchFile(given)];", text)
    assert set(found) == ids


@pytest.mark.parametrize(
    ("text", "deg"),
    [
        ("135", 135.0),
        ("135.5 E", 135.5),
        ("45W", -45.0),
        ("-45", -45.0),
        ("東経135度", 135.0),
        ("200", -160.0),
        ("E 200 W", None),
        ("north", None),
        ("-5W", None),
    ],
)
def test_longitudes_are_read_as_people_type_them(call: CallModule, text: str, deg: float | None) -> None:
    found = call("geo/belt.js", "readLongitude", text)
    assert (found != found or found is None) if deg is None else found == deg
