"""What power an element of the design has at its disposal, for every instance of it, in mW.

- A feeder: its `supply`, else its `installed`. An assembly that states `supply`: that.
- Any other assembly: the sum over the feeders inside that no feeder inside feeds (the shelves of a rack; of
  a hall with busways, the busways), where a pool on one busbar counts at most the rack's `busbar_limit`.
"""

from __future__ import annotations

import numpy as np

from ..dsl.units import Quantity
from .flow import UNKNOWN, Pools, carrying, device_supply
from .instances import instance_column, instance_count, sum_by_instance
from .plant import Ints, Plant
from .power import milliwatts


def effective_supply(plant: Plant, pools: Pools) -> Ints:
    """Supply of every device (-1 unknown, 0 no feeder); where the busbar limits a pool, an equal part of that."""
    column = device_supply(plant)
    members = np.flatnonzero(pools.of_device >= 0)
    limited = members[(pools.unlimited > pools.supply)[pools.of_device[members]]]
    limited = limited[np.argsort(pools.of_device[limited], kind="stable")]
    pool = pools.of_device[limited]
    turn = np.arange(len(limited)) - np.searchsorted(pool, pool)
    column[limited] = (pools.supply[pool] + pools.members[pool] - 1 - turn) // pools.members[pool]
    return column


def supply(plant: Plant, effective: Ints, element: int) -> Ints:
    """Supply of each instance of an element; -1 where it is not known. `effective` is `effective_supply`."""
    count = instance_count(plant.design, element)
    chosen = plant.design.elements[element]
    stated = getattr(chosen.attributes, "supply", None)
    if isinstance(stated, Quantity):
        return np.full(count, milliwatts(stated), dtype=np.int64)
    outer = effective.copy()
    if chosen.role == "assembly":
        inside = instance_column(plant, element)
        running = carrying(plant)
        a, z = plant.feeds.a_device[running], plant.feeds.z_device[running]
        outer[z[(inside[a] >= 0) & (inside[a] == inside[z])]] = 0
    total = sum_by_instance(plant, element, outer * (outer > 0))
    feeders = sum_by_instance(plant, element, (outer > 0).astype(np.int64))
    unknown = sum_by_instance(plant, element, (outer < 0).astype(np.int64))
    return np.where((feeders > 0) & (unknown == 0), total, UNKNOWN)
