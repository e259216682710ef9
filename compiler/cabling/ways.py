"""Which way cables take through the trays: from the rack up, along its row, over the cross-aisle, and along the other.

The way is that of docs/explanation/lengths.md, so what is counted in the trays is what the lengths were measured by.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..expand.geometry import micrometres
from ..plant import Ints, Plant
from .floor import Plans, plans

INSIDE, ALONG, ACROSS = 0, 1, 2
"""A cable within one rack, along one row's tray, and between rows over the cross-aisle."""

UNKNOWN = -1
"""A cable of which one end stands in no rack, or whose racks share no floor plan."""


@dataclass(frozen=True)
class Ways:
    """One row a cable. `kind` is one of the above; `plan` a number in `plans` (-1: no tray).

    `a_rack` and `z_rack` are rows of `Racks`, -1 outside of any.
    """

    plans: Plans
    kind: Ints
    plan: Ints
    a_rack: Ints
    z_rack: Ints

    @cached_property
    def near(self) -> Ints:
        """Of the two racks the one that stands first in the plant."""
        return np.minimum(self.a_rack, self.z_rack)

    @cached_property
    def far(self) -> Ints:
        """The other one."""
        return np.maximum(self.a_rack, self.z_rack)


@dataclass(frozen=True)
class Spans:
    """Pieces of tray between neighbouring racks of a row, or between neighbouring rows: one row a piece.

    `row` is the row that the tray runs along, -1 for the cross-aisle's. A row's piece reaches from bay `start` (-1: the
    cross-aisle) to bay `end`, one of the cross-aisle from row `start` to row `end`. `cables` counts those that lie in
    it; `totals` are sums of what they have.
    """

    plan: Ints
    row: Ints
    start: Ints
    end: Ints
    length_um: Ints
    cables: Ints
    totals: tuple[Ints, ...]


def ways(plant: Plant) -> Ways:
    """The way of every segment."""
    racks = plant.devices.rack
    return ways_between(plans(plant), racks[plant.segments.a_device], racks[plant.segments.z_device])


def ways_between(found: Plans, a: Ints, z: Ints) -> Ways:
    """The ways between columns of racks."""
    racks = found.plant.racks
    unknown = np.full(len(a), UNKNOWN, dtype=np.int64)
    if not len(racks):
        return Ways(found, unknown, unknown, unknown, unknown)
    in_racks = (a >= 0) & (z >= 0)
    shared = in_racks & (found.of_rack[a] >= 0) & (found.of_rack[a] == found.of_rack[z]) & (a != z)
    kind = np.where(in_racks & (a == z), INSIDE, UNKNOWN)
    kind[shared] = np.where(racks.row[a[shared]] == racks.row[z[shared]], ALONG, ACROSS)
    return Ways(found, kind, np.where(shared, found.of_rack[a], UNKNOWN), a, z)


def spans(way: Ways, *amounts: Ints) -> Spans:
    """How many of some cables lie in each piece of tray, and sums of amounts.

    Args:
        amounts: columns with a number for each of the cables, such as a cross-section.
    """
    racks = way.plans.plant.racks
    stands = np.flatnonzero(way.plans.of_rack >= 0)
    plan, row, bay = way.plans.of_rack[stands], racks.row[stands], racks.bay[stands]
    order = np.lexsort((bay, row, plan))
    stands, plan, row, bay = stands[order], plan[order], row[order], bay[order]
    new_row = _changes(plan, row)
    new_place = _changes(plan, row, bay)
    # Dense numbers of places (racks of one place are refused elsewhere, but counted here without harm) and of rows.
    place_of = np.full(len(racks), UNKNOWN, dtype=np.int64)
    row_of = np.full(len(racks), UNKNOWN, dtype=np.int64)
    place_of[stands], row_of[stands] = np.cumsum(new_place) - 1, np.cumsum(new_row) - 1
    head, first = np.flatnonzero(new_place), np.flatnonzero(new_row)
    first_place = place_of[stands[first]]

    in_trays = way.plan >= 0
    laid = np.flatnonzero(in_trays)
    a, z = place_of[way.a_rack[laid]], place_of[way.z_rack[laid]]
    a_row, z_row = row_of[way.a_rack[laid]], row_of[way.z_rack[laid]]
    along = np.flatnonzero(way.kind[laid] == ALONG)
    across = np.flatnonzero(way.kind[laid] == ACROSS)
    # From the piece after the nearer rack to the one that ends at the farther; over the aisle from each row's first.
    begin = np.concatenate([np.minimum(a, z)[along] + 1, first_place[a_row[across]], first_place[z_row[across]]])
    end = np.concatenate([np.maximum(a, z)[along], a[across], z[across]])
    low, high = np.minimum(a_row, z_row)[across] + 1, np.maximum(a_row, z_row)[across]
    each = np.concatenate([along, across, across])
    totals = []
    for amount in (np.ones(len(laid), dtype=np.int64), *(column[in_trays] for column in amounts)):
        in_rows = _filled(begin, end, amount[each], len(head))
        totals.append(np.concatenate([in_rows, _filled(low, high, amount[across], len(first))]))

    x, y = racks.x_um[stands], racks.y_um[stands]
    aisle = np.array([micrometres(floor.cross_aisle) for floor in way.plans.floors], dtype=np.int64)
    along_rows = _pieces(plan[head], row[head], bay[head], new_row[head] == 1, x[head], x[head] + aisle[plan[head]])
    over = np.full(len(first), -1, dtype=np.int64)
    between = _pieces(plan[first], over, row[first], _changes(plan[first]) == 1, y[first], over)
    plans_of, rows_of, starts, ends, lengths = (np.concatenate(p) for p in zip(along_rows, between, strict=True))
    return Spans(plans_of, rows_of, starts, ends, lengths, totals[0], tuple(totals[1:]))


def _changes(*columns: Ints) -> Ints:
    """1 where a sorted row differs from the one before, and for the first."""
    found = np.ones(len(columns[0]), dtype=np.int64)
    if len(found):
        found[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return found


def _filled(begin: Ints, end: Ints, amount: Ints, size: int) -> Ints:
    """For each of `size` pieces the sum of the amounts of the ranges `begin … end` that hold it."""
    change = np.zeros(size + 1, dtype=np.int64)
    np.add.at(change, begin, amount)
    np.add.at(change, end + 1, -amount)
    found: Ints = np.cumsum(change)[:size]
    return found


def _pieces(
    plan: Ints, row: Ints, at: Ints, leads: NDArray[np.bool_], place_um: Ints, first_um: Ints
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Plan, row, start, end and length of the pieces that end at each place; those that lead are `first_um` long."""
    start = np.where(leads, -1, np.concatenate([at[:1], at[:-1]]))
    gap = np.concatenate([place_um[:1], np.diff(place_um)])
    return plan, row, start, at, np.where(leads, first_um, gap)
