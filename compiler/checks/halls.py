"""Halls in a building: no two in one place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..names import host_names
from .facts import Facts
from .wording import in_all


def halls_in_one_place(facts: Facts) -> Iterator[Diagnostic]:
    """RW4016: halls of one member with the same row and bay, or put into two places; once for each statement."""
    halls, design = facts.plant.halls, facts.design
    if halls is None:
        return
    statements = {r.a.element: r for r in design.rules if r.medium == "place"}
    for element in np.unique(halls.element).tolist():
        rows = np.flatnonzero(halls.element == element)
        order = rows[np.lexsort((halls.rank[rows], halls.bay[rows], halls.row[rows]))]
        same = np.flatnonzero((np.diff(halls.row[order]) == 0) & (np.diff(halls.bay[order]) == 0))
        if not len(same):
            continue
        one, two = int(order[same[0]]), int(order[same[0] + 1])
        names = host_names(design, element)
        built = np.unique(halls.rank[rows])
        shown = [names[int(np.searchsorted(built, halls.rank[row])) % len(names)] for row in (one, two)]
        yield diagnose(
            "RW4016",
            statements[element].origin,
            detail=f"{shown[0]} and {shown[1]} are both at row {int(halls.row[one])}, bay {int(halls.bay[one])}"
            + in_all(len(same), "such pairs"),
            help="give each hall a bay of its own",
        )
