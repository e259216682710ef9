"""OpenConfig: `config.json`, RFC 7951 JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from unit.configs.model import Files, Port, Session, Switch

ETHERNET = 14
"""Bytes of an Ethernet header, which the MTU of an interface counts and that of IP does not."""


def read(files: Files) -> Switch:
    root = json.loads(files["config.json"])
    switch = Switch("openconfig", root["openconfig-system:system"]["config"]["hostname"])
    for row in root["openconfig-interfaces:interfaces"]["interface"]:
        port = _port(row)
        if row["name"] == "Loopback0":
            switch.loopbacks = port.addresses
        elif row["config"]["enabled"] and "openconfig-if-ethernet:ethernet" in row:
            switch.ports[row["name"]] = port
    [instance] = (
        i
        for i in root["openconfig-network-instance:network-instances"]["network-instance"]
        if i["config"]["type"].endswith(":DEFAULT_INSTANCE")
    )
    [bgp] = (p["bgp"] for p in instance["protocols"]["protocol"] if "bgp" in p)
    switch.asn, switch.router_id = bgp["global"]["config"]["as"], bgp["global"]["config"]["router-id"]
    assert instance["config"]["router-id"] == switch.router_id
    groups = {group["peer-group-name"]: group for group in bgp["peer-groups"]["peer-group"]}
    for row in bgp.get("neighbors", {}).get("neighbor", []):
        switch.sessions.append(_session(switch, row, groups[row["config"]["peer-group"]]))
    for protocol in instance["protocols"]["protocol"]:
        for row in protocol.get("local-aggregates", {}).get("aggregate", []):
            switch.aggregates.append(row["prefix"])
    return switch


def _port(row: dict[str, Any]) -> Port:
    port = Port(row["config"].get("description", ""))
    # Ports that are not in use have nothing below them.
    below = row.get("subinterfaces", {}).get("subinterface", [{}])[0]
    for family in ("ipv4", "ipv6"):
        node = below.get(f"openconfig-if-ip:{family}", {})
        for one in node.get("addresses", {}).get("address", []):
            port.take(f"{one['ip']}/{one['config']['prefix-length']}")
        mtu = node.get("config", {}).get("mtu", 0)
        if mtu and "mtu" in row["config"]:
            assert row["config"]["mtu"] == mtu + ETHERNET
            port.mtu = mtu
    config = row.get("openconfig-if-ethernet:ethernet", {}).get("config", {})
    speed = re.fullmatch(r"openconfig-if-ethernet:SPEED_(\d+)GB", config.get("port-speed", ""))
    port.speed = int(speed[1]) * 10**9 if speed else 0
    fec = config.get("fec-mode", "").partition(":")[2]
    port.fec = "rs" if fec.startswith("FEC_RS") else "none" if fec == "FEC_DISABLED" else ""
    return port


def _session(switch: Switch, row: dict[str, Any], group: dict[str, Any]) -> Session:
    peer = row["neighbor-address"]
    names = {"IPV4_UNICAST": 4, "IPV6_UNICAST": 6}
    families = {names[a["afi-safi-name"].partition(":")[2]] for a in group["afi-safis"]["afi-safi"]}
    timers = group["timers"]["config"]
    bfd = group.get("enable-bfd", {}).get("config")
    found = None
    if bfd:
        assert bfd["desired-minimum-tx-interval"] == bfd["required-minimum-receive"]
        found = (bfd["required-minimum-receive"] // 1000, bfd["detection-multiplier"])
    return Session(
        switch.port_of(peer),
        peer,
        row["config"].get("peer-as", 0),
        frozenset(families),
        int(timers["keepalive-interval"]),
        int(timers["hold-time"]),
        found,
    )
