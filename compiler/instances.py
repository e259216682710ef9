"""Instances of an element as columns: which pod, rack or device every device belongs to.

Devices of a class stand in row-major order over the sizes from the root down, so the instance of any
element that encloses them is a division, never a search.
"""

from __future__ import annotations

from math import prod

import numpy as np

from .design import Design
from .plant import DeviceClass, Ints, Plant


def instance_count(design: Design, element: int) -> int:
    """How many instances of an element are built."""
    return prod(dim.size for dim in design.dims(element))


def classes_inside(plant: Plant, element: int) -> tuple[DeviceClass, ...]:
    """Device classes that the element encloses, or is."""
    return tuple(c for c in plant.classes if any(e.index == element for e in plant.design.chain(c.element)))


def instance_column(plant: Plant, element: int) -> Ints:
    """For every device the number of the element's instance that encloses it; -1 outside of all."""
    column = np.full(len(plant.devices), -1, dtype=np.int64)
    count = instance_count(plant.design, element)
    for cls in classes_inside(plant, element):
        if cls.count:
            rows = np.arange(cls.count, dtype=np.int64) // (cls.count // count)
            column[cls.first : cls.first + cls.count] = rows
    return column


def sum_by_instance(plant: Plant, element: int, values: Ints) -> Ints:
    """Sum of a device column over each instance of the element; one row an instance."""
    count = instance_count(plant.design, element)
    total = np.zeros(count, dtype=np.int64)
    for cls in classes_inside(plant, element):
        total += values[cls.first : cls.first + cls.count].reshape(count, -1).sum(axis=1)
    return total
