"""What feeders lose: efficiency, efficiency curves and fixed losses, as columns.

A feeder takes `output / efficiency + loss`, rounded up. With a `curve` the efficiency is that of its load: the output
as a share of `installed`, else of `supply`; straight lines between the points, held constant before the first and
after the last. Between points it is rounded down to a millionth, so the loss is never told too low. `loss` does not
depend on the load: a feeder has it as long as it is live, so one of a pair on standby under voltage has it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from ...dsl.units import Quantity
from ..once import once
from ..plant import Ints, Plant
from ..schema import SupplyAttributes
from .loads import milliwatts

MILLION = 10**6


@dataclass(frozen=True)
class Curve:
    """Points of one feeder class: loads in mW, rising, and efficiencies in millionths."""

    load: Ints
    efficiency: Ints

    def at(self, output: Ints) -> Ints:
        """Efficiency in millionths at each output in mW."""
        place = np.searchsorted(self.load, output, side="right") - 1
        low = np.clip(place, 0, len(self.load) - 1)
        high = np.minimum(low + 1, len(self.load) - 1)
        width = np.maximum(self.load[high] - self.load[low], 1)
        along = np.clip(output - self.load[low], 0, self.load[high] - self.load[low])
        found: Ints = self.efficiency[low] + along * (self.efficiency[high] - self.efficiency[low]) // width
        return found


@dataclass(frozen=True)
class Losses:
    """`numerator / denominator` is the efficiency of each device that has one figure, `fixed` its loss in mW.

    `curve` is the number of its curve, -1 for none.
    """

    numerator: Ints
    denominator: Ints
    fixed: Ints
    curve: Ints
    curves: tuple[Curve, ...]

    def fractions(self, output: Ints, devices: Ints) -> tuple[Ints, Ints]:
        """Numerators and denominators of the efficiencies of some devices at their outputs in mW, (rows, devices)."""
        numerator = np.broadcast_to(self.numerator[devices], output.shape)
        denominator = np.broadcast_to(self.denominator[devices], output.shape)
        if not self.curves:
            return numerator, denominator
        curve = self.curve[devices]
        if not (curve >= 0).any():
            return numerator, denominator
        numerator, denominator = numerator.copy(), denominator.copy()
        for number in np.unique(curve[curve >= 0]).tolist():
            own = np.flatnonzero(curve == number)
            numerator[:, own] = self.curves[number].at(output[:, own])
            denominator[:, own] = MILLION
        return numerator, denominator


@once
def losses(plant: Plant) -> Losses:
    """The losses of every device; all others pass on what they take."""
    size = len(plant.devices)
    numerator, denominator = np.ones(size, dtype=np.int64), np.ones(size, dtype=np.int64)
    fixed, curve = np.zeros(size, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    curves: list[Curve] = []
    for cls in plant.classes:
        attributes = plant.element_of(cls).attributes
        if not isinstance(attributes, SupplyAttributes):
            continue
        rows = slice(cls.first, cls.first + cls.count)
        points = _curve(attributes)
        if points is not None:
            curve[rows] = len(curves)
            curves.append(points)
        elif isinstance(attributes.efficiency, Quantity) and 0 < attributes.efficiency.value <= 1:
            numerator[rows] = attributes.efficiency.value.numerator
            denominator[rows] = attributes.efficiency.value.denominator
        if attributes.loss is not None:
            fixed[rows] = milliwatts(attributes.loss)
    return Losses(numerator, denominator, fixed, curve, tuple(curves))


def _curve(attributes: SupplyAttributes) -> Curve | None:
    """The points of a curve that makes sense; the checks tell of one that does not."""
    whole = attributes.installed or attributes.supply
    points = [(row.load.value, row.efficiency.value) for row in attributes.curve]
    if whole is None or not sound(points):
        return None
    full = milliwatts(whole)
    return Curve(
        np.array([int(share * full) for share, _ in points], dtype=np.int64),
        np.array([int(efficiency * MILLION) for _, efficiency in points], dtype=np.int64),
    )


def sound(points: list[tuple[Fraction, Fraction]]) -> bool:
    """Whether loads rise and no efficiency is nothing (below a millionth) or more than all."""
    rising = all(a[0] < b[0] for a, b in pairwise(points))
    return bool(points) and rising and all(Fraction(1, MILLION) <= e <= 1 and 0 <= x <= 10 for x, e in points)


def divide(output: Ints, numerator: Ints, denominator: Ints) -> Ints:
    """`output / (numerator / denominator)`, rounded up, without a product that could overflow."""
    whole, rest = np.divmod(output, numerator)
    found: Ints = whole * denominator + -(-rest * denominator // numerator)
    return found
