"""budget.json: the same figures, one entry for each element, with totals and what the budget does not hold."""

from __future__ import annotations

import numpy as np
import orjson

from ...compiler.plant import Ints, Plant
from ...compiler.power.budget import Budget, Table
from ...compiler.power.pue import Pue, pue

FORMAT = 1
"""Version of the file's layout."""


def summary(budget: Budget) -> bytes:
    """The file's bytes: JSON with sorted keys and a final line feed."""
    whole = budget.whole
    found = pue(budget.plant, budget.loads, budget.flow)
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
            "idle": _watts(whole.idle.sum()),
            "idle_from_typical": _watts(whole.idle_from_typical.sum()),
        },
        "pue": _effectiveness(found),
        "levels": [_entry(table, budget.plant) for table in budget.tables],
        "assumed": sorted({name for table in budget.tables for name in table.assumed}),
        "not_modelled": list(found.missing),
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
        "idle": _watts(table.idle.sum()),
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


def _effectiveness(found: Pue) -> dict[str, object]:
    """PUE with what it is a quotient of; never a bare number while something is missing."""
    rows = {}
    for name, row in (("peak", found.peak), ("typical", found.typical), ("idle", found.idle)):
        ratio = f"{float(row.ratio):.4f}" if row.ratio is not None else None
        rows[name] = {"power_in": _watts(row.power_in), "it": _watts(row.it), "ratio": ratio}
    return {"partial": bool(found.missing), "missing": list(found.missing), **rows}


def _watts(milliwatts: Ints | np.int64 | int) -> int | float:
    """Watts; a float prints three decimals exactly up to a terawatt."""
    value = int(milliwatts)
    return value // 1000 if value % 1000 == 0 else value / 1000
