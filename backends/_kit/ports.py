"""The front of a switch: its ports as an operating system sees them, once for each class of devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Literal

from ...compiler.cages import lanes as width
from ...compiler.design import Element
from ...compiler.names import interface_names, terminal_names
from ...compiler.plant import DeviceClass, Plant, TerminalArray
from ...compiler.schema import PortAttributes
from .lanes import cages, first_lanes

Fec = Literal["none", "rs528", "rs544"]
"""Forward error correction: RS(528,514) or RS(544,514) of IEEE 802.3, or none."""

NameGiver = Callable[[Plant, DeviceClass], "list[str] | None"]
"""Interface names of a class by port number, or None if its part names none."""

FRONT = "front"
"""The word under which `names` holds what the platform itself calls a port."""


@dataclass(frozen=True, slots=True)
class Port:
    """A data port of every device of a class.

    `label` is our own name, `name` the operating system's and `front` the platform's own, empty if the part does not
    say. `speed` is in bit/s. `cage` counts the cages of data ports from 1, in the order of their numbers; `part` is 0
    for a whole cage, else which part of a split one, from 1. It has `width` electrical lanes; `lanes` are their numbers
    in the platform's port map, empty if the part does not say. `fec` is what the rate of a lane asks for.
    """

    number: int
    name: str
    label: str
    front: str
    speed: int
    width: int
    lanes: tuple[int, ...]
    cage: int
    part: int
    fec: Fec


@cache
def names_for(os: str) -> NameGiver:
    """The names that the catalog gives for an operating system; the same function each time, see `once`."""
    return lambda plant, cls: interface_names(plant, cls, os)


def own_names(plant: Plant, cls: DeviceClass) -> list[str] | None:
    """The names that each device's own operating system has; of what is no switch, those of Linux."""
    return interface_names(plant, cls, plant.element_of(cls).os or "linux")


def frr_names(plant: Plant, cls: DeviceClass) -> list[str]:
    """Names for FRRouting on Linux: the catalog's, else `swp1`, `swp2`, … by port number, as most Linux switches have
    it."""
    given = interface_names(plant, cls, "frr")
    return given if given is not None else [f"swp{n + 1}" for n in range(cls.terminal_count("port"))]


def eos_management_port(names: Iterable[str]) -> str:
    """What EOS calls the port for management, by the names of the data ports.

    `Management0` answers for whichever supervisor of a chassis is active; a fixed switch has `Management1`. Data ports
    of a chassis are called by card, port and lane, such as `Ethernet3/1/1`. Source: Arista, EOS User Manual,
    "Management Interfaces".
    """
    return "Management0" if any(name.count("/") > 1 for name in names) else "Management1"


def fec_of(speed: int, lanes: int) -> Fec:
    """What ports of such lanes use: PAM4, from 50 Gbps a lane on, needs RS(544,514) (IEEE 802.3 clauses 119, 134 and
    161); lanes of 25 Gbps take RS(528,514) (clauses 91 and 108)."""
    rate = speed // max(lanes, 1)
    return "rs544" if rate >= 50 * 10**9 else "rs528" if rate >= 25 * 10**9 else "none"


def data_ports(plant: Plant, cls: DeviceClass) -> Iterator[TerminalArray]:
    """The port arrays of a class without those for management."""
    for array in cls.terminals["port"]:
        attributes = plant.design.elements[array.element].attributes
        if not (isinstance(attributes, PortAttributes) and attributes.management):
            yield array


def front(plant: Plant, cls: DeviceClass, give: NameGiver) -> tuple[Port, ...]:
    """The data ports of a class in the order of their numbers; none if the part names none."""
    names = give(plant, cls)
    if names is None:
        return ()
    labels, speeds = terminal_names(plant, cls, "port"), plant.port_speeds(cls).tolist()
    fronts = interface_names(plant, cls, FRONT) or [""] * len(names)
    ports: list[Port] = []
    cage = 0
    for array in data_ports(plant, cls):
        element = plant.design.elements[array.element]
        attributes = element.attributes
        assert isinstance(attributes, PortAttributes)
        lanes = first_lanes(plant.design, array)
        parts = array.shape[-1] if element.splits else 1
        own = max(prod(dim.size for dim in element.dims), 1)
        for place in range(cages(element, array)):
            cage += 1
            count = _parts(element, place % own)
            for part in range(count or 1):
                number = array.first + place * parts + part
                share = max(width(attributes) // (count or 1), 1)
                first = lanes[place] + part * share if lanes else 0
                own_lanes = tuple(range(first, first + share)) if lanes else ()
                called = names[number], labels[number], fronts[number]
                at = part + 1 if count else 0
                fec = fec_of(speeds[number], share)
                ports.append(Port(number, *called, speeds[number], share, own_lanes, cage, at, fec))
    return tuple(ports)


def _parts(element: Element, cage: int) -> int:
    """Into how many ports a cage is split; 0 if it is whole."""
    return next((s.count for s in element.splits if s.first <= cage <= s.last), 0)


def unnamed(plant: Plant, cls: DeviceClass, os: str) -> tuple[TerminalArray, ...]:
    """The arrays of data ports of a class that have no name in an operating system."""
    found = []
    for array in data_ports(plant, cls):
        element = plant.design.elements[array.element]
        lacking = os not in element.interface_names or (element.splits and os not in element.lane_names)
        if lacking:
            found.append(array)
    return tuple(found)
