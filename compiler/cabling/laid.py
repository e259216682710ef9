"""Everything that is pulled: one row a cable, a fibre or a trunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..design import Element
from ..plant import Ints, Plant
from ..schema import CableAttributes, OpticAttributes, TrunkAttributes
from ..trunks import trunks
from .cables import Cables, cable_words
from .ways import Ways, ways_between


@dataclass(frozen=True)
class Kind:
    """What cables of one number are: what they are called, and the figures of the cable itself, None of mere fibre."""

    words: str
    attributes: CableAttributes | TrunkAttributes | None


@dataclass(frozen=True)
class Laid:
    """The cables in the order of the segments that are ordered, then the trunks.

    `kind` is a number in `kinds` (-1: the statement names nothing), `sold_um` the length to order (-1: unknown),
    `way` the trays of each.
    """

    kinds: tuple[Kind, ...]
    kind: Ints
    sold_um: Ints
    way: Ways

    def words(self) -> list[str | None]:
        """What cables of each kind are called."""
        return [kind.words for kind in self.kinds]


def laid(plant: Plant, cables: Cables, way: Ways) -> Laid:
    """All that is pulled, given the ways of the segments."""
    kinds = [Kind(cable_words(plant.design, name), _attributes(plant, name)) for name in cables.names]
    rows, pulled = cables.ordered, trunks(plant)
    kind, sold = [cables.media[rows]], [cables.sold_um[rows]]
    a, z = [way.a_rack[rows]], [way.z_rack[rows]]
    if len(pulled.device):
        of = {}
        for cls in plant.classes_of_kind("trunk"):
            element = plant.element_of(cls)
            assert isinstance(element.attributes, TrunkAttributes)
            of[cls.index] = len(kinds)
            kinds.append(Kind(trunk_words(element) or "", element.attributes))
        numbers = np.array([of.get(cls.index, -1) for cls in plant.classes], dtype=np.int64)
        kind.append(numbers[plant.devices.cls[pulled.device]])
        sold.append(pulled.sold_um)
        a.append(pulled.a_rack)
        z.append(pulled.z_rack)
    ends = ways_between(way.plans, np.concatenate(a), np.concatenate(z))
    return Laid(tuple(kinds), np.concatenate(kind), np.concatenate(sold), ends)


def trunk_words(element: Element) -> str | None:
    """What a trunk is called: its model, else its definition; None for any other part."""
    if not isinstance(element.attributes, TrunkAttributes):
        return None
    return element.attributes.model or element.definition


def _attributes(plant: Plant, name: str) -> CableAttributes | None:
    attributes = plant.design.media[name].attributes
    return None if isinstance(attributes, OpticAttributes) else attributes
