"""What the cable list and the bill of materials leave empty, and what does not fit into trays, said aloud."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from ...compiler.cabling.cables import cables
from ...compiler.cabling.fill import fill
from ...compiler.cabling.floor import row_letters, tray_name
from ...compiler.cabling.laid import laid
from ...compiler.cabling.rules import cabling_holder
from ...compiler.cabling.ways import ways
from ...compiler.names import cable_id
from ...compiler.plant import Plant
from ...compiler.schema import AssemblyAttributes
from ...dsl.diagnostics import Diagnostic, diagnose


def gaps(plant: Plant) -> Iterator[Diagnostic]:
    """All of them, one message a cause."""
    yield from _not_stated(plant)
    yield from _no_length(plant)
    yield from _too_full(plant)


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


def _too_full(plant: Plant) -> Iterator[Diagnostic]:
    """RW8204: trays that hold more than the hall allows, one message a `cabling` block, with the fullest piece."""
    blocks = [e.attributes.cabling for e in plant.design.elements if isinstance(e.attributes, AssemblyAttributes)]
    if not any(block is not None and block.tray_fill is not None for block in blocks):
        return
    way = ways(plant)
    found = fill(plant, laid(plant, cables(plant), way))
    over = np.flatnonzero((found.limit_um2 >= 0) & (found.section_um2 > found.limit_um2))
    holders = (*way.plans.holder, *(way.plans.outer.holder if way.plans.outer else ()))
    by_block: dict[int, list[int]] = {}
    for piece in over.tolist():
        block = cabling_holder(plant.design, holders[int(found.spans.plan[piece])])
        assert block is not None
        by_block.setdefault(block.index, []).append(piece)
    for index, pieces in by_block.items():
        worst = max(pieces, key=lambda piece: Fraction(int(found.section_um2[piece]), int(found.tray_um2[piece]) or 1))
        section, limit = int(found.section_um2[worst]), int(found.limit_um2[worst])
        element = plant.design.elements[index]
        spans = found.spans
        name = tray_name(found.names[int(spans.plan[worst])], int(spans.row[worst]))
        yield diagnose(
            "RW8204",
            element.stated.get("cabling.tray_fill", element.stated.get("cabling", element.origin)),
            f"{len(pieces)} pieces of tray" if len(pieces) > 1 else "a piece of tray",
            detail=f"{name} before {_place(int(spans.row[worst]), int(spans.end[worst]))}: "
            f"{int(spans.cables[worst])} cables of {-(-section // 10**6)} mm2, and {limit // 10**6} mm2 are allowed",
            help="make `tray_width` or `tray_depth` larger, lay a second tray, or take thinner cables; "
            "cables of unknown diameter are not counted",
        )


def _place(row: int, end: int) -> str:
    """Where a piece of tray ends."""
    return f"bay {end}" if row >= 0 else f"row {row_letters(end)}"
