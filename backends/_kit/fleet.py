"""Which switches a switch backend renders, and their models.

What is in a switch's file comes from the plant at capacity: a port for a neighbour that is only reserved is configured
from the first day, so building that neighbour changes no file. Which switches get a file follows from what is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...compiler.backend import Request
from ...compiler.design import Design
from ...compiler.network import dsf, subnet
from ...compiler.network.dsf import Scheduled
from ...compiler.network.routing import Routing, plan
from ...compiler.network.subnet import Subnet
from ...compiler.plant import DeviceClass, Ints, Plant
from .device_model import SwitchModel
from .ports import NameGiver, own_names
from .switch_models import switches


class Numbered(Protocol):
    """A network that the middle has numbered: which one, and its switches in ascending order."""

    @property
    def network(self) -> int: ...

    @property
    def devices(self) -> Ints: ...


N = TypeVar("N", bound=Numbered)


@dataclass(frozen=True)
class Group(Generic[N]):
    """The switches that a request wants rendered for an operating system: its own.

    If the system was named and no switch has it, it stands in for whatever they have, so `--only frr` makes a lab of
    any fabric. `design` and `plant` are at capacity, and `built` has a row for each device of that plant. `networks`
    holds each network of a kind with the classes of such switches in it.
    """

    design: Design
    plant: Plant
    request: Request
    os: str
    stands_in: bool
    built: NDArray[np.bool_]
    networks: tuple[tuple[N, tuple[DeviceClass, ...]], ...]

    @property
    def classes(self) -> Iterator[DeviceClass]:
        """All these classes, each once: a switch belongs to one such network."""
        return chain.from_iterable(classes for _, classes in self.networks)

    def name(self, cls: DeviceClass) -> str:
        """The first switch of a class, as an example."""
        return self.plant.devices.names[cls.first]

    def rows(self, network: N, classes: tuple[DeviceClass, ...]) -> Ints:
        """The rows of a network that are such switches and built."""
        mine = np.isin(self.plant.devices.cls[network.devices], [c.index for c in classes])
        return np.flatnonzero(mine & self.built[network.devices])

    def shard(self, network: N, classes: tuple[DeviceClass, ...]) -> Ints:
        """Those of the request's shard."""
        rows = self.rows(network, classes)
        mine: NDArray[np.bool_] = network.devices[rows] % self.request.shards == self.request.shard
        return rows[mine]


class Fleet(Group[Routing]):
    """The switches of routed networks."""


def built_at_capacity(plant: Plant) -> NDArray[np.bool_]:
    """Which devices of the plant at capacity are built."""
    built = np.zeros(len(plant.at_capacity.devices), dtype=np.bool_)
    built[plant.numbers_at_capacity(np.arange(len(plant.devices)))] = True
    return built


def fleet(design: Design, plant: Plant, request: Request, os: str) -> Fleet:
    """The switches of a request; none where the routing has a mistake, which the checks tell of."""
    grown = plant.at_capacity
    return Fleet(*_chosen(plant, plan(grown.design, grown)[0], request, os))


def subnet_fleet(plant: Plant, request: Request, os: str) -> Group[Subnet]:
    """The switches of InfiniBand subnets that a request wants rendered."""
    grown = plant.at_capacity
    return Group(*_chosen(plant, subnet.plan(grown.design, grown)[0], request, os))


def scheduled_fleet(plant: Plant, request: Request, os: str) -> Group[Scheduled]:
    """The nodes of scheduled fabrics that a request wants rendered."""
    grown = plant.at_capacity
    return Group(*_chosen(plant, dsf.plan(grown.design, grown)[0], request, os))


def _chosen(
    plant: Plant, planned: Iterable[N], request: Request, os: str
) -> tuple[Design, Plant, Request, str, bool, NDArray[np.bool_], tuple[tuple[N, tuple[DeviceClass, ...]], ...]]:
    """What a group holds."""
    grown, built = plant.at_capacity, built_at_capacity(plant)
    found: list[tuple[N, list[DeviceClass]]] = []
    for network in planned:
        present = set(np.unique(grown.devices.cls[network.devices[built[network.devices]]]).tolist())
        found.append((network, [c for c in grown.classes if c.index in present]))
    own = [(network, [c for c in classes if grown.element_of(c).os == os]) for network, classes in found]
    stands_in = request.named and not any(classes for _, classes in own)
    networks = tuple((network, tuple(classes)) for network, classes in (found if stands_in else own) if classes)
    return grown.design, grown, request, os, stands_in, built, networks


def models(fleet: Fleet, give: NameGiver) -> Iterator[SwitchModel]:
    """Models of the switches of this shard."""
    far = give if fleet.stands_in else own_names
    for routing, classes in fleet.networks:
        rows = fleet.shard(routing, classes)
        if len(rows):
            yield from switches(fleet.plant, routing, rows, give, far)
