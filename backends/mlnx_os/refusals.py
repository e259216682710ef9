"""What MLNX-OS refuses, and what it is not told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...compiler.network.subnet import Subnet
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.fleet import Group
from .._kit.ports import front, names_for
from .._kit.safe import is_host_name
from .ports import LANES, LONGEST, PORT_NAME, Front

NAME_LENGTH = 16
"""Longer than any name of MLNX-OS, such as `IB1/32/2`."""

_STRICT = re.compile(r"[A-Za-z0-9-]+")
"""A host name of RFC 1123 without a domain. NVIDIA's systems with this command line refuse underscores (NVOS User
Manual, "Hostname") or periods (UFM-SDN Appliance Command Reference, "Hostname")."""


def elsewhere(plant: Plant, fleet: Group[Subnet]) -> Iterator[Diagnostic]:
    """An error for each class of switches with this system that is in no InfiniBand network."""
    known = set() if fleet.stands_in else {cls.index for cls in fleet.classes}
    for cls in plant.classes_of_kind("switch"):
        if plant.element_of(cls).os == fleet.os and cls.count and cls.index not in known:
            yield diagnose(
                "RW8090",
                plant.element_of(cls).origin,
                detail=f"{plant.devices.names[cls.first]} has `os = {fleet.os}`, and no link of a network with "
                "`routing = infiniband`",
                help="put its links `on` a network with `routing = infiniband`, or correct `os`",
            )


def strange_host_names(fleet: Group[Subnet]) -> Iterator[Diagnostic]:
    """An error for each class with a switch whose name is a host name elsewhere, but not here."""
    for cls in fleet.classes:
        names = fleet.plant.devices.names[cls.first : cls.first + cls.count]
        bad = [name for name in names if is_host_name(name) and not _STRICT.fullmatch(name)]
        if bad:
            more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
            yield diagnose(
                "RW8003",
                fleet.plant.element_of(cls).origin,
                detail=f"`{bad[0]}`{more}",
                help="MLNX-OS takes letters, digits and `-`; a pattern in `name` can leave the rest out",
            )


def strange_ports(fleet: Group[Subnet]) -> Iterator[Diagnostic]:
    """An error for every port of a part that is not called as MLNX-OS calls ports, or is not a whole port of it."""
    told = set()
    for cls in fleet.classes:
        for port in front(fleet.plant, cls, names_for(fleet.os)):
            name = port.name
            if not PORT_NAME.fullmatch(name):
                code, why = "RW8002", f"`{name}` is no port of InfiniBand"
                help = f"write the `{fleet.os}` pattern in `names` and `lane_names` so that it gives `IB1/5/1`"
            elif port.width != LANES:
                code, why = "RW8091", f"`{name}` has {port.width} of its cage's lanes, a port of InfiniBand has {LANES}"
                help = "divide an OSFP cage of Quantum-2 `into 2 x 400 Gbps`, which are its two ports"
            else:
                continue
            array = next(a for a in cls.terminals["port"] if a.first <= port.number < a.first + a.count)
            origin = fleet.design.elements[array.element].origin
            if origin not in told:
                told.add(origin)
                yield diagnose(code, origin, detail=f"on {fleet.name(cls)} {why}", help=help)


def too_long(fleet: Group[Subnet], given: Front) -> Iterator[Diagnostic]:
    """A note for every class of which some switch has a port whose far end does not fit into a description."""
    for subnet, classes in fleet.networks:
        for cls in classes:
            rows = fleet.rows(subnet, (cls,))
            found = ((d, p) for d in subnet.devices[rows].tolist() for p in given.described(d) if len(p[1]) > LONGEST)
            if (first := next(found, None)) is not None:
                device, (place, text, cable) = first
                others = sum(1 for _ in found)
                more = f", and {others:,} more" if others else ""
                port = f"{fleet.plant.devices.names[device]} IB{place}"
                yield diagnose(
                    "RW8092",
                    fleet.plant.element_of(cls).origin,
                    detail=f"`{text}` on {port} has {len(text)} bytes, and {LONGEST} fit; it is called `cable:{cable}`"
                    f"{more}",
                    help="shorter host names leave room; see `name`",
                )


def unsaid(fleet: Group[Subnet]) -> Iterator[Diagnostic]:
    """A note for every network that asks for what MLNX-OS is not told."""
    for subnet, _ in fleet.networks:
        network = fleet.design.networks[subnet.network]
        given = network.attributes
        asked = [
            name
            for name, value in (
                ("pools of other addresses", given.pools.model_dump(exclude={"management"}, exclude_none=True)),
                ("traffic classes", given.roce),
                ("gNMI", given.management.gnmi),
                ("sFlow", given.management.sflow),
            )
            if value
        ]
        if asked:
            yield diagnose(
                "RW8005",
                network.origin,
                detail=f"the network asks for {' and '.join(asked)}, of which nothing is in the files",
                help="service levels and telemetry of InfiniBand are the fabric manager's; its ports have no addresses",
            )
