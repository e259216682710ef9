"""Autonomous system numbers: which may be used, and which switches may share one.

Sources: RFC 6996 (private use), RFC 7300 (last numbers), RFC 7607 (zero), RFC 5398 (documentation),
RFC 6793 (AS_TRANS), RFC 4271 section 9.1.2 (a path that holds one's own number is refused).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

RANGES = ((1, 23455), (23457, 64495), (64512, 65534), (65552, 4199999999), (4200000000, 4294967294))
"""Runs of numbers that a network may use; what lies between them is reserved."""

PRIVATE = ((64512, 65534), (4200000000, 4294967294))
"""The runs that anybody may use without asking."""


class Clash(NamedTuple):
    """Two devices with one number, and how many such pairs there are. `via` is -1 if they are joined."""

    one: int
    other: int
    via: int
    asn: int
    pairs: int


def range_of(asn: int) -> tuple[int, int] | None:
    """The run of usable numbers that holds this one, or None for a reserved number."""
    return next(((low, high) for low, high in RANGES if low <= asn <= high), None)


def first_reserved(asn: Ints) -> int | None:
    """Row of the first number that may not be used, or None."""
    good = np.zeros(len(asn), dtype=bool)
    for low, high in RANGES:
        good |= (asn >= low) & (asn <= high)
    bad = np.flatnonzero(~good)
    return int(bad[0]) if len(bad) else None


def clash_of_peers(asn: Ints, a: Ints, z: Ints) -> Clash | None:
    """Two joined devices with one number: no eBGP session can come up between them.

    `asn` is by device; `a` and `z` are the devices at the ends of every fabric link.
    """
    rows = np.flatnonzero(asn[a] == asn[z])
    if not len(rows):
        return None
    one, other = int(a[rows[0]]), int(z[rows[0]])
    return Clash(one, other, -1, int(asn[one]), len(rows))


def clash_of_leaves(asn: Ints, leaves: Ints) -> Clash | None:
    """Two leaves with one number: each refuses the other's hosts as a loop."""
    order = leaves[np.argsort(asn[leaves], kind="stable")]
    rows = np.flatnonzero(asn[order[1:]] == asn[order[:-1]])
    if not len(rows):
        return None
    one, other = int(order[rows[0]]), int(order[rows[0] + 1])
    return Clash(one, other, -1, int(asn[one]), len(rows))


def clash_below(asn: Ints, tier: Ints, a: Ints, z: Ints) -> Clash | None:
    """Two devices with one number below the same device: what one sends up, the other refuses.

    Spines that share a number above the same leaves are fine, and usual: no shortest path crosses two of them.
    """
    upper = np.where(tier[a] > tier[z], a, z)
    lower = np.where(tier[a] > tier[z], z, a)
    uneven = tier[a] != tier[z]
    # Parallel links to one device are one neighbour.
    keys = np.sort(upper[uneven] * len(asn) + lower[uneven])
    above, below = np.divmod(keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]], len(asn))
    order = np.lexsort((below, asn[below], above))
    above, below = above[order], below[order]
    rows = np.flatnonzero((above[1:] == above[:-1]) & (asn[below[1:]] == asn[below[:-1]]))
    if not len(rows):
        return None
    row = int(rows[0])
    one, other = int(below[row]), int(below[row + 1])
    return Clash(one, other, int(above[row]), int(asn[one]), len(rows))
