"""The feeds of a plant as one graph: who feeds whom, in which order, and through which feeds power comes.

- A device is live if something live feeds it. What nothing feeds is live: its own supply is not in the spec.
- Of the live feeders of a device those carry that run in normal running; generators, and what only generators feed,
  carry only if none of them is live; what lives on stored energy (`ride_through`, `runtime`) only if nothing else is,
  and a battery after that. A battery carries nothing in normal running (OCP ORv3: the BBU does not share load).
- Feeders that carry share a device's load equally. A transfer switch never shares: of those that may carry it takes
  the one at its first inlet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..once import once
from ..plant import Bools, Ints, Plant
from ..schema import SupplyAttributes

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
class Batch:
    """Fed devices of one height, and the feeds into them: of the k-th `count[k]` from `begins[k]` on."""

    devices: Ints
    feeds: Ints
    begins: Ints
    count: Ints


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
    a circle and above one.  `normal` is the state without a failure."""

    plant: Plant
    a: Ints
    z: Ints
    into: Fan
    out: Fan
    height: Ints
    circular: Ints
    transfer: Bools
    generator: Bools
    battery: Bools
    storage: Bools
    normal: State

    @cached_property
    def ordered(self) -> tuple[Batch, ...]:
        """All fed devices, from the loads up."""
        return self.batches(np.arange(len(self.height)))

    def batches(self, devices: Ints) -> tuple[Batch, ...]:
        """Some devices, those that are fed and not in a circle, in batches of one height from the loads up."""
        fed = devices[(self.into.start[devices + 1] > self.into.start[devices]) & (self.height[devices] >= 0)]
        fed = fed[np.argsort(self.height[fed], kind="stable")]
        edges = np.flatnonzero(np.diff(self.height[fed])) + 1
        return tuple(Batch(part, *self.into.of(part)) for part in np.split(fed, edges)) if len(fed) else ()

    def settle(self, state: State, batches: tuple[Batch, ...], gone: Bools, cut: Bools) -> None:
        """Find how some devices live, in place, where `gone` devices and `cut` feeds are lost.

        The batches hold all that what is lost feeds, directly or through others.
        """
        state.level[np.flatnonzero(gone)] = DEAD
        for batch in reversed(batches):
            source, devices = self.a[batch.feeds], batch.devices
            level = state.level[source]
            rank = np.where(level == STORED, STORED, np.minimum(self.normal.level[source], STARTED))
            rank = np.where(self.battery[source], _LAST, rank)
            self.choose(state, batch, np.where(cut[batch.feeds] | (level == DEAD), _NEVER, rank))
            state.level[devices[self.generator[devices]]] = STARTED
            kept = self.storage[devices] & (state.level[devices] == DEAD)
            state.level[devices[kept | self.battery[devices]]] = STORED
            dead = gone[devices]
            if dead.any():
                state.level[devices[dead]] = DEAD
                state.carries[batch.feeds[np.repeat(dead, batch.count)]] = False

    def choose(self, state: State, batch: Batch, rank: Ints) -> None:
        """Which of the feeds into each device of a batch carry, given the preference of each feed."""
        order = rank
        if self.transfer[batch.devices].any():
            inlet = self.plant.feeds.z_terminal[batch.feeds]
            order = rank * _FEEDS + np.where(np.repeat(self.transfer[batch.devices], batch.count), inlet, 0)
        best = np.minimum.reduceat(order, batch.begins)
        chosen = (order == np.repeat(best, batch.count)) & (rank < _NEVER)
        state.carries[batch.feeds] = chosen
        source = np.where(chosen, state.level[self.a[batch.feeds]], DEAD)
        state.level[batch.devices] = np.minimum.reduceat(source, batch.begins)

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


@once
def chain(plant: Plant) -> Chain:
    """The feed graph of a plant and how it lives without a failure."""
    feeds, size = plant.feeds, len(plant.devices)
    a, z = feeds.a_device, feeds.z_device
    into, out = _fan(z, size), _fan(a, size)
    height, circular = _heights(a, z, size)
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
    for batch in reversed(chain.ordered):
        level = state.level[chain.a[batch.feeds]]
        chain.choose(state, batch, np.where(level == DEAD, _NEVER, level))
        state.level[batch.devices[chain.generator[batch.devices]]] = STARTED
        state.level[batch.devices[chain.battery[batch.devices]]] = DEAD


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
