"""What a device or assembly draws, by the rules of `power.loads`: stated figures, members, and what is plugged in."""

from __future__ import annotations

from math import prod

import numpy as np

from ...dsl.units import Quantity
from ..cages import Plugged, plugged
from ..design import Design, Element
from ..plant import Ints, Plant
from ..power.loads import Loads, loads, part_figure, plug_figure
from ..schema import FEEDERS
from .model import Figure
from .places import place_of, stated
from .subjects import Instances
from .sums import Column, summed

PEAK, TYPICAL = "peak_power", "typical_power"

_FIELDS = {PEAK: "peak", TYPICAL: "typical"}

_STATED = {PEAK: (PEAK, "tdp"), TYPICAL: (TYPICAL, PEAK, "tdp")}
"""Attributes that stand for a figure, the first that is stated."""

_PLUGS = {PEAK: ("power", PEAK), TYPICAL: (TYPICAL, "power", PEAK)}


def power(plant: Plant, subject: Instances, figure: str) -> Figure | None:
    """The tree of `peak_power` or `typical_power`; None of feeders, which draw nothing themselves."""
    if plant.design.elements[subject.element].kind in FEEDERS:
        return None
    made = loads(plant)
    maker = _Maker(plant, made, figure)
    return summed(plant, subject, Column(maker.values, "mW", maker.device), figure) or maker.inside(subject)


class _Maker:
    def __init__(self, plant: Plant, made: Loads, figure: str) -> None:
        self._plant = plant
        self._design = plant.design
        self._figure = figure
        self.values: Ints = getattr(made, _FIELDS[figure])
        self._seen: Plugged = plugged(plant)

    def device(self, element: Element, devices: Ints) -> tuple[Figure, ...]:
        """What some devices of one class draw together."""
        own = part_parts(self._design, element, self._figure)
        if len(devices) != 1:
            own = tuple(
                Figure(f.name, f.amount, f.count * len(devices), f.how, f.stated, f.place, f.parts) for f in own
            )
        rest = int(self.values[devices].sum()) - sum(f.total.whole("mW") for f in own)
        return own + (self._plugs(devices) if rest else ())

    def _plugs(self, devices: Ints) -> tuple[Figure, ...]:
        """Optics and active cables, one a cage."""
        seen, ends = self._seen, self._plant.ends
        inside = np.zeros(len(self._plant.devices) + 1, dtype=np.bool_)
        inside[devices] = True
        rows = inside[ends.device] & seen.leads & (seen.media >= 0)
        count = np.bincount(seen.media[rows], minlength=len(seen.names)).tolist()
        found = []
        for name, times in zip(seen.names, count, strict=True):
            media = self._design.media[name]
            drawn = plug_figure(media)
            value = 0 if drawn is None else getattr(drawn, _FIELDS[self._figure])
            if times and value:
                source = next((s for a in _PLUGS[self._figure] if (s := stated(self._design, media, a))), None)
                found.append(Figure(name, Quantity.of(value, "mW"), times, "plugged in", source))
        return tuple(found)

    def inside(self, subject: Instances) -> Figure | None:
        """A part inside a device, whatever its device is plugged with."""
        element = self._design.elements[subject.element]
        if element.role != "part":
            return None
        parts = part_parts(self._design, element, self._figure)
        amount = sum(f.total.whole("mW") for f in parts)
        if not parts or not amount:
            return None
        count = prod(d.size for d in self._design.dims(element.index)) if subject.instance is None else 1
        if count == 1 and len(parts) == 1:
            return Figure(
                self._figure, parts[0].amount, parts[0].count, parts[0].how, parts[0].stated, parts=parts[0].parts
            )
        if count == 1:
            return Figure(self._figure, Quantity.of(amount, "mW"), parts=parts)
        one = Figure(
            element.name, Quantity.of(amount, "mW"), count, place=place_of(self._design, element.origin), parts=parts
        )
        return Figure(self._figure, one.total, parts=(one,))


def part_parts(design: Design, element: Element, figure: str) -> tuple[Figure, ...]:
    """What one instance of a part draws with all inside it, without what is plugged in."""
    own = part_figure(design, element)
    value = getattr(own, _FIELDS[figure])
    if not value:
        return ()
    for attribute in _STATED[figure]:
        source = stated(design, element, attribute)
        if source is not None:
            how = "" if attribute == figure else f"stands for {figure}"
            return (Figure(attribute, Quantity.of(value, "mW"), how=how, stated=source),)
    found = []
    for member in design.children(element.index):
        parts = part_parts(design, member, figure) if member.role == "part" else ()
        if parts:
            one = sum(f.total.whole("mW") for f in parts)
            count = prod(d.size for d in member.dims)
            alone = parts[0] if len(parts) == 1 and not parts[0].parts else None
            found.append(
                Figure(
                    member.name,
                    Quantity.of(one, "mW"),
                    count,
                    alone.how if alone else "",
                    alone.stated if alone else None,
                    place_of(design, member.origin),
                    () if alone else parts,
                )
            )
    return tuple(found)
