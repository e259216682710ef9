"""The plant: the building as columns.

A device is an outermost part: a box with a host name. Devices of one class (one element of the design)
stand together; the n-th of a class is the n-th of its array in row-major order over the built sizes.
A terminal (port, outlet, inlet, coupling) is known by its device and a number on that device; terminals
of one kind are numbered over all arrays of the device in the order of the design.
All columns are numpy arrays; a missing number is -1.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .design import Design, Element
from .schema import PASSIVE, PortAttributes

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

TERMINALS = ("port", "outlet", "inlet", "coolant_out", "coolant_in")
"""Kinds of terminals."""


@dataclass(frozen=True)
class TerminalArray:
    """One array of terminals on every device of a class.

    `shape` are the dimensions from the device down (of a port array that is split, the lane last), so
    terminal `[i, j]` has the number `first + ravel(i, j)`. A split port array has a number for every lane
    of every cage; those that the split does not make are `missing`.
    """

    element: int
    first: int
    shape: tuple[int, ...]
    missing: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True)
class DeviceClass:
    """All devices of one element: ids `first … first + count - 1`.

    `shape` and `capacity` are the dimensions from the root down, built and reserved.
    """

    index: int
    element: int
    first: int
    count: int
    shape: tuple[int, ...]
    capacity: tuple[int, ...]
    terminals: dict[str, tuple[TerminalArray, ...]]

    def terminal_count(self, kind: str) -> int:
        """How many numbers of that kind every device of the class has (missing ones included)."""
        return sum(array.count for array in self.terminals[kind])


@dataclass(frozen=True)
class Devices:
    """One row a device. `rank` is its number within its class over the capacity (it never changes when
    the design grows); `rack` a row of `Racks`; `bottom_um` its bottom above unit 1, in micrometres."""

    names: list[str]
    cls: Ints
    rank: Ints
    rack: Ints
    bottom_um: Ints

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Racks:
    """One row a rack. `x_um` along the row, `y_um` across the rows: the middle of the rack, from bay 0
    of row 0; -1 where the spec places it nowhere."""

    names: list[str]
    element: Ints
    row: Ints
    bay: Ints
    x_um: Ints
    y_um: Ints

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Halls:
    """One row a hall that a `place` statement puts into a building: its element, its number within that over the
    capacity, and its place there as in `Racks`; `x_um` and `y_um` are those of its crossing."""

    element: Ints
    rank: Ints
    row: Ints
    bay: Ints
    x_um: Ints
    y_um: Ints


@dataclass(frozen=True)
class Relations:
    """Links, feeds or pipes: one row each, in the order of rules, then scopes, then variables.

    `rank` is the row's number within its rule over the capacity.
    """

    a_device: Ints
    a_terminal: Ints
    z_device: Ints
    z_terminal: Ints
    rule: Ints
    rank: Ints

    def __len__(self) -> int:
        return len(self.rule)


@dataclass(frozen=True)
class Links(Relations):
    """Links with their speed in bit/s (0: none), length in micrometres (-1: no floor plan) and network (-1: none).

    `option` is which of the media that the statement allows a link is made with, in the order of `Rule.options`
    (-1: the statement names none).
    """

    speed: Ints
    length_um: Ints
    network: Ints
    option: Ints


@dataclass(frozen=True)
class Passages(Relations):
    """Ways through passive parts, one row each: from one port to another of one device.

    `length_um` is the fibre inside: that of the whole trunk cable, 0 in a panel, -1 unknown. `circuit` is the link
    that runs through (-1: dark).
    """

    length_um: Ints
    circuit: Ints


@dataclass(frozen=True)
class Circuits:
    """What links are made of where passive parts stand between their ends.

    `segments` has a row for each join of a `link` statement outside of passive parts: a patch cord, or two ends that
    plug straight into each other. `mated` is true for the latter: a leg of a trunk is no cord of its own. `circuit` is
    the link that a segment belongs to (-1: dark); `circular` ones lead in a circle. For each link, `head` and `tail`
    are the segments at its a and z end, which stand there with their side `head_side` and `tail_side` (0 for a).
    """

    segments: Links
    mated: NDArray[np.bool_]
    circuit: Ints
    circular: NDArray[np.bool_]
    head: Ints
    tail: Ints
    head_side: Ints
    tail_side: Ints
    passages: Passages


@dataclass(frozen=True)
class Ends:
    """Both ends of every link as one row each, sorted by device and port.

    The rows of device d are `start[d] … start[d + 1] - 1`. `side` is 0 for the a end.
    """

    device: Ints
    port: Ints
    peer_device: Ints
    peer_port: Ints
    link: Ints
    side: Ints
    start: Ints


@dataclass(frozen=True)
class Plant:
    """The whole building. `grown` is the same building with all that it reserves, if it reserves anything.

    A link leads from one active port to another. `circuits` tells of what it consists if passive parts stand between
    some of them; without such parts every link is one cable and `circuits` is None. `halls` are those that a building
    places, None if it places none. `known` is what has been computed from it, see `once`.
    """

    design: Design
    classes: tuple[DeviceClass, ...]
    devices: Devices
    racks: Racks
    links: Links
    feeds: Relations
    pipes: Relations
    grown: Plant | None = None
    circuits: Circuits | None = None
    halls: Halls | None = None
    known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def segments(self) -> Links:
        """Physical cables (and plugs that meet without one, see `Circuits.mated`); the links, if nothing is passive."""
        return self.links if self.circuits is None else self.circuits.segments

    @cached_property
    def circuit(self) -> Ints:
        """For each segment the link that it belongs to; -1 for what leads from no active port to another."""
        return np.arange(len(self.links), dtype=np.int64) if self.circuits is None else self.circuits.circuit

    @property
    def at_capacity(self) -> Plant:
        """The plant with everything built that is reserved; itself if nothing is."""
        return self.grown or self

    def numbers_at_capacity(self, devices: Ints) -> Ints:
        """Where devices of this plant stand in the plant at capacity."""
        first = np.array([cls.first for cls in self.at_capacity.classes], dtype=np.int64)
        return first[self.devices.cls[devices]] + self.devices.rank[devices]

    def class_of(self, device: int) -> DeviceClass:
        return self.classes[int(self.devices.cls[device])]

    def element_of(self, cls: DeviceClass) -> Element:
        """The design's element behind a class."""
        return self.design.elements[cls.element]

    def classes_of_kind(self, *kinds: str) -> tuple[DeviceClass, ...]:
        """Device classes of the given kinds, such as `switch`."""
        return tuple(c for c in self.classes if self.design.elements[c.element].kind in kinds)

    @cached_property
    def passive(self) -> NDArray[np.bool_]:
        """For each device whether it is a passive part, which links only pass through."""
        kinds = np.array([self.element_of(cls).kind in PASSIVE for cls in self.classes] or [False])
        return kinds[self.devices.cls]

    @cached_property
    def ends(self) -> Ends:
        """Both ends of every link, sorted; made once when first asked for."""
        links = self.links
        device = np.concatenate([links.a_device, links.z_device])
        port = np.concatenate([links.a_terminal, links.z_terminal])
        peer_device = np.concatenate([links.z_device, links.a_device])
        peer_port = np.concatenate([links.z_terminal, links.a_terminal])
        count = len(links)
        link = np.tile(np.arange(count, dtype=np.int64), 2)
        side = np.repeat(np.array([0, 1], dtype=np.int64), count)
        # One key sorts more than twice as fast as two columns; ports of a device are far fewer than 2^20.
        order = np.argsort(device * 2**20 + port, kind="stable")
        start = np.searchsorted(device[order], np.arange(len(self.devices) + 1))
        return Ends(device[order], port[order], peer_device[order], peer_port[order], link[order], side[order], start)

    def port_speeds(self, cls: DeviceClass) -> Ints:
        """Speed of each port number of a class; see `port_speeds`."""
        return port_speeds(self.design, cls)


def port_speeds(design: Design, cls: DeviceClass) -> Ints:
    """Speed of each port number of a class in bit/s; 0 where the split makes none."""
    speeds = np.zeros(cls.terminal_count("port"), dtype=np.int64)
    for array in cls.terminals["port"]:
        element = design.elements[array.element]
        attributes = element.attributes
        assert isinstance(attributes, PortAttributes)
        block = speeds[array.first : array.first + array.count]
        block[:] = attributes.speed.whole("bps")
        if element.splits:
            lanes = block.reshape(-1, element.dims[-1].size, array.shape[-1])
            for split in element.splits:
                lanes[:, split.first : split.last + 1, : split.count] = split.speed.whole("bps")
            speeds[list(array.missing)] = 0
    return speeds
