"""A program in the terms of the simulator: which nodes each rank's trace has, before any byte is written.

Ranks outside of the part that has traces are left out of every group; a group of which one rank is left does nothing.
An operation that is done many times in a row is as many nodes or, if the traces would grow too large, one of as many
bytes: what the latencies of the others would take is a COMP node before it, so its time is right to a microsecond.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...compiler.plant import Ints
from ...compiler.workloads import COLLECTIVES, Operation, Program
from .network import Level
from .places import Phase, message_level, phases, refined, takes, way

MOST_BYTES = 8 << 20
"""Size of all traces of a workload together, above which repeated operations are merged."""

_NODE_BYTES = 110
"""About what a node takes."""

MOST_GROUPS = 2000
"""Communicator groups of a workload: ASTRA-sim numbers the streams of group g from 1,000,000 g on, in 32 bits."""


@dataclass(frozen=True)
class Entry:
    """One operation on the ranks of the part. Collectives have `phases`, one after the other for each group size that
    occurs; a send has `pairs` of npus; a compute has `npus`. `size` is that of a message, `micros` that of a compute;
    `times` how often it is written, and `pad` a wait before it in microseconds, which stands for merged latencies."""

    operation: Operation
    phases: tuple[Phase, ...] = ()
    pairs: Ints | None = None
    npus: Ints | None = None
    size: int = 0
    micros: int = 0
    times: int = 1
    pad: int = 0


@dataclass(frozen=True)
class Schedule:
    """All entries, in the program's order, over `ranks` npus and `levels`. `merged` if repetitions are one node;
    `groups` has the communicator groups: npus of each, numbered from 1; `loose` names the first operation that the
    simulator cannot time rightly, "" if there is none; `crowded` if there are too many groups."""

    ranks: int
    levels: tuple[Level, ...]
    entries: tuple[Entry, ...]
    merged: bool
    groups: dict[tuple[int, ...], int]
    loose: str
    crowded: bool


def schedule(program: Program, npu: Ints, ranks: int, found: tuple[Level, ...], memory: float) -> Schedule:
    """`npu` is the number of each rank of the program in the simulator, at least `ranks` if it has no trace."""
    inside = [_inside(operation, npu, ranks) for operation in program.operations]
    members = [
        groups
        for operation, parts in zip(program.operations, inside, strict=True)
        if operation.kind in COLLECTIVES
        for groups in parts
    ]
    parts = refined(found, members)
    entries = [_entry(*pair, parts) for pair in zip(program.operations, inside, strict=True)]
    entries = _numbered(entries, ranks)
    merged = sum(_nodes(entry) * entry.operation.times for entry in entries) * _NODE_BYTES > MOST_BYTES
    entries = [_repeated(entry, merged, parts, memory) for entry in entries]
    groups: dict[tuple[int, ...], int] = {}
    for entry in entries:
        for phase in entry.phases:
            if not phase.whole:
                for group in phase.groups.tolist():
                    groups.setdefault(tuple(group), len(groups) + 1)
    loose = next((_told(entry.operation) for entry in entries if _loose(entry, parts)), "")
    return Schedule(ranks, parts, tuple(entries), merged, groups, loose, len(groups) > MOST_GROUPS)


def _told(operation: Operation) -> str:
    if operation.name == operation.kind:
        return operation.name.replace("_", "-")
    return f"{operation.phase}: {operation.kind.replace('_', '-')} of {operation.name}"


def _inside(operation: Operation, npu: Ints, ranks: int) -> list[Ints]:
    """The groups with npus for ranks, those outside of the part left out: a table for each number of members."""
    table = npu[operation.groups]
    kept = table < ranks
    if kept.all():
        return [table]
    if operation.kind == "send":
        return [table[kept.all(axis=1)]]
    counts = kept.sum(axis=1)
    least = 1 if operation.kind == "compute" else 2
    return [
        table[counts == count][kept[counts == count]].reshape(-1, count)
        for count in np.unique(counts).tolist()
        if count >= least
    ]


def _entry(operation: Operation, inside: list[Ints], found: tuple[Level, ...]) -> Entry:
    if operation.kind == "send":
        return Entry(operation, pairs=inside[0], size=operation.size)
    if operation.kind == "compute":
        npus = np.unique(np.concatenate([groups.reshape(-1) for groups in inside])) if inside else None
        return Entry(operation, npus=np.zeros(0, dtype=np.int64) if npus is None else npus)
    parts = (phase for groups in inside for phase in phases(operation.kind, operation.size, groups, found))
    return Entry(operation, phases=tuple(parts))


def _numbered(entries: list[Entry], ranks: int) -> list[Entry]:
    """Whole phases number their streams by how many such a rank has begun, so members must have begun as many; where
    they have not, they are communicator groups, which have numbers of their own."""
    begun = np.zeros(ranks, dtype=np.int64)
    found = []
    for entry in entries:
        parts = []
        for phase in entry.phases:
            counts = begun[phase.groups]
            agreed = phase.whole and bool((counts == counts[:, :1]).all())
            parts.append(phase if agreed else replace(phase, whole=False))
            if agreed:
                begun[phase.groups] += entry.operation.times
        found.append(replace(entry, phases=tuple(parts)))
    return found


def _nodes(entry: Entry) -> int:
    """Nodes of all ranks, if it is done once."""
    many = sum(phase.groups.size for phase in entry.phases)
    many += 0 if entry.pairs is None else entry.pairs.size
    return many + (0 if entry.npus is None else len(entry.npus))


def _repeated(entry: Entry, merged: bool, found: tuple[Level, ...], memory: float) -> Entry:
    operation, times = entry.operation, entry.operation.times
    if operation.kind == "compute":
        return replace(entry, micros=round(operation.time * times / 1000))
    if times == 1 or not merged:
        return replace(entry, times=times)
    parts = tuple(replace(phase, size=phase.size * times) for phase in entry.phases)
    once, all_ = (sum(takes(phase, found, memory) for phase in some) for some in (entry.phases, parts))
    if entry.pairs is not None and len(entry.pairs):
        once = int(way(entry.pairs, entry.size, found).max())
        all_ = int(way(entry.pairs, entry.size * times, found).max())
    pad = max(0, round((once * times - all_) / 1000))
    return replace(entry, phases=parts, size=entry.size * times, pad=pad)


def _loose(entry: Entry, found: tuple[Level, ...]) -> bool:
    """Whether the simulator's time of an entry is not that of the network described."""
    if entry.pairs is not None and len(entry.pairs):
        return not message_level(entry.pairs, found)[1]
    for phase in entry.phases:
        if phase.whole:
            continue
        around = np.stack([phase.groups, np.roll(phase.groups, -1, axis=1)], axis=-1).reshape(-1, 2)
        # A ring of messages to all others is not how all-to-all is done; a ring's neighbours have links of their own.
        if phase.loose or (phase.kind == "all_to_all" and len(found) > 1 and phase.groups.shape[1] > 2):
            return True
        if not message_level(around, found)[1] or any(found[n].topology == "Ring" for n in phase.levels):
            return True
    return False
