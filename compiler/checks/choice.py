"""A choice of optics and cables leaves one that will do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..cages import forms, speed_through
from ..design import Element, Rule
from ..expand.choose import longest, suits
from .facts import Facts
from .wording import in_all, instance, metres, rate

_PORTS = ("port", "port")


def choice(facts: Facts) -> Iterator[Diagnostic]:
    """RW4004, RW4005 and RW3018: the first link of each statement for which nothing was chosen, and why."""
    plant = facts.plant
    segments = plant.segments
    for rule in facts.design.rules:
        if rule.medium != "link" or len(rule.options) < 2:
            continue
        low, high = np.searchsorted(segments.rule, [rule.index, rule.index + 1])
        mine = slice(int(low), int(high))
        open_ = np.flatnonzero((segments.option[mine] < 0) & (plant.circuit[mine] >= 0)) + mine.start
        if len(open_):
            yield _why(facts, rule, int(open_[0]), len(open_))


def _why(facts: Facts, rule: Rule, segment: int, count: int) -> Diagnostic:
    plant, design = facts.plant, facts.design
    link = int(plant.circuit[segment])
    length, speed = int(plant.links.length_um[link]), int(plant.links.speed[link])
    shown = instance(plant, plant.segments, _PORTS, segment, in_all(count, "links"))
    ports = _ports(facts, rule, segment)
    media = [design.media[pair[0]] for pair in rule.options]
    fitting = [m for m in media if suits(m, ports) and speed_through(m) == speed]
    if not fitting:
        words = ", ".join(f"{m.name} is {' and '.join(forms(m))} of {rate(speed_through(m))}" for m in media)
        return diagnose(
            "RW3018",
            rule.origin,
            f"a link of {rate(speed)}",
            detail=f"{shown}; {words}",
            help="add one to the choice that fits the ports at both ends; between a device and a panel only optics do",
            also=[(origin, "a port, declared here") for origin in dict.fromkeys(port.origin for port in ports)],
        )
    if length < 0:
        return diagnose(
            "RW4004",
            rule.origin,
            "how long is not known",
            detail=shown,
            help="give both devices a height and a place in racks of one floor plan, or name one optic or cable here",
        )
    best = max(fitting, key=longest)
    return diagnose(
        "RW4005",
        rule.origin,
        f"{metres(length)} long",
        detail=f"{shown}; the longest of the choice is {best.name} with {metres(longest(best))}",
        help="add one to the choice that reaches farther, or place the racks nearer",
    )


def _ports(facts: Facts, rule: Rule, segment: int) -> list[Element]:
    """The active ports at the ends of a segment."""
    plant = facts.plant
    assert rule.z is not None
    ends = ((rule.a, plant.segments.a_device), (rule.z, plant.segments.z_device))
    return [facts.design.elements[end.element] for end, device in ends if not plant.passive[device[segment]]]
