"""Time in BookSim: it has cycles and flits, no seconds and no rates, and every channel carries one flit a cycle.

A cycle is what a flit of `flit` bytes takes on the slowest link. Latencies are whole cycles, so a small flit says them
better and a large one runs faster: the largest is taken with which no latency is off by more than 2 %.

A router passes a flit on in `PIPELINE` cycles of its own (`routing_delay = 0`, `speculative = 1`: allocation, then
the crossbar). The plant's latency of a link has the switches in it already, so these cycles are taken off the channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...compiler.plant import Ints
from ...compiler.simulation import Graph

PIPELINE = 2
"""Cycles of a router that stand for latency of the channel behind it."""

OVERHEAD = 4
"""Cycles of a packet besides its flits and its way: one channel in, one router, one channel out, less one."""

PACKET_BYTES = 256
FLITS = (64, 32, 16, 8, 4, 2, 1)
"""Bytes of a flit, those that are tried first."""

TOLERANCE = Fraction(2, 100)


@dataclass(frozen=True)
class Cycles:
    """`flit` bytes take `cycle` femtoseconds. `latency` of every link of the graph is in cycles, as the file says it;
    `worst` is the largest share by which a latency is off, and `short` how many links have less than can be said."""

    flit: int
    cycle: Fraction
    latency: Ints
    worst: float
    short: int

    @property
    def packet(self) -> int:
        """Flits of a packet."""
        return PACKET_BYTES // self.flit

    @property
    def buffer(self) -> int:
        """Flits of a buffer in which a channel never waits for a credit: there and back, and a packet."""
        return 2 * int(self.latency.max() + PIPELINE) + self.packet + 8

    @property
    def ns(self) -> str:
        """A cycle in nanoseconds."""
        return f"{float(self.cycle) / 1e6:.6g}"


def count_cycles(graph: Graph) -> Cycles:
    """The cycle for a graph without parallel links."""
    slowest, distinct = int(graph.rate.min()), np.unique(graph.delay)
    for flit in FLITS:
        cycle = Fraction(8 * flit * 10**15, slowest)
        exact = {delay: round(delay / cycle) for delay in distinct.tolist()}
        off = [abs(cycles * cycle - delay) / delay for delay, cycles in exact.items() if delay]
        if max(off, default=Fraction(0)) <= TOLERANCE:
            break
    least = 1 + PIPELINE
    said = np.array([max(least, cycles) for cycles in exact.values()], dtype=np.int64)
    number = np.searchsorted(distinct, graph.delay)
    short = np.array([cycles < least for cycles in exact.values()], dtype=np.bool_)[number]
    return Cycles(flit, cycle, said[number] - PIPELINE, float(max(off, default=Fraction(0))), int(short.sum()))
