"""How power flows through the feeds, in whole milliwatts, from the loads up to the outermost feeders.

- A device that n feeds reach takes the n-th part through each; the milliwatts left over go to the first of
  them, so what leaves the feeders is what their loads take, to the milliwatt.
- A feeder takes its output divided by its `efficiency`, rounded up to the next mW; without an efficiency
  its loss is not known and counted as none.
- A battery carries nothing in normal running (OCP ORv3: the BBU does not share load), so its feeds are idle.
- Outlets with `busbar = true` that feed the same loads are in parallel and form one pool: the connected
  components of feeders and loads. Its supply is the sum of its feeders', at most the `busbar_limit` of the
  rack if they all stand in one. Any other feeder is a pool of its own.

Rows of flows are peak, typical, and the part of typical for which only peak figures are published.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...dsl.units import Quantity
from ..plant import Ints, Plant
from ..schema import FEEDERS, OutletAttributes, RackAttributes, SupplyAttributes
from .loads import Loads, milliwatts

Bools = NDArray[np.bool_]

UNKNOWN = -1


@dataclass(frozen=True)
class Flow:
    """`feed` has shape (3, feeds); `output` and `input` have shape (3, devices); `circular` are feeders that
    feed themselves through others, whose flows are not complete."""

    feed: Ints
    output: Ints
    input: Ints
    circular: Ints


@dataclass(frozen=True)
class Pools:
    """`of_device` is a pool for every device that feeds (-1 else); the other columns have one row a pool.

    `supply` in mW, -1 where a feeder states none. `unlimited` is the sum before the limit of the busbar.
    """

    of_device: Ints
    first: Ints
    members: Ints
    supply: Ints
    unlimited: Ints

    def __len__(self) -> int:
        return len(self.first)


def device_supply(plant: Plant) -> Ints:
    """What each device can feed continuously, in mW: `supply`, else `installed`; -1 unknown, 0 no feeder.

    A battery supplies nothing in normal running.
    """
    column = np.zeros(len(plant.devices), dtype=np.int64)
    for cls in plant.classes:
        element = plant.element_of(cls)
        column[cls.first : cls.first + cls.count] = _supply(element.kind, element.attributes)
    return column


def _supply(kind: str, attributes: object) -> int:
    if kind not in FEEDERS or kind == "battery" or not isinstance(attributes, SupplyAttributes):
        return 0
    stated = attributes.supply or attributes.installed
    return UNKNOWN if stated is None else milliwatts(stated)


def carrying(plant: Plant) -> Bools:
    """The feeds that carry power in normal running: all but those of batteries."""
    idle = np.array([plant.element_of(c).kind == "battery" for c in plant.classes] or [False])
    found: Bools = ~idle[plant.devices.cls[plant.feeds.a_device]] if len(plant.feeds) else np.zeros(0, dtype=np.bool_)
    return found


def flow(plant: Plant, loads: Loads, active: Bools | None = None) -> Flow:
    """Flows through all feeds, or through the `active` ones only (the rest are taken as broken)."""
    size = len(plant.devices)
    rows = np.flatnonzero(carrying(plant) if active is None else carrying(plant) & active)
    a, z = plant.feeds.a_device[rows], plant.feeds.z_device[rows]
    ways = np.bincount(z, minlength=size)
    turn = _turns(z)
    numerator, denominator = _efficiency(plant)
    feed = np.zeros((3, len(plant.feeds)), dtype=np.int64)
    output = np.zeros((3, size), dtype=np.int64)
    waiting = np.bincount(a, minlength=size)
    own = loads.rows
    while len(rows):
        ready = waiting[z] == 0
        if not ready.any():
            break
        now, at = rows[ready], z[ready]
        taken = own[:, at] + _divide(output[:, at], numerator[at], denominator[at])
        # The k-th of n parts is (p + n - 1 - k) div n; they sum up to p.
        feed[:, now] = (taken + (ways[at] - 1 - turn[ready])) // ways[at]
        for row in range(3):
            np.add.at(output[row], a[ready], feed[row, now])
        waiting -= np.bincount(a[ready], minlength=size)
        rows, a, z, turn = rows[~ready], a[~ready], z[~ready], turn[~ready]
    taken = own + _divide(output, numerator, denominator)
    return Flow(feed, output, taken, np.unique(a))


def _turns(z: Ints) -> Ints:
    """For each row how many rows before it have the same z."""
    order = np.argsort(z, kind="stable")
    ordered = z[order]
    turn = np.empty(len(z), dtype=np.int64)
    turn[order] = np.arange(len(z)) - np.searchsorted(ordered, ordered)
    return turn


def _efficiency(plant: Plant) -> tuple[Ints, Ints]:
    """Efficiency of each device as a fraction; 1 for all that state none."""
    numerator = np.ones(len(plant.devices), dtype=np.int64)
    denominator = np.ones(len(plant.devices), dtype=np.int64)
    for cls in plant.classes:
        stated = getattr(plant.element_of(cls).attributes, "efficiency", None)
        if isinstance(stated, Quantity) and 0 < stated.value <= 1:
            numerator[cls.first : cls.first + cls.count] = stated.value.numerator
            denominator[cls.first : cls.first + cls.count] = stated.value.denominator
    return numerator, denominator


def _divide(output: Ints, numerator: Ints, denominator: Ints) -> Ints:
    """`output / (numerator / denominator)`, rounded up, without a product that could overflow."""
    whole, rest = np.divmod(output, numerator)
    return whole * denominator + -(-rest * denominator // numerator)


def pools(plant: Plant) -> Pools:
    """Feeders that carry the same loads together."""
    size = len(plant.devices)
    active = carrying(plant)
    a, z = plant.feeds.a_device[active], plant.feeds.z_device[active]
    label = np.where(np.bincount(a, minlength=size) > 0, np.arange(size), -1)
    busbar = _on_busbar(plant)[active]
    _join(label, a[busbar], z[busbar])
    feeders = np.flatnonzero(label >= 0)
    first, pool = np.unique(label[feeders], return_inverse=True)
    of_device = np.full(size, -1, dtype=np.int64)
    of_device[feeders] = pool
    count = len(first)
    supply = device_supply(plant)[feeders]
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, pool, supply)
    unknown = np.zeros(count, dtype=np.bool_)
    unknown[pool[supply < 0]] = True
    total[unknown] = UNKNOWN
    barred = np.zeros(count, dtype=np.bool_)
    barred[of_device[a[busbar]]] = True
    limited = np.where(barred, _limited(plant, feeders, pool, total), total)
    return Pools(of_device, first, np.bincount(pool, minlength=count), limited, total)


def _on_busbar(plant: Plant) -> Bools:
    """For each feed whether its outlet is on a busbar."""
    found = np.zeros(len(plant.feeds), dtype=np.bool_)
    of_row = plant.devices.cls[plant.feeds.a_device]
    for cls in plant.classes:
        flags: list[bool] = []
        for array in cls.terminals["outlet"]:
            attributes = plant.design.elements[array.element].attributes
            flags.extend([isinstance(attributes, OutletAttributes) and attributes.busbar] * array.count)
        if any(flags):
            rows = np.flatnonzero(of_row == cls.index)
            found[rows] = np.array(flags)[plant.feeds.a_terminal[rows]]
    return found


def _join(label: Ints, a: Ints, z: Ints) -> None:
    """Give feeders that reach a common load one label, the smallest device among them."""
    reach = np.full(len(label), len(label), dtype=np.int64)
    while True:
        np.minimum.at(reach, z, label[a])
        before = label[a]
        np.minimum.at(label, a, reach[z])
        if np.array_equal(label[a], before):
            return


def _limited(plant: Plant, feeders: Ints, pool: Ints, total: Ints) -> Ints:
    """Supply of each pool under the busbar limit of its rack, if all its feeders stand in one rack."""
    limit = np.full(len(plant.racks) + 1, UNKNOWN, dtype=np.int64)
    for element in plant.design.elements:
        if isinstance(element.attributes, RackAttributes) and element.attributes.busbar_limit is not None:
            limit[:-1][plant.racks.element == element.index] = milliwatts(element.attributes.busbar_limit)
    rack = plant.devices.rack[feeders]
    low = np.full(len(total), len(plant.racks) + 1, dtype=np.int64)
    high = np.full(len(total), -1, dtype=np.int64)
    np.minimum.at(low, pool, rack)
    np.maximum.at(high, pool, rack)
    # A pool over several racks, or outside of all, has no busbar of its own: the last row of `limit`.
    bar = limit[np.where(low == high, high, -1)]
    return np.where((bar >= 0) & (total >= 0), np.minimum(bar, total), total)


def pool_draw(pools: Pools, flow: Flow) -> Ints:
    """What leaves each pool, shape (3, pools)."""
    draw = np.zeros((3, len(pools)), dtype=np.int64)
    members = np.flatnonzero(pools.of_device >= 0)
    for row in range(3):
        np.add.at(draw[row], pools.of_device[members], flow.output[row, members])
    return draw
