"""Ports as NetBox has them: interfaces of what is active, front and rear ports of what light passes through."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from ...compiler.names import terminal_names
from ...compiler.plant import DeviceClass, Plant
from ...compiler.schema import PASSIVE, PortAttributes
from ...compiler.schema.routing import Unrouted
from .._kit.ports import own_names
from .choices import CONNECTORS, OTHER, interface_type, width_of
from .text import INTERFACE, apart, field

_PORTS = 1 << 20
"""More ports than any device has."""


@dataclass(frozen=True)
class Interface:
    """`bay` is the module bay of its cage; `speed` in bit/s."""

    name: str
    label: str
    type: str
    management: bool
    speed: int
    bay: str


@dataclass(frozen=True)
class Panel:
    """A port of a passive part; `behind` is the rear port that a front port leads to (`""`: none)."""

    name: str
    type: str
    behind: str


@dataclass(frozen=True)
class Ports:
    """What the ports of a class are. `names` and `kinds` (`interface`, `frontport`, `rearport`) go by port number, `""`
    for a number that the split does not make; `bays` are the bays of its cages, by port number."""

    names: list[str]
    kinds: list[str]
    bays: list[str]
    interfaces: tuple[Interface, ...] = ()
    front: tuple[Panel, ...] = ()
    rear: tuple[Panel, ...] = ()


def ports(plant: Plant) -> list[Ports]:
    """The ports of every class."""
    infiniband = _infiniband(plant)
    return [
        _passive(plant, cls) if plant.element_of(cls).kind in PASSIVE else _active(plant, cls, infiniband)
        for cls in plant.classes
    ]


def raw_names(plant: Plant, cls: DeviceClass) -> list[str]:
    """What the ports of an active part are called: as its system does where the catalog says, else our own names."""
    own = terminal_names(plant, cls, "port")
    given = own_names(plant, cls)
    return own if given is None else [name or label for name, label in zip(given, own, strict=True)]


def _active(plant: Plant, cls: DeviceClass, infiniband: set[tuple[int, int]]) -> Ports:
    labels = terminal_names(plant, cls, "port")
    speeds = plant.port_speeds(cls).tolist()
    names = apart(
        [field(name, INTERFACE) or label for name, label in zip(raw_names(plant, cls), labels, strict=True)], 64
    )
    bays, found = [""] * len(labels), []
    for array in cls.terminals["port"]:
        element = plant.design.elements[array.element]
        attributes = element.attributes
        assert isinstance(attributes, PortAttributes)
        lanes = array.shape[-1] if element.splits else 1
        own = max(prod(dim.size for dim in element.dims), 1)
        split = {cage: s.count for s in element.splits for cage in range(s.first, s.last + 1)}
        for place in range(array.count):
            number = array.first + place
            cage, lane = divmod(place, lanes)
            parts = split.get(cage % own, 1)
            bays[number] = labels[number].rpartition("/")[0] if cage % own in split else labels[number]
            if place in array.missing or lane >= parts:
                names[number] = ""
                continue
            width = width_of(attributes, parts)
            kind = interface_type(attributes, speeds[number], width, (cls.index, array.element) in infiniband)
            bay = bays[number] if attributes.cage not in (None, "backplane", "rj45") else ""
            label = "" if labels[number] == names[number] else labels[number]
            found.append(Interface(names[number], label, kind, attributes.management, speeds[number], bay))
    return Ports(names, ["interface"] * len(names), bays, tuple(found))


def _infiniband(plant: Plant) -> set[tuple[int, int]]:
    """Classes and port elements that have a link in an InfiniBand network; the whole array is of that kind."""
    routings = [n.attributes.routing for n in plant.design.networks]
    networks = [isinstance(r, Unrouted) and r.kind == "infiniband" for r in routings]
    grown = plant.at_capacity
    ends = grown.ends
    mine = np.array([*networks, False], dtype=np.bool_)[grown.links.network[ends.link]]
    keys = np.unique(grown.devices.cls[ends.device[mine]] * _PORTS + ends.port[mine])
    found = set()
    for key in keys.tolist():
        cls = plant.classes[key // _PORTS]
        number = key % _PORTS
        array = next(a for a in cls.terminals["port"] if a.first <= number < a.first + a.count)
        found.add((cls.index, array.element))
    return found


def _passive(plant: Plant, cls: DeviceClass) -> Ports:
    """A side of a way through is in front, the other in the rear; a port that leads nowhere is in front."""
    names = apart([field(name, INTERFACE) for name in terminal_names(plant, cls, "port")], INTERFACE)
    types = [""] * len(names)
    for array in cls.terminals["port"]:
        attributes = plant.design.elements[array.element].attributes
        assert isinstance(attributes, PortAttributes)
        word = CONNECTORS.get(attributes.connector or "", OTHER)
        types[array.first : array.first + array.count] = [word] * array.count
    behind = _ways(plant, cls)
    rear = set(behind.values())
    front = [
        Panel(name, types[n], names[behind[n]] if n in behind else "") for n, name in enumerate(names) if n not in rear
    ]
    return Ports(
        names,
        ["rearport" if n in rear else "frontport" for n in range(len(names))],
        [""] * len(names),
        front=tuple(front),
        rear=tuple(Panel(names[n], types[n], "") for n in sorted(rear)),
    )


def _ways(plant: Plant, cls: DeviceClass) -> dict[int, int]:
    """The ports at both ends of every way through a device of a class: all devices of a class have the same."""
    if plant.circuits is None or not cls.count:
        return {}
    inside = plant.circuits.passages
    rows = np.flatnonzero(inside.a_device == cls.first)
    return dict(zip(inside.a_terminal[rows].tolist(), inside.z_terminal[rows].tolist(), strict=True))
