"""The least cycles that a schedule can take: the longest chain of its operations.

An operation begins on a rank when those before it are done there, and a collective when its last member begins. The
simulator also has each rank compute one thing, and communicate one thing, at a time, so it takes at least as long; and
just as long if nothing of a rank is ready at once.
"""

from __future__ import annotations

import numpy as np

from ...compiler.plant import Ints
from .places import takes, way
from .schedule import Entry, Schedule


def least_cycles(plan: Schedule, memory: float) -> int:
    """Cycles until the last rank is done."""
    ends: list[Ints] = []
    for entry in plan.entries:
        begin = np.zeros(plan.ranks, dtype=np.int64)
        for before in entry.operation.after:
            np.maximum(begin, ends[before], out=begin)
        ends.append(_done(entry, begin + entry.pad * 1000, plan, memory))
    # A rank without nodes has one of a microsecond.
    return max([1000, *(int(end.max()) for end in ends)])


def _done(entry: Entry, begin: Ints, plan: Schedule, memory: float) -> Ints:
    """When each rank is done with an entry; 0 for those that take no part."""
    end = np.zeros_like(begin)
    for _ in range(entry.times):
        if entry.npus is not None:
            end[entry.npus] = begin[entry.npus] + max(1, entry.micros * 1000)
        elif entry.pairs is not None and len(entry.pairs):
            sender, receiver = entry.pairs.T
            arrival = begin[sender] + _in_turn(sender, way(entry.pairs, entry.size, plan.levels))
            np.maximum.at(end, receiver, np.maximum(arrival, begin[receiver]))
            np.maximum.at(end, sender, arrival)
        for phase in entry.phases:
            members = phase.groups
            end[members] = begin[members].max(axis=1, keepdims=True) + takes(phase, plan.levels, memory)
            begin = np.where(end > 0, end, begin)
        begin = np.where(end > 0, end, begin)
    return end


def _in_turn(sender: Ints, time: Ints) -> Ints:
    """When each message arrives if a rank sends one after the other: its own time and that of those before it."""
    order = np.argsort(sender, kind="stable")
    total = np.cumsum(time[order])
    first = np.searchsorted(sender[order], sender[order])
    found = np.empty_like(time)
    found[order] = total - (total[first] - time[order][first])
    return found
