"""Sections, interfaces, addresses and services of a startup-config: what a grammar cannot see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address, ip_interface

from lark import Token, Tree
from unit.eos_tree import Config, Port, all_of, in_range, inside, line, twice, values_of

MTUS = range(68, 9215)
PORTS = range(1, 65536)

ONCE = {
    "model",
    "spanning",
    "bgp",
    "loopback",
    "management",
    "ip_routing",
    "ssh",
    "eapi",
    "gnmi",
    "vrf",
    "names",
    "lldp",
}
ONCE |= {"users", "load_balance", "logging", "sflow", "ntp", "qos", "bfd", "unicast6", "route"}
NEEDED = {"model", "spanning", "bgp", "loopback", "management", "ip_routing", "vrf", "names"}


def sections(config: Config) -> Iterator[str]:
    there = Counter(str(node.data) for node in config.tree.children if isinstance(node, Tree))
    for kind in sorted(ONCE):
        if there[kind] > 1:
            yield f"section {kind} is there {there[kind]} times"
    for kind in sorted(NEEDED):
        if not there[kind]:
            yield f"section {kind} is missing"
    config.hostname = (line(config.tree, "hostname") or [""])[0]
    title = line(config.tree, "title") or [""]
    if title[0] != config.hostname:
        yield f"the title names {title[0]}, the file is of {config.hostname}"
    yield from twice("user", [values_of(u)[0] for u in all_of(config.tree, "user")])
    for user in all_of(config.tree, "user"):
        name, privilege, secret = values_of(user)
        if privilege != "15" or secret != f"%secret:{name}%":
            yield f"user {name} has privilege {privilege} and the secret of {secret}"


def interfaces(config: Config) -> Iterator[str]:
    nodes = all_of(config.tree, "interface")
    yield from twice("interface", [values_of(node)[0] for node in nodes])
    for node in nodes:
        port = Port(values_of(node)[0], not list(node.find_data("used")))
        port.description = (line(node, "description") or [""])[0]
        port.mtu = int((line(node, "mtu") or ["0"])[0])
        port.speed = (line(node, "speed") or [""])[0]
        port.address = (line(node, "address") or [""])[0]
        port.address6 = (line(node, "address6") or [""])[0]
        port.enable6 = line(node, "enable6") is not None
        port.routed = line(node, "routed") is not None
        port.profile = (line(node, "service") or [""])[0]
        config.ports[port.name] = port
        if not port.idle:
            if not port.routed:
                yield f"{port.name} is a switched port"
            if port.mtu not in MTUS:
                yield f"{port.name} has an MTU of {port.mtu}"
    yield from _lanes(config)
    profiled = {p.profile for p in config.ports.values() if not p.idle}
    if len(profiled) > 1:
        yield f"ports have different profiles: {sorted(profiled)}"


def _lanes(config: Config) -> Iterator[str]:
    """A port on later lanes of a cage is there only if the first one's speed leaves them free."""
    for port in config.ports.values():
        stem, _, lane = port.name.rpartition("/")
        first = config.ports.get(f"{stem}/1")
        if lane in ("", "1") or first is None or port.idle:
            continue
        width = int(first.speed.rpartition("-")[2]) if "-" in first.speed else 1 if first.speed else 8
        if int(lane) <= width:
            yield f"{port.name} is hidden by {first.name}, whose speed is {first.speed or 'its default'}"


def addresses(config: Config) -> Iterator[str]:
    found: list[str] = []
    for rule in ("address", "address6"):
        for node in all_of(config.tree, rule):
            text = values_of(node)[0]
            try:
                address = ip_interface(text)
            except ValueError:
                yield f"{text} is no address"
                continue
            network = address.network
            if network.num_addresses > 2 and address.ip in (network.network_address, network.broadcast_address):
                yield f"{text} is not the address of a host"
            found.append(str(address.ip))
    yield from twice("address", found)
    loopback = next(iter(all_of(config.tree, "loopback")), None)
    if loopback is not None:
        config.loopback = (line(loopback, "address") or [""])[0]
        config.loopback6 = (line(loopback, "address6") or [""])[0]
        if not config.loopback.endswith("/32") or (config.loopback6 and not config.loopback6.endswith("/128")):
            yield f"the loopback is {config.loopback} {config.loopback6}"
    over = bool(list(config.tree.find_data("over_ipv6")))
    six = bool(list(config.tree.find_data("unicast6")))
    for port in config.ports.values():
        if port.enable6 and not (over and six):
            yield f"{port.name} has no address, and IPv6 is not routed"
        if port.address6 and not six:
            yield f"{port.name} has an IPv6 address, and IPv6 is not routed"


def names(config: Config) -> Iterator[str]:
    """VRFs and the management port."""
    vrfs = {values_of(node)[0] for node in all_of(config.tree, "vrf")}
    port = next((values_of(node)[0] for node in all_of(config.tree, "management")), "")
    for node in config.tree.iter_subtrees():
        words = values_of(node)
        if node.data in VRF_LINES and words[0] not in vrfs:
            yield f"VRF {words[0]} is not defined"
        for word in words:
            if word.startswith("Management") and word != port:
                yield f"{word} is not configured"


VRF_LINES = {
    "lldp_vrf", "log_host", "log_source", "name_server", "sflow_collector", "sflow_source", "ntp_source", "time_server",
    "in_vrf", "gnmi_vrf", "no_routing", "route",
}  # fmt: skip


def services(config: Config) -> Iterator[str]:
    for rule in ("log_host", "time_server", "name_server"):
        yield from twice(rule, [str(list(node.scan_values(lambda _: True))[-1]) for node in all_of(config.tree, rule)])
    for rule, place in (("sflow_collector", 2), ("udp_fields", 0), ("gnmi_port", 0)):
        for node in all_of(config.tree, rule):
            yield from in_range(f"port of {rule}", values_of(node)[place], PORTS)
    for node in all_of(config.tree, "sflow_sample"):
        words = values_of(node)
        rate = int(words[-1])
        if (len(words) == 2) != (rate < 16384) or not 1 <= rate <= 16777216:
            yield f"sflow sample {' '.join(words)}"
    for node in all_of(config.tree, "hash_bytes"):
        low, high = map(int, values_of(node))
        if not 0 <= low <= high <= 62:
            yield f"payload bytes {low}-{high}"
    for rule in ("name_server", "sflow_collector", "route", "time_server", "log_host"):
        for token in (t for node in all_of(config.tree, rule) for t in node.scan_values(lambda _: True)):
            yield from _address_faults(token)
    own = next((line(node, "address") for node in all_of(config.tree, "management")), None)
    for node in all_of(config.tree, "route"):
        gateway = values_of(node)[1]
        if own is None or not inside(gateway, own[0]):
            yield f"gateway {gateway} is not in the management network"


def _address_faults(token: Token) -> Iterator[str]:
    if token.type in ("IP4", "IP6"):
        try:
            ip_address(token)
        except ValueError:
            yield f"{token} is no address"
