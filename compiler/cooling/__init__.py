"""Cooling: the heat of every device, the coolant and air that carry it, and where it leaves the building."""

from __future__ import annotations

import numpy as np

from ..once import once
from ..plant import Plant
from ..power.flow import flow
from .air import airflow
from .heat import heat
from .loops import columns, coolant
from .missing import complete, missing
from .model import UNKNOWN, Cooling, Heat, Loops, Rooms, Temperatures
from .settle import settle
from .temperatures import temperatures
from .traits import traits

__all__ = [
    "UNKNOWN",
    "Cooling",
    "Heat",
    "Loops",
    "Rooms",
    "Temperatures",
    "complete",
    "cooling",
    "missing",
]


@once
def cooling(plant: Plant) -> Cooling:
    """The cooling of a whole plant, at the peak and the typical power of everything in it."""
    fed = {int(c) for c in np.unique(plant.devices.cls[plant.pipes.z_device])}
    found = traits(plant, fed)
    own = heat(plant, flow(plant), found)
    given = coolant(plant, found)
    where = settle(plant, own, found, columns(plant, found, given))
    moved, known = airflow(plant, own.air[0] + where.loops.to_air[0], found)
    return Cooling(
        plant=plant,
        traits=found,
        heat=own,
        loops=where.loops,
        rooms=where.rooms,
        air_taken=where.air_taken,
        coolant=given,
        temperatures=temperatures(plant, found),
        airflow=moved,
        airflow_known=known,
        settled=where.complete,
    )
