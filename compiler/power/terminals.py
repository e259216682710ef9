"""What goes through every outlet, inlet and whip, and what each may carry, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..design import Design, Rule
from ..names import terminal_names
from ..plant import Bools, Ints, Plant
from .limits import Limit, inlet_limits, inlet_of, outlet_limits, outlet_of, whip_limits, wiring_of
from .phases import balanced

Side = Literal["outlet", "inlet", "whip"]

NEVER = np.iinfo(np.int64).max // 2
"""A limit that nothing reaches."""


@dataclass(frozen=True)
class Terminals:
    """One side of all feeds. `number` is the terminal of each feed; the other columns have one row a terminal.

    `watts` and `apparent` are the lowest limits in mW and mVA (NEVER: none), `three` whether it has three phases.
    `limits` are those of each rule that feeds through such a terminal.
    """

    side: Side
    number: Ints
    watts: Ints
    apparent: Ints
    three: Bools
    limits: dict[int, tuple[Limit, ...]]

    @property
    def limited(self) -> bool:
        """Whether there is anything to compare with."""
        return bool(self.limits)

    def loads(self, real: Ints, given: Ints) -> tuple[Ints, Ints]:
        """Real power by terminal, and apparent power (rows, terminals), of columns by feed."""
        total = np.zeros(len(self.watts), dtype=np.int64)
        np.add.at(total, self.number, real)
        mix = np.zeros((len(given), len(self.watts)), dtype=np.int64)
        for row in range(len(given)):
            np.add.at(mix[row], self.number, given[row])
        return total, mix

    def compared(self, real: Ints, mix: Ints) -> tuple[Ints, Ints]:
        """What real and apparent loads of terminals are compared with their limits as: that of the worst phase."""
        total = mix.sum(axis=0)
        if len(mix) == 1:
            return real, total
        worst = np.where(self.three, balanced(mix), total)
        uneven = self.three & (worst > total)
        scale = np.where(uneven, worst / np.maximum(total, 1), 1.0)
        # A terminal in watts is loaded by its worst phase as well.
        return np.where(uneven, np.ceil(real * scale - 0.01).astype(np.int64), real), worst


def terminals(plant: Plant, side: Side) -> Terminals:
    """The terminals of one side of all feeds, and what limits them."""
    feeds = plant.feeds
    number, size = _numbers(plant, side)
    watts = np.full(size, NEVER, dtype=np.int64)
    apparent = np.full(size, NEVER, dtype=np.int64)
    three = np.zeros(size, dtype=np.bool_)
    limits: dict[int, tuple[Limit, ...]] = {}
    for rule in plant.design.rules:
        if rule.medium != "feed":
            continue
        low, high = np.searchsorted(feeds.rule, [rule.index, rule.index + 1])
        if low == high:
            continue
        own = number[low:high]
        found, wiring = _of_rule(plant.design, rule, side)
        three[own] = wiring == "three_phase"
        if found:
            limits[rule.index] = found
        for limit in found:
            column = watts if limit.unit == "W" else apparent
            column[own] = np.minimum(column[own], limit.amount)
    return Terminals(side, number, watts, apparent, three, limits)


def _of_rule(design: Design, rule: Rule, side: Side) -> tuple[tuple[Limit, ...], str | None]:
    """What limits the terminals of a rule on one side, and how they are wired."""
    if side == "outlet":
        element, outlet = outlet_of(design, rule)
        return outlet_limits(design, element), outlet.wiring
    if side == "inlet":
        element, inlet = inlet_of(design, rule)
        return inlet_limits(element), inlet.wiring
    return whip_limits(design, rule), wiring_of(design, rule)


def _numbers(plant: Plant, side: Side) -> tuple[Ints, int]:
    """The terminal of each feed, and how many there are."""
    feeds = plant.feeds
    if side == "whip":
        return np.arange(len(feeds)), len(feeds)
    count = np.array([c.terminal_count(side) for c in plant.classes] or [0], dtype=np.int64)[plant.devices.cls]
    first = np.cumsum(count) - count
    device, terminal = (feeds.a_device, feeds.a_terminal) if side == "outlet" else (feeds.z_device, feeds.z_terminal)
    return first[device] + terminal, int(count.sum())


class TerminalNames:
    """Names of terminals, those of a class made once."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._known: dict[tuple[str, int], list[str]] = {}

    def __call__(self, side: Side, feed: int) -> str:
        """The name of the terminal of one feed; a whip is named by both of its ends."""
        feeds = self._plant.feeds
        if side == "outlet":
            return self._name("outlet", int(feeds.a_device[feed]), int(feeds.a_terminal[feed]))
        if side == "inlet":
            return self._name("inlet", int(feeds.z_device[feed]), int(feeds.z_terminal[feed]))
        return f"{self('outlet', feed)} -> {self('inlet', feed)}"

    def _name(self, kind: str, device: int, number: int) -> str:
        cls = self._plant.class_of(device)
        names = self._known.get((kind, cls.index))
        if names is None:
            names = self._known[kind, cls.index] = terminal_names(self._plant, cls, kind)
        return f"{self._plant.devices.names[device]} {names[number]}"
