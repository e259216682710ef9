"""`rackwright estimate`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from ...dsl.diagnostics import Diagnostic, Severity
from .console import Console, common_options, exit_code, set_option

if TYPE_CHECKING:
    from ..design import Design, Workload
    from ..estimate import Estimate
    from ..plant import Plant


class _Sizes(click.ParamType[tuple[int, int]]):
    name = "LOW..HIGH"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        from ...dsl import units

        if isinstance(value, tuple):
            return value
        ends = []
        for end in str(value).partition("..")[::2]:
            try:
                quantity = units.parse_quantity(re.sub(r"(?<=\d)(?=[A-Za-z])", " ", end.strip()))
            except ValueError:
                quantity = units.Quantity.of(0)
            if quantity.dim != units.DATA:
                self.fail(f"{end.strip()!r} is no size; write such as 1KiB..1GiB", param, ctx)
            if not 1 <= quantity.value <= 2**50:
                self.fail(f"{end.strip()!r} is not between 1 B and 1024 TiB", param, ctx)
            ends.append(int(quantity.value))
        if ends[0] > ends[1]:
            self.fail("the low end is above the high end", param, ctx)
        return ends[0], ends[1]


@click.command("estimate")
@click.argument("spec")
@click.argument("workload", required=False)
@click.option(
    "--sizes", type=_Sizes(), help="Time against size, doubling from LOW to HIGH, such as 1KiB..1GiB, as CSV."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@set_option
@common_options
def command(
    spec: str,
    workload: str | None,
    sizes: tuple[int, int] | None,
    as_json: bool,
    settings: Mapping[str, str],
    console: Console,
) -> None:
    """Estimate how long the workloads of SPEC take on its networks (or only WORKLOAD).

    An alpha-beta model: latencies and the capacities of links, ports and tiers, with the bottleneck named. It knows no
    congestion beyond what links can carry, so times are lower bounds; `docs/explanation/estimate.md` has the formulae.
    """
    from ..pipeline import compile_spec

    compilation = compile_spec(spec, settings)
    design, plant = compilation.design, compilation.plant
    if design is None or plant is None or exit_code(compilation.diagnostics):
        console.report(compilation.diagnostics, compilation.sources)
        raise SystemExit(exit_code(compilation.diagnostics) or 1)
    chosen = _chosen(design, workload)
    if sizes is not None:
        chosen = _of_one_size(chosen, as_json)
    found: list[Diagnostic] = []
    if sizes is not None:
        _sweep(design, plant, chosen, sizes, found)
    else:
        _print(design, plant, chosen, as_json, found)
    if console.verbosity <= 0:  # notes and warnings of the plant are for `check`
        found = [d for d in found if d.severity is Severity.ERROR]
    console.report(found, compilation.sources)
    raise SystemExit(exit_code(found))


def _chosen(design: Design, name: str | None) -> tuple[Workload, ...]:
    from difflib import get_close_matches

    if not design.workloads:
        raise click.UsageError("the spec has no workload; see docs/guide/simulate.md")
    names = [w.name for w in design.workloads]
    if name is not None and name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}"
        raise click.UsageError(f"no workload {name!r}; {hint}")
    return tuple(w for w in design.workloads if name in (None, w.name))


def _of_one_size(workloads: tuple[Workload, ...], as_json: bool) -> tuple[Workload, ...]:
    """Those that are one collective or message, whose size can be another."""
    if as_json:
        raise click.UsageError("--sizes prints CSV; leave --json out")
    single = tuple(w for w in workloads if w.attributes.collective is not None)
    if not single:
        names = ", ".join(w.name for w in workloads)
        raise click.UsageError(f"--sizes is for collectives and messages, and there is a step of a model: {names}")
    return single


def _print(
    design: Design, plant: Plant, workloads: tuple[Workload, ...], as_json: bool, found: list[Diagnostic]
) -> None:
    from ..estimate import estimate

    answers = []
    for workload in workloads:
        answer, diagnostics = estimate(design, plant, workload)
        found += diagnostics
        if answer is not None:
            answers.append(answer)
    if as_json:
        click.echo(json.dumps([_as_json(answer) for answer in answers], indent=2))
        return
    for number, answer in enumerate(answers):
        click.echo("\n".join(([""] if number else []) + list(_lines(answer))))


def _sweep(
    design: Design, plant: Plant, workloads: tuple[Workload, ...], sizes: tuple[int, int], found: list[Diagnostic]
) -> None:
    """One column a workload, one row a size."""
    from ..estimate import sweep
    from ..simulation import simulate

    low, high = sizes
    steps = [low * 2**power for power in range(64) if low * 2**power <= high]
    columns: dict[str, dict[int, float]] = {}
    for workload in workloads:
        found += simulate(plant, workload)[1]
        rows = sweep(design, plant, workload, steps)
        if rows:
            columns[workload.name] = dict(rows)
    if not columns:
        return
    click.echo(",".join(["bytes", *(f"{name}_us" for name in columns)]))
    for size in steps:
        click.echo(",".join([str(size), *(f"{column[size] / 1e3:.3f}" for column in columns.values())]))


def _as_json(answer: Estimate) -> dict[str, object]:
    return {
        "workload": answer.workload,
        "title": answer.title,
        "ranks": answer.ranks,
        "total_ns": round(answer.total, 3),
        "parts": [
            {
                "phase": line.phase,
                "what": line.what,
                "members": line.members,
                "bytes": line.size,
                "times": line.times,
                "latency_ns": round(line.time.alpha, 3),
                "transfer_ns": round(line.time.beta, 3),
                "limit": line.time.limit,
                "loads_ns": {name: round(load, 3) for name, load in line.time.loads.items()},
            }
            for line in answer.lines
        ],
        "longest_chain_ns": {name: round(time, 3) for name, time in answer.shares.items()},
        "figures": {name: round(value, 6) for name, value in answer.figures.items()},
        "zeros": list(answer.zeros),
    }


def _lines(answer: Estimate) -> Iterator[str]:
    yield f"{answer.workload}: {answer.title} over {answer.ranks:,} ranks, {_time(answer.total)}"
    rows = [("phase", "what", "ranks", "bytes", "times", "latency", "transfer", "limited by")]
    rows += [
        (
            line.phase,
            line.what,
            f"{line.members:,}",
            f"{round(line.size):,}",
            f"{line.times:,}",
            _time(line.time.alpha),
            _time(line.time.beta),
            line.time.limit,
        )
        for line in answer.lines
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            text.rjust(width) if 2 <= column <= 6 else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield ("  " + "  ".join(cells)).rstrip()
    if answer.total:
        parts = sorted(answer.shares.items(), key=lambda item: (-item[1], item[0]))
        yield "  time goes to: " + ", ".join(f"{name} {time / answer.total:.1%}" for name, time in parts if time)
    if answer.figures:
        yield "  " + ", ".join(_figure(name, value) for name, value in answer.figures.items())
    if answer.zeros:
        yield "  taken as zero, because no part states it: " + ", ".join(answer.zeros)


def _figure(name: str, value: float) -> str:
    if name in ("algbw", "busbw"):
        return f"{name} {value:.2f} GB/s"
    if name == "MFU":
        return f"model FLOPs utilization {value:.1%}"
    return f"{name} {value:,.3f}" if value < 100 else f"{name} {value:,.0f}"


def _time(ns: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            return f"{ns / size:.4g} {unit}"
    return f"{ns:.4g} ns"
