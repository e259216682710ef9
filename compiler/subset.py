"""A part of a design: the devices that the paths of `--subset` name.

A path is what a relation's side would be: `pod[0].gpu[0..3]`, `pod[*].spine[0]`, through views too. Several paths are
united. An element that holds devices stands for all of them, a part inside a device for that device.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from .design import Design, Step, Variable
from .indices import Index, evaluate
from .instances import instance_column, instance_count
from .plant import Bools, Ints, Plant


@dataclass(frozen=True, slots=True)
class Selection:
    """What one path names: the steps from the root down, over the values of its variables."""

    steps: tuple[Step, ...]
    variables: tuple[Variable, ...]

    @property
    def element(self) -> int:
        """The element at the end; the root of the design if there are no steps."""
        return self.steps[-1].element if self.steps else 0

    @property
    def count(self) -> int:
        """Combinations of the variables' values."""
        return prod(v.size for v in self.variables)

    def column(self, index: Index) -> Ints:
        """An index as a column: a row for each combination."""
        shape = [v.size for v in self.variables]
        grid = np.indices(shape, dtype=np.int64).reshape(len(shape), self.count)
        values = {v.name: grid[n] + v.low for n, v in enumerate(self.variables)}
        return np.broadcast_to(np.asarray(evaluate(index, values), dtype=np.int64), (self.count,))

    def indices(self) -> list[list[Ints]]:
        """For each step a column for each of its dimensions."""
        return [[self.column(index) for index in step.indices] for step in self.steps]

    def instances(self, design: Design) -> Ints:
        """Numbers of the named instances of the element, row by row over the built sizes, each once, ascending."""
        number = np.zeros(self.count, dtype=np.int64)
        for step, columns in zip(self.steps, self.indices(), strict=True):
            for dim, column in zip(design.elements[step.element].dims, columns, strict=True):
                number = number * dim.size + column
        return np.unique(number)


@dataclass(frozen=True, slots=True)
class Subset:
    """The paths as the user wrote them, and what each names."""

    paths: tuple[str, ...]
    selections: tuple[Selection, ...]

    def devices(self, plant: Plant) -> Bools:
        """For each device of a plant whether it is meant."""
        chosen = np.zeros(len(plant.devices), dtype=np.bool_)
        for one in self.selections:
            numbers = one.instances(plant.design)
            device = plant.design.device_of(one.element)
            if device is None or device == one.element:
                chosen |= np.isin(instance_column(plant, one.element), numbers)
                continue
            # A part inside a device: so many of them in each.
            inner = instance_count(plant.design, one.element) // instance_count(plant.design, device)
            cls = next(c for c in plant.classes if c.element == device)
            chosen[cls.first + numbers // inner] = True
        return chosen
