"""The pull schedule: bundles of like cables between two racks, in the order in which a crew pulls them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..plant import Ints, Plant
from .cables import Cables
from .ways import ALONG, Ways


@dataclass(frozen=True)
class Pulls:
    """Bundles: one row for all cables of one medium and one length to order between two racks.

    `first` is a segment that is in it, and tells its racks, medium and length; `count` how many cables there are.
    The rows stand in the order of pulling: by plan, those over the cross-aisle before those along one row, then by the
    two rows, the longest first; those inside racks come last, rack by rack.
    """

    first: Ints
    count: Ints


def pulls(plant: Plant, cables: Cables, way: Ways) -> Pulls:
    """All bundles."""
    rows = cables.ordered
    # Numbers from 0, so that few bits hold them all.
    near, far, media = way.near[rows] + 1, way.far[rows] + 1, cables.media[rows] + 1
    sizes, length = np.unique(cables.sold_um[rows], return_inverse=True)
    racks = len(plant.racks) + 1
    key = ((near * racks + far) * (len(cables.names) + 1) + media) * max(1, len(sizes)) + length
    _, at, count = np.unique(key, return_index=True, return_counts=True)
    first = rows[at]
    order = _order(plant, cables, way, first)
    return Pulls(first[order], count[order].astype(np.int64))


def _order(plant: Plant, cables: Cables, way: Ways, first: Ints) -> Ints:
    """Ranks of bundles in the order of pulling."""
    # One more row stands for a cable's end outside of any rack, which -1 selects.
    row = np.append(plant.racks.row, -1)
    a_row, z_row = row[way.a_rack[first]], row[way.z_rack[first]]
    plan = way.plan[first]
    keys = (
        first,
        -cables.sold_um[first],
        np.where(way.kind[first] >= ALONG, -1, way.near[first]),
        np.maximum(a_row, z_row),
        np.minimum(a_row, z_row),
        -way.kind[first],
        np.where(plan < 0, len(way.plans.names), plan),
    )
    return np.lexsort(keys).astype(np.int64)
