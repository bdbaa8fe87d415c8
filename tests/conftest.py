"""Fixtures for every test: where the shared data lie, and a fixed seed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

_ROOT = Path(__file__).resolve().parents[1]
_SHARED = Path(os.environ.get("MIHARI_SHARED", _ROOT.parent / "shared"))


def _shared(part: str) -> Path:
    folder = _SHARED / part
    if not folder.is_dir():
        pytest.skip(f"no shared {part} at {folder}: set MIHARI_SHARED to the folder that holds {part}/")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real public data, or skip."""
    return _shared("data")


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """Folder of trusted expected values, or skip."""
    return _shared("cases")


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a generator with a fixed seed."""
    return np.random.default_rng(20090210)
