"""How much fits through the fabric: bisection bandwidth and path diversity, as exact maximum flows.

Both are computed on the quotient of the fabric by its symmetry (see `symmetry`), so a hundred thousand
devices cost as much as the dozen kinds that they come in. A design without symmetry is refused.
"""

from __future__ import annotations

import numpy as np

from ..instances import instance_column, instance_count
from ..plant import Bools, DeviceClass, Ints, Plant
from .fabric import data_links
from .symmetry import Wiring, mix, quotient, refine

MOST_COLORS = 3000
"""Kinds of devices up to which a flow is computed."""

MOST_PAIRS = 100
"""Pairs of devices up to which paths are counted."""


class TooIrregular(ValueError):
    """The fabric has too little symmetry for an answer in reasonable time."""


def forwards(plant: Plant) -> Bools:
    """Devices that pass traffic on: switches, or every device of a fabric that has no switch."""
    switches = np.array([c.index for c in plant.classes_of_kind("switch") if c.count], dtype=np.int64)
    if not len(switches):
        return np.ones(len(plant.devices), dtype=np.bool_)
    found: Bools = np.isin(plant.devices.cls, switches)
    return found


def bisection(plant: Plant, element: int) -> Ints:
    """Bandwidth in bit/s between two halves of the end devices in each instance of an element.

    End devices are those that hold accelerators; in a fabric without any, those that do not forward (all,
    where every device does). The halves are the first and the second half in their order, so they cut
    across the outermost array; of an odd number the middle one is in neither. Only links inside the
    instance count. Raises `TooIrregular`.
    """
    inside = instance_column(plant, element)
    count = instance_count(plant.design, element)
    links, passing = plant.links, forwards(plant)
    keep = data_links(plant) & (inside[links.a_device] >= 0) & (inside[links.a_device] == inside[links.z_device])
    wired = np.zeros(len(inside), dtype=np.bool_)
    wired[links.a_device[keep]] = wired[links.z_device[keep]] = True
    ends = wired if passing.all() else wired & ~passing
    if (ends & _accelerated(plant)).any():
        ends &= _accelerated(plant)
    side = _halves(inside, ends, count)
    open_ = passing | (side > 0)
    keep &= open_[links.a_device] & open_[links.z_device]
    wiring = Wiring(len(inside), links.a_device[keep], links.z_device[keep], links.speed[keep])
    colors = refine(wiring, plant.devices.cls * 3 + side)
    found = np.zeros(count, dtype=np.int64)
    kinds, first, kind = np.unique(_signatures(inside, colors, count), return_index=True, return_inverse=True)
    for number in range(len(kinds)):
        own = inside[wiring.a] == first[number]
        part = Wiring(len(inside), wiring.a[own], wiring.z[own], wiring.capacity[own])
        here = inside == first[number]
        value = _flow(part, colors, set(colors[here & (side == 1)].tolist()), set(colors[here & (side == 2)].tolist()))
        found[kind.reshape(-1) == number] = value
    return found


def _accelerated(plant: Plant) -> Bools:
    """Devices that are accelerators or hold some."""
    design = plant.design
    holders = {design.device_of(e.index) for e in design.elements if e.kind == "accelerator"}
    found: Bools = np.isin(plant.devices.cls, [c.index for c in plant.classes if c.element in holders])
    return found


def _halves(inside: Ints, ends: Bools, count: int) -> Ints:
    """1 for the first half of the ends in each instance, 2 for the second, 0 for all else."""
    rows = np.flatnonzero(ends)
    rows = rows[np.argsort(inside[rows], kind="stable")]
    instance = inside[rows]
    each = np.bincount(instance, minlength=count)[instance]
    place = np.arange(len(rows)) - np.searchsorted(instance, instance)
    side = np.zeros(len(inside), dtype=np.int64)
    side[rows] = np.where(place < each // 2, 1, np.where(place >= each - each // 2, 2, 0))
    return side


def _signatures(inside: Ints, colors: Ints, count: int) -> Ints:
    """One number an instance, equal where the instances hold equally many devices of each colour."""
    total = np.zeros(count, dtype=np.uint64)
    rows = inside >= 0
    np.add.at(total, inside[rows], mix(colors[rows]))
    return total.view(np.int64)


def path_diversity(plant: Plant, a: tuple[DeviceClass, ...], z: tuple[DeviceClass, ...]) -> tuple[int, int, int] | None:
    """The fewest link-disjoint paths from a device of `a` to another one of `z`, and one such pair.

    By Menger's theorem as many links must fail to part them. None if there is no pair.
    Raises `TooIrregular`.
    """
    links = plant.links
    keep, passing = data_links(plant), forwards(plant)
    near, far = _members(plant, a), _members(plant, z)
    open_ = passing | near | far
    keep &= open_[links.a_device] & open_[links.z_device]
    whole = Wiring(len(open_), links.a_device[keep], links.z_device[keep], np.ones(int(keep.sum()), dtype=np.int64))
    plain = refine(whole, plant.devices.cls * 4 + near * 2 + far)
    best: tuple[int, int, int] | None = None
    tried = 0
    for source in _one_of_each(plain, near):
        marked = plain.copy()
        marked[source] = plain.max() + 1
        others = far.copy()
        others[source] = False
        seen = refine(whole, marked)
        for sink in _one_of_each(seen, others):
            tried += 1
            if tried > MOST_PAIRS:
                raise TooIrregular(f"more than {MOST_PAIRS} kinds of pairs")
            found = _paths(whole, plant.devices.cls, passing, source, sink)
            if best is None or found < best[0]:
                best = (found, source, sink)
    return best


def _members(plant: Plant, classes: tuple[DeviceClass, ...]) -> Bools:
    found: Bools = np.isin(plant.devices.cls, np.array([c.index for c in classes], dtype=np.int64))
    return found


def _one_of_each(colors: Ints, chosen: Bools) -> list[int]:
    rows = np.flatnonzero(chosen)
    _, first = np.unique(colors[rows], return_index=True)
    return sorted(rows[first].tolist())


def _paths(whole: Wiring, cls: Ints, passing: Bools, source: int, sink: int) -> int:
    """Maximum flow of unit links between two devices; other end devices pass nothing on."""
    open_ = passing.copy()
    open_[[source, sink]] = True
    own = open_[whole.a] & open_[whole.z]
    wiring = Wiring(whole.size, whole.a[own], whole.z[own], whole.capacity[own])
    start = cls + 2
    start[source], start[sink] = 0, 1
    colors = refine(wiring, start)
    return _flow(wiring, colors, {int(colors[source])}, {int(colors[sink])})


def _flow(wiring: Wiring, colors: Ints, sources: set[int], sinks: set[int]) -> int:
    """Exact maximum flow from all nodes of some colours to all nodes of others."""
    import networkx as nx

    edges = quotient(wiring, colors)
    if len({near for near, _ in edges}) > MOST_COLORS:
        raise TooIrregular(f"more than {MOST_COLORS} kinds of devices")
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from((-1, -2))
    for (near, far), capacity in edges.items():
        graph.add_edge(near, far, capacity=capacity)
    # An edge without a capacity is without a limit.
    graph.add_edges_from((-1, color) for color in sorted(sources))
    graph.add_edges_from((color, -2) for color in sorted(sinks))
    return int(nx.maximum_flow_value(graph, -1, -2)) if sources and sinks else 0
