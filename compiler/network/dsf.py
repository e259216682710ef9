"""Scheduled fabrics: which switches cut packets into cells, which pass cells on, and the numbers of both.

An interface node has ports for packets and ports for cells, a fabric node ports for cells alone. Fabric nodes that are
linked to interface nodes are of level 1, those above them of level 2. All numbering goes over capacities, and
everything is computed of the plant at capacity: rack nodes come first, then edge nodes, then the fabric by level.

Limits are those of the silicon in use (github.com/facebook/fboss at 14ec47ec, fboss/agent/VoqConstants.h).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose, has_errors
from ..design import Design
from ..once import once
from ..plant import Bools, DeviceClass, Ints, Plant
from ..schema import PortAttributes, SwitchAttributes
from ..schema.routing import Dsf
from .fabric import Fabric, fabrics
from .pools import FIRST_SWITCH, PoolSet, overlaps, read_pools, too_small
from .routing import link_addresses

MOST_IDS = {1: 2048, 2: 3904}
"""Switch identifiers of a fabric, by its stages; a switch takes one for each core."""

INTERFACE, LEVEL_1, LEVEL_2 = 0, 1, 2


@dataclass(frozen=True)
class Scheduled:
    """One network with `routing = dsf`, of `stages` levels of fabric nodes. All columns are of the plant at capacity.

    `devices` are its switches in ascending order. `level` (0: interface node), `edge` (an interface node without
    hosts), `zone` (what the fabric nodes of level 1 join; -1 for level 2), `switch_id` (the first of its `cores`),
    `loopback`, `management` (-1: by DHCP), `host_base` and `host_length` (the block of host addresses of a rack node,
    else -1) have a row for each of them. `cells` (links of the fabric), `a_address` and `z_address` have a row for each
    link of the plant.
    """

    network: int
    policy: Dsf
    pools: PoolSet
    stages: int
    devices: Ints
    level: Ints
    edge: Bools
    zone: Ints
    switch_id: Ints
    cores: Ints
    loopback: Ints
    management: Ints
    host_base: Ints
    host_length: Ints
    cells: Bools
    a_address: Ints
    z_address: Ints

    @property
    def interface(self) -> Ints:
        """Rows of the interface nodes, in the order of their identifiers."""
        rows = np.flatnonzero(self.level == INTERFACE)
        return rows[np.argsort(self.switch_id[rows])]


def plan(design: Design, plant: Plant) -> tuple[tuple[Scheduled, ...], tuple[Diagnostic, ...]]:
    """Number every scheduled fabric at its capacity. One with a mistake is told of and left out."""
    grown = plant.at_capacity
    planned: list[Scheduled] = []
    told: list[Diagnostic] = []
    for fabric in fabrics(grown.design, grown, Dsf):
        pools, mistakes = read_pools(design.networks[fabric.network], fabric)
        if pools is not None and len(fabric.devices):
            found, mistakes = _number(grown, fabric, pools)
            if found is not None and not has_errors(mistakes):
                planned.append(found)
        told += mistakes
    told += overlaps(design, [found.network for found in planned])
    return (() if has_errors(told) else tuple(planned)), tuple(told)


@once
def planned(plant: Plant) -> tuple[tuple[Scheduled, ...], tuple[Diagnostic, ...]]:
    """What `plan` makes of a plant and its own design."""
    return plan(plant.design, plant)


def cell_ports(plant: Plant, cls: DeviceClass) -> Bools:
    """Which port numbers of a class carry cells."""
    found = np.zeros(cls.terminal_count("port"), dtype=np.bool_)
    for array in cls.terminals["port"]:
        attributes = plant.design.elements[array.element].attributes
        assert isinstance(attributes, PortAttributes)
        found[array.first : array.first + array.count] = attributes.fabric
    return found


def _packet_ports(plant: Plant, cls: DeviceClass) -> bool:
    """Whether a class has ports for packets, besides those for management."""
    every = (plant.design.elements[array.element].attributes for array in cls.terminals["port"])
    return any(isinstance(a, PortAttributes) and not a.fabric and not a.management for a in every)


def cell_links(plant: Plant) -> tuple[Bools, Bools]:
    """Whether the a and z ends of every link carry cells."""
    flags = [cell_ports(plant, cls) for cls in plant.classes]
    start = np.concatenate([[0], np.cumsum([len(f) for f in flags])]).astype(np.int64)
    flat = np.concatenate([*flags, np.zeros(1, dtype=np.bool_)])
    links, cls = plant.links, plant.devices.cls
    a = flat[start[cls[links.a_device]] + links.a_terminal]
    z = flat[start[cls[links.z_device]] + links.z_terminal]
    return a, z


def _number(plant: Plant, fabric: Fabric, pools: PoolSet) -> tuple[Scheduled | None, list[Diagnostic]]:
    """All columns of one network, or what is wrong with it."""
    network = plant.design.networks[fabric.network]
    told = too_small(network, fabric, pools)
    a_cells, z_cells = cell_links(plant)
    cells = fabric.fabric & a_cells & z_cells
    level_of, mistakes = _levels(plant, fabric, cells)
    if mistakes or not level_of:
        return None, told + mistakes
    of_class = {c.cls: c for c in fabric.classes}
    linked = np.isin(plant.devices.cls[fabric.devices], list(level_of))
    devices = fabric.devices[linked]
    cls = plant.devices.cls[devices]

    def by_class(values: dict[int, int]) -> Ints:
        table = np.full(len(plant.classes), -1, dtype=np.int64)
        table[list(values)] = list(values.values())
        return table[cls]

    level = by_class(level_of)
    hosts = by_class({c: int(of_class[c].tier == 1) for c in level_of}) == 1
    edge = (level == INTERFACE) & ~hosts
    cores_of = {c: _cores(plant, c) for c in level_of}
    first, numbers, total = _identifiers(plant, fabric, level_of, cores_of)
    stages = int(level.max())
    if total > MOST_IDS[stages]:
        detail = f"{total:,} are wanted over the capacity, one for each core of each switch, and there are "
        detail += f"{MOST_IDS[stages]:,} in a fabric of {'one stage' if stages == 1 else 'two stages'}"
        help = "reserve fewer switches, or make it two networks"
        told.append(
            diagnose("RW7032", network.origin, f"{total - MOST_IDS[stages]:,} too many", detail=detail, help=help)
        )
    cores = by_class(cores_of)
    rank = plant.devices.rank[devices]
    number = by_class(numbers) + rank
    bits = by_class({c: of_class[c].host_bits for c in level_of})
    block = by_class({c: of_class[c].host_first for c in level_of})
    with_hosts = hosts & (level == INTERFACE) & (pools.host is not None)
    base = pools.host.base if pools.host else 0
    host_base = np.where(with_hosts, base + block + (rank << bits), -1)
    whole = np.full(len(fabric.devices), -1, dtype=np.int64)
    whole[linked] = host_base
    zone = _zones(plant, devices, level, cells, by_class(first) + cores * rank)
    policy = network.attributes.routing
    assert isinstance(policy, Dsf)
    management = pools.management.base + FIRST_SWITCH + number if pools.management else np.full(len(devices), -1)
    found = Scheduled(
        fabric.network,
        policy,
        pools,
        stages,
        devices,
        level,
        edge,
        zone,
        by_class(first) + cores * rank,
        cores,
        pools.loopback.base + 1 + number,
        management,
        host_base,
        np.where(with_hosts, 32 - bits, -1),
        cells,
        *link_addresses(plant, fabric, None, whole),
    )
    return found, told + _uneven(plant, found)


def _levels(plant: Plant, fabric: Fabric, cells: Bools) -> tuple[dict[int, int], list[Diagnostic]]:
    """Level of each class that has a link in the fabric, by class number."""
    links, cls = plant.links, plant.devices.cls
    pairs = np.unique(np.stack([cls[links.a_device[cells]], cls[links.z_device[cells]]]), axis=1).T.tolist()
    present = {int(c) for pair in pairs for c in pair}
    interface = {c for c in present if _packet_ports(plant, plant.classes[c])}
    level_1 = {c for pair in pairs for c in pair if c not in interface and set(pair) & interface}
    level_2 = present - interface - level_1
    found = dict.fromkeys(interface, INTERFACE) | dict.fromkeys(level_1, LEVEL_1) | dict.fromkeys(level_2, LEVEL_2)
    told = []
    joined = set(
        np.unique(
            cls[
                np.concatenate(
                    [links.a_device[fabric.fabric | fabric.host], links.z_device[fabric.fabric | fabric.host]]
                )
            ]
        ).tolist()
    )
    for c in fabric.classes:
        element = plant.design.elements[c.element]
        if c.cls in joined and c.cls not in present:
            why, help = "has no link for cells", "link its fabric ports, or let its links belong to another network"
        elif c.cls in present and not _cores(plant, c.cls):
            why, help = "does not say how many cores it has", "add `cores = …` to the part: each takes an identifier"
        else:
            continue
        told.append(
            diagnose(
                "RW7031",
                element.origin,
                detail=f"{plant.devices.names[plant.classes[c.cls].first]} is in the network, and "
                f"`{element.definition}` {why}",
                help=help,
                also=[(plant.design.networks[fabric.network].origin, "the scheduled fabric")],
            )
        )
    for pair in pairs:
        if found[pair[0]] == found[pair[1]]:
            one, other = (plant.element_of(plant.classes[c]) for c in pair)
            told.append(
                diagnose(
                    "RW7034",
                    plant.design.networks[fabric.network].origin,
                    detail=f"`{one.name}` and `{other.name}` are linked and both of "
                    + ("the edge" if found[pair[0]] == INTERFACE else f"level {found[pair[0]]}"),
                    help="link interface nodes to a first level of fabric nodes, and these to one level above",
                )
            )
            break
    return found, told


def _cores(plant: Plant, cls: int) -> int:
    attributes = plant.element_of(plant.classes[cls]).attributes
    return (attributes.cores or 0) if isinstance(attributes, SwitchAttributes) else 0


def _identifiers(
    plant: Plant, fabric: Fabric, level_of: dict[int, int], cores_of: dict[int, int]
) -> tuple[dict[int, int], dict[int, int], int]:
    """First identifier and first number of each class, and how many identifiers there are.

    Rack nodes come first, then edge nodes, level 1, level 2.
    """
    order = sorted(
        (c for c in fabric.classes if c.cls in level_of),
        key=lambda c: (level_of[c.cls], c.tier != 1, plant.design.path(c.element)),
    )
    first, numbers, total, count = {}, {}, 0, 0
    for c in order:
        first[c.cls], numbers[c.cls] = total, count
        total += c.capacity * cores_of[c.cls]
        count += c.capacity
    return first, numbers, total


def _zones(plant: Plant, devices: Ints, level: Ints, cells: Bools, switch_id: Ints) -> Ints:
    """The zone of each device: what hangs together below level 2, numbered by its first identifier."""
    a = np.searchsorted(devices, plant.links.a_device[cells])
    z = np.searchsorted(devices, plant.links.z_device[cells])
    low = (level[a] < LEVEL_2) & (level[z] < LEVEL_2)
    a, z = a[low], z[low]
    label = switch_id.copy()
    while True:
        before = label.copy()
        np.minimum.at(label, a, before[z])
        np.minimum.at(label, z, label[a])
        if np.array_equal(before, label):
            break
    zone = np.full(len(devices), -1, dtype=np.int64)
    below = level < LEVEL_2
    zone[below] = np.unique(label[below], return_inverse=True)[1]
    return zone


def _uneven(plant: Plant, found: Scheduled) -> list[Diagnostic]:
    """RW7033: a node that does not reach every node above it over as many links."""
    links = plant.links
    a = np.searchsorted(found.devices, links.a_device[found.cells])
    z = np.searchsorted(found.devices, links.z_device[found.cells])
    up = found.level[a] < found.level[z]
    lower, upper = np.where(up, a, z), np.where(up, z, a)
    names = plant.devices.names
    told = []
    for level in range(found.stages):
        mine = found.level[lower] == level
        keys, count = np.unique(lower[mine] * len(found.devices) + upper[mine], return_counts=True)
        low, high = np.divmod(keys, len(found.devices))
        above = np.flatnonzero(found.level == level + 1)
        zone = found.zone if level == INTERFACE else np.zeros(len(found.devices), dtype=np.int64)
        size = np.bincount(zone[above], minlength=int(zone.max()) + 1)
        nodes, start, reached = np.unique(low, return_index=True, return_counts=True)
        most, least = np.maximum.reduceat(count, start), np.minimum.reduceat(count, start)
        bad = np.flatnonzero((reached != size[zone[nodes]]) | (most != least))
        if not len(bad):
            continue
        node = int(nodes[bad[0]])
        own = low == node
        by_peer = dict(zip(high[own].tolist(), count[own].tolist(), strict=True))
        peers = [p for p in above.tolist() if zone[p] == zone[node]]
        some = max(peers, key=lambda p: (by_peer.get(p, 0), -p))
        few = min(peers, key=lambda p: (by_peer.get(p, 0), p))
        name = names[int(found.devices[node])]
        more = f"; {len(bad):,} such switches" if len(bad) > 1 else ""
        told.append(
            diagnose(
                "RW7033",
                plant.design.elements[plant.class_of(int(found.devices[node])).element].origin,
                detail=f"{name} has {by_peer.get(some, 0)} links to {names[int(found.devices[some])]} and "
                f"{by_peer.get(few, 0)} to {names[int(found.devices[few])]}{more}",
                help="cells are sprayed evenly, so the thinnest way sets the pace: give all fabric nodes as many links",
                also=[(plant.design.networks[found.network].origin, "the scheduled fabric")],
            )
        )
    return told
