"""One tree over the ranks of several workloads, which run at the same time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....compiler.plant import Plant
from ....compiler.simulation import Ranks, Simulation
from ....compiler.simulation.domains import find_domains
from ....compiler.simulation.latency import find_latencies
from ....compiler.simulation.tiers import find_tree
from ....dsl.diagnostics import Diagnostic
from .pods import Misfit
from .tree import Tree, find_fat_tree


def find_common_tree(plant: Plant, jobs: Sequence[Ranks]) -> Tree | str:
    """The tree of all ranks, those of the first job first, or why there is none."""
    union = _union(jobs)
    if isinstance(union, str):
        return union
    domains = find_domains(plant, union)
    levels = domains if isinstance(domains, Diagnostic) else domains.problem or find_tree(plant, union, domains)
    if isinstance(domains, Diagnostic) or isinstance(levels, Diagnostic):
        return "their fabric is no tree of tiers"
    latencies = find_latencies(plant, union, domains, levels)
    tree = find_fat_tree(plant, Simulation(union, domains, levels, latencies, (), np.arange(len(union))))
    return tree.why if isinstance(tree, Misfit) else tree


def _union(jobs: Sequence[Ranks]) -> Ranks | str:
    """The ranks of several workloads as those of one, or why they cannot be."""
    first = jobs[0]
    shapes = {(r.cls.index, r.network, r.links.shape[1], r.per_server) for r in jobs}
    device, slot = (np.concatenate([getattr(r, name) for r in jobs]) for name in ("device", "slot"))
    if len(shapes) > 1:
        return "their servers, networks or ranks of a server differ"
    if len(np.unique(np.stack([device, slot]), axis=1).T) < len(device):
        return "some ranks are in several of them"
    servers, position, server = np.unique(device, return_index=True, return_inverse=True)
    order = np.argsort(position)
    server = np.argsort(order)[server.reshape(-1)]
    links = np.concatenate([r.links for r in jobs])
    return Ranks(first.workload, first.cls, servers[order], server, slot, first.per_server, first.network, links)
