"""Dimensions of a simulation in the terms of ASTRA-sim's analytical network.

| ours   | topology       | bandwidth of a link                      | latency of a link | algorithm |
|--------|----------------|------------------------------------------|-------------------|-----------|
| switch | Switch         | the rank's                               | half the way      | ring      |
| mesh   | FullyConnected | the rank's over its n - 1 links          | the way           | direct    |
| ring   | Ring           | half the rank's, which has two neighbours | the way           | ring      |

The ring algorithm is right for any size, loads a port evenly and never beyond its rate, and moves the least bytes.
Halving and doubling would stop without a word on sizes that are no powers of two. All-to-all through a switch is
`direct1`, one message at a time: the congestion-unaware network would send all at once at full rate each.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction

from ...compiler.simulation import Dimension

GIB = 2**30
"""ASTRA-sim's "GB/s" is 2^30 byte/s in network.yml."""

ENDPOINT_DELAY_NS = 10
"""`endpoint-delay`: ASTRA-sim's own examples have 10 ns; it must be at least 1."""

FREE_MEMORY = 10**9
"""`local-mem-bw` in GB/s where the accelerator does not state it: so much that reductions cost nothing."""


@dataclass(frozen=True)
class Level:
    """A dimension of network.yml: bandwidth in 2^30 byte/s and latency in ns, of a link; `hops` links a way."""

    what: str
    topology: str
    size: int
    bandwidth: float
    latency: float
    hops: int
    algorithm: str
    all_to_all: str


def levels(dimensions: tuple[Dimension, ...]) -> tuple[Level, ...]:
    """The levels that stand for dimensions."""
    return tuple(_level(d) for d in dimensions)


def _level(d: Dimension) -> Level:
    if d.shape == "switch":
        return Level(d.what, "Switch", d.size, _rate(d.bandwidth), float(d.latency / 2), 2, "ring", "direct1")
    if d.shape == "mesh":
        rate = _rate(d.bandwidth / (d.size - 1))
        return Level(d.what, "FullyConnected", d.size, rate, float(d.latency), 1, "direct", "direct")
    neighbours = min(2, d.size - 1)
    return Level(d.what, "Ring", d.size, _rate(d.bandwidth / neighbours), float(d.latency), 1, "ring", "ring")


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
