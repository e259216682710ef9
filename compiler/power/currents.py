"""Apparent power and currents in normal running at peak, of every feed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, sqrt

import numpy as np

from ..plant import Ints, Plant
from .chain import chain
from .flow import Flow
from .limits import voltage_of, wiring_of
from .phases import BALANCED, Wires, spread, three, wires


@dataclass(frozen=True)
class Currents:
    """`given` (rows, feeds) and `leaving` (rows, devices) in mVA; rows are those of `phases`."""

    wires: Wires
    given: Ints
    leaving: Ints


def currents(plant: Plant, flow: Flow) -> Currents:
    """What every feed carries at peak besides its watts."""
    graph, wire = chain(plant), wires(plant)
    given = np.zeros((wire.rows, len(plant.feeds)), dtype=np.int64)
    leaving = np.zeros((wire.rows, len(plant.devices)), dtype=np.int64)
    spread(graph, wire, graph.ordered, flow.feed[0], given, leaving)
    return Currents(wire, given, leaving)


def phase_currents(plant: Plant, rule: int, given: Ints) -> tuple[int, ...]:
    """Current in each phase in mA, rounded up, of one feed of a rule that carries `given`; () without a voltage.

    One number for direct current and one phase, three for three phases.
    """
    design = plant.design
    voltage = voltage_of(design, design.rules[rule])
    if voltage is None or voltage.value <= 0:
        return ()
    if wiring_of(design, design.rules[rule]) != "three_phase":
        return (_up(Fraction(int(given.sum())) / voltage.value),)
    volts = float(voltage.value)
    if len(given) == 1:
        # I = S / (√3·V): the smallest whole number whose 3·V²·I² reaches S².
        square = Fraction(int(given[BALANCED]) ** 2) / (3 * voltage.value**2)
        root = isqrt(square.numerator // square.denominator)
        return (root if root * root >= square else root + 1,) * 3
    parts = given[BALANCED] + three(given[:, None])[:, 0]
    return tuple(int(np.ceil(part / (sqrt(3) * volts) - 1e-6)) for part in parts.tolist())


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
