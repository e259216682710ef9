"""budget.csv: one line for every device, feeder and assembly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ...compiler.plant import Ints
from ...compiler.power.budget import Budget, Table
from .._kit.csv import harmless
from .._kit.numbers import fixed


def frames(budget: Budget) -> Iterator[pl.DataFrame]:
    """A frame for each table, in its order; watts have three decimals, percent one."""
    for table in budget.tables:
        yield _frame(table)


def _frame(table: Table) -> pl.DataFrame:
    size = len(table.names)
    known = table.supply >= 0
    names = table.names if table.level in ("device", "feeder") else [harmless(name) for name in table.names]
    return pl.DataFrame(
        {
            "level": pl.repeat(table.level, size, dtype=pl.String, eager=True),
            "name": pl.Series(names, dtype=pl.String),
            "kind": pl.repeat(table.element.kind, size, dtype=pl.String, eager=True),
            "definition": pl.repeat(table.element.definition, size, dtype=pl.String, eager=True),
            "devices": pl.Series(table.devices),
            "typical_w": fixed(table.typical, 3),
            "peak_w": fixed(table.peak, 3),
            "typical_from_peak_w": fixed(table.typical_from_peak, 3),
            "loss_w": fixed(table.loss, 3),
            "supply_w": fixed(table.supply, 3).set(pl.Series(~known), None),
            "taken_w": fixed(table.supply - table.headroom, 3).set(pl.Series(~known), None),
            "headroom_w": fixed(table.headroom, 3).set(pl.Series(~known), None),
            "headroom_percent": fixed(tenths_of_percent(table), 1).set(pl.Series(table.supply <= 0), None),
            "assumed": pl.repeat(" ".join(table.assumed), size, dtype=pl.String, eager=True),
            "idle_w": fixed(table.idle, 3),
            "idle_from_typical_w": fixed(table.idle_from_typical, 3),
            "input_w": fixed(table.input, 3),
            "ride_through_s": fixed(table.ride_through_ms, 3).set(pl.Series(table.ride_through_ms < 0), None),
        }
    )


def tenths_of_percent(table: Table) -> Ints:
    """Headroom over supply in tenths of a percent, rounded down; 0 where there is no supply."""
    supply = np.where(table.supply > 0, table.supply, 1)
    return np.where(table.supply > 0, table.headroom * 1000 // supply, 0)
