"""What rank 0 sends in one round of each collective, and how long that takes with nobody else on the way."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl

from ...compiler.plant import Ints, Plant
from ...compiler.simulation import Graph
from ...compiler.workloads import compile_program
from .._kit.graphs import WIRE_BYTES, Part, Ways
from .._kit.rounds import Round, UnfitError, rounds

PAYLOAD = 1000
"""Bytes of a packet's payload."""

MOST = 10_000
"""Packets of a message at most: a longer one is cut to its beginning."""


@dataclass(frozen=True)
class Message:
    """`packets` of the `size` bytes that a workload has rank 0 send to `receiver`, and their time in fs."""

    workload: str
    receiver: int
    size: int
    packets: int
    ports: str
    time: int


def find_messages(plant: Plant, part: Part, ways: Ways) -> list[Message]:
    """One for each workload that is a single collective or message, where rank 0 sends anything to the part."""
    found = []
    keep = np.arange(part.total) < part.graph.hosts
    for workload in part.workloads:
        if workload.attributes.collective is None:
            continue
        (operation,) = compile_program(plant.design, workload).operations
        try:
            sent = [r for r in rounds(operation, part.graph.domains.domain, keep) if isinstance(r, Round)]
        except UnfitError:
            continue
        first = next((r for r in sent if (r.sender == 0).any()), None)
        if first is None:
            continue
        receiver = int(first.receiver[np.argmax(first.sender == 0)])
        packets = min(MOST, -(-first.size // PAYLOAD))
        time = burst(part.graph, ways.links(receiver), packets)
        found.append(Message(workload.name, receiver, first.size, packets, ways.ports(receiver), time))
    return found


def burst(graph: Graph, rows: Ints, packets: int) -> int:
    """Femtoseconds from the first bit of packets that all wait at the start to the last bit of the last at the end: its
    way, and behind the slowest link the others before it."""
    wires = [Fraction(8 * WIRE_BYTES * 10**15, rate) for rate in graph.rate[rows].tolist()]
    return round(int(graph.delay[rows].sum()) + sum(wires, Fraction(0)) + (packets - 1) * max(wires))


def messages_table(messages: list[Message]) -> pl.DataFrame:
    """Messages with their times in nanoseconds."""
    return pl.DataFrame(
        {
            "workload": [m.workload for m in messages],
            "to": [m.receiver for m in messages],
            "bytes": [m.size for m in messages],
            "packets": [m.packets for m in messages],
            "ports": [m.ports for m in messages],
            "ns": [f"{m.time // 10**6}.{m.time % 10**6:06}" for m in messages],
        }
    )
