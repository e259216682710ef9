"""Interfaces: `openconfig-interfaces` with `if-ethernet` and `if-ip`, and the breakouts of `platform-port`."""

from __future__ import annotations

from collections.abc import Iterator

from .._kit.device_model import Interface, SwitchModel
from .._kit.ports import Port
from .names import LOOPBACK, Box
from .nodes import Node, Value, keyed

ETHERNET = "openconfig-if-ethernet"
IP = "openconfig-if-ip"
IANA = "iana-if-type"

HEADER = 14
"""Bytes of an Ethernet header. `interface/config/mtu` counts them: its default is 1514 on Ethernet."""

GIGA = 10**9

SPEEDS = {
    1: "SPEED_1GB",
    10: "SPEED_10GB",
    25: "SPEED_25GB",
    40: "SPEED_40GB",
    50: "SPEED_50GB",
    100: "SPEED_100GB",
    200: "SPEED_200GB",
    400: "SPEED_400GB",
    600: "SPEED_600GB",
    800: "SPEED_800GB",
    1600: "SPEED_1600GB",
}
"""Identities of ETHERNET_SPEED, by Gbps."""

ADVERTISE_S = 10
"""Seconds between router advertisements, by which the two ends of an unnumbered link find each other."""


def speed(port: Port) -> str:
    """The identity of a port's speed; empty if there is none."""
    gigabits, rest = divmod(port.speed, GIGA)
    return "" if rest else SPEEDS.get(gigabits, "")


def fec(port: Port) -> str:
    """The identity of a port's error correction; empty for what the standards leave open.

    One RS(544,514) code for 50 and 100 Gbps (IEEE 802.3 clauses 134, 91 and 161), two of them interleaved for 200 and
    400 (clause 119), twice these two for 800 (clause 172).
    """
    if port.fec == "none":
        return "FEC_DISABLED"
    if port.fec == "rs528":
        return "FEC_RS528"
    gigabits = port.speed // GIGA
    if gigabits <= 100:
        return "FEC_RS544"
    if gigabits <= 400:
        return "FEC_RS544_2X_INTERLEAVE"
    return "FEC_RS544_2X_INTERLEAVE_CL172" if gigabits == 800 else ""


def interfaces(switch: SwitchModel, box: Box) -> Node:
    """Every data port, the loopback and the management port."""
    ports: list[Value] = [_port(i, switch) for i in switch.interfaces]
    others: list[Value] = [_loopback(switch)]
    if box.management:
        others.append(_management(switch, box.management))
    return {"interface": [*ports, *others]}


def _port(i: Interface, switch: SwitchModel) -> Node:
    port, network = i.port, switch.network
    config: Node = {"name": port.name, "type": f"{IANA}:ethernetCsmacd", "mtu": network.mtu + HEADER}
    if i.description:
        config["description"] = i.description
    config["enabled"] = i.kind != "unused"
    physical: Node = {"port-speed": f"{ETHERNET}:{speed(port)}"}
    if fec(port):
        physical["fec-mode"] = f"{ETHERNET}:{fec(port)}"
    found = keyed(config, "name")
    if i.kind != "unused":
        found["subinterfaces"] = {"subinterface": [_subinterface(i, switch)]}
    found[f"{ETHERNET}:ethernet"] = {"config": physical}
    return found


def _subinterface(i: Interface, switch: SwitchModel) -> Node:
    unnumbered = i.kind == "fabric" and not i.address
    mtu = switch.network.mtu
    beside: Node = {}
    if i.address:
        beside[f"{IP}:ipv4"] = _family([i.address], {"enabled": True, "mtu": mtu})
    elif unnumbered:
        # IPv4 packets cross the link too, with next hops of IPv6 (RFC 8950).
        beside[f"{IP}:ipv4"] = {"config": {"enabled": True, "mtu": mtu}}
    if i.address6:
        beside[f"{IP}:ipv6"] = _family([i.address6], {"enabled": True, "mtu": mtu})
    elif unnumbered:
        beside[f"{IP}:ipv6"] = {
            "router-advertisement": {"config": {"enable": True, "interval": ADVERTISE_S}},
            "config": {"enabled": True, "mtu": mtu},
        }
    return keyed({"index": 0, "enabled": True}, "index", **beside)


def _family(addresses: list[str], config: Node) -> Node:
    return {"addresses": {"address": list(_addresses(addresses))}, "config": config}


def _addresses(addresses: list[str]) -> Iterator[Value]:
    for address in addresses:
        ip, _, length = address.rpartition("/")
        yield keyed({"ip": ip, "prefix-length": int(length)}, "ip")


def _loopback(switch: SwitchModel) -> Node:
    beside: Node = {f"{IP}:ipv4": _family([f"{switch.loopback}/32"], {"enabled": True})}
    if switch.loopback6:
        beside[f"{IP}:ipv6"] = _family([f"{switch.loopback6}/128"], {"enabled": True})
    config: Node = {"name": LOOPBACK, "type": f"{IANA}:softwareLoopback", "enabled": True}
    below: Node = {"subinterface": [keyed({"index": 0, "enabled": True}, "index", **beside)]}
    return keyed(config, "name", subinterfaces=below)


def _management(switch: SwitchModel, name: str) -> Node:
    family: Node = {"config": {"enabled": True, "dhcp-client": True}}
    if switch.management:
        family = _family([switch.management], {"enabled": True, "dhcp-client": False})
    config: Node = {
        "name": name,
        "type": f"{IANA}:ethernetCsmacd",
        "description": "out-of-band",
        "enabled": True,
    }
    below: Node = {"subinterface": [keyed({"index": 0, "enabled": True}, "index", **{f"{IP}:ipv4": family})]}
    return keyed(config, "name", subinterfaces=below)


def components(switch: SwitchModel, box: Box) -> Node:
    """The cages that are split: into how many ports, of which speed, on how many electrical lanes each."""
    found: list[Value] = []
    for i in switch.interfaces:
        port = i.port
        if port.part != 1 or port.cage not in box.components:
            continue
        parts = sum(other.port.cage == port.cage for other in switch.interfaces)
        group: Node = {
            "index": 1,
            "num-breakouts": parts,
            "breakout-speed": f"{ETHERNET}:{speed(port)}",
            "num-physical-channels": port.width,
        }
        below: Node = {"openconfig-platform-port:breakout-mode": {"groups": {"group": [keyed(group, "index")]}}}
        found.append(keyed({"name": box.components[port.cage]}, "name", port=below))
    return {"component": found} if found else {}
