"""Which coolers, pipes and loops cannot be told apart, so that one failure stands for all of them.

Colour refinement (see `views/symmetry`) over devices and pipes. Refinement alone cannot tell a ring from pairs, so a
device is coloured as well by how many others hang on the very same suppliers, on the same suppliers of these, and so
on up. What takes heat from the air gets it through no pipe, so it is coloured by the heat of its assembly's air, in
whole W: milliwatts that were left over when heat was shared make no difference.
"""

from __future__ import annotations

import numpy as np

from ..plant import Ints
from ..shares import layers, together
from ..views.symmetry import Wiring, mix, refine
from .air import takes_air
from .model import Cooling

_DOWN, _UP = 1, 2
"""Labels of edges: from a pipe to its load, and to its source."""


def alike(found: Cooling) -> tuple[Ints, Ints]:
    """Colours of devices and of pipes: equal where a loss has equal consequences."""
    plant = found.plant
    size, pipes = len(plant.devices), len(plant.pipes)
    a, z = plant.pipes.a_device, plant.pipes.z_device
    device = together(plant.devices.cls, found.liquid_mw, _around(found), _siblings(a, z, size))
    start = np.concatenate([device, together(plant.pipes.rule) + int(device.max(initial=-1)) + 1])
    node = size + np.arange(pipes)
    wiring = Wiring(
        size + pipes,
        np.concatenate([node, node]),
        np.concatenate([z, a]),
        np.concatenate([np.full(pipes, _DOWN), np.full(pipes, _UP)]),
    )
    colors = refine(wiring, start)
    return colors[:size], colors[size:]


def _around(found: Cooling) -> Ints:
    """For what takes heat from the air that in the air of its assembly, and what is left of it, as one number."""
    given = np.zeros(len(found.plant.devices), dtype=np.int64)
    left = np.zeros_like(given)
    for cls, trait in zip(found.plant.classes, found.traits, strict=True):
        parent = trait.element.parent
        if takes_air(trait) and cls.count and parent is not None:
            rows = slice(cls.first, cls.first + cls.count)
            rooms = (found.rooms.given[parent][0], found.rooms.left[parent][0])
            given[rows], left[rows] = (np.repeat((r + 500) // 1000, cls.count // len(r)) for r in rooms)
    return together(given, left)


def _siblings(a: Ints, z: Ints, size: int) -> Ints:
    """For each device a number for how many hang on the same suppliers, the same suppliers of these, and so on."""
    key = np.arange(size, dtype=np.int64)
    found = np.zeros(size, dtype=np.int64)
    for _ in range(len(layers(a, z, size)[0])):
        marks = np.zeros(size, dtype=np.uint64)
        np.add.at(marks, z, mix(key[a]))
        _, key, several = np.unique(marks, return_inverse=True, return_counts=True)
        found = together(found, np.where(marks > 0, several[key], 0))
    return found


def components(found: Cooling) -> Ints:
    """For each pipe the number of its loop: pipes that share coolant. A cdu's two sides are in two loops."""
    plant = found.plant
    size = len(plant.devices)
    separates = found.column([t.separates for t in found.traits]) > 0
    a, z = plant.pipes.a_device, plant.pipes.z_device
    far = np.where(separates[z], size + z, z)
    label = np.arange(2 * size, dtype=np.int64)
    while True:
        low = np.minimum(label[a], label[far])
        before = label.copy()
        np.minimum.at(label, a, low)
        np.minimum.at(label, far, low)
        if np.array_equal(before, label):
            return together(label[a])
