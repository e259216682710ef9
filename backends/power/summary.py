"""budget.json: the same figures, one entry for each element, with totals and what the budget does not hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import orjson

from ...compiler.cooling import cooling_of, missing
from ...compiler.plant import Ints, Plant
from ...compiler.power.budget import Budget, Table
from ...compiler.schema import FEEDERS, SupplyAttributes

FORMAT = 1
"""Version of the file's layout."""


def summary(budget: Budget) -> bytes:
    """The file's bytes: JSON with sorted keys and a final line feed."""
    whole = budget.whole
    content = {
        "format": FORMAT,
        "design": budget.plant.design.name,
        "unit": "W",
        "totals": {
            "devices": int(whole.devices.sum()),
            "typical": _watts(whole.typical.sum()),
            "peak": _watts(whole.peak.sum()),
            "typical_from_peak": _watts(whole.typical_from_peak.sum()),
            "optics_and_cables_peak": _watts(budget.loads.plugs.sum()),
            "conversion_loss_peak": _watts(whole.loss.sum()),
            "supply": _watts(whole.supply.sum()) if (whole.supply >= 0).all() else None,
        },
        "levels": [_entry(table, budget.plant) for table in budget.tables],
        "assumed": sorted({name for table in budget.tables for name in table.assumed}),
        "not_modelled": list(not_modelled(budget)),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _entry(table: Table, plant: Plant) -> dict[str, object]:
    """One element: sums over its instances, the extremes of one instance, and where they are."""
    worst = int(table.headroom.argmin()) if (table.supply >= 0).all() else None
    return {
        "level": table.level,
        "path": plant.design.path(table.element.index),
        "kind": table.element.kind,
        "definition": table.element.definition,
        "instances": len(table.names),
        "typical": _watts(table.typical.sum()),
        "peak": _watts(table.peak.sum()),
        "typical_from_peak": _watts(table.typical_from_peak.sum()),
        "loss": _watts(table.loss.sum()),
        "largest_peak": {"name": table.names[int(table.peak.argmax())], "peak": _watts(table.peak.max())},
        "smallest_headroom": None
        if worst is None
        else {
            "name": table.names[worst],
            "supply": _watts(table.supply[worst]),
            "headroom": _watts(table.headroom[worst]),
        },
        "assumed": list(table.assumed),
    }


def _watts(milliwatts: Ints | np.int64) -> int | float:
    """Watts; a float prints three decimals exactly up to a terawatt."""
    value = int(milliwatts)
    return value // 1000 if value % 1000 == 0 else value / 1000


def not_modelled(budget: Budget) -> Iterator[str]:
    """What draws power in a building and is missing from the sums, in plain sentences."""
    plant, design = budget.plant, budget.plant.design
    fed = np.bincount(plant.feeds.z_device, minlength=len(plant.devices)) > 0
    if not len(plant.feeds):
        yield "losses of power distribution and conversion: the spec has no feeds"
    for cls in plant.classes_of_kind(*FEEDERS):
        element = plant.element_of(cls)
        rows = slice(cls.first, cls.first + cls.count)
        if not budget.flow.output[0, rows].any():
            continue
        if isinstance(element.attributes, SupplyAttributes) and element.attributes.efficiency is None:
            yield f"conversion loss of {design.path(element.index)}: {element.definition} states no efficiency"
        if not fed[rows].any():
            yield f"everything above {design.path(element.index)}: the spec does not say what feeds it"
    for cls in plant.classes:
        rows = slice(cls.first, cls.first + cls.count)
        if len(plant.feeds) and budget.loads.peak[rows].any() and not fed[rows].all():
            yield f"the supply of {design.path(cls.element)}: the spec does not say what feeds it"
    for index in budget.loads.unknown_parts:
        yield f"power of {design.path(index)}: {design.elements[index].definition} states no peak_power or tdp"
    for name in budget.loads.unknown_media:
        yield f"power of {name}: it states none"
    yield from missing(cooling_of(plant, budget.flow))
