"""Who feeds what: the feeds as a graph of device classes, and what remains when feeders fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from ..instances import instance_column, instance_count
from ..plant import Ints, Plant
from ..power.flow import Bools, Flow, Pools, carrying, device_supply, flow, pool_draw, pools
from ..power.loads import Loads
from ..schema import FEEDERS

if TYPE_CHECKING:
    import networkx as nx

MOST_CASES = 1000
"""Failures that `survives` tries before it gives up."""


@dataclass(frozen=True)
class Failure:
    """What does not survive: an instance of the asked element, the failed devices, and what goes wrong.

    `device` is a load that gets no power (`short` 0), or a feeder whose pool is short of `short` mW.
    """

    instance: int
    failed: Ints
    device: int
    short: int


class TooManyCases(ValueError):
    """There are more ways to fail than can be tried."""


def feed_graph(plant: Plant) -> nx.MultiDiGraph[int]:
    """Classes of devices as nodes, feed rules as edges from feeder to fed, keyed by the rule.

    An edge has `count`, the number of feeds.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    for cls in plant.classes:
        graph.add_node(cls.index, kind=plant.element_of(cls).kind, count=cls.count)
    feeds = plant.feeds
    for rule in plant.design.rules:
        rows = np.flatnonzero(feeds.rule == rule.index)
        if len(rows):
            a = int(plant.devices.cls[feeds.a_device[rows[0]]])
            z = int(plant.devices.cls[feeds.z_device[rows[0]]])
            graph.add_edge(a, z, key=rule.index, count=len(rows))
    return graph


def redundancy(plant: Plant) -> Ints:
    """How many different feeders every device has; 0 for what nothing feeds."""
    running = carrying(plant)
    pairs = np.unique(np.stack([plant.feeds.z_device[running], plant.feeds.a_device[running]]), axis=1)
    return np.bincount(pairs[0], minlength=len(plant.devices))


def survives(plant: Plant, loads: Loads, target: int, lose: tuple[int, ...], count: int) -> Failure | None:
    """The first failure of `count` of the `lose` elements that some instance of `target` does not survive.

    The failed ones are taken among the `lose` elements in one instance of the innermost assembly that
    encloses all of them and the target; the same are tried in all its instances at once, since each stands
    for itself. After a failure every load inside the target must still be fed, and each pool that feeds it,
    directly or through others, must carry its part of the peak. Raises `TooManyCases`.
    """
    inside = instance_column(plant, target)
    stock = pools(plant)
    a, z = plant.feeds.a_device, plant.feeds.z_device
    fed = np.bincount(z[carrying(plant)], minlength=len(plant.devices)) > 0
    # A feeder without power is no loss as long as its loads have another.
    kinds = np.array([c.index for c in plant.classes_of_kind(*FEEDERS)], dtype=np.int64)
    feeders = np.isin(plant.devices.cls, kinds)
    for failed in _cases(plant, target, lose, count):
        dead = failed.copy()
        running = carrying(plant)
        _spread(dead, fed, a[running], z[running])
        running &= ~dead[a]
        short = _shortage(plant, stock, flow(plant, loads, running), dead)
        found = _first(plant, inside, failed, dead & ~failed & ~feeders, short, running)
        if found is not None:
            return found
    return None


def _cases(plant: Plant, target: int, lose: tuple[int, ...], count: int) -> Iterator[Bools]:
    """Devices that fail together, case by case, each in all instances of the common assembly."""
    design = plant.design
    shared = set.intersection(*({e.index for e in design.chain(i)} for i in (target, *lose)))
    scopes = instance_count(design, max(shared))
    ordinal = np.full(len(plant.devices), -1, dtype=np.int64)
    total = 0
    for element in lose:
        each = instance_count(design, element) // scopes
        column = instance_column(plant, element)
        ordinal[column >= 0] = column[column >= 0] % each + total
        total += each
    if comb(total, count) > MOST_CASES:
        raise TooManyCases(f"there are {comb(total, count)} ways to lose {count} of {total}")
    for case in combinations(range(total), count):
        yield np.isin(ordinal, np.array(case, dtype=np.int64))


def _spread(dead: Bools, fed: Bools, a: Ints, z: Ints) -> None:
    """Whatever is fed by dead feeders alone is dead too."""
    while True:
        alive = np.bincount(z[~dead[a]], minlength=len(dead)) > 0
        more = fed & ~alive & ~dead
        if not more.any():
            return
        dead |= more


def _shortage(plant: Plant, stock: Pools, after: Flow, dead: Bools) -> Ints:
    """For every feeder what its pool lacks, in mW; 0 where it suffices or the supply is not known."""
    supply = device_supply(plant)
    members = np.flatnonzero(stock.of_device >= 0)
    left = np.zeros(len(stock), dtype=np.int64)
    alive = members[~dead[members]]
    np.add.at(left, stock.of_device[alive], np.maximum(supply[alive], 0))
    # A busbar's limit holds for the pool whatever its members can still give.
    left = np.where(stock.supply < 0, np.iinfo(np.int64).max, np.minimum(left, stock.supply))
    lack = np.maximum(pool_draw(stock, after)[0] - left, 0)
    short = np.zeros(len(dead), dtype=np.int64)
    short[alive] = lack[stock.of_device[alive]]
    return short


def _first(plant: Plant, inside: Ints, failed: Bools, lost: Bools, short: Ints, running: Bools) -> Failure | None:
    """The first device inside the target that is lost, or that a pool too weak feeds."""
    a, z = plant.feeds.a_device[running], plant.feeds.z_device[running]
    source = np.where(short > 0, np.arange(len(short)), -1)
    while True:
        rows = (source[a] >= 0) & (source[z] < 0)
        if not rows.any():
            break
        source[z[rows]] = source[a[rows]]
    hit = np.flatnonzero((inside >= 0) & (lost | (source >= 0)))
    if not len(hit):
        return None
    device = int(hit[0])
    all_failed = np.flatnonzero(failed)
    near = all_failed[inside[all_failed] == inside[device]]
    named = near if len(near) else all_failed
    if lost[device]:
        return Failure(int(inside[device]), named, device, 0)
    pool = int(source[device])
    return Failure(int(inside[device]), named, pool, int(short[pool]))
