"""How power flows through the feeds, in whole milliwatts, from the loads up to the outermost feeders.

- A device that n feeds carry takes the n-th part through each; the milliwatts left over go to the first of
  them, so what leaves the feeders is what their loads take, to the milliwatt. Which feeds carry: see `chain`.
- A feeder takes its output and its losses (see `losses`); without an efficiency its loss is not known and counted
  as none.
- Outlets with `busbar = true` that feed the same loads are in parallel and form one pool: the connected
  components of feeders and loads. Its supply is the sum of its feeders', at most the `busbar_limit` of the
  rack if they all stand in one. Any other feeder is a pool of its own.

Rows of flows are those of `Loads.rows`: peak, typical, the part of typical for which only peak figures are
published, idle, and the part of idle for which no figure is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..once import once
from ..plant import Bools, Ints, Plant
from ..schema import FEEDERS, OutletAttributes, RackAttributes, SupplyAttributes
from ..schema.power import STANDBY
from .chain import DEAD, MAINS, Batch, Chain, State, chain
from .loads import loads, milliwatts
from .losses import Losses, divide, losses

UNKNOWN = -1

_EFFICIENT = np.array([0, 1, 1, 3, 3])
"""The row whose load decides the efficiency of each row: a part has the efficiency of the whole."""

_FIXED = np.array([[1], [1], [0], [1], [0]])
"""Rows that fixed losses belong to."""


@dataclass(frozen=True)
class Flow:
    """`feed` has shape (5, feeds); `output` and `input` have shape (5, devices); `circular` are feeders that
    feed themselves through others, whose flows are not complete."""

    feed: Ints
    output: Ints
    input: Ints
    circular: Ints


@dataclass(frozen=True)
class Pools:
    """`of_device` is a pool for every device that feeds (-1 else); the other columns have one row a pool.

    `supply` in mW, -1 where a feeder states none. `unlimited` is the sum before the limit of the busbar, `busbar` that
    limit (-1: none).
    """

    of_device: Ints
    first: Ints
    members: Ints
    supply: Ints
    unlimited: Ints
    busbar: Ints

    def __len__(self) -> int:
        return len(self.first)


Taken = Callable[[Chain, Losses, State, Ints, Ints, Ints], Ints]
"""What some devices take, given their own loads and their outputs: (rows, devices)."""


def device_supply(plant: Plant) -> Ints:
    """What each device can feed continuously, in mW: `supply`, else `installed`; -1 unknown, 0 no feeder.

    What stands by supplies nothing in normal running: batteries, and generators unless nothing else feeds.
    """
    running = np.zeros(len(plant.devices), dtype=np.bool_)
    running[plant.feeds.a_device[carrying(plant)]] = True
    column = stated_supplies(plant)
    for cls in plant.classes_of_kind(*STANDBY):
        rows = slice(cls.first, cls.first + cls.count)
        column[rows] = np.where(running[rows], column[rows], 0)
    return column


def stated_supplies(plant: Plant) -> Ints:
    """`supply`, else `installed`, of each device in mW, whether it stands by or not; -1 unknown, 0 no feeder."""
    column = np.zeros(len(plant.devices), dtype=np.int64)
    for cls in plant.classes_of_kind(*FEEDERS):
        attributes = plant.element_of(cls).attributes
        assert isinstance(attributes, SupplyAttributes)
        stated = attributes.supply or attributes.installed
        column[cls.first : cls.first + cls.count] = UNKNOWN if stated is None else milliwatts(stated)
    return column


def carrying(plant: Plant) -> Bools:
    """The feeds that carry power in normal running."""
    return chain(plant).normal.carries


@once
def flow(plant: Plant) -> Flow:
    """Flows through all feeds in normal running."""
    graph, lost = chain(plant), losses(plant)
    own, size = loads(plant).rows, len(plant.devices)
    feed = np.zeros((5, len(plant.feeds)), dtype=np.int64)
    output = np.zeros((5, size), dtype=np.int64)
    carry(graph, lost, graph.normal, own, graph.ordered, output, feed, _taken)
    taken = _taken(graph, lost, graph.normal, own, output, np.arange(size))
    return Flow(feed, output, taken, graph.circular)


def carry(
    graph: Chain,
    lost: Losses,
    state: State,
    own: Ints,
    batches: tuple[Batch, ...],
    output: Ints,
    feed: Ints,
    taken: Taken,
) -> None:
    """Add up what flows into some devices, in place, from the loads up.

    `own`, `output` (rows, devices) and `feed` (rows, feeds) are in the unit that `taken` reckons in. What comes from
    devices that are not named must be in `output` already.
    """
    for batch in batches:
        rows, begins, count = batch.feeds, batch.begins, batch.count
        on = state.carries[rows].astype(np.int64)
        ways = np.add.reduceat(on, begins)
        running = np.cumsum(on)
        turn = running - on - np.repeat(running[begins] - on[begins], count)
        amount = taken(graph, lost, state, own, output, batch.devices)
        # The k-th of n parts is (p + n - 1 - k) div n; they sum up to p.
        several = np.maximum(np.repeat(ways, count), 1)
        part = (np.repeat(amount, count, axis=1) + (several - 1 - turn)) // several * on
        feed[:, rows] = part
        for row in range(len(part)):
            np.add.at(output[row], graph.a[rows], part[row])


def _taken(graph: Chain, lost: Losses, state: State, own: Ints, output: Ints, devices: Ints) -> Ints:
    """In mW, of all rows of loads."""
    out = output[:, devices]
    numerator, denominator = lost.fractions(out[_EFFICIENT], devices)
    fixed = np.where(live(graph, state, devices, out[0]), lost.fixed[devices], 0)
    found: Ints = own[:, devices] + divide(out, numerator, denominator) + _FIXED * fixed
    return found


def live(graph: Chain, state: State, devices: Ints, output: Ints) -> Bools:
    """Whether feeders have their fixed losses: what stands still has none."""
    found: Bools = (state.level[devices] < DEAD) & ((graph.normal.level[devices] == MAINS) | (output > 0))
    return found


@once
def pools(plant: Plant) -> Pools:
    """Feeders that carry the same loads together in normal running."""
    return pools_over(plant, carrying(plant))


def pools_over(plant: Plant, active: Bools) -> Pools:
    """Feeders that the same loads hang on through some of the feeds."""
    size = len(plant.devices)
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
    bar = np.where(barred, _busbar_limit(plant, feeders, pool, count), UNKNOWN)
    limited = np.where((bar >= 0) & (total >= 0), np.minimum(bar, total), total)
    return Pools(of_device, first, np.bincount(pool, minlength=count), limited, total, bar)


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


def _busbar_limit(plant: Plant, feeders: Ints, pool: Ints, count: int) -> Ints:
    """Busbar limit of the rack in which all feeders of a pool stand; -1 for none."""
    limit = np.full(len(plant.racks) + 1, UNKNOWN, dtype=np.int64)
    for element in plant.design.elements:
        if isinstance(element.attributes, RackAttributes) and element.attributes.busbar_limit is not None:
            limit[:-1][plant.racks.element == element.index] = milliwatts(element.attributes.busbar_limit)
    rack = plant.devices.rack[feeders]
    low = np.full(count, len(plant.racks) + 1, dtype=np.int64)
    high = np.full(count, -1, dtype=np.int64)
    np.minimum.at(low, pool, rack)
    np.maximum.at(high, pool, rack)
    # A pool over several racks, or outside of all, has no busbar of its own: the last row of `limit`.
    found: Ints = limit[np.where(low == high, high, -1)]
    return found


def pool_draw(pools: Pools, flow: Flow) -> Ints:
    """What leaves each pool, shape (5, pools)."""
    draw = np.zeros((5, len(pools)), dtype=np.int64)
    members = np.flatnonzero(pools.of_device >= 0)
    for row in range(5):
        np.add.at(draw[row], pools.of_device[members], flow.output[row, members])
    return draw
