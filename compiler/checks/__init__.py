"""Checks of physics and fit over a whole plant, and the rules that the user writes.

Each check is a generator over `Facts`, one concept a module. It groups by statement: one mistake gives one
message with one concrete instance and how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...dsl.diagnostics import Diagnostic
from ..design import Design
from ..plant import Plant
from .cooling_air import (
    altitudes,
    contradictions,
    hot_air,
    short_of_air,
    unreachable,
    warm_air,
    warm_coolant,
    wrong_coolant,
)
from .cooling_gaps import unknown_airflow, unknown_flow, unknown_temperature, unpiped
from .cooling_loops import (
    circular_pipes,
    overheated,
    overloaded_couplings,
    overpressed,
    short_of_coolant,
    short_of_pressure,
)
from .facts import Facts
from .floor import racks_in_one_place
from .left_out import left_out
from .link_ends import link_ends, mixed_cages
from .numbering import numbering
from .power_gaps import unfed, unknown_power, unknown_supply
from .power_supply import circular_feeds, overloaded_areas, overloaded_pools, overloaded_terminals
from .reach import reach
from .requirements import requirements
from .scheduled import scheduled
from .space import outside, overlaps, overweight
from .traffic import traffic
from .unlinked import unlinked
from .used_twice import couplings_used_twice, inlets_used_twice, ports_used_twice

CHECKS: tuple[Callable[[Facts], Iterator[Diagnostic]], ...] = (
    ports_used_twice,
    link_ends,
    mixed_cages,
    reach,
    unlinked,
    inlets_used_twice,
    circular_feeds,
    overloaded_pools,
    overloaded_areas,
    overloaded_terminals,
    unfed,
    unknown_power,
    unknown_supply,
    couplings_used_twice,
    circular_pipes,
    overheated,
    short_of_coolant,
    overloaded_couplings,
    short_of_pressure,
    overpressed,
    warm_coolant,
    unreachable,
    wrong_coolant,
    warm_air,
    short_of_air,
    hot_air,
    unpiped,
    unknown_flow,
    unknown_airflow,
    unknown_temperature,
    altitudes,
    contradictions,
    overlaps,
    outside,
    racks_in_one_place,
    overweight,
    numbering,
    scheduled,
    traffic,
    requirements,
    left_out,
)
"""All checks, in the order of their messages."""


def run_checks(design: Design, plant: Plant) -> tuple[Diagnostic, ...]:
    """Every message of every check, in a stable order."""
    facts = Facts(design, plant)
    return tuple(diagnostic for check in CHECKS for diagnostic in check(facts))
