"""FBOSS: `agent.conf`, and `bgp.conf` where switches route, a folder a switch.

`agent.conf` is thrift SimpleJSON of `AgentConfig`: ports by the platform's own numbers, VLANs and interfaces, traffic
classes, or the place of a node in a scheduled fabric. Settings of the silicon are no part of a design: FBOSS publishes
them for each platform, and `platform.chip` takes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.network.dsf import Scheduled
from ...compiler.plant import DeviceClass, Plant
from ...compiler.schema import SwitchAttributes
from ...dsl.diagnostics import Diagnostic
from .._kit.fleet import Fleet, Group, fleet, models, scheduled_fleet
from .._kit.ports import names_for
from .._kit.refusals import bad_host_names, bad_interface_names, bad_mtu, unnamed_ports
from .._kit.safe import folder
from . import bgp, routed
from .agent import MTU
from .dsf import Writer
from .fit import NAME_LENGTH, hard_routing, left_out, misfits
from .nodes import Nodes
from .slots import OS, box, copper_links, ends_of, slots


class Fboss:
    """The backend `fboss`."""

    name = OS
    summary = "FBOSS: agent.conf for each switch, and bgp.conf where it routes"
    per_device = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        mine, cells = fleet(design, plant, request, OS), scheduled_fleet(plant, request, OS)
        return list(
            chain(
                *(common(group) for group in (mine, cells)),
                bad_mtu(mine, *MTU),
                hard_routing(mine),
                misfits(mine, cells),
                left_out(mine, cells),
            )
        )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        yield from _routed(fleet(design, plant, request, OS))
        yield from _cells(scheduled_fleet(plant, request, OS))


def common(group: Group[Any]) -> Iterator[Diagnostic]:
    """What every backend of switches refuses."""
    yield from unnamed_ports(group)
    yield from bad_host_names(group)
    yield from bad_interface_names(group, names_for(OS), NAME_LENGTH)


class _Fronts:
    """What is known of routed switches by class and by name."""

    def __init__(self, mine: Fleet) -> None:
        self._plant = mine.plant
        self._copper = copper_links(mine.plant)
        self._made: dict[int, routed.Front] = {}

    @cached_property
    def _devices(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self._plant.devices.names)}

    def of(self, name: str) -> routed.Front:
        """The front of the switch of this name."""
        device = self._devices[name]
        cls = self._plant.class_of(device)
        if cls.index not in self._made:
            self._made[cls.index] = self._front(cls)
        copper = frozenset(port for port, link, _, _ in ends_of(self._plant, device) if self._copper[link])
        made = self._made[cls.index]
        return routed.Front(made.box, made.slots, made.attributes, copper)

    def _front(self, cls: DeviceClass) -> routed.Front:
        found, attributes = box(self._plant, cls), self._plant.element_of(cls).attributes
        assert found is not None and isinstance(attributes, SwitchAttributes)
        ports = {s.port.number: s for s in slots(self._plant, cls, found.port_map)}
        return routed.Front(found, ports, attributes, frozenset())


def _routed(mine: Fleet) -> Iterator[Artifact]:
    fronts = _Fronts(mine)
    for switch in models(mine, names_for(OS)):
        place = f"configs/{OS}/{folder(switch.name)}"
        yield Artifact(f"{place}/agent.conf", routed.config(switch, fronts.of(switch.name)))
        yield Artifact(f"{place}/bgp.conf", bgp.config(switch))


def _cells(cells: Group[Scheduled]) -> Iterator[Artifact]:
    for fabric, classes in cells.networks:
        rows = cells.shard(fabric, classes)
        if not len(rows):
            continue
        nodes = Nodes(cells.plant, fabric)
        writer = Writer(nodes)
        for row in rows.tolist():
            yield Artifact(f"configs/{OS}/{folder(nodes.name(row))}/agent.conf", writer.config(row))
