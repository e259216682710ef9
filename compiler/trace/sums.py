"""A figure of an assembly as the sum over what is inside, down to devices.

Members with equal figures are one branch with a count, so the tree is as large as the spec and not as the building.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

import numpy as np

from ...dsl.units import Quantity
from ..design import Element
from ..instances import instance_count, sum_by_instance
from ..plant import Ints, Plant
from .model import Figure, readable
from .places import place_of
from .subjects import Instances, built, instance_path

_GROUPS = 6
"""Members are told apart by their figure up to here; the rest are one branch, and its parts their sum."""


@dataclass(frozen=True)
class Column:
    """A figure of every device that sums up, in whole parts of a unit (`scale` of them are one).

    `parts` says what it follows from for some devices of one class, taken together: their totals are the sum over the
    devices, or it is one figure that says more. `frame` is what each instance of an assembly adds itself. What counts
    nothing is left out, unless `missing` says what that means.
    """

    values: Ints
    unit: str
    parts: Callable[[Element, Ints], tuple[Figure, ...]]
    scale: int = 1
    frame: Callable[[Element], tuple[Figure, ...]] = lambda element: ()
    missing: str = ""

    def quantity(self, value: int) -> Quantity:
        return Quantity.of(Fraction(value, self.scale), self.unit)

    def whole(self, figures: Iterable[Figure]) -> int:
        """The sum of some figures in the column's own parts of a unit."""
        total = sum((f.total.to(self.unit) * self.scale for f in figures), Fraction(0))
        assert total.denominator == 1
        return total.numerator


def summed(plant: Plant, subject: Instances, column: Column, name: str) -> Figure | None:
    """The tree of a figure over one instance of an element, or over all. None where the element has no device."""
    design = plant.design
    element = design.elements[subject.element]
    if element.role == "connector" or (element.role == "part" and design.device_of(element.index) != element.index):
        return None
    every = np.arange(instance_count(design, element.index), dtype=np.int64)
    chosen = every if subject.instance is None else every[subject.instance : subject.instance + 1]
    tree = _Tree(plant, column)
    total = int(tree.of(element.index)[chosen].sum())
    if len(chosen) == 1:
        parts, how = tree.parts(element, chosen), ""
    else:
        parts, how = tree.groups(element, chosen), "all together"
    return _collapsed(Figure(name, column.quantity(total), 1, how, None, None, parts))


class _Tree:
    def __init__(self, plant: Plant, column: Column) -> None:
        self._plant = plant
        self._design = plant.design
        self._column = column
        self._first = {cls.element: cls.first for cls in plant.classes}
        self.of = cache(self._of)

    def _of(self, element: int) -> Ints:
        """The figure of every instance of an element, what assemblies add included."""
        e = self._design.elements[element]
        if e.role != "assembly":
            return sum_by_instance(self._plant, element, self._column.values)
        own = self._column.whole(self._column.frame(e))
        total = np.full(instance_count(self._design, element), own, dtype=np.int64)
        for member in self._members(e):
            total += self.of(member.index).reshape(len(total), -1).sum(axis=1)
        return total

    def _members(self, element: Element) -> list[Element]:
        return [
            m for m in self._design.children(element.index) if m.role != "connector" and built(self._design, m.index)
        ]

    def parts(self, element: Element, instances: Ints) -> tuple[Figure, ...]:
        """What the figure of some instances of an element, taken together, is made of."""
        if element.role == "part":
            return self._column.parts(element, self._first[element.index] + instances)
        found: list[Figure] = []
        found += [repeated(figure, len(instances)) for figure in self._column.frame(element)]
        for member in self._members(element):
            size = built(self._design, member.index)
            inside = (instances[:, None] * size + np.arange(size, dtype=np.int64)).ravel()
            found += self.groups(member, inside)
        return tuple(found)

    def groups(self, element: Element, instances: Ints) -> tuple[Figure, ...]:
        """Some instances of an element as a few branches, those with equal figures as one."""
        figures = self.of(element.index)[instances]
        distinct, first, counts = np.unique(figures, return_index=True, return_counts=True)
        place = place_of(self._design, element.origin)
        order = sorted(range(len(distinct)), key=lambda i: (-int(counts[i]), int(first[i])))
        shown, rest = (order, []) if len(order) <= _GROUPS else (order[: _GROUPS - 1], order[_GROUPS - 1 :])
        found = []
        for i in shown:
            if not distinct[i] and not self._column.missing:
                continue
            one = instances[first[i] : first[i] + 1]
            name, count = element.name, int(counts[i])
            if len(distinct) > 1:
                name += f", such as {instance_path(self._design, element.index, int(one[0]))}"
            amount = self._column.quantity(int(distinct[i]))
            parts = self.parts(element, one) if distinct[i] else ()
            how = "" if distinct[i] else self._column.missing
            found.append(_collapsed(Figure(name, amount, count, how, None, place, parts)))
        if rest:
            others = instances[np.isin(figures, distinct[rest])]
            low, high = (readable(self._column.quantity(int(v))) for v in (distinct[rest].min(), distinct[rest].max()))
            amount = self._column.quantity(int(figures[np.isin(figures, distinct[rest])].sum()))
            name, how = f"{len(others)} others of {element.name}", f"from {low} to {high} each"
            found.append(Figure(name, amount, 1, how, None, place, self.parts(element, others)))
        return tuple(found)


def repeated(figure: Figure, times: int) -> Figure:
    """A figure that counts so many times."""
    return replace(figure, count=figure.count * times)


def sum_of(figures: Iterable[Figure], unit: str) -> Quantity:
    """What some figures come to together."""
    return Quantity.of(sum((f.total.to(unit) for f in figures), Fraction(0)), unit)


def _collapsed(figure: Figure) -> Figure:
    """A figure whose only part is the same figure is that part, under its own name."""
    if len(figure.parts) != 1 or figure.how:
        return figure
    (part,) = figure.parts
    if part.count != 1 or part.amount != figure.amount or part.place is not None:
        return figure
    return replace(part, name=figure.name, count=figure.count, place=figure.place)
