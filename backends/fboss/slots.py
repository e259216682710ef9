"""The ports of a class of switches as FBOSS's platform numbers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from ...compiler.cages import lanes, link_media
from ...compiler.design import Design
from ...compiler.plant import DeviceClass, Ints, Plant, TerminalArray
from ...compiler.schema import PortAttributes, SwitchAttributes
from .._kit.ports import Port, data_ports, front, names_for
from .platforms import BOXES, COPPER, OPTICAL, Box
from .thrift import Profile

OS = "fboss"


@dataclass(frozen=True, slots=True)
class Slot:
    """A port with its logical numbers: one for packets, one a lane for cells; empty if the platform has none there.

    `names` are those of its lanes if it is for cells: `fab1/7/5` and on for the second half of cage 7.
    """

    port: Port
    cells: bool
    numbers: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def first(self) -> int:
        return self.numbers[0]


def box(plant: Plant, cls: DeviceClass) -> Box | None:
    """The platform of a class; None if it is not known here."""
    attributes = plant.element_of(cls).attributes
    assert isinstance(attributes, SwitchAttributes)
    return BOXES.get(attributes.platform or "")


def slots(plant: Plant, cls: DeviceClass, port_map: str) -> tuple[Slot, ...]:
    """All data ports of a class in the order of their numbers."""
    found: dict[int, tuple[bool, tuple[int, ...]]] = {}
    ports = {p.number: p for p in front(plant, cls, names_for(OS))}
    for array in data_ports(plant, cls):
        element = plant.design.elements[array.element]
        attributes = element.attributes
        assert isinstance(attributes, PortAttributes)
        numbers = attributes.logical.get("fboss" if attributes.fabric else port_map, [])
        cages, width = _cages(plant.design, array), lanes(attributes)
        each = len(numbers) // cages if cages else 0
        parts = array.shape[-1] if element.splits else 1
        for number in range(array.first, array.first + array.count):
            if number in ports:
                place, part = divmod(number - array.first, parts)
                share = ports[number].width
                own = _numbers(
                    numbers[place * each : (place + 1) * each], part * share, share, width, attributes.fabric
                )
                found[number] = attributes.fabric, own
    return tuple(_slot(port, *found[number]) for number, port in ports.items())


def _slot(port: Port, cells: bool, numbers: tuple[int, ...]) -> Slot:
    stem, _, first = port.name.rpartition("/")
    lanes_from = int(first) if cells and first.isdecimal() else 1
    return Slot(port, cells, numbers, tuple(f"{stem}/{lanes_from + at}" for at in range(len(numbers))))


def _cages(design: Design, array: TerminalArray) -> int:
    element = design.elements[array.element]
    return prod(array.shape[:-1]) if element.splits else array.count


def _numbers(own: list[int], first: int, share: int, width: int, cells: bool) -> tuple[int, ...]:
    """Numbers of a port over lanes `first … first + share - 1` of a cage of `width`, from those of the cage."""
    if not own or first * len(own) % width:
        return ()
    if cells:
        found = tuple(own[first : first + share]) if len(own) == width else ()
    else:
        found = (own[first * len(own) // width],)
    return () if -1 in found else found


def profile(port: Port, copper: bool) -> Profile | None:
    """The profile of a port for packets; None if FBOSS has none of its speed and lanes."""
    return (COPPER if copper else OPTICAL).get((port.speed // 10**9, port.width))


def copper_links(plant: Plant) -> NDArray[np.bool_]:
    """Whether each link is copper, passive or active. A link that names nothing is taken for optical."""
    names, made_with = link_media(plant)
    media = [plant.design.media[name] for name in names]
    copper = [m.kind == "cable" and getattr(m.attributes, "medium", "") != "aoc" for m in media]
    return np.array([*copper, False], dtype=np.bool_)[made_with[:, 0]]


def ends_of(plant: Plant, device: int) -> Iterator[tuple[int, int, int, int]]:
    """Port number, link, device and port of the far end, for each linked port of a device."""
    ends = plant.ends
    span = slice(int(ends.start[device]), int(ends.start[device + 1]))
    columns: tuple[Ints, ...] = (ends.port[span], ends.link[span], ends.peer_device[span], ends.peer_port[span])
    return zip(*(c.tolist() for c in columns), strict=True)
