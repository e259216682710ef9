"""What racks weigh: the frame and what stands in it, as far as the spec tells."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np

from ..design import Design
from ..instances import classes_inside
from ..plant import Plant
from ..schema import PartAttributes, RackAttributes
from .elevation import grams
from .model import UNKNOWN, FloorPlan, Held, RackWeight, Weights


def weights(plant: Plant, plan: FloorPlan) -> Weights:
    """Weights of all racks, and by hall of the plan."""
    design, racks = plant.design, plant.racks
    found: dict[int, RackWeight] = {}
    total, unknown = (np.zeros(len(racks), dtype=np.int64) for _ in range(2))
    per_tile = np.full(len(racks), UNKNOWN, dtype=np.int64)
    elements, first, count = np.unique(racks.element, return_index=True, return_counts=True)
    for element, own, many in zip(elements.tolist(), first.tolist(), count.tolist(), strict=True):
        weight = found[element] = _weigh(plant, design, element, many)
        these = racks.element == element
        total[these], unknown[these] = weight.total, weight.unknown
        # All racks of an element are inside instances of one room.
        room = plan.rooms[int(plan.halls.room[plan.hall[own]])]
        per_tile[these] = tile_load(weight.total, room.tile, int(plan.width[own]), int(plan.depth[own]))
    hall_total, hall_unknown = (np.zeros(len(plan.halls), dtype=np.int64) for _ in range(2))
    np.add.at(hall_total, plan.hall, total)
    np.add.at(hall_unknown, plan.hall, unknown)
    return Weights(found, total, unknown, per_tile, hall_total, hall_unknown)


def tile_load(weight: int, tile: int, width: int, depth: int) -> int:
    """Grams on a tile of edge `tile` below a footprint that bears `weight` evenly, rounded up.

    The footprint is `width * depth / tile**2` tiles. It may be less than one: beside a small rack stands another.
    """
    if min(tile, width, depth) <= 0:
        return UNKNOWN
    return ceil(Fraction(weight * tile * tile, width * depth))


def _weigh(plant: Plant, design: Design, element: int, count: int) -> RackWeight:
    attributes = design.elements[element].attributes
    assert isinstance(attributes, RackAttributes)
    frame = grams(attributes.weight)
    devices = Fraction(0)
    holds = []
    for cls in classes_inside(plant, element):
        each = cls.count // count
        if not each:
            continue
        part = plant.element_of(cls).attributes
        weight = part.weight if isinstance(part, PartAttributes) else None
        if weight is not None:
            devices += each * weight.to("g")
        holds.append(Held(cls.element, each, grams(weight)))
    unknown = sum(held.count for held in holds if held.each < 0) + (frame < 0)
    exact = devices + (attributes.weight.to("g") if attributes.weight is not None else 0)
    return RackWeight(element, frame, tuple(holds), ceil(devices), ceil(exact), unknown)
