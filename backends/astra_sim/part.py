"""Which ranks the traces cover: all, or the first ones if there are many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

from ...compiler.design import Design
from ...compiler.simulation import Dimension, Simulation, name_prefix, prefix

LIMIT = 1024
"""Most ranks with traces. ASTRA-sim keeps one file a rank open, and 1024 is the usual limit of a process; it needs
0.4 GB and a few seconds for as many ranks in one dimension, growing with their square."""


@dataclass(frozen=True)
class Part:
    """The first `ranks` places of a simulation, as dimensions of their own. `name` is their path in the design."""

    name: str
    ranks: int
    dimensions: tuple[Dimension, ...]
    whole: bool


def choose(design: Design, simulation: Simulation) -> Part:
    """The largest part within the limit that is a grid of ranks and has a name."""
    workload, total = simulation.workload, len(simulation.ranks)
    if total <= LIMIT:
        return Part(name_prefix(design, workload, total), total, simulation.dimensions, True)
    if simulation.in_order:
        for count in reversed(prefix(workload, LIMIT)):
            cut = _cut(simulation.dimensions, count)
            if cut is not None and count > 1:
                return Part(name_prefix(design, workload, count), count, cut, False)
    # Whole inner dimensions, then what fits of the next.
    inner: list[Dimension] = []
    for dimension in simulation.dimensions:
        room = LIMIT // prod(d.size for d in inner)
        if dimension.size > room:
            if room > 1:
                inner.append(replace(dimension, size=room))
            break
        inner.append(dimension)
    count = prod(d.size for d in inner)
    return Part(f"places 0 to {count - 1} of ranks.csv", count, tuple(inner), False)


def _cut(dimensions: tuple[Dimension, ...], count: int) -> tuple[Dimension, ...] | None:
    """The grid of the first `count` ranks: whole inner dimensions and part of one more; None if it is no grid."""
    found = []
    for dimension in dimensions:
        if count >= dimension.size:
            count, rest = divmod(count, dimension.size)
            if rest:
                return None
            found.append(dimension)
        elif count > 1:
            found.append(replace(dimension, size=count))
            count = 1
    return tuple(found)
