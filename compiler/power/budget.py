"""The power budget of a plant: every device, feeder and assembly with its draw, its supply and what is left.

One table an element, one row an instance, all in mW. Each assembly's figures are the sums of the devices
inside, to the milliwatt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..cages import plugged
from ..design import Design, Element
from ..instances import classes_inside, instance_count, sum_by_instance
from ..names import host_names
from ..once import once
from ..plant import Ints, Plant
from ..schema import FEEDERS
from .flow import Flow, Pools, flow, pools
from .loads import Loads, loads
from .storage import ride_through
from .supply import effective_supply, supply, taken

_FIGURES = ("peak_power", "tdp", "typical_power", "idle_power")
_SUPPLIES = ("supply", "installed", "efficiency", "curve", "loss", "busbar_limit")


@dataclass(frozen=True)
class Table:
    """The instances of one element. Rows are in mW; `supply` is -1 where none is known.

    Of a feeder, typical, peak and idle are what leaves it, `devices` is how many it feeds. `loss` is the conversion
    loss at peak of the feeders inside. `headroom` is supply less what is taken from it (see `supply`). `input` is all
    that is drawn and lost inside at peak, of a feeder what it takes. `ride_through_ms` is the shortest time that a
    storage inside carries what hangs on it at peak; -1 where there is none, 0 where its part does not say.
    """

    level: str
    element: Element
    names: list[str]
    devices: Ints
    typical: Ints
    peak: Ints
    typical_from_peak: Ints
    loss: Ints
    supply: Ints
    headroom: Ints
    idle: Ints
    idle_from_typical: Ints
    input: Ints
    ride_through_ms: Ints
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class Budget:
    """Tables in the order: devices, feeders, then assemblies from the inside out; the last is the whole."""

    plant: Plant
    loads: Loads
    flow: Flow
    tables: tuple[Table, ...]

    @property
    def whole(self) -> Table:
        """The table of the root, with one row."""
        return self.tables[-1]


@once
def budget(plant: Plant) -> Budget:
    """The budget of a whole plant."""
    return _Maker(plant).budget()


class _Maker:
    """What all tables are made from, computed once."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._loads = loads(plant)
        self._flow = flow(plant)
        self._pools: Pools = pools(plant)
        self._supply = effective_supply(plant, self._pools)

    def budget(self) -> Budget:
        design = self._plant.design
        boxes = [self._plant.element_of(c) for c in self._plant.classes if c.count]
        devices = [self._table("device", e) for e in boxes if e.kind not in FEEDERS]
        feeders = [self._table("feeder", e) for e in boxes if e.kind in FEEDERS]
        assemblies = sorted(
            (e for e in design.elements if e.role == "assembly" and instance_count(design, e.index)),
            key=lambda e: (-len(design.chain(e.index)), e.index),
        )
        tables = (*devices, *feeders, *(self._table(e.kind, e) for e in assemblies))
        return Budget(self._plant, self._loads, self._flow, tables)

    def _table(self, level: str, element: Element) -> Table:
        plant, index = self._plant, element.index
        rows = self._flow.output if level == "feeder" else self._loads.rows
        peak, typical, from_peak, idle, from_typical = (sum_by_instance(plant, index, row) for row in rows)
        have = supply(plant, self._supply, index)
        left = np.where(have >= 0, have - taken(plant, self._flow, index), 0)
        return Table(
            level,
            element,
            host_names(plant.design, index),
            sum_by_instance(plant, index, self._fed if level == "feeder" else np.ones_like(self._fed)),
            typical,
            peak,
            from_peak,
            sum_by_instance(plant, index, self._loss),
            have,
            left,
            idle,
            from_typical,
            sum_by_instance(plant, index, self._entering if level == "feeder" else self._drawn),
            self._lasting(index),
            tuple(sorted({a for c in classes_inside(plant, index) for a in self._assumed[c.index]}))
            + tuple(f"{element.definition}.{a}" for a in element.assumed if a in _SUPPLIES and level != "feeder"),
        )

    @cached_property
    def _loss(self) -> Ints:
        lost: Ints = self._flow.input[0] - self._loads.peak - self._flow.output[0]
        return lost

    @cached_property
    def _entering(self) -> Ints:
        taken: Ints = self._flow.input[0]
        return taken

    @cached_property
    def _drawn(self) -> Ints:
        """What each device takes and does not pass on."""
        own: Ints = self._flow.input[0] - self._flow.output[0]
        return own

    @cached_property
    def _storage(self) -> Ints:
        return ride_through(self._plant, self._flow)

    def _lasting(self, index: int) -> Ints:
        """The shortest time of a storage in each instance of an element; -1 where there is none."""
        never = np.iinfo(np.int64).max
        shortest = np.full(instance_count(self._plant.design, index), never, dtype=np.int64)
        for cls in classes_inside(self._plant, index):
            times = self._storage[cls.first : cls.first + cls.count]
            if cls.count:
                shortest = np.minimum(
                    shortest, np.where(times < 0, never, times).reshape(len(shortest), -1).min(axis=1)
                )
        return np.where(shortest == never, -1, shortest)

    @cached_property
    def _fed(self) -> Ints:
        """How many devices each one feeds."""
        feeds, size = self._plant.feeds, len(self._plant.devices)
        pairs = np.unique(feeds.a_device * size + feeds.z_device)
        count: Ints = np.bincount(pairs // size, minlength=size)
        return count

    @cached_property
    def _assumed(self) -> dict[int, set[str]]:
        """For each device class the figures marked `assumed` that its draw or supply rests on."""
        plant = self._plant
        found = {c.index: set(assumed_figures(plant.design, plant.element_of(c))) for c in plant.classes}
        seen = plugged(plant)
        shared = [i for i, name in enumerate(seen.names) if "power" in plant.design.media[name].assumed]
        for number in shared:
            for cls in np.unique(plant.devices.cls[plant.ends.device[seen.media == number]]).tolist():
                found[cls].add(f"{seen.names[number]}.power")
        return found


def assumed_figures(design: Design, element: Element) -> Iterator[str]:
    """The assumed figures of a part, as `definition.attribute`; of its members where their sum counts."""
    if element.kind in FEEDERS:
        yield from (f"{element.definition}.{a}" for a in element.assumed if a in _SUPPLIES)
        return
    stated = [a for a in _FIGURES if getattr(element.attributes, a, None) is not None]
    yield from (f"{element.definition}.{a}" for a in stated if a in element.assumed)
    if not any(a in stated for a in ("peak_power", "tdp")):
        for member in design.children(element.index):
            if member.role == "part":
                yield from assumed_figures(design, member)
