"""Answers that are made once, whoever asks and however many."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mihari.compute import AnswerMemory


def test_many_who_ask_at_once_get_one_answer() -> None:
    memory = AnswerMemory(most=2)
    made: list[int] = []
    everyone = threading.Barrier(8)

    def make() -> object:
        made.append(1)
        threading.Event().wait(0.05)
        return object()

    def ask(_: int) -> object:
        everyone.wait()
        return memory.answer("key", make)

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(8)))
    assert (len(found), len(made)) == (1, 1)


def test_who_was_not_asked_for_the_longest_leaves_first() -> None:
    memory = AnswerMemory(most=2)
    made: list[str] = []

    def ask(key: str) -> None:
        memory.answer(key, lambda: made.append(key))

    for key in "abacab":
        ask(key)
    # c pushed b out, not a, which was asked for meanwhile.
    assert made == ["a", "b", "c", "b"]


def test_an_error_is_told_and_not_kept() -> None:
    memory = AnswerMemory(most=2)

    def fail() -> int:
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        memory.answer("key", fail)
    assert memory.answer("key", lambda: 7) == 7
    assert memory.answer("key", fail) == 7


def test_an_answer_may_need_others() -> None:
    memory = AnswerMemory(most=1)
    assert memory.answer("outer", lambda: memory.answer("inner", lambda: 1) + 1) == 2
