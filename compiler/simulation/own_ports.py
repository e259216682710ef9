"""Ports of accelerators themselves, such as NVLink or ICI, as against those of a server's adapters.

A link between such ports, or from one to a switch, is scale-up if nothing routes it: its network has `routing = none`,
or it is in no network. Accelerators whose own ports lead into a routed network have their adapters built in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..design import Design
from ..plant import Bools, DeviceClass, Ints, Plant
from ..schema.routing import Unrouted
from ..views.fabric import data_links


@dataclass(frozen=True)
class OwnPorts:
    """Port numbers of a server that are ports of its accelerators, as columns over all port numbers of the class:
    `slot` is the accelerator's number in the server (-1 for other ports), `label` tells ports of one accelerator apart
    and is alike for the same port of each."""

    slot: Ints
    label: Ints


def own_ports(design: Design, cls: DeviceClass, ranks: int) -> OwnPorts:
    """Which ports of a class of servers belong to its accelerators, the element `ranks`."""
    count = cls.terminal_count("port")
    slot, label = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    inner = [e for e in design.chain(ranks) if e.index > cls.element]
    total = int(np.prod([dim.size for e in inner for dim in e.dims], dtype=np.int64))
    for array in cls.terminals["port"]:
        if ranks in [e.index for e in design.chain(array.element)]:
            number = np.arange(array.count, dtype=np.int64)
            each = array.count // total
            slot[array.first + number] = number // each
            label[array.first + number] = array.first + number % each
    return OwnPorts(slot, label)


def own_links(plant: Plant, ranks: int) -> tuple[Bools, Bools]:
    """For the a and z end of each link whether it is scale-up and that end is a port of one of the accelerators."""
    design, links = plant.design, plant.links
    element = design.device_of(ranks)
    cls = next(c for c in plant.classes if c.element == element)
    own = own_ports(design, cls, ranks).slot >= 0
    nothing = np.zeros(len(links), dtype=np.bool_)
    if not own.any():
        return nothing, nothing
    unrouted = np.array([isinstance(n.attributes.routing, Unrouted) for n in design.networks] + [True])
    keep = data_links(plant) & unrouted[links.network]
    found = []
    for device, port in ((links.a_device, links.a_terminal), (links.z_device, links.z_terminal)):
        mine = nothing.copy()
        rows = np.flatnonzero(keep & (device >= cls.first) & (device < cls.first + cls.count))
        mine[rows] = own[port[rows]]
        found.append(mine)
    return found[0], found[1]
