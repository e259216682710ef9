"""A program as the rows of a GOAL schedule: sends, receives, computations, and what each of them waits for.

Every row has a number that is unique in its rank, and waits for at most one other; what waits for several begins with a
row `calc 0` that does. A rank sends in a round what it received in the one before, so rounds of a ring cost two
rows a message. Everything is columns: a round of all ranks is one step here, however many they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ...compiler.plant import Ints
from ...compiler.simulation import Domains
from ...compiler.workloads import Operation, Program
from .._kit.inside import inside_ns
from .._kit.rounds import Inside, Round, in_pieces, rounds

LARGEST = 2**31 - 1
"""Most bytes of a message: the programs read them into an int. Larger ones are sent in pieces."""

SEND, RECEIVE, CALC, WAIT = 0, 1, 2, 3
"""Kinds of rows. A `WAIT` is one more row that the row of its number waits for."""


@dataclass(frozen=True)
class Rows:
    """Columns, one row each: `rank`, `number` in the rank, `kind`; `size` in bytes, of a CALC in ns; `peer` and `tag`
    of a message; `before` is the number of the row that must be done first, or -1."""

    rank: Ints
    number: Ints
    kind: Ints
    size: Ints
    peer: Ints
    tag: Ints
    before: Ints

    def count(self, kind: int) -> int:
        return int((self.kind == kind).sum())


def joined(jobs: Iterable[tuple[Rows, int]]) -> Rows:
    """The rows of several jobs as those of one, each with the number that its rank 0 has there."""
    moved = [replace(r, rank=r.rank + first, peer=np.where(r.peer < 0, -1, r.peer + first)) for r, first in jobs]
    names = Rows.__dataclass_fields__
    return Rows(*(np.concatenate([getattr(rows, name) for rows in moved]) for name in names))


def started(program: Program, ns: int) -> Program:
    """The program after a wait: every rank computes so long before it begins."""
    every = np.arange(program.ranks, dtype=np.int64).reshape(-1, 1)
    wait = Operation("start", "start", "compute", every, time=Fraction(ns))
    later = (replace(o, after=tuple(n + 1 for n in o.after if n >= 0) or (0,)) for o in program.operations)
    return replace(program, operations=(wait, *later))


def make_rows(program: Program, domains: Domains, scale_up: Fraction) -> Rows:
    """The rows of a program; `scale_up` is the latency of a hop in a scale-up domain in ns.

    Raises UnfitError where an algorithm does not fit its groups.
    """
    writer = _Writer(program.ranks, domains, scale_up)
    for operation in program.operations:
        writer.add(operation)
    return writer.rows()


def messages_of(operation: Operation, domains: Domains) -> Iterator[Round | Inside]:
    """What an operation consists of, once, in messages that GOAL can have. Raises UnfitError."""
    return in_pieces(rounds(operation, domains.domain), LARGEST)


class _Writer:
    """Rows as they are added; `_end` has for each operation the row of each rank that ends it, or -1."""

    def __init__(self, ranks: int, domains: Domains, scale_up: Fraction) -> None:
        self._ranks, self._domains, self._scale_up = ranks, domains, scale_up
        self._chunks: list[tuple[Ints, ...]] = []
        self._end: list[Ints] = []
        self._known: dict[tuple[object, ...], tuple[Ints, list[Round | Inside]]] = {}
        self._next = self._tag = 0

    def rows(self) -> Rows:
        empty = [np.zeros(0, dtype=np.int64)] * 7
        columns = zip(*self._chunks, strict=True) if self._chunks else ([column] for column in empty)
        return Rows(*(np.concatenate(column) for column in columns))

    def add(self, operation: Operation) -> None:
        ranks, found = self._parts(operation)
        last = self._entry(ranks, operation.after)
        if operation.kind == "compute":
            self._calc(ranks, round(operation.time * operation.times), last)
        elif any(isinstance(part, Round) for part in found):
            for _ in range(operation.times):
                self._exchange(found, last)
        else:
            for part in found:
                assert isinstance(part, Inside)
                self._inside(part, operation.times, last)
        end = np.full(self._ranks, -1, dtype=np.int64)
        end[ranks] = last[ranks]
        self._end.append(end)

    def _parts(self, operation: Operation) -> tuple[Ints, list[Round | Inside]]:
        """The ranks of an operation and what it consists of; a step does many that are alike."""
        groups = operation.groups
        key = (groups.tobytes(), groups.shape, operation.kind, operation.size, operation.algorithm)
        if key not in self._known:
            parts = messages_of(operation, self._domains)
            self._known[key] = np.unique(groups), list(parts)
        return self._known[key]

    def _entry(self, ranks: Ints, after: Iterable[int]) -> Ints:
        """What each rank waits for before an operation."""
        ends = [self._end[number] for number in after if number >= 0]
        if len(ends) < 2:
            return ends[0].copy() if ends else np.full(self._ranks, -1, dtype=np.int64)
        waits = np.stack(ends)
        last: Ints = waits.max(axis=0)
        several = ranks[(waits[:, ranks] >= 0).sum(axis=0) > 1]
        if len(several):
            which, place = np.nonzero(waits[:, several] >= 0)
            self._join(several, several[place], waits[which, several[place]], last)
        return last

    def _take(self, numbers: int) -> int:
        first = self._next
        self._next += numbers
        return first

    def _put(self, kind: int, rank: Ints, number: Ints | int, before: Ints | int, **more: Ints | int) -> None:
        columns = (number, kind, more.get("size", 0), more.get("peer", -1), more.get("tag", 0), before)
        whole = (column if isinstance(column, np.ndarray) else np.full(len(rank), column) for column in columns)
        self._chunks.append((rank, *whole))

    def _calc(self, ranks: Ints, ns: int, last: Ints) -> None:
        number = self._take(1)
        self._put(CALC, ranks, number, last[ranks], size=ns)
        last[ranks] = number

    def _join(self, ranks: Ints, rank: Ints, before: Ints, last: Ints) -> None:
        """One row for each of `ranks` that waits for all rows `before` of `rank`."""
        number = self._take(1)
        self._put(CALC, ranks, number, -1)
        self._put(WAIT, rank, number, before)
        last[ranks] = number

    def _inside(self, part: Inside, times: int, last: Ints) -> None:
        self._calc(part.ranks, round(times * inside_ns(part, self._domains, self._scale_up)), last)

    def _exchange(self, parts: list[Round | Inside], last: Ints) -> None:
        turns: list[Round] = []
        for part in parts:
            if isinstance(part, Round) and part.own:
                turns.append(part)
                continue
            self._turns(turns, last)
            turns = []
            if isinstance(part, Inside):
                self._inside(part, 1, last)
            elif part.fan > 1:
                self._fan(part, last)
            else:
                self._steps(part, last)
        self._turns(turns, last)

    def _steps(self, part: Round, last: Ints) -> None:
        """One message from each sender a round; the next one waits for what was received."""
        many, times = len(part.sender), part.times
        step = np.repeat(np.arange(times), many)
        first, tag = self._take(2 * times), self._tag + step
        self._tag += times
        send, receive = first + 2 * step, first + 2 * step + 1
        fed = np.tile(np.isin(part.sender, part.receiver), times)
        for kind, near, far, number, earlier in (
            (SEND, part.sender, part.receiver, send, np.where(fed, receive, send) - 2),
            (RECEIVE, part.receiver, part.sender, receive, receive - 2),
        ):
            before = np.where(step == 0, np.tile(last[near], times), earlier)
            self._put(kind, np.tile(near, times), number, before, size=part.size, peer=np.tile(far, times), tag=tag)
        last[part.sender] = first + 2 * times - 2
        last[part.receiver] = first + 2 * times - 1

    def _fan(self, part: Round, last: Ints) -> None:
        """Several messages at once; the next round waits for all that were received."""
        ranks = np.unique(part.sender)
        turn = np.arange(len(part.sender)) % part.fan
        for _ in range(part.times):
            first = self._take(2 * part.fan)
            receive = first + part.fan + turn
            more = {"size": part.size, "tag": self._tag}
            self._tag += 1
            self._put(SEND, part.sender, first + turn, last[part.sender], peer=part.receiver, **more)
            self._put(RECEIVE, part.receiver, receive, last[part.receiver], peer=part.sender, **more)
            self._join(ranks, part.receiver, receive, last)

    def _turns(self, parts: list[Round], last: Ints) -> None:
        """Rounds in which each message waits for its sender's one before; at the end all have been received."""
        if not parts:
            return
        sent, rank, before = last.copy(), [], []
        for part in parts:
            first = self._take(2)
            more = {"size": part.size, "tag": self._tag}
            self._tag += 1
            self._put(SEND, part.sender, first, sent[part.sender], peer=part.receiver, **more)
            self._put(RECEIVE, part.receiver, first + 1, last[part.receiver], peer=part.sender, **more)
            sent[part.sender] = first
            rank.append(part.receiver)
            before.append(np.full(len(part.receiver), first + 1))
        self._join(np.unique(parts[0].sender), np.concatenate(rank), np.concatenate(before), last)
