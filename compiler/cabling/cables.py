"""What every segment is made with and what is ordered for it: which cable or fibre, how long, shared with which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..cages import Plugged, link_media, plugged, segment_media
from ..design import Design
from ..expand.geometry import UNKNOWN, sold_length
from ..once import once
from ..plant import Ints, Plant
from ..schema import CableAttributes, OpticAttributes


@dataclass(frozen=True)
class Cables:
    """One row a segment of the plant.

    `media` is a number in `names` (-1: the statement does not say): the cable with fixed ends, or an optic for whose
    fibre the segment is. `sold_um` is the length to order, -1 if unknown. `item` is the first segment in the same
    cable with fixed ends; a row is ordered if `item` is the row itself. `seen` is what is plugged in at the ends.
    """

    plant: Plant
    names: tuple[str, ...]
    media: Ints
    sold_um: Ints
    item: Ints
    seen: Plugged

    @cached_property
    def ordered(self) -> Ints:
        """The segments that are ordered: the first of each cable, without what is built in or has no cable between."""
        own = (self.item == np.arange(len(self.item))) & ~self.built_in
        if self.plant.circuits is not None:
            own &= ~self.plant.circuits.mated
        return np.flatnonzero(own)

    @cached_property
    def built_in(self) -> NDArray[np.bool_]:
        """For each segment whether it comes with what it is inside of; nobody orders or pulls it."""
        media = [self.plant.design.media[name].attributes for name in self.names]
        fixed = [isinstance(m, CableAttributes) and m.built_in for m in media]
        found: NDArray[np.bool_] = np.array([*fixed, False], dtype=np.bool_)[self.media]
        return found

    def words(self) -> list[str | None]:
        """The cable or the fibre of each medium, and a last one, None, for -1."""
        return [cable_words(self.plant.design, name) for name in self.names] + [None]


def cable_words(design: Design, name: str) -> str:
    """What a cable is called: its own name, or of an optic the fibre that one port takes, such as `mpo12_apc smf 8f`.

    The far end takes the same fibre: checks have compared them.
    """
    attributes = design.media[name].attributes
    if not isinstance(attributes, OpticAttributes):
        return name
    return f"{attributes.connector.removesuffix('_x2')} {attributes.fiber} {attributes.fibers}f"


@once
def cables(plant: Plant) -> Cables:
    """What is ordered for each segment. A cable that several segments share is as long as the longest of them needs."""
    seen = plugged(plant)
    names, ends = segment_media(plant)
    media = np.where(ends[:, 0] >= 0, ends[:, 0], ends[:, 1])
    if plant.circuits is not None:
        # A cord between two panels is for the light of the optics at the ends of its circuit.
        between = np.flatnonzero((media < 0) & (plant.circuit >= 0))
        media[between] = link_media(plant)[1][plant.circuit[between], 0]
    item = _items(plant, seen)
    length = plant.segments.length_um
    if len(item) and (item != np.arange(len(item))).any():
        longest = np.full(len(item), UNKNOWN, dtype=np.int64)
        np.maximum.at(longest, item, length)
        length = longest[item]
    sold = sold_length_of(plant, names, media, length)
    if plant.circuits is not None:
        sold[plant.circuits.mated] = UNKNOWN
    return Cables(plant, names, media, sold, item, seen)


def sold_length_of(plant: Plant, names: tuple[str, ...], media: Ints, length_um: Ints) -> Ints:
    """The length to order of each row, by its medium; -1 where none is named or the way is unknown."""
    sold = np.full(len(length_um), UNKNOWN, dtype=np.int64)
    for number, name in enumerate(names):
        rows = np.flatnonzero(media == number)
        sold[rows] = sold_length(length_um[rows], plant.design.media[name].attributes)
    return sold


def _items(plant: Plant, seen: Plugged) -> Ints:
    """For each segment the first segment in the same cable with fixed ends."""
    item = _linked(plant, seen)
    if plant.circuits is None:
        return item
    # A cable with fixed ends plugs into active ports alone, so it is the only segment of its link.
    found = np.arange(len(plant.segments), dtype=np.int64)
    found[plant.circuits.head] = plant.circuits.head[item]
    return found


def _linked(plant: Plant, seen: Plugged) -> Ints:
    """For each link the first link in the same cable.

    Cables with fixed ends that meet in one split cage are one cable there (a breakout, or the two halves of
    a twin-port cable), because a cage takes one plug. Links so joined take the lowest of their numbers.
    """
    count = len(plant.links)
    item = np.arange(count, dtype=np.int64)
    fixed = np.array([isinstance(plant.design.media[n].attributes, CableAttributes) for n in seen.names] + [False])
    cable = fixed[seen.media]
    if not (cable & ~seen.leads).any():
        return item
    ends = plant.ends
    cage = np.cumsum(seen.leads) - 1
    first = np.flatnonzero(seen.leads)
    sides = [np.flatnonzero(cable & (ends.side == side)) for side in (0, 1)]
    while True:
        lowest = np.minimum.reduceat(item[ends.link], first)
        found = item.copy()
        for rows in sides:
            found[ends.link[rows]] = np.minimum(found[ends.link[rows]], lowest[cage[rows]])
        # Following the links already made halves the way each round, so a chain of cages costs few rounds.
        found = np.minimum(found, found[found])
        if np.array_equal(found, item):
            return item
        item = found
