"""What became of each row of a numerical propagation."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["PropagationStatus"]


class PropagationStatus(IntEnum):
    """Zero is good; rows with another status are NaN."""

    OK = 0
    BELOW_FLOOR = 1
    NOT_FINITE = 2
    TOO_MANY_STEPS = 3

    @property
    def reason(self) -> str:
        """What the status means, in plain words."""
        return _REASONS[self]


_REASONS = {
    PropagationStatus.OK: "propagated",
    PropagationStatus.BELOW_FLOOR: "came down to the floor of the force model",
    PropagationStatus.NOT_FINITE: "the state is not finite",
    PropagationStatus.TOO_MANY_STEPS: "took more steps than a propagation may",
}
