"""Every figure that can be explained, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..design import Design
from ..plant import Plant
from .model import Figure
from .subjects import Instances, Subject

Explainer = Callable[[Plant, Subject], Figure | None]


def _power(name: str) -> Explainer:
    def run(plant: Plant, subject: Subject) -> Figure | None:
        from .power import power

        return power(plant, subject, name) if isinstance(subject, Instances) else None

    return run


FIGURES: Mapping[str, Explainer] = MappingProxyType(
    {
        "peak_power": _power("peak_power"),
        "typical_power": _power("typical_power"),
    }
)
"""Figures by name. Each gives a tree, or None where the subject has no such figure."""


def explain(plant: Plant, subject: Subject, figure: str) -> Figure | None:
    """How a figure of a device, rack, hall, cable or part comes about. Raises KeyError for an unknown figure."""
    return FIGURES[figure](plant, subject)


def explain_figure(design: Design, plant: Plant, element: int, figure: str) -> Figure | None:
    """The figure over all instances of an element."""
    return explain(plant, Instances(element), figure)


def figures_of(plant: Plant, subject: Subject) -> dict[str, Figure]:
    """All figures that a subject has, in the order of `FIGURES`."""
    found = {name: explain(plant, subject, name) for name in FIGURES}
    return {name: figure for name, figure in found.items() if figure is not None}
