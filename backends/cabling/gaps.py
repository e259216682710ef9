"""What the cable list and the bill of materials leave empty, said aloud."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...compiler.names import cable_id
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose


def gaps(plant: Plant) -> Iterator[Diagnostic]:
    """All of them, one message a cause."""
    yield from _not_stated(plant)
    yield from _no_length(plant)


def _not_stated(plant: Plant) -> Iterator[Diagnostic]:
    """RW8201: statements that do not say what their links are made with."""
    count = np.bincount(plant.links.rule, minlength=len(plant.design.rules)).tolist()
    for rule in plant.design.rules:
        if rule.medium == "link" and not rule.options and count[rule.index]:
            yield diagnose(
                "RW8201",
                rule.origin,
                f"{count[rule.index]} links",
                help="add `using` and a cable or optic, such as `using optic.dr4_400g`",
            )


def _no_length(plant: Plant) -> Iterator[Diagnostic]:
    """RW8202: statements some or all of whose links have no length, in a design that has lengths.

    A design without any has said so already: it has no floor plan.
    """
    unknown = plant.links.length_um < 0
    if unknown.all():
        return
    names, links = plant.devices.names, plant.links
    for rule in np.unique(links.rule[unknown]).tolist():
        rows = np.flatnonzero(unknown & (links.rule == rule))
        link = int(rows[0])
        ends = f"from {names[int(links.a_device[link])]} to {names[int(links.z_device[link])]}"
        yield diagnose(
            "RW8202",
            plant.design.rules[rule].origin,
            f"{len(rows)} of {int((links.rule == rule).sum())} cables",
            detail=f"here {cable_id(plant, link)} {ends}",
            help="both devices need a height and a place in a rack, and both racks a place in one floor plan",
        )
