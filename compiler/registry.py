"""Backends by name, from the entry points of every installed package. None is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from ..dsl.diagnostics import Diagnostic, diagnose
from .backend import GROUP, Backend, Needing, Request

if TYPE_CHECKING:
    from .design import Design
    from .plant import Plant

Found = dict[str, EntryPoint]


def installed() -> Found:
    """Entry points of all backends, sorted by name; of two with one name the first installed counts."""
    found: Found = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, point)
    return dict(sorted(found.items()))


def load(names: Iterable[str] = (), found: Found | None = None) -> tuple[tuple[Backend, ...], tuple[Diagnostic, ...]]:
    """The named backends (all, if none is named), in order of name, and what went wrong."""
    points = installed() if found is None else found
    backends: list[Backend] = []
    diagnostics: list[Diagnostic] = []
    for name in sorted(set(names) or points):
        if name not in points:
            diagnostics.append(_unknown(name, points))
            continue
        backend, diagnostic = _load(points[name])
        if diagnostic is not None:
            diagnostics.append(diagnostic)
        elif backend is not None:
            backends.append(backend)
    return tuple(backends), tuple(diagnostics)


def load_needed(
    backends: tuple[Backend, ...], design: Design, plant: Plant, request: Request
) -> tuple[tuple[Backend, ...], tuple[Diagnostic, ...]]:
    """These backends and those that they need, in order of name, and what went wrong."""
    known = {backend.name: backend for backend in backends}
    wanted = {name for b in backends if isinstance(b, Needing) for name in b.needs(design, plant, request)}
    more, problems = load(wanted - set(known)) if wanted - set(known) else ((), ())
    known |= {backend.name: backend for backend in more}
    return tuple(known[name] for name in sorted(known)), problems


def _load(point: EntryPoint) -> tuple[Backend | None, Diagnostic | None]:
    try:
        backend: Backend = point.load()()
    except Exception as error:  # a stranger's module may fail in any way
        detail = f"{point.name} ({point.value}): {type(error).__name__}: {error}"
        return None, diagnose("RW0017", None, detail=detail, help="to go on without it, name the others with --only")
    return backend, None


def _unknown(name: str, points: Found) -> Diagnostic:
    near = get_close_matches(name.lower(), points, n=1)
    known = ", ".join(points) or "none is installed"
    help = f"did you mean {near[0]}? known: {known}" if near else f"known: {known}"
    return diagnose("RW0010", None, detail=name or "the option names none", help=help)
