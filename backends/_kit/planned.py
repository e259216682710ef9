"""Switches of all planned networks, however they are routed: which network, which role, which numbers and addresses.

Columns are of the plant at capacity, as the plans are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...compiler.network import dsf, routing, subnet
from ...compiler.network.addresses import Prefix
from ...compiler.plant import Ints, Plant
from .network_model import role_of


@dataclass(frozen=True)
class Planned:
    """What the kinds of planned networks have in common.

    `devices` are the network's switches in ascending order; all other columns have a row for each of them, or none
    where that kind of network has no such thing: `tier` (from 1), `asn`, `loopback`, `management` (-1: by DHCP). `pool`
    and `gateway` (-1: none) are of the management network.
    """

    network: int
    devices: Ints
    tier: Ints
    asn: Ints
    loopback: Ints
    management: Ints
    pool: Prefix | None
    gateway: int

    @property
    def roles(self) -> list[str]:
        """The usual word for each switch's tier; empty where tiers have no usual names."""
        if not len(self.tier):
            return [""] * len(self.devices)
        top = int(self.tier.max())
        return [role_of(tier, top) for tier in self.tier.tolist()]


def planned(plant: Plant) -> tuple[Planned, ...]:
    """The planned networks, in the order of the design; none that has a mistake, which the checks tell of."""
    return tuple(sorted(_all(plant.at_capacity), key=lambda p: p.network))


def _all(plant: Plant) -> Iterator[Planned]:
    none = np.zeros(0, dtype=np.int64)
    for r in routing.planned(plant)[0]:
        pool, gateway = r.pools.management, r.pools.gateway
        yield Planned(r.network, r.devices, r.tier, r.asn, r.loopback, r.management, pool, gateway)
    for s in subnet.planned(plant)[0]:
        yield Planned(s.network, s.devices, s.tier, none, none, s.management, s.pool, s.gateway)
    for d in dsf.planned(plant)[0]:
        pool, gateway = d.pools.management, d.pools.gateway
        yield Planned(d.network, d.devices, none, none, d.loopback, d.management, pool, gateway)


@dataclass(frozen=True)
class Members:
    """Switches of planned networks as columns of all built devices.

    `network` is a number in `networks` (-1: in none), `role` the usual word for the tier (`""`: none). Numbers are -1
    where there are none.
    """

    networks: tuple[Planned, ...]
    network: Ints
    tier: Ints
    role: list[str]
    asn: Ints
    loopback: Ints
    management: Ints

    def length(self, device: int) -> int:
        """Prefix length of a device's management address; it must have one."""
        pool = self.networks[int(self.network[device])].pool
        assert pool is not None
        return pool.length


def members(plant: Plant) -> Members:
    """What is planned for every built device."""
    found, count = planned(plant), len(plant.devices)
    at = plant.numbers_at_capacity(np.arange(count))
    network, tier, asn, loopback, management = np.full((5, count), -1, dtype=np.int64)
    role = [""] * count
    for number, p in enumerate(found):
        if not len(p.devices):
            continue
        place = np.minimum(np.searchsorted(p.devices, at), len(p.devices) - 1)
        rows = np.flatnonzero(p.devices[place] == at)
        own = place[rows]
        network[rows], management[rows] = number, p.management[own]
        for column, values in ((tier, p.tier), (asn, p.asn), (loopback, p.loopback)):
            if len(values):
                column[rows] = values[own]
        roles = p.roles
        for row, place_of in zip(rows.tolist(), own.tolist(), strict=True):
            role[row] = roles[place_of]
    return Members(found, network, tier, role, asn, loopback, management)
