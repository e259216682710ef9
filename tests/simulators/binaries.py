"""Where the simulators are that these tests run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "RACKWRIGHT_SIMS"
"""Names a directory with a folder for each simulator (docs/explanation/simulators.md)."""


def binary(path: str) -> Path:
    """A program such as `simai/SimAI_simulator` below the directory; without it the test is skipped."""
    root = os.environ.get(VARIABLE)
    if not root:
        pytest.skip(f"{VARIABLE} names no directory of built simulators")
    found = Path(root) / path
    if not found.exists():
        pytest.skip(f"{VARIABLE} has no {path}")
    return found.resolve()
