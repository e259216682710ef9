"""Cooling: the heat of every device, the coolant and air that carry it, and where it leaves the building."""

from __future__ import annotations

import numpy as np

from ..plant import Plant
from ..power.flow import Flow, flow
from ..power.loads import loads
from .air import airflow, rooms
from .heat import heat
from .loops import columns, coolant, loops
from .model import UNKNOWN, Cooling, Heat, Loops, Rooms, Temperatures
from .temperatures import temperatures
from .traits import traits

__all__ = ["UNKNOWN", "Cooling", "Heat", "Loops", "Rooms", "Temperatures", "cooling", "cooling_of"]

_ROUNDS = 8
"""How often heat may go from coolant into the air and back before that counts as a circle."""


def cooling(plant: Plant) -> Cooling:
    """The cooling of a whole plant, at the peak and the typical power of everything in it."""
    return cooling_of(plant, flow(plant, loads(plant)))


def cooling_of(plant: Plant, power: Flow) -> Cooling:
    """The same, where the flow of power is known already."""
    fed = {int(c) for c in np.unique(plant.devices.cls[plant.pipes.z_device])}
    found = traits(plant, fed)
    own = heat(plant, power, found)
    given = coolant(plant, found)
    figures = columns(plant, found, given)
    taken = np.zeros_like(own.heat)
    carried = loops(plant, own, taken, figures)
    settled = False
    for _ in range(_ROUNDS):
        # What a door or crah takes goes into a loop, and what an aalc takes goes into the air.
        space, taken = rooms(plant, own, carried.to_air, found)
        after = loops(plant, own, taken, figures)
        settled = np.array_equal(after.to_air, carried.to_air)
        carried = after
        if settled:
            break
    flowing, told = airflow(plant, own.air[0] + carried.to_air[0], found)
    return Cooling(plant, found, own, carried, space, taken, given, temperatures(plant, found), flowing, told, settled)
