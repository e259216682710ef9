"""The plain graph under a workload: every rank, every switch, every link, in no simulator's words.

It needs no tiers, so it holds a torus or a dragonfly as well. Nodes are the ranks first (node r is rank r: the
accelerator with the adapters that serve it), then switches: those of scale-up, then those of the fabric. Where the
inside of a server is not modelled by links, its `scale_up` is: `switch` as one switch a domain, `mesh` and `ring` as
links between ranks.

Latencies are whole femtoseconds, so that no sum depends on its order. A link's own is its cable and transceivers; a
node's own is that of a switch, or of the adapter at either end of the fabric.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..design import Workload
from ..plant import Bools, Ints
from .components import components
from .domains import Domains
from .ranks import Ranks

FS_PER_NS = 10**6
"""Latencies of a graph are in femtoseconds."""

RANK, SCALE_UP, SWITCH = 0, 1, 2
"""Kinds of nodes."""


@dataclass(frozen=True)
class Graph:
    """Columns of nodes: `kind`; `device` of the plant (of a rank its server; -1 for a switch inside a server that no
    part stands for); `tier` (0 for ranks, 1 for scale-up switches, else the distance from the nearest rank); `wait`,
    the node's own latency in fs. `domain` is the scale-up domain of each rank.

    Columns of links, one row each, full duplex: nodes `a` and `z`, `rate` in bit/s of one direction, `wire` latency in
    fs, `link` of the plant (-1 where it is inside a server), `scale_up` (1 if it is). `zeros` names what is not known
    and counts as zero.
    """

    ranks: Ranks
    domains: Domains
    kind: Ints
    device: Ints
    tier: Ints
    wait: Ints
    domain: Ints
    a: Ints
    z: Ints
    rate: Ints
    wire: Ints
    link: Ints
    scale_up: Ints
    zeros: tuple[str, ...]

    @property
    def workload(self) -> Workload:
        return self.ranks.workload

    @property
    def hosts(self) -> int:
        """How many of the nodes are ranks."""
        return len(self.domain)

    @cached_property
    def delay(self) -> Ints:
        """Latency in fs of each link with its share of its ends: all of an adapter's, half of a switch's. Along any
        path they add up to the latency of the whole path, so a simulator of links alone has it right."""
        share = np.where(self.kind == RANK, self.wait, self.wait // 2)
        mine = share[self.a] + share[self.z]
        # Scale-up does not pass the adapters.
        inner = np.where(self.kind == RANK, 0, share)
        return self.wire + np.where(self.scale_up == 1, inner[self.a] + inner[self.z], mine)

    def bundled(self) -> Graph:
        """Parallel links as one: rates added, the longest latency, the first link's row."""
        low, high = np.minimum(self.a, self.z), np.maximum(self.a, self.z)
        _, first, inverse = np.unique(low * len(self.kind) + high, return_index=True, return_inverse=True)
        inverse = inverse.reshape(-1)
        rate = np.zeros(len(first), dtype=np.int64)
        np.add.at(rate, inverse, self.rate)
        wire = np.zeros(len(first), dtype=np.int64)
        np.maximum.at(wire, inverse, self.wire)
        # In the order in which the pairs first occur.
        order = np.argsort(first)
        rows = first[order]
        return replace(
            self,
            a=low[rows],
            z=high[rows],
            rate=rate[order],
            wire=wire[order],
            link=self.link[rows],
            scale_up=self.scale_up[rows],
        )

    def first(self, count: int) -> Graph:
        """The graph of the first `count` ranks: they, and the switches above them up to the lowest tier that joins them
        all; every switch that has one neighbour only is left out. Nodes keep their order."""
        keep = np.zeros(len(self.kind), dtype=np.bool_)
        keep[:count] = True
        for tier in np.unique(self.tier[self.hosts :]).tolist():
            near = keep & (self.tier < tier)
            keep[self.a[near[self.z] & (self.tier[self.a] == tier)]] = True
            keep[self.z[near[self.a] & (self.tier[self.z] == tier)]] = True
            inside = keep[self.a] & keep[self.z]
            label = components(len(keep), self.a[inside], self.z[inside])[:count]
            if (label == label[0]).all():
                break
        else:
            # No tiers join them, so what does may be anywhere.
            keep[self.hosts :] = True
        while True:
            inside = keep[self.a] & keep[self.z]
            a, z = self.a[inside], self.z[inside]
            neighbours = np.unique(np.stack([np.r_[a, z], np.r_[z, a]]), axis=1)[0]
            lone = keep & (self.kind != RANK) & (np.bincount(neighbours, minlength=len(keep)) < 2)
            if not lone.any():
                return self.restricted(keep)
            keep &= ~lone

    def restricted(self, keep: Bools) -> Graph:
        """The graph of some nodes and the links among them; of the ranks the first ones, as many as are kept."""
        links = keep[self.a] & keep[self.z]
        number, count = np.cumsum(keep) - 1, int(keep[: self.hosts].sum())
        return replace(
            self,
            kind=self.kind[keep],
            device=self.device[keep],
            tier=self.tier[keep],
            wait=self.wait[keep],
            domain=self.domain[:count],
            a=number[self.a[links]],
            z=number[self.z[links]],
            rate=self.rate[links],
            wire=self.wire[links],
            link=self.link[links],
            scale_up=self.scale_up[links],
        )
