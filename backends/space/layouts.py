"""Halls that look alike share a drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...compiler.plant import Ints
from ...compiler.space import FloorPlan
from .._kit.safe import folder


@dataclass(frozen=True)
class Layout:
    """Halls of one room whose racks stand at the same places. `racks` are those of the first hall."""

    room: int
    halls: Ints
    racks: Ints
    file: str


def layouts(plan: FloorPlan) -> tuple[Layout, ...]:
    """All that differ and have a rack on the floor, in the order of their first halls."""
    found: list[tuple[int, Ints, Ints]] = []
    rows, bays = plan.plant.racks.row, plan.plant.racks.bay
    for room in range(len(plan.rooms)):
        halls = np.flatnonzero(plan.halls.room == room)
        racks = np.flatnonzero(plan.halls.room[plan.hall] == room)
        # By hall, and in each in the same order of elements and their instances.
        by_hall = racks[np.argsort(plan.hall[racks], kind="stable")].reshape(len(halls), -1)
        placed = (plan.x[by_hall] >= 0) & (plan.y[by_hall] >= 0)
        places = np.concatenate([np.where(placed, rows[by_hall], -1), np.where(placed, bays[by_hall], -1)], axis=1)
        first, kind = np.zeros(1, dtype=np.int64), np.zeros(len(halls), dtype=np.int64)
        if len(halls) > 1:
            _, first, kind = np.unique(places, axis=0, return_index=True, return_inverse=True)
        for number, hall in sorted(enumerate(first.tolist()), key=lambda pair: pair[1]):
            if placed[hall].any():
                found.append((room, halls[np.ravel(kind) == number], by_hall[hall]))
    alone = len(found) == 1
    return tuple(
        Layout(room, halls, racks, "space/floor_plan" + ("" if alone else f"-{_safe(plan, halls)}") + ".svg")
        for room, halls, racks in found
    )


def _safe(plan: FloorPlan, halls: Ints) -> str:
    return folder(plan.halls.names[int(halls[0])])
