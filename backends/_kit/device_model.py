"""The model of a switch: what every network operating system has to be told, in no one's words.

Built once for all of them from slices of columns; templates print it and compute nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from ...compiler.design import Design
from ...compiler.names import cable_ids, terminal_names
from ...compiler.network.addresses import Prefix, dotted, dotted_column
from ...compiler.network.routing import Routing
from ...compiler.network.reach import reaches
from ...compiler.plant import Ints, Plant
from ...compiler.schema import SwitchAttributes
from ...compiler.schema.roce import Roce
from .ports import NameGiver, Port, front
from .safe import one_line

Role = Literal["leaf", "spine", "superspine", "core"]
Use = Literal["fabric", "host", "linked", "unused"]

DEFAULT_MTU = 9100
"""MTU of fabric ports in bytes where the network gives none: SONiC's default, and within what all of them take."""

_KINDS: tuple[Use, ...] = ("fabric", "host", "linked")

_Linked = tuple[Use, str, str, str, int, str, str, int, int]
"""An interface without its port."""

_CHUNK = 256
"""Switches whose text columns are made at once: enough to be quick, few enough to stay small."""


class PrefixMatch(NamedTuple):
    """Prefixes inside `prefix` whose length is from `low` to `high`."""

    prefix: str
    low: int
    high: int

    @property
    def length(self) -> int:
        """Length of the enclosing prefix."""
        return int(self.prefix.rpartition("/")[2])


class Interface(NamedTuple):
    """A port with what is linked to it. A tuple, because a large fabric has millions.

    `fabric` leads to another switch of the network, `host` to an addressed host, `linked` to anything else.
    `address` is its own with length, `peer_address` the other end's without; both are empty if unnumbered.
    `peer_asn` is -1 but for a switch of the network. `length_um` is the cable's, in micrometres; -1 if unknown.
    `reach_um` is the longest that it can be; -1 if the spec does not say what it is.
    """

    port: Port
    kind: Use
    description: str
    peer: str
    peer_port: str
    peer_asn: int
    address: str
    peer_address: str
    length_um: int
    reach_um: int


@dataclass(frozen=True, slots=True)
class NetworkModel:
    """What all switches of a network share. `mtu` is in bytes.

    `hosts` matches the leaves' blocks, which is all that the fabric hears of hosts.
    """

    name: str
    mtu: int
    bfd: bool
    unnumbered: bool
    roce: Roce | None
    loopbacks: PrefixMatch
    hosts: PrefixMatch | None


@dataclass(frozen=True, slots=True)
class SwitchModel:
    """One switch. `interfaces` are all its data ports in order of port number, unused ones included.

    `loopback` is its only address of length 32, and its router id. `block` is the prefix that holds the
    addresses of all its host ports, empty if it has none. `paths` is the number of its fabric sessions: no more
    paths can be equally short, and a count that is one too small loses capacity without a word.
    """

    name: str
    network: NetworkModel
    role: Role
    tier: int
    asn: int
    loopback: str
    block: str
    model: str
    platform: str
    hwsku: str
    asic: str
    interfaces: tuple[Interface, ...]

    @property
    def fabric(self) -> list[Interface]:
        """Its interfaces to other switches."""
        return [i for i in self.interfaces if i.kind == "fabric"]

    @property
    def hosts(self) -> list[Interface]:
        """Its interfaces to hosts."""
        return [i for i in self.interfaces if i.kind == "host"]

    @property
    def paths(self) -> int:
        return sum(i.kind == "fabric" for i in self.interfaces)


def role_of(tier: int, top: int) -> Role:
    """The usual word for a tier: leaf, spine, (superspine,) core."""
    if tier <= 2:
        return "leaf" if tier == 1 else "spine"
    return "core" if tier == top else "superspine"


def network_model(design: Design, routing: Routing) -> NetworkModel:
    """What all switches of a network share."""
    network = design.networks[routing.network]
    attributes = network.attributes
    lengths = routing.host_length[routing.host_length >= 0]
    hosts = None
    if routing.pools.host is not None and len(lengths):
        hosts = PrefixMatch(str(routing.pools.host), int(lengths.min()), int(lengths.max()))
    return NetworkModel(
        one_line(network.name),
        DEFAULT_MTU if attributes.mtu is None else attributes.mtu.whole("B"),
        routing.policy.bfd,
        routing.policy.unnumbered,
        attributes.roce,
        PrefixMatch(str(routing.pools.loopback), 32, 32),
        hosts,
    )


