"""Trunk cables: each is one pull, and as long as the longest way of its legs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .design import Design, Element, Rule
from .expand.geometry import METRE, UNKNOWN, micrometres
from .plant import Bools, Ints, Plant
from .schema import PASSIVE, TrunkAttributes


@dataclass(frozen=True)
class Trunks:
    """One row a trunk cable of the plant.

    `length_um` is its way and `sold_um` the length to order (-1: unknown, or none that is sold suffices). `a_rack` and
    `z_rack` are the racks that its legs plug into at either side, the first leg's (-1: none). `used` are its legs that
    carry a link, of `legs`.
    """

    device: Ints
    length_um: Ints
    sold_um: Ints
    a_rack: Ints
    z_rack: Ints
    legs: Ints
    used: Ints


def trunks(plant: Plant) -> Trunks:
    """All trunk cables; none where the plant has no passive parts."""
    classes = plant.classes_of_kind("trunk")
    ids = [np.arange(cls.first, cls.first + cls.count, dtype=np.int64) for cls in classes]
    device = np.concatenate([np.zeros(0, dtype=np.int64), *ids])
    length, sold = np.full(len(device), UNKNOWN, dtype=np.int64), np.full(len(device), UNKNOWN, dtype=np.int64)
    racks = [np.full(len(device), -1, dtype=np.int64) for _ in range(2)]
    legs, used = np.zeros(len(device), dtype=np.int64), np.zeros(len(device), dtype=np.int64)
    ways = plant.circuits
    if not len(device) or ways is None:
        return Trunks(device, length, sold, racks[0], racks[1], legs, used)
    number = np.full(len(plant.devices), -1, dtype=np.int64)
    number[device] = np.arange(len(device))
    inside = ways.passages
    rows = np.flatnonzero(number[inside.a_device] >= 0)
    of = number[inside.a_device[rows]]
    length[of] = inside.length_um[rows]
    np.add.at(legs, of, 1)
    np.add.at(used, of, inside.circuit[rows] >= 0)
    start = 0
    for cls in classes:
        attributes = plant.element_of(cls).attributes
        assert isinstance(attributes, TrunkAttributes)
        sold[start : start + cls.count] = trunk_length(length[start : start + cls.count], attributes)
        start += cls.count
    count = np.array([cls.terminal_count("port") for cls in classes], dtype=np.int64)
    each = np.repeat(count, [cls.count for cls in classes])
    first = np.cumsum(each) - each
    for side, terminal in ((0, inside.a_terminal), (1, inside.z_terminal)):
        mine = np.zeros(int(each.sum()), dtype=np.bool_)
        mine[first[of] + terminal[rows]] = True
        racks[side] = _racks(plant, number, first, mine)
    return Trunks(device, length, sold, racks[0], racks[1], legs, used)


def passage_part(design: Design, rule: Rule) -> Element:
    """The part through which the links of a statement inside it lead: the innermost panel or trunk around them."""
    return next(e for e in reversed(design.chain(rule.scope)) if e.kind in PASSIVE)


def trunk_length(length_um: Ints, trunk: TrunkAttributes) -> Ints:
    """The shortest length that is sold and suffices: one of its `lengths`, else whole metres; -1 if none does."""
    if trunk.lengths:
        sizes = np.array([*sorted(micrometres(size) for size in trunk.lengths), UNKNOWN], dtype=np.int64)
        sold = sizes[np.searchsorted(sizes[:-1], length_um)]
    else:
        sold = -(-length_um // METRE) * METRE
    return np.where(length_um >= 0, sold, UNKNOWN)


def _racks(plant: Plant, number: Ints, first: Ints, mine: Bools) -> Ints:
    """The rack in which the legs of each trunk end whose ports are `mine`.

    `number` is the row of each device that is a trunk, `first` the number of its first port among those of all trunks.
    """
    segments = plant.segments
    found = np.full(len(first), -1, dtype=np.int64)
    for near, port, far in (
        (segments.a_device, segments.a_terminal, segments.z_device),
        (segments.z_device, segments.z_terminal, segments.a_device),
    ):
        legs = np.flatnonzero(number[near] >= 0)[::-1]  # so that the first leg is written last
        trunk = number[near[legs]]
        on_side = mine[first[trunk] + port[legs]]
        found[trunk[on_side]] = plant.devices.rack[far[legs[on_side]]]
    return found
