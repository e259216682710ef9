"""Every rack holds what is put into it: nothing overlaps, sticks out, or weighs too much.

Devices fill the full width and depth of the rack, so two of them at one height are in one place.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.units import Quantity, format_number
from ..design import Element
from ..expand.geometry import micrometres
from ..instances import classes_inside
from ..schema import PartAttributes, RackAttributes
from .facts import Facts
from .wording import in_all


def overlaps(facts: Facts) -> Iterator[Diagnostic]:
    """RW6002: two devices in one place of a rack; once for each pair of members."""
    devices, height = facts.plant.devices, facts.heights
    rows = np.flatnonzero((devices.rack >= 0) & (devices.bottom_um != -1) & (height > 0))
    rows = rows[np.lexsort((rows, devices.bottom_um[rows], devices.rack[rows]))]
    if len(rows) < 2:
        return
    # Racks one above the other in one tall column: a rack's devices never reach the next rack's.
    low, high = int(devices.bottom_um[rows].min()), int((devices.bottom_um[rows] + height[rows]).max())
    bottom = devices.rack[rows] * (high - low + 1) + devices.bottom_um[rows] - low
    top = bottom + height[rows]
    reach = np.maximum.accumulate(top)
    holder = np.maximum.accumulate(np.where(top == reach, np.arange(len(rows)), 0))
    hit = np.flatnonzero(bottom[1:] < reach[:-1]) + 1
    pairs = np.stack([devices.cls[rows[holder[hit - 1]]], devices.cls[rows[hit]]])
    _, place, counts = np.unique(pairs, axis=1, return_index=True, return_counts=True)
    for column in np.argsort(place, kind="stable"):
        at = int(hit[place[column]])
        under, over = int(rows[holder[at - 1]]), int(rows[at])
        lower, upper = (facts.plant.element_of(facts.plant.class_of(d)) for d in (under, over))
        free = int(devices.bottom_um[under] + height[under])
        yield diagnose(
            "RW6002",
            upper.origin,
            f"starts at {_position(facts, over, int(devices.bottom_um[over]))}",
            detail=f"{devices.names[under]} and {devices.names[over]}" + in_all(int(counts[column]), "such pairs"),
            help=f"move one of them: {lower.name} fills the rack below {_position(facts, under, free)}",
            also=[
                (lower.origin, f"from {_position(facts, under, int(devices.bottom_um[under]))}, {_height(lower)} high")
            ],
        )


def _rack(facts: Facts, device: int) -> Element:
    return facts.design.elements[int(facts.plant.racks.element[facts.plant.devices.rack[device]])]


def _position(facts: Facts, device: int, bottom: int) -> str:
    """A height above unit 1 as a position of the device's rack: the first unit is 1."""
    attributes = _rack(facts, device).attributes
    unit = (isinstance(attributes, RackAttributes) and attributes.unit) or "OU"
    size = micrometres(Quantity.of(1, unit))
    number = Quantity.of(1).value * bottom / size + 1
    return f"{format_number(number)} {unit}"


def _height(element: Element) -> str:
    attributes = element.attributes
    return str(attributes.height) if isinstance(attributes, PartAttributes) else ""


def outside(facts: Facts) -> Iterator[Diagnostic]:
    """RW6003: a device that reaches above the top of its rack; once a member. No position is below unit 1."""
    devices, height = facts.plant.devices, facts.heights
    top = devices.bottom_um + np.maximum(height, 0)
    limit = np.full(len(facts.plant.racks) + 1, np.iinfo(np.int64).max, dtype=np.int64)
    for element in facts.design.elements:
        if isinstance(element.attributes, RackAttributes) and element.attributes.height is not None:
            limit[:-1][facts.plant.racks.element == element.index] = micrometres(element.attributes.height)
    placed = (devices.rack >= 0) & (devices.bottom_um != -1)
    above = placed & (top > limit[devices.rack])
    for cls in facts.plant.classes:
        wrong = above[cls.first : cls.first + cls.count]
        if not wrong.any():
            continue
        element = facts.plant.element_of(cls)
        device = cls.first + int(np.flatnonzero(wrong)[0])
        rack = _rack(facts, device)
        yield diagnose(
            "RW6003",
            element.origin,
            f"reaches up to {_position(facts, device, int(top[device]))}",
            detail=devices.names[device] + in_all(int(wrong.sum()), "devices"),
            help=f"move it down: the rack is {_rack_height(rack)} high",
            also=[(rack.origin, "the rack")],
        )


def _rack_height(rack: Element) -> str:
    return str(rack.attributes.height) if isinstance(rack.attributes, RackAttributes) else ""


def overweight(facts: Facts) -> Iterator[Diagnostic]:
    """RW6005: what a rack holds weighs more than its payload. Racks with a device of unknown weight are
    judged by the weights that are known: that is already too much."""
    design, racks = facts.design, facts.plant.racks
    for element in design.elements:
        attributes = element.attributes
        if not isinstance(attributes, RackAttributes) or attributes.payload is None:
            continue
        count = int((racks.element == element.index).sum())
        if not count:
            continue
        total = Quantity.of(0, "kg").value
        pieces = []
        for cls in classes_inside(facts.plant, element.index):
            part = facts.plant.element_of(cls)
            if isinstance(part.attributes, PartAttributes) and part.attributes.weight is not None:
                each = cls.count // count
                total += each * part.attributes.weight.value
                pieces.append(f"{each} {part.name} of {part.attributes.weight}")
        if total > attributes.payload.value:
            yield diagnose(
                "RW6005",
                element.origin,
                f"holds {format_number(total)} kg",
                detail=f"payload {attributes.payload}: {', '.join(pieces)}" + in_all(count, "racks"),
                help="put less into the rack, or take a frame that carries more",
            )
