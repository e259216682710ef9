"""Which ranks the traces cover: all, or the first ones if there are many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod

from ...compiler.design import Design, Workload
from ...compiler.schema import Training
from ...compiler.simulation import Dimension, Simulation, name_prefix, prefix

LIMIT = 1024
"""Most ranks with traces. ASTRA-sim keeps one file a rank open, and 1024 is the usual limit of a process; it needs
0.4 GB and a few seconds for as many ranks in one dimension, growing with their square."""


STEP_LIMIT = 256
"""Most ranks of a step of a model, if these hold a whole replica: a trace of a step takes some 20 kB."""


def limit(workloads: Iterable[Workload]) -> int:
    """Most ranks that workloads over the same ranks get traces for."""
    found = LIMIT
    for workload in workloads:
        step = workload.attributes.step
        if step is not None:
            context = step.context if isinstance(step, Training) else 1
            replica = step.tensor * step.pipeline * step.expert * context
            found = min(found, max(STEP_LIMIT, replica))
    return found


@dataclass(frozen=True)
class Part:
    """The first `ranks` places of a simulation, as dimensions of their own. `name` is their path in the design."""

    name: str
    ranks: int
    dimensions: tuple[Dimension, ...]
    whole: bool


def choose(design: Design, simulation: Simulation, most: int = LIMIT) -> Part:
    """The largest part within the limit that is a grid of ranks and has a name."""
    workload, total = simulation.workload, len(simulation.ranks)
    if total <= most:
        return Part(name_prefix(design, workload, total), total, simulation.dimensions, True)
    if simulation.in_order:
        for count in reversed(prefix(workload, most)):
            cut = _cut(simulation.dimensions, count)
            if cut is not None and count > 1:
                return Part(name_prefix(design, workload, count), count, cut, False)
    # Whole inner dimensions, then what fits of the next.
    inner: list[Dimension] = []
    for dimension in simulation.dimensions:
        room = most // prod(d.size for d in inner)
        if dimension.size > room:
            if room > 1 and dimension.shape != "ring":
                inner.append(_shrunk(dimension, room))
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
            if dimension.shape == "ring":
                return None
            found.append(_shrunk(dimension, count))
            count = 1
    return tuple(found)


def _shrunk(dimension: Dimension, size: int) -> Dimension:
    """Some members of a switch or of a mesh, whose other links lead nowhere. Some of a ring are no ring."""
    if dimension.shape == "mesh":
        bandwidth = dimension.bandwidth * (size - 1) / (dimension.size - 1)
        return replace(dimension, size=size, bandwidth=bandwidth)
    return replace(dimension, size=size)
