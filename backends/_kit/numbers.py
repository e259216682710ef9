"""Whole numbers of small units as decimals in the unit that people read."""

from __future__ import annotations

import numpy as np
import polars as pl

from ...compiler.plant import Ints


def fixed(column: Ints, digits: int) -> pl.Series:
    """Integers of `10 ** -digits` as exact decimals with that many digits: 12345 as `12.345`."""
    size = np.abs(column)
    frame = pl.DataFrame(
        {"sign": np.where(column < 0, "-", ""), "whole": size // 10**digits, "rest": size % 10**digits}
    )
    text = pl.concat_str(
        [pl.col("sign"), pl.col("whole").cast(pl.String), pl.lit("."), pl.col("rest").cast(pl.String).str.zfill(digits)]
    )
    return frame.select(text.alias("text")).to_series()


def known(text: pl.Series, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> pl.Series:
    """The same, empty where it is not known."""
    return text.set(pl.Series(~known, dtype=pl.Boolean), None)
