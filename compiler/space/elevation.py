"""Racks from the front: what stands where, which units are used, kept and free."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np

from ...dsl.units import Quantity
from ..design import Design
from ..expand.geometry import micrometres
from ..once import once
from ..plant import Bools, Ints, Plant
from ..schema import PartAttributes, RackAttributes
from .model import UNKNOWN, Elevation, Elevations, Shelf


def length(quantity: Quantity | None) -> int:
    """A length in micrometres, rounded up; `UNKNOWN` for none."""
    return UNKNOWN if quantity is None else micrometres(quantity)


def grams(quantity: Quantity | None) -> int:
    """A weight in grams, rounded up; `UNKNOWN` for none."""
    return UNKNOWN if quantity is None else ceil(quantity.to("g"))


@once
def elevations(plant: Plant) -> Elevations:
    """What every rack holds."""
    design, devices = plant.design, plant.devices
    figures = _figures(plant)
    row = np.flatnonzero(devices.rack >= 0)
    bottom = devices.bottom_um[row]
    row = row[np.lexsort((row, bottom, bottom < 0, devices.rack[row]))]
    rack, bottom = devices.rack[row], devices.bottom_um[row]
    height, width, depth, weight = figures[devices.cls[row]].T
    start = np.searchsorted(rack, np.arange(len(plant.racks) + 1))
    racks = {}
    inner_depth = np.full(len(design.elements), UNKNOWN, dtype=np.int64)
    elements, first, count = np.unique(plant.racks.element, return_index=True, return_counts=True)
    for element, own, many in zip(elements.tolist(), first.tolist(), count.tolist(), strict=True):
        inside = slice(int(start[own]), int(start[own + 1]))
        racks[element] = _elevation(design, element, own, many, bottom[inside], height[inside])
        inner_depth[element] = racks[element].inner_depth
    limit = inner_depth[plant.racks.element][rack] if len(plant.racks) else rack
    front_only = (depth >= 0) & (2 * depth < limit)
    return Elevations(plant, racks, row, rack, bottom, height, width, depth, weight, front_only, start)


def heights(plant: Plant) -> Ints:
    """Height of every device."""
    column: Ints = _figures(plant)[plant.devices.cls, 0]
    return column


def _figures(plant: Plant) -> Ints:
    """Height, width, depth and weight of the devices of each class, one row a class."""
    rows = np.full((len(plant.classes), 4), UNKNOWN, dtype=np.int64)
    for cls in plant.classes:
        a = plant.element_of(cls).attributes
        if isinstance(a, PartAttributes):
            rows[cls.index] = length(a.height), length(a.width), length(a.depth), grams(a.weight)
    return rows


def unit_size(unit: str | None) -> int:
    """A unit of a rack in micrometres; `UNKNOWN` for none."""
    return UNKNOWN if unit is None else micrometres(Quantity.of(1, unit))


def zones_of(attributes: RackAttributes) -> tuple[Shelf, ...]:
    """The zones of a rack. Those in OU or RU reach from the bottom of the first unit to the top of the last one."""
    found = []
    for zone in attributes.zones:
        own = zone.first.unit if zone.first.unit in ("OU", "RU") else None
        # A zone that begins below unit 1 is a mistake that a check tells of.
        low = zone.first.to("m") - (Quantity.of(1, own).to("m") if own else Fraction(0))
        found.append(Shelf(zone.kind, ceil(low * 10**6), micrometres(zone.last)))
    return tuple(found)


def touched(low: Ints, high: Ints, unit: int, units: int) -> Bools:
    """Which of the units any of the intervals `low … high` touches, be it in part."""
    change = np.zeros(units + 1, dtype=np.int64)
    np.add.at(change, np.clip(low // unit, 0, units), 1)
    np.add.at(change, np.clip(-(-high // unit), 0, units), -1)
    covered: Bools = np.cumsum(change[:-1]) > 0
    return covered


def _elevation(design: Design, element: int, first: int, count: int, bottom: Ints, height: Ints) -> Elevation:
    """One rack element, from the devices of its first rack."""
    attributes = design.elements[element].attributes
    assert isinstance(attributes, RackAttributes)
    zones = zones_of(attributes)
    unit = unit_size(attributes.unit)
    whole = length(attributes.height)
    units = used = kept = free = UNKNOWN
    if unit > 0 and whole >= 0:
        units = whole // unit
        known = (bottom >= 0) & (height > 0)
        taken = touched(bottom[known], bottom[known] + height[known], unit, units)
        zoned = touched(
            np.array([zone.low for zone in zones], dtype=np.int64),
            np.array([zone.high for zone in zones], dtype=np.int64),
            unit,
            units,
        )
        used, kept = int(taken.sum()), int((zoned & ~taken).sum())
        free = units - used - kept
    outer_width, outer_depth = length(attributes.width), length(attributes.depth)
    return Elevation(
        element,
        first,
        count,
        attributes.unit,
        unit,
        whole,
        length(attributes.base),
        length(attributes.outer_height),
        outer_width,
        outer_depth,
        length(attributes.inner_width) if attributes.inner_width is not None else outer_width,
        length(attributes.inner_depth) if attributes.inner_depth is not None else outer_depth,
        zones,
        units,
        used,
        kept,
        free,
        int(((bottom >= 0) != (height > 0)).sum()),
    )
