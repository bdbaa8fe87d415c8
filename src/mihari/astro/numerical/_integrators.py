"""Compiled integrators: one per force model, number of lanes and tolerance, lent to one thread at a time.

Compiling takes seconds. Within a process each is compiled once; between processes heyoka keeps object code in its own
folder (`~/.cache/heyoka` unless the environment says otherwise), so that the next process takes tenths of a second.
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from mihari.astro.numerical._equations import Layout, build_equations
from mihari.astro.numerical._model import ForceModel, Parameter
from mihari.astro.states import Frame

__all__ = ["IntegratorKey", "borrow", "lanes_for"]

_KEPT: Final = 24


@dataclass(frozen=True, slots=True)
class IntegratorKey:
    """What an integrator is compiled for."""

    model: ForceModel
    thrust: frozenset[Frame]
    transition: bool
    parameters: tuple[Parameter, ...]
    lanes: int
    tolerance: float


@dataclass(slots=True)
class _Shelf:
    """A compiled integrator and its copies that nobody is using."""

    master: Any
    layout: Layout
    spare: list[Any] = field(default_factory=list)


_SHELVES: OrderedDict[IntegratorKey, _Shelf] = OrderedDict()
_LOCK = threading.Lock()


def lanes_for(count: int) -> int:
    """Return how many objects to integrate at once: as many as the processor's vectors hold, or one at a time."""
    import heyoka

    widest = int(heyoka.recommended_simd_size())
    return widest if count > widest // 4 else 1


@contextmanager
def borrow(key: IntegratorKey) -> Iterator[tuple[Any, Layout]]:
    """Lend an integrator and the layout of its parameters; nobody else has it meanwhile."""
    with _LOCK:
        shelf = _SHELVES.get(key)
        if shelf is None:
            shelf = _compile(key)
            _SHELVES[key] = shelf
            while len(_SHELVES) > _KEPT:
                _SHELVES.popitem(last=False)
        _SHELVES.move_to_end(key)
        integrator = shelf.spare.pop() if shelf.spare else copy.deepcopy(shelf.master)
    try:
        yield integrator, shelf.layout
    finally:
        with _LOCK:
            shelf.spare.append(integrator)


def _compile(key: IntegratorKey) -> _Shelf:
    import heyoka as hy

    system, layout, events = build_equations(
        key.model, thrust=key.thrust, transition=key.transition, parameters=key.parameters
    )
    master = hy.taylor_adaptive_batch(
        system,
        np.zeros((len(system), key.lanes)),
        pars=np.zeros((layout.count, key.lanes)),
        t_events=events,
        tol=key.tolerance,
        compact_mode=True,
    )
    return _Shelf(master, layout)
