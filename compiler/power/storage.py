"""How long batteries and other storage last."""

from __future__ import annotations

from math import floor

import numpy as np

from ..design import Element
from ..plant import Ints, Plant
from ..schema import SupplyAttributes
from .flow import Flow
from .loads import milliwatts


def lasts_ms(element: Element, load: int) -> int:
    """Milliseconds that the storage of one feeder carries a load in mW; 0 where its part does not say.

    By its `runtime`: the time of the next larger load in the table. Else its `ride_through`, up to its `supply` (or
    `installed`). Time between two points of a table is not interpolated: less is safe.
    """
    attributes = element.attributes
    if not isinstance(attributes, SupplyAttributes):
        return 0
    times = [(milliwatts(row.load), floor(row.time.value * 1000)) for row in attributes.runtime]
    if times:
        return next((time for most, time in sorted(times) if most >= load), 0)
    whole = attributes.supply or attributes.installed
    if attributes.ride_through is None or whole is None or load > milliwatts(whole):
        return 0
    return floor(attributes.ride_through.value * 1000)


def ride_through(plant: Plant, flow: Flow) -> Ints:
    """Milliseconds that the storage of each device carries what it carries at peak; -1: it has none, 0: not told.

    A UPS carries what leaves it. A battery stands in for all that it feeds, together with the other batteries there.
    """
    found = np.full(len(plant.devices), -1, dtype=np.int64)
    carried = flow.output[0].copy()
    batteries = np.zeros(len(plant.devices), dtype=np.bool_)
    for cls in plant.classes_of_kind("battery"):
        batteries[cls.first : cls.first + cls.count] = True
    rows = np.flatnonzero(batteries[plant.feeds.a_device]) if len(plant.feeds) else np.zeros(0, dtype=np.int64)
    fed = plant.feeds.z_device[rows]
    several = np.bincount(fed, minlength=len(plant.devices))
    np.add.at(carried, plant.feeds.a_device[rows], -(-flow.input[0, fed] // np.maximum(several[fed], 1)))
    for cls in plant.classes:
        element = plant.element_of(cls)
        attributes = element.attributes
        if not isinstance(attributes, SupplyAttributes):
            continue
        if element.kind == "battery" or attributes.ride_through is not None or attributes.runtime:
            part = slice(cls.first, cls.first + cls.count)
            loads, place = np.unique(carried[part], return_inverse=True)
            found[part] = np.array([lasts_ms(element, load) for load in loads.tolist()], dtype=np.int64)[place]
    return found
