"""budget.csv: one line for every device, cooler and assembly."""

from __future__ import annotations

from collections.abc import Iterator

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


def budget(found: Cooling) -> Iterator[pl.DataFrame]:
    """A frame for each element that is built: devices, coolers, then assemblies from the inside out."""
    for level, element in levels(found):
        yield _frame(found, level, element)


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


def _frame(found: Cooling, level: str, element: Element) -> pl.DataFrame:
    plant, index = found.plant, element.index

    def total(column: Ints) -> Ints:
        return sum_by_instance(plant, index, column)

    names = host_names(plant.design, index)
    size = len(names)
    loads = found.column([not t.cooler for t in found.traits])
    taking = found.column([t.takes != "air" for t in found.traits])
    if level == "cooler":
        loads, taking = np.ones_like(loads), np.ones_like(taking)
    dark = total((~found.loops.flow_known) * loads * (found.liquid_mw > 0))
    still = total((~found.airflow_known) * taking)
    text = sorted({a for cls in classes_inside(plant, index) for a in assumed(found, cls)})
    return pl.DataFrame(
        {
            "level": pl.repeat(level, size, dtype=pl.String, eager=True),
            "name": pl.Series(
                names if level in ("device", "cooler") else [harmless(n) for n in names], dtype=pl.String
            ),
            "kind": pl.repeat(element.kind, size, dtype=pl.String, eager=True),
            "definition": pl.repeat(element.definition, size, dtype=pl.String, eager=True),
            "devices": pl.Series(total(np.ones_like(loads))),
            "heat_w": fixed(total(found.heat_mw), 3),
            "typical_heat_w": fixed(total(found.heat.heat[1]), 3),
            "liquid_w": fixed(total(found.liquid_mw), 3),
            "air_w": fixed(total(found.air_mw), 3),
            "taken_from_air_w": fixed(total(found.air_taken[0]), 3),
            "given_to_air_w": fixed(total(found.loops.to_air[0]), 3),
            "coolant_l_min": fixed(total(found.flow_ml_min * loads), 3),
            "coolant_unknown": pl.Series(dark),
            "airflow_cfm": fixed(total(found.airflow * taking), 3),
            "airflow_unknown": pl.Series(still),
            "assumed": pl.repeat(" ".join(text) or None, size, dtype=pl.String, eager=True),
        }
    )
