"""floor.json: halls with their walls, rows, aisles and what is kept free, in millimetres and kilograms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from ...compiler.plant import Ints
from ...compiler.space import AISLES, FloorPlan, Rectangle, Weights
from .layouts import Layout
from .paper import plain


def summary(plan: FloorPlan, weights: Weights, drawn: Sequence[Layout]) -> bytes:
    """One entry a room (an element with a floor), and in it one a hall."""
    rooms = [
        {
            "element": plan.plant.design.path(room.element),
            "definition": plan.plant.design.elements[room.element].definition,
            "coordinates_from": "corner" if room.anchored else "middle of row 0, bay 0",
            "length_mm": _mm(room.length),
            "width_mm": _mm(room.width),
            "bay_0_row_0_mm": [_mm(room.x), _mm(room.y)],
            "tile_mm": _mm(room.tile),
            "tile_rating_kg": _kg(room.tile_rating),
            "keep_out": [_rectangle(k) for k in room.keep_out],
            "halls": [_hall(plan, weights, drawn, hall) for hall in np.flatnonzero(plan.halls.room == number).tolist()],
        }
        for number, room in enumerate(plan.rooms)
        if room.floor is not None
    ]
    content = {"version": 1, "rooms": rooms}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _hall(plan: FloorPlan, weights: Weights, drawn: Sequence[Layout], hall: int) -> dict[str, Any]:
    here = np.flatnonzero(plan.hall == hall)
    placed = here[(plan.x[here] >= 0) & (plan.y[here] >= 0)]
    loads = weights.per_tile[here]
    return {
        "name": plan.halls.names[hall],
        "crossing_in_building_mm": _crossing(plan, hall),
        "plan": next((layout.file for layout in drawn if hall in layout.halls), None),
        "racks": len(here),
        "racks_placed": len(placed),
        "rack_weight_kg": _kg(int(weights.hall_total[hall])),
        "parts_of_unknown_weight": int(weights.hall_unknown[hall]),
        "most_on_a_tile_kg": _kg(int(loads.max())) if len(loads) else None,
        "rows": _rows(plan, placed),
        "aisles": _aisles(plan, hall),
    }


def _crossing(plan: FloorPlan, hall: int) -> list[int | float | None] | None:
    """Where the building places the hall: its cross-aisle meets the building's trays there."""
    x, y = int(plan.halls.x[hall]), int(plan.halls.y[hall])
    return None if x < 0 else [_mm(x), _mm(y)]


def _rows(plan: FloorPlan, placed: Ints) -> list[dict[str, Any]]:
    row = plan.plant.racks.row[placed]
    numbers, first, count = np.unique(row, return_index=True, return_counts=True)
    return [
        {
            "row": number,
            "y_mm": _mm(int(plan.y[placed[at]])),
            "front_faces": "y+" if plan.facing[placed[at]] > 0 else "y-",
            "racks": many,
        }
        for number, at, many in zip(numbers.tolist(), first.tolist(), count.tolist(), strict=True)
    ]


def _aisles(plan: FloorPlan, hall: int) -> list[dict[str, Any]]:
    aisles = plan.aisles
    return [
        {
            "kind": AISLES[int(aisles.kind[i])],
            "between_rows": [_row(int(aisles.below[i])), _row(int(aisles.above[i]))],
            "width_mm": plain(int(aisles.y1[i] - aisles.y0[i])),
            **_rectangle(Rectangle(*(int(c[i]) for c in (aisles.x0, aisles.y0, aisles.x1, aisles.y1)))),
        }
        for i in np.flatnonzero(aisles.hall == hall).tolist()
    ]


def _row(number: int) -> int | None:
    """A row; None for the wall."""
    return None if number < 0 else number


def _rectangle(place: Rectangle) -> dict[str, Any]:
    # Coordinates from bay 0 may be below 0, so they are not `_mm`.
    return {"x_mm": [plain(place.x0), plain(place.x1)], "y_mm": [plain(place.y0), plain(place.y1)]}


def _mm(micrometres: int) -> int | float | None:
    return None if micrometres < 0 else plain(micrometres)


def _kg(grams: int) -> int | float | None:
    return None if grams < 0 else plain(grams)
