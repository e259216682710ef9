"""The front of a switch: its ports as an operating system sees them, once for each class of devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from ...compiler.design import Element
from ...compiler.names import interface_names, terminal_names
from ...compiler.plant import DeviceClass, Plant, TerminalArray
from ...compiler.schema import PortAttributes

NameGiver = Callable[[Plant, DeviceClass], "list[str] | None"]
"""Interface names of a class by port number, or None if its part names none."""

_LANES = {"sfp28": 1, "sfp56": 1, "rj45": 1, "qsfp28": 4, "qsfp56": 4, "qsfp112": 4}
"""Electrical lanes of a cage whose part does not say (the form factors' specifications); 8 for the others."""


@dataclass(frozen=True, slots=True)
class Port:
    """A data port of every device of a class.

    `label` is our own name and `name` the operating system's. `speed` is in bit/s. `cage` counts the cages of
    data ports from 1, in the order of their numbers; `part` is 0 for a whole cage, else which part of a split
    one, from 1. `lanes` are the silicon's lanes, counted from 1 cage by cage, so no two ports share one.
    """

    number: int
    name: str
    label: str
    speed: int
    lanes: tuple[int, ...]
    cage: int
    part: int


def names_for(os: str) -> NameGiver:
    """The names that the catalog gives for an operating system."""
    return lambda plant, cls: interface_names(plant, cls, os)


def front(plant: Plant, cls: DeviceClass, give: NameGiver) -> tuple[Port, ...]:
    """The data ports of a class in the order of their numbers; none if the part names none."""
    names = give(plant, cls)
    if names is None:
        return ()
    labels, speeds = terminal_names(plant, cls, "port"), plant.port_speeds(cls).tolist()
    ports: list[Port] = []
    cage = lane = 0
    for array in cls.terminals["port"]:
        element = plant.design.elements[array.element]
        attributes = element.attributes
        assert isinstance(attributes, PortAttributes)
        if attributes.management:
            continue
        width = _width(attributes)
        parts = array.shape[-1] if element.splits else 1
        own = max(prod(dim.size for dim in element.dims), 1)
        for place in range(prod(array.shape[:-1]) if element.splits else array.count):
            cage += 1
            count = _parts(element, place % own)
            for part in range(count or 1):
                number = array.first + place * parts + part
                share = width // (count or 1)
                first = lane + part * share + 1
                lanes = tuple(range(first, first + max(share, 1)))
                at = part + 1 if count else 0
                ports.append(Port(number, names[number], labels[number], speeds[number], lanes, cage, at))
            lane += width
    return tuple(ports)


def _width(attributes: PortAttributes) -> int:
    if attributes.lanes is not None:
        return attributes.lanes
    cage = attributes.cage[0] if isinstance(attributes.cage, list) else attributes.cage
    return _LANES.get(cage or "", 8)


def _parts(element: Element, cage: int) -> int:
    """Into how many ports a cage is split; 0 if it is whole."""
    return next((s.count for s in element.splits if s.first <= cage <= s.last), 0)


def unnamed(plant: Plant, cls: DeviceClass, os: str) -> tuple[TerminalArray, ...]:
    """The port arrays of a class that have no name in an operating system."""
    found = []
    for array in cls.terminals["port"]:
        element = plant.design.elements[array.element]
        lacking = os not in element.interface_names or (element.splits and os not in element.lane_names)
        if lacking:
            found.append(array)
    return tuple(found)
