"""Every loop carries its heat and its flow, through couplings that are made for it, with the pressure that it has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..cooling.loops import pressures
from ..cooling.traits import millilitres
from ..design import Element
from ..plant import Ints
from ..schema import CouplingAttributes
from .cooling_wording import kilopascals, litres, worst
from .facts import Facts
from .wording import in_all, terminal, watts


def circular_pipes(facts: Facts) -> Iterator[Diagnostic]:
    """RW6020: coolant that comes back to where it was, or heat that goes round between coolant and air."""
    circle, pipes = facts.cooling.loops.circular, facts.plant.pipes
    names = facts.plant.devices.names
    if len(circle):
        inside = np.isin(pipes.a_device[circle], pipes.z_device[circle])
        row = int(circle[np.flatnonzero(inside)[0]]) if inside.any() else int(circle[0])
        a, z = names[int(pipes.a_device[row])], names[int(pipes.z_device[row])]
        yield diagnose(
            "RW6020",
            facts.design.rules[int(pipes.rule[row])].origin,
            detail=f"{a} supplies {z}, which supplies {a} in turn, directly or through others",
            help="a pipe leads from the supply to the load: cdu -> manifold -> server; the way back is understood",
        )
    elif not facts.cooling.settled:
        air = np.flatnonzero(facts.cooling.loops.to_air[0] > 0)
        device = int(air[0]) if len(air) else 0
        yield diagnose(
            "RW6020",
            facts.plant.element_of(facts.plant.class_of(device)).origin,
            "gives heat to the air",
            detail=f"what takes it out of the air again gives it back to the loop of {names[device]}",
            help="let the door or crah be supplied by a loop whose heat leaves the building",
        )


def overheated(facts: Facts) -> Iterator[Diagnostic]:
    """RW6021: a cdu, chiller and the like gets more heat from its loop than its `heat`; the worst of each class."""
    cooling = facts.cooling
    limit = cooling.column([-1 if t.heat is None or t.takes == "air" else t.heat for t in cooling.traits])
    taken = cooling.loops.taken[0]
    for cls, device, count in worst(facts, np.where(limit >= 0, taken - limit, 0)):
        yield diagnose(
            "RW6021",
            facts.plant.element_of(cls).origin,
            f"takes {watts(int(taken[device]))}",
            detail=f"here {facts.plant.devices.names[device]}: heat {watts(int(limit[device]))}, "
            f"at peak it gets {_pieces(facts, device, cooling.loops.pipe_heat[0], watts)}"
            + in_all(count, "such parts"),
            help="supply fewer loads from it, add one beside it, or take one of a higher `heat`",
        )


def short_of_coolant(facts: Facts) -> Iterator[Diagnostic]:
    """RW6022: more coolant leaves a part than its `flow`; the worst of each class."""
    cooling = facts.cooling
    limit = cooling.column([-1 if t.delivers is None else t.delivers for t in cooling.traits])
    delivered = cooling.loops.delivered
    for cls, device, count in worst(facts, np.where(limit >= 0, delivered - limit, 0)):
        yield diagnose(
            "RW6022",
            facts.plant.element_of(cls).origin,
            f"must deliver {litres(delivered[device])}",
            detail=f"here {facts.plant.devices.names[device]}: flow {litres(limit[device])}, "
            f"its loads take {_pieces(facts, device, cooling.loops.pipe_flow, litres)}" + in_all(count, "such parts"),
            help="supply fewer loads from it, add one beside it, or take one of a higher `flow`",
        )


def _pieces(facts: Facts, device: int, column: Ints, write: object) -> str:
    """What goes to each class of loads: `3 m 240 kW`."""
    assert callable(write)
    plant = facts.plant
    rows = np.flatnonzero(plant.pipes.a_device == device)
    classes = plant.devices.cls[plant.pipes.z_device[rows]]
    pieces = []
    for index in np.unique(classes):
        own = rows[classes == index]
        name = plant.element_of(plant.classes[int(index)]).name
        pieces.append(f"{len(np.unique(plant.pipes.z_device[own]))} {name} {write(int(column[own].sum()))}")
    return ", ".join(pieces)


def overloaded_couplings(facts: Facts) -> Iterator[Diagnostic]:
    """RW6023: more flows through a coupling than its `flow`; the worst of each array."""
    pipes = facts.plant.pipes
    yield from _couplings(facts, "coolant_out", pipes.a_device, pipes.a_terminal)
    yield from _couplings(facts, "coolant_in", pipes.z_device, pipes.z_terminal)


def _couplings(facts: Facts, kind: str, device: Ints, number: Ints) -> Iterator[Diagnostic]:
    plant, through = facts.plant, facts.cooling.loops.pipe_flow
    of_row = plant.devices.cls[device]
    for cls in plant.classes:
        for array in cls.terminals[kind]:
            element = facts.design.elements[array.element]
            attributes = element.attributes
            if not isinstance(attributes, CouplingAttributes) or attributes.flow is None:
                continue
            limit = millilitres(attributes.flow) or 0
            place = number - array.first
            rows = np.flatnonzero((of_row == cls.index) & (place >= 0) & (place < array.count))
            key = (device[rows] - cls.first) * array.count + place[rows]
            total = np.zeros(cls.count * array.count, dtype=np.int64)
            np.add.at(total, key, through[rows])
            if (total > limit).any():
                row = rows[key == total.argmax()][0]
                name = terminal(plant, kind, int(device[row]), int(number[row]))
                yield diagnose(
                    "RW6023",
                    facts.design.rules[int(plant.pipes.rule[row])].origin,
                    f"carries {litres(total.max())}",
                    detail=f"here {name}" + in_all(int((total > limit).sum()), "couplings"),
                    help="spread the flow over more couplings, or take a larger one",
                    also=[(element.origin, f"made for {attributes.flow}{_sort(attributes)}")],
                )


def _sort(attributes: CouplingAttributes) -> str:
    return f" ({attributes.connector})" if attributes.connector else ""


def short_of_pressure(facts: Facts) -> Iterator[Diagnostic]:
    """RW6024: the parts on the way through a loop take more pressure than its pump has; the worst of each class."""
    cooling = facts.cooling
    limit = cooling.column([-1 if t.head is None or not t.separates else t.head for t in cooling.traits])
    below = cooling.loops.below
    for cls, device, count in worst(facts, np.where(limit >= 0, below - limit, 0)):
        path = _steepest(facts, device)
        known = "" if cooling.loops.below_known[device] else "; parts on the way state none and count as none"
        yield diagnose(
            "RW6024",
            facts.plant.element_of(cls).origin,
            f"has {kilopascals(limit[device])} for its loop",
            detail=f"here {facts.plant.devices.names[device]}: {path} take {kilopascals(below[device])}{known}"
            + in_all(count, "such parts"),
            help="take a pump with more head, less flow, or parts with a smaller pressure_drop",
        )


def _steepest(facts: Facts, device: int) -> str:
    """The path through a loop that takes most, part by part: `r0-m 3.6 kPa, r0-s0 50 kPa`."""
    plant, loops, traits = facts.plant, facts.cooling.loops, facts.cooling.traits
    steps: list[int] = []
    while not steps or not traits[int(plant.devices.cls[steps[-1]])].separates:
        on = plant.pipes.z_device[plant.pipes.a_device == (steps[-1] if steps else device)]
        if not len(on) or len(steps) > len(plant.classes):
            break
        steps.append(int(on[loops.drop[on].argmax()]))
    ahead = [*(int(loops.drop[d]) for d in steps), 0]
    own = [ahead[i] - ahead[i + 1] for i in range(len(steps))]
    return ", ".join(f"{plant.devices.names[d]} {kilopascals(drop)}" for d, drop in zip(steps, own, strict=True))


def overpressed(facts: Facts) -> Iterator[Diagnostic]:
    """RW6025: the pump's `head` is above the `pressure` that a coupling of its loop is made for; once an array."""
    pipes = facts.plant.pipes
    if len(pipes):
        head = pressures(facts.plant, facts.cooling.traits)[pipes.a_device]
        yield from _pressed(facts, "coolant_out", pipes.a_device, pipes.a_terminal, head)
        yield from _pressed(facts, "coolant_in", pipes.z_device, pipes.z_terminal, head)


def _pressed(facts: Facts, kind: str, device: Ints, number: Ints, head: Ints) -> Iterator[Diagnostic]:
    plant = facts.plant
    of_row = plant.devices.cls[device]
    for cls in plant.classes:
        for array in cls.terminals[kind]:
            element: Element = facts.design.elements[array.element]
            attributes = element.attributes
            if not isinstance(attributes, CouplingAttributes) or attributes.pressure is None:
                continue
            limit = int(attributes.pressure.to("Pa"))
            place = number - array.first
            rows = np.flatnonzero((of_row == cls.index) & (place >= 0) & (place < array.count) & (head > limit))
            if len(rows):
                row = rows[head[rows].argmax()]
                yield diagnose(
                    "RW6025",
                    facts.design.rules[int(plant.pipes.rule[row])].origin,
                    f"the pump gives {kilopascals(int(head[row]))}",
                    detail=f"here {terminal(plant, kind, int(device[row]), int(number[row]))}"
                    + in_all(len(np.unique(device[rows] * 2**20 + number[rows])), "couplings"),
                    help="take a coupling for more pressure, or a pump with less head",
                    also=[(element.origin, f"made for {attributes.pressure}{_sort(attributes)}")],
                )
