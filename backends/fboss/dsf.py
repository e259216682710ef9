"""The agent's configuration of a node of a scheduled fabric."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from operator import itemgetter

import numpy as np
import orjson

from ...compiler.names import cable_namer, terminal_names
from ...compiler.network.addresses import dotted
from ...compiler.network.classes import classes
from ...compiler.network.dsf import INTERFACE
from ...compiler.network.lossless import mtu_of
from ...compiler.plant import Ints
from .._kit.safe import one_line
from . import qos
from .agent import FABRIC_QUEUE, FABRIC_QUEUES, document, fabric_port, lines, mac, port, switch_settings, true
from .nodes import Nodes
from .platforms import (
    FABRIC_FLAGS,
    LOCAL_OFFSET,
    MANAGEMENT_NAME,
    MONITORING_OFFSET,
    Box,
    Place,
)
from .slots import Slot, copper_links, ends_of, profile, slots
from .thrift import InterfaceType, Lldp, PortState, PortType, Profile, Scope, Struct

_MANAGEMENT_MBPS = 100_000
_INNER_MBPS = 100_000
_EVENTOR_FRAME = 1536
"""As FBOSS's own configuration of this platform has it."""


class Writer:
    """Configurations of the nodes of one fabric; what they share is made once."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._plant = nodes.plant
        self._fabric = nodes.fabric
        self._mtu = mtu_of(nodes.plant.design.networks[nodes.fabric.network])
        roce = nodes.plant.design.networks[nodes.fabric.network].attributes.roce
        self._classes = classes(roce) if roce is not None and nodes.fabric.stages == 1 else ()
        self._copper = copper_links(nodes.plant)
        self._names = [one_line(name) for name in nodes.plant.devices.names]
        self._labels = [[one_line(n) for n in terminal_names(self._plant, c, "port")] for c in self._plant.classes]
        self._cable = cable_namer(self._plant)
        self._fronts: dict[int, dict[int, Slot]] = {}
        self._made: dict[tuple[int, bool], list[Struct]] = {}

    def config(self, row: int) -> bytes:
        """`agent.conf` of one node."""
        return self._interface_node(row) if self._fabric.level[row] == INTERFACE else self._fabric_node(row)

    def _slots(self, device: int, row: int) -> dict[int, Slot]:
        """The ports of a node by number, looked up once a class."""
        cls = self._plant.class_of(device)
        if cls.index not in self._fronts:
            port_map = self._nodes.place(row).port_map if self._fabric.level[row] == INTERFACE else ""
            self._fronts[cls.index] = {s.port.number: s for s in slots(self._plant, cls, port_map)}
        return self._fronts[cls.index]

    @cached_property
    def _row_of(self) -> Ints:
        found = np.full(len(self._plant.devices), -1, dtype=np.int64)
        found[self._fabric.devices] = np.arange(len(self._fabric.devices))
        return found

    def _fabric_ports(self, row: int) -> list[Struct]:
        """Every lane of every cage for cells, in the order of logical numbers, with its far end where there is one."""
        device = int(self._fabric.devices[row])
        linked = {number: end for number, *end in ends_of(self._plant, device)}
        found: list[Struct] = []
        enabled = int(PortState.ENABLED)
        for number, slot in self._slots(device, row).items():
            if not slot.cells:
                continue
            if number not in linked:
                found += self._lanes(slot, False)
                continue
            link, peer, peer_port = linked[number]
            far = self._slots(peer, int(self._row_of[peer])).get(peer_port)
            said, name = self._description(link, peer, peer_port), self._names[peer]
            for at, lane in enumerate(self._lanes(slot, bool(self._copper[link]))):
                made = {**lane, "state": enabled, "description": said}
                if far is not None:
                    made["expectedNeighborReachability"] = [{"remoteSystem": name, "remotePort": far.names[at]}]
                found.append(made)
        return sorted(found, key=itemgetter("logicalID"))

    def _lanes(self, slot: Slot, copper: bool) -> list[Struct]:
        """The ports of the lanes of a slot without a cable, made once for all nodes of a class."""
        key = id(slot), copper
        if key not in self._made:
            self._made[key] = [
                fabric_port(number, name, copper) for number, name in zip(slot.numbers, slot.names, strict=True)
            ]
        return self._made[key]

    def _description(self, link: int, peer: int, port: int) -> str:
        """The far end and the cable, in the words of the cabling tables."""
        label = self._labels[int(self._plant.devices.cls[peer])][port]
        return f"to {self._names[peer]} {label} cable {self._cable(link)}"

    def _fabric_node(self, row: int) -> bytes:
        box, first = self._nodes.box(row), int(self._fabric.switch_id[row])
        flags = true(["multi_switch", "multi_npu_platform_mapping", *FABRIC_FLAGS[self._fabric.stages]])
        sw: Struct = {
            "version": 0,
            "ports": lines(self._fabric_ports(row)),
            "defaultVlan": 0,
            "portQueueConfigs": {FABRIC_QUEUES: FABRIC_QUEUE},
            "switchSettings": switch_settings(box, self._chips(row, box), first),
        }
        return self._finished(row, flags, sw)

    def _chips(self, row: int, box: Box) -> dict[str, Struct]:
        first = int(self._fabric.switch_id[row])
        each = int(self._fabric.cores[row]) // len(box.chips)
        return {
            str(first + n * each): {
                "switchType": box.kind,
                "asicType": box.asic,
                "switchIndex": n,
                "portIdRange": {"minimum": chip.first, "maximum": chip.last},
                "switchMac": mac(first + n * each),
                "connectionHandle": chip.handle,
            }
            for n, chip in enumerate(box.chips)
        }

    def _interface_node(self, row: int) -> bytes:
        nodes, place = self._nodes, self._nodes.place(row)
        box, first = nodes.box(row), int(self._fabric.switch_id[row])
        infos = self._chips(row, box)
        infos[str(first)] |= {
            "systemPortRanges": nodes.ranges(row),
            "localSystemPortOffset": LOCAL_OFFSET,
            "globalSystemPortOffset": nodes.offset(row),
            "inbandPortId": place.inner[0].logical,
        }
        settings = switch_settings(box, infos, first)
        if self._fabric.policy.monitoring:
            settings["fabricLinkMonitoringSystemPortOffset"] = MONITORING_OFFSET
        ports, interfaces = self._packets(row, place)
        sw: Struct = {
            "version": 0,
            "ports": lines([*ports, *self._fabric_ports(row)]),
            "defaultVlan": 0,
            "interfaces": lines(interfaces),
            "portQueueConfigs": {FABRIC_QUEUES: FABRIC_QUEUE},
            "switchSettings": settings,
        }
        if self._classes:
            inner = [port.logical for port in place.inner]
            told = qos.cells(self._classes, inner)
            told["portQueueConfigs"] |= sw["portQueueConfigs"]
            sw |= told
        return self._finished(row, true(place.flags), sw)

    def _finished(self, row: int, flags: dict[str, str], sw: Struct) -> bytes:
        if self._fabric.policy.monitoring:
            flags["enable_fabric_link_monitoring"] = "true"
        sw["dsfNodes"] = orjson.Fragment(self._nodes.everyone)
        sw["hostname"] = self._nodes.name(row)
        return document(flags, sw)

    def _packets(self, row: int, place: Place) -> tuple[list[Struct], list[Struct]]:
        """Ports of an interface node that carry packets, and the interfaces on them."""
        offset = self._nodes.offset(row)
        device = int(self._fabric.devices[row])
        linked = {number: end for number, *end in ends_of(self._plant, device)}
        ports, interfaces = list(self._inner_ports(place)), list(self._inner_interfaces(row, place))
        for number, slot in self._slots(device, row).items():
            if slot.cells or not slot.numbers:
                continue
            end = linked.get(number)
            kind = profile(slot.port, bool(end is not None and self._copper[end[0]]))
            assert kind is not None, "`accepts` refuses other speeds"
            state = PortState.DISABLED if end is None else PortState.ENABLED
            mbps = slot.port.speed // 10**6
            made = port(slot.first, slot.port.name, mbps, kind, PortType.INTERFACE, state, scope=Scope.GLOBAL)
            if self._classes:
                made["portQueueConfigName"] = qos.QUEUES
            if end is not None:
                link, peer, peer_port = end
                made["description"] = self._description(link, peer, peer_port)
                made["expectedLLDPValues"] = {str(int(Lldp.SYSTEM_NAME)): self._names[peer]}
                interfaces.append(
                    self._interface(offset + slot.first, slot.port.name, self._addresses(device, link), Scope.GLOBAL)
                )
            ports.append(made)
        ports.sort(key=lambda p: int(p["logicalID"]))
        interfaces.sort(key=lambda i: int(i["intfID"]))
        return ports, interfaces

    def _addresses(self, device: int, link: int) -> list[str]:
        """Own addresses on a host link, in both families."""
        own = self._fabric.a_address if int(self._plant.links.a_device[link]) == device else self._fabric.z_address
        address, pair = int(own[link]), self._fabric.pools.hosts6
        if address < 0:
            return []
        return ([f"{pair.text(address)}/127"] if pair else []) + [f"{dotted(address)}/31"]

    def _inner_ports(self, place: Place) -> Iterator[Struct]:
        profile_of = Profile.P100G_1_PAM4_NOFEC_COPPER
        for inner in place.inner:
            frame = {"frame": _EVENTOR_FRAME} if inner.type == PortType.EVENTOR else {}
            yield port(
                inner.logical,
                inner.name,
                _INNER_MBPS,
                profile_of,
                inner.type,
                PortState.ENABLED,
                scope=inner.scope,
                **frame,
            )
        yield port(
            place.management,
            MANAGEMENT_NAME,
            _MANAGEMENT_MBPS,
            Profile.P100G_4_NRZ_RS528_OPTICAL,
            PortType.MANAGEMENT,
            PortState.DISABLED,
            scope=Scope.GLOBAL,
        )

    def _inner_interfaces(self, row: int, place: Place) -> Iterator[Struct]:
        """The loopback on the global recycle port, and what the local ones need."""
        for inner in place.inner:
            if inner.scope == Scope.GLOBAL:
                system_port = self._nodes.offset(row) + inner.logical
                yield self._interface(system_port, inner.name, self._nodes.loopbacks(row), Scope.GLOBAL)
            elif inner.type == PortType.EVENTOR:
                yield self._interface(LOCAL_OFFSET + inner.logical, inner.name, [], Scope.LOCAL)

    def _interface(self, number: int, name: str, addresses: list[str], scope: Scope) -> Struct:
        return {
            "intfID": number,
            "routerID": 0,
            "vlanID": 0,
            "name": name,
            "ipAddresses": addresses,
            "mtu": self._mtu,
            "isVirtual": False,
            "isStateSyncDisabled": True,
            "type": InterfaceType.SYSTEM_PORT,
            "scope": scope,
        }
