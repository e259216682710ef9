"""Where devices stand in NetBox's elevations, and how high they are there.

NetBox counts units of 44.45 mm in steps of a half. A rack of Open Rack units (48 mm) is written with as many units as
it has, so a position in NetBox is the position in the rack, and a device is as high as the units that it takes there.
A device of another height takes what it touches: 4 RU (177.8 mm) in OU are 4. Two devices never stand at one height in
NetBox: of those that would (side by side, or in a half that another touches) all but the lowest have a rack and no
position.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...compiler.expand.geometry import micrometres
from ...compiler.plant import Ints, Plant
from ...compiler.schema import RackAttributes
from ...compiler.space import Elevation, elevations
from ...dsl.units import Quantity

RU = micrometres(Quantity.of(1, "RU"))
OU = micrometres(Quantity.of(1, "OU"))

HIGHEST = 100
"""Most units that a rack of NetBox has."""

NOWHERE = -1


@dataclass(frozen=True)
class Places:
    """`halves` (height in half units, 0: none) and `full_depth` have a row for each class, `position` (half units from
    0 at the bottom of unit 1, NOWHERE: none) for each device, `units` for each rack element: its height in NetBox.
    `unsaid` are the elements of racks whose height NetBox is not told, `crowded` devices that have a place in the plant
    and none there."""

    halves: Ints
    full_depth: NDArray[np.bool_]
    position: Ints
    units: dict[int, int]
    unsaid: tuple[int, ...]
    crowded: Ints


def places(plant: Plant) -> Places:
    """All of them."""
    found = elevations(plant)
    cls = plant.devices.cls[found.device]
    size = np.full(len(plant.design.elements), RU, dtype=np.int64)
    for element, elevation in found.racks.items():
        size[element] = elevation.unit_um if elevation.unit_um > 0 else RU
    unit = np.full(len(plant.classes), RU, dtype=np.int64)
    height = np.full(len(plant.classes), NOWHERE, dtype=np.int64)
    full = np.ones(len(plant.classes), dtype=np.bool_)
    if len(plant.racks):
        unit[cls] = size[plant.racks.element][found.rack]
    height[cls], full[cls] = found.height, ~found.front_only
    _outside_racks(plant, height)
    halves = np.where(height > 0, -(-2 * height // unit), 0)
    bottom = np.where((found.bottom >= 0) & (halves[cls] > 0), 2 * found.bottom // unit[cls], NOWHERE)

    units, unsaid = {}, []
    stands = bottom.copy()
    for element, elevation in found.racks.items():
        inside = slice(int(found.start[elevation.first]), int(found.start[elevation.first + 1]))
        units[element], known = _units(elevation, bottom[inside] + halves[cls[inside]])
        if not known:
            unsaid.append(element)
        own = _without_overlap(bottom[inside], halves[cls[inside]], 2 * units[element])
        rows = slice(inside.start, inside.start + elevation.count * len(own))
        # All racks of an element are filled alike and follow one another.
        stands[rows] = np.tile(own, elevation.count)
    position = np.full(len(plant.devices), NOWHERE, dtype=np.int64)
    position[found.device] = stands
    crowded = np.sort(found.device[(bottom >= 0) & (stands < 0)])
    return Places(halves, full, position, units, tuple(unsaid), crowded)


def _outside_racks(plant: Plant, height: Ints) -> None:
    """Heights of classes of which no device stands in a rack, in place."""
    for cls in plant.classes:
        stated = getattr(plant.element_of(cls).attributes, "height", None)
        if height[cls.index] < 0 and isinstance(stated, Quantity):
            height[cls.index] = micrometres(stated)


def _units(elevation: Elevation, tops: Ints) -> tuple[int, bool]:
    """Units of a rack in NetBox, and whether the spec tells them; else as many as its devices need."""
    if elevation.height >= 0:
        size = elevation.unit_um if elevation.unit_um > 0 else RU
        units = elevation.height // size
        if 1 <= units <= HIGHEST:
            return units, True
    highest = int(tops.max(initial=0))
    return min(max(-(-highest // 2), 1), HIGHEST), False


def _without_overlap(bottom: Ints, halves: Ints, top: int) -> Ints:
    """Positions of the devices of one rack, from the bottom up; NOWHERE for what would meet the one below it."""
    found, free = [], 0
    for low, size in zip(bottom.tolist(), halves.tolist(), strict=True):
        stands = low >= free and low + size <= top
        found.append(low if stands else NOWHERE)
        free = low + size if stands else free
    return np.array(found, dtype=np.int64)


def half(number: int) -> str:
    """A number of half units in units: `4`, `3.5`."""
    return f"{number // 2}{'.5' if number % 2 else ''}"


def rail_width(attributes: RackAttributes) -> int:
    """Rail-to-rail width in inches: 21 for Open Rack, else 19, as NetBox has it."""
    return 21 if attributes.unit == "OU" else 19
