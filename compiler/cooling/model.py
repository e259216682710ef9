"""What is known of the heat of a plant and of what takes it away, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..plant import Bools, Ints, Plant
from .traits import Trait

UNKNOWN = np.iinfo(np.int64).min
"""A temperature that is not known."""


@dataclass(frozen=True)
class Heat:
    """Each device's own heat in mW, shape (2, devices): at peak, and typical. `heat` is `liquid` plus `air`."""

    heat: Ints
    liquid: Ints
    air: Ints


@dataclass(frozen=True)
class Rooms:
    """Heat in the air of assemblies, by element: arrays of shape (2, instances), in mW, peak and typical.

    `given` is what enters the air inside each instance, `left` what no door, crah or the like inside takes out of it.
    """

    given: dict[int, Ints]
    left: dict[int, Ints]


@dataclass(frozen=True)
class Loops:
    """Coolant in pipes. Columns have one row a device, unless told otherwise.

    `pipe_heat` (2, pipes) in mW and `pipe_flow` in mL/min are what goes through each pipe. `taken` (2, devices) is the
    heat that arrives at a device from what it supplies, `delivered` the flow that leaves it, `flow` the flow that it
    takes from what supplies it. A flow that is not known counts as none, and then the `…_known` flag is false.
    `rejected` (2, devices) is heat that leaves the spec here: to the outside, or to what the spec does not pipe.
    `to_air` (2, devices) is heat from coolant that it gives to the air where it stands.
    `drop` is the pressure in Pa that coolant needs from its inlet on (through what it passes coolant to), `below`
    the pressure that its own loop needs; `…_known` is false where a part on the way states none.
    `circular` are the pipes that run in a circle, or lead from one.
    """

    pipe_heat: Ints
    pipe_flow: Ints
    taken: Ints
    flow: Ints
    flow_known: Bools
    delivered: Ints
    delivered_known: Bools
    rejected: Ints
    to_air: Ints
    drop: Ints
    drop_known: Bools
    below: Ints
    below_known: Bools
    circular: Ints


@dataclass(frozen=True)
class Temperatures:
    """One row a device, in thousandths of a degree Celsius, `UNKNOWN` where the spec does not tell.

    `inlet` is the warmest coolant that it is given, `supply` that which it delivers, `floor` the coldest that it can
    deliver by its approach, `air` the air on its cold side.
    """

    inlet: Ints
    supply: Ints
    floor: Ints
    air: Ints


@dataclass(frozen=True)
class Cooling:
    """The heat of a plant, where it goes, and what that takes. Columns have one row a device.

    `traits` are what the classes state; `heat` is each device's own heat; `loops` what coolant carries; `rooms` what
    air carries; `air_taken` (2, devices) what doors, crahs and the like take out of the air, in mW; `coolant` the
    number in `COOLANTS` of what a device is given, -1 where unknown; `airflow` the air that it moves in thousandths
    of a CFM, 0 and not known where nothing tells. `settled` is false where heat goes round between coolant and air,
    so that the figures are not complete.
    """

    plant: Plant
    traits: tuple[Trait, ...]
    heat: Heat
    loops: Loops
    rooms: Rooms
    air_taken: Ints
    coolant: Ints
    temperatures: Temperatures
    airflow: Ints
    airflow_known: Bools
    settled: bool

    @property
    def heat_mw(self) -> Ints:
        """Own heat of each device at peak."""
        peak: Ints = self.heat.heat[0]
        return peak

    @property
    def liquid_mw(self) -> Ints:
        """The part of it that goes into coolant."""
        peak: Ints = self.heat.liquid[0]
        return peak

    @property
    def air_mw(self) -> Ints:
        """The part of it that goes into air."""
        peak: Ints = self.heat.air[0]
        return peak

    @property
    def flow_ml_min(self) -> Ints:
        """Coolant that each device takes."""
        return self.loops.flow

    def column(self, values: list[int]) -> Ints:
        """A figure of every class as a column of devices."""
        return np.array([*values, 0], dtype=np.int64)[self.plant.devices.cls]
