"""Power usage effectiveness: all power that enters over that of the IT equipment (ISO/IEC 30134-2).

What enters is what the outermost feeders take, and what is drawn by devices that nothing feeds, cooling parts among
them: loads and losses together. IT equipment are accelerators, processors, adapters, servers and switches, with what
is plugged into them. It is that of a moment, at peak, typical or idle load, not that of a year; and as long as
something of a building is not modelled it is partial, and says what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..plant import Plant
from .flow import Flow
from .gaps import not_modelled
from .loads import Loads

IT = ("accelerator", "cpu", "nic", "server", "switch", "ocs")
"""Kinds whose power is what a data center is built for."""


@dataclass(frozen=True)
class Quotient:
    """Power in mW."""

    power_in: int
    it: int

    @property
    def ratio(self) -> Fraction | None:
        """None without IT equipment."""
        return Fraction(self.power_in, self.it) if self.it else None


@dataclass(frozen=True)
class Pue:
    """`missing` says in sentences why it is partial; empty if it is not."""

    peak: Quotient
    typical: Quotient
    idle: Quotient
    missing: tuple[str, ...]


def pue(plant: Plant, loads: Loads, flow: Flow) -> Pue:
    """The PUE of what is modelled."""
    it = np.zeros(len(plant.devices), dtype=np.bool_)
    for cls in plant.classes_of_kind(*IT):
        it[cls.first : cls.first + cls.count] = True
    own = flow.input - flow.output
    entering = [int(own[row].sum()) for row in (0, 1, 3)]
    drawn = [int(column[it].sum()) for column in (loads.peak, loads.typical, loads.idle)]
    peak, typical, idle = (Quotient(a, b) for a, b in zip(entering, drawn, strict=True))
    return Pue(peak, typical, idle, tuple(not_modelled(plant, loads, flow)))
