"""trays.csv: one row a piece of tray that cables lie in."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl

from ....compiler.cabling.fill import Fill
from ....compiler.cabling.floor import row_letters, tray_name
from ....compiler.expand.geometry import METRE
from ....compiler.plant import Ints
from ....dsl.units import format_number
from ..columns import decimals

_SQUARE_MM = 10**6


def tray_frame(fill: Fill) -> pl.DataFrame:
    """Pieces of tray in the order of plans, rows and bays, the cross-aisles last."""
    spans = fill.spans
    used = np.flatnonzero(spans.cables)
    columns = (spans.plan, spans.row, spans.start, spans.end, fill.section_um2, fill.tray_um2, fill.limit_um2)
    tray, start, end, share, limit = [], [], [], [], []
    for plan, row, low, high, section, area, most in zip(*(column[used].tolist() for column in columns), strict=True):
        tray.append(tray_name(fill.names[plan], row))
        at = (lambda bay: f"{bay:02}") if row >= 0 else row_letters
        start.append(at(low) if low >= 0 else "CROSS" if row >= 0 else "OUT")
        end.append(at(high))
        share.append(percent(section, area) if area >= 0 and section else None)
        limit.append(percent(most, area) if most >= 0 else None)
    return pl.DataFrame(
        {
            "tray": pl.Series(tray, dtype=pl.String),
            "from": pl.Series(start, dtype=pl.String),
            "to": pl.Series(end, dtype=pl.String),
            "length_m": decimals(spans.length_um[used], METRE),
            "cables": spans.cables[used],
            "unmeasured": fill.unmeasured[used],
            "section_mm2": decimals(_whole_mm2(fill.section_um2[used]), 1),
            "fill_percent": pl.Series(share, dtype=pl.String),
            "limit_percent": pl.Series(limit, dtype=pl.String),
        }
    )


def _whole_mm2(section_um2: Ints) -> Ints:
    """Sections in whole square millimetres, rounded up; -1 where no diameter is known."""
    return np.where(section_um2 > 0, -(-section_um2 // _SQUARE_MM), -1)


def percent(part: int, whole: int) -> str:
    """A share in percent with one digit, rounded up."""
    return format_number(Fraction(-(-part * 1000 // whole), 10)) if whole else "0"
