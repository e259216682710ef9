"""SONiC: `config_db.json`, with the `frr.conf` beside it or with BGP in its own tables."""

from __future__ import annotations

import json
from typing import Any

from unit.configs import frr
from unit.configs.model import Files, Port, Session, Switch


def read(files: Files) -> Switch:
    tables = json.loads(files["config_db.json"])
    switch = Switch("sonic")
    for name, row in tables["PORT"].items():
        if row["admin_status"] == "up":
            fec = row["fec"]
            switch.ports[name] = Port(row["description"], int(row["speed"]) * 10**6, fec, int(row["mtu"]))
    for key in tables["INTERFACE"]:
        name, _, address = key.partition("|")
        if address:
            switch.ports[name].take(address)
    for name, row in tables["DEVICE_NEIGHBOR"].items():
        assert row["local_port"] == name
        switch.ports[name].far = (row["name"], row["port"])
    loopback = Port()
    for key in tables["LOOPBACK_INTERFACE"]:
        if "|" in key:
            loopback.take(key.partition("|")[2])
    meta = tables["DEVICE_METADATA"]["localhost"]
    if "frr.conf" in files:
        assert "BGP_NEIGHBOR" not in tables
        # Ports are those of the database; FRR's interfaces have no descriptions.
        frr.routing(files["frr.conf"], switch)
    else:
        _tables(tables, switch)
    assert not switch.name or switch.name == meta["hostname"]
    assert str(switch.asn) == meta["bgp_asn"]
    switch.name, switch.loopbacks = meta["hostname"], loopback.addresses
    return switch


def _tables(tables: dict[str, Any], switch: Switch) -> None:
    instance = tables["BGP_GLOBALS"]["default"]
    switch.asn, switch.router_id = int(instance["local_asn"]), instance["router_id"]
    families: dict[str, set[int]] = {}
    for key, row in tables["BGP_PEER_GROUP_AF"].items():
        _, group, family = key.split("|")
        assert row["admin_status"] == "up"
        families.setdefault(group, set()).add({"ipv4_unicast": 4, "ipv6_unicast": 6}[family])
    for key, row in tables["BGP_NEIGHBOR"].items():
        neighbor = key.partition("|")[2]
        numbered = "." in neighbor or ":" in neighbor
        group = tables["BGP_PEER_GROUP"][f"default|{row['peer_group_name']}"]
        assert group["peer_type"] == "external"
        bfd = (300, 3) if group["bfd"] == "true" else None
        session = Session(
            switch.port_of(neighbor) if numbered else neighbor,
            neighbor if numbered else "",
            0,
            frozenset(families[row["peer_group_name"]]),
            int(group["keepalive"]),
            int(group["holdtime"]),
            bfd,
        )
        switch.sessions.append(session)
    for key in tables.get("BGP_GLOBALS_AF_AGGREGATE_ADDR", {}):
        switch.aggregates.append(key.split("|")[2])
