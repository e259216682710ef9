"""Fabrics: the switches and links of each routed network, and how they are numbered over their capacity.

Which classes of switches belong to a network follows from the rules, which the built sizes do not change.
Tier 1 are the leaves (linked to anything that is no switch); every other class is as far from the hosts as
the shortest way there.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from ..design import Design
from ..joins import Join, Joins, joins
from ..plant import Plant
from ..schema import Model, PortAttributes, SwitchAttributes
from ..schema.routing import Ebgp
from .asn import Ints


@dataclass(frozen=True, slots=True)
class SwitchClass:
    """A class of switches in a fabric.

    It has the numbers `first … first + capacity - 1`. As leaves each has a block of `2 ** host_bits` addresses,
    the first of them `host_first` above the start of the pool (-1 if it has no hosts).
    """

    cls: int
    element: int
    tier: int
    first: int
    capacity: int
    has_asn: bool
    host_first: int
    host_bits: int


@dataclass(frozen=True)
class Fabric:
    """One routed network.

    `devices` are its switches, ascending. `fabric` (between two switches) and `host` (between a switch and
    another device) have a row for each link of the plant; `rule_first` is the number of the first fabric link of
    each rule. `host_size` addresses and `link_count` fabric links are reserved in all.
    """

    network: int
    classes: tuple[SwitchClass, ...]
    devices: Ints
    fabric: NDArray[np.bool_]
    host: NDArray[np.bool_]
    rule_first: Ints
    host_size: int
    link_count: int

    @property
    def capacity(self) -> int:
        """Switches that the network may hold."""
        return sum(c.capacity for c in self.classes)


def fabrics(design: Design, plant: Plant, routing: type[Model] = Ebgp) -> tuple[Fabric, ...]:
    """The fabric of each network that is routed so, in the order of the networks."""
    routed = [n for n, network in enumerate(design.networks) if isinstance(network.attributes.routing, routing)]
    joined = joins(plant)
    users: dict[int, set[int]] = {}
    for n in routed:
        for join in _joins(design, joined, n).values():
            for element in _devices(design, join):
                users.setdefault(element, set()).add(n)
    return tuple(_fabric(design, plant, n, joined, users) for n in routed)


def _joins(design: Design, joined: Joins, network: int) -> dict[int, Join]:
    """The joins of a network by their numbers, without those of management ports."""
    return {
        number: join
        for number, join in enumerate(joined.all)
        if join.network == network and not any(_is_management(design, port) for port in (join.a, join.z))
    }


def _is_management(design: Design, port: int) -> bool:
    attributes = design.elements[port].attributes
    return isinstance(attributes, PortAttributes) and attributes.management


def _devices(design: Design, join: Join) -> list[int]:
    """Elements of the devices at both ends of a join."""
    found = (design.device_of(join.a), design.device_of(join.z))
    return [element for element in found if element is not None]


def _fabric(design: Design, plant: Plant, network: int, joined: Joins, users: dict[int, set[int]]) -> Fabric:
    mine_of = _joins(design, joined, network)
    own = list(mine_of.values())
    classes = _classes(design, plant, own)
    switch_of = np.zeros(len(plant.classes) + 1, dtype=bool)
    switch_of[[c.cls for c in classes]] = True
    of_join = np.zeros(len(joined.all) + 1, dtype=bool)
    of_join[list(mine_of)] = True
    links = plant.links
    mine = of_join[joined.of_link]
    a, z = switch_of[plant.devices.cls[links.a_device]], switch_of[plant.devices.cls[links.z_device]]
    devices = [np.zeros(0, dtype=np.int64)]
    ends = np.concatenate([links.a_device[mine], links.z_device[mine]])
    for c in classes:
        built = plant.classes[c.cls]
        ids = np.arange(built.first, built.first + built.count, dtype=np.int64)
        # Of a class that several networks use, each takes the switches that it has links to.
        devices.append(ids if len(users[c.element]) == 1 else np.intersect1d(ids, ends))
    rule_first, link_count = _link_numbers(design, own)
    leaves = [c for c in classes if c.tier == 1]
    host_size = max((c.host_first + (c.capacity << c.host_bits) for c in leaves), default=0)
    return Fabric(
        network,
        classes,
        np.sort(np.concatenate(devices)),
        mine & a & z,
        mine & (a ^ z),
        rule_first,
        host_size,
        link_count,
    )


def _classes(design: Design, plant: Plant, own: list[Join]) -> tuple[SwitchClass, ...]:
    """Switch classes in the order of their paths, with their numbers and blocks."""
    pairs = [tuple(_devices(design, join)) for join in own]
    pairs = [pair for pair in pairs if len(pair) == 2]
    switches = {e for pair in pairs for e in pair if design.elements[e].kind == "switch"}
    tiers = _tiers(pairs, switches)
    of_element = {c.element: c for c in plant.classes}
    found: list[SwitchClass] = []
    number = host = 0
    for element in sorted((e for e in switches if e in of_element), key=design.path):
        cls = of_element[element]
        capacity = prod(cls.capacity)
        attributes = design.elements[element].attributes
        has_asn = isinstance(attributes, SwitchAttributes) and attributes.asn is not None
        bits = max(2 * cls.terminal_count("port") - 1, 1).bit_length()
        first = -1
        if tiers[element] == 1:
            first = -(-host >> bits) << bits
            host = first + (capacity << bits)
        found.append(SwitchClass(cls.index, element, tiers[element], number, capacity, has_asn, first, bits))
        number += capacity
    return tuple(found)


def _tiers(pairs: list[tuple[int, ...]], switches: set[int]) -> dict[int, int]:
    """Tier of each switch element: its distance from the hosts. Without any host all are leaves."""
    tiers = {s: 1 for pair in pairs for s in pair if s in switches and not set(pair) <= switches}
    frontier = set(tiers)
    while frontier:
        level = max(tiers.values()) + 1
        frontier = {s for pair in pairs if frontier & set(pair) for s in pair if s in switches and s not in tiers}
        tiers.update(dict.fromkeys(frontier, level))
    return {s: tiers.get(s, 1) for s in switches}


def _link_numbers(design: Design, own: list[Join]) -> tuple[Ints, int]:
    """Number of the first fabric link of each rule (by rule index; -1 for others), and how many there may be.

    Rules follow each other by tag, so their numbers do not depend on the order of statements.
    """
    first = np.full(len(design.rules) + 1, -1, dtype=np.int64)
    total = 0
    between = [j for j in own if all(design.elements[e].kind == "switch" for e in _devices(design, j))]
    for rule in sorted({j.rule.index: j.rule for j in between}.values(), key=lambda r: (r.tag, r.index)):
        first[rule.index] = total
        scope = prod(d.capacity for d in design.dims(rule.scope))
        total += scope * prod(v.capacity for v in rule.variables)
    return first, total
