"""Which figures of a cooling are somebody's guess, so that a reader knows what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from ..design import Design, Element
from ..plant import DeviceClass
from .model import Cooling

FIGURES = (
    "peak_power",
    "tdp",
    "typical_power",
    "liquid",
    "coolant_flow",
    "rise",
    "pressure_drop",
    "coolant_limit",
    "airflow",
    "air_rise",
    "air_limit",
    "heat",
    "flow",
    "coolant",
    "supply_temperature",
    "approach",
    "head",
    "modules",
    "spare_modules",
)
"""Figures that a cooling rests on."""


def assumed(found: Cooling, cls: DeviceClass) -> Iterator[str]:
    """The assumed figures of a class, as `definition.attribute`."""
    yield from _assumed(found.plant.design, found.plant.element_of(cls))


def _assumed(design: Design, element: Element) -> Iterator[str]:
    yield from (f"{element.definition}.{name}" for name in FIGURES if name in element.assumed)
    for member in design.children(element.index):
        if member.role == "part":
            yield from _assumed(design, member)
