"""What ports are called. OpenConfig has no names of its own: they are those of the system that answers to it.

In order: what the catalog gives under `openconfig`; then, for a switch of another system, what that system calls them,
since gNMI on an EOS switch speaks of `Ethernet1/1` as its command line does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...compiler.names import interface_names
from ...compiler.plant import DeviceClass, Plant, TerminalArray
from ...compiler.schema import PortAttributes
from .._kit.fleet import Fleet
from .._kit.ports import Port, data_ports, front, unnamed

OS = "openconfig"

COMPONENT = "component"
"""The word under which `names` holds what a cage is called among the components of the platform."""

LOOPBACK = "Loopback0"


@dataclass(frozen=True, slots=True)
class Box:
    """What a class of switches calls things besides its ports; empty where the catalog does not say.

    `management` is the port of the out-of-band network. `components` are the names of the cages that are split.
    """

    management: str
    components: dict[int, str]


def chosen(plant: Plant, cls: DeviceClass) -> str:
    """Under which operating system the catalog has the names of a class."""
    own = plant.element_of(cls).os
    return OS if own is None or not list(unnamed(plant, cls, OS)) else own


def names(plant: Plant, cls: DeviceClass) -> list[str] | None:
    """Interface names of a class by port number."""
    return interface_names(plant, cls, chosen(plant, cls))


def boxes(fleet: Fleet) -> dict[str, Box]:
    """The box of every switch, by its name."""
    found: dict[str, Box] = {}
    for cls in fleet.classes:
        here = box(fleet.plant, cls)
        found.update(dict.fromkeys(fleet.plant.devices.names[cls.first : cls.first + cls.count], here))
    return found


def box(plant: Plant, cls: DeviceClass) -> Box:
    """What a class calls its management port and its split cages."""
    components = interface_names(plant, cls, COMPONENT)
    cages = {port.cage: components[port.number] for port in split_cages(plant, cls)} if components else {}
    return Box(_management(plant, cls), {cage: name for cage, name in cages.items() if name})


def split_cages(plant: Plant, cls: DeviceClass) -> Iterator[Port]:
    """The first port of every split cage."""
    return (port for port in front(plant, cls, names) if port.part == 1)


def _management(plant: Plant, cls: DeviceClass) -> str:
    """The first management port's name in the catalog; else the usual one of systems that have one."""
    system = chosen(plant, cls)
    data = {array.element for array in data_ports(plant, cls)}
    for array in cls.terminals["port"]:
        if array.element not in data and (given := _given(plant, cls, array, system)):
            return given
    if system == "eos":
        # A chassis numbers its data ports by card too, and has `Management0` for whichever supervisor is active
        # (Arista, EOS User Manual, "Management Interfaces").
        modular = any(port.name.count("/") > 1 for port in front(plant, cls, names))
        return "Management0" if modular else "Management1"
    return "eth0" if system == "sonic" else ""


def _given(plant: Plant, cls: DeviceClass, array: TerminalArray, system: str) -> str:
    attributes = plant.design.elements[array.element].attributes
    assert isinstance(attributes, PortAttributes) and attributes.management
    found = interface_names(plant, cls, system)
    return found[array.first] if found is not None else ""
