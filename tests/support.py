"""What several tests share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points

from rackwright.compiler.backend import GROUP, Artifact, Backend, Request
from rackwright.compiler.pipeline import Compilation
from rackwright.dsl.diagnostics import Diagnostic


@cache
def backends() -> dict[str, Backend]:
    """Every registered backend by its name."""
    return {point.name: point.load()() for point in entry_points(group=GROUP)}


def accepted(result: Compilation, names: Iterable[str]) -> list[Diagnostic]:
    """What backends asked for by name say of a plant."""
    assert result.design is not None and result.plant is not None, result.diagnostics
    found: list[Diagnostic] = []
    for name in names:
        found += backends()[name].accepts(result.design, result.plant, Request(named=True))
    return found


def rendered(result: Compilation, name: str, request: Request | None = None) -> list[Artifact]:
    """All artifacts of one backend, by path."""
    assert result.design is not None and result.plant is not None, result.diagnostics
    made = backends()[name].render(result.design, result.plant, request or Request())
    return sorted(made, key=lambda artifact: artifact.path)
