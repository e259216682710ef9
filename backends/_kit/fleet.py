"""Which switches a switch backend renders, and their models.

What is in a switch's file comes from the plant at capacity: a port for a neighbour that is only reserved is configured
from the first day, so building that neighbour changes no file. Which switches get a file follows from what is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ...compiler.backend import Request
from ...compiler.design import Design
from ...compiler.network.routing import Routing, plan
from ...compiler.plant import DeviceClass, Ints, Plant
from .device_model import SwitchModel
from .ports import NameGiver, own_names
from .switch_models import switches


@dataclass(frozen=True)
class Fleet:
    """The switches that a request wants rendered for an operating system: its own.

    If the system was named and no switch has it, it stands in for whatever they have, so `--only frr` makes a lab of
    any fabric. `design` and `plant` are at capacity, and `built` has a row for each device of that plant. `networks` holds each
    routed network with the classes of such switches in it.
    """

    design: Design
    plant: Plant
    request: Request
    os: str
    stands_in: bool
    built: NDArray[np.bool_]
    networks: tuple[tuple[Routing, tuple[DeviceClass, ...]], ...]

    @property
    def classes(self) -> Iterator[DeviceClass]:
        """All these classes, each once: a switch belongs to one routed network."""
        return chain.from_iterable(classes for _, classes in self.networks)

    def name(self, cls: DeviceClass) -> str:
        """The first switch of a class, as an example."""
        return self.plant.devices.names[cls.first]

    def rows(self, routing: Routing, classes: tuple[DeviceClass, ...]) -> Ints:
        """The rows of a network that are such switches and built."""
        mine = np.isin(self.plant.devices.cls[routing.devices], [c.index for c in classes])
        return np.flatnonzero(mine & self.built[routing.devices])


def fleet(design: Design, plant: Plant, request: Request, os: str) -> Fleet:
    """The switches of a request; none where the routing has a mistake, which the checks tell of."""
    grown = plant.at_capacity
    built = np.zeros(len(grown.devices), dtype=np.bool_)
    built[plant.numbers_at_capacity(np.arange(len(plant.devices)))] = True
    found: list[tuple[Routing, list[DeviceClass]]] = []
    for routing in plan(grown.design, grown)[0]:
        present = set(np.unique(grown.devices.cls[routing.devices[built[routing.devices]]]).tolist())
        found.append((routing, [c for c in grown.classes if c.index in present]))
    own = [(routing, [c for c in classes if design.elements[c.element].os == os]) for routing, classes in found]
    stands_in = request.named and not any(classes for _, classes in own)
    networks = tuple((routing, tuple(classes)) for routing, classes in (found if stands_in else own) if classes)
    return Fleet(grown.design, grown, request, os, stands_in, built, networks)


def models(fleet: Fleet, give: NameGiver) -> Iterator[SwitchModel]:
    """Models of the switches of this shard."""
    request = fleet.request
    far = give if fleet.stands_in else own_names
    for routing, classes in fleet.networks:
        rows = fleet.rows(routing, classes)
        rows = rows[routing.devices[rows] % request.shards == request.shard]
        if len(rows):
            yield from switches(fleet.plant, routing, rows, give, far)
