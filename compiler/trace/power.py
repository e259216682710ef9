"""What a device or assembly draws, by the rules of `power.loads`: stated figures, members, and what is plugged in."""

from __future__ import annotations

from math import prod

import numpy as np

from ...dsl.units import Quantity
from ..design import Design, Element
from ..plant import Ints
from ..power.loads import part_figure, plug_figure
from ..schema import FEEDERS
from .books import Books
from .model import Figure
from .places import place_of, stated
from .subjects import Instances
from .sums import Column, repeated, sum_of, summed

PEAK, TYPICAL, IDLE = "peak_power", "typical_power", "idle_power"

_FIELDS = {PEAK: "peak", TYPICAL: "typical", IDLE: "idle"}

_STATED = {PEAK: (PEAK, "tdp"), TYPICAL: (TYPICAL, PEAK, "tdp"), IDLE: (IDLE, TYPICAL, PEAK, "tdp")}
"""Attributes that stand for a figure, the first that is stated; `power` of an optic or cable is its peak."""


def power(books: Books, subject: Instances, figure: str) -> Figure | None:
    """The tree of a figure of power; None of feeders, which draw nothing themselves."""
    if books.plant.design.elements[subject.element].kind in FEEDERS:
        return None
    return summed(books.plant, subject, power_column(books, figure), figure) or _inside(books, subject, figure)


def power_column(books: Books, figure: str) -> Column:
    """What each device draws, with what is plugged in."""
    values: Ints = getattr(books.loads, _FIELDS[figure])

    def parts(element: Element, devices: Ints) -> tuple[Figure, ...]:
        own = tuple(repeated(f, len(devices)) for f in part_parts(books.plant.design, element, figure))
        whole = int(values[devices].sum()) == sum_of(own, "mW").whole("mW")
        return own if whole else own + _plugs(books, devices, figure)

    return Column(values, "mW", parts)


def _plugs(books: Books, devices: Ints, figure: str) -> tuple[Figure, ...]:
    """Optics and active cables in some devices, one a cage."""
    plant, seen = books.plant, books.plugged
    inside = np.zeros(len(plant.devices), dtype=np.bool_)
    inside[devices] = True
    rows = inside[plant.ends.device] & seen.leads & (seen.media >= 0)
    found = []
    for name, count in zip(seen.names, np.bincount(seen.media[rows], minlength=len(seen.names)).tolist(), strict=True):
        media = plant.design.media[name]
        drawn = plug_figure(media)
        value = 0 if drawn is None else getattr(drawn, _FIELDS[figure])
        if count and value:
            names = [
                a for attribute in _STATED[figure] for a in (("power", PEAK) if attribute == PEAK else (attribute,))
            ]
            source = next((s for a in names if (s := stated(plant.design, media, a))), None)
            found.append(Figure(name, Quantity.of(value, "mW"), count, "plugged in", source))
    return tuple(found)


def _inside(books: Books, subject: Instances, figure: str) -> Figure | None:
    """A part inside a device, without what is plugged into it."""
    design = books.plant.design
    element = design.elements[subject.element]
    parts = part_parts(design, element, figure) if element.role == "part" else ()
    if not parts:
        return None
    one = Figure(figure, sum_of(parts, "mW"), parts=parts)
    if len(parts) == 1 and parts[0].count == 1:
        one = Figure(figure, parts[0].amount, how=parts[0].how, stated=parts[0].stated, parts=parts[0].parts)
    count = 1 if subject.instance is not None else prod(d.size for d in design.dims(element.index))
    if count == 1:
        return one
    each = Figure(element.name, one.amount, count, one.how, one.stated, place_of(design, element.origin), one.parts)
    return Figure(figure, each.total, parts=(each,))


def part_parts(design: Design, element: Element, figure: str) -> tuple[Figure, ...]:
    """What one instance of a part draws with all inside it, without what is plugged in.

    One figure that it states, or one for each of its members.
    """
    value = getattr(part_figure(design, element), _FIELDS[figure])
    if not value:
        return ()
    amount = Quantity.of(value, "mW")
    for attribute in (*_STATED[figure], TYPICAL):
        source = stated(design, element, attribute)
        # A typical figure stands for the peak only where the members' are no higher.
        told = getattr(element.attributes, attribute, None)
        if source is not None and isinstance(told, Quantity) and -(-told.to("mW") // 1) == value:
            how = "" if attribute == figure else f"{attribute} stands for {figure}"
            return (Figure(attribute, amount, how=how, stated=source),)
    found = []
    for member in design.children(element.index):
        parts = part_parts(design, member, figure) if member.role == "part" else ()
        if parts:
            alone = parts[0] if len(parts) == 1 and parts[0].stated is not None else None
            found.append(
                Figure(
                    member.name,
                    sum_of(parts, "mW"),
                    prod(d.size for d in member.dims),
                    alone.how if alone else "",
                    alone.stated if alone else None,
                    place_of(design, member.origin),
                    () if alone else parts,
                )
            )
    return tuple(found)
