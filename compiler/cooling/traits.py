"""What each element of a design is in its loops: where it takes heat from, where it gives it to, and its figures.

As large as the spec: one record for each class of devices, made from what the element and its members state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, prod

from ...dsl.units import Quantity
from ..design import Design, Element
from ..plant import Plant
from ..power.loads import milliwatts, part_figure
from ..schema import COOLERS, CoolingAttributes, PartAttributes
from .properties import COOLANTS

OUTDOOR = ("chiller", "tower")
"""Kinds that give heat to the outside, unless a pipe feeds them; their own power leaves with it."""

MOST = 10**12
"""No figure counts as more than this, far above all that is built: sums of millions of them still fit a column."""

LEAST_RISE = Fraction(1, 100)
"""Rises below this many K are no rise: a flow that follows from one is not known."""

AIR_TAKERS = ("door", "crah", "fan")
"""Kinds that take heat from the air, unless they say otherwise."""


@dataclass(frozen=True)
class Trait:
    """One class of devices. Figures that nothing states are None.

    `separates` tells that its loop ends here: what it supplies is other coolant than what it is given. `takes` is
    `liquid` or `air` of a cooler, else "". `gives` is where the heat that it takes goes: `liquid`, `air` or `outside`.
    `share` is the part of its own heat that goes into coolant; where `share` is None, `liquid` (peak, typical in mW)
    is the sum over its members. Flows are mL/min, airflow is thousandths of a CFM, temperatures are thousandths of a
    degree, pressures Pa, heat mW.
    """

    element: Element
    cooler: bool
    separates: bool
    takes: str
    gives: str
    share: Fraction | None
    liquid: tuple[int, int]
    flow: int | None
    rise: Fraction | None
    drop: int | None
    drop_at: int | None
    coolant: int | None
    coolant_limit: int | None
    airflow: int | None
    air_rise: Fraction | None
    air_limit: int | None
    heat: int | None
    delivers: int | None
    head: int | None
    supply: int | None
    approach: int | None


def traits(plant: Plant, fed: set[int]) -> tuple[Trait, ...]:
    """One record for each device class; `fed` are the classes of which some device is supplied by a pipe."""
    return tuple(_trait(plant.design, plant.element_of(cls), cls.index in fed) for cls in plant.classes)


def _trait(design: Design, element: Element, fed: bool) -> Trait:
    own = element.attributes
    assert isinstance(own, PartAttributes)
    cooling = own if isinstance(own, CoolingAttributes) else None
    share, liquid = _liquid(design, element)
    flow = millilitres(own.coolant_flow) if own.coolant_flow is not None else _members_flow(design, element)
    delivers = millilitres(cooling.flow) if cooling else None
    return Trait(
        element=element,
        cooler=element.kind in COOLERS,
        separates=element.kind in COOLERS and element.kind != "manifold",
        takes=(cooling.takes or ("air" if element.kind in AIR_TAKERS else "liquid")) if cooling else "",
        gives=_gives(element, cooling, fed),
        share=share,
        liquid=liquid,
        flow=flow,
        rise=_rise(own.rise),
        drop=_whole(own.pressure_drop, "Pa"),
        drop_at=flow if flow is not None else delivers if element.kind == "manifold" else None,
        coolant=_coolant(design, element),
        coolant_limit=_lowest(design, element, "coolant_limit"),
        airflow=thousandths_of_cfm(own.airflow),
        air_rise=_rise(own.air_rise),
        air_limit=_lowest(design, element, "air_limit"),
        heat=milliwatts(cooling.heat) if cooling and cooling.heat is not None else None,
        delivers=delivers,
        head=_whole(cooling.head, "Pa") if cooling else None,
        supply=millidegrees(cooling.supply_temperature) if cooling else None,
        approach=_whole(cooling.approach, "K", 1000) if cooling else None,
    )


def _gives(element: Element, cooling: CoolingAttributes | None, fed: bool) -> str:
    if cooling is not None and cooling.gives is not None:
        return cooling.gives
    if element.kind in ("aalc", "fan"):
        return "air"
    return "outside" if element.kind in OUTDOOR and not fed else "liquid"


def _liquid(design: Design, element: Element) -> tuple[Fraction | None, tuple[int, int]]:
    """The share of its heat that goes into coolant, or the liquid heat of its members where it states none."""
    stated = getattr(element.attributes, "liquid", None)
    if isinstance(stated, Quantity):
        return min(stated.value, Fraction(1)), (0, 0)
    if element.kind in OUTDOOR:
        return Fraction(1), (0, 0)
    return None, _members_liquid(design, element)


def _members_liquid(design: Design, element: Element) -> tuple[int, int]:
    peak = typical = 0
    for member, count in _parts(design, element):
        share, inside = _liquid(design, member)
        if share is not None:
            figure = part_figure(design, member)
            inside = int(figure.peak * share), int(figure.typical * share)
        peak, typical = peak + count * inside[0], typical + count * inside[1]
    return peak, typical


def _members_flow(design: Design, element: Element) -> int | None:
    """Flow of cold plates in parallel, where each member with liquid heat states its flow."""
    if getattr(element.attributes, "liquid", None) is not None:
        return None
    total = 0
    for member, count in _parts(design, element):
        stated = getattr(member.attributes, "coolant_flow", None)
        flow = millilitres(stated) if isinstance(stated, Quantity) else _members_flow(design, member)
        share, inside = _liquid(design, member)
        if flow is None and (inside[0] if share is None else share):
            return None
        total += count * (flow or 0)
    return total or None


def _parts(design: Design, element: Element) -> Iterator[tuple[Element, int]]:
    for member in design.children(element.index):
        if member.role == "part":
            yield member, prod(dim.size for dim in member.dims)


def _coolant(design: Design, element: Element) -> int | None:
    """What it delivers or is made for; of a box that does not say, what the first part inside says."""
    own = getattr(element.attributes, "coolant", None)
    if own is not None:
        return COOLANTS.index(own)
    inside = (_coolant(design, member) for member, _ in _parts(design, element))
    return next((c for c in inside if c is not None), None)


def _lowest(design: Design, element: Element, name: str) -> int | None:
    """The lowest limit that the element or a part inside it states."""
    own = millidegrees(getattr(element.attributes, name, None))
    found = [] if own is None else [own]
    for member, count in _parts(design, element):
        inside = _lowest(design, member, name)
        if inside is not None and count:
            found.append(inside)
    return min(found, default=None)


def _rise(value: Quantity | None) -> Fraction | None:
    return None if value is None or value.value < LEAST_RISE else value.value


def millidegrees(value: Quantity | None) -> int | None:
    """A temperature in whole thousandths of a degree Celsius, rounded up."""
    return _whole(value, "degC", 1000)


def millilitres(value: Quantity | None) -> int | None:
    """A flow of coolant in whole mL/min, rounded up."""
    return _whole(value, "L/min", 1000)


def thousandths_of_cfm(value: Quantity | None) -> int | None:
    """A flow of air in whole thousandths of a CFM, rounded up."""
    return _whole(value, "CFM", 1000)


def _whole(value: Quantity | None, unit: str, scale: int = 1) -> int | None:
    return None if value is None else max(-MOST, min(MOST, ceil(scale * value.to(unit))))
