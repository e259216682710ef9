"""Racks and rows that stand too close: frames overlap, or nobody can walk between them.

Racks stand on a grid, so nearly always their sizes alone tell that none overlap. Where they do not, all racks of one
element are compared with all of another at once: the rows are sorted, and those within reach are a range.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..expand.geometry import micrometres, rack_positions
from ..plant import Ints
from ..schema import Floor
from ..space import AISLES, Room
from ..space.plan import step_between
from .facts import Facts
from .floor import floor_span, place_span
from .wording import in_all, metres

_BAYS = 2**20
_ROWS = 2**21
"""More than a floor has of each, so hall, row and bay go into one number."""


def overlapping_racks(facts: Facts) -> Iterator[Diagnostic]:
    """RW6011: two frames that overlap although they stand at different places; once for each pair of rack members.

    Frames of unknown width or depth count as if they had none.
    """
    plan, racks = facts.floor_plan, facts.plant.racks
    for number, room in enumerate(plan.rooms):
        if room.floor is None:
            continue
        here = np.flatnonzero((plan.facing != 0) & (plan.halls.room[plan.hall] == number))
        elements = np.unique(racks.element[here]).tolist()
        told = set()
        for one, two in product(elements, repeat=2):
            found = _pairs(facts, room.floor, *(here[racks.element[here] == element] for element in (one, two)))
            if found is None or (two, one) in told:
                continue
            told.add((one, two))
            yield _overlap(facts, room, *found)


def _pairs(facts: Facts, floor: Floor, one: Ints, two: Ints) -> tuple[int, int, int] | None:
    """Of racks of one element and racks in the same or a later row of another: two that overlap, and how many pairs do
    that are as many rows apart."""
    plan, racks = facts.floor_plan, facts.plant.racks
    wide, deep = (max(0, int(size[one[0]])) + max(0, int(size[two[0]])) for size in (plan.width, plan.depth))
    # Of a size that is not known at least a point is.
    wide, deep = max(1, wide), max(1, deep)
    bay = micrometres(floor.bay_pitch)
    # Most bays between two racks that overlap: those less than half of both widths apart.
    reach = _BAYS if bay == 0 else (wide - 1) // (2 * bay)
    step = step_between(floor)
    rows = _BAYS if step == 0 else (deep - 1) // (2 * step)
    if reach == 0 and rows == 0:
        return None
    key = _key(plan.hall[two], racks.row[two], racks.bay[two])
    order = np.argsort(key)
    for apart in _differences(racks.row[one], racks.row[two], rows):
        _, near = rack_positions(floor, racks.row[one], racks.bay[one])
        _, far = rack_positions(floor, racks.row[one] + apart, racks.bay[one])
        close = 2 * (far - near) < deep
        low = racks.bay[one] + 1 if apart == 0 else np.maximum(racks.bay[one] - reach, 0)
        high = np.minimum(racks.bay[one] + reach, _BAYS - 1)
        row = racks.row[one] + apart
        begin = np.searchsorted(key[order], _key(plan.hall[one], row, low))
        end = np.searchsorted(key[order], _key(plan.hall[one], row, high), side="right")
        count = np.where(close, np.maximum(end - begin, 0), 0)
        if count.any():
            first = int(np.argmax(count > 0))
            return int(one[first]), int(two[order[begin[first]]]), int(count.sum())
    return None


def _key(hall: Ints, row: Ints, bay: Ints) -> Ints:
    return (hall * _ROWS + row) * _BAYS + bay


def _differences(one: Ints, two: Ints, most: int) -> list[int]:
    """By how many rows racks of one lie below racks of the other, up to a number; ascending."""
    low, high = np.unique(one), np.unique(two)
    if len(low) * len(high) > 10**6:
        return list(range(min(most, int(high[-1])) + 1))
    apart = np.unique(high[:, None] - low[None, :])
    return [int(a) for a in apart[(apart >= 0) & (apart <= most)]]


def _overlap(facts: Facts, room: Room, one: int, two: int, count: int) -> Diagnostic:
    plan, racks = facts.floor_plan, facts.plant.racks
    floor = room.floor
    assert floor is not None
    same_row = int(racks.row[one]) == int(racks.row[two])
    size, way = (plan.width, "wide") if same_row else (plan.depth, "deep")
    apart = int(plan.x[two] - plan.x[one]) if same_row else int(plan.y[two] - plan.y[one])
    sizes = " and ".join(dict.fromkeys(_size(int(size[rack])) for rack in (one, two)))
    names = " and ".join(
        f"{racks.names[rack]} (row {int(racks.row[rack])}, bay {int(racks.bay[rack])})" for rack in (one, two)
    )
    pitch = "bay_pitch" if same_row else "row_pitch" if floor.hot_pitch is None else "row_pitch` or `hot_pitch"
    return diagnose(
        "RW6011",
        place_span(facts, two),
        detail=f"{names} are {sizes} {way}, their middles {metres(apart)} apart" + in_all(count, "such pairs"),
        help=f"make `{pitch}` larger, or leave places free between them",
        also=[(floor_span(facts, room), "the floor")],
    )


def _size(micrometres: int) -> str:
    return "of unknown size" if micrometres < 0 else metres(micrometres)


def rows_without_aisle(facts: Facts) -> Iterator[Diagnostic]:
    """RW6017: two rows, one behind the other, that leave no way between them; once for each floor."""
    plan, racks = facts.floor_plan, facts.plant.racks
    aisles = plan.aisles
    closed = (aisles.y1 <= aisles.y0) & (aisles.below >= 0) & (aisles.above >= 0)
    room = plan.halls.room[aisles.hall]
    for number in np.unique(room[closed]).tolist():
        these = np.flatnonzero(closed & (room == number))
        aisle = int(these[0])
        hall, below, above = (int(column[aisle]) for column in (aisles.hall, aisles.below, aisles.above))
        row = np.flatnonzero((plan.hall == hall) & (racks.row == above) & plan.drawn)
        yield diagnose(
            "RW6017",
            place_span(facts, int(row[0])),
            detail=f"between rows {below} and {above} of {plan.halls.names[hall]} "
            f"the {AISLES[int(aisles.kind[aisle])]} aisle is {metres(int(aisles.y1[aisle] - aisles.y0[aisle]))} wide"
            + in_all(len(these), "such aisles"),
            help="put the rows further apart: `row_pitch` and `hot_pitch` reach from middle to middle",
            also=[(floor_span(facts, plan.rooms[number]), "the floor")],
        )
