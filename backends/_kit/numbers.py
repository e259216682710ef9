"""Whole numbers of small units as decimals in the unit that people read."""

from __future__ import annotations

import numpy as np
import polars as pl

from ...compiler.plant import Ints


def fixed(column: Ints, digits: int) -> pl.Series:
    """Integers of `10 ** -digits` as exact decimals with that many digits: 12345 as `12.345`.

    Of equal devices figures are equal, so each distinct one is put into words once.
    """
    distinct, number = np.unique(column, return_inverse=True)
    words = [_decimal(value, digits) for value in distinct.tolist()]
    return pl.Series(words, dtype=pl.String).gather(number.reshape(-1))


def _decimal(value: int, digits: int) -> str:
    whole, rest = divmod(abs(value), 10**digits)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{digits}}"


def known(text: pl.Series, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> pl.Series:
    """The same, empty where it is not known."""
    return text.set(pl.Series(~known, dtype=pl.Boolean), None)
