"""Arista EOS: the startup-config."""

from __future__ import annotations

import re
from collections import defaultdict

from unit.configs.model import Files, Port, Session, Switch


def read(files: Files) -> Switch:
    switch = Switch("eos")
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    families: dict[str, set[int]] = defaultdict(set)
    peers: dict[str, tuple[str, int]] = {}
    down: set[str] = set()
    family, bfd, inside, loopback = 0, (300, 3), [""], Port()
    for line in files["startup-config"].splitlines():
        words = line.split()
        if not words or words[0] == "!":
            continue
        if not line.startswith(" "):
            inside = words
        port = Port()
        if inside[0] == "interface" and inside[1].startswith("Ethernet"):
            port = switch.ports.setdefault(inside[1], Port())
        elif inside == ["interface", "Loopback0"]:
            port = loopback
        match words:
            case ["hostname", name]:
                switch.name = name
            case ["shutdown"] if inside[0] == "interface":
                down.add(inside[1])
            case ["description", *_]:
                port.description = line.removeprefix("   description ")
            case ["mtu", value]:
                port.mtu = int(value)
            case ["speed", value]:
                number = re.match(r"(?:forced )?(\d+)g", value)
                assert number, line
                port.speed = int(number[1]) * 10**9
            case ["error-correction", "encoding", value]:
                port.fec = {"reed-solomon": "rs"}[value]
            case ["ip" | "ipv6", "address", address] if "/" in address:
                port.take(address)
            case ["interval", interval, "min-rx", least, "multiplier", multiplier, "default"]:
                assert interval == least
                bfd = (int(interval), int(multiplier))
            case ["router", "bgp", asn]:
                switch.asn = int(asn)
            case ["router-id", address]:
                switch.router_id = address
            case ["neighbor", group, "timers", keepalive, hold]:
                groups[group]["timers"] = f"{keepalive} {hold}"
            case ["neighbor", group, "bfd"]:
                groups[group]["bfd"] = "on"
            case ["neighbor", address, "peer", "group", group]:
                peers[address] = (group, 0)
            case ["neighbor", address, "remote-as", asn]:
                peers[address] = (peers[address][0], int(asn))
            case ["neighbor", "interface", name, "peer-group", group, "remote-as", asn]:
                peers[name] = (group, int(asn))
            case ["address-family", name]:
                family = {"ipv4": 4, "ipv6": 6}[name]
            case ["neighbor", group, "activate"]:
                families[group].add(family)
            case ["aggregate-address", prefix, *_]:
                switch.aggregates.append(prefix)
    switch.loopbacks = loopback.addresses
    for name in down:
        assert not switch.ports[name].description
        del switch.ports[name]
    for neighbor, (group, remote) in peers.items():
        numbered = not neighbor.startswith("Ethernet")
        timers = [int(value) for value in groups[group]["timers"].split()]
        where = switch.port_of(neighbor) if numbered else neighbor
        mine = frozenset(families[group])
        found = bfd if "bfd" in groups[group] else None
        switch.sessions.append(Session(where, neighbor if numbered else "", remote, mine, timers[0], timers[1], found))
    return switch
