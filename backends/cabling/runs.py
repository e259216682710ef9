"""What is ordered for each link: which cable or fibre, how long, and whether it shares one with another link."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...compiler.cages import Plugged, link_media
from ...compiler.expand.geometry import UNKNOWN, sold_length
from ...compiler.plant import Ints, Plant
from ...compiler.schema import CableAttributes, OpticAttributes


@dataclass(frozen=True)
class Material:
    """What links are made with.

    `media` is the number of a medium for each link (-1: its statement does not say). `cables` are media with fixed
    ends, `fibres` descriptions of the fibre between two optics, one entry a medium and a last one, None, for -1.
    """

    media: Ints
    cables: list[str | None]
    fibres: list[str | None]

    def words(self) -> list[str | None]:
        """The cable or fibre, one entry a medium and a last one for none."""
        return [cable or fibre for cable, fibre in zip(self.cables, self.fibres, strict=True)]


@dataclass(frozen=True)
class Runs:
    """One row a link. `sold_um` is the length to order, -1 if unknown; `item` the first link that is in the
    same cable with fixed ends, so a row is ordered if `item` is the row itself."""

    sold_um: Ints
    item: Ints


def material(plant: Plant) -> Material:
    """Cable or fibre of each link. One end tells: checks have compared it with the other."""
    names, made_with = link_media(plant)
    cables: list[str | None] = [None] * (len(names) + 1)
    fibres = list(cables)
    for number, name in enumerate(names):
        attributes = plant.design.media[name].attributes
        if isinstance(attributes, OpticAttributes):
            fibres[number] = fibre_words(attributes)
        else:
            cables[number] = name
    return Material(made_with[:, 0], cables, fibres)


def fibre_words(optic: OpticAttributes) -> str:
    """The fibre that one port of an optic takes, such as `mpo12_apc smf 8f`; the far end takes the same."""
    return f"{optic.connector.removesuffix('_x2')} {optic.fiber} {optic.fibers}f"


def runs(plant: Plant, seen: Plugged) -> Runs:
    """What is ordered for each link. A cable that several links share is as long as the longest of them needs."""
    length = plant.links.length_um
    item = _items(plant, seen)
    if len(item) and (item != np.arange(len(item))).any():
        longest = np.full(len(item), UNKNOWN, dtype=np.int64)
        np.maximum.at(longest, item, length)
        length = longest[item]
    sold = np.full(len(length), UNKNOWN, dtype=np.int64)
    names, made_with = link_media(plant)
    media = made_with[:, 0]
    for number, name in enumerate(names):
        rows = np.flatnonzero(media == number)
        sold[rows] = sold_length(length[rows], plant.design.media[name].attributes)
    return Runs(sold, item)


def _items(plant: Plant, seen: Plugged) -> Ints:
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
