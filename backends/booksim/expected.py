"""The latency of packets that meet no others, in closed form.

Confirmed pair by pair by running BookSim (`docs/explanation/simulators.md`): a packet of P flits over channels of
latency l takes P + 4 + sum(l + 2) cycles. `min` takes the way of least latency, channels alone counted.
"""

from __future__ import annotations

import numpy as np

from ...compiler.plant import Ints
from ...compiler.simulation import Graph
from .cycles import OVERHEAD, PIPELINE, Cycles

SOURCES = 64
"""Ranks from which ways are computed: all of a small graph, else as many at equal distances."""


def mean_latency(graph: Graph, cycles: Cycles) -> float:
    """Cycles of a packet, on average over all pairs of ranks, a rank with itself among them, as `uniform` has it."""
    step = -(-graph.hosts // SOURCES)
    ways = shortest(graph, cycles.latency, np.arange(0, graph.hosts, step))
    return float(ways[:, : graph.hosts].mean()) + cycles.packet + OVERHEAD


def shortest(graph: Graph, latency: Ints, sources: Ints) -> Ints:
    """Cycles from each source to every node, of shape (sources, nodes): along the way of least channel latency, with
    the routers on it.

    Every pass lengthens ways by a link (Bellman-Ford), for all sources and links at once.
    """
    near, far = np.r_[graph.a, graph.z], np.r_[graph.z, graph.a]
    order = np.argsort(far, kind="stable")
    near, far, each = near[order], far[order], np.r_[latency, latency][order]
    first = np.searchsorted(far, np.arange(len(graph.kind)))
    # Of ways with the same latency the one with fewer links: both in one number.
    step = each * (len(graph.kind) + 1) + 1
    found = np.full((len(sources), len(graph.kind)), np.iinfo(np.int64).max // 2, dtype=np.int64)
    found[np.arange(len(sources)), sources] = 0
    while True:
        better = np.minimum(found, np.minimum.reduceat(found[:, near] + step, first, axis=1))
        if np.array_equal(better, found):
            links = found % (len(graph.kind) + 1)
            return np.asarray(found // (len(graph.kind) + 1) + PIPELINE * links, dtype=np.int64)
        found = better
