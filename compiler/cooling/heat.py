"""Heat of every device: the power that it takes and does not pass on, split between coolant and air.

- A load's heat is its load; a feeder's is its loss. Both are those of the power budget, at peak and typical.
- `liquid` of a part is the share of its heat that goes into coolant. A box that states it speaks for all inside;
  one that does not gives what its members state: their figure times their share. The rest goes into the air.
- A chiller's and a tower's own power leaves with the heat that they give off, unless they state `liquid`.

The liquid part is rounded down to the mW, so `heat = liquid + air` exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..plant import Plant
from ..power.flow import Flow
from .model import Heat
from .traits import Trait


def heat(plant: Plant, flow: Flow, found: Sequence[Trait]) -> Heat:
    """Heat of each device; `flow` is the power flow of the plant, `found` are the traits of its classes."""
    whole = (flow.input - flow.output)[:2]
    liquid = np.zeros_like(whole)
    for cls, trait in zip(plant.classes, found, strict=True):
        rows = slice(cls.first, cls.first + cls.count)
        if trait.share is None:
            inside = np.array(trait.liquid, dtype=np.int64)[:, None]
            liquid[:, rows] = np.minimum(inside, whole[:, rows])
        elif trait.share:
            numerator, denominator = trait.share.numerator, trait.share.denominator
            parts, rest = np.divmod(whole[:, rows], denominator)
            liquid[:, rows] = parts * numerator + rest * numerator // denominator
    return Heat(whole, liquid, whole - liquid)
