"""Weights: frames and the devices in them, as `space.weights` adds them up; optics and cables weigh nothing here."""

from __future__ import annotations

import numpy as np

from ...dsl.units import Quantity
from ..design import Element
from ..plant import Ints
from ..schema import PartAttributes, RackAttributes
from .books import Books
from .model import Figure
from .places import stated
from .subjects import Instances
from .sums import Column, repeated, summed

WEIGHT = "weight"


def weight(books: Books, subject: Instances, figure: str) -> Figure | None:
    """Weight of a device, or of everything in an assembly; what states none is told of and counts nothing."""
    plant = books.plant
    values = np.zeros(len(plant.devices), dtype=np.int64)
    for cls in plant.classes:
        own = _own(plant.element_of(cls))
        if own is not None:
            values[cls.first : cls.first + cls.count] = int(own.to("g") * 1000)

    def parts(element: Element, devices: Ints) -> tuple[Figure, ...]:
        return tuple(repeated(f, len(devices)) for f in _figure(books, element))

    def frame(element: Element) -> tuple[Figure, ...]:
        return _figure(books, element) if isinstance(element.attributes, RackAttributes) else ()

    column = Column(values, "g", parts, scale=1000, frame=frame, missing="states no weight")
    return summed(plant, subject, column, figure)


def _figure(books: Books, element: Element) -> tuple[Figure, ...]:
    own = _own(element)
    if own is None:
        return ()
    name = "frame" if isinstance(element.attributes, RackAttributes) else WEIGHT
    # In whole milligrams, as the column has it.
    amount = Quantity.of(int(own.to("g") * 1000), "g")
    amount = Quantity(amount.value / 1000, amount.dim, "kg")
    return (Figure(name, amount, stated=stated(books.plant.design, element, WEIGHT)),)


def _own(element: Element) -> Quantity | None:
    attributes = element.attributes
    return attributes.weight if isinstance(attributes, PartAttributes | RackAttributes) else None
