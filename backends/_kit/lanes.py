"""Physical lanes of cages: how many, and which numbers the platform's port map gives them."""

from __future__ import annotations

from itertools import pairwise
from math import prod

from ...compiler.cages import lanes as width
from ...compiler.design import Design, Element
from ...compiler.plant import TerminalArray
from ...compiler.schema import PortAttributes


def cages(element: Element, array: TerminalArray) -> int:
    """Cages of a port array on one device."""
    return prod(array.shape[:-1]) if element.splits else array.count


def first_lanes(design: Design, array: TerminalArray) -> tuple[int, ...]:
    """The first lane of each cage of a port array; none where the catalog has no map that can be right."""
    element = design.elements[array.element]
    assert isinstance(element.attributes, PortAttributes)
    return () if doubt(design, array) else tuple(element.attributes.serdes)


def doubt(design: Design, array: TerminalArray) -> str:
    """Why the lanes of a port array are not known; empty if they are."""
    element = design.elements[array.element]
    attributes = element.attributes
    assert isinstance(attributes, PortAttributes)
    given, count = attributes.serdes, cages(element, array)
    if not given:
        return "does not say which lanes its cages have"
    if len(given) != count:
        return f"has {count} cages and names the first lanes of {len(given)}"
    ordered = sorted(given)
    if ordered[0] < 0 or any(b - a < width(attributes) for a, b in pairwise(ordered)):
        return f"gives one lane to two cages, each of which has {width(attributes)}"
    return ""
