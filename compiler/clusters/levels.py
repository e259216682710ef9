"""Which nodes are near to each other: groups of nodes, ever larger, level by level.

Scale-up first: nodes whose accelerators are joined by links of their own (see `simulation/own_ports`), through the
switches of that network, are one domain. Then the fabric. A node's fabric is the network
with most bandwidth at it, scale-up left out, so pools with networks of their own make trees side by side even where a
front-end joins them all. A switch is of tier t if its shortest way to a node has t links. Two nodes meet at tier t if
switches of tiers up to t join them; a node joins all switches that it is linked to, so the leaves of all rails of a
rail-optimised group are one group. Links between switches of one tier (a mesh, torus or dragonfly) count as a level
above that tier. A level that brings no nodes together is left out, but for the first tier.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from ..once import once
from ..plant import Bools, Ints, Plant
from ..schema import AcceleratorAttributes
from ..simulation import components
from ..simulation.own_ports import own_links
from ..simulation.tiers import levels
from ..views.fabric import data_links
from .nodes import NodeClass, find_nodes

Kind = Literal["scale_up", "tier", "side"]


@dataclass(frozen=True)
class Level:
    """One level. `group` has the number of each node's group, from 0 in the order of nodes; -1 for a node that nothing
    joins to any switch or node up to here.

    `switches` are the devices that make the level (of its tier; those of the network for scale-up, or the nodes
    themselves where no switch stands between), `of` the group of each.
    """

    kind: Kind
    tier: int
    group: Ints
    switches: Ints
    of: Ints

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.group.max(initial=-1)) + 1


@dataclass(frozen=True)
class Cluster:
    """The nodes of a plant as columns: a row each, ascending by device.

    `cls` is a number in `classes`. `network` is the fabric of each: a row of the design's networks, -1 for links of no
    network, -2 for none. `levels` go from the nearest to the farthest.
    """

    classes: tuple[NodeClass, ...]
    nodes: Ints
    cls: Ints
    network: Ints
    levels: tuple[Level, ...]

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def scale_up(self) -> Level | None:
        """The level of scale-up domains of more than one node, if there are any."""
        return next((level for level in self.levels if level.kind == "scale_up"), None)

    @cached_property
    def trees(self) -> Ints:
        """A number for the tree of each node: that of its group at the last level that it is in; -1 for none."""
        found, first = np.full(len(self), -1, dtype=np.int64), 0
        for level in self.levels:
            inside = level.group >= 0
            found[inside] = first + level.group[inside]
            first += level.count
        return found

    @property
    def alone(self) -> Bools:
        """The nodes that are in no group of any level."""
        return self.trees < 0


@once
def find_cluster(plant: Plant) -> Cluster:
    """The nodes of a plant and their groups."""
    classes = find_nodes(plant)
    spans = [np.arange(n.cls.first, n.cls.first + n.cls.count, dtype=np.int64) for n in classes]
    nodes = np.concatenate([*spans, np.zeros(0, dtype=np.int64)])
    cls = np.repeat(np.arange(len(classes), dtype=np.int64), [len(span) for span in spans])
    if not len(nodes):
        return Cluster(classes, nodes, cls, nodes, ())
    number = np.full(len(plant.devices), -1, dtype=np.int64)
    number[nodes] = np.arange(len(nodes))
    switch = np.zeros(len(plant.devices), dtype=np.bool_)
    for c in plant.classes_of_kind("switch"):
        switch[c.first : c.first + c.count] = True
    links = plant.links
    node = number >= 0
    keep = data_links(plant) & (node | switch)[links.a_device] & (node | switch)[links.z_device]
    up = keep & _scale_up_links(plant, node)
    fabric = keep & ~up
    network = _fabrics(plant, number, fabric, len(nodes))
    for device in (links.a_device, links.z_device):
        at = number[device]
        fabric &= (at < 0) | (network[at] == links.network)
    # Links of networks that no node has chosen, such as a front-end's spines, are no part of it.
    fabric &= np.isin(links.network, np.unique(network))
    found = _levels(plant, nodes, np.flatnonzero(up), np.flatnonzero(fabric), switch)
    return Cluster(classes, nodes, cls, network, found)


def _scale_up_links(plant: Plant, node: Bools) -> Bools:
    """Links of accelerators' own that nothing routes, and what else is in networks of such links alone."""
    links = plant.links
    inner = np.zeros(len(links), dtype=np.bool_)
    for element in plant.design.elements:
        if isinstance(element.attributes, AcceleratorAttributes):
            a_own, z_own = own_links(plant, element.index)
            inner |= a_own | z_own
    outer = (node[links.a_device] | node[links.z_device]) & ~inner
    only = np.setdiff1d(np.unique(links.network[inner]), [*np.unique(links.network[outer]).tolist(), -1])
    return inner | np.isin(links.network, only)


