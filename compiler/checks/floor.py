"""The floor plan: no two racks stand in one place."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..design import Rule
from ..plant import Ints
from ..schema import AssemblyAttributes
from .facts import Facts
from .wording import in_all


def racks_in_one_place(facts: Facts) -> Iterator[Diagnostic]:
    """RW6004: racks of one floor with the same row and bay; once for each pair of rack members."""
    racks = facts.plant.racks
    rows = np.flatnonzero((racks.row >= 0) & (racks.bay >= 0))
    floor, room = _floors(facts)
    order = rows[np.lexsort((rows, racks.bay[rows], racks.row[rows], room[rows], floor[rows]))]
    same = np.ones(max(0, len(order) - 1), dtype=np.bool_)
    for key in (floor, room, racks.row, racks.bay):
        same &= np.diff(key[order]) == 0
    hit = np.flatnonzero(same)
    if not len(hit):
        return
    first, second = order[hit], order[hit + 1]
    pairs = np.stack([racks.element[first], racks.element[second]])
    kinds, place, counts = np.unique(pairs, axis=1, return_index=True, return_counts=True)
    for column in range(kinds.shape[1]):
        one, two = int(first[place[column]]), int(second[place[column]])
        spans = [_placed_by(facts, int(racks.element[rack])) for rack in (one, two)]
        yield diagnose(
            "RW6004",
            spans[1].origin if spans[1] else facts.design.elements[int(racks.element[two])].origin,
            detail=f"{racks.names[one]} and {racks.names[two]} are both at row {int(racks.row[two])}, "
            f"bay {int(racks.bay[two])}" + in_all(int(counts[column]), "such pairs"),
            help="give each rack a bay of its own",
            also=[(spans[0].origin, "and here")] if spans[0] and spans[0] != spans[1] else (),
        )


def _floors(facts: Facts) -> tuple[Ints, Ints]:
    """For each rack the element whose floor it stands on (the innermost with a `floor`) and its instance."""
    racks, design = facts.plant.racks, facts.design
    floor = np.zeros(len(racks), dtype=np.int64)
    room = np.zeros(len(racks), dtype=np.int64)
    for element in np.unique(racks.element):
        own = np.flatnonzero(racks.element == element)
        owner = next(
            (
                e.index
                for e in reversed(design.chain(int(element)))
                if isinstance(e.attributes, AssemblyAttributes) and e.attributes.floor is not None
            ),
            0,
        )
        floor[own] = owner
        rooms = prod(d.size for d in design.dims(owner))
        room[own] = np.arange(len(own)) // (len(own) // rooms)
    return floor, room


def _placed_by(facts: Facts, element: int) -> Rule | None:
    return next((r for r in facts.design.rules if r.medium == "place" and r.a.element == element), None)
