"""How long a cable can be at most, where the design does not say how long it is."""

from __future__ import annotations

import numpy as np

from ..design import Design
from ..expand.geometry import micrometres
from ..plant import Ints, Plant
from .headroom import LONGEST_GUESS


def reaches(design: Design) -> Ints:
    """For each rule the reach of what its links are made with, in micrometres; -1 where it names nothing."""
    found = np.full(max(1, len(design.rules)), -1, dtype=np.int64)
    for rule in design.rules:
        if rule.medium == "link" and rule.using is not None:
            found[rule.index] = min(micrometres(design.media[name].attributes.reach) for name in rule.using)
    return found


def planned_metres(plant: Plant) -> Ints:
    """Length of every link in whole metres, rounded up; where it is unknown, the longest that it may be."""
    length, reach = plant.links.length_um, reaches(plant.design)[plant.links.rule]
    longest = np.where(reach >= 0, np.minimum(-(-reach // 10**6), LONGEST_GUESS), LONGEST_GUESS)
    return np.where(length >= 0, np.maximum(-(-length // 10**6), 1), longest)
