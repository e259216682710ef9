"""Every pool of feeders carries its loads, every assembly its own, and every outlet stays within its rating."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ...dsl.units import Quantity, multiply
from ..design import Element
from ..instances import sum_by_instance
from ..names import host_names
from ..plant import Ints
from ..power.flow import Bools, carrying, pool_draw
from ..power.loads import milliwatts
from ..schema import HallAttributes, InletAttributes, OutletAttributes
from .facts import Facts
from .wording import in_all, terminal, watts


def circular_feeds(facts: Facts) -> Iterator[Diagnostic]:
    """RW5007: a feeder that feeds itself through others."""
    circle = facts.flow.circular
    if not len(circle):
        return
    feeds = facts.plant.feeds
    row = int(np.flatnonzero(np.isin(feeds.a_device, circle) & np.isin(feeds.z_device, circle))[0])
    names = facts.plant.devices.names
    a, z = names[int(feeds.a_device[row])], names[int(feeds.z_device[row])]
    rule = facts.design.rules[int(feeds.rule[row])]
    yield diagnose(
        "RW5007",
        rule.origin,
        detail=f"{a} feeds {z}, which feeds {a} in turn, directly or through others",
        help="power runs one way: remove one of the feeds",
    )


def overloaded_pools(facts: Facts) -> Iterator[Diagnostic]:
    """RW5002: the peak of what a pool of feeders carries is above its supply. The worst of each class."""
    plant, stock = facts.plant, facts.pools
    draw = pool_draw(stock, facts.flow)[0]
    lack = np.where(stock.supply >= 0, draw - stock.supply, 0)
    classes = plant.devices.cls[stock.first]
    for index in np.unique(classes[lack > 0]):
        own = np.flatnonzero(classes == index)
        pool = int(own[lack[own].argmax()])
        element = plant.element_of(plant.classes[int(index)])
        rule = _feeding(facts, stock.of_device == pool)
        yield diagnose(
            "RW5002",
            element.origin if rule is None else rule,
            f"draws {watts(draw[pool])}",
            detail=_sum(facts, pool, int(draw[pool])) + in_all(int((lack[own] > 0).sum()), "such groups of feeders"),
            help="add feeders, feed fewer loads, or take feeders of a higher `supply`",
            also=() if rule is None else [(element.origin, _supply_text(facts, pool))],
        )


def _feeding(facts: Facts, members: Bools) -> Span | None:
    """The statement through which the most power leaves the members."""
    feeds = facts.plant.feeds
    rows = np.flatnonzero(members[feeds.a_device])
    if not len(rows):
        return None
    return facts.design.rules[int(feeds.rule[rows[facts.flow.feed[0, rows].argmax()]])].origin


def _supply_text(facts: Facts, pool: int) -> str:
    stock = facts.pools
    members, supply, whole = int(stock.members[pool]), int(stock.supply[pool]), int(stock.unlimited[pool])
    parts = f"{members} together supply {watts(whole)}" if members > 1 else f"supplies {watts(whole)}"
    return parts + (f"; the busbar carries {watts(supply)}" if supply < whole else "")


def _sum(facts: Facts, pool: int, draw: int) -> str:
    """`supply 15 kW, draw 21 kW: 2 x node 10.2 kW, tor 0.6 kW`."""
    plant, stock, feeds = facts.plant, facts.pools, facts.plant.feeds
    rows = np.flatnonzero((stock.of_device == pool)[feeds.a_device] & carrying(plant))
    classes = plant.devices.cls[feeds.z_device[rows]]
    pieces = []
    for index in np.unique(classes):
        own = rows[classes == index]
        number = len(np.unique(feeds.z_device[own]))
        name = plant.element_of(plant.classes[int(index)]).name
        pieces.append(f"{number} {name} {watts(int(facts.flow.feed[0, own].sum()))}")
    name = plant.devices.names[int(stock.first[pool])]
    return f"here {name}: supply {watts(int(stock.supply[pool]))}, peak draw {watts(draw)}: {', '.join(pieces)}"


def overloaded_areas(facts: Facts) -> Iterator[Diagnostic]:
    """RW5002: an assembly that states its `supply` holds more peak load and losses than that."""
    plant = facts.plant
    # A device's own load, or a feeder's loss: what it takes and does not pass on.
    drawn = facts.flow.input[0] - facts.flow.output[0]
    for element in facts.design.elements:
        if not isinstance(element.attributes, HallAttributes) or element.attributes.supply is None:
            continue
        limit = milliwatts(element.attributes.supply)
        total = sum_by_instance(plant, element.index, drawn)
        wrong = total > limit
        if wrong.any():
            name = host_names(facts.design, element.index)[int(total.argmax())]
            yield diagnose(
                "RW5002",
                element.origin,
                f"supplies {watts(limit)}",
                detail=f"here {name}: peak draw {watts(int(total.max()))} with the losses of the feeders inside"
                + in_all(int(wrong.sum()), "of them"),
                help="build less here, or raise its `supply`",
            )


def overloaded_terminals(facts: Facts) -> Iterator[Diagnostic]:
    """RW5003: more goes through an outlet or inlet than its rating allows; the worst of each array."""
    feeds = facts.plant.feeds
    yield from _terminals(facts, "outlet", feeds.a_device, feeds.a_terminal)
    yield from _terminals(facts, "inlet", feeds.z_device, feeds.z_terminal)


def _terminals(facts: Facts, kind: str, device: Ints, number: Ints) -> Iterator[Diagnostic]:
    plant, peak = facts.plant, facts.flow.feed[0]
    of_row = plant.devices.cls[device]
    for cls in plant.classes:
        for array in cls.terminals[kind]:
            element = facts.design.elements[array.element]
            limit = _rating(element)
            if limit is None:
                continue
            place = number - array.first
            rows = np.flatnonzero((of_row == cls.index) & (place >= 0) & (place < array.count))
            key = (device[rows] - cls.first) * array.count + place[rows]
            total = np.zeros(cls.count * array.count, dtype=np.int64)
            np.add.at(total, key, peak[rows])
            if (total > limit).any():
                worst = rows[key == total.argmax()][0]
                name = terminal(plant, kind, int(device[worst]), int(number[worst]))
                yield diagnose(
                    "RW5003",
                    facts.design.rules[int(plant.feeds.rule[worst])].origin,
                    f"carries {watts(int(total.max()))}",
                    detail=f"here {name}" + in_all(int((total > limit).sum()), kind + "s"),
                    help="spread the loads over more of them, or take one of a higher rating",
                    also=[(element.origin, f"rated {watts(limit)}")],
                )


def _rating(element: Element) -> int | None:
    """Rating in mW: as stated, else voltage times current."""
    attributes = element.attributes
    if isinstance(attributes, OutletAttributes | InletAttributes) and attributes.rating is not None:
        return milliwatts(attributes.rating)
    if isinstance(attributes, OutletAttributes) and attributes.voltage and attributes.current:
        found: Quantity = multiply(attributes.voltage, attributes.current)
        return milliwatts(found)
    return None
