"""Headroom of every port of a lossless network, and what it takes of each switch's buffer, in columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..cages import port_lanes
from ..design import Network
from ..once import once
from ..plant import DeviceClass, Ints, Plant
from ..schema import SwitchAttributes
from .classes import QosClass, classes
from .headroom import Room, doubt, room
from .reach import planned_metres
from .routing import Routing

DEFAULT_MTU = 9100
"""MTU of fabric ports in bytes where the network gives none: SONiC's default, and within what all systems take."""


_FARTHEST = 2**40
"""More metres than any length that a spec may say, in columns of 64 bits."""


def mtu_of(network: Network) -> int:
    """MTU of a network's ports in bytes."""
    return DEFAULT_MTU if network.attributes.mtu is None else int(network.attributes.mtu.to("B"))


@dataclass(frozen=True)
class Unknown:
    """Ports of one class of switches whose headroom cannot be told: why, an example, and how many."""

    cls: DeviceClass
    device: int
    port: int
    why: str
    count: int


@dataclass(frozen=True)
class Lossless:
    """A network's classes and rooms.

    `metres` (the length to plan for) and `room` (a number in `rooms`, -1 where there is none) have a row for each of
    `Plant.ends`. `taken` has a row for each switch of the routing: bytes of buffer that all its lossless groups take.
    """

    classes: tuple[QosClass, ...]
    metres: Ints
    room: Ints
    rooms: tuple[Room, ...]
    taken: Ints
    unknown: tuple[Unknown, ...]

    @property
    def groups(self) -> int:
        """Lossless classes, each of which takes its room on every port."""
        return sum(c.lossless for c in self.classes)


@once
def lossless(plant: Plant, routing: Routing) -> Lossless | None:
    """The rooms of a routed network; None if it has no `roce` block."""
    network = plant.design.networks[routing.network]
    if network.attributes.roce is None:
        return None
    ends = plant.ends
    metres = planned_metres(plant)[ends.link]
    number = np.full(len(ends.link), -1, dtype=np.int64)
    rooms: list[Room] = []
    unknown: list[Unknown] = []
    mine = np.zeros(len(plant.devices), dtype=np.bool_)
    mine[routing.devices] = True
    for cls in plant.classes_of_kind("switch"):
        start, stop = int(ends.start[cls.first]), int(ends.start[cls.first + cls.count])
        rows = start + np.flatnonzero(
            mine[ends.device[start:stop]] & (plant.links.network[ends.link[start:stop]] == routing.network)
        )
        if len(rows):
            _fill(plant, cls, rows, metres, mtu_of(network), number, rooms, unknown)
    found = classes(network.attributes.roce)
    sizes = np.array([r.total for r in rooms] + [0], dtype=np.int64)[number]
    groups = sum(c.lossless for c in found)
    # Whole numbers below 2^53 are exact in the floats that bincount adds.
    taken = np.bincount(ends.device, weights=sizes, minlength=len(plant.devices)).astype(np.int64)
    return Lossless(found, metres, number, tuple(rooms), taken[routing.devices] * groups, tuple(unknown))


def _fill(
    plant: Plant,
    cls: DeviceClass,
    rows: Ints,
    metres: Ints,
    mtu: int,
    number: Ints,
    rooms: list[Room],
    unknown: list[Unknown],
) -> None:
    """Rooms of some rows of the ends, all of one class: one for each speed, width and length that there is."""
    attributes = plant.element_of(cls).attributes
    assert isinstance(attributes, SwitchAttributes)
    ports = plant.ends.port[rows]
    # Speeds and widths are those of a few kinds of ports, so one number says all three.
    sorts, sort = np.unique(np.stack([plant.port_speeds(cls), port_lanes(plant, cls)]), axis=1, return_inverse=True)
    keys = sort.reshape(-1)[ports] * _FARTHEST + metres[rows]
    kinds, first, of, count = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    place = np.full(len(kinds), -1, dtype=np.int64)
    for n, key in enumerate(kinds.tolist()):
        (bps, lanes), length = sorts[:, key // _FARTHEST].tolist(), key % _FARTHEST
        found = room(attributes, bps, lanes, length, mtu)
        if found is None:
            row = int(rows[first[n]])
            why = doubt(attributes, bps, length)
            unknown.append(Unknown(cls, int(plant.ends.device[row]), int(plant.ends.port[row]), why, int(count[n])))
        else:
            place[n] = len(rooms)
            rooms.append(found)
    number[rows] = place[of.reshape(-1)]
