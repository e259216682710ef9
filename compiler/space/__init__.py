"""Where things stand and what they weigh: racks from the front, floors from above."""

from .elevation import elevations
from .model import (
    AISLES,
    UNKNOWN,
    Aisles,
    Elevation,
    Elevations,
    FloorPlan,
    Halls,
    Held,
    RackWeight,
    Rectangle,
    Room,
    Shelf,
    Weights,
)
from .plan import floor_plan
from .purposes import PURPOSES, may_stand
from .weight import weights

__all__ = [
    "AISLES",
    "PURPOSES",
    "UNKNOWN",
    "Aisles",
    "Elevation",
    "Elevations",
    "FloorPlan",
    "Halls",
    "Held",
    "RackWeight",
    "Rectangle",
    "Room",
    "Shelf",
    "Weights",
    "elevations",
    "floor_plan",
    "may_stand",
    "weights",
]