def switches(plant: Plant, routing: Routing, rows: Ints, give: NameGiver) -> Iterator[SwitchModel]:
    """Models of the switches in the given rows of a routing, in that order."""
    maker = _Maker(plant, routing, give)
    for at in range(0, len(rows), _CHUNK):
        yield from maker.chunk(rows[at : at + _CHUNK])


class _Maker:
    """What is looked up for every switch, made once."""

    def __init__(self, plant: Plant, routing: Routing, give: NameGiver) -> None:
        self._plant = plant
        self._routing = routing
        self._network = network_model(plant.design, routing)
        self._names = [one_line(name) for name in plant.devices.names]
        self._labels = [[one_line(label) for label in terminal_names(plant, c, "port")] for c in plant.classes]
        present = set(np.unique(plant.devices.cls[routing.devices]).tolist())
        self._fronts = {c.index: front(plant, c, give) for c in plant.classes if c.index in present}
        self._unused = {
            index: [Interface(port, "unused", "", "", "", -1, "", "", -1, -1) for port in ports]
            for index, ports in self._fronts.items()
        }
        self._cables = cable_ids(plant)
        self._reaches = reaches(plant.design)
        self._asn = np.full(len(plant.devices), -1, dtype=np.int64)
        self._asn[routing.devices] = routing.asn

    def chunk(self, rows: Ints) -> Iterator[SwitchModel]:
        """Models of some rows of the routing."""
        devices, ends = self._routing.devices[rows], self._plant.ends
        spans = [np.arange(ends.start[d], ends.start[d + 1]) for d in devices.tolist()]
        linked = self._linked(np.concatenate(spans))
        stop = 0
        for row, device, span in zip(rows.tolist(), devices.tolist(), spans, strict=True):
            start, stop = stop, stop + len(span)
            yield self._switch(row, device, dict(linked[start:stop]))

    def _linked(self, picked: Ints) -> list[tuple[int, _Linked]]:
        """Port number and what is linked there, for the given rows of the plant's ends."""
        ends, routing = self._plant.ends, self._routing
        links, first, peers = ends.link[picked], ends.side[picked] == 0, ends.peer_device[picked]
        own = np.where(first, routing.a_address[links], routing.z_address[links])
        other = np.where(first, routing.z_address[links], routing.a_address[links])
        fabric = routing.fabric[links]
        names, labels = self._names, self._labels
        return [
            (
                number,
                (
                    kind,
                    f"to {names[peer]} {labels[cls][port]} cable {cable}",
                    names[peer],
                    labels[cls][port],
                    asn,
                    f"{address}/31" if address else "",
                    peer_address,
                    length,
                    reach,
                ),
            )
            for number, kind, peer, cls, port, asn, cable, address, peer_address, length, reach in zip(
                ends.port[picked].tolist(),
                [_KINDS[k] for k in np.where(fabric, 0, np.where(own >= 0, 1, 2)).tolist()],
                peers.tolist(),
                self._plant.devices.cls[peers].tolist(),
                ends.peer_port[picked].tolist(),
                np.where(fabric, self._asn[peers], -1).tolist(),
                self._cables.gather(links).to_list(),
                dotted_column(own),
                dotted_column(other),
                self._plant.links.length_um[links].tolist(),
                self._reaches[self._plant.links.rule[links]].tolist(),
                strict=True,
            )
        ]

    def _switch(self, row: int, device: int, linked: dict[int, _Linked]) -> SwitchModel:
        """One model, from what is linked to each port number."""
        routing, cls = self._routing, self._plant.class_of(device)
        attributes = self._plant.element_of(cls).attributes
        assert isinstance(attributes, SwitchAttributes)
        base, tier = int(routing.host_base[row]), int(routing.tier[row])
        pairs = zip(self._fronts[cls.index], self._unused[cls.index], strict=True)
        return SwitchModel(
            self._names[device],
            self._network,
            role_of(tier, routing.top),
            tier,
            int(routing.asn[row]),
            dotted(int(routing.loopback[row])),
            str(Prefix(base, int(routing.host_length[row]))) if base >= 0 else "",
            one_line(attributes.model or ""),
            one_line(attributes.platform or ""),
            one_line(attributes.hwsku or ""),
            one_line(attributes.asic or ""),
            tuple(Interface(port, *linked[port.number]) if port.number in linked else idle for port, idle in pairs),
        )
