"""Which floor plan a rack stands in, and what its place and its trays are called there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from ..design import Design
from ..expand.geometry import floor_of
from ..plant import Ints, Plant
from ..schema import AssemblyAttributes, Floor

_NOT_IN_LABEL = re.compile(r"[^A-Z0-9_]")


@dataclass(frozen=True)
class Plans:
    """The floor plans of a building, by number, and where its racks stand in them.

    A plan is one instance of an element that states one: two pods that each have a plan share no place. `names` are
    the names of the spaces, `holder` the element that states each. `of_rack` is -1 for a rack without a place in one.
    """

    names: tuple[str, ...]
    holder: tuple[int, ...]
    of_rack: Ints
    plant: Plant

    @cached_property
    def floors(self) -> tuple[Floor, ...]:
        """What each plan states."""
        found = [floor_of(self.plant.design, holder) for holder in self.holder]
        return tuple(floor for floor in found if floor is not None)

    @cached_property
    def _placed(self) -> tuple[Ints, list[tuple[int, int]]]:
        """For each rack a number of its row, -1 if it has no place, and what plan and row each number is."""
        racks = self.plant.racks
        known = np.flatnonzero(self.of_rack >= 0)
        pairs = np.stack([self.of_rack[known], racks.row[known]], axis=1)
        distinct, number = np.unique(pairs, axis=0, return_inverse=True)
        found = np.full(len(racks), -1, dtype=np.int64)
        found[known] = number.reshape(-1)
        return found, [(plan, row) for plan, row in distinct.tolist()]

    @property
    def rows(self) -> Ints:
        """For each rack the number of its row over all plans, -1 where it has no place."""
        return self._placed[0]

    @cached_property
    def row_names(self) -> list[str]:
        """The tray of each such row, such as `DC.A`."""
        return [tray_name(self.names[plan], row) for plan, row in self._placed[1]]

    @cached_property
    def cross_aisles(self) -> list[str]:
        """The tray across the rows where each such row is."""
        return [tray_name(self.names[plan], -1) for plan, _ in self._placed[1]]

    @cached_property
    def cabinets(self) -> list[str | None]:
        """The identifier of each rack's place, such as `DC.A03`; None where it has none."""
        racks = self.plant.racks
        return [
            None if plan < 0 else f"{self.names[plan]}.{row_letters(row)}{bay:02}"
            for plan, row, bay in zip(self.of_rack.tolist(), racks.row.tolist(), racks.bay.tolist(), strict=True)
        ]


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


def plans(plant: Plant) -> Plans:
    """The floor plans of a building."""
    design, racks = plant.design, plant.racks
    of_rack = np.full(len(racks), -1, dtype=np.int64)
    names: list[str] = []
    holders: list[int] = []
    first: dict[int, int] = {}
    for element in np.unique(racks.element).tolist():
        holder = _holder(design, element)
        if holder is None:
            continue
        if holder not in first:
            first[holder] = len(names)
            names += _space_names(design, holder)
            holders += [holder] * (len(names) - len(holders))
        # Racks of an element stand together, in row-major order over the built sizes from the root down.
        rows = np.flatnonzero(racks.element == element)
        below = prod(dim.size for dim in design.dims(element)[len(design.dims(holder)) :])
        of_rack[rows] = first[holder] + np.arange(len(rows)) // max(below, 1)
    of_rack[(racks.row < 0) | (racks.bay < 0)] = -1
    return Plans(tuple(names), tuple(holders), of_rack, plant)


def _holder(design: Design, element: int) -> int | None:
    """The nearest assembly around an element, or itself, that states a floor plan."""
    for e in reversed(design.chain(element)):
        if isinstance(e.attributes, AssemblyAttributes) and e.attributes.floor is not None:
            return e.index
    return None


def _space_names(design: Design, holder: int) -> list[str]:
    """The spaces that an element's instances are, such as `DC` or `SITE0_HALL1`: upper case, without separators."""
    chain = design.chain(holder)
    words = [""]
    for e in chain[1:] or chain:
        indices = ["_".join(map(str, index)) for index in np.ndindex(*(dim.size for dim in e.dims))]
        words = [f"{word}_{e.name}{index}".removeprefix("_") for word in words for index in indices]
    return [_NOT_IN_LABEL.sub("_", word.upper()) for word in words]
