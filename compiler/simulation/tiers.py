"""The fabric under a workload as a tree of tiers: which servers meet where, and with what bandwidth.

A switch is of tier t if its shortest way to a server of the workload has t links; those that only lead down to other
servers do not count. Two servers meet at tier t if they are joined by switches of tiers up to t. A scale-up domain
joins all the switches that its servers are linked to, because data changes from rail to rail inside it, so the leaves
of all rails of a rail-optimised group form one group.

Bandwidth of a rank through tier t is that of its ports or, if lower, the bandwidth of all links from a group of
tier s to tier s + 1 shared evenly by the group's ranks, for the worst s < t. In a regular tree that is the rate of
the ports times the product of up over down ratios below t, at most 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..plant import Ints, Plant
from ..views.fabric import data_links
from .components import components, numbered
from .domains import Domains
from .ranks import Ranks


@dataclass(frozen=True)
class Tier:
    """One tier. `group` numbers for every server, in the order of `Ranks.servers`, the group that meets here.

    `links` are the links down to the tier below. `bandwidth` is in bit/s, one direction, of the rank that has
    least; `even` is false if others have more.
    """

    number: int
    switches: Ints
    links: Ints
    group: Ints
    bandwidth: Fraction
    even: bool

    @property
    def sizes(self) -> Ints:
        """Servers of each group."""
        return np.bincount(self.group)


@dataclass(frozen=True)
class Tree:
    """All tiers, leaves first. `level` is the tier of every device: 0 for servers of the workload, -1 outside the
    fabric. `lower` and `upper` are the devices at the ends of every link of the plant (-1 outside)."""

    tiers: tuple[Tier, ...]
    level: Ints
    lower: Ints
    upper: Ints

    @property
    def meeting(self) -> tuple[Tier, ...]:
        """The tiers that the ranks need to meet: up to the first with one group. A higher one carries other traffic."""
        last = next((n for n, tier in enumerate(self.tiers) if not tier.group.any()), len(self.tiers) - 1)
        return self.tiers[: last + 1]


def find_tree(plant: Plant, ranks: Ranks, domains: Domains) -> Tree | Diagnostic:
    """The tree of a workload's fabric, or why it is none."""
    edges = fabric_links(plant, ranks)
    tree = _grow(plant, ranks, domains, _used(plant, ranks, edges))
    return tree if isinstance(tree, Tree) else _grow(plant, ranks, domains, edges)


def _used(plant: Plant, ranks: Ranks, edges: Ints) -> Ints:
    """Links that do not end at a switch with no rank below, such as a leaf of other servers under the same spines. Seen
    from the ranks it would stand above these spines, and what leads down to it would count as leading up.

    It is told by its place: others of its element are closer to the ranks, or it has servers of the ranks' kind."""
    links = plant.links
    level = levels(len(plant.devices), ranks.servers, links.a_device[edges], links.z_device[edges])
    cls = plant.devices.cls
    seen = np.flatnonzero(level >= 0)
    nearest = np.full(len(plant.classes), len(plant.devices), dtype=np.int64)
    np.minimum.at(nearest, cls[seen], level[seen])
    idle = level > nearest[cls]
    server = (cls >= 0) & (cls == plant.classes.index(ranks.cls))
    rows = np.flatnonzero(data_links(plant) & (links.network == ranks.network))
    for near, far in ((links.a_device, links.z_device), (links.z_device, links.a_device)):
        below = near[rows[server[far[rows]]]]
        idle[below] |= level[below] >= 3
    return edges[~idle[links.a_device[edges]] & ~idle[links.z_device[edges]]]


def _grow(plant: Plant, ranks: Ranks, domains: Domains, edges: Ints) -> Tree | Diagnostic:
    """The tree of some links."""
    a, z = plant.links.a_device[edges], plant.links.z_device[edges]
    level = levels(len(plant.devices), ranks.servers, a, z)
    inside = level[a] >= 0
    edges, a, z = edges[inside], a[inside], z[inside]
    flat = np.flatnonzero(level[a] == level[z])
    if len(flat):
        return _refuse(plant, ranks, int(edges[flat[0]]), len(flat))
    rising = level[a] < level[z]
    lower, upper = np.full((2, len(plant.links)), -1, dtype=np.int64)
    lower[edges], upper[edges] = np.where(rising, a, z), np.where(rising, z, a)
    tiers = _tiers(plant, ranks, domains, level, edges, lower, upper)
    group = tiers[-1].group if tiers else domains.domain[np.unique(ranks.server, return_index=True)[1]]
    if group.any():
        names, other = plant.devices.names, int(np.argmax(group != 0))
        return diagnose(
            "RW8102",
            ranks.workload.origin,
            "these ranks",
            detail=f"no links lead from {names[int(ranks.servers[0])]} to {names[int(ranks.servers[other])]}",
            help="join all servers of the workload by one network",
        )
    return Tree(tiers, level, lower, upper)


