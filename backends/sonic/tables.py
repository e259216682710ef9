"""CONFIG_DB: the switch, its ports, addresses and neighbours."""

from __future__ import annotations

from .._kit.device_model import Interface, SwitchModel
from .._kit.ports import Fec, Port
from .platform import HOST_TYPE, TYPES, Platform
from .rows import DOWN, UP, Row, Table, Tables

SCHEMA = "version_202305_01"
"""Version of CONFIG_DB that these tables are in. Without one a switch takes them for those of the first release and
changes them by every step since (sonic-utilities, scripts/db_migrator.py); images from 2023-05 on know this one."""

MOST_DESCRIPTION = 255
"""Length of a description in sonic-port.yang."""

FEC: dict[Fec, str] = {"rs544": "rs", "rs528": "rs", "none": "none"}
"""SONiC's words; which of the Reed-Solomon codes a port uses follows from its lanes."""


def base_tables(switch: SwitchModel, platform: Platform, neighbours: Table) -> Tables:
    """Everything but services, routing and QoS."""
    tables: Tables = {
        "DEVICE_METADATA": {"localhost": _metadata(switch, platform)},
        "VERSIONS": {"DATABASE": {"VERSION": SCHEMA}},
        "PORT": _ports(switch),
        "LOOPBACK_INTERFACE": _loopback(switch),
        "INTERFACE": _interfaces(switch),
        "DEVICE_NEIGHBOR": {
            i.port.name: {"name": i.peer, "port": i.peer_interface, "local_port": i.port.name} for i in switch.linked
        },
        "DEVICE_NEIGHBOR_METADATA": _neighbours(switch, neighbours),
    }
    breakouts = _breakouts(switch, platform)
    if breakouts:
        tables["BREAKOUT_CFG"] = breakouts
    return tables


def _metadata(switch: SwitchModel, platform: Platform) -> Row:
    row: Row = {"hostname": switch.name}
    if switch.hwsku:
        row["hwsku"] = switch.hwsku
    if switch.platform:
        row["platform"] = switch.platform
    row["type"] = TYPES[switch.role]
    row["bgp_asn"] = str(switch.asn)
    row["docker_routing_config_mode"] = "unified" if platform.tables else "split-unified"
    if platform.tables or switch.network.bfd:
        # SONiC starts bfdd, and what reads the BGP tables, only under the management framework.
        row["frr_mgmt_framework_config"] = "true"
    if switch.network.qos is None:
        row["default_pfcwd_status"] = "disable"
    else:
        row["default_pfcwd_status"] = "enable"
        row["buffer_model"] = "dynamic" if platform.computed else "traditional"
    return row


def _ports(switch: SwitchModel) -> Table:
    mtu = str(switch.network.mtu)
    return {i.port.name: _port(i, mtu) for i in switch.interfaces}


def _port(interface: Interface, mtu: str) -> Row:
    """A port. Where the catalog has no port map, the platform's own must supply alias, index and lanes (RW8006)."""
    port = interface.port
    row: Row = {}
    if port.front or port.lanes:
        row["alias"] = alias(port)
    if port.lanes:
        row["index"] = str(port.cage)
        row["lanes"] = ",".join(map(str, port.lanes))
    row["speed"] = str(port.speed // 10**6)
    row["mtu"] = mtu
    row["subport"] = str(port.part)
    row["fec"] = FEC[port.fec]
    if interface.kind == "unused":
        row["admin_status"] = DOWN
    else:
        row["description"] = interface.description[:MOST_DESCRIPTION]
        row["admin_status"] = UP
    return row


def alias(port: Port) -> str:
    """The platform's name of a port, by default as most have it: `etp7`, and `etp7a`, `etp7b` for parts of a cage."""
    return port.front or f"etp{port.cage}" + ("abcdefgh"[port.part - 1] if port.part else "")


def _breakouts(switch: SwitchModel, platform: Platform) -> Table:
    """Modes by the name of the cage, which is that of its first port."""
    modes = platform.modes
    return {
        i.port.name: {"brkout_mode": modes[i.port.cage]}
        for i in switch.interfaces
        if i.port.part <= 1 and i.port.cage in modes
    }


def _loopback(switch: SwitchModel) -> Table:
    rows: Table = {"Loopback0": {}, f"Loopback0|{switch.loopback}/32": {}}
    if switch.loopback6:
        rows[f"Loopback0|{switch.loopback6}/128"] = {}
    return rows


def _interfaces(switch: SwitchModel) -> Table:
    rows: Table = {}
    for i in switch.interfaces:
        addresses = [address for address in (i.address, i.address6) if address]
        if addresses:
            # SONiC wants the bare row beside those with an address.
            rows[i.port.name] = {}
            rows.update({f"{i.port.name}|{address}": {} for address in addresses})
        elif i.kind == "fabric":
            rows[i.port.name] = {"ipv6_use_link_local_only": "enable"}
    return rows


def _neighbours(switch: SwitchModel, neighbours: Table) -> Table:
    found: Table = {}
    for i in switch.linked:
        if i.kind == "fabric":
            found[i.peer] = neighbours[i.peer]
        elif i.kind == "host":
            found[i.peer] = {"type": HOST_TYPE}
    return found
