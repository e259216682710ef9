"""How full cable trays are: sections of the cables in each piece of tray against what the hall allows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from ..expand.geometry import micrometres
from ..plant import Ints, Plant
from ..schema import CableAttributes, TrunkAttributes
from ..schema.assemblies import Cabling
from .laid import Laid
from .rules import cabling_rules
from .spans import Spans, spans

_QUARTER_PI = Fraction(355, 113) / 4
"""A quarter of 355/113, which is larger than pi by less than a ten-millionth, so sections are rounded up."""

_WIDEST = 2**40
"""A section of more than a square metre counts as this, so that millions of the absurdest cables can be summed up."""


@dataclass(frozen=True)
class Fill:
    """One row a piece of tray. `names` are those of the spaces that `Spans.plan` counts.

    `section_um2` is the sum of the round sections of the cables whose diameter is known, `unmeasured` the number of the
    others. `tray_um2` and `limit_um2` are the section of the tray and the part of it that cables may take; -1 where
    nobody states them.
    """

    names: tuple[str, ...]
    spans: Spans
    section_um2: Ints
    unmeasured: Ints
    tray_um2: Ints
    limit_um2: Ints


def section(attributes: CableAttributes | TrunkAttributes | None) -> int:
    """Section of a round cable in square micrometres, rounded up; -1 if its diameter is unknown."""
    if attributes is None or attributes.diameter is None:
        return -1
    return min(ceil(_QUARTER_PI * micrometres(attributes.diameter) ** 2), _WIDEST)


def fill(plant: Plant, laid: Laid) -> Fill:
    """How full each piece of tray is."""
    way = laid.way
    sections = np.array([*(section(kind.attributes) for kind in laid.kinds), -1], dtype=np.int64)
    each = sections[laid.kind]
    found = spans(way, np.maximum(each, 0), (each < 0).astype(np.int64))
    trays, limits = [], []
    outer = () if way.plans.outer is None else way.plans.outer.holder
    for holder in (*way.plans.holder, *outer):
        tray, limit = _trays(cabling_rules(plant.design, holder))
        trays.append(tray)
        limits.append(limit)
    return Fill(
        (*way.plans.names, *(() if way.plans.outer is None else way.plans.outer.names)),
        found,
        found.totals[0],
        found.totals[1],
        np.array(trays, dtype=np.int64)[found.plan],
        np.array(limits, dtype=np.int64)[found.plan],
    )


def _trays(rules: Cabling | None) -> tuple[int, int]:
    """Section of the trays and the part of it that cables may take, in square micrometres; -1 if not stated."""
    if rules is None or rules.tray_width is None or rules.tray_depth is None:
        return -1, -1
    area = min(micrometres(rules.tray_width) * micrometres(rules.tray_depth), 2**20 * _WIDEST)
    return area, -1 if rules.tray_fill is None else min(int(area * rules.tray_fill.to("")), 2**20 * _WIDEST)
