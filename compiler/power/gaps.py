"""What draws power in a building and is missing from the sums, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..cooling import cooling, missing
from ..plant import Plant
from ..schema import FEEDERS, SupplyAttributes
from ..schema.power import STANDBY
from .flow import Flow
from .limits import voltage_of, whip_of
from .loads import Loads
from .phases import wires

_OUTERMOST = ("utility", *STANDBY)
"""Feeders above which nothing is expected."""


def not_modelled(plant: Plant, loads: Loads, flow: Flow) -> Iterator[str]:
    """Sentences, in the order of the design: feeds, feeders, loads, media, cooling."""
    design = plant.design
    fed = np.bincount(plant.feeds.z_device, minlength=len(plant.devices)) > 0
    if not len(plant.feeds):
        yield "losses of power distribution and conversion: the spec has no feeds"
    for cls in plant.classes_of_kind(*FEEDERS):
        element = plant.element_of(cls)
        rows = slice(cls.first, cls.first + cls.count)
        if not flow.output[0, rows].any():
            continue
        if isinstance(element.attributes, SupplyAttributes) and element.kind not in _OUTERMOST:
            stated = element.attributes
            if stated.efficiency is None and not stated.curve and stated.loss is None:
                yield f"conversion loss of {design.path(element.index)}: {element.definition} states no efficiency"
        if not fed[rows].any() and element.kind not in _OUTERMOST:
            yield f"everything above {design.path(element.index)}: the spec does not say what feeds it"
    for cls in plant.classes:
        rows = slice(cls.first, cls.first + cls.count)
        if len(plant.feeds) and loads.peak[rows].any() and not fed[rows].all():
            yield f"the supply of {design.path(cls.element)}: the spec does not say what feeds it"
    for index in loads.unknown_parts:
        yield f"power of {design.path(index)}: {design.elements[index].definition} states no peak_power or tdp"
    for name in loads.unknown_media:
        yield f"power of {name}: it states none"
    yield from _unchecked(plant)
    yield from missing(cooling(plant))


def _unchecked(plant: Plant) -> Iterator[str]:
    """Limits that are not reckoned with."""
    design = plant.design
    for index in wires(plant).untold:
        yield f"phases of {design.path(index)}: its outlets do not tell theirs"
    rules = [r for r in design.rules if r.medium == "feed" and whip_of(design, r) and voltage_of(design, r) is None]
    for rule in rules:
        yield f"the limit of whip {rule.using[0] if rule.using else ''}: no voltage is told where it is used"
