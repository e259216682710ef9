"""Floors from above: which racks stand where, and the aisles between them.

Racks are drawn about their middle, so racks of one row that differ in depth have that line in common.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..design import Design
from ..expand.geometry import micrometres
from ..expand.unroll import numbers, shape_of
from ..instances import instance_count
from ..names import host_names
from ..once import once
from ..plant import Bools, Ints, Plant
from ..schema import AssemblyAttributes, Floor, RackAttributes
from .elevation import grams, length
from .model import AISLES, UNKNOWN, Aisles, FloorPlan, Halls, Rectangle, Room

COLD, HOT, MIXED = range(len(AISLES))


@once
def floor_plan(plant: Plant) -> FloorPlan:
    """Where every rack stands, one plan for each hall: an instance of the innermost element with a `floor` around its
    racks (of the root, where there is none)."""
    design, racks = plant.design, plant.racks
    rooms: list[Room] = []
    names: list[str] = []
    hall_room: list[Ints] = []
    first: dict[int, int] = {}
    hall = np.full(len(racks), UNKNOWN, dtype=np.int64)
    size = np.full((len(design.elements), 2), UNKNOWN, dtype=np.int64)
    for element in np.unique(racks.element).tolist():
        own = np.flatnonzero(racks.element == element)
        owner = _owner(design, element)
        halls = instance_count(design, owner)
        if owner not in first:
            first[owner] = len(names)
            hall_room.append(np.full(halls, len(rooms), dtype=np.int64))
            names += host_names(design, owner)
            rooms.append(_room(design, owner))
        hall[own] = first[owner] + np.arange(len(own)) // (len(own) // halls)
        attributes = design.elements[element].attributes
        assert isinstance(attributes, RackAttributes)
        size[element] = length(attributes.width), length(attributes.depth)
    room = np.concatenate([*hall_room, np.zeros(0, dtype=np.int64)])
    of_room = room[hall]
    width, depth = size[racks.element].T
    placed = (racks.x_um >= 0) & (racks.y_um >= 0)
    x = np.where(placed, racks.x_um + _by_room(rooms, lambda r: r.x)[of_room], UNKNOWN)
    y = np.where(placed, racks.y_um + _by_room(rooms, lambda r: r.y)[of_room], UNKNOWN)
    up = faces_up(_by_room(rooms, _paired)[of_room], racks.row)
    facing = np.where(placed, np.where(up, 1, -1), 0)
    drawn = placed & (width > 0) & (depth > 0)
    x0, y0 = x - width // 2, y - depth // 2
    x1, y1 = x0 + width, y0 + depth
    aisles = _aisles(rooms, room, hall, racks.row, drawn, (x0, y0, x1, y1))
    return FloorPlan(
        plant,
        tuple(rooms),
        Halls(names, room, *_crossings(plant, first, len(names))),
        hall,
        x,
        y,
        width,
        depth,
        facing,
        drawn,
        x0,
        y0,
        x1,
        y1,
        aisles,
    )


def _crossings(plant: Plant, first: dict[int, int], count: int) -> tuple[Ints, Ints]:
    """Where a building places halls, as columns of all halls; `first` is the first hall of each element."""
    x, y = (np.full(count, UNKNOWN, dtype=np.int64) for _ in range(2))
    placed = plant.halls
    if placed is None:
        return x, y
    for element, start in first.items():
        rows = np.flatnonzero(placed.element == element)
        # Ranks count what is reserved, halls here what is built.
        built = numbers(*shape_of(plant.design, element))
        hall = start + np.searchsorted(built, placed.rank[rows])
        x[hall], y[hall] = placed.x_um[rows], placed.y_um[rows]
    return x, y


def faces_up(paired: Ints, row: Ints) -> Bools:
    """Whether the fronts of rows look to larger y: of every second row, where rows are `paired` (1) back to back."""
    up: Bools = paired * (row % 2) == 1
    return up


def _by_room(rooms: list[Room], figure: Callable[[Room], int]) -> Ints:
    return np.array([figure(room) for room in rooms], dtype=np.int64)


def _paired(room: Room) -> int:
    return int(room.floor is not None and room.floor.hot_pitch is not None)


def _owner(design: Design, rack: int) -> int:
    """The innermost element around a rack (or itself) that has a floor; the root, if none has."""
    for element in reversed(design.chain(rack)):
        if isinstance(element.attributes, AssemblyAttributes) and element.attributes.floor is not None:
            return element.index
    return 0


def _room(design: Design, element: int) -> Room:
    attributes = design.elements[element].attributes
    floor = attributes.floor if isinstance(attributes, AssemblyAttributes) else None
    if floor is None:
        return Room(element, None, False, 0, 0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, ())
    anchored = floor.x is not None and floor.y is not None
    return Room(
        element,
        floor,
        anchored,
        length(floor.x) if anchored else 0,
        length(floor.y) if anchored else 0,
        length(floor.length),
        length(floor.width),
        length(floor.tile),
        grams(floor.tile_rating),
        tuple(
            Rectangle(length(k.x), length(k.y), length(k.x) + length(k.length), length(k.y) + length(k.width))
            for k in floor.keep_out
        ),
    )


def _aisles(
    rooms: list[Room], room: Ints, hall: Ints, row: Ints, drawn: Bools, edges: tuple[Ints, Ints, Ints, Ints]
) -> Aisles:
    """The aisles between rows of consecutive numbers, and those along the walls where these are told."""
    racks = np.flatnonzero(drawn)
    racks = racks[np.lexsort((row[racks], hall[racks]))]
    if not len(racks):
        return Aisles(*(np.zeros(0, dtype=np.int64) for _ in range(8)))
    x0, y0, x1, y1 = (edge[racks] for edge in edges)
    begins = np.concatenate([[True], (np.diff(hall[racks]) != 0) | (np.diff(row[racks]) != 0)])
    begin = np.flatnonzero(begins)
    of_hall, of_row = hall[racks][begin], row[racks][begin]
    left, right = np.minimum.reduceat(x0, begin), np.maximum.reduceat(x1, begin)
    low, high = np.minimum.reduceat(y0, begin), np.maximum.reduceat(y1, begin)
    # A row's lower and upper side: a pair of rows stands back to back, single rows all face down.
    of_room = room[of_hall]
    up = faces_up(_by_room(rooms, _paired)[of_room], of_row)
    lower_side, upper_side = np.where(up, HOT, COLD), np.where(up, COLD, HOT)
    columns = []

    near = np.flatnonzero((np.diff(of_hall) == 0) & (np.diff(of_row) == 1))
    far = near + 1
    kind = np.where(upper_side[near] == lower_side[far], upper_side[near], MIXED)
    columns.append(
        (
            of_hall[near],
            kind,
            of_row[near],
            of_row[far],
            np.minimum(left[near], left[far]),
            high[near],
            np.maximum(right[near], right[far]),
            low[far],
        )
    )
    wall = _by_room(rooms, lambda r: r.width if r.anchored else UNKNOWN)[of_room]
    known = wall >= 0
    edge = np.concatenate([[True], np.diff(of_hall) != 0])
    first = np.flatnonzero(edge & known)
    none = np.full(len(first), UNKNOWN, dtype=np.int64)
    columns.append(
        (of_hall[first], lower_side[first], none, of_row[first], left[first], none + 1, right[first], low[first])
    )
    last = np.flatnonzero(np.concatenate([edge[1:], [True]]) & known)
    columns.append(
        (of_hall[last], upper_side[last], of_row[last], none, left[last], high[last], right[last], wall[last])
    )
    joined = [np.concatenate(column).astype(np.int64) for column in zip(*columns, strict=True)]
    order = np.lexsort((joined[5], joined[0]))
    return Aisles(*(column[order] for column in joined))


def step_between(floor: Floor) -> int:
    """The smallest distance between the middles of two rows."""
    pitches = [floor.row_pitch] if floor.hot_pitch is None else [floor.row_pitch, floor.hot_pitch]
    return min(micrometres(pitch) for pitch in pitches)
