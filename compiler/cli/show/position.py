"""Where a device stands, in the units of its rack."""

from __future__ import annotations

from fractions import Fraction

from ....dsl.units import UNITS, format_number
from ...design import Element
from ...plant import Plant
from ...schema import PartAttributes, RackAttributes


def unit_of(rack: Element) -> str:
    """The unit of a rack's positions: `OU` or `RU`."""
    return (rack.attributes.unit if isinstance(rack.attributes, RackAttributes) else None) or "RU"


def unit_um(unit: str) -> int:
    """Height of a unit in micrometres."""
    return int(UNITS[unit][0] * 1_000_000)


def height_of(part: Element) -> str:
    """Height of a part as stated, or `-`."""
    height = part.attributes.height if isinstance(part.attributes, PartAttributes) else None
    return "-" if height is None else str(height)


def position(plant: Plant, device: int) -> str:
    """`pod0-gpu3 at 22 OU, 4 OU high`, or `-` outside of every rack."""
    rack = int(plant.devices.rack[device])
    if rack < 0:
        return "-"
    name, bottom = plant.racks.names[rack], int(plant.devices.bottom_um[device])
    height = height_of(plant.element_of(plant.class_of(device)))
    if bottom < 0:
        return f"{name}, height unknown"
    unit = unit_of(plant.design.elements[int(plant.racks.element[rack])])
    text = f"{name} at {format_number(Fraction(bottom, unit_um(unit)) + 1)} {unit}"
    return text if height == "-" else f"{text}, {height} high"
