"""What every test may ask for: the shipped designs, compiled once, and `--update` for golden files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from rackwright.compiler.pipeline import Compilation, compile_spec

ROOT = Path(__file__).parents[1]
SPECS = ROOT / "specs"

Compiled = Callable[..., Compilation]

# The same examples in every run, and no deadline: a busy machine is no bug.
settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write golden files and renderings instead of comparing")


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be written."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@cache
def _compiled(name: str, settings: tuple[tuple[str, str], ...]) -> Compilation:
    return compile_spec(str(SPECS / f"{name}.rack"), dict(settings))


@pytest.fixture(scope="session")
def compiled() -> Compiled:
    """`compiled("llama3_24k", pods="8")`: a shipped design, compiled once in a session."""

    def run(name: str, **settings: str) -> Compilation:
        return _compiled(name, tuple(sorted(settings.items())))

    return run


@pytest.fixture
def spec(tmp_path: Path) -> Iterator[Callable[..., Compilation]]:
    """`spec(text)`: a spec of the test's own, compiled."""

    def run(text: str | bytes, settings: Mapping[str, str] = {}) -> Compilation:
        path = tmp_path / "test.rack"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return compile_spec(str(path), settings)

    yield run
