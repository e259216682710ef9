"""Policies and sessions of a startup-config: names that stand for something, neighbours that are heard."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from unit.eos_tree import Config, Group, Neighbour, Node, all_of, in_range, inside, line, twice, values_of

ASNS = range(1, 2**32)


def policies(config: Config) -> Iterator[str]:
    for rule, seq, bits in (("prefix_list", "seq4", 32), ("prefix_list6", "seq6", 128)):
        nodes = all_of(config.tree, rule)
        yield from twice(rule, [values_of(node)[0] for node in nodes])
        for node in nodes:
            yield from twice(f"{values_of(node)[0]} seq", [values_of(one)[0] for one in all_of(node, seq)])
            for one in all_of(node, seq):
                yield from _prefix(one, bits)
    entries = [tuple(values_of(node)[:2]) for node in all_of(config.tree, "route_map")]
    yield from twice("route-map", [" ".join(entry) for entry in entries])
    for node in all_of(config.tree, "set"):
        for half in values_of(node):
            yield from in_range("half of a community", half, range(65536))
    for node in all_of(config.tree, "bfd"):
        interval, receive, multiplier = map(int, values_of(node))
        if interval != receive or interval not in range(50, 60001) or multiplier not in range(3, 51):
            yield f"BFD every {interval} ms, {receive} ms, {multiplier} times"


def _prefix(node: Node, bits: int) -> Iterator[str]:
    _, text = values_of(node)
    try:
        length = ip_network(text).prefixlen
    except ValueError:
        yield f"{text} is no prefix"
        return
    eq, low, high = (line(node, rule) for rule in ("eq", "ge", "le"))
    if eq and (low or high):
        yield f"{text} has eq and ge or le"
    bounds = [length, *(int(b[0]) for b in (eq, low, high) if b), bits]
    if bounds != sorted(bounds):
        yield f"{text} has the lengths {bounds}"


def bgp(config: Config) -> Iterator[str]:
    bgp = next(iter(all_of(config.tree, "bgp")), None)
    if bgp is None:
        return
    yield from in_range("AS", values_of(bgp)[0], ASNS)
    config.asn = int(values_of(bgp)[0])
    config.router_id = (line(bgp, "router_id") or [""])[0]
    if config.loopback != f"{config.router_id}/32":
        yield f"router-id {config.router_id} is not the loopback {config.loopback}"
    paths, ecmp = map(int, line(bgp, "paths") or ["0", "0"])
    if not 1 <= ecmp <= paths <= 600:
        yield f"maximum-paths {paths} ecmp {ecmp}"
    for node in bgp.find_pred(lambda node: str(node.data).startswith("g_")):
        name, *rest = values_of(node)
        command = f"{node.data}{rest[-1]}" if node.data == "g_map" else str(node.data)
        config.groups.setdefault(name, Group()).commands[command] += 1
        if node.data == "g_timers" and not 1 <= int(rest[0]) * 3 <= int(rest[1]):
            yield f"{name} has timers {rest}"
    for family in all_of(bgp, "family"):
        which = values_of(family)[0]
        for node in family.find_pred(lambda node: str(node.data).startswith("f_")):
            (name,) = values_of(node)
            if name not in config.groups:
                yield f"peer group {name} of family {which} is not defined"
            config.groups.setdefault(name, Group()).families[f"{which} {node.data}"] += 1
    yield from twice("family", [values_of(node)[0] for node in all_of(bgp, "family")])
    for name, group in config.groups.items():
        for command, count in (group.commands + group.families).items():
            if count > 1:
                yield f"{name}: {command} is there {count} times"
        for needed in ("g_new", "g_map in", "g_map out", "g_timers"):
            if not group.commands[needed]:
                yield f"{name}: {needed} is missing"
    for node in all_of(bgp, "aggregate"):
        try:
            ip_network(values_of(node)[0])
        except ValueError:
            yield f"{values_of(node)[0]} is no prefix"


def sessions(config: Config) -> Iterator[str]:
    for node in all_of(config.tree, "over"):
        name, group, asn = values_of(node)
        if name in config.neighbours:
            yield f"neighbour {name} is there twice"
        port = config.ports.get(name)
        config.neighbours[name] = Neighbour(group, int(asn), port.far if port else "")
        if port is None or port.idle or not port.enable6:
            yield f"neighbour {name} is no interface with IPv6"
    for rule, name in (("n_group", "group"), ("n_as", "asn"), ("n_description", "peer")):
        for node in all_of(config.tree, rule):
            address, value = values_of(node)
            one = config.neighbours.setdefault(address, Neighbour())
            if getattr(one, name):
                yield f"neighbour {address} has two of {name}"
            setattr(one, name, int(value) if name == "asn" else value)
    own = [p for p in config.ports.values() if not p.idle]
    for name, one in config.neighbours.items():
        yield from in_range(f"{name}: AS", str(one.asn), ASNS)
        if one.asn == config.asn:
            yield f"neighbour {name} has our own AS {one.asn}"
        if not one.peer:
            yield f"neighbour {name} has no description"
        if one.group not in config.groups:
            yield f"neighbour {name}: peer group {one.group or '(none)'} is not defined"
            continue
        families = config.groups[one.group].families
        kind = "ipv6" if ":" in name else "ipv4"
        if not families[f"{kind} f_activate"]:
            yield f"neighbour {name}: {one.group} is not activated in {kind}"
        if name.startswith("Ethernet"):
            if not families["ipv4 f_next_hop"]:
                yield f"neighbour {name}: IPv4 has no next hop over IPv6"
        elif not any(name != a.partition("/")[0] and inside(name, a) for p in own for a in (p.address, p.address6)):
            yield f"neighbour {name} is on no link"
    if all_of(config.tree, "loopback") and config.loopback6:
        if not any(group.families["ipv6 f_activate"] for group in config.groups.values()) and config.groups:
            yield "the loopback has an IPv6 address, and no session carries it"


def used(config: Config) -> Iterator[str]:
    """What is referred to is there, and what is there is referred to."""
    tree = config.tree
    maps = {values_of(node)[0] for node in all_of(tree, "route_map")}
    used = {values_of(node)[1] for node in all_of(tree, "g_map")}
    used |= {values_of(node)[0] for rule in ("redistribute", "attribute_map") for node in all_of(tree, rule)}
    pairs = [("route-map", maps, used)]
    for defined, rule in (("prefix_list", "match4"), ("prefix_list6", "match6")):
        names = {values_of(node)[0] for node in all_of(tree, defined)}
        pairs.append((defined, names, {values_of(node)[0] for node in all_of(tree, rule)}))
    pairs.append(("peer group", set(config.groups), {one.group for one in config.neighbours.values()}))
    for what, there, wanted in pairs:
        yield from (f"{what} {name} is not defined" for name in sorted(wanted - there))
        yield from (f"{what} {name} is not used" for name in sorted(there - wanted))
