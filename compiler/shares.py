"""Flows that join on the way from loads to sources: the order of their joints, and equal parts in whole numbers.

What feeds are to power, pipes are to coolant: a load on n of them takes the n-th part through each, and what a
source gives is the sum of what leaves it.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import numpy as np

from .plant import Ints


def turns(z: Ints) -> Ints:
    """For each row how many rows before it have the same z."""
    order = np.argsort(z, kind="stable")
    ordered = z[order]
    turn = np.empty(len(z), dtype=np.int64)
    turn[order] = np.arange(len(z)) - np.searchsorted(ordered, ordered)
    return turn


def layers(a: Ints, z: Ints, size: int) -> tuple[list[Ints], Ints]:
    """Rows `a -> z` in groups, from the loads up: of a group's z every row that leaves it stands in a group before.

    In reverse order of the groups, whatever enters an a stands before what leaves it. Second: the rows that stand in
    or above a circle, which are in no group.
    """
    found: list[Ints] = []
    rows = np.arange(len(a), dtype=np.int64)
    waiting = np.bincount(a, minlength=size)
    while len(rows):
        ready = waiting[z[rows]] == 0
        if not ready.any():
            break
        found.append(rows[ready])
        waiting -= np.bincount(a[rows[ready]], minlength=size)
        rows = rows[~ready]
    return found, rows


def together(*columns: Ints) -> Ints:
    """One number for each combination of values, from 0."""
    found = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        _, value = np.unique(column, return_inverse=True)
        _, found = np.unique(found * (int(value.max(initial=0)) + 1) + value, return_inverse=True)
    return found


def part(total: Ints, ways: Ints, turn: Ints) -> Ints:
    """The `turn`-th of `ways` parts of a total; what is left over goes to the first, so parts sum up to the total."""
    found: Ints = (total + (ways - 1 - turn)) // ways
    return found


def scaled(column: Ints, numerator: Ints | int, denominator: Ints | int) -> Ints:
    """`column * numerator / denominator`, rounded up, without a product that could overflow.

    Numerator and denominator are below 2^31 (see `small`), the column is not negative.
    """
    above, below = np.asarray(numerator, dtype=np.int64), np.asarray(denominator, dtype=np.int64)
    whole, rest = np.divmod(column, below)
    found: Ints = whole * above - (-rest * above) // below
    return found


def small(factor: Fraction) -> tuple[int, int]:
    """A factor as numerator and denominator below 2^31; where that is not exact, a factor that is a little larger."""
    numerator, denominator = factor.numerator, factor.denominator
    shift = max(numerator.bit_length(), denominator.bit_length()) - 31
    if shift <= 0:
        return numerator, denominator
    return ceil(Fraction(numerator, 2**shift)), max(1, floor(Fraction(denominator, 2**shift)))
