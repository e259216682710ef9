"""Feeders whose own figures agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..design import Element
from ..instances import instance_count
from ..power.limits import power_text
from ..power.loads import milliwatts
from ..power.losses import sound
from ..schema import SupplyAttributes
from .facts import Facts


def absurd_tables(facts: Facts) -> Iterator[Diagnostic]:
    """RW5013: efficiencies and tables of feeders that cannot be; once a definition."""
    for element, attributes in _feeders(facts):
        at, what = element.stated.get("curve", element.origin), _curve(attributes)
        if what is None and attributes.efficiency is not None and not 0 < attributes.efficiency.value <= 1:
            at, what = element.stated.get("efficiency", element.origin), f"an efficiency of {attributes.efficiency}"
        if what is None:
            at, what = element.stated.get("runtime", element.origin), _runtime(attributes)
        if what is not None:
            yield diagnose(
                "RW5013",
                at,
                what,
                detail=f"in {element.definition}; it is left out of the sums",
                help="loads rise from row to row; efficiencies lie above 0 % and at most at 100 %; times do not rise",
            )


def _curve(attributes: SupplyAttributes) -> str | None:
    points = [(row.load.value, row.efficiency.value) for row in attributes.curve]
    if not points:
        return None
    if attributes.installed is None and attributes.supply is None:
        return "a curve by load of a part that states neither `installed` nor `supply`"
    if sound(points):
        return None
    for (load, _), (following, _) in pairwise(points):
        if following <= load:
            return f"{_percent(following)} of load follows {_percent(load)}"
    return next(
        (f"{_percent(share)} efficiency" for _, share in points if not Fraction(1, 10**6) <= share <= 1),
        "loads beyond ten times what is installed",
    )


def _runtime(attributes: SupplyAttributes) -> str | None:
    for one, other in pairwise(attributes.runtime):
        if other.load.value <= one.load.value:
            return f"{other.load} follows {one.load}"
        if other.time.value > one.time.value:
            return f"it lasts longer at {other.load} than at {one.load}"
    return None


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):g} %"


def module_arithmetic(facts: Facts) -> Iterator[Diagnostic]:
    """RW5014: `supply` is at most what the modules that may be counted on give; once a definition."""
    for element, attributes in _feeders(facts):
        at, what = _modules(element, attributes)
        if what is not None:
            yield diagnose(
                "RW5014",
                at,
                what,
                detail=f"in {element.definition}; {instance_count(facts.design, element.index)} built",
                help="`supply` is at most `installed * (modules - spare_modules) / modules`",
            )


def _modules(element: Element, attributes: SupplyAttributes) -> tuple[Span, str | None]:
    modules, spare = attributes.modules, attributes.spare_modules
    supply, installed = attributes.supply, attributes.installed
    if modules is not None and modules < 1:
        return element.stated.get("modules", element.origin), f"{modules} modules"
    place = element.stated.get("spare_modules", element.origin)
    if spare is not None and (spare < 0 or modules is None or spare >= modules):
        return place, f"{spare} of {'an unknown number of' if modules is None else modules} modules to spare"
    if supply is None or installed is None:
        return place, None
    whole = milliwatts(installed)
    left = whole if modules is None else whole * (modules - (spare or 0)) // modules
    if milliwatts(supply) <= left:
        return place, None
    rest = "installed" if modules is None or not spare else f"what {modules - spare} of {modules} modules give"
    at = element.stated.get("supply", element.origin)
    return at, f"{supply} is more than {power_text(left, 'W')}, {rest}"


def _feeders(facts: Facts) -> Iterator[tuple[Element, SupplyAttributes]]:
    """The feeders of the design, one of each definition with the same figures."""
    seen: list[tuple[str, SupplyAttributes]] = []
    for element in facts.design.elements:
        attributes = element.attributes
        if isinstance(attributes, SupplyAttributes) and (element.definition, attributes) not in seen:
            seen.append((element.definition, attributes))
            yield element, attributes
