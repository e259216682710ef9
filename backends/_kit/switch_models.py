"""Models of switches from columns, once for all operating systems.

Numbers are gathered for some hundred switches at a time, as columns; only then do tuples of Python arise, one a port,
because each is printed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...compiler.names import cable_namer, terminal_names
from ...compiler.network.addresses import Prefix, dotted, dotted_column
from ...compiler.network.addresses6 import Pair
from ...compiler.network.headroom import Room
from ...compiler.network.lossless import lossless
from ...compiler.network.reach import planned_metres
from ...compiler.network.routing import Routing
from ...compiler.once import once
from ...compiler.plant import Ints, Plant
from ...compiler.schema import SwitchAttributes
from .device_model import GroupName, Interface, PeerGroup, SwitchModel, Use
from .network_model import network_model, role_of
from .ports import NameGiver, Port, front
from .safe import one_line

_KINDS: tuple[Use, ...] = ("fabric", "host", "linked")
_GROUPS: tuple[GroupName, ...] = ("DOWNLINKS", "SIDELINKS", "UPLINKS")
_SIDES: tuple[GroupName | Literal[""], ...] = (*_GROUPS, "")
"""By what the tier of the other end is less one's own, plus one; the last for what is no other switch."""

_CHUNK = 256
"""Switches whose text columns are made at once: enough to be quick, few enough to stay small."""


def switches(plant: Plant, routing: Routing, rows: Ints, give: NameGiver, far: NameGiver) -> Iterator[SwitchModel]:
    """Models of the switches in the given rows of a routing, in that order.

    `give` names the ports of these switches, `far` those at the other ends of their links.
    """
    maker = _maker(plant, routing, give, far)
    for at in range(0, len(rows), _CHUNK):
        yield from maker.chunk(rows[at : at + _CHUNK])


