"""Routing: which switches speak BGP with which numbers and addresses, before any vendor's words.

All numbering goes over capacities: a class of switches (one element) reserves a number for each that it may
ever hold, so growth within a capacity changes no number. Classes follow each other in the order of their
dotted paths, which the order of declarations does not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose, has_errors
from ..design import Design
from ..indices import evaluate
from ..names import index_keys
from ..once import once
from ..plant import Bools, Plant
from ..schema import SwitchAttributes
from ..schema.routing import Ebgp
from . import asn as numbers
from .addresses import Prefix
from .asn import Ints
from .fabric import Fabric, SwitchClass, fabrics
from .pools import FIRST_SWITCH, PoolSet, overlaps, read_pools, too_small


@dataclass(frozen=True, eq=False)
class Routing:
    """One routed network.

    `devices` are its switches in ascending order; `tier`, `asn`, `loopback` (also the router id), `management` (-1: by
    DHCP), `host_base` and `host_length` (the leaf's block of host addresses; -1 above the leaves) have a row for each
    of them. `fabric` (a link between two of the switches), `a_address` and `z_address` have a row for each link of the
    plant; addresses are -1 where there is none. Every address on a link has the length 31. IPv6 addresses follow from
    the IPv4 ones and the pools (`addresses6`).
    """

    network: int
    policy: Ebgp
    pools: PoolSet
    devices: Ints
    tier: Ints
    asn: Ints
    loopback: Ints
    management: Ints
    host_base: Ints
    host_length: Ints
    fabric: Bools
    a_address: Ints
    z_address: Ints

    @cached_property
    def top(self) -> int:
        """The highest tier."""
        return int(self.tier.max(initial=1))

    def rows(self, devices: Ints) -> Ints:
        """Row of each device, -1 for those that are no switch of this network."""
        at = np.minimum(np.searchsorted(self.devices, devices), max(len(self.devices) - 1, 0))
        return np.where(self.devices[at] == devices, at, -1)


def plan(design: Design, plant: Plant) -> tuple[tuple[Routing, ...], tuple[Diagnostic, ...]]:
    """Number every network with `routing = ebgp`. A network with a mistake is told of and left out."""
    planned: list[Routing] = []
    told: list[Diagnostic] = []
    found = fabrics(design, plant)
    told += shared_switches(plant, found)
    for fabric in found:
        pools, mistakes = read_pools(design.networks[fabric.network], fabric)
        if pools is not None and fabric.classes:
            routing, mistakes = _number(plant, fabric, pools)
            if not has_errors(mistakes):
                planned.append(routing)
        told += mistakes
    told += overlaps(design, [routing.network for routing in planned])
    return (() if has_errors(told) else tuple(planned)), tuple(told)


@once
def planned(plant: Plant) -> tuple[tuple[Routing, ...], tuple[Diagnostic, ...]]:
    """What `plan` makes of a plant and its own design."""
    return plan(plant.design, plant)


def shared_switches(plant: Plant, found: tuple[Fabric, ...]) -> list[Diagnostic]:
    """A switch has one BGP instance, or is part of one subnet, so it belongs to one network of these."""
    told = []
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            both = np.intersect1d(one.devices, other.devices)
            if len(both):
                name = plant.devices.names[int(both[0])]
                networks = plant.design.networks
                text = f"{name} has links in both" + (f", and {len(both) - 1} more switches" if len(both) > 1 else "")
                told.append(
                    diagnose(
                        "RW7008",
                        networks[one.network].origin,
                        detail=text,
                        help="make it one network, or give each network its own switches",
                        also=[(networks[other.network].origin, "the other network")],
                    )
                )
    return told


def _number(plant: Plant, fabric: Fabric, pools: PoolSet) -> tuple[Routing, list[Diagnostic]]:
    """All columns of one network."""
    network = plant.design.networks[fabric.network]
    policy = network.attributes.routing
    assert isinstance(policy, Ebgp)
    devices = fabric.devices
    cls = plant.devices.cls[devices]
    told = too_small(network, fabric, pools)

    def by_class(values: dict[int, int]) -> Ints:
        table = np.full(len(plant.classes), -1, dtype=np.int64)
        for index, value in values.items():
            table[index] = value
        return table[cls]

    number = by_class({c.cls: c.first for c in fabric.classes}) + plant.devices.rank[devices]
    tier = by_class({c.cls: c.tier for c in fabric.classes})
    bits = by_class({c.cls: c.host_bits for c in fabric.classes if c.tier == 1})
    block = by_class({c.cls: c.host_first for c in fabric.classes if c.tier == 1})

    with_hosts = (tier == 1) & (pools.host is not None)
    first = pools.host.base if pools.host else 0
    host_base = np.where(with_hosts, first + block + (plant.devices.rank[devices] << bits), -1)
    management = np.full(len(number), -1, dtype=np.int64)
    if pools.management is not None:
        management = pools.management.base + FIRST_SWITCH + number
    asn = _asns(plant, fabric, policy, number, tier)
    routing = Routing(
        fabric.network,
        policy,
        pools,
        devices,
        tier,
        asn,
        # Some tools refuse the first address of a prefix as that of a host.
        pools.loopback.base + 1 + number,
        management,
        host_base,
        np.where(with_hosts, 32 - bits, -1),
        fabric.fabric,
        *link_addresses(plant, fabric, pools.fabric, host_base),
    )
    told += _asn_mistakes(plant, fabric, policy, routing)
    return routing, told


def link_addresses(plant: Plant, fabric: Fabric, links: Prefix | None, host_base: Ints) -> tuple[Ints, Ints]:
    """Addresses of the a and z ends of every link: of host links always, of fabric links if they are numbered."""
    ends = plant.links
    a_address = np.full(len(ends), -1, dtype=np.int64)
    z_address = a_address.copy()
    if links is not None:
        rows = np.flatnonzero(fabric.fabric)
        a_address[rows] = links.base + 2 * (fabric.rule_first[ends.rule[rows]] + ends.rank[rows])
        z_address[rows] = a_address[rows] + 1
    base = np.full(len(plant.devices), -1, dtype=np.int64)
    base[fabric.devices] = host_base
    rows = np.flatnonzero(fabric.host)
    a, z = ends.a_device[rows], ends.z_device[rows]
    # Of a host link exactly one end is a switch of the network, so exactly one base is not -1.
    at_a = base[a] >= 0
    even = np.where(at_a, base[a] + 2 * ends.a_terminal[rows], base[z] + 2 * ends.z_terminal[rows])
    addressed = at_a | (base[z] >= 0)
    a_address[rows] = np.where(addressed, np.where(at_a, even, even + 1), -1)
    z_address[rows] = np.where(addressed, np.where(at_a, even + 1, even), -1)
    return a_address, z_address


def _asns(plant: Plant, fabric: Fabric, policy: Ebgp, number: Ints, tier: Ints) -> Ints:
    """A number for each switch: the pattern of its part, else counted from the base, by switches or by tiers."""
    found = policy.base_asn + (tier - 1 if policy.asn_plan == "per_tier" else number)
    cls = plant.devices.cls[fabric.devices]
    for c in fabric.classes:
        element = plant.design.elements[c.element]
        attributes = element.attributes
        if isinstance(attributes, SwitchAttributes) and attributes.asn is not None:
            rows = np.flatnonzero(cls == c.cls)
            found[rows] = evaluate(attributes.asn, _indices(plant, c, plant.devices.rank[fabric.devices[rows]]))
    return found


def _indices(plant: Plant, c: SwitchClass, rank: Ints) -> dict[str, Ints]:
    """Columns of the indices that a pattern may use, by name."""
    chain = plant.design.chain(c.element)
    keys = index_keys(chain)
    capacity = plant.classes[c.cls].capacity
    # The unit dimension in front serves a class that stands in no array.
    columns = np.unravel_index(rank, (max(prod(capacity), 1), 1) if not capacity else capacity)
    return {key: column.astype(np.int64) for key, column in zip(keys, columns, strict=False)}


def _asn_mistakes(plant: Plant, fabric: Fabric, policy: Ebgp, routing: Routing) -> list[Diagnostic]:
    design, network = plant.design, plant.design.networks[fabric.network]

    def name(device: int) -> str:
        return plant.devices.names[device]

    run = numbers.range_of(policy.base_asn)
    if run is None:
        help = "private numbers are 64512-65534 and 4200000000-4294967294 (RFC 6996)"
        return [diagnose("RW7009", network.origin, detail=f"base_asn = {policy.base_asn} is reserved", help=help)]
    counted = [c for c in fabric.classes if not c.has_asn]
    shared = policy.asn_plan == "per_tier"
    if counted:
        last = policy.base_asn + (routing.top if shared else counted[-1].first + counted[-1].capacity) - 1
        if last > run[1]:
            kind = "private " if run in numbers.PRIVATE else ""
            what = "tiers of the design" if shared else "switches that the design may hold"
            detail = (
                f"counting from {policy.base_asn}, the {last - policy.base_asn + 1:,} {what} reach {last}, "
                f"and this {kind}range ends at {run[1]}"
            )
            return [diagnose("RW7002", network.origin, detail=detail, help="use `base_asn = 4200000000`")]
    bad = numbers.first_reserved(routing.asn)
    if bad is not None:
        device = int(routing.devices[bad])
        at = design.elements[plant.class_of(device).element].origin
        detail = f"{name(device)} would be AS {int(routing.asn[bad])}"
        return [diagnose("RW7009", at, detail=detail, help="private numbers begin at 4200000000 (RFC 6996)")]
    if len(np.unique(routing.asn)) == len(routing.asn):
        return []
    by_device = np.full(len(plant.devices), -1, dtype=np.int64)
    tier = np.zeros(len(plant.devices), dtype=np.int64)
    by_device[routing.devices] = routing.asn
    tier[routing.devices] = routing.tier
    a, z = plant.links.a_device[routing.fabric], plant.links.z_device[routing.fabric]
    # Without hosts every switch counts as a leaf, and has nobody to miss.
    leaves = routing.devices[(routing.tier == 1) & fabric.host.any()]
    found = [("RW7005", numbers.clash_of_peers(by_device, a, z), "are joined by a link")]
    if not shared:
        # With a number a tier, switches take back their own number from above.
        found.append(("RW7006", numbers.clash_of_leaves(by_device, leaves), "both have hosts"))
        found.append(("RW7006", numbers.clash_below(by_device, tier, a, z), "are both below"))
    for code, clash, why in found:
        if clash is not None:
            below = f" {name(clash.via)}" if clash.via >= 0 else ""
            more = f" ({clash.pairs:,} such pairs)" if clash.pairs > 1 else ""
            detail = f"{name(clash.one)} and {name(clash.other)} are both AS {clash.asn} and {why}{below}{more}"
            span = design.elements[plant.class_of(clash.one).element].origin
            other = design.elements[plant.class_of(clash.other).element].origin
            also = [(other, f"AS {clash.asn} too")] if other != span else []
            help = "give each its own number: use the indices of all enclosing arrays in `asn`, or leave `asn` out"
            if shared:
                help = "they are of one tier, which is counted from the hosts; use `asn_plan = per_device`"
            return [diagnose(code, span, detail=detail, help=help, also=also)]
    return []
