"""Who feeds what: the feeds as a graph of device classes, and what remains when feeders fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from ..instances import instance_column, instance_count
from ..plant import Bools, Ints, Plant
from ..power.cases import Lost, Overload
from ..power.failover import Group, single_failures
from ..power.failures import Failures, Loss, Outcome
from ..power.flow import carrying
from ..power.loads import Loads

if TYPE_CHECKING:
    import networkx as nx

MOST_CASES = 1000
"""Failures that `survives` tries before it gives up."""


@dataclass(frozen=True)
class Failure:
    """What does not survive: an instance of the asked element, what is lost by its names, and what goes wrong.

    `device` is a load without power, or what hangs on the `overload`: the overloaded feeder itself where it is one.
    """

    instance: int
    lost: tuple[str, ...]
    device: int
    overload: Overload | None


class TooManyCases(ValueError):
    """There are more ways to fail than can be tried."""


class NoCase(ValueError):
    """More is asked to fail than there is: no way to fail, so nothing was survived."""


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
    for itself. After a failure every load inside the target must still be fed, and whatever feeds it, directly
    or through others, must stay within its limits. Raises `TooManyCases` and `NoCase`.
    """
    inside = instance_column(plant, target)
    failures = Failures(plant, loads)
    for failed in cases(plant, target, lose, count):
        devices = np.flatnonzero(failed)
        outcome = failures.after(Loss(devices=devices))
        hit = _first(failures, inside, outcome)
        if hit is not None:
            near = devices[inside[devices] == inside[hit[0]]]
            named = near if len(near) else devices
            return Failure(int(inside[hit[0]]), tuple(plant.devices.names[d] for d in named.tolist()), *hit)
    return None


def survives_any(plant: Plant, loads: Loads, target: int, kind: Lost, count: int) -> Failure | None:
    """The first failure of `count` feeds, breakers or modules that some instance of `target` does not survive.

    One of them may be any that can be told apart, the others any at all. A clip on a busbar is no feed that could be
    lost alone. Raises `TooManyCases` and `NoCase`.
    """
    inside = instance_column(plant, target)
    failures = Failures(plant, loads)
    groups = [g for g in single_failures(failures) if g.kind == kind and not (kind == "feed" and g.clips(failures))]
    if not groups:
        raise NoCase(f"there is no {kind} to lose")
    for case in _choices(failures, groups, count):
        outcome = failures.after(_joined([group.loss(failures) for group in case]))
        hit = _first(failures, inside, outcome)
        if hit is not None:
            return Failure(int(inside[hit[0]]), tuple(group.name(failures) for group in case), *hit)
    return None


def _choices(failures: Failures, groups: list[Group], count: int) -> Iterator[tuple[Group, ...]]:
    """One of each group alone; with more of them each of the rest in turn."""
    if count == 1:
        yield from ((group,) for group in groups)
        return
    total = sum(len(group.members) for group in groups)
    if len(groups) * comb(total + count - 2, count - 1) > MOST_CASES:
        raise TooManyCases(f"there are too many ways to lose {count} of {total}")
    every = [single for group in groups for single in group.each()]
    for first in groups:
        for rest in combinations_with_replacement(every, count - 1):
            yield first, *rest


def _joined(losses: list[Loss]) -> Loss:
    """All losses together."""
    modules: dict[int, int] = {}
    for loss in losses:
        for device, number in loss.modules.items():
            modules[device] = modules.get(device, 0) + number
    devices = np.unique(np.concatenate([loss.devices for loss in losses]))
    return Loss(devices, np.unique(np.concatenate([loss.feeds for loss in losses])), modules)


def _first(failures: Failures, inside: Ints, outcome: Outcome) -> tuple[int, Overload | None] | None:
    """The first device inside the target that is dark, or that hangs on something overloaded."""
    dark = outcome.dark[inside[outcome.dark] >= 0]
    rows = np.flatnonzero(inside[outcome.hanging] >= 0)
    if len(dark) and (not len(rows) or dark[0] <= outcome.hanging[rows[0]]):
        return int(dark[0]), None
    if not len(rows):
        return None
    return int(outcome.hanging[rows[0]]), outcome.overloads[int(outcome.on[rows[0]])]


def cases(plant: Plant, target: int, lose: tuple[int, ...], count: int) -> Iterator[Bools]:
    """Devices that fail together, case by case, each in all instances of the common assembly.

    Raises `TooManyCases` and `NoCase`.
    """
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
    if count > total:
        raise NoCase(f"{count} cannot be lost of {total} in one {design.elements[max(shared)].name}")
    if comb(total, count) > MOST_CASES:
        raise TooManyCases(f"there are {comb(total, count)} ways to lose {count} of {total}")
    for case in combinations(range(total), count):
        yield np.isin(ordinal, np.array(case, dtype=np.int64))
