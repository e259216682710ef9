"""Which floor plan racks stand in, and halls in a building, and what their places and trays are called there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from ..design import Design
from ..expand.geometry import floor_holder, floor_of
from ..expand.unroll import numbers, shape_of
from ..plant import Ints, Plant
from ..schema import Floor

_NOT_IN_LABEL = re.compile(r"[^A-Z0-9_]")


@dataclass(frozen=True)
class Plans:
    """Floor plans by number, and what stands in them: racks in halls, or halls in buildings. One entry a place.

    A plan is one instance of an element that states one: two pods that each have a plan share no place. `names` are
    the names of the spaces, `holder` the element that states each. `of` is -1 for what has no place in a plan; `row`,
    `bay`, `x_um` and `y_um` are as in `Racks`. If spaces stand in a plan themselves, that is `outer`, and `place` is
    where each of them is in it (-1: nowhere).
    """

    design: Design
    names: tuple[str, ...]
    holder: tuple[int, ...]
    of: Ints
    row: Ints
    bay: Ints
    x_um: Ints
    y_um: Ints
    outer: Plans | None
    place: Ints

    @cached_property
    def floors(self) -> tuple[Floor, ...]:
        """What each plan states."""
        found = [floor_of(self.design, holder) for holder in self.holder]
        return tuple(floor for floor in found if floor is not None)

    @cached_property
    def _placed(self) -> tuple[Ints, list[tuple[int, int]]]:
        """For each place a number of its row, -1 if it is none, and what plan and row each number is."""
        known = np.flatnonzero(self.of >= 0)
        pairs = np.stack([self.of[known], self.row[known]], axis=1)
        distinct, number = np.unique(pairs, axis=0, return_inverse=True)
        found = np.full(len(self.of), -1, dtype=np.int64)
        found[known] = number.reshape(-1)
        return found, [(plan, row) for plan, row in distinct.tolist()]

    @property
    def rows(self) -> Ints:
        """For each place the number of its row over all plans, -1 for none."""
        return self._placed[0]

    @cached_property
    def row_names(self) -> list[str]:
        """The tray of each such row, such as `DC.A`."""
        return [tray_name(self.names[plan], row) for plan, row in self._placed[1]]

    @cached_property
    def row_plans(self) -> list[int]:
        """The plan of each such row."""
        return [plan for plan, _ in self._placed[1]]

    @cached_property
    def cabinets(self) -> list[str | None]:
        """The identifier of each place, such as `DC.A03`; None for none."""
        return [
            None if plan < 0 else f"{self.names[plan]}.{row_letters(row)}{bay:02}"
            for plan, row, bay in zip(self.of.tolist(), self.row.tolist(), self.bay.tolist(), strict=True)
        ]

    def trays(self, near: int, far: int) -> str:
        """The trays from a row to another, by number: of one plan, or of plans whose spaces stand in one."""
        a, z = self.row_plans[near], self.row_plans[far]
        ends = self.row_names[near], self.row_names[far]
        if near == far:
            return ends[0]
        if a == z:
            return f"{ends[0]} > {tray_name(self.names[a], -1)} > {ends[1]}"
        assert self.outer is not None
        over = self.outer.trays(int(self.outer.rows[self.place[a]]), int(self.outer.rows[self.place[z]]))
        return f"{ends[0]} > {tray_name(self.names[a], -1)} > {over} > {tray_name(self.names[z], -1)} > {ends[1]}"


def tray_name(space: str, row: int) -> str:
    """The tray along a row of a space; -1 for the one across the rows."""
    return f"{space}.{row_letters(row)}" if row >= 0 else f"{space}.CROSS"


def row_letters(row: int) -> str:
    """Letters of a row: A to Z, then AA, AB and so on."""
    letters = ""
    row += 1
    while row:
        row, letter = divmod(row - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


class _Spaces:
    """Numbers of plans, given out as elements are found to state one."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._first: dict[int, int] = {}
        self.names: list[str] = []
        self.holder: list[int] = []
        self.rank: list[int] = []

    def plans_of(self, element: int, holder: int, count: int) -> Ints:
        """The plan of each of `count` built instances of an element, in row-major order over the built sizes."""
        if holder not in self._first:
            self._first[holder] = len(self.names)
            names = _space_names(self._design, holder)
            self.names += names
            self.holder += [holder] * len(names)
            self.rank += numbers(*shape_of(self._design, holder)).tolist()
        inside = self._design.dims(element)[len(self._design.dims(holder)) :]
        below = prod(dim.size for dim in inside)
        return self._first[holder] + np.arange(count, dtype=np.int64) // max(below, 1)


def plans(plant: Plant) -> Plans:
    """The floor plans that racks stand in."""
    design, racks = plant.design, plant.racks
    of = np.full(len(racks), -1, dtype=np.int64)
    spaces = _Spaces(design)
    for element in np.unique(racks.element).tolist():
        holder = floor_holder(design, element)
        if holder is not None:
            rows = np.flatnonzero(racks.element == element)
            of[rows] = spaces.plans_of(element, holder, len(rows))
    of[(racks.row < 0) | (racks.bay < 0)] = -1
    outer, place = _buildings(plant, spaces)
    return Plans(
        design,
        tuple(spaces.names),
        tuple(spaces.holder),
        of,
        racks.row,
        racks.bay,
        racks.x_um,
        racks.y_um,
        outer,
        place,
    )


def _buildings(plant: Plant, inner: _Spaces) -> tuple[Plans | None, Ints]:
    """The plans that halls stand in, and where in them each inner plan's hall is."""
    halls, design = plant.halls, plant.design
    place = np.full(len(inner.names), -1, dtype=np.int64)
    if halls is None:
        return None, place
    spaces = _Spaces(design)
    of = np.full(len(halls.element), -1, dtype=np.int64)
    for element in np.unique(halls.element).tolist():
        above = design.elements[element].parent
        holder = None if above is None else floor_holder(design, above)
        if holder is None:
            continue
        ranks = numbers(*shape_of(design, element)).tolist()
        plan = dict(zip(ranks, spaces.plans_of(element, holder, len(ranks)).tolist(), strict=True))
        for row in np.flatnonzero((halls.element == element) & (halls.row >= 0) & (halls.bay >= 0)).tolist():
            of[row] = plan[int(halls.rank[row])]
    at = {(e, r): n for n, (e, r) in enumerate(zip(halls.element.tolist(), halls.rank.tolist(), strict=True))}
    for number, key in enumerate(zip(inner.holder, inner.rank, strict=True)):
        place[number] = at.get(key, -1)
    found = Plans(
        design,
        tuple(spaces.names),
        tuple(spaces.holder),
        of,
        halls.row,
        halls.bay,
        halls.x_um,
        halls.y_um,
        None,
        np.full(len(spaces.names), -1, dtype=np.int64),
    )
    return found, place


def _space_names(design: Design, holder: int) -> list[str]:
    """The spaces that an element's instances are, such as `DC` or `SITE0_HALL1`: upper case, without separators."""
    chain = design.chain(holder)
    words = [""]
    for e in chain[1:] or chain:
        indices = ["_".join(map(str, index)) for index in np.ndindex(*(dim.size for dim in e.dims))]
        words = [f"{word}_{e.name}{index}".removeprefix("_") for word in words for index in indices]
    return [_NOT_IN_LABEL.sub("_", word.upper()) for word in words]
