"""A workload as flows between hosts.

htsim has no scale-up network, so what stays inside a scale-up domain is left out, and takes no time. What remains of
a hierarchical collective over D domains of L ranks each is a ring of D hosts for each place in a domain (as NCCL
does on rails), in which each adapter moves

| collective                            | bytes in a step | steps    |
|---------------------------------------|-----------------|----------|
| all_reduce                            | size / (L * D)  | 2(D - 1) |
| all_gather, reduce_scatter            | size / (L * D)  | D - 1    |
| all_to_all, to domains +1, +2, …      | size / D        | D - 1    |

Other algorithms are those of `_kit/rounds.py`. A flow starts when its sender has what it sends: when the flow that
brings it is done, or all of them where there are several (a barrier); in an all_to_all by turns, and in a ring where
that came from inside the domain, when the sender's last one is. `send_done_trigger` is the sender's view, half a round
trip later than the receiver's; htsim's `recv_done_trigger` never fires. A flow has one such trigger, so a rank does one
operation after the other here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from ...compiler.plant import Ints
from ...compiler.workloads import Operation
from .._kit.rounds import Inside, Round, in_pieces, rounds

FLOWS = 20_000
"""Most flows of a file. Beyond it only the first step is written."""

LARGEST = 2**31 - 1
"""Most bytes of a flow: htsim reads them into an int. More is sent in pieces."""

_MESSAGES = 50 * FLOWS
"""Most messages of a round that are looked at, those inside domains too."""

_BARRIER = 1 << 40
"""Barriers are numbered from here on, until it is known how many flows there are."""


@dataclass(frozen=True)
class Flows:
    """Flows as columns: `source` and `target` hosts, `size` in bytes, `waits` for a trigger (0: it starts by itself),
    `fires` a trigger (0: none). Flow number n is row n - 1, and its own trigger has its number. `barrier` are those
    triggers that fire when `count` flows are done."""

    source: Ints
    target: Ints
    size: Ints
    waits: Ints
    fires: Ints
    barrier: Ints
    count: Ints

    def __len__(self) -> int:
        return len(self.source)


class TooManyError(Exception):
    """More flows than a file takes."""


@dataclass(frozen=True)
class Hosts:
    """Where ranks are, as columns by rank: their `host` (-1: outside of the tree) and scale-up `domain`."""

    host: Ints
    domain: Ints

    def parts(self, operation: Operation) -> Iterable[Round | Inside]:
        """Raises TooManyError where one round alone has far more messages than a file has flows."""
        if operation.algorithm == "direct":
            here = (self.host[operation.groups] >= 0).sum(axis=1)
            if int((here * (here - 1)).sum()) > _MESSAGES:
                raise TooManyError
        return in_pieces(rounds(operation, self.domain, self.host >= 0), LARGEST)

    def crossing(self, part: Round) -> int:
        """Flows of one round: messages that leave their domain."""
        return int((self.domain[part.sender] != self.domain[part.receiver]).sum())


def chain(operations: Iterable[Operation], hosts: Hosts) -> Flows:
    """All flows of some operations, one operation after the other.

    Raises TooManyError beyond FLOWS, UnfitError.
    """
    writer = _Writer(hosts)
    for operation in operations:
        for _ in range(operation.times):
            for part in hosts.parts(operation):
                if isinstance(part, Round):
                    writer.round(part)
            writer.turned()
    return writer.flows()


def first_step(operation: Operation, hosts: Hosts) -> Flows:
    """The flows of the first step that has any.

    Raises TooManyError, UnfitError.
    """
    writer = _Writer(hosts)
    for part in hosts.parts(operation):
        if isinstance(part, Round) and hosts.crossing(part):
            writer.round(replace(part, times=1))
            break
    return writer.flows()


@dataclass(frozen=True)
class Steps:
    """How many `steps` of an operation have flows, and `flows` in all; `alike` if its steps are."""

    steps: int
    flows: int
    alike: bool


def count_steps(operation: Operation, hosts: Hosts) -> Steps:
    """Of all its `times`. Raises TooManyError, UnfitError."""
    steps, flows, sizes = 0, 0, set()
    for part in hosts.parts(operation):
        if isinstance(part, Round) and (many := hosts.crossing(part)):
            steps += part.times
            flows += part.times * many
            sizes.add((part.size, many))
    return Steps(steps * operation.times, flows * operation.times, len(sizes) < 2)


class _Writer:
    """`_last` is for each rank the trigger that says that it has what it sends next; `_sent` the same while it takes
    turns."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._last = np.zeros(len(hosts.host), dtype=np.int64)
        self._sent: Ints | None = None
        self._chunks: list[tuple[Ints, ...]] = [(np.zeros(0, dtype=np.int64),) * 5]
        self._barriers: list[tuple[Ints, Ints]] = [(np.zeros(0, dtype=np.int64),) * 2]
        self._many = 0
        self._next_barrier = _BARRIER

    def round(self, part: Round) -> None:
        if part.own:
            self._turn(part)
            return
        self.turned()
        if part.fan > 1:
            for _ in range(part.times):
                self._fan(part)
        else:
            self._steps(part)

    def turned(self) -> None:
        """The end of turns: a rank is done with them when it has sent all."""
        if self._sent is not None:
            self._last, self._sent = self._sent, None

    def _steps(self, part: Round) -> None:
        domain = self._hosts.domain
        inner = domain[part.sender] == domain[part.receiver]
        # Who is fed inside its domain has the next message before the last one is sent, so that is what it waits for.
        fed = np.zeros(len(domain), dtype=np.bool_)
        fed[part.receiver[inner]] = True
        sent = np.zeros(len(domain), dtype=np.int64)
        for _ in range(part.times):
            crossing, number = self._put(part, np.where(fed & (sent > 0), sent, self._last), None)
            sent[part.sender[crossing]] = number[crossing]
            last = self._last.copy()
            last[part.sender] = np.where(crossing, number, self._last[part.sender])
            last[part.receiver] = last[part.sender]
            self._last = last

    def _turn(self, part: Round) -> None:
        if self._sent is None:
            self._sent = self._last.copy()
        crossing, number = self._put(part, self._sent, None)
        self._sent[part.sender] = np.where(crossing, number, self._sent[part.sender])

    def _fan(self, part: Round) -> None:
        domain = self._hosts.domain
        into = np.bincount(part.receiver[domain[part.sender] != domain[part.receiver]], minlength=len(domain))
        waiting = np.flatnonzero(into)
        barrier = np.zeros(len(domain), dtype=np.int64)
        barrier[waiting] = self._next_barrier + np.arange(len(waiting))
        self._next_barrier += len(waiting)
        self._barriers.append((barrier[waiting], into[waiting]))
        self._put(part, self._last, barrier[part.receiver])
        self._last = np.where(barrier > 0, barrier, self._last)

    def _put(self, part: Round, waits: Ints, fires: Ints | None) -> tuple[Ints, Ints]:
        """Add the messages that leave their domain; for every message whether it does, and its number."""
        crossing = self._hosts.domain[part.sender] != self._hosts.domain[part.receiver]
        number = self._many + np.cumsum(crossing)
        self._many += int(crossing.sum())
        if self._many > FLOWS:
            raise TooManyError
        host, sender, receiver = self._hosts.host, part.sender[crossing], part.receiver[crossing]
        fire = number if fires is None else fires
        size = np.full(len(sender), part.size)
        self._chunks.append((host[sender], host[receiver], size, waits[sender], fire[crossing]))
        return crossing, number

    def flows(self) -> Flows:
        source, target, size, waits, fires = (np.concatenate(column) for column in zip(*self._chunks, strict=True))
        barrier, count = (np.concatenate(column) for column in zip(*self._barriers, strict=True))
        # A trigger that starts nothing would stop the program.
        used = np.unique(waits)
        fires = np.where(np.isin(fires, used), fires, 0)
        kept = np.isin(barrier, used)
        barrier, count = barrier[kept], count[kept]
        waits, fires = (
            np.where(column >= _BARRIER, len(source) + 1 + np.searchsorted(barrier, column), column)
            for column in (waits, fires)
        )
        return Flows(source, target, size, waits, fires, len(source) + 1 + np.arange(len(barrier)), count)


