"""What a cooling plant lacks to be whole, so that a figure such as PUE can say of what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..plant import Plant
    from .model import Cooling


def complete(plant: Plant) -> list[str]:
    """What of the cooling plant is missing from a design, in plain sentences; empty if all heat leaves the building
    through parts of the design."""
    from . import cooling

    return list(missing(cooling(plant)))


def missing(found: Cooling) -> Iterator[str]:
    """The same, of a cooling that is known already."""
    plant, loops = found.plant, found.loops
    design = plant.design
    if not any(t.separates and cls.count for t, cls in zip(found.traits, plant.classes, strict=True)):
        yield "cooling: the spec has no cooling equipment"
        return
    outside = found.column([t.separates and t.gives == "outside" for t in found.traits]) > 0
    lost = np.where(outside, 0, loops.rejected[0])
    for cls, trait in zip(plant.classes, found.traits, strict=True):
        if not lost[cls.first : cls.first + cls.count].any():
            continue
        path = design.path(cls.element)
        if trait.separates:
            yield f"what takes over the heat of {path}: the spec pipes nothing to it"
        else:
            yield f"what cools {path} with coolant: the spec pipes nothing to it"
    if found.rooms.left[0][0].any():
        yield "what takes the heat out of the room's air: the parts in the spec leave some of it there"