class _Maker:
    """What is looked up for every switch, made once, however many shards are rendered in a process."""

    def __init__(self, plant: Plant, routing: Routing, give: NameGiver, far: NameGiver) -> None:
        self._plant = plant
        self._routing = routing
        self._network = network_model(plant.design, routing)
        self._names = [one_line(name) for name in plant.devices.names]
        self._labels = [[one_line(label) for label in terminal_names(plant, c, "port")] for c in plant.classes]
        self._far = [
            [one_line(name) or label for name, label in zip(far(plant, c) or labels, labels, strict=True)]
            for c, labels in zip(plant.classes, self._labels, strict=True)
        ]
        present = set(np.unique(plant.devices.cls[routing.devices]).tolist())
        fronts = {c.index: front(plant, c, give) for c in plant.classes if c.index in present}
        self._unused = {
            index: [Interface(port, "unused", "", "", "", "", "", -1, "", "", "", "", "", 0, None) for port in ports]
            for index, ports in fronts.items()
        }
        # Terminal n of class c stands at `start[c] + n`: its place among the data ports, -1 for any other port.
        counts = [c.terminal_count("port") for c in plant.classes]
        self._start = np.cumsum([0, *counts]).astype(np.int64)
        self._place = np.full(self._start[-1], -1, dtype=np.int64)
        self._ports: list[Port | None] = [None] * len(self._place)
        for index, ports in fronts.items():
            for place, port in enumerate(ports):
                at = int(self._start[index]) + port.number
                self._place[at], self._ports[at] = place, port
        self._cable = cable_namer(plant)
        self._asn = np.full(len(plant.devices), -1, dtype=np.int64)
        self._asn[routing.devices] = routing.asn
        self._tier = np.zeros(len(plant.devices), dtype=np.int64)
        self._tier[routing.devices] = routing.tier

    @cached_property
    def _rooms(self) -> tuple[Ints, Ints, list[Room | None]]:
        """Metres to plan for and number of the room, by end; and the rooms, the last being none."""
        found = lossless(self._plant, self._routing)
        if found is None:
            ends = self._plant.ends
            return planned_metres(self._plant)[ends.link], np.full(len(ends.link), -1, dtype=np.int64), [None]
        return found.metres, found.room, [*found.rooms, None]

    def chunk(self, rows: Ints) -> Iterator[SwitchModel]:
        """Models of some rows of the routing."""
        devices, ends, cls = self._routing.devices[rows], self._plant.ends, self._plant.devices.cls
        spans = [np.arange(ends.start[d], ends.start[d + 1]) for d in devices.tolist()]
        picked = np.concatenate(spans)
        terminal = self._start[cls[ends.device[picked]]] + ends.port[picked]
        data = self._place[terminal] >= 0
        owner = np.repeat(np.arange(len(spans)), [len(span) for span in spans])[data]
        linked = self._linked(picked[data], terminal[data])
        places = self._place[terminal[data]].tolist()
        stop = 0
        counts = np.bincount(owner, minlength=len(spans)).tolist()
        for row, device, count in zip(rows.tolist(), devices.tolist(), counts, strict=True):
            start, stop = stop, stop + count
            interfaces = list(self._unused[int(cls[device])])
            for place, interface in zip(places[start:stop], linked[start:stop], strict=True):
                interfaces[place] = interface
            yield self._switch(row, device, tuple(interfaces))

    def _linked(self, picked: Ints, terminal: Ints) -> list[Interface]:
        """What is linked at the given rows of the plant's ends, all of them data ports; `terminal` is their own."""
        ends, routing = self._plant.ends, self._routing
        links, first, peers = ends.link[picked], ends.side[picked] == 0, ends.peer_device[picked]
        own = np.where(first, routing.a_address[links], routing.z_address[links])
        other = np.where(first, routing.z_address[links], routing.a_address[links])
        fabric = routing.fabric[links]
        side = np.where(fabric, np.sign(self._tier[peers] - self._tier[ends.device[picked]]) + 1, -1)
        metres, number, rooms = self._rooms
        cables = [self._cable(link) for link in links.tolist()]
        names = [self._names[peer] for peer in peers.tolist()]
        far = list(zip(self._plant.devices.cls[peers].tolist(), ends.peer_port[picked].tolist(), strict=True))
        labels = [self._labels[cls][port] for cls, port in far]
        columns = (
            [self._ports[at] for at in terminal.tolist()],
            [_KINDS[k] for k in np.where(fabric, 0, np.where(own >= 0, 1, 2)).tolist()],
            [f"to {name} {label} cable {cable}" for name, label, cable in zip(names, labels, cables, strict=True)],
            cables,
            names,
            labels,
            [self._far[cls][port] for cls, port in far],
            np.where(fabric, self._asn[peers], -1).tolist(),
            [_SIDES[at] for at in side.tolist()],
            [f"{address}/31" if address else "" for address in dotted_column(own)],
            dotted_column(other),
            [f"{address}/127" if address else "" for address in self._sixes(own, fabric)],
            self._sixes(other, fabric),
            metres[picked].tolist(),
            [rooms[at] for at in number[picked].tolist()],
        )
        return list(map(Interface._make, zip(*columns, strict=True)))

    def _sixes(self, addresses: Ints, fabric: NDArray[np.bool_]) -> list[str]:
        """The IPv6 addresses that go with IPv4 ones, `""` where there is none."""
        found = [""] * len(addresses)
        pools = self._routing.pools
        for pair, mine in ((pools.fabrics6, fabric), (pools.hosts6, ~fabric)):
            if pair is not None:
                for row in np.flatnonzero(mine & (addresses >= 0)).tolist():
                    found[row] = pair.text(int(addresses[row]))
        return found

    def _switch(self, row: int, device: int, interfaces: tuple[Interface, ...]) -> SwitchModel:
        """One model."""
        routing, cls = self._routing, self._plant.class_of(device)
        attributes = self._plant.element_of(cls).attributes
        assert isinstance(attributes, SwitchAttributes)
        base, tier = int(routing.host_base[row]), int(routing.tier[row])
        length, loopback = int(routing.host_length[row]), int(routing.loopback[row])
        fabric = sum(i.kind == "fabric" for i in interfaces)
        policy, pools = routing.policy, routing.pools
        return SwitchModel(
            name=self._names[device],
            network=self._network,
            role=role_of(tier, routing.top),
            tier=tier,
            asn=int(routing.asn[row]),
            loopback=dotted(loopback),
            loopback6=_text(pools.loopbacks6, loopback),
            block=str(Prefix(base, length)) if base >= 0 else "",
            block6=f"{_text(pools.hosts6, base)}/{96 + length}" if pools.hosts6 and base >= 0 else "",
            management=self._management(int(routing.management[row])),
            os=one_line(self._plant.element_of(cls).os or ""),
            model=one_line(attributes.model or ""),
            vendor=one_line(attributes.vendor or ""),
            platform=one_line(attributes.platform or ""),
            hwsku=one_line(attributes.hwsku or ""),
            asic=one_line(attributes.asic or ""),
            groups=self._groups({i.group for i in interfaces}),
            paths=max(1, min(fabric, policy.max_paths or fabric)),
            relax=policy.asn_plan == "per_device",
            interfaces=interfaces,
        )

    def _groups(self, present: set[str]) -> tuple[PeerGroup, ...]:
        """The peer groups that a switch has, from the hosts up."""
        policy = self._routing.policy
        again = int(policy.asn_plan == "per_tier")
        return tuple(
            PeerGroup(
                name,
                allowas_in=again if name == "UPLINKS" else 0,
                default_route=name == "DOWNLINKS" and policy.downward == "default",
            )
            for name in _GROUPS
            if name in present
        )

    def _management(self, address: int) -> str:
        pool = self._routing.pools.management
        return f"{dotted(address)}/{pool.length}" if pool is not None else ""


_maker = once(_Maker)


def _text(pair: Pair | None, address: int) -> str:
    return pair.text(address) if pair is not None else ""
