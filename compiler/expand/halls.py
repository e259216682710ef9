"""Halls in a building: where they stand, and how long the way from one to another is.

A building with a floor plan of its own places halls on a grid as a hall places racks. What is told of a hall is the
place of its crossing: where its cross-aisle, at row 0, meets the building's trays. The rule is in
docs/explanation/lengths.md. All columns are whole micrometres, -1 where unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from ..design import Design
from ..plant import DeviceClass, Devices, Halls, Ints, Racks
from .geometry import UNKNOWN, device_heights, device_plans, floor_holder, floor_of, micrometres, rack_positions
from .queries import Queries
from .unroll import join, numbers, shape_of

NO_HALLS = Halls(*(np.zeros(0, dtype=np.int64) for _ in range(6)))


def halls_of(design: Design, queries: Queries) -> Halls:
    """The halls that `place` statements put into a building, by element and number."""
    parts: list[Halls] = []
    for rule in design.rules:
        if rule.medium != "place" or design.elements[rule.a.element].kind != "hall":
            continue
        placed = queries.positions(rule)
        if placed is None:
            continue
        instance, row, bay = placed
        element = rule.a.element
        above = design.elements[element].parent
        holder = None if above is None else floor_holder(design, above)
        floor = None if holder is None else floor_of(design, holder)
        nowhere = np.full(len(row), UNKNOWN, dtype=np.int64)
        x, y = (nowhere, nowhere) if floor is None else rack_positions(floor, row, bay)
        rank = numbers(*shape_of(design, element))[instance]
        parts.append(Halls(np.full(len(row), element, dtype=np.int64), rank, row, bay, x, y))
    if not parts:
        return NO_HALLS
    return Halls(**{name: join([getattr(part, name) for part in parts]) for name in vars(NO_HALLS)})


def lengths_between_halls(
    design: Design,
    classes: Sequence[DeviceClass],
    devices: Devices,
    racks: Racks,
    halls: Halls,
    a_device: Ints,
    z_device: Ints,
) -> Ints:
    """Length of the way between two devices in different halls of one building, for columns of them; -1 for others.

    Each end goes up to its hall's tray, along it to the cross-aisle, along that to row 0, and up or down to the
    building's tray, which leads from one crossing to the other. The slack is the building's.
    """
    length = np.full(len(a_device), UNKNOWN, dtype=np.int64)
    if not len(length) or not len(halls.element) or not len(racks.element):
        return length
    height = device_heights(design, classes, devices, racks)
    hall = _hall_of_devices(design, classes, devices, halls)
    tray, aisle, building, above, crossing, slack = _figures(design, halls)
    a_hall, z_hall = hall[a_device], hall[z_device]
    placed = (racks.x_um >= 0) & (racks.y_um >= 0)
    known = (a_hall >= 0) & (z_hall >= 0) & (a_hall != z_hall)
    for device in (a_device, z_device):
        known &= (height[device] >= 0) & placed[devices.rack[device]]
    known &= (building[a_hall] == building[z_hall]) & (building[a_hall] >= 0)
    known &= (halls.x_um[a_hall] >= 0) & (halls.x_um[z_hall] >= 0)
    of = np.flatnonzero(known)
    a_hall, z_hall = a_hall[of], z_hall[of]
    total = np.zeros(len(of), dtype=np.int64)
    for device, own in ((a_device[of], a_hall), (z_device[of], z_hall)):
        rack = devices.rack[device]
        total += np.abs(tray[own] - height[device]) + racks.x_um[rack] + aisle[own] + racks.y_um[rack]
        total += np.abs(tray[own] - above[own])
    x, y = halls.x_um, halls.y_um
    along = np.abs(x[a_hall] - x[z_hall])
    across = x[a_hall] + x[z_hall] + 2 * crossing[a_hall] + np.abs(y[a_hall] - y[z_hall])
    length[of] = total + np.where(halls.row[a_hall] == halls.row[z_hall], along, across) + slack[a_hall]
    return length


def _hall_of_devices(design: Design, classes: Sequence[DeviceClass], devices: Devices, halls: Halls) -> Ints:
    """For each device the row of the placed hall whose floor plan it stands in; -1 for none."""
    plan, copy = device_plans(design, classes, devices)
    found = np.full(len(plan), -1, dtype=np.int64)
    for element in np.unique(halls.element).tolist():
        rows = np.flatnonzero(halls.element == element)
        number = np.full(prod(shape_of(design, element)[1]), -1, dtype=np.int64)
        number[halls.rank[rows]] = rows
        mine = np.flatnonzero(plan == element)
        found[mine] = number[copy[mine]]
    return found


def _figures(design: Design, halls: Halls) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """For each hall: its tray and cross-aisle; the building's number, tray, cross-aisle and slack (-1 without one)."""
    columns = [np.full(len(halls.element), UNKNOWN, dtype=np.int64) for _ in range(6)]
    for element in np.unique(halls.element).tolist():
        rows = np.flatnonzero(halls.element == element)
        above = design.elements[element].parent
        holder = None if above is None else floor_holder(design, above)
        own = floor_of(design, element)
        outer = None if holder is None else floor_of(design, holder)
        if own is None or outer is None or holder is None:
            continue
        # Two buildings share no coordinates: a number for each instance of what states the outer plan.
        below = prod(shape_of(design, element)[1][len(design.dims(holder)) :])
        place = holder * 2**40 + halls.rank[rows] // max(1, below)
        figures = (own.tray, own.cross_aisle, None, outer.tray, outer.cross_aisle, outer.slack)
        for column, figure in zip(columns, figures, strict=True):
            column[rows] = place if figure is None else micrometres(figure)
    tray, aisle, building, above_, crossing, slack = columns
    return tray, aisle, building, above_, crossing, slack
