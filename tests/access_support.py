"""Random labels and viewers, and an oracle of who may see what and read which field, written apart from the product."""

from __future__ import annotations

import random
from dataclasses import dataclass

from mihari.model.party import Party, PartyBook, PartyKind
from mihari.model.provenance import DataMode
from mihari.policy.access import Role, Viewer

NOW_TAI_NS = 1_900_000_000_000_000_000
NUMBERS = (1, 2, 3, 25544, 900_000_001)
STATES = ("JP", "US", "AU", "IN", "PH")
OPERATORS = ("OP-ONE", "OP-TWO")
BOOK = PartyBook.of(
    [
        *(
            Party(party_id=name, name_en=name, name_ja=name, kind=PartyKind.STATE, member_of=frozenset(groups))
            for name, groups in (
                ("JP", {"QUAD", "PAIR"}),
                ("US", {"QUAD", "PAIR"}),
                ("AU", {"QUAD"}),
                ("IN", {"QUAD"}),
                ("PH", set[str]()),
            )
        ),
        *(Party(party_id=name, name_en=name, name_ja=name, kind=PartyKind.OPERATOR) for name in OPERATORS),
        Party(party_id="QUAD", name_en="Q", name_ja="Q", kind=PartyKind.FORUM, member_of=frozenset({"ALL"})),
        Party(party_id="PAIR", name_en="P", name_ja="P", kind=PartyKind.FORUM),
        Party(party_id="ALL", name_en="A", name_ja="A", kind=PartyKind.FORUM),
    ],
    version="test",
)
OPERATORS_OF = {1: {"OP-ONE"}, 2: {"OP-TWO"}, 3: {"OP-ONE", "JP"}, 25544: {"US"}}
_NAMES = (*STATES, *OPERATORS, "QUAD", "PAIR", "ALL", "OPERATOR", "NOT-IN-BOOK")
_BROKEN = (
    "",
    "PUBLIC ",
    "REL:",
    "REL:jp",
    "REL:PUBLIC",
    "REL:JP//ORCON",
    "REL:JP//BY:",
    "SECRET",
    "REL:JP&&US",
    "null",
)


@dataclass(frozen=True)
class Case:
    label: str
    viewer: Viewer
    objects: tuple[int, int]
    data_mode: DataMode


def random_label(dice: random.Random) -> str:
    if dice.random() < 0.06:
        return dice.choice(_BROKEN)
    count = dice.choice((0, 0, 1, 1, 1, 2, 2, 3, 4, 17, 16))
    if count > 4:
        # Distinct clauses of which none holds another, passed by all of the Quad.
        clauses = [{"QUAD", f"X{place}"} for place in range(count)]
        if dice.random() < 0.5:
            clauses[dice.randrange(count)] = {"NOT-IN-BOOK"}
    else:
        clauses = [set(dice.sample(_NAMES, dice.choice((1, 1, 2, 3, 5)))) for _ in range(count)]
    head = "PUBLIC" if not clauses else "REL:" + "&".join("+".join(sorted(each)) for each in clauses)
    if dice.random() < 0.03:
        head = "REL:NOBODY"
    parts = [head]
    if dice.random() < 0.3:
        parts.append("BY:" + "+".join(sorted(dice.sample(STATES, dice.choice((1, 2))))))
        if dice.random() < 0.5:
            parts.append("ORCON")
    if dice.random() < 0.2:
        parts.append("HANDLING:LIMDIS")
    if dice.random() < 0.2:
        parts.append("LICENCE:" + dice.choice(("ATTRIBUTION", "NO-REDISTRIBUTION")))
    if dice.random() < 0.3:
        parts.append(
            f"EXPIRES:{dice.choice(('2020-01-01', '2090-01-01', '2030-03-17T17:46:03', '2030-03-17T17:45:23'))}"
        )
    return "//".join(parts)


def random_viewer(dice: random.Random) -> Viewer:
    modes = dice.choice(([*DataMode], [*DataMode], [DataMode.EXERCISE], [DataMode.REAL, DataMode.TEST]))
    return Viewer.of(
        dice.choice((*STATES, *OPERATORS, "PUBLIC", "QUAD", "STRANGER")),
        book=BOOK,
        roles=dice.sample(list(Role), dice.choice((0, 1, 1, 2))),
        operators=OPERATORS_OF,
        data_modes=modes,
    )


def random_case(dice: random.Random) -> Case:
    first, second = dice.sample(NUMBERS, 2)
    return Case(random_label(dice), random_viewer(dice), (first, second), dice.choice(list(DataMode)))


def truth(case: Case, *, at_tai_ns: int = NOW_TAI_NS) -> bool:
    """Say who may see, by reading the text of the label alone."""
    from mihari.errors import InputError
    from mihari.model.label import parse_label

    try:
        parse_label(case.label)
    except InputError:
        return False
    head, *rest = case.label.split("//")
    mine = set(BOOK.groups_of(case.viewer.party)) - {"PUBLIC"}
    runs_one = any(mine & OPERATORS_OF.get(number, set()) for number in case.objects)
    clauses = [] if head == "PUBLIC" else [set(each.split("+")) for each in head[4:].split("&")]
    smallest = [each for each in clauses if not any(other < each for other in clauses)]
    if len({frozenset(each) for each in smallest}) > 16:
        return False
    for clause in clauses:
        if not (clause & mine) and not ("OPERATOR" in clause and runs_one):
            return False
    for part in rest:
        if part.startswith("EXPIRES:"):
            from mihari.astro.time import parse_utc

            if parse_utc(part.removeprefix("EXPIRES:")) <= at_tai_ns:
                return False
    return case.data_mode in case.viewer.data_modes
