"""Dimensions of a simulation in the terms of ASTRA-sim's analytical network.

| ours   | topology       | bandwidth of a link                      | latency of a link | algorithm |
|--------|----------------|------------------------------------------|-------------------|-----------|
| switch | Switch         | the rank's                               | half the way      | ring      |
| mesh   | FullyConnected | the rank's over its n - 1 links          | the way           | direct    |
| ring   | Ring           | half the rank's, which has two neighbours | the way           | ring      |

The ring algorithm is right for any size, loads a port evenly and never beyond its rate, and moves the least bytes.
Halving and doubling would stop without a word on sizes that are no powers of two. All-to-all through a switch is
`direct1`, one message at a time: the congestion-unaware network would send all at once at full rate each.

A workload that names an algorithm gets it, on one dimension (`told`). `direct` through a switch is a FullyConnected
dimension whose links share the rank's rate: all messages at once, each at its share.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod

from ...compiler.simulation import Dimension

GIB = 2**30
"""ASTRA-sim's "GB/s" is 2^30 byte/s in network.yml."""

ENDPOINT_DELAY_NS = 10
"""`endpoint-delay`: ASTRA-sim's own examples have 10 ns; it must be at least 1."""

FREE_MEMORY = 10**9
"""`local-mem-bw` in GB/s where the accelerator does not state it: so much that reductions cost nothing."""


@dataclass(frozen=True)
class Level:
    """A dimension of network.yml: bandwidth in 2^30 byte/s and latency in ns, of a link; `hops` links a way.
    `origin` numbers the dimension of the design that it is, or is a part of."""

    what: str
    topology: str
    size: int
    bandwidth: float
    latency: float
    hops: int
    algorithm: str
    all_to_all: str
    origin: int = 0


def levels(dimensions: tuple[Dimension, ...]) -> tuple[Level, ...]:
    """The levels that stand for dimensions."""
    return tuple(_level(d, number) for number, d in enumerate(dimensions))


def _level(d: Dimension, number: int) -> Level:
    if d.shape == "switch":
        latency = float(d.latency / 2)
        return Level(d.what, "Switch", d.size, _rate(d.bandwidth), latency, 2, "ring", "direct1", number)
    if d.shape == "mesh":
        rate = _rate(d.bandwidth / (d.size - 1))
        return Level(d.what, "FullyConnected", d.size, rate, float(d.latency), 1, "direct", "direct", number)
    neighbours = min(2, d.size - 1)
    return Level(d.what, "Ring", d.size, _rate(d.bandwidth / neighbours), float(d.latency), 1, "ring", "ring", number)


def split(level: Level, sizes: Sequence[int]) -> tuple[Level, ...]:
    """A level as several, innermost first, whose product it is. Any part of what a switch or a mesh joins is joined
    alike, and a rank is busy in one level at a time; a ring has no such parts."""
    if len(sizes) == 1:
        return (level,)
    assert level.topology != "Ring" and prod(sizes) == level.size
    return tuple(replace(level, what=f"{level.what}, part {n + 1}", size=size) for n, size in enumerate(sizes))


def told(level: Level, algorithm: str) -> Level | None:
    """The level with the algorithm that a workload names; None if the network would then tell wrong times, as it knows
    no congestion: in a ring, whoever is no neighbour shares links with others."""
    if algorithm == "ring":
        return replace(level, algorithm="ring", all_to_all="ring")
    if level.topology == "Ring" and level.size > 3:
        return None
    if algorithm == "halving_doubling":
        return replace(level, algorithm="halvingDoubling")
    if level.topology == "Switch":
        # Twice the latency of a link: to the switch and from it.
        rate, way = level.bandwidth / (level.size - 1), level.latency * level.hops
        level = replace(level, topology="FullyConnected", bandwidth=rate, latency=way, hops=1)
    return replace(level, algorithm="direct", all_to_all="direct")


def flattened(found: Sequence[Level]) -> Level:
    """One switch in place of several levels, as slow as the slowest of them."""
    # The rate of a rank: of all its links.
    rates = [level.bandwidth * links(level) for level in found]
    latency = max(level.latency * level.hops for level in found)
    size = prod(level.size for level in found)
    return Level("all dimensions", "Switch", size, min(rates), latency / 2, 2, "ring", "direct1")


def links(level: Level) -> int:
    """How many links a rank has in a level."""
    return {"Switch": 1, "FullyConnected": level.size - 1, "Ring": min(2, level.size - 1)}[level.topology]


def _rate(bandwidth: Fraction) -> float:
    return float(bandwidth / GIB)


def network_yml(found: tuple[Level, ...], comment: str) -> bytes:
    """network.yml: four lists of one length, innermost dimension first."""
    lines = [
        f"# {comment}",
        f"# innermost first: {', '.join(level.what for level in found)}",
        "# bandwidth in 2^30 B/s and latency in ns, of one link in one direction",
        f"topology: [ {', '.join(level.topology for level in found)} ]",
        f"npus_count: [ {', '.join(str(level.size) for level in found)} ]",
        f"bandwidth: [ {', '.join(repr(level.bandwidth) for level in found)} ]",
        f"latency: [ {', '.join(repr(level.latency) for level in found)} ]",
    ]
    return ("\n".join(lines) + "\n").encode()


def system_json(found: tuple[Level, ...], memory: float) -> bytes:
    """system.json: one algorithm a dimension; `memory` is the bandwidth of local reductions in 10^9 byte/s.

    One chunk at a time: several would use all dimensions at once, as if a rank had ports of its own in each.
    """
    system = {
        "scheduling-policy": "FIFO",
        "endpoint-delay": ENDPOINT_DELAY_NS,
        "active-chunks-per-dimension": 1,
        "preferred-dataset-splits": 1,
        "all-reduce-implementation": [level.algorithm for level in found],
        "all-gather-implementation": [level.algorithm for level in found],
        "reduce-scatter-implementation": [level.algorithm for level in found],
        "all-to-all-implementation": [level.all_to_all for level in found],
        "collective-optimization": "localBWAware",
        "local-mem-bw": memory,
        "boost-mode": 0,
        "roofline-enabled": 0,
    }
    return (json.dumps(system, indent=4) + "\n").encode()
