"""How much warmer coolant and air come back: the mean over all that is mixed, from heat and flow."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...dsl.units import Quantity
from ..plant import Ints
from ..shares import together
from .air import density_at
from .model import Cooling
from .properties import AIR_HEAT_CAPACITY, COOLANTS, DENSITY, HEAT_CAPACITY

COOLANT = Fraction(60_000_000)
"""Thousandths of a K for a mW over a mL/min times J/(m3 K)."""

AIR = Fraction(10**6) / Quantity.of(1, "CFM").value
"""Thousandths of a K for a mW over a thousandth of a CFM times mJ/(m3 K)."""

NONE = -1
"""A rise that is not known: nothing flows."""


def capacity_taken(found: Cooling) -> Ints:
    """What the coolant carries that each device is given, in mL/min times J/(m3 K); 0 where it is not known."""
    return found.flow_ml_min * _carries(found.coolant) * found.loops.flow_known


def capacity_delivered(found: Cooling) -> Ints:
    """The same of the coolant that each device delivers."""
    pipes = found.plant.pipes
    total = np.zeros(len(found.plant.devices), dtype=np.int64)
    np.add.at(total, pipes.a_device, found.loops.pipe_flow * _carries(found.coolant)[pipes.z_device])
    return total * found.loops.delivered_known


def capacity_of_air(found: Cooling) -> Ints:
    """What the air carries that each device moves, in thousandths of a CFM times mJ/(m3 K)."""
    density = found.column([density_at(found.plant.design, cls.element) for cls in found.plant.classes])
    return found.airflow * density * AIR_HEAT_CAPACITY


def _carries(coolant: Ints) -> Ints:
    return np.array([*(DENSITY[name] * HEAT_CAPACITY[name] for name in COOLANTS), 0], dtype=np.int64)[coolant]


def mean_rise(heat: Ints, capacity: Ints, factor: Fraction) -> Ints:
    """Rise in thousandths of a K of what has a capacity and takes a heat in mW, rounded up; `NONE` without either."""
    _, first, number = np.unique(together(heat, capacity), return_index=True, return_inverse=True)
    words = []
    for mw, carries in zip(heat[first].tolist(), capacity[first].tolist(), strict=True):
        rise = factor * mw / carries if mw > 0 and carries > 0 else Fraction(NONE)
        words.append(-(-rise.numerator // rise.denominator))
    return np.array(words, dtype=np.int64)[number]
