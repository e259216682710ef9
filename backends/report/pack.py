"""Integer columns as text that a page reads fast: the narrowest whole numbers that hold them, in base64.

A column is one of

- `{"n": 5, "c": 7}`: five times the same;
- `{"n": 5, "t": "i8", "d": "…"}`: numbers of that type (`i8`, `i16`, `i32`, `f64`), little-endian;
- the same with `"s": 1`: each is the step from the one before, the first from 0.

`f64` holds whole numbers up to 2^53 exactly; nothing that is counted here comes near.
"""

from __future__ import annotations

from base64 import b64encode

import numpy as np
from numpy.typing import NDArray

from ...compiler.plant import Ints

_TYPES = (("i8", "<i1", 2**7), ("i16", "<i2", 2**15), ("i32", "<i4", 2**31))
"""Name in the data, numpy's name, and the first number that is too large."""

MOST_OVERLOADS = 12
"""Overloads of one failure that the page lists; of more it tells the number."""

Packed = dict[str, int | str]


def pack(column: Ints) -> Packed:
    """A column in the form that takes least room."""
    size = len(column)
    if not size:
        return {"n": 0, "c": 0}
    if (column == column[0]).all():
        return {"n": size, "c": int(column[0])}
    steps = np.diff(column, prepend=0)
    plain, stepped = _width(column), _width(steps)
    narrow = min(plain, stepped)
    if narrow == len(_TYPES):
        return {"n": size, "t": "f64", "d": _text(column.astype("<f8"))}
    name, dtype, _ = _TYPES[narrow]
    if stepped < plain:
        return {"n": size, "t": name, "s": 1, "d": _text(steps.astype(dtype))}
    return {"n": size, "t": name, "d": _text(column.astype(dtype))}


def _width(column: Ints) -> int:
    """The narrowest of the types that holds every number; as many as there are types if none does."""
    low, high = int(column.min()), int(column.max())
    return next((n for n, (_, _, limit) in enumerate(_TYPES) if -limit <= low and high < limit), len(_TYPES))


def _text(column: NDArray[np.generic]) -> str:
    return b64encode(column.tobytes()).decode("ascii")
