"""The floor plan: racks stand inside their hall, clear of what is kept free, no two in one place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..design import Rule
from ..plant import Bools, Ints
from ..space import Rectangle, Room
from .facts import Facts
from .wording import in_all, metres


def racks_in_one_place(facts: Facts) -> Iterator[Diagnostic]:
    """RW6004: racks of one floor with the same row and bay; once for each pair of rack members."""
    racks, hall = facts.plant.racks, facts.floor_plan.hall
    rows = np.flatnonzero((racks.row >= 0) & (racks.bay >= 0))
    order = rows[np.lexsort((rows, racks.bay[rows], racks.row[rows], hall[rows]))]
    same = np.ones(max(0, len(order) - 1), dtype=np.bool_)
    for key in (hall, racks.row, racks.bay):
        same &= np.diff(key[order]) == 0
    hit = np.flatnonzero(same)
    if not len(hit):
        return
    first, second = order[hit], order[hit + 1]
    pairs = np.stack([racks.element[first], racks.element[second]])
    kinds, place, counts = np.unique(pairs, axis=1, return_index=True, return_counts=True)
    for column in range(kinds.shape[1]):
        one, two = int(first[place[column]]), int(second[place[column]])
        spans = [placed_by(facts, int(racks.element[rack])) for rack in (one, two)]
        yield diagnose(
            "RW6004",
            spans[1].origin if spans[1] else facts.design.elements[int(racks.element[two])].origin,
            detail=f"{racks.names[one]} and {racks.names[two]} are both at row {int(racks.row[two])}, "
            f"bay {int(racks.bay[two])}" + in_all(int(counts[column]), "such pairs"),
            help="give each rack a bay of its own",
            also=[(spans[0].origin, "and here")] if spans[0] and spans[0] != spans[1] else (),
        )


def racks_outside(facts: Facts) -> Iterator[Diagnostic]:
    """RW6009: a rack that stands outside of its hall, or through a wall; once for each rack member and hall.

    A rack of unknown size is judged by its middle.
    """
    plan = facts.floor_plan
    for number, room in _anchored(facts):
        x0, y0, x1, y1 = _edges(facts)
        beyond = np.zeros(len(x0), dtype=np.bool_)
        beyond |= (x0 < 0) | (y0 < 0)
        if room.length >= 0:
            beyond |= x1 > room.length
        if room.width >= 0:
            beyond |= y1 > room.width
        for rack, count in _each_member(facts, number, beyond):
            ways = [
                f"{metres(over)} beyond {wall}"
                for over, wall in (
                    (-int(x0[rack]), "the wall at x = 0"),
                    (-int(y0[rack]), "the wall at y = 0"),
                    (int(x1[rack]) - room.length if room.length >= 0 else 0, f"the length of {metres(room.length)}"),
                    (int(y1[rack]) - room.width if room.width >= 0 else 0, f"the width of {metres(room.width)}"),
                )
                if over > 0
            ]
            yield diagnose(
                "RW6009",
                place_span(facts, rack),
                detail=f"{_at(facts, rack)} reaches {' and '.join(ways)}" + in_all(count, "racks"),
                help=f"{plan.halls.names[int(plan.hall[rack])]} is too small, or its racks begin too far out",
                also=[(floor_span(facts, room), "the floor")],
            )


def racks_in_keep_outs(facts: Facts) -> Iterator[Diagnostic]:
    """RW6010: a rack in a place that is kept free; once for each rack member and place."""
    for number, room in _anchored(facts):
        x0, y0, x1, y1 = _edges(facts)
        for keep_out in room.keep_out:
            inside = (x0 < keep_out.x1) & (x1 > keep_out.x0) & (y0 < keep_out.y1) & (y1 > keep_out.y0)
            for rack, count in _each_member(facts, number, inside):
                yield diagnose(
                    "RW6010",
                    place_span(facts, rack),
                    detail=f"{_at(facts, rack)} reaches into {_shown(keep_out)}" + in_all(count, "racks"),
                    help="leave these bays empty: let `where` pass over them",
                    also=[(floor_span(facts, room), "kept free here")],
                )


def keep_outs(facts: Facts) -> Iterator[Diagnostic]:
    """RW6012: a place kept free that has no extent, or does not lie in the hall; once a place."""
    for room in facts.floor_plan.rooms:
        for keep_out in room.keep_out:
            empty = keep_out.x1 <= keep_out.x0 or keep_out.y1 <= keep_out.y0
            beyond = 0 <= room.length < keep_out.x1 or 0 <= room.width < keep_out.y1
            if empty or beyond:
                yield diagnose(
                    "RW6012",
                    floor_span(facts, room),
                    detail=_shown(keep_out) + (" has no extent" if empty else " reaches out of the hall"),
                    help="a row is [x, y, length, width]: near edges from the hall's corner, then extents",
                )


def half_told(facts: Facts) -> Iterator[Diagnostic]:
    """RW6014: a floor of which so much is told that a check is wanted, but not enough for it; once a floor."""
    for room in facts.floor_plan.rooms:
        floor = room.floor
        if floor is None:
            continue
        lacks: list[tuple[str, str]] = []
        wanted = [name for name in ("length", "width", "keep_out", "x", "y") if getattr(floor, name)]
        if wanted and not room.anchored:
            missing = " and ".join(f"`{name}`" for name in ("x", "y") if getattr(floor, name) is None)
            lacks.append((missing, f"`{wanted[0]}` says nothing of where racks stand"))
        for across, along in (("length", "x"), ("width", "y")):
            if room.anchored and getattr(floor, across) is None:
                lacks.append((f"`{across}`", f"the far wall of {along} is not known"))
        if floor.tile_rating is not None and not (floor.tile and floor.tile.value):
            lacks.append(("`tile`", "`tile_rating` cannot be compared with anything"))
        if lacks:
            yield diagnose(
                "RW6014",
                floor_span(facts, room),
                detail="; ".join(f"without {missing}, {effect}" for missing, effect in lacks),
                help="state the rest, or leave it out altogether",
            )


def placed_by(facts: Facts, element: int) -> Rule | None:
    """The first statement that places racks of an element."""
    return next((r for r in facts.design.rules if r.medium == "place" and r.a.element == element), None)


def place_span(facts: Facts, rack: int) -> Span:
    """Where a rack is placed."""
    element = int(facts.plant.racks.element[rack])
    rule = placed_by(facts, element)
    return rule.origin if rule else facts.design.elements[element].origin


def _anchored(facts: Facts) -> Iterator[tuple[int, Room]]:
    """Rooms whose corner is known, with their numbers."""
    for number, room in enumerate(facts.floor_plan.rooms):
        if room.anchored:
            yield number, room


def _edges(facts: Facts) -> tuple[Ints, Ints, Ints, Ints]:
    """Edges of all racks; an unknown size counts as none."""
    plan = facts.floor_plan
    width, depth = np.maximum(plan.width, 0), np.maximum(plan.depth, 0)
    x0, y0 = plan.x - width // 2, plan.y - depth // 2
    return x0, y0, x0 + width, y0 + depth


def _each_member(facts: Facts, room: int, wrong: Bools) -> Iterator[tuple[int, int]]:
    """Of wrong racks that are placed in halls of a room: the first of each element, and how many."""
    plan, racks = facts.floor_plan, facts.plant.racks
    found = np.flatnonzero(wrong & (plan.facing != 0) & (plan.halls.room[plan.hall] == room))
    _, first, count = np.unique(racks.element[found], return_index=True, return_counts=True)
    for place, many in zip(first.tolist(), count.tolist(), strict=True):
        yield int(found[place]), many


def floor_span(facts: Facts, room: Room) -> Span:
    """Where the floor of a room is stated."""
    element = facts.design.elements[room.element]
    return element.stated.get("floor", element.origin)


def _at(facts: Facts, rack: int) -> str:
    """A rack and its place: `k3 (row 0, bay 3)`."""
    racks = facts.plant.racks
    return f"{racks.names[rack]} (row {int(racks.row[rack])}, bay {int(racks.bay[rack])})"


def _shown(place: Rectangle) -> str:
    return f"the keep-out from x = {metres(place.x0)}, y = {metres(place.y0)} to {metres(place.x1)}, {metres(place.y1)}"