def fabric_links(plant: Plant, ranks: Ranks) -> Ints:
    """Links of the workload's network among its switches, and to the ports that serve its ranks. What serves other
    accelerators of the same servers leads to switches that these ranks do not reach."""
    node = np.zeros(len(plant.devices), dtype=np.bool_)
    node[ranks.servers] = True
    for cls in plant.classes_of_kind("switch"):
        node[cls.first : cls.first + cls.count] = True
    links = plant.links
    if not ranks.links.shape[1]:
        return np.zeros(0, dtype=np.int64)
    at_servers = np.isin(links.a_device, ranks.servers) | np.isin(links.z_device, ranks.servers)
    at_servers[ranks.links.reshape(-1)] = False
    keep = data_links(plant) & (links.network == ranks.network) & node[links.a_device] & node[links.z_device]
    return np.flatnonzero(keep & ~at_servers)


def levels(size: int, servers: Ints, a: Ints, z: Ints) -> Ints:
    """Distance of every device from the nearest server; -1 where no server is reached."""
    level = np.full(size, -1, dtype=np.int64)
    level[servers] = 0
    step = 0
    while True:
        new_z, new_a = z[(level[a] == step) & (level[z] < 0)], a[(level[z] == step) & (level[a] < 0)]
        if not len(new_z) and not len(new_a):
            return level
        step += 1
        level[new_z] = step
        level[new_a] = step


def _tiers(
    plant: Plant, ranks: Ranks, domains: Domains, level: Ints, edges: Ints, lower: Ints, upper: Ints
) -> tuple[Tier, ...]:
    label = np.arange(len(plant.devices), dtype=np.int64)
    # The servers of a domain are one from the start: all have the label of its first.
    first = np.unique(domains.domain, return_index=True)[1]
    label[ranks.device] = ranks.device[first][domains.domain]
    speed = plant.links.speed
    rates = {Fraction(int(rate)) for rate in np.unique(speed[ranks.links].sum(axis=1))}
    found: list[Tier] = []
    for number in range(1, int(level.max(initial=0)) + 1):
        rows = edges[level[upper[edges]] == number]
        if number > 1:
            cuts = _cuts(label, ranks, lower[rows], speed[rows])
            rates = {min(rate, cut) for rate in rates for cut in cuts}
        label = components(len(label), label[lower[rows]], label[upper[rows]])[label]
        group = numbered(label[ranks.servers])
        switches = np.flatnonzero(level == number)
        found.append(Tier(number, switches, rows, group, min(rates), len(rates) == 1))
    return tuple(found)


def _cuts(label: Ints, ranks: Ranks, lower: Ints, speed: Ints) -> set[Fraction]:
    """Bandwidth up from a group per rank, as it occurs: groups are the labels of the tier below."""
    up = np.zeros(len(label), dtype=np.int64)
    np.add.at(up, label[lower], speed)
    members = np.bincount(label[ranks.servers], minlength=len(label)) * ranks.per_server
    groups = np.flatnonzero(members)
    pairs = np.unique(np.stack([up[groups], members[groups]]), axis=1)
    return {Fraction(int(rate), int(many)) for rate, many in pairs.T}


def _refuse(plant: Plant, ranks: Ranks, link: int, count: int) -> Diagnostic:
    rule = plant.design.rules[int(plant.links.rule[link])]
    names = plant.devices.names
    one, other = names[int(plant.links.a_device[link])], names[int(plant.links.z_device[link])]
    return diagnose(
        "RW8102",
        rule.origin,
        "this link",
        detail=f"{one} and {other} are of one tier, and so are the ends of {count:,} links in all",
        help="a mesh, torus or dragonfly has no tiers; leave this workload to a simulator that reads plain graphs",
        also=[(ranks.workload.origin, "the workload")],
    )
