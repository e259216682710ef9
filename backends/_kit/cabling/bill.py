"""bom.csv: one row a line of the bill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil

import numpy as np
import polars as pl

from ....compiler.cabling.bill import Line
from ....compiler.expand.geometry import METRE
from ....dsl.units import format_number
from ..columns import decimals
from ..csv import harmless


def bill_frame(lines: Sequence[Line]) -> pl.DataFrame:
    """All lines in their order."""
    lengths = np.array([line.item.length_um for line in lines], dtype=np.int64)

    def column(text: Callable[[Line], str]) -> list[str]:
        return [text(line) for line in lines]

    cells = {
        "category": column(lambda line: line.item.category),
        "sku": column(lambda line: line.item.sku),
        "definition": column(lambda line: line.item.definition),
        "vendor": column(lambda line: line.item.vendor),
        "description": column(lambda line: line.item.description),
        "quantity": column(lambda line: str(line.quantity)),
        "unit": column(lambda line: "each"),
        "length_m": decimals(lengths, METRE).to_list(),
        "included_in": column(lambda line: line.item.included_in),
        "assumed": column(lambda line: "yes" if line.item.assumed else ""),
        "unit_price_usd": column(lambda line: _number(line.item.price_usd)),
        "price_usd": column(lambda line: _number(line.price_usd)),
        "spares": column(lambda line: str(line.spares)),
        "to_order": column(lambda line: str(line.ordered)),
        "to_order_usd": column(lambda line: _number(line.ordered_usd)),
        "unit_weight_kg": column(lambda line: _grams(line.item.weight_kg and ceil(line.item.weight_kg * 1000))),
        "weight_kg": column(lambda line: _grams(line.weight_g)),
        "power_w": column(lambda line: _number(line.power_w)),
    }
    return pl.DataFrame(
        {
            name: pl.Series([harmless(cell) if cell else None for cell in column], dtype=pl.String)
            for name, column in cells.items()
        }
    )


def _number(number: Fraction | None) -> str:
    return "" if number is None else format_number(number)


def _grams(grams: Fraction | int | None) -> str:
    """A weight in kg."""
    return "" if grams is None else format_number(Fraction(grams, 1000))
