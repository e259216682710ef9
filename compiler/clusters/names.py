"""What groups of nodes are called: after the one switch that makes them, else after what their switches share.

A group of the leaves `unit[0].leaf[0..7]` is `unit0-leaf`, a domain of the trays `pod[3].it.tray[0..17]` is `pod3-it`.
Where two groups would share a name, or it is too long, the later one is called like its first switch (with a number
behind it, if that is taken too). Names follow from paths and host names alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..once import once
from ..plant import Ints, Plant
from .levels import Cluster, Level, find_cluster

LONGEST = 63
"""Characters of a name: what a host name, a label of Kubernetes and (64) a switch of Slurm may have."""


@once
def name_groups(plant: Plant) -> list[list[str]]:
    """The names of all groups, level by level; no two groups share one, and none but its own switch has a host's."""
    names, cluster = plant.devices.names, find_cluster(plant)
    hosts, taken = set(names), set[str]()
    found: list[list[str]] = []
    for level in cluster.levels:
        chosen = []
        for path, first in _candidates(plant, cluster, level):
            own = names[first]
            chosen.append(next(n for n in _ways(path, own) if n not in taken and (n == own or n not in hosts)))
            taken.add(chosen[-1])
        found.append(chosen)
    return found


def _ways(path: str, host: str) -> Iterator[str]:
    if path and len(path) <= LONGEST:
        yield path
    yield host
    number = 2
    while True:
        tail = f"-{number}"
        yield host[: LONGEST - len(tail)] + tail
        number += 1


def _candidates(plant: Plant, cluster: Cluster, level: Level) -> Iterator[tuple[str, int]]:
    """For each group what its makers share (empty if nothing, or there is one only), and the first of them."""
    makers, of = level.switches, level.of
    if level.kind == "scale_up":
        # A domain is where its nodes are; which switches join them is nobody's concern.
        inside = np.flatnonzero(level.group >= 0)
        makers, of = cluster.nodes[inside], level.group[inside]
    order = np.lexsort((makers, of))
    makers, of = makers[order], of[order]
    start = np.searchsorted(of, np.arange(level.count))
    stop = np.searchsorted(of, np.arange(level.count), side="right")
    shared = _shared(plant, makers, start, stop, level.kind == "scale_up") if level.count else []
    for number, (low, high) in enumerate(zip(start.tolist(), stop.tolist(), strict=True)):
        single = high - low == 1
        yield ("" if single else shared[number]), int(makers[low])


def _shared(plant: Plant, makers: Ints, start: Ints, stop: Ints, place: bool) -> list[str]:
    """The path of each run of devices with the indices that all of its first class share.

    With `place` it ends before the first element whose indices differ, if that is not the outermost one.
    """
    design, texts = plant.design, [""] * len(start)
    cls = plant.devices.cls[makers]
    lead = cls[start]
    for number in np.unique(lead).tolist():
        of = plant.classes[number]
        runs = np.flatnonzero(lead == number)
        # Devices are sorted by class in a run, so its first class is a run by itself.
        last = np.array([np.searchsorted(cls[start[r] : stop[r]], number, side="right") for r in runs]) + start[runs]
        rank = np.clip(makers - of.first, 0, of.count - 1)
        index = np.unravel_index(rank, of.shape) if of.shape else ()
        chain = design.chain(of.element)[1:]
        for run, low, high in zip(runs.tolist(), start[runs].tolist(), last.tolist(), strict=True):
            pieces: list[str] = []
            ended, at = False, len(design.chain(of.element)[0].dims)
            for element in chain:
                mine = [index[at + d][low:high] for d in range(len(element.dims))]
                at += len(element.dims)
                same = all(bool((column == column[0]).all()) for column in mine)
                # Of what differs from the outermost element on, the names alone are left.
                ended = ended or (place and not same and bool(pieces))
                if ended:
                    continue
                pieces.append(element.name + ("_".join(str(int(c[0])) for c in mine) if same else ""))
            texts[run] = "-".join(pieces)
    return texts
