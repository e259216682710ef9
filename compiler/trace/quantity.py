"""How many of a definition a design has: instances of members, and optics and cables by statement."""

from __future__ import annotations

import numpy as np

from ...dsl.units import Quantity
from ..cages import link_media
from ..instances import instance_count
from ..schema import CableAttributes
from .books import Books
from .model import Figure
from .places import place_of
from .subjects import Definition

QUANTITY = "quantity"


def quantity(books: Books, subject: Definition, figure: str) -> Figure | None:
    """Instances of all members of a definition; optics once a cage; cables with fixed ends once a link."""
    design = books.plant.design
    parts = []
    for element in design.elements:
        count = instance_count(design, element.index) if element.definition == subject.name else 0
        if count:
            place = place_of(design, element.origin)
            parts.append(Figure(design.path(element.index), Quantity.of(1), count, place=place))
    parts += _plugged(books, subject.name)
    if not parts:
        return None
    return Figure(figure, Quantity.of(sum(part.count for part in parts)), parts=tuple(parts))


def _plugged(books: Books, name: str) -> list[Figure]:
    """What links are made with, by their statements."""
    plant, seen = books.plant, books.plugged
    if name not in seen.names:
        return []
    number = seen.names.index(name)
    if isinstance(plant.design.media[name].attributes, CableAttributes):
        made_with = link_media(plant)[1][:, 0] == number
        if plant.circuits is not None or not seen.leads[made_with[plant.ends.link]].all():
            return []  # several links in one cable, or several cables in one link: bom.csv tells
        rules = plant.links.rule[made_with]
        what = "cables"
    else:
        rules = plant.links.rule[plant.ends.link[seen.leads & (seen.media == number)]]
        what = "optics"
    found = []
    for rule, count in enumerate(np.bincount(rules, minlength=len(plant.design.rules)).tolist()):
        if count:
            place = place_of(plant.design, plant.design.rules[rule].origin)
            found.append(Figure(f"{what} of {plant.design.rules[rule].tag}", Quantity.of(1), count, place=place))
    return found
