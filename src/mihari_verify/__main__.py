"""The command `mihari-verify`: releases and audit logs, checked by a program that is not the one that wrote them."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mihari_verify.audit import verify_log
from mihari_verify.release import verify_release_file
from mihari_verify.signatures import Keys, moment

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one thing, print the answer as JSON, and return 0 only where it is valid; 2 for what cannot be read."""
    parser = argparse.ArgumentParser(prog="mihari-verify", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    release = verbs.add_parser("release", help="a release, with nothing but public keys")
    release.add_argument("file", type=Path)
    release.add_argument("--keys", type=Path, required=True, help="folder of public keys that are trusted")
    release.add_argument("--audience", help="refuse it unless it is for this party or group")
    release.add_argument("--at", help="UTC moment of checking, 2026-01-08T03:58:00Z; default: now")
    audit = verbs.add_parser("audit", help="an audit log, with its signed roots")
    audit.add_argument("file", type=Path)
    audit.add_argument("--keys", type=Path, help="folder of public keys that are trusted")
    audit.add_argument("--roots", type=Path, action="append", default=[], help="more roots, as a witness kept them")
    given = parser.parse_args(arguments)
    try:
        answer = _release(given) if given.verb == "release" else _audit(given)
    except (ValueError, OSError) as error:
        print(f"mihari-verify: {error}", file=sys.stderr)
        return 2
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0 if answer["valid"] else 1


def _release(given: argparse.Namespace) -> dict[str, Any]:
    at = None if given.at is None else moment(given.at)
    return verify_release_file(given.file, keys=given.keys, audience=given.audience, at=at)


def _audit(given: argparse.Namespace) -> dict[str, Any]:
    if given.keys is None:
        return verify_log(given.file, roots=given.roots)
    ring = Keys.read(given.keys)
    now = datetime.datetime.now(datetime.UTC)

    def check(
        document: Mapping[str, Any], signatures: Sequence[Mapping[str, Any]], context: str
    ) -> tuple[Sequence[str], frozenset[str]]:
        found = ring.check(document, list(signatures), context, now)
        return found.reasons, found.parties

    return verify_log(given.file, roots=given.roots, check=check)


if __name__ == "__main__":
    sys.exit(main())
