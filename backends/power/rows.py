"""budget.csv: one line for every device, feeder and assembly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import polars as pl

from ...compiler.plant import Ints
from ...compiler.power.budget import Budget, Table
from .._kit.csv import harmless
from .._kit.numbers import fixed


def frames(budget: Budget) -> Iterator[pl.DataFrame]:
    """The lines of all tables in their order, if there are any; watts have three decimals, percent one."""
    if budget.tables:
        yield _frame(budget.tables)


def _frame(tables: Sequence[Table]) -> pl.DataFrame:
    # Tables are many and most of them short, so what is done for a column is done for all of them at once.
    of = np.repeat(np.arange(len(tables)), [len(table.names) for table in tables])

    def said(word: Callable[[Table], str]) -> pl.Series:
        return pl.Series([word(table) for table in tables], dtype=pl.String).gather(of)

    def joined(column: Callable[[Table], Ints]) -> Ints:
        return np.concatenate([column(table) for table in tables])

    supply, ride_through = joined(lambda t: t.supply), joined(lambda t: t.ride_through_ms)
    unknown = pl.Series(supply < 0)
    return pl.DataFrame(
        {
            "level": said(lambda t: t.level),
            "name": pl.Series([name for table in tables for name in _names(table)], dtype=pl.String),
            "kind": said(lambda t: t.element.kind),
            "definition": said(lambda t: t.element.definition),
            "devices": pl.Series(joined(lambda t: t.devices)),
            "typical_w": fixed(joined(lambda t: t.typical), 3),
            "peak_w": fixed(joined(lambda t: t.peak), 3),
            "typical_from_peak_w": fixed(joined(lambda t: t.typical_from_peak), 3),
            "loss_w": fixed(joined(lambda t: t.loss), 3),
            "supply_w": fixed(supply, 3).set(unknown, None),
            "taken_w": fixed(joined(lambda t: t.supply - t.headroom), 3).set(unknown, None),
            "headroom_w": fixed(joined(lambda t: t.headroom), 3).set(unknown, None),
            "headroom_percent": fixed(joined(tenths_of_percent), 1).set(pl.Series(supply <= 0), None),
            "assumed": said(lambda t: " ".join(t.assumed)),
            "idle_w": fixed(joined(lambda t: t.idle), 3),
            "idle_from_typical_w": fixed(joined(lambda t: t.idle_from_typical), 3),
            "input_w": fixed(joined(lambda t: t.input), 3),
            "ride_through_s": fixed(ride_through, 3).set(pl.Series(ride_through < 0), None),
        }
    )


def _names(table: Table) -> Sequence[str]:
    return table.names if table.level in ("device", "feeder") else [harmless(name) for name in table.names]


def tenths_of_percent(table: Table) -> Ints:
    """Headroom over supply in tenths of a percent, rounded down; 0 where there is no supply."""
    supply = np.where(table.supply > 0, table.supply, 1)
    return np.where(table.supply > 0, table.headroom * 1000 // supply, 0)
