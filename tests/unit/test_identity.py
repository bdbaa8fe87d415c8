"""Users and tokens: shown once, kept as digests, refused when wrong, revoked at once."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from access_support import BOOK
from mihari.app.identity import UserFile, viewer_of
from mihari.errors import InputError, NotFoundError, StoreAccessError
from mihari.model.provenance import DataMode
from mihari.policy.access import Role


@pytest.fixture
def users(tmp_path: Path) -> UserFile:
    return UserFile(tmp_path / "access" / "users.json")


def test_a_token_opens_and_stands_nowhere(users: UserFile) -> None:
    token = users.add(
        "sato", party="JP", roles=[Role.ANALYST], operates=[7], data_modes=[DataMode.EXERCISE], now_tai_ns=5
    )
    found = users.of_token(token)
    assert found is not None
    viewer = viewer_of(found, book=BOOK)
    assert (viewer.party, viewer.roles, viewer.operates) == ("JP", {Role.ANALYST}, {7})
    assert viewer.groups == {"JP", "QUAD", "PAIR", "ALL"}
    assert viewer.data_modes == {DataMode.EXERCISE}
    text = users.path.read_text()
    assert token not in text
    assert token.rpartition("_")[2] not in text
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(users.path.parent.stat().st_mode) == 0o700


def test_tokens_are_salted_and_their_own(users: UserFile) -> None:
    same = UserFile(users.path, randomness=lambda size: b"\x01" * size)
    first = same.add("a", party="JP", roles=[], now_tai_ns=1)
    other = users.add("b", party="US", roles=[], now_tai_ns=1)
    assert users.of_token(first).name == "a"  # type: ignore[union-attr]
    assert users.of_token(other).name == "b"  # type: ignore[union-attr]
    mixed = first.rpartition("_")[0] + "_" + other.rpartition("_")[2]
    assert users.of_token(mixed) is None


def test_no_other_token_opens(users: UserFile) -> None:
    token = users.add("sato", party="JP", roles=[], now_tai_ns=1)
    for place in range(len(token)):
        wrong = token[:place] + ("0" if token[place] != "0" else "1") + token[place + 1 :]
        assert users.of_token(wrong) is None
    for wrong in (
        "",
        token[:-1],
        token + "0",
        token.upper(),
        f" {token}",
        f"{token}\n",
        "mihari__",
        "mihari_" + "0" * 16 + "_" + "0" * 64,
    ):
        assert users.of_token(wrong) is None


def test_a_revoked_token_is_refused_at_once_and_the_name_stays(users: UserFile) -> None:
    token = users.add("sato", party="JP", roles=[], now_tai_ns=1)
    other = UserFile(users.path)
    assert other.of_token(token) is not None
    assert users.revoke("sato", now_tai_ns=2).revoked_tai_ns == 2
    assert other.of_token(token) is None
    assert users.revoke("sato", now_tai_ns=3).revoked_tai_ns == 2
    with pytest.raises(InputError, match="already"):
        users.add("sato", party="US", roles=[], now_tai_ns=4)
    with pytest.raises(NotFoundError):
        users.revoke("nobody", now_tai_ns=4)


@pytest.mark.parametrize("name", ["", " a", "a b", "a\n", "x" * 65, "-a"])
def test_names_are_plain(users: UserFile, name: str) -> None:
    with pytest.raises(InputError):
        users.add(name, party="JP", roles=[], now_tai_ns=1)


def test_no_user_is_everyones_operator(users: UserFile) -> None:
    with pytest.raises(InputError):
        users.add("a", party="OPERATOR", roles=[], now_tai_ns=1)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"users": [{}]}', '{"users": 7}', "\x00"])
def test_a_file_that_cannot_be_understood_is_not_taken_for_empty(users: UserFile, text: str) -> None:
    users.add("a", party="JP", roles=[], now_tai_ns=1)
    users.path.write_text(text)
    with pytest.raises(StoreAccessError):
        users.of_token("x")


def test_an_unknown_role_in_the_file_lets_nobody_in(users: UserFile) -> None:
    token = users.add("a", party="JP", roles=[Role.GUEST], now_tai_ns=1)
    told = json.loads(users.path.read_text())
    told["users"][0]["roles"] = ["KING"]
    users.path.write_text(json.dumps(told))
    with pytest.raises(StoreAccessError):
        users.of_token(token)
