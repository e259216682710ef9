"""`for` clauses: indices that no array binds, and what a view shows that counts with them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from ...dsl import syntax as s
from ...dsl.source import Span
from ..design import Dim, End, Variable
from ..indices import Index, evaluate
from ..plant import Ints
from .mistake import mistake
from .patterns import MAX_VARIABLE
from .scope import Scope
from .values import Evaluator

MAX_SHOWN = 5_000_000
"""Most elements that a view with `for` shows; no plant has more devices."""


@dataclass
class Bound:
    """A variable of the relation: its range, and what first bound it."""

    name: str
    low: int
    size: int
    capacity: int
    span: Span
    by_member: bool
    counted: bool = False  # bound by `for`, so any array that is large enough may be indexed with it


def bind(clauses: tuple[s.Clause, ...], evaluator: Evaluator, scope: Scope) -> dict[str, Bound]:
    """The indices that `for` clauses bind, in their order. They reserve nothing. Raises Mistake."""
    bound: dict[str, Bound] = {}
    for clause in clauses:
        if isinstance(clause, s.Binder):
            low, high = evaluator.integer(clause.low, scope), evaluator.integer(clause.high, scope)
            name = clause.name.text
            if name in bound:
                raise mistake("RW2002", clause.name.span, "bound twice", also=[(bound[name].span, "first here")])
            if low < -MAX_VARIABLE or high > MAX_VARIABLE:
                raise mistake("RW2013", clause.span, f"an index lies between -{MAX_VARIABLE} and {MAX_VARIABLE}")
            if high < low:
                raise mistake("RW2013", clause.span, f"from {low} to {high} there is nothing to count")
            bound[name] = Bound(name, low, high - low + 1, high - low + 1, clause.span, True, True)
    return bound


def shows_each_once(view: s.View, end: End, dims: tuple[tuple[Dim, ...], ...], free: tuple[Variable, ...]) -> None:
    """Check a view that counts with `for`: its indices lie in the arrays, and no element is shown twice.

    `end` is where its path leads, and `dims` the dimensions that the indices of each of its steps are for. All rows
    are computed as columns. Raises Mistake.
    """
    shown = prod(v.size for v in free)
    if shown > MAX_SHOWN:
        raise mistake("RW2014", view.span, f"a view that counts with `for` shows at most {MAX_SHOWN} elements")
    grid: list[Ints] = list(np.indices([v.size for v in free], dtype=np.int64).reshape(len(free), shown))
    values = {v.name: column + v.low for v, column in zip(free, grid, strict=True)}
    steps = [
        pair for step, sizes in zip(end.steps, dims, strict=True) for pair in zip(step.indices, sizes, strict=True)
    ]
    key = np.zeros(shown, dtype=np.int64)
    for index, size, counts in [(w.index, w.size, False) for w in end.within] + [(i, d.size, True) for i, d in steps]:
        at = _column(index, values, shown)
        outside = np.flatnonzero((at < 0) | (at >= size))
        if len(outside):
            raise mistake(
                "RW3001",
                view.target.span,
                f"{int(at[outside[0]])} where the array is numbered 0..{size - 1}",
                detail=_row(free, values, int(outside[0])),
            )
        key = key * size + at if counts else key
    _, first, where = np.unique(key, return_index=True, return_inverse=True)
    if len(first) < shown:
        again = int(np.flatnonzero(first[where] != np.arange(shown))[0])
        raise mistake(
            "RW3020",
            view.target.span,
            f"{shown - len(first)} of {shown} show an element that is shown already",
            detail=f"{_row(free, values, again)}, and {_row(free, values, int(first[where[again]]))}",
            help="use every index that `for` counts, so that each of their values leads to an element of its own",
        )


def _column(index: Index, values: dict[str, Ints], count: int) -> Ints:
    found: Ints = np.broadcast_to(np.asarray(evaluate(index, values), dtype=np.int64), (count,))
    return found


def _row(free: tuple[Variable, ...], values: dict[str, Ints], row: int) -> str:
    return "for " + ", ".join(f"{'*' if v.name[0] == '*' else v.name} = {int(values[v.name][row])}" for v in free)
