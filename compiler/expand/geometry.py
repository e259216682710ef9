"""Where racks stand, how long the cables between them are, and which lengths can be bought.

Lengths follow from the floor plan and from nothing else; where it leaves one figure out, the length is
unknown and stays so. The rule is told in docs/explanation/lengths.md. All columns are whole micrometres,
-1 where unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, prod

import numpy as np

from ...dsl.units import Quantity
from ..design import Design
from ..plant import DeviceClass, Devices, Ints, Racks
from ..schema import AssemblyAttributes, CableAttributes, Floor, OpticAttributes, PartAttributes, RackAttributes

UNKNOWN = -1
"""A length, height or place that the spec does not tell."""

METRE = 1_000_000
"""Micrometres in a metre."""


def micrometres(length: Quantity) -> int:
    """A length in whole micrometres, rounded up, so that no cable comes out too short."""
    return ceil(length.to("m") * METRE)


def floor_of(design: Design, element: int) -> Floor | None:
    """The floor plan in force at an element: its own, else that of the nearest assembly around it."""
    holder = floor_holder(design, element)
    if holder is None:
        return None
    attributes = design.elements[holder].attributes
    assert isinstance(attributes, AssemblyAttributes)
    return attributes.floor


def rack_positions(floor: Floor, row: Ints, bay: Ints) -> tuple[Ints, Ints]:
    """Middles of racks, `(x along the row, y across the rows)`, from bay 0 of row 0.

    With a `hot_pitch`, rows 0 and 1, 2 and 3, … stand that far apart, back to back, and `row_pitch` lies between rows
    1 and 2, 3 and 4, …. A row or bay below 0 is unknown, and with it the whole position.
    """
    known = (row >= 0) & (bay >= 0)
    cold = micrometres(floor.row_pitch)
    hot = cold if floor.hot_pitch is None else micrometres(floor.hot_pitch)
    x = np.where(known, bay * micrometres(floor.bay_pitch), UNKNOWN)
    y = np.where(known, (row + 1) // 2 * hot + row // 2 * cold, UNKNOWN)
    return x, y


def link_lengths(
    design: Design,
    classes: Sequence[DeviceClass],
    devices: Devices,
    racks: Racks,
    a_device: Ints,
    z_device: Ints,
) -> Ints:
    """Length of the way between two devices, for columns of them, slack included.

    Both must stand in racks of one floor plan at a known height. In one rack the way is the difference of
    their heights. Else it goes up to the tray, along it, and down again; between rows the tray runs
    to the cross-aisle at bay 0, along that, and back into the other row.
    """
    length = np.full(len(a_device), UNKNOWN, dtype=np.int64)
    if not len(length) or not len(racks):
        return length
    height = device_heights(design, classes, devices, racks)
    plan, copy = device_plans(design, classes, devices)
    a_rack, z_rack = devices.rack[a_device], devices.rack[z_device]
    known = (height[a_device] >= 0) & (height[z_device] >= 0) & (plan[a_device] >= 0)
    known &= (plan[a_device] == plan[z_device]) & (copy[a_device] == copy[z_device])
    placed = (racks.x_um >= 0) & (racks.y_um >= 0)
    inside = known & (a_rack == z_rack)
    between = known & (a_rack != z_rack) & placed[a_rack] & placed[z_rack]

    for holder in np.unique(plan[plan >= 0]).tolist():
        floor = floor_of(design, holder)
        assert floor is not None
        tray, slack = micrometres(floor.tray), micrometres(floor.slack)
        cross_aisle = micrometres(floor.cross_aisle)
        here = plan[a_device] == holder

        of = np.flatnonzero(here & inside)
        length[of] = np.abs(height[a_device[of]] - height[z_device[of]]) + slack

        of = np.flatnonzero(here & between)
        a, z = a_rack[of], z_rack[of]
        up_and_down = np.abs(tray - height[a_device[of]]) + np.abs(tray - height[z_device[of]])
        along = np.abs(racks.x_um[a] - racks.x_um[z])
        across = racks.x_um[a] + racks.x_um[z] + 2 * cross_aisle + np.abs(racks.y_um[a] - racks.y_um[z])
        length[of] = up_and_down + np.where(racks.row[a] == racks.row[z], along, across) + slack
    return length


def sold_length(length_um: Ints, media: OpticAttributes | CableAttributes) -> Ints:
    """The shortest length that is sold and suffices, for a column of lengths.

    A cable is sold in its `lengths`; one that names none, and the fibre between optics, in whole metres.
    A cable is never sold longer than its reach. Unknown where the length is, or where none suffices.
    """
    if isinstance(media, CableAttributes) and media.lengths:
        sizes = np.array([*sorted(micrometres(size) for size in media.lengths), UNKNOWN], dtype=np.int64)
        sold = sizes[np.searchsorted(sizes[:-1], length_um)]
    else:
        sold = -(-length_um // METRE) * METRE
        if isinstance(media, CableAttributes):
            reach = micrometres(media.reach)
            sold = np.where(length_um <= reach, np.minimum(sold, reach), UNKNOWN)
    return np.where(length_um >= 0, sold, UNKNOWN).astype(np.int64)


def floor_holder(design: Design, element: int) -> int | None:
    """The nearest assembly around an element, or itself, that states a floor plan."""
    for e in reversed(design.chain(element)):
        if isinstance(e.attributes, AssemblyAttributes) and e.attributes.floor is not None:
            return e.index
    return None


def device_heights(design: Design, classes: Sequence[DeviceClass], devices: Devices, racks: Racks) -> Ints:
    """Height of the middle of each device's face above the floor; ports are taken to sit there.

    Unknown outside a rack, without a position in it, or without a height of its own. The bottom of unit 1
    counts as the floor where the rack does not tell its `base`: that lengthens a cable, never shortens it.
    """
    half = np.full(len(classes), UNKNOWN, dtype=np.int64)
    for cls in classes:
        attributes = design.elements[cls.element].attributes
        if isinstance(attributes, PartAttributes) and attributes.height is not None:
            half[cls.index] = micrometres(Quantity(attributes.height.value * Fraction(1, 2), attributes.height.dim))
    base = np.zeros(len(design.elements), dtype=np.int64)
    for element in np.unique(racks.element).tolist():
        attributes = design.elements[element].attributes
        if isinstance(attributes, RackAttributes) and attributes.base is not None:
            base[element] = micrometres(attributes.base)
    middle = half[devices.cls]
    known = (devices.rack >= 0) & (devices.bottom_um >= 0) & (middle >= 0)
    return np.where(known, base[racks.element[devices.rack]] + devices.bottom_um + middle, UNKNOWN)


def device_plans(design: Design, classes: Sequence[DeviceClass], devices: Devices) -> tuple[Ints, Ints]:
    """For each device the element that states its floor plan, and which instance of that element it is in.

    Two pods that each have a plan of their own share no coordinates, so nothing is measured between them.
    """
    holder = np.full(len(classes), UNKNOWN, dtype=np.int64)
    below = np.ones(len(classes), dtype=np.int64)
    for cls in classes:
        found = floor_holder(design, cls.element)
        if found is not None:
            holder[cls.index] = found
            below[cls.index] = prod(cls.capacity[len(design.dims(found)) :])
    return holder[devices.cls], devices.rank // below[devices.cls]
