"""Which cage a port number belongs to, and what is plugged into it.

A cage that is split has several port numbers and takes one plug.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from .design import Design, Element, Media
from .once import once
from .plant import DeviceClass, Ints, Plant
from .schema import CableAttributes, OpticAttributes, PortAttributes

_WIDTHS = {"sfp28": 1, "sfp56": 1, "rj45": 1, "qsfp28": 4, "qsfp56": 4, "qsfp112": 4}
"""Electrical lanes of a cage whose part does not say (the form factors' specifications); 8 for the others."""


def cages_of(port: Element) -> tuple[str, ...]:
    """Forms that a port takes; nothing if it does not say."""
    assert isinstance(port.attributes, PortAttributes)
    cage = port.attributes.cage
    return () if cage is None else (cage,) if isinstance(cage, str) else tuple(cage)


def fits(form: str, port: Element) -> bool:
    """A port that names no cage takes anything."""
    return not cages_of(port) or form in cages_of(port)


def forms(media: Media) -> tuple[str, ...]:
    """Forms of the plugs of an optic or cable: one if both ends are alike."""
    attributes = media.attributes
    return tuple(attributes.ends) if isinstance(attributes, CableAttributes) else (attributes.form,)


def speed_through(media: Media) -> int:
    """Speed of one port of an optic, or of one link through a cable, in bit/s."""
    attributes = media.attributes
    ports = attributes.ports if isinstance(attributes, OpticAttributes) else 1
    return int(attributes.speed.to("bps") / ports)


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


def media_options(design: Design) -> tuple[tuple[str, ...], Ints]:
    """Names of all media, and the numbers of those that each rule may use at its two sides.

    The second has shape (rules, options + 1, 2) and is -1 where a rule has no such option; the last column, which the
    option -1 selects, is for rules that name nothing.
    """
    names = tuple(sorted(design.media))
    number = {name: i for i, name in enumerate(names)}
    links = [rule for rule in design.rules if rule.medium == "link"]
    most = max((len(rule.options) for rule in links), default=0)
    table = np.full((max(1, len(design.rules)), most + 1, 2), -1, dtype=np.int64)
    for rule in links:
        for position, pair in enumerate(rule.options):
            table[rule.index, position] = [number[name] for name in pair]
    return names, table


def segment_media(plant: Plant) -> tuple[tuple[str, ...], Ints]:
    """Names of all media, and what is plugged in at the two sides of each segment, shape (segments, 2).

    -1 where the statement names nothing, and at a passive port, which takes no plug but a connector.
    """
    names, table = media_options(plant.design)
    segments = plant.segments
    media: Ints = table[segments.rule, segments.option]
    if plant.circuits is not None:
        passive = plant.passive
        media[:, 0][passive[segments.a_device]] = -1
        media[:, 1][passive[segments.z_device]] = -1
    return names, media


def link_media(plant: Plant) -> tuple[tuple[str, ...], Ints]:
    """Names of all media, and what is plugged in at the two ends of each link, shape (links, 2); -1 for nothing."""
    names, media = segment_media(plant)
    ways = plant.circuits
    if ways is not None:
        media = np.stack([media[ways.head, ways.head_side], media[ways.tail, ways.tail_side]], axis=1)
    return names, media


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


@once
def plugged(plant: Plant) -> Plugged:
    """What is plugged in at every end of every link."""
    ends = plant.ends
    names, made_with = link_media(plant)
    cage = np.zeros(len(ends.device), dtype=np.int64)
    for cls in plant.classes:
        rows = slice(int(ends.start[cls.first]), int(ends.start[cls.first + cls.count]))
        if rows.stop > rows.start:
            cage[rows] = cage_numbers(plant, cls)[ends.port[rows]]
    media = made_with[ends.link, ends.side]
    leads = np.ones(len(cage), dtype=np.bool_)
    # The ends are sorted by device and port, and cages rise with ports: equal cages stand together.
    leads[1:] = (ends.device[1:] != ends.device[:-1]) | (cage[1:] != cage[:-1])
    return Plugged(names, cage, media, leads)
