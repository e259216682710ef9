"""Every pool of feeders carries its loads, every assembly its own, and no feeder feeds itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..instances import sum_by_instance
from ..names import host_names
from ..plant import Bools
from ..power.flow import carrying, pool_draw
from ..power.loads import milliwatts
from ..schema import HallAttributes
from .facts import Facts
from .wording import in_all, watts


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
            help="feed fewer loads, or take a rack whose busbar carries more: more feeders do not help"
            if stock.supply[pool] < stock.unlimited[pool]
            else "add feeders, feed fewer loads, or take feeders of a higher `supply`",
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
    rule = ", the busbar_limit of the rack" if stock.supply[pool] < stock.unlimited[pool] else ""
    return f"here {name}: supply {watts(int(stock.supply[pool]))}{rule}, peak draw {watts(draw)}: {', '.join(pieces)}"


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
