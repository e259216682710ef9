"""Ends of links that have an address and are no switch's: the ports of servers on routed networks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...compiler.network.routing import Routing
from ...compiler.plant import Ints, Plant


@dataclass(frozen=True)
class AddressedEnds:
    """The ends of links at servers: `row` is one of `Plant.ends`, sorted by device and port. `routing` is a number in
    `planned`, the routed networks."""

    planned: tuple[Routing, ...]
    row: Ints
    routing: Ints


def addressed_ends(plant: Plant, planned: Iterable[Routing]) -> AddressedEnds:
    """Those of the networks that were planned for this very plant."""
    networks, ends = tuple(planned), plant.ends
    rows, numbers = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for number, routing in enumerate(networks):
        own = np.where(ends.side == 0, routing.a_address[ends.link], routing.z_address[ends.link])
        mine = (own >= 0) & ~routing.fabric[ends.link] & (routing.rows(ends.device) < 0)
        rows.append(np.flatnonzero(mine))
        numbers.append(np.full(len(rows[-1]), number, dtype=np.int64))
    row = np.concatenate(rows)
    order = np.argsort(row, kind="stable")
    return AddressedEnds(networks, row[order], np.concatenate(numbers)[order])
