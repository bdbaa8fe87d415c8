"""How fast releases are signed and verified, how large they are, and how long the compromise drill takes."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mihari.app.release_drill import replace_compromised_key
from mihari.app.release_outbox import release_bytes
from mihari.release.signing import SealingKey, open_sealed, seal, signed_release_document, verify_release

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from release_support import EVENT, NOW, breakup, desk_over, keep


def rate(work: Callable[[], object], *, times: int) -> float:
    """Runs a second: the median of five rounds."""
    rounds = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(times):
            work()
        rounds.append(times / (time.perf_counter() - start))
    return statistics.median(rounds)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "store"
        keep(folder, breakup())
        desk = desk_over(folder)
        group = desk.draft(EVENT, audiences=["US", "PUBLIC"], product="breakup-notice", by="A. Mori")[0].group_id
        desk.approve(group, by="B. Ito")
        state, public = desk.publish(group, by="B. Ito")
        key, ring = desk.keys.signing_key(now_tai_ns=NOW), desk.keys.ring()
        release, document = state.draft, state.published
        sealing = SealingKey.new("US")
        sealed = seal(document, to=sealing.public)
        figures = {
            "sign_per_s": rate(lambda: signed_release_document(release, key=key, signed_tai_ns=NOW), times=50),
            "verify_per_s": rate(lambda: verify_release(document, keys=ring, at_tai_ns=NOW), times=50),
            "seal_per_s": rate(lambda: seal(document, to=sealing.public), times=50),
            "open_per_s": rate(lambda: open_sealed(sealed, key=sealing), times=50),
            "partner_release_bytes": len(release_bytes(document)),
            "public_release_bytes": len(release_bytes(public.published)),
            "sealed_bytes": len(release_bytes(sealed)),
            "signatures_bytes": len(json.dumps(document["signatures"])),
        }
        for _ in range(18):
            other = desk.draft(EVENT, audiences=["US"], product="breakup-notice", by="A. Mori")[0]
            desk.approve(other.release_id, by="B. Ito")
            desk.publish(other.release_id, by="B. Ito")
        start = time.perf_counter()
        done = replace_compromised_key(desk, key.key_id, words="drill", by="B. Ito")
        figures["drill_s"] = time.perf_counter() - start
        figures["drill_releases"] = len(done.again)
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
