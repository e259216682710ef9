"""How long a cable can be at most, where the design does not say how long it is."""

from __future__ import annotations

import numpy as np

from ..cages import link_media
from ..expand.geometry import micrometres
from ..plant import Ints, Plant
from .headroom import LONGEST_GUESS

_ANY = 2**62
"""A reach without an end."""


def reaches(plant: Plant) -> Ints:
    """For each link the reach of what it is made with, in micrometres; -1 where its statement names nothing."""
    names, made_with = link_media(plant)
    # The last one is for an end without a medium: what it is joined to tells alone.
    reach = np.array([*(micrometres(plant.design.media[name].attributes.reach) for name in names), _ANY])
    found: Ints = np.minimum(reach[made_with[:, 0]], reach[made_with[:, 1]])
    return np.where(found < _ANY, found, -1)


def planned_metres(plant: Plant) -> Ints:
    """Length of every link in whole metres, rounded up; where it is unknown, the longest that it may be."""
    length, reach = plant.links.length_um, reaches(plant)
    longest = np.where(reach >= 0, np.minimum(-(-reach // 10**6), LONGEST_GUESS), LONGEST_GUESS)
    return np.where(length >= 0, np.maximum(-(-length // 10**6), 1), longest)
