"""Where the groups of a collective lie among the dimensions of the network, and what the trace says of them.

Rank numbers of the simulator (npus) are coordinates. A group is a grid if it has every combination of some coordinates
of each dimension. Then its collective goes dimension by dimension, innermost first, as one over all ranks does:

- dimensions that every group takes whole are named by `involved_dim`, which keeps their algorithms;
- of a dimension that a group takes in part, its members are a communicator group. Of several dimensions ASTRA-sim
  makes such a group one ring (`CommunicatorGroup::get_collective_plan`), which is exact through a switch: two members
  differ in one dimension, and the network charges the innermost one in which sender and receiver differ.

A dimension of a switch or a mesh that groups take in strides, such as every eighth rank, is written as several, so that
most groups take theirs whole (`refined`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ...compiler.plant import Ints
from .network import Level, split
from .oracle import cycles, transfer


@dataclass(frozen=True)
class Phase:
    """One COMM_COLL node of each member. `groups` has shape (groups, members) and holds npus; `size` is as in a trace.
    `levels` are the dimensions that it is over; `whole` if it takes all of each. `loose` if members differ in
    several dimensions though the simulator charges one."""

    kind: str
    size: int
    groups: Ints
    levels: tuple[int, ...]
    whole: bool
    loose: bool = False


def coordinates(npus: Ints, sizes: Sequence[int]) -> Ints:
    """Coordinates of npus: a new first axis with a row for each dimension, innermost first."""
    found = []
    for size in sizes:
        found.append(npus % size)
        npus = npus // size
    return np.stack(found)


def refined(found: tuple[Level, ...], memberships: Iterable[Ints]) -> tuple[Level, ...]:
    """The levels, those of switches and meshes split where groups of npus take them in even strides."""
    sizes = [level.size for level in found]
    ends: list[set[int]] = [{1, size} for size in sizes]
    for groups in memberships:
        for level, inside, points in zip(found, coordinates(groups, sizes), ends, strict=True):
            if level.topology != "Ring":
                points.update(_stride(inside))
    parts: list[Level] = []
    for level, points in zip(found, ends, strict=True):
        kept = [1]
        for point in sorted(points):
            if point > kept[-1] and point % kept[-1] == 0 and level.size % point == 0:
                kept.append(point)
        parts += split(level, [high // low for low, high in pairwise(kept)])
    return tuple(parts)


def _stride(inside: Ints) -> tuple[int, ...]:
    """Where groups begin to differ in one dimension, and where they end to, if all do so evenly."""
    values = np.unique(inside[0])
    many = len(values)
    if many < 2:
        return ()
    step = int(values[1] - values[0])
    offset = np.sort(inside, axis=1)
    # Every member occurs equally often: take each once.
    once = offset[:, :: max(1, inside.shape[1] // many)][:, :many]
    even = once - once[:, :1] == step * np.arange(many)
    aligned = once[:, 0] % (step * many) < step
    return (step, step * many) if even.all() and aligned.all() else ()


def phases(kind: str, size: int, groups: Ints, found: tuple[Level, ...]) -> tuple[Phase, ...]:
    """The nodes of one collective. `size` is the whole buffer of a rank."""
    sizes = [level.size for level in found]
    members = groups.shape[1]
    if kind == "all_gather":
        size = -(-size // members)  # the format counts the shard of one rank; a part of a byte is a byte
    inside = coordinates(groups, sizes)
    counts = _counts(inside)
    vary = tuple(n for n, count in enumerate(counts) if count > 1)
    if not len(groups) or members != np.prod([max(count, 1) for count in counts]) or 0 in counts:
        return (Phase(kind, size, groups, vary or tuple(range(len(found))), False, loose=True),)
    if all(counts[n] == sizes[n] for n in vary):
        return (Phase(kind, size, groups, vary, True),)
    # As a table: the last axis is the innermost dimension that varies.
    order = np.lexsort(inside, axis=-1)
    table = np.take_along_axis(groups, order, axis=1).reshape(-1, *(counts[n] for n in reversed(vary)))

    def along(n: int) -> Ints:
        axis = len(vary) - vary.index(n)
        return np.moveaxis(table, axis, -1).reshape(-1, counts[n])

    return tuple(
        Phase(what, data, along(n), (n,), counts[n] == sizes[n]) for what, data, n in _order(kind, size, counts, vary)
    )


def _counts(inside: Ints) -> list[int]:
    """For each dimension how many coordinates every group has; 0 where they differ in that."""
    found = []
    for rows in inside:
        ordered = np.sort(rows, axis=1)
        distinct = 1 + (np.diff(ordered, axis=1) != 0).sum(axis=1)
        found.append(int(distinct[0]) if len(distinct) and distinct.min() == distinct.max() else 0)
    return found


def _order(kind: str, size: int, counts: list[int], vary: tuple[int, ...]) -> Iterator[tuple[str, int, int]]:
    """Each phase with the bytes that it works on and its dimension, as ASTRA-sim orders them."""
    if kind == "all_reduce":
        for n in vary[:-1]:
            yield "reduce_scatter", size, n
            size //= counts[n]
        yield "all_reduce", size, vary[-1]
        yield from _order("all_gather", size, counts, vary[:-1])
        return
    for n in reversed(vary) if kind == "all_gather" else vary:
        yield kind, size, n
        if kind == "all_gather":
            size *= counts[n]
        elif kind == "reduce_scatter":
            size //= counts[n]


def takes(phase: Phase, found: tuple[Level, ...], memory: float) -> int:
    """Cycles of a phase; of a loose one the least that they can be."""
    if phase.whole:
        return cycles(phase.kind, phase.size, tuple(found[n] for n in phase.levels), memory)
    return min(cycles(phase.kind, phase.size, (one,), memory) for one in rings(phase, found))


def rings(phase: Phase, found: tuple[Level, ...]) -> Iterator[Level]:
    """The levels of a communicator group, as large as the group: with several dimensions its algorithm is a ring."""
    for n in phase.levels:
        level = replace(found[n], size=phase.groups.shape[1])
        yield level if len(found) == 1 else replace(level, algorithm="ring", all_to_all="ring")


def message_level(pairs: Ints, found: tuple[Level, ...]) -> tuple[Ints, bool]:
    """For pairs of npus, shape (pairs, 2), the level that the simulator charges; and whether that is right for all: a
    pair that differs in several dimensions passes the slowest, and is charged the innermost."""
    differ = np.diff(coordinates(pairs, [level.size for level in found]), axis=2)[..., 0] != 0
    charged = np.argmax(differ, axis=0)
    origin = np.array([level.origin for level in found])
    right = ~(differ & (origin[:, None] != origin[charged][None, :])).any()
    return np.asarray(charged, dtype=np.int64), bool(right)


def way(pairs: Ints, size: int, found: tuple[Level, ...]) -> Ints:
    """Cycles of a message of each pair. Round a ring it passes as many links as there are the shorter way."""
    sizes = np.array([level.size for level in found], dtype=np.int64)
    charged, _ = message_level(pairs, found)
    apart = np.abs(np.diff(coordinates(pairs, sizes.tolist()), axis=2)[..., 0])[charged, np.arange(len(pairs))]
    apart = np.minimum(apart, sizes[charged] - apart)
    time = np.zeros(len(pairs), dtype=np.int64)
    for number, links in np.unique(np.stack([charged, apart]), axis=1).T.tolist():
        level = found[number]
        here = replace(level, hops=links) if level.topology == "Ring" else level
        time[(charged == number) & (apart == links)] = transfer(size, here)
    return time
