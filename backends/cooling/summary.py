"""budget.json: the same figures summed up, where the heat goes, and what the budget does not hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import orjson

from ...compiler.cooling import Cooling, missing
from ...compiler.cooling.properties import AIR_HEAT_CAPACITY, DENSITY, HEAT_CAPACITY
from ...compiler.plant import Ints
from .budget import Table

FORMAT = 1
"""Version of the file's layout."""


def summary(found: Cooling, made: Sequence[Table]) -> bytes:
    """The file's bytes: JSON with sorted keys and a final line feed."""
    plant = found.plant
    loads = found.column([not t.cooler for t in found.traits])
    taking = found.column([t.takes != "air" for t in found.traits])
    outside = found.column([t.separates and t.gives == "outside" for t in found.traits])
    rejected = found.loops.rejected
    content = {
        "format": FORMAT,
        "design": plant.design.name,
        "units": {"heat": "W", "coolant": "L/min", "airflow": "CFM"},
        "totals": {
            "heat": _thousandths(found.heat_mw.sum()),
            "typical_heat": _thousandths(found.heat.heat[1].sum()),
            "liquid": _thousandths(found.liquid_mw.sum()),
            "air": _thousandths(found.air_mw.sum()),
            "coolant": _thousandths((found.flow_ml_min * loads).sum()),
            "airflow": _thousandths((found.airflow * taking).sum()),
        },
        "heat_leaves": {
            "to_the_outside": _thousandths((rejected[0] * outside).sum()),
            "to_what_the_spec_does_not_pipe": _thousandths((rejected[0] * (1 - outside)).sum()),
            "in_the_air_of_the_room": _thousandths(found.rooms.left[0][0].sum()),
        },
        "levels": [_entry(found, table) for table in made],
        "assumed": sorted({name for table in made for name in table.assumed}),
        "counted_with": {
            "density_kg_m3": DENSITY,
            "heat_capacity_j_kg_k": {**HEAT_CAPACITY, "air": AIR_HEAT_CAPACITY},
        },
        "unknown": {
            "coolant": _unknown(found, ~found.loops.flow_known & (found.liquid_mw > 0) & (loads > 0)),
            "airflow": _unknown(found, ~found.airflow_known & (taking > 0)),
        },
        "not_modelled": list(missing(found)),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _entry(found: Cooling, table: Table) -> dict[str, object]:
    """One element: sums over its instances, and the instance with the most heat."""
    heat = table.figures["heat_w"]
    return {
        "level": table.level,
        "path": found.plant.design.path(table.element.index),
        "kind": table.element.kind,
        "definition": table.element.definition,
        "instances": len(table.names),
        "heat": _thousandths(heat.sum()),
        "liquid": _thousandths(table.figures["liquid_w"].sum()),
        "air": _thousandths(table.figures["air_w"].sum()),
        "largest": {"name": table.names[int(heat.argmax())], "heat": _thousandths(heat.max())},
    }


def _unknown(found: Cooling, dark: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[str]:
    """Paths of the elements some of whose devices are dark."""
    classes = np.unique(found.plant.devices.cls[dark]).tolist()
    return [found.plant.design.path(found.plant.classes[c].element) for c in classes]


def _thousandths(value: Ints | np.int64) -> int | float:
    """A float prints three decimals exactly up to 10^12."""
    number = int(value)
    return number // 1000 if number % 1000 == 0 else number / 1000
