"""Chakra traces of a schedule: bytes for each rank.

Ranks that take part in the same operations in the same way have the same nodes but for the names of their groups and of
whom they send to. So nodes are written once for each such class of ranks, and what differs is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ...compiler.plant import Ints
from .chakra import COMM_COLL, COMM_RECV, COMM_SEND, COMP, collective, computing, head, message, metadata, one_side
from .schedule import Entry, Schedule

FIRST_TAG = 500_000
"""Tags of messages: those of collectives over dimensions count from 0, those of groups from 1,000,000."""

IDLE = metadata() + message(head(0, "idle", COMP), computing(1))
"""A rank that does nothing computes for a microsecond: ASTRA-sim stops at a trace without nodes."""


@dataclass
class _Columns:
    """What is known of one entry for every rank: `marks` tells ranks with different nodes apart, `fill` the group of
    each phase, `sent` and `received` the other ends of messages."""

    marks: Ints
    fill: list[dict[int, int]] = field(default_factory=list)
    sent: dict[int, list[int]] = field(default_factory=dict)
    received: dict[int, list[int]] = field(default_factory=dict)


def traces(plan: Schedule) -> Iterator[bytes]:
    """The trace of each rank. Ranks with equal ones share them."""
    columns = [_columns(entry, plan) for entry in plan.entries]
    marks = np.array([one.marks for one in columns], dtype=np.int32).reshape(len(columns), plan.ranks).T
    classes: dict[bytes, list[_Node | bytes]] = {}
    for rank in range(plan.ranks):
        key = np.ascontiguousarray(marks[rank]).tobytes()
        if key not in classes:
            classes[key] = _joined(_nodes(plan, columns, marks[rank].tolist()))
        found = classes[key]
        if not found:
            yield IDLE
        elif len(found) == 1 and isinstance(found[0], bytes):
            yield found[0]
        else:
            yield b"".join(one if isinstance(one, bytes) else one.filled(rank, columns) for one in found)


@dataclass(frozen=True)
class _Node:
    """A node that is not the same for all ranks of a class. `turn` is the number of the phase, or of the message."""

    start: bytes
    entry: int
    kind: str
    turn: int
    size: int
    tag: int = 0

    def filled(self, rank: int, columns: list[_Columns]) -> bytes:
        of = columns[self.entry]
        if self.kind == "send":
            rest = one_side(self.size, rank, of.sent[rank][self.turn], self.tag)
        elif self.kind == "receive":
            rest = one_side(self.size, of.received[rank][self.turn], rank, self.tag)
        else:
            rest = collective(self.kind, self.size, group=of.fill[self.turn][rank])
        return message(self.start, rest)


def _columns(entry: Entry, plan: Schedule) -> _Columns:
    """Marks: bit n for taking part in phase n; numbers of messages sent and received; 1 for computing."""
    marks = np.zeros(plan.ranks, dtype=np.int64)
    found = _Columns(marks)
    for turn, phase in enumerate(entry.phases):
        marks[phase.groups.reshape(-1)] |= 1 << turn
        fill: dict[int, int] = {}
        if not phase.whole:
            for group in phase.groups.tolist():
                fill.update(dict.fromkeys(group, plan.groups[tuple(group)]))
        found.fill.append(fill)
    if entry.pairs is not None:
        for sender, receiver in entry.pairs.tolist():
            found.sent.setdefault(sender, []).append(receiver)
            found.received.setdefault(receiver, []).append(sender)
        np.add.at(marks, entry.pairs[:, 0], 1)
        np.add.at(marks, entry.pairs[:, 1], 1 << 12)
    if entry.npus is not None:
        marks[entry.npus] = 1
    return found


def _nodes(plan: Schedule, columns: list[_Columns], marks: list[int]) -> Iterator[_Node | bytes]:
    """The nodes of a class of ranks. Numbers count through them; each repetition waits for the one before."""
    number = 0
    last: dict[int, list[int]] = {}
    for at, (entry, mark) in enumerate(zip(plan.entries, marks, strict=True)):
        if not mark:
            continue
        operation = entry.operation
        after = sorted({one for before in operation.after for one in last.get(before, ())})
        name = operation.name if operation.name == operation.phase else f"{operation.phase} {operation.name}"
        if entry.pad:
            yield message(head(number, f"{name} latency", COMP, after), computing(entry.pad))
            after, number = [number], number + 1
        for turn in range(entry.times):
            for kind, which, phase_size in _parts(entry, mark):
                new = []
                if kind == "compute":
                    yield message(head(number, name, COMP, after), computing(entry.micros))
                    new = [number]
                elif kind in ("send", "receive"):
                    type_ = COMM_SEND if kind == "send" else COMM_RECV
                    tag = FIRST_TAG + (at * 8 + turn) % FIRST_TAG
                    yield _Node(head(number, name, type_, after), at, kind, which, entry.size, tag)
                    new = [number]
                else:
                    start = head(number, name, COMM_COLL, after)
                    phase = entry.phases[which]
                    if phase.whole:
                        yield message(start, collective(kind, phase_size, _involved(phase.levels, plan)))
                    else:
                        yield _Node(start, at, kind, which, phase_size)
                    new = [number]
                number += 1
                if kind in ("send", "receive"):
                    last.setdefault(at, []).extend(new)
                else:
                    after = new
                    last[at] = new
            if entry.pairs is not None and turn < entry.times - 1:
                after, last[at] = last[at], []


def _involved(levels: tuple[int, ...], plan: Schedule) -> list[bool] | None:
    """The list that names some dimensions, or more than the four that ASTRA-sim assumes; None for all."""
    many = len(plan.levels)
    return None if len(levels) == many <= 4 else [n in levels for n in range(many)]


def _parts(entry: Entry, mark: int) -> Iterator[tuple[str, int, int]]:
    """What one repetition of an entry consists of on a rank: kind, number, size."""
    if entry.npus is not None:
        yield "compute", 0, 0
    elif entry.pairs is not None:
        yield from (("receive", turn, 0) for turn in range(mark >> 12))
        yield from (("send", turn, 0) for turn in range(mark & 0xFFF))
    else:
        for turn, phase in enumerate(entry.phases):
            if mark >> turn & 1:
                yield phase.kind, turn, phase.size


def _joined(nodes: Iterator[_Node | bytes]) -> list[_Node | bytes]:
    """The same, with bytes that follow each other joined; begins with the metadata unless it is empty."""
    found: list[_Node | bytes] = []
    for node in nodes:
        if not found:
            found.append(metadata())
        if isinstance(node, bytes) and isinstance(found[-1], bytes):
            found[-1] += node
        else:
            found.append(node)
    return found
