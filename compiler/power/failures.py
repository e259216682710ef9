"""What happens when something of the power chain is lost, reckoned on the part of the feed graph that it touches.

What is lost and all that it feeds may live otherwise than before; what feeds these may carry otherwise; nothing else
changes. Power is reckoned in µW here, so that parts of a load that does not divide evenly are equal to less than the
milliwatt that is told. The limits after a failure are those of normal running: no overload for a short time is
counted on, since nobody says how long the failure lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..plant import Bools, Ints, Plant
from ..schema import FEEDERS, OutletAttributes, SupplyAttributes
from .cases import Overload
from .chain import DEAD, STORED, Batch, Chain, State, at_failure, chain
from .flow import Pools, carry, live, pools_over, stated_supplies
from .limits import Limit, outlet_of
from .loads import Loads, milliwatts
from .losses import Losses, divide, losses
from .phases import Wires, spread, wires
from .storage import lasts_ms
from .terminals import NEVER, TerminalNames, Terminals, terminals

MICRO = 1000
"""Microwatts in the milliwatt of all other columns; a load that changes by less has not changed."""

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Loss:
    """What is lost together: devices, feeds (rows of `Plant.feeds`), and modules by device."""

    devices: Ints = field(default_factory=lambda: _NONE)
    feeds: Ints = field(default_factory=lambda: _NONE)
    modules: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What follows; see `Case`. `worst` is what comes nearest to its limit of all that carry more than before or can
    carry less.

    `hanging` are devices that an overload stands in the way of, overloaded feeders among them, and `on` the number of
    that overload in `overloads`.
    """

    dark: Ints
    stored: Ints
    ride_through_ms: int
    generators: int
    worst: Overload | None
    overloads: tuple[Overload, ...]
    hanging: Ints
    on: Ints


@dataclass(frozen=True)
class _Loaded:
    """Something that carries more than before, in mW or mVA: members of a pool, or a terminal (`side`, `feed`) with the
    devices that it feeds."""

    load: int
    limit: int
    feeds: Ints
    side: Terminals | None = None
    feed: int = -1
    unit: Literal["W", "VA"] = "W"
    barred: bool = False


@dataclass(frozen=True)
class _Flows:
    """Columns that one failure after the other is written into: µW and µVA."""

    state: State
    output: Ints
    feed: Ints
    given: Ints
    leaving: Ints

    def copy(self) -> _Flows:
        return _Flows(self.state.copy(), *(c.copy() for c in (self.output, self.feed, self.given, self.leaving)))

    def restore(self, other: _Flows, devices: Ints, feeds: Ints) -> None:
        """Take over what stands in another one for some devices and feeds."""
        self.state.level[devices] = other.state.level[devices]
        self.state.carries[feeds] = other.state.carries[feeds]
        self.output[:, devices] = other.output[:, devices]
        self.leaving[:, devices] = other.leaving[:, devices]
        self.feed[:, feeds] = other.feed[:, feeds]
        self.given[:, feeds] = other.given[:, feeds]


