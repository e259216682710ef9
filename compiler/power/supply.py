"""What power an element of the design has at its disposal and what it takes of it, for every instance, in mW.

- Supply of a feeder: its `supply`, else its `installed`. Of an assembly that states `supply`: that.
- Of any other assembly: the sum over its outermost feeders, those that no feeder inside feeds (the shelves of
  a rack; of a hall with busways, the busways), where a pool on one busbar counts at most the rack's
  `busbar_limit`.
- What is taken from that supply: what leaves those feeders, so loads that they do not feed are not in it. Where
  the spec has feeders and no feeds, all loads inside. From a `supply` that the assembly states: all loads and
  all losses of feeders inside.
"""

from __future__ import annotations

import numpy as np

from ...dsl.units import Quantity
from ..instances import instance_column, instance_count, sum_by_instance
from ..plant import Bools, Ints, Plant
from ..schema import FEEDERS
from .flow import UNKNOWN, Flow, Pools, carrying, device_supply
from .loads import milliwatts


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
    stated = stated_supply(plant, element)
    if stated is not None:
        return np.full(count, stated, dtype=np.int64)
    outer = effective.copy()
    outer[_between(plant, element)] = 0
    total = sum_by_instance(plant, element, outer * (outer > 0))
    feeders = sum_by_instance(plant, element, (outer > 0).astype(np.int64))
    unknown = sum_by_instance(plant, element, (outer < 0).astype(np.int64))
    return np.where((feeders > 0) & (unknown == 0), total, UNKNOWN)


def taken(plant: Plant, flow: Flow, element: int) -> Ints:
    """Peak that each instance of an element takes from its supply; of a feeder, what leaves it."""
    if plant.design.elements[element].kind in FEEDERS:
        return sum_by_instance(plant, element, flow.output[0])
    own = flow.input[0] - flow.output[0]
    if stated_supply(plant, element) is None:
        leaving = sum_by_instance(plant, element, np.where(_between(plant, element), 0, flow.output[0]))
        if leaving.any():
            return leaving
    return sum_by_instance(plant, element, own)


def stated_supply(plant: Plant, element: int) -> int | None:
    """The `supply` that an element states of itself."""
    stated = getattr(plant.design.elements[element].attributes, "supply", None)
    return milliwatts(stated) if isinstance(stated, Quantity) else None


def _between(plant: Plant, element: int) -> Bools:
    """Devices that a feeder inside the same instance feeds."""
    found = np.zeros(len(plant.devices), dtype=np.bool_)
    inside = instance_column(plant, element)
    running = carrying(plant)
    a, z = plant.feeds.a_device[running], plant.feeds.z_device[running]
    if plant.design.elements[element].role == "assembly":
        found[z[(inside[a] >= 0) & (inside[a] == inside[z])]] = True
    return found
