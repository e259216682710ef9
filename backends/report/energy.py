"""Power: what every device draws, what flows through the feeds, and the budget of every assembly, in mW."""

from __future__ import annotations

import numpy as np

from ...compiler.plant import Plant
from ...compiler.power.budget import Budget, Table
from ...compiler.power.cases import Case, Overload
from ...compiler.power.failover import failover
from ...compiler.power.loads import part_figure
from ...compiler.power.pue import Pue, pue
from ...compiler.schema import FEEDERS
from ...compiler.trace.power import part_parts
from .pack import MOST_OVERLOADS, pack

Json = dict[str, object]


def power(plant: Plant, budget: Budget) -> Json:
    """`devices` has a row each; `tables` are the budget's, an entry each with a row for every instance."""
    loads, flow = budget.loads, budget.flow
    return {
        "devices": {
            "peak": pack(loads.peak),
            "typical": pack(loads.typical),
            "plugs": pack(loads.plugs),
            "output": pack(flow.output[0]),
            "input": pack(flow.input[0]),
        },
        "classes": [_figures(plant, cls.element) for cls in plant.classes],
        "feed": pack(flow.feed[0]),
        "tables": [_table(table) for table in budget.tables],
        "pue": _effectiveness(pue(plant, loads, flow)),
        "cases": [_case(case) for case in failover(plant)],
    }


def _effectiveness(found: Pue) -> Json:
    """Power in and power of the IT equipment, at peak, and why their quotient is partial."""
    return {"in": found.peak.power_in, "it": found.peak.it, "missing": list(found.missing)}


def _case(case: Case) -> Json:
    """A failure as the compiler has reckoned it; `members` are devices, or rows of feeds."""
    return {
        "kind": case.kind,
        "element": case.element,
        "instance": case.instance,
        "members": pack(case.members),
        "verdict": case.verdict,
        "dark": pack(case.dark),
        "darkPower": case.dark_power,
        "stored": pack(case.stored),
        "storedPower": case.stored_power,
        "rideThrough": case.ride_through_ms,
        "generators": case.generators,
        "worst": None if case.worst is None else _overload(case.worst),
        "overloads": [_overload(overload) for overload in case.overloads[:MOST_OVERLOADS]],
        "more": max(0, len(case.overloads) - MOST_OVERLOADS),
    }


def _overload(overload: Overload) -> Json:
    return {
        "where": overload.where,
        "load": overload.load,
        "limit": overload.limit,
        "unit": overload.unit,
        "rule": overload.rule,
    }


def _figures(plant: Plant, element: int) -> Json:
    """What the figures of one device of a class follow from, without what is plugged in."""
    design = plant.design
    e = design.elements[element]
    figure = part_figure(design, e)
    return {
        "feeder": e.kind in FEEDERS,
        "own": figure.peak,
        "peak": [part.as_json() for part in part_parts(design, e, "peak_power")],
        "typical": [part.as_json() for part in part_parts(design, e, "typical_power")],
    }


def _table(table: Table) -> Json:
    return {
        "level": table.level,
        "element": table.element.index,
        "names": "\n".join(table.names) if table.element.role == "assembly" and table.element.kind != "rack" else "",
        "devices": pack(table.devices),
        "typical": pack(table.typical),
        "peak": pack(table.peak),
        "loss": pack(table.loss),
        "supply": pack(table.supply),
        "taken": pack(np.where(table.supply >= 0, table.supply - table.headroom, -1)),
        "assumed": list(table.assumed),
    }
