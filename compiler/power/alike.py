"""Which devices and feeds of the power chain cannot be told apart, so that one failure stands for thousands.

Colour refinement (see `views/symmetry`) over devices, feeds and shared terminals. Refinement alone cannot tell a
ring from pairs, in which the same two feeders share two loads; so each device is coloured as well by how many others
hang on the very same feeders, on the same feeders of feeders, and so on up.
"""

from __future__ import annotations

import numpy as np

from ..plant import Ints
from ..views.symmetry import Wiring, mix
from .chain import Chain
from .flow import Pools
from .phases import Wires

_FED, _FEEDS, _SHARED = 1, 2, 3
"""Labels of edges: from a feed down to what it feeds, up to what feeds it, and to a terminal that feeds share."""

_ROUNDS = 3
"""Rounds of refinement between two counts of colours."""


def alike(graph: Chain, peak: Ints, pools: Pools, wire: Wires) -> tuple[Ints, Ints]:
    """Colours of devices and of feeds: equal where a loss has equal consequences; 0 for devices without a feed."""
    plant = graph.plant
    feeds, size = plant.feeds, len(plant.devices)
    involved = np.flatnonzero(
        (graph.into.start[1:] > graph.into.start[:-1]) | (graph.out.start[1:] > graph.out.start[:-1])
    )
    number = np.full(size, -1, dtype=np.int64)
    number[involved] = np.arange(len(involved))
    a, z = number[graph.a], number[graph.z]
    bar = np.where(pools.of_device[involved] >= 0, pools.busbar[pools.of_device[involved]], -1)
    device = _together(plant.devices.cls[involved], peak[involved], bar, _siblings(graph, involved, a))
    inlet = np.where(graph.transfer[graph.z], feeds.z_terminal, -1)
    feed = _together(feeds.rule, inlet, wire.row)
    first = len(involved)
    of_feed = first + np.arange(len(feeds))
    near, far = [of_feed, of_feed], [z, a]
    label = [np.full(len(feeds), _FED), np.full(len(feeds), _FEEDS)]
    nodes = first + len(feeds)
    for owner, terminal in ((feeds.a_device, feeds.a_terminal), (feeds.z_device, feeds.z_terminal)):
        _, shared, count = np.unique(owner * 2**20 + terminal, return_inverse=True, return_counts=True)
        rows = np.flatnonzero(count[shared] > 1)
        near.append(of_feed[rows])
        far.append(nodes + shared[rows])
        label.append(np.full(len(rows), _SHARED))
        nodes += len(count)
    wiring = Wiring(nodes, np.concatenate(near), np.concatenate(far), np.concatenate(label))
    start = np.full(nodes, -1, dtype=np.int64)
    start[:first] = device
    start[first : first + len(feeds)] = feed
    colors = _refined(wiring, start)
    found = np.zeros(size, dtype=np.int64)
    found[involved] = colors[:first]
    return found, colors[first : first + len(feeds)]


def _siblings(graph: Chain, involved: Ints, a: Ints) -> Ints:
    """For each device a number for how many hang on the same feeders, the same feeders of these, and so on."""
    key = np.arange(len(involved), dtype=np.int64)
    found = np.zeros(len(involved), dtype=np.int64)
    rows, _, count = graph.into.of(involved)
    ends = np.cumsum(count)
    for _ in range(int(graph.height.max(initial=0))):
        marks = mix(key[a[rows]])
        running = np.zeros(len(rows) + 1, dtype=np.uint64)
        np.cumsum(marks, out=running[1:])
        _, key, several = np.unique(running[ends] - running[ends - count], return_inverse=True, return_counts=True)
        found = _together(found, np.where(count > 0, several[key], 0))
    return found


def _together(*columns: Ints) -> Ints:
    """A 64-bit hash of each combination of values."""
    found: Ints = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        found = mix(found + mix(column).view(np.int64)).view(np.int64)
    return found


def _refined(wiring: Wiring, colors: Ints) -> Ints:
    """Colours refined until their number stays, as hashes: it is counted every few rounds only, for that costs most."""
    _, far, label, start = wiring.both
    edge = mix(label)
    count = 0
    while True:
        for _ in range(_ROUNDS):
            marks = mix((colors[far].view(np.uint64) ^ edge).view(np.int64))
            running = np.zeros(len(marks) + 1, dtype=np.uint64)
            np.cumsum(marks, out=running[1:])
            around = running[start[1:]] - running[start[:-1]]
            colors = mix((colors.view(np.uint64) * np.uint64(3) + around).view(np.int64)).view(np.int64)
        found = len(np.unique(colors))
        if found == count:
            return colors
        count = found
