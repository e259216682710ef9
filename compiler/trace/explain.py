"""Every figure that can be explained, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .books import Books
from .coolant import AIR, FLOW, airflow, coolant_flow
from .heat import air_heat, conversion_loss, heat, liquid_heat
from .lengths import LENGTH, WAY, length, way
from .model import Figure
from .power import IDLE, PEAK, TYPICAL, power
from .quantity import QUANTITY, quantity
from .subjects import Cable, Definition, Instances, Subject
from .supply import SUPPLY, supply
from .weight import WEIGHT, weight

_Of = Callable[[Books, Instances, str], Figure | None]

_INSTANCES: Mapping[str, _Of] = MappingProxyType(
    {
        PEAK: power,
        TYPICAL: power,
        IDLE: power,
        "conversion_loss": conversion_loss,
        "heat": heat,
        "liquid_heat": liquid_heat,
        "air_heat": air_heat,
        FLOW: coolant_flow,
        AIR: airflow,
        SUPPLY: supply,
        WEIGHT: weight,
    }
)
"""Figures of devices, parts inside and assemblies."""

_CABLES: Mapping[str, Callable[[Books, Cable, str], Figure | None]] = MappingProxyType({WAY: way, LENGTH: length})
"""Figures of cables."""

FIGURES = (*_INSTANCES, *_CABLES, QUANTITY)
"""Names of all figures."""


def explain(books: Books, subject: Subject, figure: str) -> Figure | None:
    """How a figure of a device, rack, hall, cable or part comes about; None where the subject has no such figure.

    Raises KeyError for a name that is not in FIGURES.
    """
    if figure not in FIGURES:
        raise KeyError(figure)
    match subject:
        case Instances():
            found = _INSTANCES[figure](books, subject, figure) if figure in _INSTANCES else None
            return found if found is not None and found.amount.value else None
        case Cable():
            return _CABLES[figure](books, subject, figure) if figure in _CABLES else None
        case Definition():
            return quantity(books, subject, figure) if figure == QUANTITY else None


def figures_of(books: Books, subject: Subject) -> dict[str, Figure]:
    """All figures that a subject has, in the order of `FIGURES`."""
    found = {name: explain(books, subject, name) for name in FIGURES}
    return {name: figure for name, figure in found.items() if figure is not None}
