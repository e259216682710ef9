"""Checks of physics and fit over a whole plant, and the rules that the user writes.

Each check is a generator over `Facts`, one concept a module. It groups by statement: one mistake gives one
message with one concrete instance and how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...dsl.diagnostics import Diagnostic
from ..design import Design
from ..plant import Plant
from .bends import bends
from .chains import chains
from .choice import choice
from .clearance import overlapping_racks, rows_without_aisle
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
from .fit import devices_too_large, racks_larger_inside
from .floor import half_told, keep_outs, racks_in_keep_outs, racks_in_one_place, racks_outside
from .floor_load import overloaded_tiles, unknown_loads
from .halls import halls_in_one_place
from .left_out import left_out
from .link_ends import link_ends, mixed_cages
from .loss import loss
from .numbering import numbering
from .power_ends import feed_ends, unfed_phases, unreckoned
from .power_gaps import unfed, unknown_power, unknown_supply
from .power_parts import absurd_tables, module_arithmetic
from .power_ratings import overloaded_terminals
from .power_supply import circular_feeds, overloaded_areas, overloaded_pools
from .reach import reach, trunk_lengths
from .requirements import requirements
from .scheduled import scheduled
from .space import outside, overlaps, overweight
from .traffic import traffic
from .unlinked import unlinked
from .used_twice import couplings_used_twice, inlets_used_twice, ports_used_twice
from .workloads import memory, workloads
from .zones import devices_in_zones, zones_that_do_not_fit

CHECKS: tuple[Callable[[Facts], Iterator[Diagnostic]], ...] = (
    ports_used_twice,
    link_ends,
    mixed_cages,
    chains,
    choice,
    reach,
    trunk_lengths,
    loss,
    bends,
    unlinked,
    inlets_used_twice,
    absurd_tables,
    module_arithmetic,
    circular_feeds,
    feed_ends,
    overloaded_pools,
    overloaded_areas,
    overloaded_terminals,
    unfed,
    unknown_power,
    unknown_supply,
    unreckoned,
    unfed_phases,
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
    racks_larger_inside,
    devices_too_large,
    zones_that_do_not_fit,
    devices_in_zones,
    overweight,
    half_told,
    keep_outs,
    racks_in_one_place,
    halls_in_one_place,
    overlapping_racks,
    rows_without_aisle,
    racks_outside,
    racks_in_keep_outs,
    overloaded_tiles,
    unknown_loads,
    numbering,
    scheduled,
    traffic,
    workloads,
    memory,
    requirements,
    left_out,
)
"""All checks, in the order of their messages."""


def run_checks(design: Design, plant: Plant) -> tuple[Diagnostic, ...]:
    """Every message of every check, in a stable order."""
    facts = Facts(design, plant)
    return tuple(diagnostic for check in CHECKS for diagnostic in check(facts))
