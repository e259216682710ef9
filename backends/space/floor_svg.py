"""floor_plan.svg: a hall from above, at a true scale on A3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from ...compiler.expand.geometry import micrometres
from ...compiler.plant import Ints, Plant
from ...compiler.space import AISLES, FloorPlan, Rectangle, Weights
from .._kit.jinja import template
from .layouts import Layout
from .paper import COLOURS, MARGIN, Paper, fitting, font_size, kilograms, metres, scale_text, text

_SHEETS = ((420, 297), (297, 420))
"""A3, across and upright."""
_HEAD, _FOOT, _SIDE = 14, 22, 12
"""Millimetres for the title, for the legend, and for the numbers of the rows."""
_SMALLEST = Fraction(7, 10)
"""Letters lower than this are not printed; the rows' and bays' numbers tell which rack it is."""


def floor_svg(plan: FloorPlan, weights: Weights, layout: Layout) -> bytes:
    """The drawing of a layout."""
    drawing = _Drawing(plan, weights, layout)
    return template(__package__, "floor_plan.svg.j2").render(drawing.values()).encode()


class _Drawing:
    """What the template prints, in millimetres of the sheet."""

    def __init__(self, plan: FloorPlan, weights: Weights, layout: Layout) -> None:
        self._plan, self._weights, self._layout = plan, weights, layout
        self._room = plan.rooms[layout.room]
        self._plant: Plant = plan.plant
        racks = layout.racks
        self._placed = racks[(plan.x[racks] >= 0) & (plan.y[racks] >= 0)]
        self._whole = racks[plan.drawn[racks]]
        self._names = [self._plant.racks.names[rack] for rack in self._whole.tolist()]
        self._paper, self._extent = self._sheet()

    def _sheet(self) -> tuple[Paper, Rectangle]:
        plan, room = self._plan, self._room
        known = plan.drawn[self._placed]
        step = self._bay() // 2
        x0 = int(np.where(known, plan.x0[self._placed], plan.x[self._placed] - step).min())
        x1 = int(np.where(known, plan.x1[self._placed], plan.x[self._placed] + step).max())
        y0 = int(np.where(known, plan.y0[self._placed], plan.y[self._placed] - step).min())
        y1 = int(np.where(known, plan.y1[self._placed], plan.y[self._placed] + step).max())
        if room.anchored:
            x0, y0 = min(x0, 0), min(y0, 0)
            x1, y1 = max(x1, room.length), max(y1, room.width)
        extent = Rectangle(x0, y0, x1, y1)
        sheets = []
        for width, height in _SHEETS:
            free = (width - 2 * MARGIN - _SIDE, height - 2 * MARGIN - _HEAD - _FOOT)
            scale = fitting((x1 - x0, y1 - y0), free)
            sheets.append(Paper(width, height, scale, x0, y0, (MARGIN + _SIDE, MARGIN + _HEAD)))
        sheet = min(sheets, key=lambda sheet: sheet.scale)
        # The plan hangs below the title.
        down = sheet.at[1] + sheet.millimetres(y1 - y0)
        return replace(sheet, at=(sheet.at[0], down)), extent

    def _bay(self) -> int:
        floor = self._room.floor
        assert floor is not None
        return max(1000, micrometres(floor.bay_pitch))

    def values(self) -> dict[str, Any]:
        """All values of the template."""
        kinds = self._kinds()
        return {
            "width": self._paper.width,
            "height": self._paper.height,
            "margin": MARGIN,
            "title": text(self._title()),
            "lines": [text(line) for line in self._lines()],
            "hall": self._hall(),
            "tiles": self._tiles(),
            "keep_outs": [self._rectangle(k) for k in self._room.keep_out],
            "aisles": list(self._aisles()),
            "kinds": kinds,
            "racks": list(self._racks(kinds)),
            "name_size": _size(self._name_size()),
            "points": [self._at(rack) for rack in self._placed[~self._plan.drawn[self._placed]].tolist()],
            "rows": list(self._rows()),
            "bays": list(self._bays()),
            "legend": list(self._legend(kinds)),
        }

    def _title(self) -> str:
        names = self._plan.halls.names
        halls = self._layout.halls.tolist()
        alike = f" and {len(halls) - 1} like it" if len(halls) > 1 else ""
        return f"{names[halls[0]]}{alike}: floor plan"

    def _lines(self) -> Iterator[str]:
        room, weights = self._room, self._weights
        hall = int(self._layout.halls[0])
        pieces = [f"design {self._plant.design.name}", f"scale {scale_text(self._paper.scale)} on A3"]
        if room.length >= 0 and room.width >= 0:
            pieces.append(f"{metres(room.length)} x {metres(room.width)}")
        pieces.append(f"{len(self._layout.racks)} racks")
        total = kilograms(int(weights.hall_total[hall]))
        unknown = int(weights.hall_unknown[hall])
        pieces.append(
            f"racks and what they hold {total}" + (f" and {unknown} parts of unknown weight" if unknown else "")
        )
        yield ", ".join(pieces)
        left = len(self._layout.racks) - len(self._placed)
        notes = []
        if left:
            notes.append(f"{left} racks are not placed")
        points = len(self._placed) - len(self._whole)
        if points:
            notes.append(f"{points} racks (circles) do not state their width and depth")
        if not room.anchored:
            notes.append("where the walls are is not stated")
        if notes:
            yield "; ".join(notes)

    def _rectangle(self, place: Rectangle) -> dict[str, str]:
        paper = self._paper
        return {
            "x": paper.x(place.x0),
            "y": paper.y(place.y1),
            "width": paper.length(place.x1 - place.x0),
            "height": paper.length(place.y1 - place.y0),
        }

    def _hall(self) -> dict[str, str] | None:
        room = self._room
        if not room.anchored or min(room.length, room.width) < 0:
            return None
        return self._rectangle(Rectangle(0, 0, room.length, room.width))

    def _tiles(self) -> dict[str, str] | None:
        """A grid from the hall's corner, if its lines do not run together."""
        room = self._room
        if self._hall() is None or room.tile <= 0 or room.tile < 1000 * self._paper.scale:
            return None
        return {"edge": self._paper.length(room.tile), "x": self._paper.x(0), "y": self._paper.y(0)}

    def _aisles(self) -> Iterator[dict[str, Any]]:
        aisles = self._plan.aisles
        for i in np.flatnonzero(aisles.hall == int(self._layout.halls[0])).tolist():
            place = Rectangle(*(int(column[i]) for column in (aisles.x0, aisles.y0, aisles.x1, aisles.y1)))
            if place.y1 <= place.y0:
                continue
            name = AISLES[int(aisles.kind[i])]
            outer = min(int(aisles.below[i]), int(aisles.above[i])) < 0
            wide = metres(place.y1 - place.y0)
            words = f"{name} side, {wide} to the wall" if outer else f"{name} aisle, {wide}"
            along = Fraction(place.x1 - place.x0, 1000) / self._paper.scale
            across = Fraction(place.y1 - place.y0, 1000) / self._paper.scale
            size = min(Fraction(3), font_size([words], along, across))
            yield {
                **self._rectangle(place),
                "kind": name,
                "text": text(words) if size >= _SMALLEST else "",
                "size": _size(size),
                "text_x": self._paper.x((place.x0 + place.x1) // 2),
                "text_y": self._paper.y((place.y0 + place.y1) // 2),
            }

    def _kinds(self) -> list[dict[str, Any]]:
        """The rack elements of the hall: a shape for each."""
        plan, racks = self._plan, self._plant.racks
        found = []
        for number, element in enumerate(np.unique(racks.element[self._placed]).tolist()):
            own = self._placed[racks.element[self._placed] == element]
            width, depth = int(plan.width[own[0]]), int(plan.depth[own[0]])
            found.append(
                {
                    "element": element,
                    "id": f"k{number}",
                    "name": text(
                        f"{self._plant.design.path(element)} ({self._plant.design.elements[element].definition})"
                    ),
                    "count": len(own),
                    "colour": COLOURS[number % len(COLOURS)],
                    "known": bool(plan.drawn[own[0]]),
                    "left": self._paper.length(-(width // 2)),
                    "top": self._paper.length(depth // 2 - depth),
                    "width": self._paper.length(width),
                    "depth": self._paper.length(depth),
                    "right": self._paper.length(width - width // 2),
                    "front": self._paper.length(depth // 2),
                    "size_text": f"{metres(width)} x {metres(depth)}",
                }
            )
        return found

    def _racks(self, kinds: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
        """Place, shape and name of each rack; there are many, and templates read tuples faster than mappings."""
        plan, racks = self._plan, self._plant.racks
        shape = {kind["element"]: kind["id"] for kind in kinds}
        xs = {x: self._paper.x(x) for x in np.unique(plan.x[self._whole]).tolist()}
        ys = {y: self._paper.y(y) for y in np.unique(plan.y[self._whole]).tolist()}
        names = self._names if self._name_size() >= _SMALLEST else [""] * len(self._names)
        columns = (racks.element, plan.facing, plan.x, plan.y)
        figures = zip(*(column[self._whole].tolist() for column in columns), strict=True)
        for name, (element, facing, x, y) in zip(names, figures, strict=True):
            yield f"{xs[x]} {ys[y]}", shape[element] + ("t" if facing > 0 else ""), text(name) if name else ""

    def _name_size(self) -> Fraction:
        """Letters with which the longest name has room in the smallest rack."""
        if not self._names:
            return Fraction(0)
        width, depth = int(self._plan.width[self._whole].min()), int(self._plan.depth[self._whole].min())
        scale = 1000 * self._paper.scale
        return min(Fraction(3), font_size(self._names, depth / scale * Fraction(9, 10), width / scale))

    def _at(self, rack: int) -> dict[str, str]:
        return {
            "x": self._paper.x(int(self._plan.x[rack])),
            "y": self._paper.y(int(self._plan.y[rack])),
            "radius": self._paper.length(self._bay() // 3),
        }

    def _rows(self) -> Iterator[dict[str, str]]:
        """Numbers of the rows, left of their first racks."""
        for row, at in _first_of(self._plant.racks.row[self._placed], self._plan.y[self._placed]):
            yield {"y": self._paper.y(at), "x": self._paper.x(self._extent.x0), "text": f"row {row}"}

    def _bays(self) -> Iterator[dict[str, str]]:
        """Numbers of the bays below the plan: every one, or every fifth, … so that they do not run together."""
        bays = list(_first_of(self._plant.racks.bay[self._placed], self._plan.x[self._placed]))
        pitch = Fraction(self._bay(), 1000) / self._paper.scale
        every = next(e for e in (1, 5, 10, 50, 100, 10**9) if e * pitch >= 5)
        for bay, at in bays:
            if bay % every == 0:
                yield {"x": self._paper.x(at), "y": self._paper.y(self._extent.y0), "text": str(bay)}

    def _legend(self, kinds: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
        for kind in kinds:
            size = f", {kind['size_text']}" if kind["known"] else ""
            yield {"fill": kind["colour"], "text": f"{kind['count']} {kind['name']}{size}"}


def _first_of(numbers: Ints, places: Ints) -> Iterator[tuple[int, int]]:
    """Each number that occurs, with its place."""
    found, first = np.unique(numbers, return_index=True)
    yield from zip(found.tolist(), places[first].tolist(), strict=True)


def _size(millimetres: Fraction) -> str:
    return f"{int(millimetres * 100) / 100:g}"
