"""Which switches a switch backend renders, and their models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from ...compiler.backend import Request
from ...compiler.design import Design
from ...compiler.plant import DeviceClass, Plant
from ...compiler.routing import Routing, plan
from .device_model import SwitchModel, switches
from .ports import NameGiver


@dataclass(frozen=True)
class Fleet:
    """The switches that a request wants rendered for an operating system: its own, or all if it was named.

    `networks` holds each routed network with the classes of such switches in it.
    """

    design: Design
    plant: Plant
    request: Request
    os: str
    networks: tuple[tuple[Routing, tuple[DeviceClass, ...]], ...]

    @property
    def classes(self) -> Iterator[DeviceClass]:
        """All these classes, each once: a switch belongs to one routed network."""
        return chain.from_iterable(classes for _, classes in self.networks)

    def name(self, cls: DeviceClass) -> str:
        """The first switch of a class, as an example."""
        return self.plant.devices.names[cls.first]


def fleet(design: Design, plant: Plant, request: Request, os: str) -> Fleet:
    """The switches of a request; none where the routing has a mistake, which the checks tell of."""
    networks = []
    for routing in plan(design, plant)[0]:
        present = set(np.unique(plant.devices.cls[routing.devices]).tolist())
        wanted = [c for c in plant.classes if c.index in present]
        mine = tuple(c for c in wanted if request.named or design.elements[c.element].os == os)
        if mine:
            networks.append((routing, mine))
    return Fleet(design, plant, request, os, tuple(networks))


def models(fleet: Fleet, give: NameGiver) -> Iterator[SwitchModel]:
    """Models of the switches of this shard."""
    request = fleet.request
    for routing, classes in fleet.networks:
        devices = routing.devices
        mine = np.isin(fleet.plant.devices.cls[devices], [c.index for c in classes])
        rows = np.flatnonzero(mine & (devices % request.shards == request.shard))
        if len(rows):
            yield from switches(fleet.plant, routing, rows, give)
