"""A graph as SimAI knows it: servers of GPUs, each with exactly one NVSwitch, and switches above.

SimAI takes the NVSwitch of server s to be node G + s, where G counts the GPUs, and numbers GPUs server by server. A
scale-up domain is a server to it, be it 8 GPUs in a box or 72 in a rack:

- all the switches of a domain are one NVSwitch, and a GPU's links to them one link of their summed rate and the longest
  latency: of several NVSwitches SimAI uses one;
- a domain of one GPU gets a switch that nothing uses: without NVSwitches SimAI stops;
- a domain without a switch (mesh, ring, graph) cannot be said: GPUs do not forward. If the workload takes an
  approximation, a switch stands for it with each GPU's summed rate.

Parallel links between two nodes are one link of their summed rate, as SimAI keeps one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import polars as pl

from ....compiler.plant import Ints
from ....compiler.simulation import RANK, SCALE_UP, Graph
from ..graphs import delays, rates


@dataclass(frozen=True)
class Servers:
    """`gpu` is the GPU number of each rank, `each` how many GPUs a server has, `nodes` what SimAI calls each node of
    the graph (several of them may be one NVSwitch). Links are columns of nodes, bit/s and fs; the first `inner` of them
    are scale-up."""

    gpu: Ints
    each: int
    servers: int
    switches: int
    nodes: Ints
    a: Ints
    z: Ints
    rate: Ints
    delay: Ints
    inner: int

    @property
    def gpus(self) -> int:
        return self.each * self.servers

    @property
    def in_order(self) -> bool:
        """True if rank r is GPU r."""
        return bool((self.gpu == np.arange(len(self.gpu))).all())


def uneven(graph: Graph) -> bool:
    """Whether domains have different numbers of ranks."""
    sizes = np.bincount(graph.domain)
    return bool(sizes.min() != sizes.max())


_FEW = 256
"""Nodes that need no leaving out."""


def near(graph: Graph) -> Graph:
    """A graph with fewer switches where most of them are far from its ranks: those up to the lowest tier that joins
    all ranks. These simulators go by the shortest ways, and every node costs them memory."""
    return graph.first(graph.hosts) if len(graph.kind) > max(_FEW, 3 * graph.hosts) else graph


def switchless(graph: Graph) -> bool:
    """Whether a switch would stand for scale-up that has none."""
    return graph.domains.shape != "switch"


def as_servers(graph: Graph) -> Servers:
    """Servers of a graph whose domains have as many ranks each."""
    count = int(graph.domain.max()) + 1
    each, gpus = graph.hosts // count, graph.hosts
    gpu = np.empty(gpus, dtype=np.int64)
    gpu[np.argsort(graph.domain, kind="stable")] = np.arange(gpus)
    nodes = np.full(len(graph.kind), -1, dtype=np.int64)
    nodes[:gpus] = gpu
    own = graph.scale_up == 1
    outer = np.flatnonzero(graph.kind > SCALE_UP)
    # Leaves first, then the tiers above them.
    nodes[outer[np.argsort(graph.tier[outer], kind="stable")]] = gpus + count + np.arange(len(outer))
    rate, delay = _inner(graph, own)
    inner = np.flatnonzero(graph.kind == SCALE_UP)
    for near, far in ((graph.a, graph.z), (graph.z, graph.a)):
        rows = own & (graph.kind[near] == RANK) & (graph.kind[far] == SCALE_UP)
        nodes[far[rows]] = gpus + graph.domain[near[rows]]
    assert (nodes[inner] >= 0).all()
    if each == 1:
        # A link that carries nothing, as fast as the others of its GPU.
        rate, delay = _fabric_rates(graph, own), np.zeros(gpus, dtype=np.int64)
    a, z = nodes[graph.a[~own]], nodes[graph.z[~own]]
    fabric = _merged(a, z, graph.rate[~own], graph.delay[~own])
    order = np.argsort(gpu)
    columns = zip((np.arange(gpus), gpus + np.arange(gpus) // each, rate[order], delay[order]), fabric, strict=True)
    a, z, rate, delay = (np.concatenate(pair) for pair in columns)
    return Servers(gpu, each, count, len(outer), nodes, a, z, rate, delay, gpus)


def _inner(graph: Graph, own: Ints) -> tuple[Ints, Ints]:
    """Rate and latency of each rank's scale-up links together. Between ranks a link's latency is halved: a switch takes
    its place."""
    rate, delay = np.zeros(graph.hosts, dtype=np.int64), np.zeros(graph.hosts, dtype=np.int64)
    between = (graph.kind[graph.a] == RANK) & (graph.kind[graph.z] == RANK)
    half = np.where(between, graph.delay // 2, graph.delay)
    for end in (graph.a, graph.z):
        rows = own & (graph.kind[end] == RANK)
        np.add.at(rate, end[rows], graph.rate[rows])
        np.maximum.at(delay, end[rows], half[rows])
    return rate, delay


def _fabric_rates(graph: Graph, own: Ints) -> Ints:
    rate = np.zeros(len(graph.kind), dtype=np.int64)
    for end in (graph.a, graph.z):
        np.add.at(rate, end[~own], graph.rate[~own])
    return rate[: graph.hosts]


def _merged(a: Ints, z: Ints, rate: Ints, delay: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Links, the lower node first, in order of their ends; parallel ones as one, as slow as the slowest."""
    low, high = np.minimum(a, z), np.maximum(a, z)
    order = np.lexsort((high, low))
    low, high, rate, delay = low[order], high[order], rate[order], delay[order]
    first = np.flatnonzero(np.r_[len(low) > 0, (np.diff(low) != 0) | (np.diff(high) != 0)][: len(low)])
    if not len(first):
        return low, high, rate, delay
    return low[first], high[first], np.add.reduceat(rate, first), np.maximum.reduceat(delay, first)


def link_lines(a: Ints, z: Ints, rate: Ints, delay: Ints) -> bytes:
    """`a z rate delay error_rate` of each link, full duplex, a line each. Written piece by piece: a million links never
    stand in memory as text twice."""
    out = BytesIO()
    for start in range(0, len(a), _PIECE):
        piece = slice(start, start + _PIECE)
        columns = {"a": a[piece], "z": z[piece], "rate": rates(rate[piece]), "delay": delays(delay[piece])}
        frame = pl.DataFrame(columns).with_columns(error=pl.lit(0))
        frame.write_csv(out, separator=" ", include_header=False, quote_style="never")
    return out.getvalue()


_PIECE = 1 << 16
