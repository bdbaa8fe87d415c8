"""The look-up: its order, its indifference to case and punctuation, and what it refuses to guess."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.errors import AmbiguousError, InputError, NotFoundError, UsageError
from mihari.model.orbit import ELEMENT_SET_SCHEMA, ElementSets
from mihari.model.space_object import SPACE_OBJECT_SCHEMA, SpaceObjects
from mihari.picture import MatchRule, find_object, search_objects, well_known_names

ROWS = [
    (25544, "ISS (ZARYA)", "1998-067A"),
    (42738, "QZS-2 (MICHIBIKI-2)", "2017-028A"),
    (41836, "HIMAWARI-9", "2016-064A"),
    (40267, "HIMAWARI-8", "2014-060A"),
    (62376, "ISS DEB", "1998-067WZ"),
    (44235, "STARLINK-31", "2019-029A"),
    (44236, "STARLINK-310", "2019-029B"),
    (900000123, "STARLINK-25599", "2024-500C"),
    (10001, "TWIN", "1977-001A"),
    (10002, "TWIN", "1977-001B"),
    (10003, None, "1977-001C"),
]


def element_sets(rows: list[tuple[int, str | None, str | None]]) -> ElementSets:
    columns = {name: pl.Series(name, [None] * len(rows), dtype=dtype) for name, dtype in ELEMENT_SET_SCHEMA.items()}
    columns["norad_cat_id"] = pl.Series([row[0] for row in rows], dtype=pl.Int32)
    columns["object_name"] = pl.Series([row[1] for row in rows], dtype=pl.String)
    columns["object_id"] = pl.Series([row[2] for row in rows], dtype=pl.String)
    return ElementSets(pl.DataFrame(columns))


def space_objects(rows: list[tuple[int, str, str | None]]) -> SpaceObjects:
    columns = {name: pl.Series(name, [None] * len(rows), dtype=dtype) for name, dtype in SPACE_OBJECT_SCHEMA.items()}
    columns["norad_cat_id"] = pl.Series([row[0] for row in rows], dtype=pl.Int32)
    columns["object_name"] = pl.Series([row[1] for row in rows], dtype=pl.String)
    columns["decay_date_utc"] = pl.Series([row[2] for row in rows], dtype=pl.String)
    return SpaceObjects(pl.DataFrame(columns))


SETS = element_sets(ROWS)


@pytest.mark.parametrize(
    ("query", "number", "rule"),
    [
        ("25544", 25544, MatchRule.NUMBER),
        (25544, 25544, MatchRule.NUMBER),
        ("００25544", 25544, MatchRule.NUMBER),
        ("900000123", 900000123, MatchRule.NUMBER),
        ("1998-067A", 25544, MatchRule.DESIGNATOR),
        ("1998 067a", 25544, MatchRule.DESIGNATOR),
        ("98067A", 25544, MatchRule.DESIGNATOR),
        ("ISS", 25544, MatchRule.WELL_KNOWN),
        ("iss", 25544, MatchRule.WELL_KNOWN),
        ("きぼう", 25544, MatchRule.WELL_KNOWN),
        ("QZS-2", 42738, MatchRule.WELL_KNOWN),
        ("ＱＺＳ２", 42738, MatchRule.WELL_KNOWN),
        ("みちびき２号", 42738, MatchRule.WELL_KNOWN),
        ("ひまわり9号", 41836, MatchRule.WELL_KNOWN),
        ("iss zarya", 25544, MatchRule.EXACT),
        ("ISS (ZARYA)", 25544, MatchRule.EXACT),
        ("starlink 31", 44235, MatchRule.EXACT),
        ("qzs", 42738, MatchRule.PREFIX),
        ("STARLINK-2", 900000123, MatchRule.PREFIX),
        ("michi", 42738, MatchRule.PART),
        ("awari-8", 40267, MatchRule.PART),
    ],
)
def test_first_rule_that_finds_something_decides(query: str | int, number: int, rule: MatchRule) -> None:
    match = find_object(query, SETS)
    assert (match.norad_cat_id, match.rule) == (number, rule)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("himawari", [40267, 41836]),
        ("twin", [10001, 10002]),
        ("1977-001", [10001, 10002, 10003]),
        ("starlink", [44235, 44236, 900000123]),
    ],
)
def test_equal_candidates_are_listed_and_none_is_chosen(query: str, numbers: list[int]) -> None:
    with pytest.raises(AmbiguousError) as caught:
        find_object(query, SETS)
    assert [int(text.split()[0]) for text in caught.value.candidates] == numbers
    assert all(str(number) in caught.value.line() for number in numbers)


def test_a_missing_number_never_becomes_part_of_a_name() -> None:
    with pytest.raises(NotFoundError, match="25599"):
        find_object("25599", SETS)


def test_a_missing_name_suggests_near_ones() -> None:
    with pytest.raises(NotFoundError, match="HIMAWARI-8"):
        find_object("himawary 8", SETS)


@pytest.mark.parametrize("query", ["", "  ", "---", "()"])
def test_nothing_is_no_name(query: str) -> None:
    with pytest.raises(UsageError):
        find_object(query, SETS)


@pytest.mark.parametrize("query", ["1234567890", "0"])
def test_impossible_numbers_say_so(query: str) -> None:
    with pytest.raises(InputError, match="out of range"):
        find_object(query, SETS)


def test_a_well_known_object_that_is_not_there_falls_through_to_names() -> None:
    simulated = element_sets([(900000001, "ISS-LIKE STATION (SIM)", None), (900000002, "QZS-LIKE (SIM)", None)])
    assert find_object("ISS", simulated).norad_cat_id == 900000001
    assert find_object("qzs", simulated).norad_cat_id == 900000002


def test_satellite_catalogue_adds_spellings_but_no_objects() -> None:
    objects = space_objects([(10003, "NAMELESS NO MORE", None), (77, "GONE SAT", "1999-01-01")])
    assert find_object("nameless", SETS, objects).norad_cat_id == 10003
    assert find_object("nameless", SETS, objects).object_name == "NAMELESS NO MORE"
    with pytest.raises(NotFoundError, match="decayed 1999-01-01"):
        find_object("gone sat", SETS, objects)
    with pytest.raises(NotFoundError, match="decayed 1999-01-01"):
        find_object(77, SETS, objects)


def test_several_sets_of_one_object_are_one_object() -> None:
    assert find_object("himawari-8", element_sets([ROWS[3], ROWS[3]])).norad_cat_id == 40267
    assert find_object("hima", element_sets([ROWS[3], (40267, "HIMAWARI 8", None)])).norad_cat_id == 40267


def test_search_gives_all_best_rule_first_and_never_fails() -> None:
    assert [match.norad_cat_id for match in search_objects("iss", SETS)] == [25544, 62376]
    assert [match.norad_cat_id for match in search_objects("2554", SETS)] == [25544]
    assert {match.norad_cat_id for match in search_objects("starlink", SETS, limit=2)} <= {44235, 44236, 900000123}
    assert len(search_objects("starlink", SETS, limit=2)) == 2
    assert search_objects("?!", SETS) == []
    assert search_objects("no such thing", SETS) == []


def test_shipped_names_are_many_and_plain() -> None:
    names = well_known_names()
    assert len(set(names.values())) >= 60
    assert names["hubble"] == 20580
    assert names["ひまわり9号"] == 41836
    assert all(name == name.lower() and name.isalnum() for name in names)


@given(st.sampled_from([row[1] for row in ROWS[:5]]), st.data())
def test_case_and_punctuation_never_matter(name: str, data: st.DataObject) -> None:
    changed = "".join(
        data.draw(st.sampled_from([letter.lower(), letter.upper()]))
        + data.draw(st.sampled_from(["", " ", "-", "_", "."]))
        for letter in name
    )
    assert find_object(changed, SETS).object_name == name


def test_a_name_with_its_second_name_in_brackets_is_the_known_one() -> None:
    sets = element_sets([(25544, "ISS [Segment 06]", "1998-067A"), (21578, "SARA", None)])
    assert find_object("ISS (ZARYA)", sets).norad_cat_id == 25544
    with pytest.raises(NotFoundError):
        find_object("NOBODY (ZARYA)", sets)
