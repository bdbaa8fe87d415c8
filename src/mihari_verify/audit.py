"""Checks the audit log of a Mihari node; shares no code with the program that writes it.

A log is a file of lines, each canonical JSON with four members: `entry`, `index`, `previous` (the leaf hash of the line
before) and `leaf` (SHA-256 of 0x00 and the line without `leaf`). Beside it lie the signed roots of the Merkle tree
(RFC 9162) over the leaf hashes, and what other nodes signed as witnesses of them. Every edit, deletion, insertion and
change of order breaks the chain; a cut end, and a chain that was made anew, break a signed root.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["SignatureCheck", "verify_log"]

SignatureCheck = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]], str], tuple[Sequence[str], frozenset[str]]]
"""Takes a document, its signatures and their context; returns why they do not count, and whose they are."""

CONTEXT = "mihari/audit-root/1"
_GENESIS = "0" * 64
_LONGEST_LINE = 1 << 20
_MEMBERS = {"entry", "index", "leaf", "previous"}


class _Fault(Exception):  # noqa: N818
    def __init__(self, reason: str, *, index: int | None = None, where: str = "log") -> None:
        self.document = {"where": where, "index": index, "reason": reason}
        super().__init__(reason)


def verify_log(
    path: Path | str, *, roots: Iterable[Path | str] = (), check: SignatureCheck | None = None
) -> dict[str, Any]:
    """Check a log against itself and against signed roots.

    Parameters
    ----------
    path : Path or str
        The log, or the folder with `log.jsonl`; `roots.jsonl` beside it is read too.
    roots : iterable of Path or str
        More files of roots, such as those that a witness kept: they find a log that was cut with its roots.
    check : callable, optional
        Checks signatures. Without it roots are compared and their signatures are not: `signatures` says so.

    Returns
    -------
    dict
        valid, first_fault (where, index from zero, reason; None when valid), root (hex; None when the chain is
        broken), entries, signed_entries (how many a signed root covers), signatures, roots, witnesses.
    """
    place = Path(path)
    log = place / "log.jsonl" if place.is_dir() else place
    beside = log.with_name("roots.jsonl")
    files = ([beside] if beside.exists() else []) + [Path(each) for each in roots]
    answer: dict[str, Any] = {
        "valid": False,
        "first_fault": None,
        "root": None,
        "entries": 0,
        "signed_entries": 0,
        "signatures": "not checked" if check is None else "checked",
        "roots": 0,
        "witnesses": [],
    }
    tree = _Tree()
    try:
        signed = [root for file in files for root in _read_roots(file)]
        wanted: dict[int, list[dict[str, Any]]] = {}
        for each in signed:
            wanted.setdefault(each["tree_size"], []).append(each)
        previous = _GENESIS
        _compare(tree, wanted.get(0, ()))
        for index, line in enumerate(_lines(log)):
            leaf = _leaf(line, index=index, previous=previous)
            tree.add(leaf)
            previous = leaf.hex()
            answer["entries"] = index + 1
            _compare(tree, wanted.get(index + 1, ()))
        if signed and max(wanted) > tree.size:
            raise _Fault(f"cut: a root of {max(wanted)} entries was signed, {tree.size} are here", index=tree.size)
        answer["root"] = tree.root().hex()
        answer["witnesses"] = sorted(_signed_by(signed, check))
        answer["roots"] = len(signed)
        answer["signed_entries"] = max(wanted, default=0)
    except _Fault as fault:
        answer["first_fault"] = fault.document
    answer["valid"] = answer["first_fault"] is None
    return answer


class _Tree:
    """The complete subtrees of a growing Merkle tree, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        self.size += 1
        self._peaks.append((0, leaf))
        while len(self._peaks) > 1 and self._peaks[-1][0] == self._peaks[-2][0]:
            (_, right), (level, left) = self._peaks.pop(), self._peaks.pop()
            self._peaks.append((level + 1, _node(left, right)))

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        mark = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            mark = _node(peak, mark)
        return mark


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _canonical(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _lines(log: Path) -> Iterable[bytes]:
    try:
        stream = log.open("rb")
    except OSError as error:
        raise _Fault(f"cannot be read: {error.strerror or error}") from error
    with stream:
        index = 0
        while data := stream.readline(_LONGEST_LINE + 1):
            if not data.endswith(b"\n"):
                what = "is longer than a line may be" if len(data) > _LONGEST_LINE else "is torn: it has no end"
                raise _Fault(f"the line {what}", index=index)
            yield data[:-1]
            index += 1


def _document(data: bytes, *, index: int | None, where: str) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8"))
        is_canonical = isinstance(document, dict) and _canonical(document) == data
    except (ValueError, RecursionError):
        raise _Fault("is no JSON", index=index, where=where) from None
    if not is_canonical:
        raise _Fault("is not in canonical form", index=index, where=where)
    result: dict[str, Any] = document
    return result


def _leaf(data: bytes, *, index: int, previous: str) -> bytes:
    document = _document(data, index=index, where="log")
    if set(document) != _MEMBERS:
        raise _Fault("is no line of an audit log", index=index)
    if type(document["index"]) is not int or document["index"] != index:
        raise _Fault(f"line {index} says that it is line {str(document['index'])[:20]}", index=index)
    body = {name: document[name] for name in ("entry", "index", "previous")}
    leaf = hashlib.sha256(b"\x00" + _canonical(body)).digest()
    if document["leaf"] != leaf.hex():
        raise _Fault("does not have the hash that it states", index=index)
    if document["previous"] != previous:
        raise _Fault("does not follow the line before it", index=index)
    return leaf


def _read_roots(file: Path) -> list[dict[str, Any]]:
    where = file.name
    try:
        data = file.read_bytes()
    except OSError as error:
        raise _Fault(f"cannot be read: {error.strerror or error}", where=where) from error
    if data and not data.endswith(b"\n"):
        raise _Fault("the last line is torn", where=where)
    found = []
    for number, line in enumerate(data.split(b"\n")[:-1]):
        document = _document(line, index=number, where=where)
        signed = document.get("signed")
        root = signed.get("of", signed) if isinstance(signed, dict) else None
        if (
            set(document) != {"signed", "signatures"}
            or not isinstance(document["signatures"], list)
            or not isinstance(root, dict)
            or type(root.get("tree_size")) is not int
            or root["tree_size"] < 0
            or not isinstance(root.get("root"), str)
        ):
            raise _Fault("is no signed root", index=number, where=where)
        found.append({**document, "tree_size": root["tree_size"], "root": root["root"], "line": number, "file": where})
    return found


def _compare(tree: _Tree, roots: Iterable[Mapping[str, Any]]) -> None:
    for each in roots:
        if each["root"] != tree.root().hex():
            raise _Fault(
                f"the first {tree.size} entries are not those of the root in line {each['line']} of {each['file']}",
                index=max(0, tree.size - 1),
            )


def _signed_by(roots: Iterable[Mapping[str, Any]], check: SignatureCheck | None) -> set[str]:
    """Return the parties that witnessed a root; every signature must count."""
    witnesses: set[str] = set()
    for each in roots:
        signed = each["signed"]
        if check is None:
            continue
        reasons, parties = check(signed, each["signatures"], CONTEXT)
        if reasons:
            raise _Fault(f"the root is not signed: {'; '.join(reasons)}", index=each["line"], where=each["file"])
        if "of" in signed:
            witnesses |= parties
    return witnesses
