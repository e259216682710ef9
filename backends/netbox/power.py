"""Power as NetBox has it: outlets and ports that one cable joins, and the feeds of power panels.

In NetBox an outlet feeds one port. A busbar, or an outlet from which several parts are fed, is therefore written as
many outlets and ports, one for each feed: `out/1`, `out/2`. They are counted over what is reserved, so growth renames
none.

A power panel with a feed for each circuit is what NetBox reckons a rack's power by. So the outlets outside of racks
that feed parts in racks are the feeds of a panel, which has the name of the device that they belong to, wherever the
spec tells their voltage and their breaker, current or rating.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import numpy as np

from ...compiler.design import Rule
from ...compiler.names import terminal_names
from ...compiler.plant import DeviceClass, Ints, Plant, Relations
from ...compiler.power.limits import breaker_rule, outlet_of, voltage_of, wiring_of

_ROWS = 1 << 40
"""More feeds than any statement makes."""

MOST = 32767
"""Most volts and amperes that NetBox's fields hold (SmallIntegerField)."""


@dataclass(frozen=True)
class Circuit:
    """What the feeds of a panel that a statement makes have in common."""

    volts: int
    amperes: int
    three_phase: bool
    direct: bool
    utilization: int


@dataclass(frozen=True)
class Sides:
    """How the terminals of one kind are written. `parts` are for each class and number how many (1: as it is), `nth`
    for each feed which of them it takes."""

    parts: list[list[int]]
    nth: Ints

    def names(self, plant: Plant, cls: DeviceClass, kind: str) -> list[tuple[int, str]]:
        """Numbers and names of a class, in order."""
        own = terminal_names(plant, cls, kind)
        return [
            (number, name if count == 1 else f"{name}/{part + 1}")
            for number, (name, count) in enumerate(zip(own, self.parts[cls.index], strict=True))
            for part in range(count)
        ]


@dataclass(frozen=True)
class Power:
    """All feeds as NetBox has them. `circuits` are the statements whose feeds are those of a panel, `paneled` the
    outlet elements that are no outlets because of that."""

    outlets: Sides
    inlets: Sides
    circuits: dict[int, Circuit]
    paneled: frozenset[int]


def power(plant: Plant) -> Power:
    """How every feed is written."""
    grown = plant.at_capacity
    circuits, paneled = _circuits(grown)
    return Power(_sides(plant, grown, "outlet"), _sides(plant, grown, "inlet"), circuits, paneled)


def _sides(plant: Plant, grown: Plant, kind: str) -> Sides:
    feeds = grown.feeds
    outlet = kind == "outlet"
    device, terminal = (feeds.a_device, feeds.a_terminal) if outlet else (feeds.z_device, feeds.z_terminal)
    widths = np.array([cls.terminal_count(kind) for cls in grown.classes] or [0], dtype=np.int64)
    each = widths[grown.devices.cls]
    first = np.cumsum(each) - each
    key = first[device] + terminal
    order = np.argsort(key, kind="stable")
    begins = np.searchsorted(key[order], key[order])
    nth = np.zeros(len(key), dtype=np.int64)
    nth[order] = np.arange(len(key)) - begins
    count = np.bincount(key, minlength=int(each.sum()))
    parts = []
    for cls in grown.classes:
        width = int(widths[cls.index])
        start = int(first[cls.first]) if cls.count else 0
        own = count[start : start + cls.count * width].reshape(cls.count, width)
        parts.append(np.maximum(own.max(axis=0, initial=1), 1).tolist() if width else [])
    return Sides(parts, nth[at_capacity(plant.feeds, feeds)])


def at_capacity(rows: Relations, grown: Relations) -> Ints:
    """For each row the same one among all that are reserved."""
    keys = grown.rule * _ROWS + grown.rank
    order = np.argsort(keys, kind="stable")
    found: Ints = order[np.searchsorted(keys[order], rows.rule * _ROWS + rows.rank)]
    return found


def _circuits(plant: Plant) -> tuple[dict[int, Circuit], frozenset[int]]:
    """Of the plant at capacity, so that growth makes no other outlet of one."""
    found: dict[int, Circuit] = {}
    other: set[int] = set()
    feeds, rack = plant.feeds, plant.devices.rack
    for rule in plant.design.rules:
        low, high = np.searchsorted(feeds.rule, [rule.index, rule.index + 1])
        if rule.medium != "feed" or low == high:
            continue
        a, z = rack[feeds.a_device[low:high]], rack[feeds.z_device[low:high]]
        circuit = _circuit(plant, rule) if (a < 0).all() and (z >= 0).all() else None
        if circuit is None:
            other.add(rule.a.element)
        else:
            found[rule.index] = circuit
    rules = plant.design.rules
    # An outlet is either a panel's or its device's.
    found = {index: circuit for index, circuit in found.items() if rules[index].a.element not in other}
    return found, frozenset(rules[index].a.element for index in found)


def _circuit(plant: Plant, rule: Rule) -> Circuit | None:
    """What a statement tells of its circuits; None if that is not enough for a feed of NetBox."""
    element, outlet = outlet_of(plant.design, rule)
    volts, wiring = voltage_of(plant.design, rule), wiring_of(plant.design, rule)
    if volts is None or wiring is None:
        return None
    utilization = 100
    if outlet.breaker is not None:
        amperes = floor(outlet.breaker.to("A"))
        utilization = 80 if breaker_rule(plant.design, element.index) == "nec" else 100
    elif outlet.current is not None:
        amperes = floor(outlet.current.to("A"))
    elif outlet.rating is not None:
        share = outlet.rating.to("W") / volts.to("V")
        amperes = floor(float(share) / 3**0.5 if wiring == "three_phase" else share)
    else:
        return None
    voltage = round(volts.to("V"))
    if not (1 <= voltage <= MOST and 1 <= amperes <= MOST):
        return None
    return Circuit(voltage, amperes, wiring == "three_phase", wiring == "dc", utilization)
