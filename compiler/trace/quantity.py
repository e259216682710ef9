"""How many of a definition a design has: instances of members, and optics, cables and whips by statement."""

from __future__ import annotations

import numpy as np

from ...dsl.units import Quantity
from ..instances import instance_count
from ..schema import CableAttributes
from .books import Books
from .model import Figure
from .places import place_of
from .subjects import Definition

QUANTITY = "quantity"


def quantity(books: Books, subject: Definition, figure: str) -> Figure | None:
    """Instances of all members of a definition; optics once a cage; cables and whips once each."""
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
    """What statements join with: optics, cables or whips."""
    plant, seen, cables = books.plant, books.plugged, books.cables
    if name in plant.design.whips:
        used = [rule.index for rule in plant.design.rules if rule.medium == "feed" and rule.using == (name, name)]
        rules, what = plant.feeds.rule[np.isin(plant.feeds.rule, used)], "whips"
    elif name not in seen.names:
        return []
    elif isinstance(plant.design.media[name].attributes, CableAttributes):
        ordered = cables.ordered
        made_with = cables.media[ordered] == cables.names.index(name)
        rules, what = plant.segments.rule[ordered[made_with]], "cables"
    else:
        rules = plant.links.rule[plant.ends.link[seen.leads & (seen.media == seen.names.index(name))]]
        what = "optics"
    found = []
    for rule, count in enumerate(np.bincount(rules, minlength=len(plant.design.rules)).tolist()):
        if count:
            place = place_of(plant.design, plant.design.rules[rule].origin)
            found.append(Figure(f"{what} of {plant.design.rules[rule].tag}", Quantity.of(1), count, place=place))
    return found
