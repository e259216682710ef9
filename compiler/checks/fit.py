"""Sizes: a device is no wider and no deeper than its rack takes, and a rack no larger inside than outside."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.units import Quantity, add, format_number
from ..design import Element
from ..schema import PartAttributes, RackAttributes
from .facts import Facts
from .wording import in_all


def devices_too_large(facts: Facts) -> Iterator[Diagnostic]:
    """RW6006: a device that is wider or deeper than the inside of its rack (the outside, where no inside is told);
    once a member."""
    for cls in facts.plant.classes:
        home = facts.design.rack_of(cls.element)
        element = facts.plant.element_of(cls)
        if home is None or not cls.count or not isinstance(element.attributes, PartAttributes):
            continue
        rack = facts.design.elements[home]
        for way in ("width", "depth"):
            size = getattr(element.attributes, way)
            limit = _limit(rack, way)
            if size is None or limit is None or size.value <= limit[1].value:
                continue
            word = {"width": "wide", "depth": "deep"}[way]
            yield diagnose(
                "RW6006",
                element.origin,
                f"{size} {word}",
                detail=f"{facts.plant.devices.names[cls.first]} is {size} {word}, "
                f"`{limit[0]}` of its rack is {limit[1]}" + in_all(cls.count, "devices"),
                help="take another frame"
                if limit[0].startswith("inner")
                else f"take another frame, or state its {way}",
                also=[(rack.stated.get(limit[0], rack.origin), "the rack")],
            )
            break


def racks_larger_inside(facts: Facts) -> Iterator[Diagnostic]:
    """RW6015: a rack whose inside is larger than its outside; once a member."""
    for index in facts.elevations.racks:
        rack = facts.design.elements[index]
        a = rack.attributes
        assert isinstance(a, RackAttributes)
        top = add(a.base, a.height) if a.base is not None and a.height is not None else a.height
        for inner, outer, inside, outside in (
            ("inner_width", "width", a.inner_width, a.width),
            ("inner_depth", "depth", a.inner_depth, a.depth),
            ("height", "outer_height", top, a.outer_height),
        ):
            if inside is None or outside is None or inside.value <= outside.value:
                continue
            what = "`base` and `height` together are" if inner == "height" and a.base is not None else f"`{inner}` is"
            yield diagnose(
                "RW6015",
                rack.stated.get(inner, rack.origin),
                detail=f"{rack.definition}: {what} {_millimetres(inside)}, `{outer}` is {_millimetres(outside)}",
                help="correct one of them",
                also=[(rack.stated[outer], f"`{outer}`")] if outer in rack.stated else (),
            )


def _limit(rack: Element, way: str) -> tuple[str, Quantity] | None:
    """Attribute and figure of what a rack takes."""
    for name in (f"inner_{way}", way):
        value = getattr(rack.attributes, name)
        if isinstance(value, Quantity):
            return name, value
    return None


def _millimetres(length: Quantity) -> str:
    return f"{format_number(length.to('mm'))} mm"
