"""Pieces of tray between neighbouring places, and what lies in each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..expand.geometry import micrometres
from ..plant import Ints
from .floor import Plans
from .ways import ACROSS, ALONG, BETWEEN, Ways


@dataclass(frozen=True)
class Spans:
    """Pieces of tray between neighbouring racks of a row, or between neighbouring rows: one row a piece.

    `plan` is a number in the names of the ways' plans and behind them of the outer ones. `row` is the row that the tray
    runs along, -1 for the cross-aisle's. A row's piece reaches from bay `start` (-1: the cross-aisle) to bay `end`, one
    of the cross-aisle from row `start` (-1: where it meets the building's trays) to row `end`. `cables` counts those
    that lie in it; `totals` are sums of what they have.
    """

    plan: Ints
    row: Ints
    start: Ints
    end: Ints
    length_um: Ints
    cables: Ints
    totals: tuple[Ints, ...]


def spans(way: Ways, *amounts: Ints) -> Spans:
    """How many of some cables lie in each piece of tray, and sums of amounts.

    Args:
        amounts: columns with a number for each of the cables, such as a cross-section.
    """
    each = [np.ones(len(way.kind), dtype=np.int64), *amounts]
    along, across, between = (np.flatnonzero(way.kind == kind) for kind in (ALONG, ACROSS, BETWEEN))
    grids = [_Grid(way.plans, 0)]
    grids[0].along(way.a_rack[along], way.z_rack[along], along)
    grids[0].across(way.a_rack[across], way.z_rack[across], across)
    outer = way.plans.outer
    if outer is not None:
        halls = []
        for rack in (way.a_rack[between], way.z_rack[between]):
            grids[0].out(rack, between)
            halls.append(way.plans.place[way.plans.of[rack]])
        same = outer.row[halls[0]] == outer.row[halls[1]]
        grids.append(_Grid(outer, len(way.plans.names)))
        grids[1].along(halls[0][same], halls[1][same], between[same])
        grids[1].across(halls[0][~same], halls[1][~same], between[~same])
    pieces = [grid.pieces() for grid in grids]
    totals = [np.concatenate([grid.filled(amount) for grid in grids]) for amount in each]
    plan, row, start, end, length = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return Spans(plan, row, start, end, length, totals[0], tuple(totals[1:]))


class _Grid:
    """The trays over the places of some plans, and the ranges of pieces that cables lie in.

    Places in one row of one plan stand together, ordered by their bays, and so do rows of one plan. The n-th place has
    the piece that ends at it, and so has the n-th row in the cross-aisle.
    """

    def __init__(self, plans: Plans, first_plan: int) -> None:
        stands = np.flatnonzero(plans.of >= 0)
        order = np.lexsort((plans.bay[stands], plans.row[stands], plans.of[stands]))
        self._stands = stands = stands[order]
        self._plans, self._first_plan = plans, first_plan
        plan, row, bay = plans.of[stands], plans.row[stands], plans.bay[stands]
        new_row, new_place = _changes(plan, row), _changes(plan, row, bay)
        self._place, self._row = (np.full(len(plans.of), -1, dtype=np.int64) for _ in range(2))
        self._place[stands], self._row[stands] = np.cumsum(new_place) - 1, np.cumsum(new_row) - 1
        # Where in `stands` each place and each row begins, and with which place and row each row and plan does.
        self._places, self._rows = np.flatnonzero(new_place), np.flatnonzero(new_row)
        self._leads = new_row[self._places]
        self._first_place = self._place[stands[self._rows]]
        plan_leads = _changes(plan[self._rows])
        self._plan_leads = plan_leads
        self._first_row = np.flatnonzero(plan_leads)[np.cumsum(plan_leads) - 1]
        self._ranges: tuple[list[tuple[Ints, Ints, Ints]], list[tuple[Ints, Ints, Ints]]] = ([], [])

    def along(self, a: Ints, z: Ints, cable: Ints) -> None:
        """Cables from place to place of one row."""
        near, far = self._place[a], self._place[z]
        self._ranges[0].append((np.minimum(near, far) + 1, np.maximum(near, far), cable))

    def across(self, a: Ints, z: Ints, cable: Ints) -> None:
        """Cables from one row to another."""
        for end in (a, z):
            self._ranges[0].append((self._first_place[self._row[end]], self._place[end], cable))
        near, far = self._row[a], self._row[z]
        self._ranges[1].append((np.minimum(near, far) + 1, np.maximum(near, far), cable))

    def out(self, place: Ints, cable: Ints) -> None:
        """Cables from a place to where its space meets the trays outside."""
        row = self._row[place]
        self._ranges[0].append((self._first_place[row], self._place[place], cable))
        self._ranges[1].append((self._first_row[row], row, cable))

    def filled(self, amount: Ints) -> Ints:
        """For each piece, the rows' before the cross-aisles', the sum of the amounts of the cables in it."""
        found = []
        for ranges, size in zip(self._ranges, (len(self._places), len(self._rows)), strict=True):
            change = np.zeros(size + 1, dtype=np.int64)
            for begin, end, cable in ranges:
                np.add.at(change, begin, amount[cable])
                np.add.at(change, end + 1, -amount[cable])
            found.append(np.cumsum(change)[:size])
        return np.concatenate(found)

    def pieces(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Plan, row, start, end and length of each piece, in the order of `filled`."""
        plans, head, first = self._plans, self._stands[self._places], self._stands[self._rows]
        aisle = np.array([micrometres(floor.cross_aisle) for floor in plans.floors], dtype=np.int64)
        x, y = plans.x_um, plans.y_um
        to_aisle = x[head] + aisle[plans.of[head]]
        rows = _pieces(plans.of[head], plans.row[head], plans.bay[head], self._leads == 1, x[head], to_aisle)
        over = np.full(len(first), -1, dtype=np.int64)
        aisles = _pieces(plans.of[first], over, plans.row[first], self._plan_leads == 1, y[first], y[first])
        plan, row, start, end, length = (np.concatenate(pair) for pair in zip(rows, aisles, strict=True))
        return plan + self._first_plan, row, start, end, length


def _changes(*columns: Ints) -> Ints:
    """1 where a sorted row differs from the one before, and for the first."""
    found = np.ones(len(columns[0]), dtype=np.int64)
    if len(found):
        found[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return found


def _pieces(
    plan: Ints, row: Ints, at: Ints, leads: NDArray[np.bool_], place_um: Ints, first_um: Ints
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Plan, row, start, end and length of the pieces that end at each place; those that lead are `first_um` long."""
    start = np.where(leads, -1, np.concatenate([at[:1], at[:-1]]))
    gap = np.concatenate([place_um[:1], np.diff(place_um)])
    return plan, row, start, at, np.where(leads, first_um, gap)
