"""The whole way from a file to a checked plant: load, evaluate, expand, check.

Inside a stage everything is collected; between stages errors stop the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import __version__
from ..dsl.diagnostics import Diagnostic, has_errors
from ..dsl.source import Source
from .bulk import bulk
from .design import Design
from .evaluate.load import load
from .plant import Plant
from .subset import Subset


@dataclass(frozen=True)
class Compilation:
    """What came of one spec. `plant` is None if there were errors before it stood; `design` likewise.

    `diagnostics` are in the order of the files' text; those without a place come last. `subset` is the part of the
    design that was asked for, None for all of it.
    """

    sources: dict[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    design: Design | None = None
    plant: Plant | None = None
    subset: Subset | None = None


def compile_spec(path: str, settings: Mapping[str, str], subset: Sequence[str] = ()) -> Compilation:
    """Compile a spec up to the checks, and read the paths of `--subset`. Never raises for a user's mistake."""
    with bulk():
        return _compile(path, settings, subset)


def _compile(path: str, settings: Mapping[str, str], paths: Sequence[str]) -> Compilation:
    program, sources, problems = load(path)
    if program is None or has_errors(problems):
        return Compilation(sources, _sorted(problems))
    from .evaluate.program import compile_design

    design, more = compile_design(program, settings, __version__)
    problems += more
    if design is None or has_errors(problems):
        return Compilation(sources, _sorted(problems), design)
    from .expand.expand import expand

    plant, more = expand(design)
    problems += more
    if plant is None or has_errors(problems):
        return Compilation(sources, _sorted(problems), design)
    from .checks import run_checks

    problems += run_checks(design, plant)
    subset = None
    if paths:
        from .evaluate.subset import read_subset

        subset, more_sources, more = read_subset(program, settings, design, paths)
        sources |= more_sources
        problems += more
    return Compilation(sources, _sorted(problems), design, plant, subset)


def _sorted(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """In the order of the text, file by file in the order of their first message."""
    files: dict[str, int] = {}
    for d in diagnostics:
        if d.at is not None:
            files.setdefault(d.at.span.file, len(files))

    def key(d: Diagnostic) -> tuple[int, int, str]:
        if d.at is None:
            return len(files), 0, d.code
        return files[d.at.span.file], d.at.span.start, d.code

    return tuple(sorted(diagnostics, key=key))
