"""FBOSS: `agent.conf` and `bgp.conf`."""

from __future__ import annotations

import json

from unit.configs.model import Files, Port, Session, Switch


def read(files: Files) -> Switch:
    agent, bgp = json.loads(files["agent.conf"])["sw"], json.loads(files["bgp.conf"])
    switch = Switch("fboss", agent["hostname"], asn=bgp["local_as_4_byte"], router_id=bgp["router_id"])
    vlans: dict[int, Port] = {}
    for row in agent["ports"]:
        if row["state"] == 2:
            port = switch.ports[row["name"]] = Port(row["description"], row["speed"] * 10**6)
            # IEEE 802.1AB: type 2 is the port, type 5 the system's name.
            port.far = (row["expectedLLDPValues"]["5"], row["expectedLLDPValues"].get("2", ""))
            vlans[row["ingressVlan"]] = port
    for row in agent["interfaces"]:
        port = vlans.get(row["vlanID"], Port())
        port.mtu = row.get("mtu", 0)
        for address in row["ipAddresses"]:
            if row["vlanID"] in vlans:
                port.take(address)
            else:
                loopback = Port()
                loopback.take(address)
                switch.loopbacks |= loopback.addresses
    groups = {row["name"]: row for row in bgp["peer_groups"]}
    for row in bgp["peers"]:
        group = groups[row["peer_group_name"]]
        timers = group["bgp_peer_timers"]
        name = switch.port_of(row["peer_addr"])
        assert row["peer_id"] == name and row["description"] == switch.ports[name].description
        families = frozenset(f for f in (4, 6) if not (row | group).get(f"disable_ipv{f}_afi"))
        pair = (timers["keep_alive_seconds"], timers["hold_time_seconds"])
        switch.sessions.append(Session(name, row["peer_addr"], row["remote_as_4_byte"], families, *pair, None))
    return switch
