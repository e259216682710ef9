"""pulls.csv: one row a bundle of like cables between two racks, in the order of pulling."""

from __future__ import annotations

from math import ceil

import numpy as np
import polars as pl

from ....compiler.cabling.bill import cable_weight
from ....compiler.cabling.laid import Laid
from ....compiler.cabling.pulls import Pulls
from ....compiler.expand.geometry import METRE
from ....compiler.plant import Ints, Plant
from ..columns import chosen, decimals, pick
from ..csv import harmless
from .lists import bundles, trays

_HEAVIEST = 2**45
"""Milligrams of the heaviest cable, 35,000 t: an absurd one counts as this, so that a bundle of them can be weighed."""


def pull_frame(plant: Plant, laid: Laid, pulls: Pulls) -> pl.DataFrame:
    """All bundles in the order of pulling."""
    way, rows = laid.way, pulls.first
    near, far = way.near[rows], way.far[rows]
    rack = pl.Series([harmless(name) for name in plant.racks.names], dtype=pl.String)
    cabinet = pl.Series(way.plans.cabinets, dtype=pl.String)
    sold = laid.sold_um[rows]
    return pl.DataFrame(
        {
            "bundle": bundles(plant, near, far),
            "a_rack": pick(rack, near),
            "a_cabinet": pick(cabinet, near),
            "z_rack": pick(rack, far),
            "z_cabinet": pick(cabinet, far),
            "trays": trays(way.plans, way.kind[rows], near, far),
            "cable": chosen([harmless(word) if word else None for word in laid.words()], laid.kind[rows]),
            "length_m": decimals(sold, METRE),
            "quantity": pulls.count,
            "total_m": decimals(np.where(sold < 0, -1, sold * pulls.count), METRE),
            "weight_kg": _weights(laid, rows, pulls.count),
        }
    )


def _weights(laid: Laid, rows: Ints, count: Ints) -> pl.Series:
    """Weight of each bundle in kg, to the gram, rounded up; null where it is unknown."""
    milligrams = np.full(len(rows), -1, dtype=np.int64)
    for number, kind in enumerate(laid.kinds):
        if kind.attributes is not None:
            mine = np.flatnonzero(laid.kind[rows] == number)
            lengths, which = np.unique(laid.sold_um[rows[mine]], return_inverse=True)
            weights = [cable_weight(kind.attributes, length) for length in lengths.tolist()]
            each = [-1 if weight is None else min(ceil(weight * 10**6), _HEAVIEST) for weight in weights]
            milligrams[mine] = np.array(each, dtype=np.int64)[which]
    return decimals(np.where(milligrams < 0, -1, -(-milligrams * count // 1000)), 1000)
