"""Which way cables take through the trays: from the rack up, along its row, over the cross-aisle, and along the other.

The way is that of docs/explanation/lengths.md, so what is counted in the trays is what the lengths were measured by.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..once import once
from ..plant import Ints, Plant
from .floor import Plans, plans

INSIDE, ALONG, ACROSS, BETWEEN = 0, 1, 2, 3
"""A cable within one rack, along one row's tray, between rows over the cross-aisle, and from hall to hall."""

UNKNOWN = -1
"""A cable of which one end stands in no rack, or whose racks share no floor plan."""


@dataclass(frozen=True)
class Ways:
    """One row a cable. `kind` is one of the above; `plan` that of its a end, a number in `plans` (-1: no tray).

    `a_rack` and `z_rack` are rows of `Racks`, -1 outside of any.
    """

    plans: Plans
    kind: Ints
    plan: Ints
    a_rack: Ints
    z_rack: Ints

    @cached_property
    def near(self) -> Ints:
        """Of the two racks the one that stands first in the plant."""
        return np.minimum(self.a_rack, self.z_rack)

    @cached_property
    def far(self) -> Ints:
        """The other one."""
        return np.maximum(self.a_rack, self.z_rack)


@once
def ways(plant: Plant) -> Ways:
    """The way of every segment."""
    racks = plant.devices.rack
    return ways_between(plans(plant), racks[plant.segments.a_device], racks[plant.segments.z_device])


def ways_between(found: Plans, a: Ints, z: Ints) -> Ways:
    """The ways between columns of racks."""
    kind = np.full(len(a), UNKNOWN, dtype=np.int64)
    if not len(found.of):
        return Ways(found, kind, kind, a, z)
    in_racks = (a >= 0) & (z >= 0)
    kind[in_racks & (a == z)] = INSIDE
    placed = in_racks & (a != z) & (found.of[a] >= 0) & (found.of[z] >= 0)
    shared = placed & (found.of[a] == found.of[z])
    kind[shared] = np.where(found.row[a[shared]] == found.row[z[shared]], ALONG, ACROSS)
    if found.outer is not None:
        apart = np.flatnonzero(placed & ~shared)
        halls = found.place[found.of[a[apart]]], found.place[found.of[z[apart]]]
        near, far = (np.where(hall >= 0, found.outer.of[hall], -1) for hall in halls)
        kind[apart[(near >= 0) & (near == far)]] = BETWEEN
    return Ways(found, kind, np.where(kind >= ALONG, found.of[a], UNKNOWN), a, z)
