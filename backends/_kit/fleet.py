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
from ...compiler.network.routing import Routing, planned
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
    any fabric. `design` and `plant` are at capacity, and `wanted` has a row for each device of that plant: it is built
    and in the request's subset. `networks` holds each network of a kind with the classes of such switches in it.
    """

    design: Design
    plant: Plant
    request: Request
    os: str
    stands_in: bool
    wanted: NDArray[np.bool_]
    networks: tuple[tuple[N, tuple[DeviceClass, ...]], ...]

    @property
    def classes(self) -> Iterator[DeviceClass]:
        """All these classes, each once: a switch belongs to one such network."""
        return chain.from_iterable(classes for _, classes in self.networks)

    def name(self, cls: DeviceClass) -> str:
        """The first switch of a class, as an example."""
        return self.plant.devices.names[cls.first]

    def rows(self, network: N, classes: tuple[DeviceClass, ...]) -> Ints:
        """The rows of a network that are such switches, built and wanted."""
        mine = np.isin(self.plant.devices.cls[network.devices], [c.index for c in classes])
        return np.flatnonzero(mine & self.wanted[network.devices])

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


def wanted_at_capacity(plant: Plant, request: Request) -> NDArray[np.bool_]:
    """Which devices of the plant at capacity are built and in the request's subset."""
    if request.subset is None:
        return built_at_capacity(plant)
    wanted = np.zeros(len(plant.at_capacity.devices), dtype=np.bool_)
    wanted[plant.numbers_at_capacity(np.flatnonzero(request.subset.devices(plant)))] = True
    return wanted


def fleet(design: Design, plant: Plant, request: Request, os: str) -> Fleet:
    """The switches of a request; none where the routing has a mistake, which the checks tell of."""
    return Fleet(*_chosen(plant, planned(plant.at_capacity)[0], request, os))


def subnet_fleet(plant: Plant, request: Request, os: str) -> Group[Subnet]:
    """The switches of InfiniBand subnets that a request wants rendered."""
    return Group(*_chosen(plant, subnet.planned(plant.at_capacity)[0], request, os))


def scheduled_fleet(plant: Plant, request: Request, os: str) -> Group[Scheduled]:
    """The nodes of scheduled fabrics that a request wants rendered."""
    return Group(*_chosen(plant, dsf.planned(plant.at_capacity)[0], request, os))


def _chosen(
    plant: Plant, planned: Iterable[N], request: Request, os: str
) -> tuple[Design, Plant, Request, str, bool, NDArray[np.bool_], tuple[tuple[N, tuple[DeviceClass, ...]], ...]]:
    """What a group holds. Whether a system stands in for others is a question to the whole design, not to a subset."""
    grown, built = plant.at_capacity, built_at_capacity(plant)
    found = [(network, _classes(grown, network, built)) for network in planned]
    stands_in = request.named and not any(grown.element_of(c).os == os for _, classes in found for c in classes)
    wanted = wanted_at_capacity(plant, request)
    mine: list[tuple[N, tuple[DeviceClass, ...]]] = []
    for network, _ in found:
        classes = _classes(grown, network, wanted)
        mine.append((network, tuple(c for c in classes if stands_in or grown.element_of(c).os == os)))
    networks = tuple((network, classes) for network, classes in mine if classes)
    return grown.design, grown, request, os, stands_in, wanted, networks


def _classes(plant: Plant, network: Numbered, kept: NDArray[np.bool_]) -> list[DeviceClass]:
    """The classes of a network's switches of which some are kept."""
    present = set(np.unique(plant.devices.cls[network.devices[kept[network.devices]]]).tolist())
    return [c for c in plant.classes if c.index in present]


def models(fleet: Fleet, give: NameGiver) -> Iterator[SwitchModel]:
    """Models of the switches of this shard."""
    far = give if fleet.stands_in else own_names
    for routing, classes in fleet.networks:
        rows = fleet.shard(routing, classes)
        if len(rows):
            yield from switches(fleet.plant, routing, rows, give, far)
