"""Where things stand: what each rack holds, where racks stand on the floor, and what they weigh.

Whole numbers: lengths in micrometres, weights in grams, `UNKNOWN` where the spec does not tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..plant import Bools, Ints, Plant
from ..schema import Floor

Facing = Literal["front", "rear"]
AISLES = ("cold", "hot", "mixed")
"""Kinds of aisles: fronts look onto a cold one, backs onto a hot one, and one row's back faces the next one's front
over a mixed one. Columns hold their numbers."""

UNKNOWN = -1


@dataclass(frozen=True)
class Shelf:
    """Units of a rack that are kept for a purpose, from `low` to `high` above the bottom of unit 1."""

    kind: str
    low: int
    high: int


@dataclass(frozen=True)
class Elevation:
    """A rack element: all its racks are filled alike.

    `unit` is `OU` or `RU`, or None where the spec does not tell; then there are no units, and all counts of them are
    `UNKNOWN`. `units` are whole ones. Of these `used` are touched by a device, `kept` by none but by a zone, `free` by
    neither. `vague` counts devices (of one rack) of which either the height or the position is told, but not both, so
    that the counts are not the whole truth. `inner_width` and `inner_depth` are what a device may have at most: the
    inside, or else the outside of the frame. `first` is the first of its racks, `count` how many there are.
    """

    element: int
    first: int
    count: int
    unit: str | None
    unit_um: int
    height: int
    base: int
    outer_height: int
    width: int
    depth: int
    inner_width: int
    inner_depth: int
    zones: tuple[Shelf, ...]
    units: int
    used: int
    kept: int
    free: int
    vague: int


@dataclass(frozen=True)
class Elevations:
    """What stands in racks: one row a device in a rack, by rack, then from the bottom up, those without a position
    last; then in the order of the devices.

    `bottom` is above the bottom of unit 1. A device fills the rack from the front to the rear, so it is seen from both
    sides, unless `front_only`: it is less than half as deep as the rack.
    `start[r] … start[r + 1] - 1` are the rows of rack r. `racks` has every rack element that is built.
    """

    plant: Plant
    racks: dict[int, Elevation]
    device: Ints
    rack: Ints
    bottom: Ints
    height: Ints
    width: Ints
    depth: Ints
    weight: Ints
    front_only: Bools
    start: Ints


@dataclass(frozen=True)
class Rectangle:
    """A place of the floor, in the coordinates of its plan."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True)
class Room:
    """An element with racks on a floor of its own, for all its instances; element 0 has no `floor` where the racks
    inside have none.

    `x` and `y` are the middle of bay 0, row 0. If both walls are told, coordinates are counted from the hall's
    corner, else from that middle (`x` and `y` are then 0); `anchored` says which.
    """

    element: int
    floor: Floor | None
    anchored: bool
    x: int
    y: int
    length: int
    width: int
    tile: int
    tile_rating: int
    keep_out: tuple[Rectangle, ...]


@dataclass(frozen=True)
class Halls:
    """One row an instance of a room. `room` is a number in `FloorPlan.rooms`; `x` and `y` where its cross-aisle meets
    the trays of the building that places it, from the place at row 0, bay 0, `UNKNOWN` where none does."""

    names: list[str]
    room: Ints
    x: Ints
    y: Ints

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Aisles:
    """One row an aisle, by hall and then across the rows: a rectangle between the rows `below` and `above` it (-1: the
    wall). `kind` is a number in `AISLES`. Where rows reach into each other, `y1` is not above `y0`."""

    hall: Ints
    kind: Ints
    below: Ints
    above: Ints
    x0: Ints
    y0: Ints
    x1: Ints
    y1: Ints

    def __len__(self) -> int:
        return len(self.hall)


@dataclass(frozen=True)
class FloorPlan:
    """Racks on floors; columns have one row a rack.

    `hall` is a row of `halls`. `x` and `y` are the middle of the rack in the coordinates of its room, `UNKNOWN` where
    it is not placed. `facing` is where its front looks to: -1 to smaller y, 1 to larger y, 0 unknown. A rack is `drawn`
    if its place, width and depth are known: it fills `x0 … x1`, `y0 … y1`.
    """

    plant: Plant
    rooms: tuple[Room, ...]
    halls: Halls
    hall: Ints
    x: Ints
    y: Ints
    width: Ints
    depth: Ints
    facing: Ints
    drawn: Bools
    x0: Ints
    y0: Ints
    x1: Ints
    y1: Ints
    aisles: Aisles


@dataclass(frozen=True)
class Held:
    """Devices of one element in a rack: how many, and what each weighs."""

    element: int
    count: int
    each: int


@dataclass(frozen=True)
class RackWeight:
    """A rack element. `total` is what is known of the frame and `holds`; `unknown` counts what states no weight."""

    element: int
    frame: int
    holds: tuple[Held, ...]
    devices: int
    total: int
    unknown: int


@dataclass(frozen=True)
class Weights:
    """Frames and what stands in them; optics and cables weigh nothing here.

    `total` and `unknown` have one row a rack. `per_tile` is the weight on a tile below the rack, as if it were spread
    evenly over the frame's footprint; `UNKNOWN` without a tile or a footprint. `hall_total` and `hall_unknown` have
    one row a hall and count what stands in racks.
    """

    racks: dict[int, RackWeight]
    total: Ints
    unknown: Ints
    per_tile: Ints
    hall_total: Ints
    hall_unknown: Ints
