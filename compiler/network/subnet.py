"""InfiniBand subnets: which switches they hold, how far from the hosts, and their management addresses.

A subnet manager gives every port its local identifier and every switch its routes, so nothing of these is numbered
here. What a switch has to be told beforehand is its name and how it is reached. Numbers go over the capacity, as those
of routed networks do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...dsl.diagnostics import Diagnostic, diagnose, has_errors
from ..design import Design, Network
from ..once import once
from ..plant import Plant
from ..schema.routing import Ebgp, Unrouted
from .addresses import Prefix
from .asn import Ints
from .fabric import Fabric, fabrics
from .pools import FIRST_SWITCH, management_overlaps, read_management
from .routing import shared_switches

MTUS = (256, 512, 1024, 2048, 4096)
"""Payloads of a packet in bytes (InfiniBand Architecture Specification, volume 1, section 7.7.8, and the field MTUCap
of PortInfo in section 14.2.5.6)."""


@dataclass(frozen=True)
class Subnet:
    """One InfiniBand subnet.

    `devices` are its switches in ascending order; `tier` and `management` (-1: by DHCP) have a row for each of them.
    `fabric` (a link between two of them) has a row for each link of the plant. `pool` and `gateway` (-1: none) are of
    the management network. `mtu` is the payload of its packets in bytes.
    """

    network: int
    devices: Ints
    tier: Ints
    management: Ints
    fabric: NDArray[np.bool_]
    pool: Prefix | None
    gateway: int
    mtu: int

    @cached_property
    def top(self) -> int:
        """The highest tier."""
        return int(self.tier.max(initial=1))

    def is_tree(self, plant: Plant) -> bool:
        """Whether every link between two switches joins a tier to the next one."""
        tier = np.zeros(len(plant.devices), dtype=np.int64)
        tier[self.devices] = self.tier
        links = plant.links
        steps = tier[links.a_device[self.fabric]] - tier[links.z_device[self.fabric]]
        return bool((np.abs(steps) == 1).all())


def plan(design: Design, plant: Plant) -> tuple[tuple[Subnet, ...], tuple[Diagnostic, ...]]:
    """Every network with `routing = infiniband`. One with a mistake is told of and left out."""
    found = tuple(f for f in fabrics(design, plant, Unrouted) if is_infiniband(design.networks[f.network]))
    told = shared_switches(plant, found)
    planned: list[Subnet] = []
    for fabric in found:
        network = design.networks[fabric.network]
        pool, gateway, mistakes = read_management(network, fabric)
        mtu, more = _mtu(network)
        if not has_errors([*mistakes, *more]):
            planned.append(_number(plant, fabric, pool, gateway, mtu))
        told += mistakes + more
    routed = [n for n, network in enumerate(design.networks) if isinstance(network.attributes.routing, Ebgp)]
    told += management_overlaps(design, [subnet.network for subnet in planned], routed)
    return (() if has_errors(told) else tuple(planned)), tuple(told)


@once
def planned(plant: Plant) -> tuple[tuple[Subnet, ...], tuple[Diagnostic, ...]]:
    """What `plan` makes of a plant and its own design."""
    return plan(plant.design, plant)


def is_infiniband(network: Network) -> bool:
    routing = network.attributes.routing
    return isinstance(routing, Unrouted) and routing.kind == "infiniband"


def _number(plant: Plant, fabric: Fabric, pool: Prefix | None, gateway: int, mtu: int) -> Subnet:
    devices = fabric.devices
    cls = plant.devices.cls[devices]
    tiers = np.zeros(len(plant.classes) + 1, dtype=np.int64)
    firsts = tiers.copy()
    for c in fabric.classes:
        tiers[c.cls], firsts[c.cls] = c.tier, c.first
    number = firsts[cls] + plant.devices.rank[devices]
    management = np.full(len(devices), -1, dtype=np.int64)
    if pool is not None:
        management = pool.base + FIRST_SWITCH + number
    return Subnet(fabric.network, devices, tiers[cls], management, fabric.fabric, pool, gateway, mtu)


def _mtu(network: Network) -> tuple[int, list[Diagnostic]]:
    """The payload of packets: what the network says, else the largest."""
    given = network.attributes.mtu
    if given is None:
        return MTUS[-1], []
    if (size := given.to("B")) in MTUS:
        return int(size), []
    help = f"InfiniBand has {', '.join(map(str, MTUS[:-1]))} and {MTUS[-1]} bytes; leave `mtu` out for {MTUS[-1]} B"
    return 0, [diagnose("RW7040", network.origin, detail=f"{network.name} asks for {given}", help=help)]
