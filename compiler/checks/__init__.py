"""Checks of physics and fit over a whole plant, and the rules that the user writes.

Each check is a generator over `Facts`, one concept a module. It groups by statement: one mistake gives one
message with one concrete instance and how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...dsl.diagnostics import Diagnostic
from ..design import Design
from ..plant import Plant
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
