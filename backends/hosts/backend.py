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
from ...compiler.network.classes import tos
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.jinja import template
from .._kit.safe import folder
from .hosts import Servers, hosts, servers, settings
from .model import Host, HostPort, Settings
from .refusals import refusals
from .roce import RoceLines, roce_lines

NAME = "hosts"


class Hosts:
    """The backend `hosts`."""

    name = NAME
    summary = "Servers: addresses, routes and RoCE settings of their adapters (only when named)"
    per_device = True
    subsets = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return list(refusals(servers(plant, request)))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        network, roce = template(__package__, "network.sh.j2"), template(__package__, "roce.sh.j2")
        mine = servers(plant, request)
        lossless = network_lines(mine)
        for host in hosts(mine, request):
            place, ports = f"configs/{NAME}/{folder(host.name)}", [port_lines(port, lossless) for port in host.ports]
            yield Artifact(f"{place}/network.json", document(host))
            yield Artifact(f"{place}/network.sh", network.render(host=host, ports=ports).encode())
            told = {line.function for line in ports if line.nvidia and line.function}
            if told:
                text = roce.render(
                    host=host,
                    networks=[line for line in lossless.values() if line.function in told],
                    ports=[line for line in ports if line.function],
                )
                yield Artifact(f"{place}/roce.sh", text.encode())


class NetworkLines(NamedTuple):
    """A lossless network and the shell function that sets its classes."""

    name: str
    function: str
    roce: RoceLines


def network_lines(mine: Servers) -> dict[str, NetworkLines]:
    """The lossless networks of a plant by name."""
    found: dict[str, NetworkLines] = {}
    for number, routing in enumerate(mine.ends.planned):
        given = settings(mine.plant, routing)
        if given.lossless:
            # Any name may be a network's, and few may be a function's.
            found[given.network] = NetworkLines(given.network, f"classes_{number}", roce_lines(given.classes))
    return found


class PortLines(NamedTuple):
    """A port in the words of a shell: `quoted` and `linux` are words, `own` and `own6` addresses without length.

    `function` sets the classes of its network, empty if that is not lossless.
    """

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
    function: str


def port_lines(port: HostPort, lossless: dict[str, NetworkLines]) -> PortLines:
    """What the scripts print of a port."""
    given = port.settings
    return PortLines(
        port=port.port,
        quoted=quote(port.port),
        linux=quote(port.linux),
        variable=port.variable,
        mtu=given.mtu,
        address=port.address,
        own=port.address.partition("/")[0],
        gateway=port.gateway,
        pool=given.pool,
        address6=port.address6,
        own6=port.address6.partition("/")[0],
        gateway6=port.gateway6,
        pool6=given.pool6,
        table=port.table,
        alone=port.alone,
        peer=port.peer,
        peer_port=port.peer_port,
        cable=port.cable,
        cable_m=port.cable_m,
        nvidia=port.nvidia,
        function=lossless[given.network].function if given.network in lossless else "",
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


def _network(given: Settings) -> dict[str, Any]:
    return {
        "name": given.network,
        "mtu": given.mtu,
        "pools": [pool for pool in (given.pool, given.pool6) if pool],
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
            for c in given.classes
        ],
    }


def _interface(port: HostPort) -> dict[str, Any]:
    pools = port.settings.pool, port.settings.pool6
    families = [(port.address, port.gateway, pools[0]), (port.address6, port.gateway6, pools[1])]
    given = [one for one in families if one[0]]
    return {
        "port": port.port,
        "linux": port.linux or None,
        "variable": port.variable,
        "network": port.settings.network,
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
