"""The pull schedule: bundles of like cables between two racks, in the order in which a crew pulls them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..plant import Ints, Plant
from .laid import Laid
from .ways import ALONG


@dataclass(frozen=True)
class Pulls:
    """Bundles: one row for all cables of one kind and one length to order between two racks.

    `first` is one of its rows in `Laid`, and tells its racks, kind and length; `count` how many cables there are.
    The rows stand in the order of pulling: by plan, those over the cross-aisle before those along one row, then by the
    two rows, the longest first; those inside racks come last, rack by rack.
    """

    first: Ints
    count: Ints


def pulls(plant: Plant, laid: Laid) -> Pulls:
    """All bundles."""
    # Numbers from 0, so that few bits hold them all.
    near, far, kind = laid.way.near + 1, laid.way.far + 1, laid.kind + 1
    sizes, length = np.unique(laid.sold_um, return_inverse=True)
    racks = len(plant.racks) + 1
    key = ((near * racks + far) * (len(laid.kinds) + 1) + kind) * max(1, len(sizes)) + length
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    order = _order(plant, laid, first)
    return Pulls(first[order], count[order].astype(np.int64))


def _order(plant: Plant, laid: Laid, first: Ints) -> Ints:
    """Ranks of bundles in the order of pulling."""
    way = laid.way
    # One more row stands for a cable's end outside of any rack, which -1 selects.
    row = np.append(plant.racks.row, -1)
    a_row, z_row = row[way.a_rack[first]], row[way.z_rack[first]]
    plan = way.plan[first]
    keys = (
        first,
        -laid.sold_um[first],
        np.where(way.kind[first] >= ALONG, -1, way.near[first]),
        np.maximum(a_row, z_row),
        np.minimum(a_row, z_row),
        -way.kind[first],
        np.where(plan < 0, len(way.plans.names), plan),
    )
    return np.lexsort(keys).astype(np.int64)
