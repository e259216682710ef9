"""FRR: `frr.conf`, and `interfaces` beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from unit.configs.model import Files, Port, Session, Switch


@dataclass
class Group:
    """A peer group, or what a neighbour says for itself."""

    asn: str = ""
    bfd: str = ""
    families: set[int] = field(default_factory=set)


def read(files: Files) -> Switch:
    switch = Switch("frr")
    routing(files["frr.conf"], switch)
    port = Port()
    for line in files["interfaces"].splitlines():
        words = line.split()
        if words[:1] == ["iface"]:
            port = switch.ports.get(words[1], Port())
        elif words[:1] == ["mtu"]:
            port.mtu = int(words[1])
    return switch


def routing(text: str, switch: Switch) -> None:
    """All of a frr.conf: what it says of interfaces and of BGP."""
    groups: dict[str, Group] = {}
    members: dict[str, str] = {}
    interfaces: dict[str, Port] = {}
    profiles: dict[str, dict[str, int]] = {}
    timers, family, inside = (60, 180), 0, [""]
    for line in text.splitlines():
        words = line.split()
        if not words or words[0] in ("!", "exit", "exit-address-family"):
            continue
        if not line.startswith(" "):
            inside = words
        match words:
            case ["hostname", name]:
                switch.name = name
            case ["interface", name]:
                interfaces.setdefault(name, Port())
            case ["description", *_] if inside[0] == "interface":
                interfaces[inside[1]].description = line.removeprefix(" description ")
            case ["ip" | "ipv6", "address", address] if inside[0] == "interface":
                interfaces[inside[1]].take(address)
            case ["profile", name]:
                profiles[name] = {}
            case ["detect-multiplier" | "receive-interval" | "transmit-interval", value]:
                profiles[list(profiles)[-1]][words[0]] = int(value)
            case ["router", "bgp", asn]:
                switch.asn = int(asn)
            case ["bgp", "router-id", address]:
                switch.router_id = address
            case ["timers", "bgp", keepalive, hold]:
                timers = (int(keepalive), int(hold))
            case ["neighbor", group, "peer-group"]:
                groups[group] = Group()
            case ["neighbor", neighbor, "interface", "peer-group", group] | ["neighbor", neighbor, "peer-group", group]:
                members[neighbor] = group
            case ["neighbor", group, "remote-as", asn]:
                groups[group].asn = asn
            case ["neighbor", group, "bfd", "profile", profile]:
                groups[group].bfd = profile
            case ["address-family", name, "unicast"]:
                family = {"ipv4": 4, "ipv6": 6}[name]
            case ["neighbor", group, "activate"]:
                groups[group].families.add(family)
            case ["aggregate-address", prefix, *_]:
                switch.aggregates.append(prefix)
    loopback = interfaces.pop("lo", Port())
    switch.loopbacks |= loopback.addresses
    for name, port in interfaces.items():
        if port.description:
            switch.ports[name] = port
    for neighbor, member_of in members.items():
        own = groups[member_of]
        numbered = "." in neighbor or ":" in neighbor
        bfd = profiles.get(own.bfd)
        if bfd is not None:
            assert bfd["receive-interval"] == bfd["transmit-interval"]
        switch.sessions.append(
            Session(
                switch.port_of(neighbor) if numbered else neighbor,
                neighbor if numbered else "",
                0 if own.asn == "external" else int(own.asn),
                frozenset(own.families),
                *timers,
                (bfd["receive-interval"], bfd["detect-multiplier"]) if bfd else None,
            )
        )
