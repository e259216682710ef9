"""Artifacts to an output directory, all or nothing.

The new tree grows in a staging directory beside the output and takes its place in one step, so a run that is
killed at any moment leaves the old tree or the new one, whole. Files whose bytes did not change are the same files
afterwards (hard links); if nothing changed, nothing is touched. Whatever in the output directory the last
run's manifest does not list is somebody else's, and stays.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from ...dsl.diagnostics import Diagnostic
from ..bulk import bulk
from ..failure import Problem
from . import foreign, manifest
from .manifest import Row, Stamp
from .output import Output, interruptible
from .paths import MANIFEST, check_distinct
from .sinks import Comparer, Writer, cannot_write
from .staging import Exchange, Staging, clean
from .swap import exchange
from .work import Progress, Task, Work, render_all


@dataclass(frozen=True, slots=True)
class Emission:
    """What a run did to the output directory. `idle` are the names of backends that rendered no file, sorted."""

    diagnostics: tuple[Diagnostic, ...] = ()
    files: int = 0
    size: int = 0
    written: int = 0
    kept: int = 0
    removed: int = 0
    idle: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A path at which the output directory is not what a run would write."""

    path: str
    state: Literal["missing", "changed", "extra"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, sorted by path."""

    diagnostics: tuple[Diagnostic, ...] = ()
    files: int = 0
    differences: tuple[Difference, ...] = ()


def _quiet(_: int) -> None:
    pass


def emit(
    directory: str,
    work: Work,
    stamp: Stamp,
    *,
    jobs: int = 1,
    progress: Progress = _quiet,
    exchange: Exchange = exchange,
) -> Emission:
    """Render everything and make it the contents of the directory.

    A mistake of the user's machine (a full disk, a directory of somebody else's) comes back as a diagnostic;
    a backend's mistake raises `Bug`. Either way the directory is as before.
    """
    try:
        with bulk(), interruptible(), Output.open(directory) as output:
            clean(output.path)
            output.load()
            try:
                os.makedirs(os.path.dirname(output.path), exist_ok=True)
                staging = Staging(output.path)
            except OSError as error:
                raise cannot_write(error, directory) from error
            with staging:
                return _emit(output, staging, work, stamp, jobs, progress, exchange)
    except Problem as problem:
        return Emission((problem.diagnostic,))


def _emit(
    output: Output, staging: Staging, work: Work, stamp: Stamp, jobs: int, progress: Progress, exchange: Exchange
) -> Emission:
    writer = Writer(output.tree, staging.fd)
    rows = render_all(work, writer, jobs, progress)
    check_distinct((row.path, row.backend) for row in rows)
    listing = manifest.render(stamp, rows)
    kept = [row.path for row in rows if row.kept]
    removed = len(output.ours - {row.path for row in rows})
    idle = tuple(sorted({task.backend.name for task in work.tasks} - {row.backend for row in rows}))
    done = Emission((), len(rows), sum(row.size for row in rows), len(rows) - len(kept), len(kept), removed, idle)
    same = output.tree is not None and output.tree.holds(MANIFEST, listing)
    if same and len(kept) == len(rows):
        return done
    if output.tree is not None:
        others = foreign.find(output.path, output.ours)
        foreign.check_free(others, (row.path for row in rows))
        _take_over(kept, output, writer)
        foreign.carry(others, output.path, staging.tree, writer)
    writer.write(MANIFEST, listing)
    try:
        staging.replace(exchange)
    except OSError as error:
        raise output.cannot_replace(error) from error
    return done


def _take_over(kept: list[str], output: Output, writer: Writer) -> None:
    tree = output.tree
    assert tree is not None
    for path in kept:
        if not writer.link(path):  # a file system without hard links
            data = tree.read(path, 1 << 62)
            if data is None:
                raise cannot_write(OSError(0, "changed while this run was on"), path)
            writer.write(path, data)


def compare(directory: str, work: Work, stamp: Stamp, *, jobs: int = 1, progress: Progress = _quiet) -> Comparison:
    """Render everything, write nothing, and say where the directory differs."""
    try:
        with bulk(), interruptible(), Output.open(directory) as output:
            output.load()
            rows = render_all(work, Comparer(output.tree), jobs, progress)
            check_distinct((row.path, row.backend) for row in rows)
            return Comparison((), len(rows), tuple(sorted(_differences(output, rows, stamp), key=lambda d: d.path)))
    except Problem as problem:
        return Comparison((problem.diagnostic,))


def _differences(output: Output, rows: list[Row], stamp: Stamp) -> list[Difference]:
    def there(path: str) -> bool:
        return output.tree is not None and output.tree.exists(path)

    found = [Difference(row.path, "changed" if there(row.path) else "missing") for row in rows if not row.kept]
    gone = output.ours - {row.path for row in rows}
    found += [Difference(path, "extra") for path in gone if there(path)]
    if output.tree is None or not output.tree.holds(MANIFEST, manifest.render(stamp, rows)):
        found.append(Difference(MANIFEST, "changed" if there(MANIFEST) else "missing"))
    return found


__all__ = ["Comparison", "Difference", "Emission", "Stamp", "Task", "Work", "compare", "emit"]
