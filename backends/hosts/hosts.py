"""Models of servers from columns: which have a port on a routed network, and what is at the other end.

Like switches, servers are numbered over the capacity, so building what is reserved changes no file of another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...compiler.backend import Request
from ...compiler.names import cable_namer, terminal_names
from ...compiler.network.addresses import dotted
from ...compiler.network.classes import classes
from ...compiler.network.lossless import mtu_of
from ...compiler.network.reach import planned_metres
from ...compiler.network.routing import Routing, planned
from ...compiler.plant import Ints, Plant
from .._kit.addressed import AddressedEnds, addressed_ends
from .._kit.fleet import wanted_at_capacity
from .._kit.ports import own_names
from .._kit.safe import one_line
from .adapters import MAKER, Front, front
from .model import Host, HostPort, Settings

FIRST_TABLE = 1001
"""The routing table of the first port, the n-th port having the n-th; Linux keeps 253 to 255 for itself."""


@dataclass(frozen=True)
class Servers:
    """The servers that a request wants written: all built ones with an address, or those of a subset, when named.

    `plant` is at capacity.
    """

    plant: Plant
    ends: AddressedEnds
    built: Ints


def servers(plant: Plant, request: Request) -> Servers:
    """The servers of a request; none where the routing has a mistake, which the checks tell of."""
    grown = plant.at_capacity
    found = addressed_ends(grown, planned(grown)[0] if request.named else ())
    built = np.unique(grown.ends.device[found.row])
    return Servers(grown, found, built[wanted_at_capacity(plant, request)[built]])


def hosts(mine: Servers, request: Request) -> Iterator[Host]:
    """Models of the servers of this shard."""
    if not len(mine.built):
        return  # mostly so: they are written when named, and a worker has no use for tables of all cables
    plant, ends = mine.plant, mine.plant.ends
    maker = _Maker(mine)
    start = np.searchsorted(ends.device[mine.ends.row], mine.built)
    stop = np.searchsorted(ends.device[mine.ends.row], mine.built, side="right")
    for device, first, last in zip(mine.built.tolist(), start.tolist(), stop.tolist(), strict=True):
        if device % request.shards == request.shard:
            yield Host(one_line(plant.devices.names[device]), maker.ports(device, range(first, last)))


class _Maker:
    """What is looked up for every server, made once."""

    def __init__(self, mine: Servers) -> None:
        plant = mine.plant
        self._plant, self._ends = plant, mine.ends
        self._settings = [settings(plant, routing) for routing in mine.ends.planned]
        self._cable = cable_namer(plant)
        self._metres = planned_metres(plant)
        self._fronts: dict[int, Front] = {}
        self._far: dict[int, tuple[list[str], list[str]]] = {}

    def ports(self, device: int, places: range) -> tuple[HostPort, ...]:
        """The ports of one server, from the places of its ends."""
        count = Counter(int(self._ends.routing[place]) for place in places)
        return tuple(
            self._port(device, place, FIRST_TABLE + n, count[int(self._ends.routing[place])] == 1)
            for n, place in enumerate(places)
        )

    def _port(self, device: int, place: int, table: int, alone: bool) -> HostPort:
        plant, ends = self._plant, self._plant.ends
        row, number = int(self._ends.row[place]), int(self._ends.routing[place])
        routing, link, port = self._ends.planned[number], int(ends.link[row]), int(ends.port[row])
        sides = (int(routing.a_address[link]), int(routing.z_address[link]))
        own, other = sides if ends.side[row] == 0 else sides[::-1]
        six = routing.pools.hosts6
        here = self._front(int(plant.devices.cls[device]))
        peer, peer_port = int(ends.peer_device[row]), int(ends.peer_port[row])
        labels, names = self._names(int(plant.devices.cls[peer]))
        return HostPort(
            port=here.ports[port],
            linux=here.linux[port],
            variable=here.variables[port],
            speed=here.speeds[port],
            address=f"{dotted(own)}/31",
            gateway=dotted(other),
            address6=f"{six.text(own)}/127" if six else "",
            gateway6=six.text(other) if six else "",
            table=table,
            alone=alone,
            peer=one_line(plant.devices.names[peer]),
            peer_port=labels[peer_port],
            peer_interface=names[peer_port],
            cable=self._cable(link),
            cable_m=int(self._metres[link]),
            nvidia=here.makers[port] == MAKER,
            settings=self._settings[number],
        )

    def _front(self, index: int) -> Front:
        if index not in self._fronts:
            self._fronts[index] = front(self._plant, self._plant.classes[index])
        return self._fronts[index]

    def _names(self, index: int) -> tuple[list[str], list[str]]:
        """Our own names of the ports of a class, and its operating system's."""
        if index not in self._far:
            cls = self._plant.classes[index]
            labels = [one_line(name) for name in terminal_names(self._plant, cls, "port")]
            names = own_names(self._plant, cls) or labels
            self._far[index] = labels, [one_line(name) or label for name, label in zip(names, labels, strict=True)]
        return self._far[index]


def settings(plant: Plant, routing: Routing) -> Settings:
    """What all ports of a network share."""
    network, pools = plant.design.networks[routing.network], routing.pools
    return Settings(
        network=one_line(network.name),
        mtu=mtu_of(network),
        pool=str(pools.host),
        pool6=str(pools.host6) if pools.hosts6 is not None else "",
        classes=() if network.attributes.roce is None else classes(network.attributes.roce),
    )
