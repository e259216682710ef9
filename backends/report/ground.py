"""Where racks stand, how they are divided, and what they weigh: lengths in micrometres, weights in grams."""

from __future__ import annotations

import numpy as np

from ...compiler.design import Design
from ...compiler.plant import Plant
from ...compiler.schema import RackAttributes
from ...compiler.space import AISLES, Elevations, FloorPlan, Room, Weights, elevations, floor_plan, weights
from ...compiler.space.elevation import grams
from .pack import pack

Json = dict[str, object]


def space(plant: Plant) -> Json:
    """Floors, elevations and weights; empty where there is no rack."""
    if not len(plant.racks):
        return {}
    plan = floor_plan(plant)
    return {
        "floor": _floor(plan),
        "elevations": _elevations(plant, elevations(plant)),
        "weights": _weights(plant.design, weights(plant, plan)),
    }


def _floor(plan: FloorPlan) -> Json:
    """Columns have one row a rack; `halls` one a hall; `aisles` one an aisle."""
    aisles = plan.aisles
    return {
        "rooms": [_room(room) for room in plan.rooms],
        "halls": {"names": "\n".join(plan.halls.names), "room": pack(plan.halls.room)},
        "hall": pack(plan.hall),
        "drawn": pack(plan.drawn.astype(np.int64)),
        "facing": pack(plan.facing),
        "x0": pack(plan.x0),
        "y0": pack(plan.y0),
        "x1": pack(plan.x1),
        "y1": pack(plan.y1),
        "aisles": {
            "kinds": list(AISLES),
            "hall": pack(aisles.hall),
            "kind": pack(aisles.kind),
            "x0": pack(aisles.x0),
            "y0": pack(aisles.y0),
            "x1": pack(aisles.x1),
            "y1": pack(aisles.y1),
        },
    }


def _room(room: Room) -> Json:
    return {
        "element": room.element,
        "anchored": room.anchored,
        "length": room.length,
        "width": room.width,
        "tile": room.tile,
        "tileRating": room.tile_rating,
        "keepOut": [[k.x0, k.y0, k.x1, k.y1] for k in room.keep_out],
    }


def _elevations(plant: Plant, found: Elevations) -> Json:
    """For each rack element its zones and units; for each device whether it is seen from the front alone."""
    front = np.zeros(len(plant.devices), dtype=np.int64)
    front[found.device] = found.front_only
    return {
        "racks": {
            str(index): {
                "zones": [[zone.kind, zone.low, zone.high] for zone in rack.zones],
                "units": rack.units,
                "used": rack.used,
                "kept": rack.kept,
                "free": rack.free,
                "vague": rack.vague,
            }
            for index, rack in found.racks.items()
        },
        "frontOnly": pack(front),
    }


def _weights(design: Design, found: Weights) -> Json:
    """`total`, `unknown`, `perTile` have one row a rack; `holds` are element, count and weight of each (-1: none)."""
    frames = {}
    for index, rack in found.racks.items():
        attributes = design.elements[index].attributes
        assert isinstance(attributes, RackAttributes)
        frames[str(index)] = {
            "frame": rack.frame,
            "payload": grams(attributes.payload),
            "devices": rack.devices,
            "holds": [[held.element, held.count, held.each] for held in rack.holds],
        }
    return {
        "total": pack(found.total),
        "unknown": pack(found.unknown),
        "perTile": pack(found.per_tile),
        "halls": pack(found.hall_total),
        "hallsUnknown": pack(found.hall_unknown),
        "frames": frames,
    }
