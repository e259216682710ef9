"""CONFIG_DB: the switch, its ports, addresses and neighbours.

Table and field names are those of SONiC's YANG models (sonic-buildimage, src/sonic-yang-models). Every value
is a string, as redis holds it.
"""

from __future__ import annotations

from .._kit.device_model import Interface, Role, SwitchModel
from .._kit.ports import Port

Row = dict[str, str]
Tables = dict[str, dict[str, Row]]
"""Table name, row key (parts joined by `|`), field, value."""

TYPES: dict[Role, str] = {
    "leaf": "ToRRouter",
    "spine": "LeafRouter",
    "superspine": "SpineRouter",
    "core": "SpineRouter",
}
"""SONiC names tiers from the rack up, T0, T1 and T2, and chooses buffer and QoS defaults by these words."""

RS_FEC_FROM = 100 * 10**9
"""From 100 Gbps on every lane rate in use asks for RS-FEC (IEEE 802.3 clauses 91, 119 and 134), in bit/s."""


def base_tables(switch: SwitchModel) -> Tables:
    """Everything but QoS."""
    return {
        "DEVICE_METADATA": {"localhost": _metadata(switch)},
        "FEATURE": {name: {"state": "enabled", "auto_restart": "enabled"} for name in ("bgp", "lldp")},
        "PORT": _ports(switch),
        "LOOPBACK_INTERFACE": {"Loopback0": {}, f"Loopback0|{switch.loopback}/32": {}},
        "INTERFACE": _interfaces(switch),
        "DEVICE_NEIGHBOR": {
            i.port.name: {"name": i.peer, "port": i.peer_port, "local_port": i.port.name}
            for i in switch.interfaces
            if i.kind != "unused"
        },
    }


def _metadata(switch: SwitchModel) -> Row:
    row = {"hostname": switch.name}
    if switch.hwsku:
        row["hwsku"] = switch.hwsku
    if switch.platform:
        row["platform"] = switch.platform
    row["type"] = TYPES[switch.role]
    row["bgp_asn"] = str(switch.asn)
    row["docker_routing_config_mode"] = "split-unified"
    if switch.network.bfd:
        # SONiC starts bfdd only under the management framework; without BFD tables that adds nothing to FRR.
        row["frr_mgmt_framework_config"] = "true"
    row["default_pfcwd_status"] = "disable" if switch.network.qos is None else "enable"
    return row


def _ports(switch: SwitchModel) -> dict[str, Row]:
    mtu = str(switch.network.mtu)
    return {i.port.name: _port(i, mtu) for i in switch.interfaces}


def _port(interface: Interface, mtu: str) -> Row:
    """A port. Where the catalog has no port map, the platform's own must supply alias, index and lanes (RW8006)."""
    port = interface.port
    row = {}
    if port.front or port.lanes:
        row["alias"] = alias(port)
    if port.lanes:
        row["index"] = str(port.cage)
        row["lanes"] = ",".join(map(str, port.lanes))
    row["speed"] = str(port.speed // 10**6)
    row["mtu"] = mtu
    row["subport"] = str(port.part)
    if port.speed >= RS_FEC_FROM:
        row["fec"] = "rs"
    if interface.kind == "unused":
        row["admin_status"] = "down"
    else:
        row["description"] = interface.description
        row["admin_status"] = "up"
    return row


def alias(port: Port) -> str:
    """The platform's name of a port, by default as most have it: `etp7`, and `etp7a`, `etp7b` for parts of a cage."""
    return port.front or f"etp{port.cage}" + ("abcdefgh"[port.part - 1] if port.part else "")


def _interfaces(switch: SwitchModel) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for i in switch.interfaces:
        if i.address:
            # SONiC wants the bare row beside the one with the address.
            rows[i.port.name] = {}
            rows[f"{i.port.name}|{i.address}"] = {}
        elif i.kind == "fabric":
            rows[i.port.name] = {"ipv6_use_link_local_only": "enable"}
    return rows
