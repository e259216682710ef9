"""Compiled directories that several tests look into, made once."""

from __future__ import annotations

import pytest
from unit.agreement import Built, lab_4x2, llama3_24k, made, superpod_h100


@pytest.fixture(scope="session", params=["lab_4x2", "superpod_h100", "llama3_24k"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A shipped design as the command compiles it."""
    at = tmp_path_factory.mktemp("agreement") / "build"
    if request.param == "lab_4x2":
        return made(at, "lab_4x2", {}, lab_4x2())
    if request.param == "superpod_h100":
        return made(at, "superpod_h100", {"su": 1}, superpod_h100(1))
    return made(at, "llama3_24k", {"pods": 1}, llama3_24k(1))
