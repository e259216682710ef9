"""How long the way between two ranks takes, as far as the parts and the floor plan say.

All latencies are one way, in nanoseconds, exact. What is not known counts as zero, and is listed by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...dsl.units import Quantity, format_number
from ..cages import link_media
from ..design import Design, Media
from ..plant import Ints, Plant
from ..schema import NicAttributes, OpticAttributes, ServerAttributes, SwitchAttributes
from .domains import Domains
from .ranks import Ranks, adapters
from .tiers import Tree

NS_PER_METRE = Fraction(49, 10)
"""Propagation in a cable: 4.9 ns/m, the group delay of standard single-mode fibre (group index 1.468, as data
sheets of ITU-T G.652 fibre give it, over the speed of light). Twinax takes 4.3 to 5 ns/m and is counted alike."""

_UM_PER_METRE = 10**6


@dataclass(frozen=True)
class Latencies:
    """`wires[t - 1]` is a link below a switch of tier t with the transceivers at both its ends, the longest of
    the tier; `switches[t - 1]` the switch itself. `zeros` names what is not known and `uneven` the tiers whose
    links are not equally long."""

    scale_up: Fraction
    nic: Fraction
    wires: tuple[Fraction, ...]
    switches: tuple[Fraction, ...]
    zeros: tuple[str, ...]
    uneven: tuple[str, ...]

    def one_way(self, tier: int) -> Fraction:
        """From memory to memory of two ranks that meet at a tier: two adapters, all links up and down, and the
        switches between them."""
        ways = 2 * (self.nic + sum(self.wires[:tier], Fraction(0)) + sum(self.switches[: tier - 1], Fraction(0)))
        return ways + self.switches[tier - 1]


def find_latencies(plant: Plant, ranks: Ranks, domains: Domains, tree: Tree) -> Latencies:
    """Latencies of scale-up and of every tier of a tree."""
    zeros: dict[str, None] = {}
    uneven: list[str] = []
    server = plant.element_of(ranks.cls)
    scale_up = Fraction(0)
    if len(domains.links):
        wire = _wire(plant, domains.links, "of scale-up", zeros, uneven)
        ends = np.concatenate([plant.links.a_device[domains.links], plant.links.z_device[domains.links]])
        between = _switches(plant, np.unique(ends), zeros)
        scale_up = wire if domains.shape != "switch" else 2 * wire + between
    elif ranks.per_server > 1:
        stated = server.attributes.scale_up_latency if isinstance(server.attributes, ServerAttributes) else None
        scale_up = _most([(f"scale_up_latency of {server.definition}", stated)], zeros)
    nic = Fraction(0)
    if tree.tiers:
        nics = [
            (f"latency of {e.definition}", e.attributes.latency)
            for e in adapters(plant, ranks)
            if isinstance(e.attributes, NicAttributes)
        ]
        nic = _most(nics or [(f"adapter latency of {server.definition}", None)], zeros)
    wires, switches = [], []
    for tier in tree.tiers:
        wires.append(_wire(plant, tier.links, f"below tier {tier.number}", zeros, uneven))
        switches.append(_switches(plant, tier.switches, zeros))
    return Latencies(scale_up, nic, tuple(wires), tuple(switches), tuple(zeros), tuple(uneven))


def _wire(plant: Plant, links: Ints, where: str, zeros: dict[str, None], uneven: list[str]) -> Fraction:
    """The longest of some links, with its transceivers."""
    return _propagation(plant, links, where, zeros, uneven) + _transceivers(plant, links, where, zeros)


def _switches(plant: Plant, devices: Ints, zeros: dict[str, None]) -> Fraction:
    """The slowest of the switches among some devices."""
    classes = np.unique(plant.devices.cls[devices]).tolist()
    elements = [plant.element_of(plant.classes[c]) for c in classes]
    return _most(
        [
            (f"latency of {e.definition}", e.attributes.latency)
            for e in elements
            if isinstance(e.attributes, SwitchAttributes)
        ],
        zeros,
    )


def _most(stated: Iterable[tuple[str, Quantity | None]], zeros: dict[str, None]) -> Fraction:
    """The highest latency; those that are not stated are noted."""
    most = Fraction(0)
    for name, latency in stated:
        if latency is None:
            zeros[name] = None
        else:
            most = max(most, latency.to("ns"))
    return most


def _propagation(plant: Plant, links: Ints, where: str, zeros: dict[str, None], uneven: list[str]) -> Fraction:
    lengths = plant.links.length_um[links]
    low, high = int(lengths.min()), int(lengths.max())
    if low < 0:
        zeros[f"length of {int((lengths < 0).sum()):,} links {where}"] = None
    elif low != high:
        metres = [format_number(Fraction(um, _UM_PER_METRE)) for um in (low, high)]
        uneven.append(f"{where.removeprefix('below ').removeprefix('of ')}: {metres[0]} m to {metres[1]} m")
    return max(high, 0) * NS_PER_METRE / _UM_PER_METRE


def _transceivers(plant: Plant, links: Ints, where: str, zeros: dict[str, None]) -> Fraction:
    """Latency of the transceivers at both ends of a link, of the slowest kind of link."""
    design = plant.design
    most = Fraction(0)
    names, made_with = link_media(plant)
    a, z = made_with[links].T
    pairs = np.unique(np.where((a >= 0) & (z >= 0), a * len(names) + z, -1))
    for pair in pairs.tolist():
        if pair < 0:
            zeros[f"latency of unnamed transceivers {where}"] = None
            continue
        ends = [_transceiver(design, design.media[names[number]], zeros) for number in divmod(pair, len(names))]
        most = max(most, sum(ends, Fraction(0)))
    return most


def _transceiver(design: Design, media: Media, zeros: dict[str, None]) -> Fraction:
    """Passive copper has no transceiver; the ends of active cables have one whose latency nobody states."""
    attributes = media.attributes
    if isinstance(attributes, OpticAttributes):
        return _most([(f"latency of {media.name}", attributes.latency)], zeros)
    if attributes.medium in ("aec", "aoc"):
        zeros[f"latency of {media.name}"] = None
    return Fraction(0)
