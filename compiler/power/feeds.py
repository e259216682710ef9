"""Every feed statement with its electrical facts, and the instance that carries most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..design import Rule
from ..plant import Ints, Plant
from .currents import Currents, phase_currents
from .flow import Flow
from .limits import Limit, breaker_rule, inlet_of, outlet_of, voltage_of, whip_of, wiring_of
from .terminals import Side, TerminalNames, Terminals, terminals

_SIDES: tuple[Side, ...] = ("outlet", "inlet", "whip")


@dataclass(frozen=True)
class Used:
    """The limit of a statement that is used most: `load` of `limit`, in mW or mVA, at the terminal `where`."""

    where: str
    load: int
    limit: Limit


@dataclass(frozen=True)
class FeedLine:
    """One statement. `row` is the feed that carries most at peak, `name` its two ends; figures of it in mW and mVA.

    `amperes_ma` is the current in each phase at peak: one number, three of three phases, none without a voltage.
    """

    rule: Rule
    outlet: str
    inlet: str
    count: int
    row: int
    name: str
    voltage: str
    wiring: str
    whip: str
    breaker: str
    breaker_rule: str
    peak: int
    typical: int
    idle: int
    apparent: int
    amperes_ma: tuple[int, ...]
    used: Used | None


def feed_lines(plant: Plant, flow: Flow, currents: Currents) -> Iterator[FeedLine]:
    """All statements that feed something, in the order of the design."""
    design, feeds = plant.design, plant.feeds
    name = TerminalNames(plant)
    sides = []
    for side in _SIDES:
        found = terminals(plant, side)
        real, mix = found.loads(flow.feed[0], currents.given)
        sides.append((found, found.compared(real, mix)))
    given = currents.given.sum(axis=0)
    for rule in design.rules:
        if rule.medium != "feed":
            continue
        low, high = (int(x) for x in np.searchsorted(feeds.rule, [rule.index, rule.index + 1]))
        if low == high:
            continue
        row = low + int(flow.feed[0, low:high].argmax())
        element, outlet = outlet_of(design, rule)
        whip, voltage = whip_of(design, rule), voltage_of(design, rule)
        uses = [use for side, loads in sides for use in _uses(side, loads[0], loads[1], rule, low, high, name)]
        yield FeedLine(
            rule,
            design.path(element.index),
            design.path(inlet_of(design, rule)[0].index),
            high - low,
            row,
            name("whip", row),
            str(voltage) if voltage is not None else "",
            wiring_of(design, rule) or "",
            whip.name if whip is not None else "",
            str(outlet.breaker) if outlet.breaker is not None else "",
            breaker_rule(design, element.index) if outlet.breaker is not None else "",
            int(flow.feed[0, row]),
            int(flow.feed[1, row]),
            int(flow.feed[3, row]),
            int(given[row]),
            phase_currents(plant, rule.index, currents.given[:, row]),
            max(uses, key=lambda use: use.load / max(use.limit.amount, 1), default=None),
        )


def _uses(
    side: Terminals, real: Ints, apparent: Ints, rule: Rule, low: int, high: int, name: TerminalNames
) -> Iterator[Used]:
    """The terminal that carries most, for each limit of a statement on one side."""
    own = side.number[low:high]
    for limit in side.limits.get(rule.index, ()):
        loads = (real if limit.unit == "W" else apparent)[own]
        worst = int(loads.argmax())
        yield Used(name(side.side, low + worst), int(loads[worst]), limit)
