"""The fabric as a graph of device classes, and what can be read off it.

Links of management ports are no part of the fabric.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from ..plant import Bools, DeviceClass, Ints, Plant
from ..schema import PortAttributes


@dataclass(frozen=True)
class Edge:
    """What one statement joins: classes `a` and `z`. `per_a` and `per_z` are links of one device: fewest and most."""

    a: int
    z: int
    rule: int
    links: int
    speed: int
    per_a: tuple[int, int]
    per_z: tuple[int, int]


def data_links(plant: Plant) -> Bools:
    """The links of the fabric: all but those that touch a management port."""
    keep = np.ones(len(plant.links), dtype=np.bool_)
    for cls in plant.classes:
        flags = _management(plant, cls)
        if flags.any():
            for device, port in (
                (plant.links.a_device, plant.links.a_terminal),
                (plant.links.z_device, plant.links.z_terminal),
            ):
                rows = np.flatnonzero((device >= cls.first) & (device < cls.first + cls.count))
                keep[rows] &= ~flags[port[rows]]
    return keep


def _management(plant: Plant, cls: DeviceClass) -> Bools:
    flags = np.zeros(cls.terminal_count("port"), dtype=np.bool_)
    for array in cls.terminals["port"]:
        attributes = plant.design.elements[array.element].attributes
        assert isinstance(attributes, PortAttributes)
        flags[array.first : array.first + array.count] = attributes.management
    return flags


def edges(plant: Plant) -> list[Edge]:
    """The fabric as a graph whose nodes are device classes and whose edges are link rules, in their order.

    A rule that joins a class to itself is a loop. Links through passive parts that begin with one rule may join
    several pairs of classes; each is an edge.
    """
    links, keep = plant.links, np.flatnonzero(data_links(plant))
    found = []
    cls, size = plant.devices.cls, len(plant.classes)
    key = (links.rule[keep] * size + cls[links.a_device[keep]]) * size + cls[links.z_device[keep]]
    order = np.argsort(key, kind="stable")  # at once where they stand in order, as they do without passive parts
    key, keep = key[order], keep[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    for start, stop in pairwise([*starts.tolist(), len(key)]):
        rows, joined = keep[start:stop], int(key[start])
        a, z = plant.classes[joined // size % size], plant.classes[joined % size]
        found.append(
            Edge(
                a.index,
                z.index,
                joined // size**2,
                len(rows),
                int(links.speed[rows].min()),
                _spread(links.a_device[rows], a),
                _spread(links.z_device[rows], z),
            )
        )
    return found


def neighbours(edges: list[Edge]) -> dict[int, list[int]]:
    """The classes that each class is joined to, in ascending order."""
    joined: dict[int, set[int]] = {}
    for edge in edges:
        joined.setdefault(edge.a, set()).add(edge.z)
        joined.setdefault(edge.z, set()).add(edge.a)
    return {node: sorted(peers) for node, peers in sorted(joined.items())}


def _spread(devices: Ints, cls: DeviceClass) -> tuple[int, int]:
    counts = np.bincount(devices - cls.first, minlength=cls.count)
    return int(counts.min()), int(counts.max())


def tiers(plant: Plant, neighbours: dict[int, list[int]]) -> dict[int, int]:
    """Distance of every class from the nearest one that is no switch: 0 for servers, 1 for leaves, and so on.

    Classes that no server reaches are left out.
    """
    found = {n: 0 for n in neighbours if plant.element_of(plant.classes[n]).kind != "switch"}
    wave = list(found)
    while wave:
        after = []
        for node in wave:
            for peer in neighbours[node]:
                if peer not in found:
                    found[peer] = found[node] + 1
                    after.append(peer)
        wave = after
    return found


def oversubscription(
    plant: Plant, classes: tuple[DeviceClass, ...], toward: tuple[DeviceClass, ...]
) -> tuple[Fraction, int] | None:
    """Bandwidth down over bandwidth up of the worst device of the classes, and that device.

    Up are its links to devices `toward`; down are all its other fabric links. None if one has no link up.
    """
    keep = data_links(plant)
    size = len(plant.devices)
    above = np.isin(plant.devices.cls, np.array([c.index for c in toward], dtype=np.int64))
    a, z, speed = plant.links.a_device[keep], plant.links.z_device[keep], plant.links.speed[keep]
    near, far = np.concatenate([a, z]), np.concatenate([z, a])
    both = np.concatenate([speed, speed])
    up, down = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    rising = above[far]
    np.add.at(up, near[rising], both[rising])
    np.add.at(down, near[~rising], both[~rising])
    rows = np.concatenate([np.arange(c.first, c.first + c.count) for c in classes])
    if not len(rows) or not up[rows].all():
        return None
    pairs, first = np.unique(np.stack([down[rows], up[rows]]), axis=1, return_index=True)
    ratios = [Fraction(int(d), int(u)) for d, u in pairs.T]
    worst = max(range(len(ratios)), key=lambda i: ratios[i])
    return ratios[worst], int(rows[first[worst]])
