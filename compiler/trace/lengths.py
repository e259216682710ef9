"""The length of a cable, by the rule of `expand.geometry`, with every number put in."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...dsl.units import Quantity
from ..design import Element
from ..expand.geometry import micrometres
from ..plant import Plant
from ..schema import AssemblyAttributes, CableAttributes, Floor, PartAttributes, RackAttributes
from .books import Books
from .model import Figure, readable
from .places import place_of, stated
from .subjects import Cable

WAY, LENGTH = "way", "length"


def way(books: Books, subject: Cable, figure: str) -> Figure | None:
    """How long the way of a cable is, slack included; None where the floor plan tells too little."""
    plant, segment = books.plant, subject.segment
    whole = int(plant.segments.length_um[segment])
    if whole < 0:
        return None
    if plant.circuits is not None and plant.circuits.mated[segment]:
        return Figure(figure, _metres(0), how="a leg of a trunk plugs in here; the way is the trunk's")
    made = _Way(plant, segment)
    return Figure(figure, _metres(whole), how=made.rule, parts=made.parts if made.total == whole else ())


def length(books: Books, subject: Cable, figure: str) -> Figure | None:
    """What is ordered: the shortest that is sold and suffices; None for what is no cable of its own."""
    cables, segment = books.cables, subject.segment
    number, first = int(cables.media[segment]), int(cables.item[segment])
    mated = books.plant.circuits is not None and bool(books.plant.circuits.mated[segment])
    sold = int(cables.sold_um[segment])
    found = way(books, subject, WAY)
    if found is None or number < 0 or sold < 0 or mated:
        return None
    medium = books.plant.design.media[cables.names[number]]
    sizes = stated(books.plant.design, medium, "lengths")
    fixed = isinstance(medium.attributes, CableAttributes) and sizes is not None
    rule = f"the shortest of {sizes.value} that suffices" if fixed and sizes else "rounded up to whole metres"
    if first != segment or len(np.flatnonzero(cables.item == first)) > 1:
        rule += ", for the longest of the links that share the cable"
    return Figure(figure, _metres(sold), how=rule, stated=sizes if fixed else None, parts=(found,))


class _Way:
    """The pieces of one way. Their sum is `total` in micrometres."""

    def __init__(self, plant: Plant, segment: int) -> None:
        self._plant, self._design = plant, plant.design
        self._devices = [int(plant.segments.a_device[segment]), int(plant.segments.z_device[segment])]
        holder = self._holder()
        heights = [self._height(device) for device in self._devices]
        self.parts: tuple[Figure, ...] = ()
        self.rule = ""
        if holder is None or any(h is None for h in heights):
            self.total = -1
            return
        self._owner, self._floor = holder
        middles = [h for h in heights if h is not None]
        racks = [int(plant.devices.rack[device]) for device in self._devices]
        if racks[0] != racks[1] and int(plant.racks.row[racks].min()) < 0:
            self.total = -1
            return
        if racks[0] == racks[1]:
            self.rule = "from one height to the other; slack"
            pieces = [self._apart(middles)]
        elif int(plant.racks.row[racks[0]]) == int(plant.racks.row[racks[1]]):
            self.rule = "up to the tray, along the row, and down; slack"
            pieces = [*self._rises(middles), self._along(racks)]
        else:
            self.rule = "up to the tray, along it to the cross aisle, across, along the other row, and down; slack"
            pieces = [*self._rises(middles), *self._across(racks)]
        self.parts = (*pieces, self._floor_figure("slack", self._floor.slack))
        self.total = sum(micrometres(piece.total) for piece in self.parts)

    def _holder(self) -> tuple[Element, Floor] | None:
        """The nearest assembly around the a end that states a floor."""
        cls = self._plant.class_of(self._devices[0])
        for e in reversed(self._design.chain(cls.element)):
            if isinstance(e.attributes, AssemblyAttributes) and e.attributes.floor is not None:
                return e, e.attributes.floor
        return None

    def _height(self, device: int) -> Figure | None:
        """The middle of a device's face above the floor."""
        plant, design = self._plant, self._design
        part = plant.element_of(plant.class_of(device))
        rack, bottom = int(plant.devices.rack[device]), int(plant.devices.bottom_um[device])
        own = part.attributes
        if rack < 0 or bottom < 0 or not isinstance(own, PartAttributes) or own.height is None:
            return None
        holder = design.elements[int(plant.racks.element[rack])]
        base = holder.attributes.base if isinstance(holder.attributes, RackAttributes) else None
        half = Quantity(own.height.value / 2, own.height.dim, "m")
        parts = [
            Figure("bottom", _metres(bottom), how="above unit 1 of its rack", place=place_of(design, part.origin)),
            Figure("half its height", half, stated=stated(design, part, "height")),
        ]
        if base is not None:
            parts.insert(0, Figure("base", base, stated=stated(design, holder, "base")))
        total = bottom + micrometres(half) + (0 if base is None else micrometres(base))
        name = f"middle of {plant.devices.names[device]}"
        return Figure(name, _metres(total), parts=tuple(parts))

    def _apart(self, heights: list[Figure]) -> Figure:
        a, z = heights
        size = abs(micrometres(a.amount) - micrometres(z.amount))
        return Figure("between the heights", _metres(size), how=f"{_m(a)} and {_m(z)}", parts=(a, z))

    def _rises(self, heights: list[Figure]) -> list[Figure]:
        """From each device to the tray."""
        tray = self._floor_figure("tray", self._floor.tray)
        found = []
        for verb, height in zip(("up", "down"), heights, strict=True):
            size = abs(micrometres(self._floor.tray) - micrometres(height.amount))
            found.append(Figure(verb, _metres(size), how=f"{_m(tray)} - {_m(height)}", parts=(tray, height)))
        return found

    def _along(self, racks: list[int]) -> Figure:
        a, z = (int(self._plant.racks.bay[rack]) for rack in racks)
        x = self._plant.racks.x_um
        pitch = self._floor_figure("bay_pitch", self._floor.bay_pitch)
        size = abs(int(x[racks[0]] - x[racks[1]]))
        return Figure("along", _metres(size), how=f"{abs(a - z)} bays of {_m(pitch)}", parts=(pitch,))

    def _across(self, racks: list[int]) -> list[Figure]:
        plant, floor = self._plant, self._floor
        pitch = self._floor_figure("bay_pitch", floor.bay_pitch)
        aisle = self._floor_figure("cross_aisle", floor.cross_aisle)
        found = []
        for rack in racks:
            bay = int(plant.racks.bay[rack])
            size = int(plant.racks.x_um[rack]) + micrometres(floor.cross_aisle)
            how = f"{bay} bays of {_m(pitch)} and {_m(aisle)} to the cross aisle"
            found.append(Figure("along", _metres(size), how=how, parts=(pitch, aisle)))
        rows = sorted(int(plant.racks.row[rack]) for rack in racks)
        size = abs(int(plant.racks.y_um[racks[0]] - plant.racks.y_um[racks[1]]))
        pitches = [self._floor_figure("row_pitch", floor.row_pitch)]
        if floor.hot_pitch is not None:
            pitches.append(self._floor_figure("hot_pitch", floor.hot_pitch))
        found.append(Figure("across", _metres(size), how=f"from row {rows[0]} to row {rows[1]}", parts=tuple(pitches)))
        return found

    def _floor_figure(self, name: str, value: Quantity) -> Figure:
        return Figure(name, value, stated=stated(self._design, self._owner, f"floor.{name}"))


def _metres(micrometre: int) -> Quantity:
    return Quantity.of(Fraction(micrometre, 10**6), "m")


def _m(figure: Figure) -> str:
    return readable(figure.total)
