"""A small mutator: one change at a time to the rules of access, in Python and in Cedar, and whether anyone notices."""

from __future__ import annotations

import ast
import copy
import importlib.util
import random
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Any

import polars as pl

import mihari.policy.access as access
from access_support import BOOK, NOW_TAI_NS, OPERATORS_OF, Case, random_case, truth
from mihari.errors import InputError
from mihari.model.provenance import DataMode
from mihari.policy.access import Action, DecisionRequest, PolicySet, Role, Viewer, decide, policies_of

DATA = files("mihari.policy.access").joinpath("data")
TEXTS = {
    each.name: each.read_text(encoding="utf-8")
    for each in DATA.iterdir()
    if each.name.endswith((".cedar", ".cedarschema")) or each.name == "fields.json"
}
RULES = ("_rule", "_predicate", "_wider", "_derived")


# Python


class _Change(ast.NodeTransformer):
    """Makes the change of one number; counts how many there are."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.seen = 0
        self.told = ""

    def _take(self, node: ast.AST, told: str) -> bool:
        self.seen += 1
        if self.seen - 1 == self.wanted:
            self.told = f"line {getattr(node, 'lineno', '?')}: {told}"
            return True
        return False

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        swaps: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
            ast.Lt: (ast.LtE, ast.GtE),
            ast.LtE: (ast.Lt, ast.Gt),
            ast.Gt: (ast.GtE, ast.LtE),
            ast.GtE: (ast.Gt, ast.Lt),
            ast.Eq: (ast.NotEq,),
            ast.NotEq: (ast.Eq,),
            ast.In: (ast.NotIn,),
            ast.NotIn: (ast.In,),
            ast.Is: (ast.IsNot,),
            ast.IsNot: (ast.Is,),
        }
        for other in swaps.get(type(node.ops[0]), ()):
            if self._take(node, f"{type(node.ops[0]).__name__} to {other.__name__}"):
                node.ops[0] = other()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        if self._take(node, "and/or swapped"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            return node
        for place in range(len(node.values)):
            if self._take(node, f"operand {place} dropped"):
                left = [each for index, each in enumerate(node.values) if index != place]
                return left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        swaps = {ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Sub: ast.BitOr}
        other = swaps.get(type(node.op))  # type: ignore[call-overload]
        if other and self._take(node, f"{type(node.op).__name__} to {other.__name__}"):
            node.op = other()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self._take(node, "not dropped"):
            return node.operand
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if self._take(node, "if always"):
            node.test = ast.Constant(True)
        elif self._take(node, "if never"):
            node.test = ast.Constant(False)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in {"all", "any"} and self._take(node, "all/any swapped"):
            node.func = ast.Name("any" if name == "all" else "all", ast.Load())
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool) and self._take(node, "constant flipped"):
            return ast.Constant(not node.value)
        if isinstance(node.value, int) and not isinstance(node.value, bool) and self._take(node, "number plus one"):
            return ast.Constant(node.value + 1)
        return node


def python_mutants(module: str) -> Iterator[tuple[str, ast.Module]]:
    tree = ast.parse(files("mihari.policy.access").joinpath(f"{module}.py").read_text(encoding="utf-8"))
    number = 0
    while True:
        change = _Change(number)
        mutant = change.visit(copy.deepcopy(tree))
        if not change.told:
            return
        yield f"{module} {change.told}", ast.fix_missing_locations(mutant)
        number += 1


def load(module: str, tree: ast.Module) -> ModuleType:
    name = f"mihari.policy.access.{module}"
    spec = importlib.util.find_spec(name)
    assert spec is not None
    made = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = made  # dataclasses look for their module there
    try:
        exec(compile(tree, spec.origin or name, "exec"), made.__dict__)
    finally:
        if before is not None:
            sys.modules[name] = before
    return made


@cache
def cases() -> tuple[Case, ...]:
    dice = random.Random(11)
    return tuple(random_case(dice) for _ in range(1_500))


def _rule_holds(made: Any) -> bool:
    for case in cases():
        named = frozenset(name for number in case.objects for name in OPERATORS_OF.get(number, set()))
        told = made.may_see(
            case.label, case.viewer, at_tai_ns=NOW_TAI_NS, objects=frozenset(case.objects), data_mode=case.data_mode
        )
        other = made.may_see(case.label, case.viewer, at_tai_ns=NOW_TAI_NS, operators=named, data_mode=case.data_mode)
        if not told.allowed == other.allowed == truth(case) or not told.reasons:
            return False
    strangers = Viewer(party="X", operates=frozenset({9}))
    if (
        made.may_see("REL:OPERATOR", strangers, at_tai_ns=0).allowed
        or not made.may_see("REL:OPERATOR", strangers, at_tai_ns=0, objects=frozenset({9})).allowed
    ):
        return False
    nobody = made.may_see("REL:NOBODY&JP//EXPIRES:2020-01-01", strangers, at_tai_ns=NOW_TAI_NS).reasons
    end = 1_577_836_837_000_000_000
    return (
        nobody == ("the viewer is none of NOBODY", "the label has expired")
        and not made.may_see(None, strangers, at_tai_ns=0).allowed
        and not made.may_see("PUBLIC//EXPIRES:2020-01-01", strangers, at_tai_ns=end).allowed
        and made.may_see("PUBLIC//EXPIRES:2020-01-01", strangers, at_tai_ns=end - 1).allowed
    )


def _predicate_holds(made: Any) -> bool:
    by_viewer: dict[Viewer, list[Case]] = {}
    for case in cases():
        by_viewer.setdefault(case.viewer, []).append(case)
    for viewer, own in by_viewer.items():
        frame = pl.DataFrame(
            {
                "label": [*(each.label for each in own), None],
                "data_mode": [*(each.data_mode.value for each in own), "REAL"],
                "norad_cat_id_1": [*(each.objects[0] for each in own), None],
                "norad_cat_id_2": [*(each.objects[1] for each in own), 1],
            }
        )
        rows = made.row_predicate(
            frame["label"].to_list(), viewer, at_tai_ns=NOW_TAI_NS, objects=("norad_cat_id_1", "norad_cat_id_2")
        )
        seen = frame.select(rows.alias("seen"))["seen"].to_list()
        if seen != [*(truth(each) for each in own), False]:
            return False
        without = made.row_predicate(frame["label"].to_list(), viewer, at_tai_ns=NOW_TAI_NS, objects=())
        if frame.filter(without).height != sum(
            truth(Case(each.label, viewer, (-1, -2), each.data_mode)) for each in own
        ):
            return False
    end = 1_577_836_837_000_000_000
    public, text = Viewer.public(), "PUBLIC//EXPIRES:2020-01-01"
    lone = made.row_predicate(["REL:OPERATOR"], Viewer(party="X", operates=frozenset({1})), at_tai_ns=0)
    null = pl.DataFrame({"label": ["REL:OPERATOR"], "data_mode": ["REAL"], "norad_cat_id": [None]})
    return (
        made.seen_labels([text], public, at_tai_ns=end - 1).always == {text}
        and made.seen_labels([text], public, at_tai_ns=end).nothing
        and not made.seen_labels(["REL:OPERATOR"], public, at_tai_ns=0).nothing
        and not made.seen_labels(["PUBLIC"], public, at_tai_ns=0).nothing
        and null.select(lone.alias("seen"))["seen"].to_list() == [False]
    )


def _wider_holds(made: Any) -> bool:
    table = [
        ("PUBLIC", "REL:JP", True),
        ("REL:JP", "PUBLIC", False),
        ("REL:JP+US", "REL:JP", True),
        ("REL:JP", "REL:US", False),
        ("PUBLIC//EXPIRES:2030-01-01", "PUBLIC", False),
        ("PUBLIC", "PUBLIC//EXPIRES:2030-01-01", True),
        ("PUBLIC//EXPIRES:2030-01-01", "PUBLIC//EXPIRES:2030-01-01T00:00:00Z", True),
        ("PUBLIC//EXPIRES:2030-01-01", "REL:JP//EXPIRES:2030-01-01", True),
        ("PUBLIC//EXPIRES:2030-01-01", "PUBLIC//EXPIRES:2029-01-01", True),
        ("PUBLIC//EXPIRES:2030-01-01", "PUBLIC//EXPIRES:2031-01-01", False),
        ("PUBLIC//BY:JP//ORCON", "PUBLIC", False),
        ("PUBLIC//BY:JP//ORCON", "REL:JP//BY:JP//ORCON", True),
        ("PUBLIC", "PUBLIC//BY:JP//ORCON", True),
        ("PUBLIC//LICENCE:NO-REDISTRIBUTION", "PUBLIC//LICENCE:ATTRIBUTION", False),
        ("PUBLIC//LICENCE:ATTRIBUTION", "REL:JP//LICENCE:ATTRIBUTION", True),
        ("PUBLIC//LICENCE:ATTRIBUTION", "PUBLIC//LICENCE:NO-REDISTRIBUTION", True),
        ("nonsense", "PUBLIC", False),
        ("nonsense", "nonsense", True),
        ("PUBLIC", "nonsense", False),
    ]
    return all(made.is_at_least_as_wide(known, new) is wide for known, new, wide in table)


def _derived_holds(made: Any) -> bool:
    one = made.resolved_label("REL:OPERATOR+JP", frozenset({"OP-ONE"}))
    many = [made.resolved_label(f"REL:X{place}//BY:JP", frozenset()) for place in range(17)]
    return (
        made.joined_text([one, made.resolved_label("REL:QUAD", frozenset())]) == "REL:JP+OP-ONE&QUAD"
        and made.joined_text([made.resolved_label("REL:OPERATOR", frozenset())]) == "REL:NOBODY"
        and made.joined_text([made.resolved_label("rubbish", frozenset())]) == "REL:NOBODY"
        and made.joined_text([made.resolved_label(None, frozenset({"JP"}))]) == "REL:NOBODY"
        and made.joined_text(many[:16]).count("&") == 15
        and made.joined_text(many) == "REL:NOBODY//BY:JP"
        and made.joined_text([]) == "PUBLIC"
    )


HOLDS: dict[str, Callable[[Any], bool]] = {
    "_rule": _rule_holds,
    "_predicate": _predicate_holds,
    "_wider": _wider_holds,
    "_derived": _derived_holds,
}


def python_survives(module: str, tree: ast.Module) -> bool:
    try:
        return HOLDS[module](load(module, tree))
    except Exception:
        return False


# Cedar

_CEDAR_SWAPS = (
    (r"\bforbid\b", "permit"),
    (r"\bpermit\b", "forbid"),
    (r"&&", "||"),
    (r"\|\|", "&&"),
    (r"!(?=[a-z])", ""),
    (r">=", ">"),
    (r">=", "<"),
    (r"==(?= \")", "!="),
    (r"containsAny\(", "containsAll("),
    (r"containsAll\(", "containsAny("),
    (r"\bwhen\b", "unless"),
    (r"\bunless\b", "when"),
)


def cedar_mutants() -> Iterator[tuple[str, dict[str, str]]]:
    for name in sorted(TEXTS):
        if not name.endswith(".cedar"):
            continue
        text = TEXTS[name]
        policies = [found.span() for found in re.finditer(r"^(?:permit|forbid)\b.*?;\n?", text, re.S | re.M)]
        for first, last in policies:
            yield f"{name}: policy at {first} dropped", {**TEXTS, name: text[:first] + text[last:]}
        roles = list(re.finditer(r"\"[A-Z_]+\"(, )?", text))
        for found in roles:
            if found.group() != '"OPERATOR"' and "[" in text[max(0, found.start() - 120) : found.start()]:
                yield f"{name}: {found.group()} dropped", {**TEXTS, name: text[: found.start()] + text[found.end() :]}
        for pattern, other in _CEDAR_SWAPS:
            for found in re.finditer(pattern, text):
                if any(first <= found.start() < last for first, last in policies):
                    changed = text[: found.start()] + other + text[found.end() :]
                    yield (
                        f"{name}: {found.group()} at {found.start()} to {other or 'nothing'}",
                        {**TEXTS, name: changed},
                    )


@cache
def questions() -> tuple[tuple[DecisionRequest, Any], ...]:
    """Ask what the decision tables of the tests ask; the answers are those of the policies as they are."""
    asked: list[DecisionRequest] = []

    def ask(viewer: Viewer, action: Action, label: str, **more: Any) -> None:
        settled: dict[str, Any] = {
            "kind": "assessment",
            "at_tai_ns": NOW_TAI_NS,
            "data_mode": DataMode.EXERCISE,
            **more,
        }
        asked.append(DecisionRequest(viewer=viewer, action=action, label=label, **settled))

    for role in Role:
        viewer = Viewer.of("JP", book=BOOK, roles=[role])
        for action in Action:
            ask(viewer, action, "PUBLIC")
        ask(viewer, Action.READ, "PUBLIC", kind="space_object")
        ask(viewer, Action.READ, "PUBLIC", kind="event_record")
        ask(viewer, Action.READ, "PUBLIC", kind="element_set")
    operator = Viewer.of("JP", book=BOOK, operators={5: {"JP"}})
    for slot in range(16):
        clauses = [f"B{place:02}+QUAD" for place in range(slot)] + ["C-NONE+OPERATOR"]
        clauses += [f"D{place:02}+QUAD" for place in range(15 - slot)]
        label = "REL:" + "&".join(clauses)
        for objects, operators in (({5, 4}, set()), ({4}, set()), (set(), {"JP", "X"}), (set(), {"X"}), ({5}, {"X"})):
            ask(operator, Action.READ, label, objects=frozenset(objects), operators=frozenset(operators))
        plain = label.replace("C-NONE+OPERATOR", "C-NONE")
        ask(operator, Action.READ, plain, objects=frozenset({5}), operators=frozenset({"JP"}))
        ask(operator, Action.READ, plain.replace("C-NONE", "C-NONE+JP"))
    staff = Viewer.of("JP", book=BOOK, roles=[Role.RELEASE_OFFICER])
    for action in (Action.SEND, Action.PUBLISH_RELEASE, Action.READ, Action.APPROVE_RELEASE):
        for label in ("PUBLIC//BY:JP+US//ORCON", "PUBLIC//BY:JP", "PUBLIC//LICENCE:NO-REDISTRIBUTION"):
            for consents in (set[str](), {"JP"}, {"JP", "US", "AU"}):
                ask(staff, action, label, consents=frozenset(consents))
        ask(staff, action, "PUBLIC//LICENCE:ATTRIBUTION")
    end = 1_893_456_037_000_000_000
    for at in (end - 1, end, end + 1):
        ask(staff, Action.READ, "PUBLIC//EXPIRES:2030-01-01", at_tai_ns=at)
    player = Viewer.of("JP", book=BOOK, data_modes=[DataMode.EXERCISE])
    for mode in (DataMode.EXERCISE, DataMode.REAL, None):
        ask(player, Action.READ, "PUBLIC", data_mode=mode)
    for label in ("REL:US", "rubbish", "REL:NOBODY", "REL:OPERATOR"):
        ask(operator, Action.READ, label)
    two = Viewer.of("OP-ONE", book=BOOK, operators={5: {"OP-ONE"}, 6: {"OP-ONE"}})
    ask(two, Action.READ, "PUBLIC", objects=frozenset({5, 9}))
    ask(two, Action.READ, "PUBLIC", objects=frozenset({5, 6}))
    whole = policies_of(TEXTS, where="as they are")
    return tuple((each, _told(each, whole)) for each in asked)


def _told(request: DecisionRequest, policies: PolicySet) -> tuple[bool, tuple[str, ...]]:
    answer = decide(request, policies)
    return answer.allowed, answer.fields_allowed


def cedar_survives(texts: dict[str, str]) -> bool:
    try:
        mutant = policies_of(texts, where="mutant")
    except InputError:
        return False  # the schema notices
    return all(_told(request, mutant) == told for request, told in questions())


def survivors(*, chosen: Callable[[int], bool]) -> tuple[list[str], int]:
    """Return what nobody noticed, of the mutants whose number is chosen, and how many were tried."""
    alive: list[str] = []
    tried = number = 0
    for module in RULES:
        for told, tree in python_mutants(module):
            if chosen(number):
                tried += 1
                alive += [told] if python_survives(module, tree) else []
            number += 1
    for told, texts in cedar_mutants():
        if chosen(number):
            tried += 1
            alive += [told] if cedar_survives(texts) else []
        number += 1
    return alive, tried


def rules_as_they_are_hold() -> bool:
    modules = {name: sys.modules[f"mihari.policy.access.{name}"] for name in RULES}
    return access is not None and all(HOLDS[name](module) for name, module in modules.items())
