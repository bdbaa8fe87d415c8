"""Would the tests of the access rules notice a change? One is made at a time: at least nine in ten must be noticed."""

from __future__ import annotations

import random

import pytest

import access_mutation

LEAST_KILLED = 0.9


def test_the_rules_as_they_are_pass() -> None:
    assert access_mutation.rules_as_they_are_hold()
    assert access_mutation.cedar_survives(access_mutation.TEXTS)


def test_a_sample_of_changes_is_noticed() -> None:
    dice = random.Random(20261130)
    drawn = [dice.random() < 0.08 for _ in range(5_000)]
    alive, tried = access_mutation.survivors(chosen=lambda number: drawn[number])
    assert tried > 20
    assert 1 - len(alive) / tried >= LEAST_KILLED, alive


@pytest.mark.slow
def test_nine_changes_in_ten_are_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    alive, tried = access_mutation.survivors(chosen=lambda number: True)
    with capsys.disabled():
        print(f"\naccess rules: {tried - len(alive)} of {tried} changes noticed")
        print(*alive, sep="\n")
    assert tried > 300
    assert 1 - len(alive) / tried >= LEAST_KILLED, alive
