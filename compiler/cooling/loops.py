"""How heat and coolant go through pipes, in whole mW and mL/min, from the loads up to where heat leaves the building.

- A device that n pipes supply takes the n-th part of its heat and its flow through each.
- A load takes its `coolant_flow`; without one its liquid heat divided by density, heat capacity and its own `rise`.
  A cooler that gives its heat to the loop that supplies it is such a load there: the heat is what it takes from its
  own loop or from the air, and what of its own heat goes into coolant.
- A manifold, and any part besides coolers that passes coolant on, takes what leaves it (or what it needs itself, if
  that is more: it stands in series).
- Pressure: each part's `pressure_drop` is that at its `coolant_flow` (of a manifold at its `flow`, if it states no
  other) and grows with the square of the flow. The path that needs most counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..plant import Bools, Ints, Plant
from ..shares import layers, part, scaled, small, together, turns
from .model import Heat, Loops
from .properties import COOLANTS, coolant_factor
from .traits import MOST, Trait


@dataclass(frozen=True)
class Columns:
    """Traits as columns, one row a device. A missing figure is -1; the factor of an unknown flow is 0/1."""

    separates: Bools
    cooler: Bools
    up: Bools
    air: Bools
    outside: Bools
    flow: Ints
    numerator: Ints
    denominator: Ints
    drop: Ints
    drop_at: Ints


def columns(plant: Plant, found: Sequence[Trait], coolant: Ints) -> Columns:
    """Traits of every device; `coolant` is what each is given (see `coolant`)."""

    def fill(values: Sequence[int]) -> Ints:
        return np.array([*values, 0], dtype=np.int64)[plant.devices.cls]

    factors = [[_factor(trait, name) for name in COOLANTS] + [(0, 1)] for trait in found]
    table = np.array([*factors, [(0, 1)] * (len(COOLANTS) + 1)], dtype=np.int64)
    chosen = table[plant.devices.cls, coolant]
    return Columns(
        separates=fill([t.separates for t in found]) > 0,
        cooler=fill([t.cooler for t in found]) > 0,
        up=fill([t.gives == "liquid" for t in found]) > 0,
        air=fill([t.separates and t.gives == "air" for t in found]) > 0,
        outside=fill([t.separates and t.gives == "outside" for t in found]) > 0,
        flow=fill([-1 if t.flow is None else t.flow for t in found]),
        numerator=chosen[:, 0],
        denominator=chosen[:, 1],
        drop=fill([-1 if t.drop is None else t.drop for t in found]),
        drop_at=fill([-1 if t.drop_at is None else t.drop_at for t in found]),
    )


def _factor(trait: Trait, name: str) -> tuple[int, int]:
    return (0, 1) if trait.rise is None else small(coolant_factor(name, trait.rise))


def coolant(plant: Plant, found: Sequence[Trait]) -> Ints:
    """What each device is given: a number of `COOLANTS`, -1 where nothing on the way from the source states it.

    Where a loop names none and the part itself does (a manifold, a door), that counts.
    """
    own = np.array([-1 if t.coolant is None else t.coolant for t in found] + [-1])[plant.devices.cls]
    separates = np.array([t.separates for t in found] + [False])[plant.devices.cls]
    takes_only = np.array([t.takes == "air" for t in found] + [False])[plant.devices.cls]
    given = np.where(separates & ~takes_only, -1, own)
    a, z = plant.pipes.a_device, plant.pipes.z_device
    groups, _ = layers(a, z, len(plant.devices))
    for rows in reversed(groups):
        source = np.where(separates[a[rows]], own[a[rows]], given[a[rows]])
        told = source >= 0
        given[z[rows[told]]] = source[told]
    return given


def loops(plant: Plant, heat: Heat, air_taken: Ints, given: Columns, active: Bools | None = None) -> Loops:
    """Heat and flow of all pipes, or of the `active` ones only (the rest are taken as broken).

    `air_taken` (2, devices) is what each device takes out of the air.
    """
    size = len(plant.devices)
    used = np.arange(len(plant.pipes)) if active is None else np.flatnonzero(active)
    a, z = plant.pipes.a_device[used], plant.pipes.z_device[used]
    ways, turn = np.bincount(z, minlength=size), turns(z)
    passes = ~given.separates & (np.bincount(a, minlength=size) > 0)
    state = _State(heat, air_taken, given, passes, size)
    pipe_heat = np.zeros((2, len(plant.pipes)), dtype=np.int64)
    pipe_flow = np.zeros(len(plant.pipes), dtype=np.int64)
    groups, circular = layers(a, z, size)
    for rows in groups:
        at, source = z[rows], a[rows]
        carried = state.carried(at)
        pipe_heat[:, used[rows]] = part(carried, ways[at], turn[rows])
        need, known = state.need(at, carried[0])
        pipe_flow[used[rows]] = part(need, ways[at], turn[rows])
        drop, told = state.drop(at, need)
        for row in range(2):
            np.add.at(state.taken[row], source, pipe_heat[row, used[rows]])
        np.add.at(state.delivered, source, pipe_flow[used[rows]])
        np.logical_and.at(state.delivered_known, source, known)
        np.maximum.at(state.below, source, drop)
        np.logical_and.at(state.below_known, source, told)
    every = np.arange(size)
    carried = state.carried(every)
    need, known = state.need(every, carried[0])
    drop, told = state.drop(every, need)
    ends = ways == 0
    return Loops(
        pipe_heat=pipe_heat,
        pipe_flow=pipe_flow,
        taken=state.taken,
        flow=need,
        # What no pipe supplies in this spec takes its coolant from elsewhere, or none.
        flow_known=known | (ends & given.separates),
        delivered=state.delivered,
        delivered_known=state.delivered_known,
        rejected=np.where(ends, carried, 0) + np.where(given.outside, state.passed(every), 0),
        to_air=np.where(given.air, state.passed(every), 0),
        drop=drop,
        drop_known=told,
        below=state.below,
        below_known=state.below_known,
        circular=used[circular],
    )


class _State:
    """Sums on the way up. Flows are those at peak."""

    def __init__(self, heat: Heat, air_taken: Ints, given: Columns, passes: Bools, size: int) -> None:
        self._heat, self._air_taken, self._given, self._passes = heat, air_taken, given, passes
        self.taken = np.zeros((2, size), dtype=np.int64)
        self.delivered = np.zeros(size, dtype=np.int64)
        self.delivered_known = np.ones(size, dtype=np.bool_)
        self.below = np.zeros(size, dtype=np.int64)
        self.below_known = np.ones(size, dtype=np.bool_)

    def passed(self, at: Ints) -> Ints:
        """Heat that devices take from others and give on, shape (2, len(at))."""
        total: Ints = self.taken[:, at] + self._air_taken[:, at]
        return total

    def carried(self, at: Ints) -> Ints:
        """Heat that goes from devices into the coolant that supplies them, shape (2, len(at))."""
        given = self._given
        on = given.up[at] | ~given.separates[at]
        total: Ints = self._heat.liquid[:, at] + np.where(on, self.passed(at), 0)
        return total

    def need(self, at: Ints, carried: Ints) -> tuple[Ints, Bools]:
        """Coolant that devices take, and whether it is known. `carried` is their heat at peak."""
        given = self._given
        passes = self._passes[at]
        manifold = given.cooler[at] & ~given.separates[at]
        stated = given.flow[at]
        own = np.where(passes, self._heat.liquid[0, at], carried)
        by_rise = scaled(own, given.numerator[at], given.denominator[at])
        flow = np.where(manifold, 0, np.where(stated >= 0, stated, by_rise))
        known = manifold | (stated >= 0) | (own == 0) | (given.numerator[at] > 0)
        total = np.where(passes | manifold, np.maximum(flow, self.delivered[at]), flow)
        return total, known & (self.delivered_known[at] | given.separates[at])

    def drop(self, at: Ints, flow: Ints) -> tuple[Ints, Bools]:
        """Pressure that coolant needs from the devices' inlets on, in Pa, and whether every part told its own."""
        given = self._given
        stated, point = given.drop[at], given.drop_at[at]
        own = np.maximum(stated, 0)
        scale = (stated > 0) & (point > 0) & (flow != point)
        if scale.any():
            own = own.copy()
            own[scale] = _squared(stated[scale], flow[scale], point[scale])
        through = ~given.separates[at]
        total = own + np.where(through, self.below[at], 0)
        return total, (stated >= 0) & (self.below_known[at] | ~through)


def _squared(drop: Ints, flow: Ints, point: Ints) -> Ints:
    """`drop * (flow / point) ** 2` in whole Pa, rounded up; exact, since few values are distinct."""
    _, first, number = np.unique(together(drop, flow, point), return_index=True, return_inverse=True)
    rows = zip(drop[first].tolist(), flow[first].tolist(), point[first].tolist(), strict=True)
    found = [min(MOST, -(-d * f * f // (p * p))) for d, f, p in rows]
    return np.array(found, dtype=np.int64)[number]


def pressures(plant: Plant, found: Sequence[Trait]) -> Ints:
    """Pressure in Pa with which each device supplies coolant: its `head`, or what supplies a manifold; 0 unknown.

    That is the rise over the pump. The pressure of the loop at rest adds to it and is not part of a design.
    """
    head = np.array([t.head or 0 for t in found] + [0], dtype=np.int64)[plant.devices.cls]
    separates = np.array([t.separates for t in found] + [False])[plant.devices.cls]
    a, z = plant.pipes.a_device, plant.pipes.z_device
    groups, _ = layers(a, z, len(plant.devices))
    for rows in reversed(groups):
        through = rows[~separates[z[rows]]]
        np.maximum.at(head, z[through], head[a[through]])
    return head
