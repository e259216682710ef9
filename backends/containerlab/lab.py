"""What is in a lab: which devices as which containers, and which links between them, in columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...compiler.backend import Request
from ...compiler.design import Design
from ...compiler.network.routing import planned
from ...compiler.plant import Bools, DeviceClass, Ints, Plant
from ...compiler.views.fabric import data_links
from .._kit.addressed import addressed_ends
from .._kit.columns import TerminalNames, terminal_table
from .._kit.fleet import Fleet, fleet
from .._kit.ports import Port, front, frr_names, names_for
from .kinds import SERVER, SWITCHES, Container


@dataclass(frozen=True)
class Lab:
    """A lab. All columns have a row for each built device or link of the plant.

    `wanted` are the devices that were asked for, `nodes` those that a container stands for; `os` is the operating
    system by class of switches. `links` lead from node to node, `cut` from a node to anything else. `addressed` are the
    servers that the design gives addresses, `routed` the switches of routed networks.
    """

    design: Design
    plant: Plant
    wanted: Bools
    nodes: Bools
    os: dict[int, str]
    links: Bools
    cut: Bools
    addressed: Bools
    routed: Bools

    def container(self, cls: DeviceClass) -> Container:
        """What a node of a class runs in."""
        return SWITCHES[self.os[cls.index]] if cls.index in self.os else SERVER

    def classes(self) -> Iterator[tuple[DeviceClass, Ints]]:
        """The classes of nodes, and the nodes of each."""
        for cls in self.plant.classes:
            devices = cls.first + np.flatnonzero(self.nodes[cls.first : cls.first + cls.count])
            if len(devices):
                yield cls, devices

    def backends(self) -> list[str]:
        """Names of the backends that write what the nodes run."""
        found = {self.container(cls).backend for cls, _ in self.classes() if cls.index in self.os}
        if self.addressed.any():
            found.add(SERVER.backend)
        return sorted(found)

    def interfaces(self) -> TerminalNames:
        """What every port is called in its container."""
        return terminal_table(self.plant, lambda cls: interface_names(self.plant, cls, self.os.get(cls.index)))


def make_lab(design: Design, plant: Plant, request: Request) -> Lab:
    """The lab of a request."""
    count, links = len(plant.devices), plant.links
    wanted = np.ones(count, dtype=np.bool_) if request.subset is None else request.subset.devices(plant)
    fleets = list(_fleets(design, plant, request))
    nodes, os = np.zeros(count, dtype=np.bool_), dict[int, str]()
    at = plant.numbers_at_capacity(np.arange(count))
    for one in fleets:
        chosen = np.zeros(len(one.plant.devices), dtype=np.bool_)
        for routing, classes in one.networks:
            chosen[routing.devices[one.rows(routing, classes)]] = True
            # Classes have the same numbers in both plants.
            os |= dict.fromkeys((c.index for c in classes), one.os)
        nodes |= chosen[at]
    switch = np.zeros(count, dtype=np.bool_)
    for cls in plant.classes_of_kind("switch"):
        switch[cls.first : cls.first + cls.count] = True
    data = data_links(plant)
    linked = np.zeros(count, dtype=np.bool_)
    linked[links.a_device[data]] = linked[links.z_device[data]] = True
    nodes |= wanted & linked & ~switch & ~plant.passive
    a, z = nodes[links.a_device], nodes[links.z_device]
    addressed, routed = _planned(plant)
    servers = nodes & ~switch & addressed
    return Lab(design, plant, wanted, nodes, os, data & a & z, data & (a ^ z), servers, routed)


def _fleets(design: Design, plant: Plant, request: Request) -> Iterator[Fleet]:
    """The switches of each operating system; all of them under one that was named and that no switch has."""
    for os in SWITCHES:
        if os in request.beside:
            found = fleet(design, plant, replace(request, named=True), os)
            if found.stands_in:
                yield found
                return
    for os in SWITCHES:
        yield fleet(design, plant, replace(request, named=False), os)


def _planned(plant: Plant) -> tuple[Bools, Bools]:
    """Which built devices have an address on a routed network and are no switch of it, and which are its switches."""
    grown = plant.at_capacity
    networks = planned(grown)[0]
    found = addressed_ends(grown, networks)
    addressed, routed = np.zeros((2, len(grown.devices)), dtype=np.bool_)
    addressed[grown.ends.device[found.row]] = True
    for routing in networks:
        routed[routing.devices] = True
    at = plant.numbers_at_capacity(np.arange(len(plant.devices)))
    return addressed[at], routed[at]


def interface_names(plant: Plant, cls: DeviceClass, os: str | None) -> list[str | None]:
    """Names of the ports of a class in its container, by number.

    FRR's are those of its configuration. SONiC and cEOS take `eth1`, `eth2`, … by the place of the port, and a map says
    which port each is. Those of a server are counted by number. `eth0` is the management port everywhere.
    """
    count = cls.terminal_count("port")
    if os == "frr":
        return list(frr_names(plant, cls))
    if os is None:
        return [f"eth{n + 1}" for n in range(count)]
    names: list[str | None] = [None] * count
    for place, port in enumerate(places(plant, cls, os), 1):
        names[port.number] = f"eth{place}"
    return names


def places(plant: Plant, cls: DeviceClass, os: str) -> tuple[Port, ...]:
    """The data ports of a class in order of place."""
    return front(plant, cls, names_for(os))
