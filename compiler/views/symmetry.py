"""Devices that a fabric cannot tell apart, so that a graph of kinds stands for the graph of devices.

Colour refinement: two devices keep one colour while they have equally many links of each speed to each colour.
Where it stops, the partition is equitable, and a maximum flow between unions of colours is the same in the
quotient graph as in the whole one: averaging a flow over each colour is again a flow (Grohe, Kersting,
Mladenov and Selman, "Dimension Reduction via Colour Refinement", ESA 2014). A symmetric design of a hundred
thousand devices has some ten colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..plant import Ints


@dataclass(frozen=True)
class Wiring:
    """Undirected links between `size` nodes, one row each, with a capacity."""

    size: int
    a: Ints
    z: Ints
    capacity: Ints

    @cached_property
    def both(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Both directions of every link sorted by the near node: near, far, capacity, and starts by node."""
        near = np.concatenate([self.a, self.z])
        far = np.concatenate([self.z, self.a])
        capacity = np.concatenate([self.capacity, self.capacity])
        order = np.argsort(near, kind="stable")
        near = near[order]
        start = np.searchsorted(near, np.arange(self.size + 1))
        return near, far[order], capacity[order], start


def refine(wiring: Wiring, colors: Ints) -> Ints:
    """The coarsest equitable colouring that is finer than `colors`; numbered from 0."""
    _, far, capacity, start = wiring.both
    _, speeds = np.unique(capacity, return_inverse=True)
    _, current = np.unique(colors, return_inverse=True)
    count = int(current.max(initial=-1)) + 1
    while True:
        # A multiset of neighbours is known by the sum of their hashes: 64 bits, wrapping round.
        marks = mix(current[far] * (int(speeds.max(initial=0)) + 1) + speeds)
        running = np.zeros(len(marks) + 1, dtype=np.uint64)
        np.cumsum(marks, out=running[1:])
        around = running[start[1:]] - running[start[:-1]]
        _, refined = np.unique(mix(current) * np.uint64(3) + around, return_inverse=True)
        found = int(refined.max(initial=-1)) + 1
        if found == count:
            return current
        current, count = refined, found


def mix(values: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """A 64-bit hash of each value (the finalizer of splitmix64)."""
    x = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def quotient(wiring: Wiring, colors: Ints) -> dict[tuple[int, int], int]:
    """Sum of capacities from each colour to each other one, by (near, far)."""
    near, far, capacity, _ = wiring.both
    count = int(colors.max(initial=-1)) + 1
    pair = colors[near] * count + colors[far]
    pairs, place = np.unique(pair, return_inverse=True)
    total = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(total, place, capacity)
    return {
        (int(p) // count, int(p) % count): int(t) for p, t in zip(pairs, total, strict=True) if p // count != p % count
    }
