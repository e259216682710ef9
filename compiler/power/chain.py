"""The feeds of a plant as one graph: who feeds whom, in which order, and through which feeds power comes.

- A device is live if something live feeds it. What nothing feeds is live: its own supply is not in the spec.
- Of the live feeders of a device those carry that run in normal running; generators, and what only generators feed,
  carry only if none of them is live; what lives on stored energy (`ride_through`, `runtime`) only if nothing else is,
  and a battery after that. A battery carries nothing in normal running (OCP ORv3: the BBU does not share load).
- Feeders that carry share a device's load equally. A transfer switch never shares: of those that may carry it takes
  the one at its first inlet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..plant import Ints, Plant
from ..schema import SupplyAttributes
from .losses import Bools

MAINS, STARTED, STORED, DEAD = 0, 1, 2, 3
"""How a device lives: on what runs always, on generators, on stored energy, or not at all."""

_LAST, _NEVER = 3, 4
"""Preferences of a feed beyond the levels: from a battery, and from what is dead."""

_FEEDS = 2**40
"""Above every number of a terminal: preference comes before the order of inlets."""


@dataclass(frozen=True)
class Fan:
    """Feeds sorted by a device: those of device d are `feed[start[d] : start[d + 1]]`."""

    feed: Ints
    start: Ints

    def of(self, devices: Ints) -> tuple[Ints, Ints, Ints]:
        """The feeds of some devices, one after the other: their rows, where each device begins, and how many."""
        count = self.start[devices + 1] - self.start[devices]
        begins = np.cumsum(count) - count
        place = np.arange(int(count.sum())) - np.repeat(begins, count) + np.repeat(self.start[devices], count)
        return self.feed[place], begins, count


@dataclass(frozen=True)
class State:
    """How the devices live and which feeds carry; columns that one failure after the other is written into.

    `level` by device (MAINS … DEAD), `carries` by feed.
    """

    level: Ints
    carries: Bools

    def copy(self) -> State:
        return State(self.level.copy(), self.carries.copy())


@dataclass(frozen=True)
class Chain:
    """The feed graph. `height` of a device is 0 if it feeds nothing, else one above the highest that it feeds; -1 in
    a circle and above one. `ordered` are the fed devices by height. `normal` is the state without a failure."""

    plant: Plant
    a: Ints
    z: Ints
    into: Fan
    out: Fan
    height: Ints
    circular: Ints
    ordered: Ints
    transfer: Bools
    generator: Bools
    battery: Bools
    storage: Bools
    normal: State

    def groups(self, devices: Ints) -> Iterator[Ints]:
        """Devices in groups of one height, from the loads up; `devices` are sorted by height."""
        height = self.height[devices]
        edges = np.flatnonzero(height[1:] != height[:-1]) + 1
        yield from np.split(devices, edges) if len(devices) else ()

    def by_height(self, devices: Ints) -> Ints:
        """Those of some devices that are fed and not in a circle, sorted by height."""
        fed = devices[(self.into.start[devices + 1] > self.into.start[devices]) & (self.height[devices] >= 0)]
        return fed[np.argsort(self.height[fed], kind="stable")]

    def settle(self, state: State, devices: Ints, gone: Bools, cut: Bools) -> None:
        """Find how some devices live, in place, where `gone` devices and `cut` feeds are lost.

        `devices` are sorted by height and hold all that what is lost feeds, directly or through others.
        """
        alone = np.flatnonzero(gone)
        state.level[alone] = DEAD
        for group in reversed(list(self.groups(devices))):
            rows, begins, count = self.into.of(group)
            source = self.a[rows]
            level = state.level[source]
            rank = np.where(level == STORED, STORED, np.minimum(self.normal.level[source], STARTED))
            rank = np.where(self.battery[source], _LAST, rank)
            self.choose(state, group, rows, begins, count, np.where(cut[rows] | (level == DEAD), _NEVER, rank))
            state.level[group[self.generator[group]]] = STARTED
            kept = self.storage[group] & (state.level[group] == DEAD)
            state.level[group[kept | self.battery[group]]] = STORED
            dead = gone[group]
            state.level[group[dead]] = DEAD
            state.carries[rows[np.repeat(dead, count)]] = False

    def choose(self, state: State, group: Ints, rows: Ints, begins: Ints, count: Ints, rank: Ints) -> None:
        """Which of the feeds into each device of a group carry, given the preference of each feed."""
        inlet = np.where(np.repeat(self.transfer[group], count), self.plant.feeds.z_terminal[rows], 0)
        order = rank * _FEEDS + inlet
        best = np.minimum.reduceat(order, begins)
        chosen = (order == np.repeat(best, count)) & (rank < _NEVER)
        state.carries[rows] = chosen
        state.level[group] = np.minimum.reduceat(np.where(chosen, state.level[self.a[rows]], DEAD), begins)

    def below(self, devices: Ints) -> Bools:
        """Some devices and all that they feed, directly or through others."""
        return self._closure(self.out, self.z, devices)

    def above(self, devices: Ints) -> Bools:
        """Some devices and all that feed them, directly or through others."""
        return self._closure(self.into, self.a, devices)

    def _closure(self, fan: Fan, far: Ints, devices: Ints) -> Bools:
        found = np.zeros(len(self.height), dtype=np.bool_)
        found[devices] = True
        new = np.zeros(len(self.height), dtype=np.bool_)
        while len(devices):
            ends = far[fan.of(devices)[0]]
            new[:] = False
            new[ends[~found[ends]]] = True
            found |= new
            devices = np.flatnonzero(new)
        return found


def chain(plant: Plant) -> Chain:
    """The feed graph of a plant and how it lives without a failure."""
    feeds, size = plant.feeds, len(plant.devices)
    a, z = feeds.a_device, feeds.z_device
    into, out = _fan(z, size), _fan(a, size)
    height, circular = _heights(a, z, size)
    fed = np.flatnonzero((into.start[1:] > into.start[:-1]) & (height >= 0))
    kinds = {name: np.zeros(size, dtype=np.bool_) for name in ("transfer", "generator", "battery", "storage")}
    for cls in plant.classes:
        element = plant.element_of(cls)
        rows = slice(cls.first, cls.first + cls.count)
        if element.kind in kinds:
            kinds[element.kind][rows] = True
        attributes = element.attributes
        if isinstance(attributes, SupplyAttributes) and element.kind != "battery":
            kinds["storage"][rows] = attributes.ride_through is not None or bool(attributes.runtime)
    level = np.full(size, DEAD, dtype=np.int64)
    # What nothing feeds has a supply that the spec does not tell of; a circle is told of by a check of its own.
    level[(into.start[1:] == into.start[:-1]) | (height < 0)] = MAINS
    level[kinds["generator"]] = STARTED
    level[kinds["battery"]] = DEAD
    found = Chain(
        plant,
        a,
        z,
        into,
        out,
        height,
        circular,
        fed[np.argsort(height[fed], kind="stable")],
        kinds["transfer"],
        kinds["generator"],
        kinds["battery"],
        kinds["storage"],
        # In a circle every feed carries.
        State(level, height[z] < 0),
    )
    _run(found)
    return found


def _run(chain: Chain) -> None:
    """Normal running, in place: nothing is stored, and generators stand still where anything else feeds."""
    state = chain.normal
    for group in reversed(list(chain.groups(chain.ordered))):
        rows, begins, count = chain.into.of(group)
        level = state.level[chain.a[rows]]
        chain.choose(state, group, rows, begins, count, np.where(level == DEAD, _NEVER, level))
        state.level[group[chain.generator[group]]] = STARTED
        state.level[group[chain.battery[group]]] = DEAD


def at_failure(chain: Chain) -> State:
    """The state that failures are written into: normal running, with batteries ready."""
    state = chain.normal.copy()
    state.level[chain.battery] = STORED
    return state


def _fan(device: Ints, size: int) -> Fan:
    order = np.argsort(device, kind="stable")
    return Fan(order, np.searchsorted(device[order], np.arange(size + 1)))


def _heights(a: Ints, z: Ints, size: int) -> tuple[Ints, Ints]:
    """The height of every device (-1 in and above a circle), and the devices of circles."""
    height = np.zeros(size, dtype=np.int64)
    waiting = np.bincount(a, minlength=size)
    rows = np.arange(len(a))
    while len(rows):
        ready = waiting[z[rows]] == 0
        if not ready.any():
            break
        now = rows[ready]
        np.maximum.at(height, a[now], height[z[now]] + 1)
        waiting -= np.bincount(a[now], minlength=size)
        rows = rows[~ready]
    height[a[rows]] = -1
    while len(rows):
        # What stands above a circle is not part of it.
        inside = np.isin(a[rows], z[rows])
        if inside.all():
            break
        rows = rows[inside]
    return height, np.unique(a[rows])
