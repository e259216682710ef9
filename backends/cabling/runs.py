"""What is ordered for each link: which cable or fibre, how long, and whether it shares one with another link."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...compiler.cages import Plugged, media_table
from ...compiler.expand.geometry import UNKNOWN, sold_length
from ...compiler.plant import Ints, Plant
from ...compiler.schema import CableAttributes, OpticAttributes


@dataclass(frozen=True)
class Material:
    """What links are made with, one entry a rule (None: no link, or it does not say).

    `cables` are media with fixed ends, `fibres` descriptions of the fibre between two optics.
    """

    cables: list[str | None]
    fibres: list[str | None]

    def words(self) -> list[str | None]:
        """The cable or fibre, one entry a rule."""
        return [cable or fibre for cable, fibre in zip(self.cables, self.fibres, strict=True)]


@dataclass(frozen=True)
class Runs:
    """One row a link. `sold_um` is the length to order, -1 if unknown; `item` the first link that is in the
    same cable with fixed ends, so a row is ordered if `item` is the row itself."""

    sold_um: Ints
    item: Ints


def material(plant: Plant) -> Material:
    """Cable or fibre of each rule. One end tells: checks have compared it with the other."""
    cables: list[str | None] = [None] * max(1, len(plant.design.rules))
    fibres = list(cables)
    for rule in plant.design.rules:
        if rule.medium != "link" or rule.using is None:
            continue
        media = plant.design.media[rule.using[0]]
        if isinstance(media.attributes, OpticAttributes):
            fibres[rule.index] = fibre_words(media.attributes)
        else:
            cables[rule.index] = media.name
    return Material(cables, fibres)


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
    names, table = media_table(plant.design)
    media = table[plant.links.rule, 0]
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