class Failures:
    """A plant in normal running, ready to lose something."""

    def __init__(self, plant: Plant, loads: Loads) -> None:
        self.plant = plant
        self.graph: Chain = chain(plant)
        self.loads = loads
        self._losses: Losses = losses(plant)
        self.wires: Wires = wires(plant)
        self._own = loads.peak[None] * MICRO
        self._pools: Pools = pools_over(plant, np.ones(len(plant.feeds), dtype=np.bool_))
        self._members = _members(self._pools)
        self._supply = stated_supplies(plant)
        self.feeder = np.zeros(len(plant.devices), dtype=np.bool_)
        for cls in plant.classes_of_kind(*FEEDERS):
            self.feeder[cls.first : cls.first + cls.count] = True
        self.barred = self._of_outlets(lambda outlet: outlet.busbar)
        self.behind_breaker = self._of_outlets(lambda outlet: outlet.breaker is not None)
        self.terminal_name = TerminalNames(plant)
        self._sides = [terminals(plant, side) for side in ("outlet", "inlet", "whip")]
        size, feeds = len(plant.devices), len(plant.feeds)
        rows = self.wires.rows
        self._normal = _Flows(
            at_failure(self.graph),
            np.zeros((1, size), dtype=np.int64),
            np.zeros((1, feeds), dtype=np.int64),
            np.zeros((rows, feeds), dtype=np.int64),
            np.zeros((rows, size), dtype=np.int64),
        )
        self._gone = np.zeros(size, dtype=np.bool_)
        self._cut = np.zeros(feeds, dtype=np.bool_)
        # What only batteries feed is on them from the start.
        self.graph.settle(self._normal.state, self.graph.ordered, self._gone, self._cut)
        self._reckon(self._normal, self.graph.ordered)
        self._before = [t.loads(self._normal.feed[0], self._normal.given) for t in self._sides]
        self._after = self._normal.copy()
        self._living = self.graph.storage | self.graph.battery | self.graph.generator
        self._known: dict[tuple[bytes, bytes], Outcome] = {}

    def _of_outlets(self, holds: Callable[[OutletAttributes], bool]) -> Bools:
        """For each feed whether something holds for its outlet."""
        feeds = self.plant.feeds
        found = np.zeros(len(feeds), dtype=np.bool_)
        for rule in self.plant.design.rules:
            if rule.medium == "feed" and holds(outlet_of(self.plant.design, rule)[1]):
                low, high = np.searchsorted(feeds.rule, [rule.index, rule.index + 1])
                found[low:high] = True
        return found

    @property
    def pools(self) -> Pools:
        """Feeders that share loads, standing by or not."""
        return self._pools

    def _reckon(self, flows: _Flows, batches: tuple[Batch, ...]) -> None:
        carry(self.graph, self._losses, flows.state, self._own, batches, flows.output, flows.feed, _taken)
        spread(self.graph, self.wires, batches, flows.feed[0], flows.given, flows.leaving)

    def after(self, loss: Loss) -> Outcome:
        """What follows from a loss; equal losses are reckoned once."""
        if loss.modules:
            return self._reckoned(loss)
        equal = self._equal(loss)
        key = (equal.devices.tobytes(), equal.feeds.tobytes())
        if key not in self._known:
            self._known[key] = self._reckoned(equal)
        return self._known[key]

    def _equal(self, loss: Loss) -> Loss:
        """The loss furthest down that comes to the same.

        To lose a feeder that has one feed and no loss of its own is to lose that feed; to lose the only feed of a
        feeder that stores nothing is to lose that feeder.
        """
        graph = self.graph
        while True:
            if len(loss.devices) == 1 and not len(loss.feeds):
                rows = graph.out.of(loss.devices)[0]
                if len(rows) != 1 or self._losses.fixed[loss.devices[0]]:
                    return loss
                loss = Loss(feeds=rows)
            elif len(loss.feeds) == 1 and not len(loss.devices):
                fed = graph.z[loss.feeds]
                if not self.feeder[fed[0]] or self._living[fed[0]] or len(graph.into.of(fed)[0]) != 1:
                    return loss
                loss = Loss(devices=fed)
            else:
                return loss

    def _reckoned(self, loss: Loss) -> Outcome:
        """What follows from a loss, reckoned in place and undone."""
        graph, now, before = self.graph, self._after, self._normal
        whole = tuple(d for d, count in loss.modules.items() if count >= self._modules(d))
        gone = np.concatenate([loss.devices, np.array(whole, dtype=np.int64)])
        reached = graph.below(np.concatenate([gone, graph.z[loss.feeds]]))
        touched = np.flatnonzero(reached | graph.above(np.flatnonzero(reached)))
        batches = graph.batches(touched)
        rows = graph.into.of(touched)[0]
        self._gone[gone] = True
        self._cut[loss.feeds] = True
        graph.settle(now.state, batches, self._gone, self._cut)
        np.subtract.at(now.output[0], graph.a[rows], before.feed[0, rows])
        for number in range(len(before.given)):
            np.subtract.at(now.leaving[number], graph.a[rows], before.given[number, rows])
        self._reckon(now, batches)
        outcome = self._outcome(loss, np.flatnonzero(reached), touched, rows)
        self._gone[gone] = False
        self._cut[loss.feeds] = False
        now.restore(before, touched, rows)
        return outcome

    def _outcome(self, loss: Loss, reached: Ints, touched: Ints, rows: Ints) -> Outcome:
        level, before = self._after.state.level, self._normal.state.level
        loads = reached[~self.feeder[reached] & ~self._gone[reached]]
        dark = loads[(level[loads] == DEAD) & (before[loads] < DEAD)]
        stored = loads[(level[loads] == STORED) & (before[loads] < STORED)]
        feeders = touched[self.feeder[touched]]
        ride = self._ride_through(feeders)
        started = feeders[self.graph.generator[feeders]]
        found = list(self._feeders(feeders, loss.modules))
        for side, (real, mix) in zip(self._sides, self._before, strict=True):
            if side.limited and len(rows):
                found += self._terminals(side, real, mix, rows)
        found.sort(key=lambda c: -c.load / max(c.limit, 1))
        over = [candidate for candidate in found if candidate.load > candidate.limit]
        generators = int(self._after.output[0, started].sum()) // MICRO
        hanging, on = self._hanging([candidate.feeds for candidate in over])
        overloads = tuple(self._told(candidate, loss.modules) for candidate in over)
        worst = overloads[0] if overloads else self._told(found[0], loss.modules) if found else None
        return Outcome(dark, stored, ride, generators, worst, overloads, hanging, on)

    def _told(self, candidate: _Loaded, modules: dict[int, int]) -> Overload:
        """Something loaded by its names and by the rule that limits it."""
        if candidate.side is None:
            members, names = candidate.feeds, self.plant.devices.names
            more = f" and {len(members) - 1} more" if len(members) > 1 else ""
            reason = self._reason(members, candidate.barred, modules)
            return Overload(f"{names[int(members[0])]}{more}", candidate.load, candidate.limit, "W", reason)
        side = candidate.side
        limit = _lowest(side.limits, int(self.plant.feeds.rule[candidate.feed]), candidate.unit)
        name = self.terminal_name(side.side, candidate.feed)
        return Overload(name, candidate.load, candidate.limit, candidate.unit, limit.rule)

    def _hanging(self, sources: list[Ints]) -> tuple[Ints, Ints]:
        """Devices on each source, it included, through feeds that carry; a device counts for the first."""
        if not sources:
            return _NONE, _NONE
        carries = self._after.state.carries
        a, z = self.graph.a[carries], self.graph.z[carries]
        number = np.full(len(self.feeder), -1, dtype=np.int64)
        for place in reversed(range(len(sources))):
            number[sources[place]] = place
        while True:
            rows = (number[a] >= 0) & (number[z] < 0)
            if not rows.any():
                break
            number[z[rows]] = number[a[rows]]
        found = np.flatnonzero(number >= 0)
        return found, number[found]

    def _ride_through(self, feeders: Ints) -> int:
        """Milliseconds that the first storage in use lasts; -1 if none is."""
        state, output = self._after.state, self._after.output[0]
        graph = self.graph
        used = feeders[(graph.storage | graph.battery)[feeders] & (state.level[feeders] == STORED)]
        used = used[output[used] > 0]
        if not len(used):
            return -1
        rows, _, count = graph.into.of(used)
        fed = np.zeros(len(used), dtype=np.int64)
        np.add.at(fed, np.repeat(np.arange(len(used)), count), state.carries[rows].astype(np.int64))
        source = used[fed == 0]
        cls = self.plant.devices.cls[source]
        times = []
        for index in np.unique(cls).tolist():
            highest = -(-int(output[source[cls == index]].max()) // MICRO)
            times.append(lasts_ms(self.plant.element_of(self.plant.classes[index]), highest))
        return min(times) if times else -1

    def _feeders(self, feeders: Ints, modules: dict[int, int]) -> Iterator[_Loaded]:
        """Pools of feeders that carry more than before or can carry less."""
        devices = np.concatenate([feeders, np.array(sorted(modules), dtype=np.int64)])
        touched = _distinct(self._pools.of_device[devices], len(self._pools))
        if not len(touched):
            return
        start, member = self._members
        count = start[touched + 1] - start[touched]
        place = np.repeat(start[touched] - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
        members = member[place]
        pool = np.repeat(np.arange(len(touched)), count)
        now, before = self._after.output[0, members], self._normal.output[0, members]
        able = self._supply[members]
        left = able.copy()
        for device, lost in modules.items():
            left[members == device] = self._remaining(device, lost)
        draw, limit, silent = _sums(pool, now, left, len(touched))
        was, could, _ = _sums(pool, before, able, len(touched))
        bar = self._pools.busbar[touched]
        barred = (bar >= 0) & (bar < limit)
        limit = np.where(barred, bar, limit)
        could = np.where((bar >= 0) & (bar < could), bar, could)
        worse = ~silent & (draw > 0) & ((draw > was + MICRO) | (limit < could))
        begins = np.cumsum(count) - count
        for number in _telling(np.flatnonzero(worse), draw // MICRO, limit):
            part = slice(int(begins[number]), int(begins[number] + count[number]))
            own = members[part][now[part] > 0]
            amount, most = int(draw[number]) // MICRO, int(limit[number])
            yield _Loaded(amount, most, own, barred=bool(barred[number]))

    def _reason(self, members: Ints, barred: bool, modules: dict[int, int]) -> str:
        if barred:
            return "limit of the rack's busbar"
        definition = self.plant.element_of(self.plant.class_of(int(members[0]))).definition
        if any(int(d) in modules for d in members):
            return f"supply of {definition} without the module"
        return f"supply of {definition}" if len(members) == 1 else f"supply of {len(members)} {definition} together"

    def _terminals(self, side: Terminals, real: Ints, mix: Ints, rows: Ints) -> Iterator[_Loaded]:
        """Terminals that carry more than before and have a limit: all that carry too much, and the worst."""
        own = _distinct(side.number[rows], len(side.watts))
        watts, most = side.watts[own], side.apparent[own]
        some = (watts < NEVER) | (most < NEVER)
        if not some.any():
            return
        lookup = np.zeros(len(side.watts), dtype=np.int64)
        lookup[own] = np.arange(len(own))
        place = lookup[side.number[rows]]
        more, given = real[own].copy(), mix[:, own].copy()
        np.add.at(more, place, self._after.feed[0, rows] - self._normal.feed[0, rows])
        for number in range(len(given)):
            np.add.at(given[number], place, self._after.given[number, rows] - self._normal.given[number, rows])
        # A view of the same side that knows these terminals only.
        part = Terminals(side.side, place, watts, most, side.three[own], side.limits)
        power, apparent = part.compared(more, given)
        before, was = part.compared(real[own], mix[:, own])
        kinds: tuple[tuple[Ints, Ints, Ints, Literal["W", "VA"]], ...] = (
            (power, watts, before, "W"),
            (apparent, most, was, "VA"),
        )
        for load, limits, old, unit in kinds:
            higher = np.flatnonzero((limits < NEVER) & (load > old + MICRO))
            for number in _telling(higher, load // MICRO, limits):
                feed = int(rows[place == number][0])
                amount, allowed = int(load[number]) // MICRO, int(limits[number])
                yield _Loaded(amount, allowed, self.graph.z[rows[place == number]], side, feed, unit)

    def _modules(self, device: int) -> int:
        attributes = self.plant.element_of(self.plant.class_of(device)).attributes
        assert isinstance(attributes, SupplyAttributes)
        return attributes.modules or 1

    def _remaining(self, device: int, lost: int) -> int:
        """What a feeder supplies with some of its modules lost, in mW; -1 unknown."""
        attributes = self.plant.element_of(self.plant.class_of(device)).attributes
        assert isinstance(attributes, SupplyAttributes)
        whole = int(self._supply[device])
        modules, spare = attributes.modules or 1, attributes.spare_modules or 0
        if whole < 0:
            return whole
        if attributes.installed is not None:
            return min(whole, milliwatts(attributes.installed) * max(modules - lost, 0) // modules)
        return whole if lost <= spare else whole * max(modules - lost, 0) // max(modules - spare, 1)


def _distinct(numbers: Ints, size: int) -> Ints:
    """The numbers below a size that occur, rising; -1 is none."""
    seen = np.zeros(size + 1, dtype=np.bool_)
    seen[numbers] = True
    return np.flatnonzero(seen[:-1])


def _telling(rows: Ints, load: Ints, limit: Ints) -> list[int]:
    """Of some rows all that are beyond their limit; if none is, the one nearest to it."""
    over = rows[load[rows] > limit[rows]]
    if len(over) or not len(rows):
        return [int(row) for row in over]
    return [int(rows[np.argmax(load[rows] / np.maximum(limit[rows], 1))])]


def _lowest(limits: dict[int, tuple[Limit, ...]], rule: int, unit: str) -> Limit:
    return min((limit for limit in limits[rule] if limit.unit == unit), key=lambda limit: limit.amount)


def _members(pools: Pools) -> tuple[Ints, Ints]:
    """Devices sorted by pool, and where each pool starts."""
    member = np.flatnonzero(pools.of_device >= 0)
    member = member[np.argsort(pools.of_device[member], kind="stable")]
    return np.searchsorted(pools.of_device[member], np.arange(len(pools) + 1)), member


def _sums(pool: Ints, output: Ints, able: Ints, count: int) -> tuple[Ints, Ints, Bools]:
    """By pool: what leaves it, what those of its members that carry can, and whether one of them does not say."""
    on = output > 0
    draw, limit = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(draw, pool, output)
    np.add.at(limit, pool[on], np.maximum(able[on], 0))
    silent = np.zeros(count, dtype=np.bool_)
    silent[pool[on & (able < 0)]] = True
    return draw, limit, silent


def _taken(graph: Chain, lost: Losses, state: State, own: Ints, output: Ints, devices: Ints) -> Ints:
    """What some devices take at peak, in µW."""
    out = output[:, devices]
    numerator, denominator = lost.fractions(out // MICRO, devices)
    fixed = np.where(live(graph, state, devices, out[0]), lost.fixed[devices], 0) * MICRO
    found: Ints = own[:, devices] + divide(out, numerator, denominator) + fixed
    return found
