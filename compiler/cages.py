"""Which cage a port number belongs to, and what is plugged into it.

A cage that is split has several port numbers and takes one plug.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from .design import Design
from .plant import DeviceClass, Ints, Plant
from .schema import PortAttributes

_WIDTHS = {"sfp28": 1, "sfp56": 1, "rj45": 1, "qsfp28": 4, "qsfp56": 4, "qsfp112": 4}
"""Electrical lanes of a cage whose part does not say (the form factors' specifications); 8 for the others."""


def lanes(attributes: PortAttributes) -> int:
    """Electrical lanes of a cage."""
    if attributes.lanes is not None:
        return attributes.lanes
    cage = attributes.cage[0] if isinstance(attributes.cage, list) else attributes.cage
    return _WIDTHS.get(cage or "", 8)


def port_lanes(plant: Plant, cls: DeviceClass) -> Ints:
    """Electrical lanes of each port number of a class: those of its cage, or its part of a split one."""
    found = np.zeros(cls.terminal_count("port"), dtype=np.int64)
    for array in cls.terminals["port"]:
        element = plant.design.elements[array.element]
        assert isinstance(element.attributes, PortAttributes)
        block = found[array.first : array.first + array.count]
        block[:] = lanes(element.attributes)
        if element.splits:
            own = prod(dim.size for dim in element.dims)
            cages = block.reshape(-1, own, array.shape[-1])
            for split in element.splits:
                cages[:, split.first : split.last + 1] //= split.count
    return found


def cage_numbers(plant: Plant, cls: DeviceClass) -> Ints:
    """For each port number of a class the first port number of its cage."""
    numbers = np.arange(cls.terminal_count("port"), dtype=np.int64)
    for array in cls.terminals["port"]:
        if plant.design.elements[array.element].splits:
            block = numbers[array.first : array.first + array.count]
            block[:] = array.first + (block - array.first) // array.shape[-1] * array.shape[-1]
    return numbers


def media_table(design: Design) -> tuple[tuple[str, ...], Ints]:
    """Names of all media, and for each rule and side the number of the one that it uses (-1: none).

    The second has shape (rules, 2).
    """
    names = tuple(sorted(design.media))
    number = {name: i for i, name in enumerate(names)}
    table = np.full((max(1, len(design.rules)), 2), -1, dtype=np.int64)
    for rule in design.rules:
        if rule.medium == "link" and rule.using is not None:
            table[rule.index] = [number[name] for name in rule.using]
    return names, table


@dataclass(frozen=True)
class Plugged:
    """One row for each end of a link, in the order of `Plant.ends`.

    `media` is a number in `names` (-1: the statement names none). `leads` is true for the first end in
    each cage, so that a plug shared by several ports counts once.
    """

    names: tuple[str, ...]
    cage: Ints
    media: Ints
    leads: NDArray[np.bool_]


def plugged(plant: Plant) -> Plugged:
    """What is plugged in at every end of every link."""
    ends = plant.ends
    names, table = media_table(plant.design)
    cage = np.zeros(len(ends.device), dtype=np.int64)
    for cls in plant.classes:
        rows = slice(int(ends.start[cls.first]), int(ends.start[cls.first + cls.count]))
        if rows.stop > rows.start:
            cage[rows] = cage_numbers(plant, cls)[ends.port[rows]]
    media = table[plant.links.rule[ends.link], ends.side]
    leads = np.ones(len(cage), dtype=np.bool_)
    # The ends are sorted by device and port, and cages rise with ports: equal cages stand together.
    leads[1:] = (ends.device[1:] != ends.device[:-1]) | (cage[1:] != cage[:-1])
    return Plugged(names, cage, media, leads)
