"""Servers: addresses and routes, and traffic classes of their adapters; a folder a server, written when named.

`network.json` says what each port is, has and leads to, for anybody's own tools. `network.sh` sets it on Linux: MTU,
addresses, and for each port a routing table of its own, so that a server with many ports and no bonding answers by the
port that was asked. `roce.sh` gives NVIDIA's adapters the classes that every switch on the way has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from shlex import quote
from typing import Any, NamedTuple

import orjson

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.jinja import template
from .._kit.safe import folder
from .hosts import hosts, servers
from .model import Host, HostPort, Settings
from .refusals import refusals
from .roce import RoceLines, roce_lines, tos

NAME = "hosts"


class Hosts:
    """The backend `hosts`."""

    name = NAME
    summary = "Servers: addresses, routes and RoCE settings of their adapters (only when named)"
    per_device = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return list(refusals(servers(plant, request)))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        network, roce = template(__package__, "network.sh.j2"), template(__package__, "roce.sh.j2")
        for host in hosts(servers(plant, request), request):
            place, ports = f"configs/{NAME}/{folder(host.name)}", [port_lines(port) for port in host.ports]
            yield Artifact(f"{place}/network.json", document(host))
            yield Artifact(f"{place}/network.sh", network.render(host=host, ports=ports).encode())
            lossless = [line for line in ports if line.roce is not None]
            if any(line.nvidia for line in lossless):
                yield Artifact(f"{place}/roce.sh", roce.render(host=host, ports=lossless).encode())


class PortLines(NamedTuple):
    """A port in the words of a shell: `quoted` and `linux` are words, `own` and `own6` addresses without length."""

    port: str
    quoted: str
    linux: str
    variable: str
    mtu: int
    address: str
    own: str
    gateway: str
    pool: str
    address6: str
    own6: str
    gateway6: str
    pool6: str
    table: int
    alone: bool
    peer: str
    peer_port: str
    cable: str
    cable_m: int
    nvidia: bool
    roce: RoceLines | None


def port_lines(port: HostPort) -> PortLines:
    """What the scripts print of a port."""
    settings = port.settings
    return PortLines(
        port=port.port,
        quoted=quote(port.port),
        linux=quote(port.linux),
        variable=port.variable,
        mtu=settings.mtu,
        address=port.address,
        own=port.address.partition("/")[0],
        gateway=port.gateway,
        pool=settings.pool,
        address6=port.address6,
        own6=port.address6.partition("/")[0],
        gateway6=port.gateway6,
        pool6=settings.pool6,
        table=port.table,
        alone=port.alone,
        peer=port.peer,
        peer_port=port.peer_port,
        cable=port.cable,
        cable_m=port.cable_m,
        nvidia=port.nvidia,
        roce=roce_lines(settings.classes) if settings.lossless else None,
    )


def document(host: Host) -> bytes:
    """`network.json`."""
    networks = {port.settings.network: port.settings for port in host.ports}
    found = {
        "version": 1,
        "host": host.name,
        "networks": [_network(networks[name]) for name in sorted(networks)],
        "interfaces": [_interface(port) for port in host.ports],
    }
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _network(settings: Settings) -> dict[str, Any]:
    return {
        "name": settings.network,
        "mtu": settings.mtu,
        "pools": [pool for pool in (settings.pool, settings.pool6) if pool],
        "classes": [
            {
                "name": c.name,
                "dscps": c.dscps,
                "priority": c.priority,
                "lossless": c.lossless,
                "strict": c.strict,
                "share": c.share,
                "marked": bool(c.ecn_percent),
                "traffic_class": tos(c) if c.dscps else None,
            }
            for c in settings.classes
        ],
    }


def _interface(port: HostPort) -> dict[str, Any]:
    settings = port.settings
    families = [(port.address, port.gateway, settings.pool), (port.address6, port.gateway6, settings.pool6)]
    given = [one for one in families if one[0]]
    return {
        "port": port.port,
        "linux": port.linux or None,
        "variable": port.variable,
        "network": settings.network,
        "speed_bps": port.speed,
        "addresses": [address for address, _, _ in given],
        "routes": [{"to": pool, "via": gateway, "table": port.table} for _, gateway, pool in given]
        + [{"to": pool, "via": gateway, "table": "main"} for _, gateway, pool in given if port.alone],
        "rules": [{"from": address.partition("/")[0], "table": port.table} for address, _, _ in given],
        "peer": {"device": port.peer, "port": port.peer_port, "interface": port.peer_interface},
        "cable": port.cable,
        "cable_m": port.cable_m,
        "adapter": "NVIDIA" if port.nvidia else None,
    }
