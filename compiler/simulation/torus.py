"""The rings of a torus, found from its links: no name of a port and no array's shape is looked at.

Links are sorted by the pair of ports that they join, such as `xp` and `xm` of two chips. If each rank has one link at
either port, following the first port leads from rank to rank in circles. A torus is what has circles of one size for
each pair, such that a step along one pair changes no place in another's circles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..plant import Ints
from .components import components


@dataclass(frozen=True)
class Ring:
    """The rings of one pair of ports. `place` is each rank's in its ring: the lowest rank has 0. `speed` in bit/s of a
    link; a rank has two neighbours, or one in a ring of two (`speed` is then that of both its links)."""

    size: int
    place: Ints
    speed: int
    neighbours: int


def find_rings(
    count: int, rank: Ints, peer: Ints, label: Ints, peer_label: Ints, speed: Ints
) -> tuple[Ring, ...] | str:
    """The rings of each pair of ports, that of the lowest port first; or why there are none."""
    low, high = np.minimum(label, peer_label), np.maximum(label, peer_label)
    # A link is followed from its lower port on.
    turned = label > peer_label
    source, target = np.where(turned, peer, rank), np.where(turned, rank, peer)
    found = []
    key = low * (int(high.max()) + 1) + high
    for pair in np.unique(key).tolist():
        rows = np.flatnonzero(key == pair)
        ring = _ring(count, source[rows], target[rows], speed[rows])
        if isinstance(ring, str):
            return ring
        found.append((ring, source[rows], target[rows]))
    for number, (ring, _, _) in enumerate(found):
        for other, (_, source_, target_) in enumerate(found):
            if other != number and (ring.place[source_] != ring.place[target_]).any():
                return "a step along one pair of ports changes the place along another: its rings are twisted"
    return tuple(ring for ring, _, _ in found)


def _ring(count: int, source: Ints, target: Ints, speed: Ints) -> Ring | str:
    if len(source) != count or (np.bincount(source, minlength=count) != 1).any():
        return "some have a link at a port that others leave free, so following the port ends somewhere"
    if (np.bincount(target, minlength=count) != 1).any():
        return "one is reached by the same port of two others"
    if speed.min() != speed.max():
        return "links of one pair of ports differ in speed"
    following = np.empty(count, dtype=np.int64)
    following[source] = target
    head = components(count, source, target)
    sizes = np.bincount(head, minlength=count)
    sizes = sizes[sizes > 0]
    if sizes.min() != sizes.max():
        return f"following one port leads in circles of {int(sizes.min())} and of {int(sizes.max())}"
    size = int(sizes[0])
    if size == 1:
        return "a link joins an accelerator to itself"
    place = np.zeros(count, dtype=np.int64)
    current = np.unique(head)
    for position in range(size):
        place[current] = position
        current = following[current]
    fast = int(speed[0])
    return Ring(size, place, 2 * fast if size == 2 else fast, 1 if size == 2 else 2)
