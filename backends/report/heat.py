"""Heat and what takes it away: mW, mL/min, thousandths of a CFM and of a degree, all at peak."""

from __future__ import annotations

import numpy as np

from ...compiler.cooling import UNKNOWN, Cooling, cooling, missing
from ...compiler.cooling.air import room_limit
from ...compiler.cooling.failover import Case, Strain, failover
from ...compiler.cooling.properties import COOLANTS
from ...compiler.cooling.traits import Trait
from ...compiler.plant import Ints, Plant
from .pack import MOST_OVERLOADS, pack

Json = dict[str, object]


def heat(plant: Plant) -> Json:
    """`devices` has a row each, `pipes` a row each, `rooms` an entry for each assembly with heat in its air."""
    found = cooling(plant)
    loops = found.loops
    return {
        "devices": {
            "heat": pack(found.heat_mw),
            "liquid": pack(found.liquid_mw),
            "air": pack(found.air_mw),
            "flow": pack(loops.flow),
            "flowKnown": pack(loops.flow_known.astype(np.int64)),
            "taken": pack(loops.taken[0] + found.air_taken[0]),
            "delivered": pack(loops.delivered),
            "inlet": pack(_degrees(found.temperatures.inlet)),
            "supply": pack(_degrees(found.temperatures.supply)),
            "airflow": pack(found.airflow),
            "airflowKnown": pack(found.airflow_known.astype(np.int64)),
            "drop": pack(loops.drop),
            "below": pack(loops.below),
            "coolant": pack(found.coolant),
        },
        "coolants": list(COOLANTS),
        "classes": [_trait(trait) for trait in found.traits],
        "pipes": {"heat": pack(loops.pipe_heat[0]), "flow": pack(loops.pipe_flow)},
        "rooms": _rooms(plant, found),
        "missing": list(missing(found)),
        "cases": [_case(case) for case in failover(found)],
    }


def _case(case: Case) -> Json:
    """A failure as the compiler has reckoned it; `members` are devices, or rows of pipes."""
    return {
        "kind": case.kind,
        "element": case.element,
        "instance": case.instance,
        "members": pack(case.members),
        "verdict": case.verdict,
        "dark": pack(case.uncooled),
        "darkPower": case.uncooled_heat,
        "worst": None if case.worst is None else _strain(case.worst),
        "overloads": [_strain(strain) for strain in case.overloads[:MOST_OVERLOADS]],
        "more": max(0, len(case.overloads) - MOST_OVERLOADS),
    }


def _strain(strain: Strain) -> Json:
    return {"sort": strain.sort, "where": strain.where, "load": strain.load, "limit": strain.limit}


def _degrees(column: Ints) -> Ints:
    """Thousandths of a degree; below the absolute zero where none is known."""
    return np.where(column == UNKNOWN, -1_000_000, column)


def _trait(trait: Trait) -> Json:
    """Limits of one device of a class; -1 where none is stated."""
    return {
        "cooler": trait.cooler,
        "separates": trait.separates,
        "takes": trait.takes,
        "gives": trait.gives,
        "heat": -1 if trait.heat is None else trait.heat,
        "flow": -1 if trait.delivers is None else trait.delivers,
        "head": -1 if trait.head is None else trait.head,
    }


def _rooms(plant: Plant, found: Cooling) -> list[Json]:
    rooms = []
    for element, given in sorted(found.rooms.given.items()):
        if given.any():
            limit = room_limit(plant, found.traits, plant.design.elements[element])
            rooms.append(
                {
                    "element": element,
                    "given": pack(given[0]),
                    "left": pack(found.rooms.left[element][0]),
                    "limit": -1 if limit is None else limit,
                }
            )
    return rooms
