"""Paths on which a simulator is checked: from rank 0 to ranks near and far, with the round trip that each must take.

Paths form a tree from rank 0, so a node never needs two ways to the same place. They have as few links as can be
without passing another rank; ranks that cannot be reached so, as in a torus, are reached through others. Of parallel
links the first is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from ....compiler.plant import Bools, Ints
from ....compiler.simulation import RANK, Graph
from ....compiler.simulation.domains import turns

WIRE_BYTES = 1030
"""What an echo of 1,000 B is on the wire: 8 B of UDP (RFC 768), 20 B of IPv4 (RFC 791), 2 B of PPP (RFC 1661)."""


@dataclass(frozen=True)
class Probes:
    """One round trip each, from rank 0: to which rank, `what` the path is, over how many links, leaving each node by
    which port, and the time in fs: `2 * sum(latency + 8 * WIRE_BYTES / rate)`, as every node waits for the whole
    packet."""

    receiver: list[int]
    what: list[str]
    links: list[int]
    ports: list[str]
    time: list[int]

    def __len__(self) -> int:
        return len(self.receiver)


def ports_of(graph: Graph) -> tuple[Ints, Ints]:
    """Port numbers of every link at its nodes `a` and `z`: a node's links count 0, 1, 2, … in their order."""
    ports = turns(np.stack([graph.a, graph.z], axis=1).reshape(-1)).reshape(-1, 2)
    return ports[:, 0], ports[:, 1]


@dataclass(frozen=True)
class Ways:
    """Ways from rank 0: for every node the one before it, the link between them, and how many links it is away."""

    graph: Graph
    parent: Ints
    link: Ints
    depth: Ints

    @cached_property
    def _ports(self) -> tuple[Ints, Ints]:
        return ports_of(self.graph)

    def links(self, node: int) -> Ints:
        """The links on the way to a node."""
        return self.link[self._nodes(node)]

    def ports(self, node: int) -> str:
        """The port by which the way to a node leaves each node on it."""
        path = self._nodes(node)
        rows = self.link[path]
        a_port, z_port = self._ports
        leaves = np.where(self.graph.a[rows] == self.parent[path], a_port[rows], z_port[rows])
        return " ".join(map(str, leaves.tolist()))

    def _nodes(self, node: int) -> Ints:
        found = [node]
        while self.parent[found[-1]] != 0:
            found.append(int(self.parent[found[-1]]))
        return np.array(found[::-1], dtype=np.int64)


def find_probes(ways: Ways) -> Probes:
    """The nearest and the farthest rank of every kind of path."""
    graph, parent, link, depth = ways.graph, ways.parent, ways.link, ways.depth
    top = np.zeros(len(graph.kind), dtype=np.int64)
    outside, through = np.zeros_like(top), np.zeros_like(top)
    for level in range(1, int(depth.max()) + 1):
        rows = np.flatnonzero(depth == level)
        above = parent[rows]
        top[rows] = np.maximum(top[above], graph.tier[rows])
        outside[rows] = outside[above] | (graph.scale_up[link[rows]] == 0)
        through[rows] = through[above] | ((graph.kind[above] == RANK) & (above != 0))
    ranks = np.arange(1, graph.hosts)
    kinds = np.stack([outside[ranks], through[ranks], top[ranks], depth[ranks]])
    _, first = np.unique(kinds, axis=1, return_index=True)
    _, last = np.unique(kinds[:, ::-1], axis=1, return_index=True)
    chosen = sorted({*ranks[first].tolist(), *ranks[::-1][last].tolist()})
    found = Probes([], [], [], [], [])
    for rank in chosen:
        words = f"tier {top[rank]}" if outside[rank] and top[rank] else "direct" if outside[rank] else "scale-up"
        found.receiver.append(rank)
        found.what.append(words + (" through ranks" if through[rank] else ""))
        found.links.append(int(depth[rank]))
        found.ports.append(ways.ports(rank))
        found.time.append(round_trip(graph, ways.links(rank)))
    return found


def round_trip(graph: Graph, rows: Ints) -> int:
    """Femtoseconds of an echo over some links."""
    wire = sum((Fraction(8 * WIRE_BYTES * 10**15, rate) for rate in graph.rate[rows].tolist()), Fraction(0))
    return round(2 * (int(graph.delay[rows].sum()) + wire))


def find_ways(graph: Graph) -> Ways:
    """The tree of ways from rank 0 to every other node."""
    parent, link, depth = np.full((3, len(graph.kind)), -1, dtype=np.int64)
    depth[0] = 0
    near, far = np.r_[graph.a, graph.z], np.r_[graph.z, graph.a]
    row = np.tile(np.arange(len(graph.a)), 2)
    switch = graph.kind != RANK
    switch[0] = True
    for forwards in (switch, np.ones_like(switch)):
        _grow(near, far, row, forwards, parent, link, depth)
    return Ways(graph, parent, link, depth)


def _grow(near: Ints, far: Ints, row: Ints, forwards: Bools, parent: Ints, link: Ints, depth: Ints) -> None:
    """Add to a tree all that nodes which forward lead to, those at the smallest distance first."""
    level = 0
    while level <= depth.max():
        rows = np.flatnonzero((depth[near] == level) & forwards[near] & (depth[far] < 0))
        new, first = np.unique(far[rows[np.argsort(row[rows], kind="stable")]], return_index=True)
        taken = rows[np.argsort(row[rows], kind="stable")][first]
        parent[new], link[new], depth[new] = near[taken], row[taken], level + 1
        level += 1
