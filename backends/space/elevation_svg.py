"""elevation-….svg: a rack from the front and from its side, at a true scale on A3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ...compiler.plant import Plant
from ...compiler.schema import COOLERS, FEEDERS, PASSIVE, PartAttributes, RackAttributes
from ...compiler.space import Elevation, Elevations, RackWeight
from .._kit.jinja import template
from .members import member_name
from .paper import COLOURS, MARGIN, Paper, fitting, font_size, kilograms, millimetres, scale_text, text

_WIDTH, _HEIGHT = 297, 420
"""A3, upright."""
_HEAD, _FOOT = 24, 16
_NUMBERS = 14
"""Left of the front: the numbers of the units, and the zones."""
_GAP = 16
"""Between front and side."""
_NOMINAL_WIDTH, _NOMINAL_DEPTH = 600_000, 1_200_000
"""What is drawn, dashed, where a rack does not tell its width or depth."""
_SMALLEST = Fraction(1)


def elevation_svg(found: Elevations, weight: RackWeight) -> bytes:
    """The drawing of one rack element."""
    drawing = _Drawing(found, weight)
    return template(__package__, "elevation.svg.j2").render(drawing.values()).encode()


class _Drawing:
    """What the template prints, in millimetres of the sheet."""

    def __init__(self, found: Elevations, weight: RackWeight) -> None:
        self._found, self._weight = found, weight
        self._plant: Plant = found.plant
        self._rack: Elevation = found.racks[weight.element]
        rack = self._rack
        self._rows = range(int(found.start[rack.first]), int(found.start[rack.first + 1]))
        self._placed = [row for row in self._rows if found.bottom[row] >= 0]
        self._base = max(0, rack.base)
        self._width = rack.width if rack.width > 0 else _NOMINAL_WIDTH
        self._depth = rack.depth if rack.depth > 0 else _NOMINAL_DEPTH
        inside = max([rack.height, *(int(found.bottom[r] + max(0, found.height[r])) for r in self._placed), 100_000])
        self._inside = inside
        self._top = max(rack.outer_height, self._base + inside)
        free = (_WIDTH - 2 * MARGIN - _NUMBERS - _GAP, _HEIGHT - 2 * MARGIN - _HEAD - _FOOT)
        scale = fitting((self._width + self._depth, self._top), free)
        paper = Paper(_WIDTH, _HEIGHT, scale, 0, 0, (0, 0))
        down = MARGIN + _HEAD + paper.millimetres(self._top)
        right = MARGIN + _NUMBERS + _GAP + paper.millimetres(self._width)
        self._front = replace(paper, at=(MARGIN + _NUMBERS, down))
        self._side = replace(paper, at=(right, down))

    def values(self) -> dict[str, Any]:
        """All values of the template."""
        front, side = self._front, self._side
        return {
            "width": _WIDTH,
            "height": _HEIGHT,
            "margin": MARGIN,
            "title": text(self._title()),
            "lines": [text(line) for line in self._lines()],
            "floor": front.y(0),
            "below": front.at[1] + 5,
            "front": self._box(front, 0, self._width, 0, self._top) | {"dashed": self._rack.width <= 0},
            "side": self._box(side, 0, self._depth, 0, self._top) | {"dashed": self._rack.depth <= 0},
            "inside": self._box(front, *self._across(self._rack.inner_width), self._base, self._base + self._inside),
            "deep": side.x(self._rack.inner_depth) if 0 < self._rack.inner_depth < self._depth else "",
            "units": list(self._units()),
            "zones": list(self._zones()),
            "devices": list(self._devices()),
            "legend": [{"fill": COLOURS[n], "text": word} for n, word in enumerate(_PURPOSES) if n in self._purposes()],
            "note": text(self._note()),
        }

    def _title(self) -> str:
        design, rack = self._plant.design, self._rack
        element = design.elements[rack.element]
        return f"{design.path(rack.element)} ({element.definition}): rack elevation"

    def _lines(self) -> Iterator[str]:
        rack, weight = self._rack, self._weight
        element = self._plant.design.elements[rack.element]
        count = f"{rack.count} racks" if rack.count > 1 else "1 rack"
        yield f"design {self._plant.design.name}, {count}, scale {scale_text(self._front.scale)} on A3"
        sizes = [
            f"{word} {millimetres(size)}"
            for word, size in (("height", rack.outer_height), ("width", rack.width), ("depth", rack.depth))
            if size >= 0
        ]
        if rack.units >= 0:
            most = "at most " if rack.vague else ""
            sizes.append(f"{rack.units} {rack.unit}: {rack.used} used, {rack.kept} kept, {most}{rack.free} free")
        if sizes:
            yield "frame: " + ", ".join(sizes)
        words = f"weight: {kilograms(weight.total)}" + (
            f" and {weight.unknown} parts of unknown weight" if weight.unknown else ""
        )
        attributes = element.attributes
        if isinstance(attributes, RackAttributes) and attributes.payload is not None:
            words += f"; in the frame {kilograms(weight.devices)} of {attributes.payload}"
        yield words

    def _box(self, paper: Paper, left: int, right: int, low: int, high: int) -> dict[str, Any]:
        return {
            "x": paper.x(left),
            "y": paper.y(high),
            "width": paper.length(right - left),
            "height": paper.length(high - low),
            "middle": paper.x((left + right) // 2),
        }

    def _across(self, width: int) -> tuple[int, int]:
        """Left and right of what is as wide, in the middle of the rack; of the rack itself, if that is not known."""
        own = width if width > 0 else self._width
        left = (self._width - own) // 2
        return left, left + own

    def _units(self) -> Iterator[dict[str, str]]:
        rack = self._rack
        size = min(Fraction(5, 2), Fraction(max(rack.unit_um, 0), 1250) / self._front.scale)
        if rack.units < 0 or size < Fraction(1, 2):
            return
        left, right = self._across(rack.inner_width)
        for unit in range(rack.units):
            low = self._base + unit * rack.unit_um
            yield {
                "y": self._front.y(low),
                "text_y": self._front.y(low + rack.unit_um // 2),
                "x0": self._front.x(left),
                "x1": self._front.x(right),
                "text": str(unit + 1),
                "size": _size(size),
            }

    def _zones(self) -> Iterator[dict[str, Any]]:
        for zone in self._rack.zones:
            low, high = self._base + zone.low, self._base + zone.high
            size = min(
                Fraction(5, 2), font_size([zone.kind], Fraction(high - low, 1000) / self._front.scale, Fraction(4))
            )
            yield {
                "y": self._front.y(high),
                "middle": self._front.y((low + high) // 2),
                "height": self._front.length(high - low),
                "text": zone.kind if size >= _SMALLEST else "",
                "size": _size(size),
                "fill": COLOURS[_PURPOSES.index(_ZONE_WORDS[zone.kind])] if zone.kind in _ZONE_WORDS else "#ffffff",
            }

    def _devices(self) -> Iterator[dict[str, Any]]:
        found, plant = self._found, self._plant
        inner_width, inner_depth = self._rack.inner_width, self._rack.inner_depth
        for row in self._placed:
            device = int(found.device[row])
            cls = plant.class_of(device)
            element = plant.element_of(cls)
            low = self._base + int(found.bottom[row])
            high = low + max(0, int(found.height[row]))
            width, depth = int(found.width[row]), int(found.depth[row])
            left, right = self._across(width if width > 0 else inner_width)
            back = depth if depth > 0 else inner_depth if inner_depth > 0 else self._depth
            across = Fraction(high - low, 1000) / self._front.scale
            along = Fraction(right - left, 1000) / self._front.scale
            name = f"{member_name(plant, cls, self._rack.element, device)}  {element.definition.rpartition('.')[2]}"
            size = min(Fraction(3), font_size([name + "  "], along, across))
            about = self._about(row)
            beside = min(Fraction(3), font_size([about + "  "], Fraction(back, 1000) / self._front.scale, across))
            yield {
                "front": self._box(self._front, left, right, low, high),
                "side": self._box(self._side, 0, back, low, high),
                "middle": self._front.y((low + high) // 2),
                "guessed": depth <= 0,
                "fill": COLOURS[_purpose(element.kind)],
                "name": text(name) if size >= _SMALLEST else "",
                "size": _size(size),
                "about": text(about) if beside >= _SMALLEST else "",
                "beside": _size(beside),
            }

    def _about(self, row: int) -> str:
        """What is known of a device: `8 OU, 805 mm deep, 130 kg`."""
        found = self._found
        device = int(found.device[row])
        attributes = self._plant.element_of(self._plant.class_of(device)).attributes
        pieces = []
        if isinstance(attributes, PartAttributes) and attributes.height is not None:
            pieces.append(str(attributes.height))
        if found.depth[row] > 0:
            pieces.append(f"{millimetres(int(found.depth[row]))} deep")
        if found.weight[row] >= 0:
            pieces.append(kilograms(int(found.weight[row])))
        return ", ".join(pieces)

    def _purposes(self) -> set[int]:
        kinds = {self._plant.element_of(self._plant.class_of(int(self._found.device[r]))).kind for r in self._placed}
        return {_purpose(kind) for kind in kinds}

    def _note(self) -> str:
        left = len(self._rows) - len(self._placed)
        words = ["front left, side right (the front is on its left; dotted: how deep it is inside)"]
        if any(self._found.depth[row] <= 0 for row in self._placed):
            words.append("dashed: depth not stated")
        if left:
            words.append(f"without a position, so not drawn: {left}")
        return "; ".join(words)


_PURPOSES = ("compute", "network", "power", "cooling", "other parts")
"""What parts are for, in the order of their colours."""
_ZONE_WORDS = {word: word for word in _PURPOSES}


def _purpose(kind: str) -> int:
    if kind in FEEDERS:
        return 2
    if kind in COOLERS:
        return 3
    if kind == "switch" or kind in PASSIVE:
        return 1
    return 4 if kind == "part" else 0


def _size(millimetres: Fraction) -> str:
    return f"{int(millimetres * 100) / 100:g}"
