"""budget.csv: one line for every device, cooler and assembly."""

from __future__ import annotations

import numpy as np
import polars as pl

from ...compiler.cooling import Cooling
from ...compiler.cooling.sources import assumed
from ...compiler.design import Element
from ...compiler.instances import classes_inside, instance_count, sum_by_instance
from ...compiler.names import host_names
from ...compiler.plant import Ints, Plant
from ...compiler.schema import COOLERS
from .._kit.csv import harmless
from .._kit.numbers import fixed

_FIGURES = (
    "devices",
    "heat_w",
    "typical_heat_w",
    "liquid_w",
    "air_w",
    "taken_from_air_w",
    "given_to_air_w",
    "coolant_l_min",
    "coolant_unknown",
    "airflow_cfm",
    "airflow_unknown",
)

_BOXES = ("device", "cooler")
"""Levels of single devices; the others are assemblies."""

_COUNTS = ("devices", "coolant_unknown", "airflow_unknown")
"""Columns that count devices; the others have three decimals."""


def budget(found: Cooling) -> pl.DataFrame:
    """One table of all elements that are built: devices, coolers, then assemblies from the inside out."""
    plant = found.plant
    loads = found.column([not t.cooler for t in found.traits])
    taking = found.column([t.takes != "air" for t in found.traits])
    cooler = 1 - loads
    sums = _Sums(found)
    for level, element in levels(found):
        # What a cooler itself takes is told on its own line and is no load of what holds it.
        own = level == "cooler"
        flowing = loads | cooler if own else loads
        moving = taking | cooler if own else taking
        columns = (
            np.ones_like(loads),
            found.heat_mw,
            found.heat.heat[1],
            found.liquid_mw,
            found.air_mw,
            found.air_taken[0],
            found.loops.to_air[0],
            found.flow_ml_min * flowing,
            ~found.loops.flow_known * flowing * (found.liquid_mw > 0),
            found.airflow * moving,
            ~found.airflow_known * moving,
        )
        sums.add(level, element, [_of_instances(plant, level, element, column) for column in columns])
    return sums.frame()


def _of_instances(plant: Plant, level: str, element: Element, column: Ints) -> Ints:
    """Sum of a column over each instance of an element; a device is its own."""
    if level in _BOXES:
        cls = next(c for c in plant.classes if c.element == element.index)
        return column[cls.first : cls.first + cls.count]
    return sum_by_instance(plant, element.index, column)


class _Sums:
    """Sums of all elements, one below the other."""

    def __init__(self, found: Cooling) -> None:
        self._found = found
        self._texts: list[tuple[str, str, str, str | None]] = []
        self._names: list[str] = []
        self._counts: list[int] = []
        self._columns: list[list[Ints]] = []

    def add(self, level: str, element: Element, columns: list[Ints]) -> None:
        """The instances of one element."""
        plant = self._found.plant
        if level in _BOXES:
            cls = next(c for c in plant.classes if c.element == element.index)
            names = plant.devices.names[cls.first : cls.first + cls.count]
        else:  # free text of the spec, unlike host names
            names = [harmless(name) for name in host_names(plant.design, element.index)]
        text = sorted({a for cls in classes_inside(plant, element.index) for a in assumed(self._found, cls)})
        self._texts.append((level, element.kind, element.definition, " ".join(text) or None))
        self._names += names
        self._counts.append(len(names))
        self._columns.append(columns)

    def frame(self) -> pl.DataFrame:
        """All of them as text."""
        row = np.repeat(np.arange(len(self._counts)), self._counts)
        level, kind, definition, guesses = (
            pl.Series([text[i] for text in self._texts], dtype=pl.String).gather(row) for i in range(4)
        )
        figures = [np.concatenate([columns[i] for columns in self._columns]) for i in range(len(_FIGURES))]
        numbers = {
            name: pl.Series(figure) if name in _COUNTS else fixed(figure, 3)
            for name, figure in zip(_FIGURES, figures, strict=True)
        }
        names = pl.Series(self._names, dtype=pl.String)
        return pl.DataFrame(
            {"level": level, "name": names, "kind": kind, "definition": definition, **numbers, "assumed": guesses}
        )


def levels(found: Cooling) -> list[tuple[str, Element]]:
    """The elements of the budget with their levels, in its order."""
    plant, design = found.plant, found.plant.design
    boxes = [plant.element_of(c) for c in plant.classes if c.count]
    assemblies = sorted(
        (e for e in design.elements if e.role == "assembly" and instance_count(design, e.index)),
        key=lambda e: (-len(design.chain(e.index)), e.index),
    )
    return [
        *(("device", e) for e in boxes if e.kind not in COOLERS),
        *(("cooler", e) for e in boxes if e.kind in COOLERS),
        *((e.kind, e) for e in assemblies),
    ]
