"""Kea's DHCPv4 server: a subnet a management network, a reservation a switch, bound by the MAC address of its port.

There are no pools: who has no reservation gets no address, and no configuration that is not its own. Source: Kea
Administrator Reference Manual, "The DHCPv4 Server", sections on host reservations and standard options (RFC 2132).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address
from typing import Any

import orjson

from .._kit.placeholders import interface, mac
from .boxes import Box, Net
from .files import files, url

LEASE_S = 86400
"""A day. A reservation never changes, so a lease only has to outlast a reboot of the server."""

Document = dict[str, Any]


def document(nets: tuple[Net, ...], boxes: Iterable[Box]) -> bytes:
    """The whole file; networks without a management pool are left out."""
    by_net: dict[int, list[Box]] = {}
    for box in boxes:
        by_net.setdefault(box.network, []).append(box)
    subnets = [_subnet(net, by_net.get(n, [])) for n, net in enumerate(nets) if net.pool is not None]
    found = {
        "interfaces-config": {"interfaces": [interface("dhcp")]},
        "lease-database": {"type": "memfile", "persist": True},
        "valid-lifetime": LEASE_S,
        "host-reservation-identifiers": ["hw-address"],
        "reservations-in-subnet": True,
        "subnet4": [{"id": n + 1} | subnet for n, subnet in enumerate(subnets)],
    }
    return orjson.dumps({"Dhcp4": found}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _subnet(net: Net, boxes: list[Box]) -> Document:
    services = net.services
    options = [("routers", [net.gateway] if net.gateway else []), ("domain-name-servers", _fours(services.dns))]
    options += [("ntp-servers", _fours(services.ntp)), ("domain-name", [services.domain] if services.domain else [])]
    return {
        "subnet": str(net.pool),
        "option-data": [{"name": name, "data": ", ".join(values)} for name, values in options if values],
        "reservations": [_reservation(box) for box in boxes],
    }


def _reservation(box: Box) -> Document:
    """Option 67 says what to fetch; systems that do not look at it get none."""
    found: Document = {"hostname": box.host, "hw-address": mac(box.host), "ip-address": box.address.partition("/")[0]}
    entry = files(box).entry
    if entry:
        found["option-data"] = [{"name": "boot-file-name", "data": url(entry)}]
    return found


def _fours(servers: tuple[str, ...]) -> list[str]:
    """The IPv4 addresses among servers: these options know neither names nor IPv6."""
    return [server for server in servers if _is_four(server)]


def _is_four(server: str) -> bool:
    try:
        IPv4Address(server)
    except ValueError:
        return False
    return True
