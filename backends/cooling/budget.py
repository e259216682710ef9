"""budget.csv: one line for every device, cooler and assembly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ...compiler.cooling import Cooling
from ...compiler.cooling.sources import assumed
from ...compiler.design import Element
from ...compiler.instances import classes_inside, instance_count, sum_by_instance
from ...compiler.names import host_names
from ...compiler.plant import Ints
from ...compiler.schema import COOLERS
from .._kit.csv import harmless
from .._kit.numbers import fixed

_COUNTS = ("devices", "coolant_unknown", "airflow_unknown")
"""Columns that count devices; the others have three decimals."""


@dataclass(frozen=True)
class Table:
    """The instances of one element: their names, and a column for each figure of the budget in its smallest unit."""

    level: str
    element: Element
    names: list[str]
    figures: dict[str, Ints]
    assumed: tuple[str, ...]


def tables(found: Cooling) -> list[Table]:
    """All elements that are built: devices, coolers, then assemblies from the inside out."""
    plant = found.plant
    loads = found.column([not t.cooler for t in found.traits])
    taking = found.column([t.takes != "air" for t in found.traits])
    every = np.ones_like(loads)
    # What a cooler itself takes is told on its own line and is no load of what holds it.
    inside, own = _columns(found, loads, taking), _columns(found, every, every)
    made = []
    for level, element in _levels(found):
        columns = own if level == "cooler" else inside
        text = sorted({a for cls in classes_inside(plant, element.index) for a in assumed(found, cls)})
        if level in ("device", "cooler"):
            cls = next(c for c in plant.classes if c.element == element.index)
            rows = slice(cls.first, cls.first + cls.count)
            figures = {name: column[rows] for name, column in columns.items()}
            made.append(Table(level, element, plant.devices.names[rows], figures, tuple(text)))
        else:  # names of assemblies are free text of the spec, unlike host names
            names = [harmless(name) for name in host_names(plant.design, element.index)]
            figures = {name: sum_by_instance(plant, element.index, column) for name, column in columns.items()}
            made.append(Table(level, element, names, figures, tuple(text)))
    return made


def _columns(found: Cooling, flowing: Ints, moving: Ints) -> dict[str, Ints]:
    """Figures of every device; `flowing` and `moving` are those whose coolant and air count."""
    return {
        "devices": np.ones_like(flowing),
        "heat_w": found.heat_mw,
        "typical_heat_w": found.heat.heat[1],
        "liquid_w": found.liquid_mw,
        "air_w": found.air_mw,
        "taken_from_air_w": found.air_taken[0],
        "given_to_air_w": found.loops.to_air[0],
        "coolant_l_min": found.flow_ml_min * flowing,
        "coolant_unknown": ~found.loops.flow_known * flowing * (found.liquid_mw > 0),
        "airflow_cfm": found.airflow * moving,
        "airflow_unknown": ~found.airflow_known * moving,
    }


def budget(made: Sequence[Table]) -> pl.DataFrame:
    """One line for each instance of each table; watts and the like have three decimals."""
    row = np.repeat(np.arange(len(made)), [len(table.names) for table in made])

    def text(words: list[str | None]) -> pl.Series:
        return pl.Series(words, dtype=pl.String).gather(row)

    figures = {name: np.concatenate([table.figures[name] for table in made]) for name in made[0].figures}
    return pl.DataFrame(
        {
            "level": text([table.level for table in made]),
            "name": pl.Series([name for table in made for name in table.names], dtype=pl.String),
            "kind": text([table.element.kind for table in made]),
            "definition": text([table.element.definition for table in made]),
            **{name: pl.Series(c) if name in _COUNTS else fixed(c, 3) for name, c in figures.items()},
            "assumed": text([" ".join(table.assumed) or None for table in made]),
        }
    )


def _levels(found: Cooling) -> list[tuple[str, Element]]:
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
