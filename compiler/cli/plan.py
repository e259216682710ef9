"""What a run of `compile` renders: which backends, asked for in which way, and what they say of the design."""

from __future__ import annotations

from dataclasses import replace

from ...dsl.diagnostics import Diagnostic, diagnose, has_errors
from ..backend import Backend, Needing, Request
from ..emit import Task, Work
from ..pipeline import Compilation
from ..registry import load, load_needed


def plan(
    compilation: Compilation, only: tuple[str, ...], also: tuple[str, ...], shard: tuple[int, int]
) -> tuple[Work | None, list[Diagnostic], list[Diagnostic]]:
    """Load the backends and ask each whether it can express the design. The work, what was said of it, and what
    backends said that nobody named."""
    design, plant = compilation.design, compilation.plant
    assert design is not None and plant is not None
    named = frozenset((*only, *also))
    backends, problems = load(only)
    others, unknown = load(also) if also else ((), ())
    backends += tuple(b for b in others if b.name not in {known.name for known in backends})
    asked = Request(True, *shard, named, compilation.subset)
    unasked = replace(asked, named=bool(only))
    needed = {n for b in backends if b.name in named and isinstance(b, Needing) for n in b.needs(design, plant, asked)}
    backends, more = load_needed(backends, design, plant, asked if named else unasked)
    said, rest = [*problems, *unknown, *more, *_whole(backends, asked)], list[Diagnostic]()
    tasks = [Task(backend, asked if backend.name in named | needed else unasked) for backend in backends]
    for task in tasks:
        told = said if task.request.named else rest
        told += task.backend.accepts(design, plant, task.request)
    if has_errors(said + rest):
        return None, said, rest
    return Work(design, plant, tuple(tasks)), said, rest


def _whole(backends: tuple[Backend, ...], request: Request) -> list[Diagnostic]:
    """RW0022 if a part of the design is asked for, and of backends that write all of it."""
    whole = [b.name for b in backends if not getattr(b, "subsets", False)]
    if request.subset is None or not whole:
        return []
    able = [b.name for b in backends if b.name not in whole]
    more = f", and {len(whole) - 3} more" if len(whole) > 3 else ""
    detail = f"{', '.join(whole[:3])}{more}"
    return [diagnose("RW0022", None, detail=detail, help=f"--only {','.join(able)}" if able else "")]
