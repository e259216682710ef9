"""`rackwright compile`."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from ...dsl.diagnostics import Diagnostic, diagnose, has_errors
from .console import Console, common_options, exit_code, set_option
from .progress import progress

if TYPE_CHECKING:
    from ..emit import Stamp, Work
    from ..pipeline import Compilation


class _Shard(click.ParamType[tuple[int, int]]):
    name = "i/n"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        shard, _, shards = str(value).partition("/")
        if shard.isdecimal() and shards.isdecimal() and int(shard) < int(shards):
            return int(shard), int(shards)
        self.fail(f"{value!r} is not of the form i/n with i from 0 to n - 1", param, ctx)


@click.command("compile")
@click.argument("spec")
@click.option("-o", "--output", required=True, metavar="DIR", help="Directory to write; replaced as a whole.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this backend (may be repeated or parted by commas).")
@click.option("--also", multiple=True, metavar="NAME", help="All that is written anyway, and this backend as if named.")
@click.option("--jobs", type=click.IntRange(1, 512), default=os.cpu_count() or 1, help="Workers (default: all cores).")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if DIR is not what would be written.")
@click.option("--shard", type=_Shard(), default=(0, 1), help="Only every n-th device, from the i-th on (0 <= i < n).")
@click.option("--subset", multiple=True, metavar="PATH", help="Only this part, as `pod[0]` (may be repeated).")
@set_option
@common_options
def command(
    spec: str,
    output: str,
    only: tuple[str, ...],
    also: tuple[str, ...],
    jobs: int,
    check: bool,
    shard: tuple[int, int],
    subset: tuple[str, ...],
    settings: Mapping[str, str],
    console: Console,
) -> None:
    """Compile SPEC to configurations, cabling lists, power budgets and all else that the backends make.

    A run is all or nothing: if it fails or is killed, DIR is as it was. Files of yours in DIR are kept.

    PATH is written as in a spec: `pod[0].gpu[0..3]`, `pod[*].spine[0]`. With it, backends are named by --only.
    """
    from ...dsl.diagnostics import Severity
    from ..pipeline import compile_spec
    from .plan import plan

    began = time.monotonic()
    compilation = compile_spec(spec, settings, subset)
    names, more = _names(only), _names(also)
    found = list(compilation.diagnostics)
    if has_errors(found) or compilation.design is None or compilation.plant is None:
        console.report(found, compilation.sources)
        raise SystemExit(exit_code(found) or 1)
    work, said, unasked = plan(compilation, names, more, shard)
    # What backends that nobody named merely note is listed, not told in full.
    brief = not console.machine and console.verbosity <= 0
    listed = [d for d in unasked if brief and d.severity is Severity.NOTE]
    found += said + [d for d in unasked if d not in listed]
    if work is not None:
        run = _check if check else _write
        found += run(output, work, _stamp(compilation), jobs, console, began)
    console.report(found, compilation.sources)
    console.list_codes("of the outputs, in full with -v or --only NAME", listed)
    raise SystemExit(exit_code(found))


def _names(words: tuple[str, ...]) -> tuple[str, ...]:
    """The names of an option that may be repeated, and have several parted by commas."""
    found = tuple(name.strip() for word in words for name in word.split(",") if name.strip())
    # An empty variable of the shell names nothing, which must not mean all.
    return ("",) if words and not found else found


def _stamp(compilation: Compilation) -> Stamp:
    from ... import __version__
    from ..emit import Stamp

    assert compilation.design is not None
    return Stamp(__version__, compilation.design.digest, compilation.design.parameters)


def _write(output: str, work: Work, stamp: Stamp, jobs: int, console: Console, began: float) -> tuple[Diagnostic, ...]:
    from ..emit import emit

    with progress(console) as advance:
        done = emit(output, work, stamp, jobs=jobs, progress=advance)
    if not done.diagnostics:
        plant = work.plant
        console.note(
            f"{work.design.name}: {len(plant.devices):,} devices, {len(plant.links):,} cables, {done.files:,} files "
            f"({done.written:,} written, {done.kept:,} unchanged, {done.removed:,} removed), "
            f"{time.monotonic() - began:.1f} s, in {output}"
        )
    return (*done.diagnostics, *_idle(done.idle, work))


def _idle(names: tuple[str, ...], work: Work) -> list[Diagnostic]:
    """RW0023 for those of these backends that the user named. A shard has not all devices, so it tells nothing."""
    found = []
    for task in work.tasks:
        name, request = task.backend.name, task.request
        if name in names and name in request.beside and request.shards == 1:
            part = "" if request.subset is None else "this part of "
            found.append(diagnose("RW0023", None, detail=f"{name} finds nothing in {part}the design to write"))
    return found


def _check(output: str, work: Work, stamp: Stamp, jobs: int, console: Console, began: float) -> tuple[Diagnostic, ...]:
    from ..emit import compare

    with progress(console) as advance:
        result = compare(output, work, stamp, jobs=jobs, progress=advance)
    for difference in result.differences:
        click.echo(f"{difference.state:<7}  {difference.path}")
    if not result.differences:
        if not result.diagnostics:
            console.note(f"{output} is up to date: {result.files:,} files, {time.monotonic() - began:.1f} s")
        return result.diagnostics
    count = len(result.differences)
    detail = f"{output}: {count:,} path{'' if count == 1 else 's'} missing, changed or extra"
    return (diagnose("RW0016", None, detail=detail, help="compile without --check"),)