def together(jobs: Iterable[Flows]) -> Flows:
    """The flows of several jobs in one file, numbered on."""
    parts, flows, triggers = list(jobs), 0, sum(len(job) for job in jobs)
    found = []
    for job in parts:
        columns = []
        for column in (job.waits, job.fires, job.barrier):
            own = column <= len(job)
            columns.append(np.where(column == 0, 0, np.where(own, column + flows, column - len(job) + triggers)))
        waits, fires, barrier = columns
        found.append((job.source, job.target, job.size, waits, fires, barrier, job.count))
        flows += len(job)
        triggers += len(job.barrier)
    return Flows(*(np.concatenate(column) for column in zip(*found, strict=True)))


def matrix(flows: Flows, nodes: int, start: Ints | int = 0) -> bytes:
    """The connection matrix. `start` is when flows start that wait for nothing, in what the program counts in."""
    number = np.arange(1, len(flows) + 1)
    frame = pl.DataFrame(
        {
            "source": flows.source,
            "target": flows.target,
            "size": flows.size,
            "id": number,
            "waits": flows.waits,
            "fires": flows.fires,
            "start": np.broadcast_to(start, len(flows)),
        }
    )
    begins = (
        pl.when(pl.col("waits") > 0).then(pl.format("trigger {}", "waits")).otherwise(pl.format("start {}", "start"))
    )
    fires = pl.when(pl.col("fires") > 0).then(pl.format(" send_done_trigger {}", "fires")).otherwise(pl.lit(""))
    line = pl.format("{}->{} id {} {} size {}{}\n", "source", "target", "id", begins, "size", fires)
    lines: list[str] = frame.select(line.alias("line"))["line"].to_list()
    single = np.unique(flows.fires[(flows.fires > 0) & (flows.fires <= len(flows))])
    triggers = [f"trigger id {one} oneshot\n" for one in single.tolist()]
    pairs = zip(flows.barrier.tolist(), flows.count.tolist(), strict=True)
    triggers += [f"trigger id {one} barrier count {many}\n" for one, many in pairs]
    head = [f"Nodes {nodes}\n", f"Connections {len(lines)}\n"]
    if triggers:
        head.append(f"Triggers {len(triggers)}\n")
    return "".join(head + lines + triggers).encode()
