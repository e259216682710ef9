"""Heat in coolant and heat in air, worked out together: what a door takes goes into a loop, what an aalc takes into
the air."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..plant import Bools, Ints, Plant
from .air import rooms
from .loops import Columns, loops
from .model import Heat, Loops, Rooms
from .traits import Trait

_ROUNDS = 8
"""How often heat may go from coolant into the air and back before that counts as a circle."""


@dataclass(frozen=True)
class Settled:
    """Where all heat goes. `complete` is false where it goes round."""

    loops: Loops
    rooms: Rooms
    air_taken: Ints
    complete: bool


def settle(
    plant: Plant,
    heat: Heat,
    found: Sequence[Trait],
    figures: Columns,
    active: Bools | None = None,
    broken: Bools | None = None,
) -> Settled:
    """Where the heat goes, through all pipes or the `active` ones, without the devices that are `broken`."""
    taken = np.zeros_like(heat.heat)
    carried = loops(plant, heat, taken, figures, active)
    for _ in range(_ROUNDS):
        space, given = rooms(plant, heat, carried.to_air, found, broken)
        if np.array_equal(given, taken):
            return Settled(carried, space, taken, True)
        taken = given
        after = loops(plant, heat, taken, figures, active)
        if np.array_equal(after.to_air, carried.to_air):
            return Settled(after, space, taken, True)
        carried = after
    return Settled(carried, space, taken, False)