def _fabrics(plant: Plant, number: Ints, fabric: Bools, count: int) -> Ints:
    """The network with most bandwidth at each node: of equal ones the first; -2 without any link."""
    width = len(plant.design.networks) + 1
    rates = np.zeros((count, width), dtype=np.int64)
    links = plant.links
    for device in (links.a_device, links.z_device):
        rows = np.flatnonzero(fabric & (number[device] >= 0))
        # A link without a speed is a link all the same.
        np.add.at(rates, (number[device[rows]], links.network[rows] + 1), links.speed[rows] + 1)
    # Links of no network are the last choice among equals.
    order = np.roll(rates, -1, axis=1)
    best = order.argmax(axis=1).astype(np.int64)
    best = np.where(best == width - 1, -1, best)
    return np.where(rates.any(axis=1), best, -2)


def _levels(plant: Plant, nodes: Ints, up: Ints, fabric: Ints, switch: Bools) -> tuple[Level, ...]:
    size, links = len(plant.devices), plant.links
    label = np.arange(size, dtype=np.int64)
    found: list[Level] = []
    before = np.full(len(nodes), -1, dtype=np.int64)

    def join(kind: Kind, tier: int, rows: Ints, made: Ints, always: bool = False) -> None:
        nonlocal label, before
        label = components(size, label[links.a_device[rows]], label[links.z_device[rows]])[label]
        number = _numbers(label, nodes, switch)
        group = number[label[nodes]]
        if always or not np.array_equal(group, before):
            of = number[label[made]]
            found.append(Level(kind, tier, group, made[of >= 0], of[of >= 0]))
            before = group

    ends = np.zeros(size, dtype=np.bool_)
    ends[links.a_device[up]] = ends[links.z_device[up]] = True
    domain = components(size, links.a_device[up], links.z_device[up])
    if len(up) and len(np.unique(domain[nodes])) < len(nodes):
        join("scale_up", 0, up, np.flatnonzero(ends & switch if (ends & switch).any() else ends), always=True)
    a, z = links.a_device[fabric], links.z_device[fabric]
    distance = levels(size, nodes, a, z)
    higher, flat = np.maximum(distance[a], distance[z]), distance[a] == distance[z]
    join("side", 0, fabric[flat & (higher == 0)], np.flatnonzero(distance == 0))
    for tier in range(1, int(distance.max(initial=0)) + 1):
        made = np.flatnonzero(distance == tier)
        join("tier", tier, fabric[~flat & (higher == tier)], made, always=tier == 1)
        join("side", tier, fabric[flat & (higher == tier)], made)
    return tuple(found)


def _numbers(label: Ints, nodes: Ints, switch: Bools) -> Ints:
    """The number of the group of each label, in the order of nodes; -1 for a node alone without any switch."""
    mine = label[nodes]
    members = np.bincount(mine, minlength=len(label))
    switches = np.bincount(label[np.flatnonzero(switch)], minlength=len(label))
    labels, first = np.unique(mine, return_index=True)
    real = (members[labels] > 1) | (switches[labels] > 0)
    labels, first = labels[real], first[real]
    number = np.full(len(label), -1, dtype=np.int64)
    number[labels[np.argsort(first)]] = np.arange(len(labels))
    return number
