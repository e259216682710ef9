"""The time of a collective operation: its algorithm as rounds, each by the alpha-beta model.

For n members and buffers of B bytes (Thakur, Rabenseifner, Gropp, "Optimization of Collective Communication Operations
in MPICH", IJHPCA 19(1), 2005, for `ring`, `halving_doubling` and `direct`):

| algorithm          | reduce_scatter, all_gather                 | all_reduce                             |
|--------------------|--------------------------------------------|----------------------------------------|
| `ring`             | n - 1 rounds of B/n to the next            | both                                   |
| `direct`           | one round of B/n to each                   | both                                   |
| `halving_doubling` | rounds of B/2, B/4, … at n/2, n/4, … away  | both                                   |
| `hierarchical`     | scale-up on B, then scale-out on B/s       | scatter and gather there, a reduce out |

An all_to_all is one round of B/n to each, whatever the algorithm. In `hierarchical`, s members share a domain, where
each sends to each; the j-th of every domain are a ring of their own over their own ports, as collective libraries have
it on rails. An all-reduce over domains is a ring, or where that is faster (small buffers) two binary trees at once
(Sanders, Speck, Träff, "Two-tree algorithms for full bandwidth broadcast, reduction and scan", Parallel Computing
35(12), 2009), which take the ring's beta and 2 log2(k) of its alphas. A torus divides the buffer in as many parts as it
has rings, and each visits the rings in another order, so that all links are at work (Sack, Gropp, "Collective
Algorithms for Multiported Torus Networks", ACM TOPC 1(2), 2015); members of a part of it are one ring, both ways round
at once. If groups are not alike in every domain, or no two
members share one, there is one level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, log2, prod

import numpy as np

from ..plant import Ints
from ..workloads import Operation
from .roads import NOTHING, Roads, Time, flows, load, pairs


@dataclass(frozen=True)
class Part:
    """One part of an operation: `members` work together on `size` bytes each."""

    name: str
    members: int
    size: float
    time: Time


def operation_time(roads: Roads, operation: Operation) -> Time:
    """Time of one operation, done once."""
    return sum((part.time for part in operation_parts(roads, operation)), Time())


def operation_parts(roads: Roads, operation: Operation) -> tuple[Part, ...]:
    """The parts of an operation, one after the other."""
    kind, n, groups, size = operation.kind, operation.members, operation.groups, operation.size
    if kind == "compute":
        return (Part("compute", 1, 0.0, load("computing", float(operation.time))),)
    if kind == "send":
        return (Part("send", 2, size, flows(roads, groups[:, 0], groups[:, 1], size)),)
    if n < 2:
        return ()
    halves = 2 if kind == "all_reduce" else 1
    if kind == "all_to_all":
        time = pairs(roads, groups, size / n)
    elif operation.algorithm == "ring":
        time = _ring(roads, groups, size / n) * (halves * (n - 1))
    elif operation.algorithm == "direct":
        time = pairs(roads, groups, size / n) * halves
    elif operation.algorithm == "halving_doubling":
        time = _halving(roads, groups, size) * halves
    else:
        return _hierarchical(roads, operation, halves)
    return (Part(kind, n, size, time),)


def _ring(roads: Roads, groups: Ints, size: float) -> Time:
    """One round: everyone to the next."""
    return flows(roads, groups.reshape(-1), np.roll(groups, -1, axis=1).reshape(-1), size)


def _halving(roads: Roads, groups: Ints, size: float) -> Time:
    found, distance = NOTHING, groups.shape[1] // 2
    number = np.arange(groups.shape[1])
    while distance:
        size /= 2
        found += flows(roads, groups.reshape(-1), groups[:, number ^ distance].reshape(-1), size)
        distance //= 2
    return found


def _hierarchical(roads: Roads, operation: Operation, halves: int) -> tuple[Part, ...]:
    groups, size, kind = operation.groups, operation.size, operation.kind
    table = by_domain(roads, groups)
    if table is None:
        n = operation.members
        return (Part(f"{kind}, one ring", n, size, _ring(roads, groups, size / n) * (halves * (n - 1))),)
    domains, shared = table.shape[1:]
    inner = [] if shared == 1 else [Part(f"{kind} in scale-up", shared, size, _inner(roads, table, size))]
    outer = [] if domains == 1 else [_outer(roads, table, kind, size / shared, halves)]
    if kind == "all_reduce" and inner:
        (first,) = inner
        scatter, gather = (
            replace(first, name="reduce_scatter in scale-up"),
            replace(first, name="all_gather in scale-up"),
        )
        return (scatter, *outer, gather)
    return (*outer, *inner) if kind == "all_gather" else (*inner, *outer)


def _outer(roads: Roads, table: Ints, kind: str, size: float, halves: int) -> Part:
    """The part between domains: a ring of each rail, or two trees."""
    domains = table.shape[1]
    rails = table.swapaxes(1, 2).reshape(-1, domains)
    time, name = _ring(roads, rails, size / domains) * (halves * (domains - 1)), f"{kind} in scale-out, rings"
    if halves == 2:
        alphas = 2 * ceil(log2(domains)) / (2 * (domains - 1))
        tree = Time(time.alpha * alphas, time.beta, time.loads)
        if tree.total < time.total:
            time, name = tree, f"{kind} in scale-out, trees"
    return Part(name, domains, size, time)


def _inner(roads: Roads, table: Ints, size: float) -> Time:
    """A reduce_scatter (or all_gather) among members that share a domain."""
    members = int(table.shape[2])
    groups = table.reshape(-1, members)
    if roads.shape == "ring" and members == prod(roads.sizes):
        return _torus(roads, size)
    if roads.shape == "ring":
        # Both ways round at once, half of the buffer each.
        source = np.concatenate([groups, groups]).reshape(-1)
        target = np.concatenate([np.roll(groups, way, axis=1) for way in (-1, 1)]).reshape(-1)
        return flows(roads, source, target, size / members / 2) * (members - 1)
    return pairs(roads, groups, size / members)


def _torus(roads: Roads, size: float) -> Time:
    """A reduce_scatter (or all_gather) over a whole torus: as many parts as it has rings, each visiting the rings one
    after the other and beginning with another, so that all are at work; in a ring both ways round at once."""
    rings = [(length, rate) for length, rate in zip(roads.sizes, roads.inner, strict=True) if length > 1]
    found, parts = Time(), [size / len(rings)] * len(rings)
    for turn in range(len(rings)):
        at_once = []
        for number, part in enumerate(parts):
            length, rate = rings[(number + turn) % len(rings)]
            at_once.append(load("scale-up", (length - 1) / length * part / rate, (length - 1) * roads.inner_latency))
            parts[number] = part / length
        slowest = max(at_once, key=lambda time: time.total)
        found += slowest
    return found


def by_domain(roads: Roads, groups: Ints) -> Ints | None:
    """The groups as a table (group, domain, member of it), domains in the order in which a group meets them; None if
    some have more members in one domain than in another."""
    many, members = groups.shape
    domain = roads.domain[groups]
    order = np.argsort(domain, axis=1, kind="stable")
    placed = np.take_along_axis(domain, order, axis=1)
    starts = np.flatnonzero(np.diff(placed, axis=1, prepend=-1).reshape(-1) != 0)
    lengths = np.diff(np.append(starts, many * members))
    shared = int(lengths[0])
    if (lengths != shared).any():
        return None
    return np.take_along_axis(groups, order, axis=1).reshape(many, members // shared, shared)
