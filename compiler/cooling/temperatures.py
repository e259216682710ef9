"""Temperatures from the source to the load, in thousandths of a degree Celsius.

What a cooler delivers is its `supply_temperature`; without one, what it is given and its `approach` above: the
coolant of the pipes that supply it, the `water_temperature` of the nearest assembly around it where no pipe does, the
cold side's air for one that gives its heat to the air. A manifold passes on the warmest that it is given.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..plant import Ints, Plant
from ..shares import layers
from .air import nearest
from .model import UNKNOWN, Temperatures
from .traits import Trait, millidegrees


def temperatures(plant: Plant, found: Sequence[Trait]) -> Temperatures:
    """What is known of every device."""
    size = len(plant.devices)
    a, z = plant.pipes.a_device, plant.pipes.z_device
    water = _around(plant, "water_temperature")
    air = np.where(
        _around(plant, "supply_temperature") == UNKNOWN, _movers(plant, found), _around(plant, "supply_temperature")
    )

    def fill(values: Sequence[int | None]) -> Ints:
        return np.array([*(UNKNOWN if v is None else v for v in values), UNKNOWN], dtype=np.int64)[plant.devices.cls]

    separates = np.array([t.separates for t in found] + [False])[plant.devices.cls]
    to_air = np.array([t.gives == "air" for t in found] + [False])[plant.devices.cls]
    to_loop = np.array([t.gives == "liquid" for t in found] + [False])[plant.devices.cls]
    stated, approach = fill([t.supply for t in found]), fill([t.approach for t in found])
    piped = np.bincount(z, minlength=size) > 0
    inlet = np.full(size, UNKNOWN, dtype=np.int64)
    dark = np.zeros(size, dtype=np.bool_)
    base = np.where(to_air, air, np.where(to_loop & ~piped, water, UNKNOWN))
    floor = np.full(size, UNKNOWN, dtype=np.int64)
    supply = np.full(size, UNKNOWN, dtype=np.int64)

    def settle(at: Ints) -> None:
        under = np.where(piped[at] & to_loop[at], inlet[at], base[at])
        known = separates[at] & (under != UNKNOWN) & (approach[at] != UNKNOWN)
        floor[at] = np.where(known, under + np.where(known, approach[at], 0), UNKNOWN)
        through = np.where(separates[at], floor[at], inlet[at])
        supply[at] = np.where(stated[at] != UNKNOWN, stated[at], through)

    settle(np.flatnonzero(~piped))
    groups, _ = layers(a, z, size)
    for rows in reversed(groups):
        settle(np.unique(a[rows]))
        given = supply[a[rows]]
        np.maximum.at(inlet, z[rows], given)
        np.logical_or.at(dark, z[rows], given == UNKNOWN)
        inlet[dark] = UNKNOWN
    settle(np.arange(size))
    return Temperatures(inlet, supply, floor, air)


def _around(plant: Plant, name: str) -> Ints:
    """A temperature of the nearest assembly around each device that states one."""
    values = []
    for cls in plant.classes:
        holder = nearest(plant.design, cls.element, name)
        stated = None if holder is None else millidegrees(getattr(holder.attributes, name))
        values.append(UNKNOWN if stated is None else stated)
    return np.array([*values, UNKNOWN], dtype=np.int64)[plant.devices.cls]


def _movers(plant: Plant, found: Sequence[Trait]) -> Ints:
    """The warmest air that crahs and fans in the nearest assembly with such ones deliver."""
    design = plant.design
    warmest: dict[int, int] = {}
    for cls, trait in zip(plant.classes, found, strict=True):
        parent = plant.element_of(cls).parent
        if cls.count and parent is not None and trait.element.kind in ("crah", "fan") and trait.supply is not None:
            warmest[parent] = max(warmest.get(parent, trait.supply), trait.supply)
    values = []
    for cls in plant.classes:
        around = [e.index for e in reversed(design.chain(cls.element)) if e.index in warmest]
        values.append(warmest[around[0]] if around else UNKNOWN)
    return np.array([*values, UNKNOWN], dtype=np.int64)[plant.devices.cls]
