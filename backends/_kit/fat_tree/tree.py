"""The fat tree over a workload's ranks, and the number that each rank has as a host in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....compiler.plant import Ints, Plant
from ....compiler.simulation import Simulation
from .fit import Fit, fit
from .pods import Misfit, Pods, find_planes, find_pods


@dataclass(frozen=True)
class Tree:
    """The fit, and the hosts as columns: the rank and the node number of each, by rank."""

    simulation: Simulation
    pods: Pods
    fit: Fit
    rank: Ints
    node: Ints

    @property
    def whole(self) -> bool:
        return len(self.rank) == len(self.simulation.ranks)

    def host(self) -> Ints:
        """The host of every rank of the workload; -1 where it is outside of the tree."""
        host = np.full(len(self.simulation.ranks), -1, dtype=np.int64)
        host[self.rank] = self.node
        return host

    def leaf(self) -> Ints:
        """The leaf switch of each host, by rank, as a device."""
        ranks = self.simulation.ranks
        return np.asarray(self.simulation.tree.upper[ranks.links[self.rank, 0]])


def find_fat_tree(plant: Plant, simulation: Simulation) -> Tree | Misfit:
    """The tree of the workload's fabric or of its largest part that fits, or why there is none."""
    pods = find_pods(plant, simulation)
    if isinstance(pods, Misfit):
        return pods
    planes = find_planes(plant, simulation, pods) if pods.count > 1 else None
    leaf_of = simulation.tree.upper[simulation.ranks.links[:, 0]]
    members = np.bincount(leaf_of, minlength=len(plant.devices))[pods.leaves]
    found = fit(pods, planes, members)
    if isinstance(found, str):
        return Misfit(found, simulation.workload.origin)
    first = np.full(len(plant.devices), -1, dtype=np.int64)
    first[found.leaves[found.leaves >= 0]] = found.node_of_leaf()
    rank = np.flatnonzero(first[leaf_of] >= 0)
    leaf = leaf_of[rank]
    order = np.argsort(leaf, kind="stable")
    place = np.empty(len(rank), dtype=np.int64)
    place[order] = np.arange(len(rank)) - np.searchsorted(leaf[order], leaf[order])
    return Tree(simulation, pods, found, rank, first[leaf] + place)
