"""What a lab is made of and what must come of it, from the links of a plant alone.

Numbers and addresses are the plan's; who hears what of whom, over how many paths, follows here from the cables, so that
a configuration that says otherwise is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

from rackwright.compiler.names import interface_names
from rackwright.compiler.network.addresses import Prefix, dotted
from rackwright.compiler.network.addresses6 import Pair
from rackwright.compiler.network.routing import Routing
from rackwright.compiler.plant import DeviceClass, Plant

End = tuple[str, str]
"""Device and interface."""

FAMILIES = (4, 6)


@dataclass(frozen=True)
class Cable:
    """A link. `addresses` are those of its ends in IPv4 and IPv6, with length, empty where there are none."""

    a: End
    z: End
    addresses: Mapping[int, tuple[str, str]] = field(hash=False)

    def ends(self) -> Iterator[tuple[End, End, dict[int, str], dict[int, str]]]:
        """Each end with the other one, and the addresses of both."""
        first = {family: pair[0] for family, pair in self.addresses.items()}
        second = {family: pair[1] for family, pair in self.addresses.items()}
        yield self.a, self.z, first, second
        yield self.z, self.a, second, first


@dataclass(frozen=True)
class Switch:
    """A switch: its number, its loopbacks by family, and the prefixes of its hosts by family that it advertises."""

    asn: int
    loopback: Mapping[int, str]
    blocks: Mapping[int, str]


@dataclass(frozen=True)
class Topology:
    """What the plant and the policies of its network say."""

    switches: Mapping[str, Switch]
    hosts: tuple[str, ...]
    fabric: tuple[Cable, ...]
    access: tuple[Cable, ...]
    mtu: int
    unnumbered: bool
    ipv6: bool
    bfd: bool
    per_tier: bool
    aggregate: bool
    default: bool

    @property
    def families(self) -> tuple[int, ...]:
        return FAMILIES if self.ipv6 else (4,)

    @property
    def tiers(self) -> dict[str, int]:
        """How far each switch is from the hosts; those that reach none are leaves."""
        near = {end[0] for cable in self.access for end in (cable.a, cable.z) if end[0] in self.switches}
        found, frontier, level = dict.fromkeys(near, 1), near, 1
        neighbours = self.neighbours()
        while frontier:
            level += 1
            frontier = {n for f in frontier for n in neighbours[f]} - found.keys()
            found.update(dict.fromkeys(frontier, level))
        return {name: found.get(name, 1) for name in self.switches}

    def neighbours(self, down: frozenset[Cable] = frozenset()) -> dict[str, list[str]]:
        """The switches next to each, one for each link."""
        found: dict[str, list[str]] = {name: [] for name in self.switches}
        for cable in self.fabric:
            if cable not in down:
                found[cable.a[0]].append(cable.z[0])
                found[cable.z[0]].append(cable.a[0])
        return found

    def host_addresses(self) -> list[tuple[str, str, dict[int, str]]]:
        """Each address of a host, without length: host, the leaf it is linked to, address by family."""
        found = []
        for cable in self.access:
            for end, other, own, _ in cable.ends():
                if end[0] in self.hosts:
                    addresses = {family: text.partition("/")[0] for family, text in own.items() if text}
                    found.append((end[0], other[0], addresses))
        return found


NameOf = Callable[[DeviceClass], str]
"""The operating system that a class of switches runs in the lab."""


def topology(plant: Plant, routing: Routing, mtu: int, os: str | NameOf = "frr") -> Topology:
    """The lab's view of one network. Interfaces of hosts are `eth<n>`, those of switches as the catalog has them."""
    names, links, policy, pools = plant.devices.names, plant.links, routing.policy, routing.pools
    switches = {}
    for row, device in enumerate(routing.devices.tolist()):
        loopback, base, length = (int(c[row]) for c in (routing.loopback, routing.host_base, routing.host_length))
        own = {4: f"{dotted(loopback)}/32"}
        blocks = {4: str(Prefix(base, length))} if base >= 0 else {}
        if pools.loopbacks6 is not None:
            own[6] = f"{pools.loopbacks6.text(loopback)}/128"
            if pools.hosts6 is not None and base >= 0:
                blocks[6] = f"{pools.hosts6.text(base)}/{96 + length}"
        switches[names[device]] = Switch(int(routing.asn[row]), own, blocks)
    of = os if callable(os) else lambda _: os
    ports = [interface_names(plant, cls, of(cls)) for cls in plant.classes]
    fabric: list[Cable] = []
    access: list[Cable] = []
    hosts: set[str] = set()
    for n in range(len(links)):
        ends: list[End] = []
        for device, port in ((links.a_device[n], links.a_terminal[n]), (links.z_device[n], links.z_terminal[n])):
            given = ports[int(plant.devices.cls[device])] if names[device] in switches else None
            ends.append((names[device], given[port] if given is not None else f"eth{port + 1}"))
        inside = [end[0] in switches for end in ends]
        pair = (int(routing.a_address[n]), int(routing.z_address[n]))
        cable = Cable(ends[0], ends[1], _addresses(pair, pools.fabrics6 if all(inside) else pools.hosts6))
        if all(inside):
            fabric.append(cable)
        elif any(inside):
            access.append(cable)
            hosts.update(end[0] for end, switch in zip(ends, inside, strict=True) if not switch)
    return Topology(
        switches,
        tuple(sorted(hosts)),
        tuple(fabric),
        tuple(access),
        mtu,
        policy.unnumbered,
        pools.loopbacks6 is not None,
        policy.bfd,
        policy.asn_plan == "per_tier",
        policy.aggregate,
        policy.downward == "default",
    )


def _addresses(pair: tuple[int, int], six: Pair | None) -> dict[int, tuple[str, str]]:
    if pair[0] < 0:
        return {}
    found = {4: (f"{dotted(pair[0])}/31", f"{dotted(pair[1])}/31")}
    if six is not None:
        found[6] = (f"{six.text(pair[0])}/127", f"{six.text(pair[1])}/127")
    return found


@dataclass(frozen=True)
class Expectations:
    """Sessions as (switch, interface) to the peer's AS number; routes as (switch, prefix) to the number of paths."""

    sessions: Mapping[End, int]
    routes: Mapping[tuple[str, str], int]


def expectations(top: Topology, down: frozenset[Cable] = frozenset()) -> Expectations:
    """What must be seen, from the links alone, with some of them down."""
    sessions = {
        end: top.switches[other[0]].asn
        for cable in top.fabric
        if cable not in down
        for end, other, _, _ in cable.ends()
    }
    routes: dict[tuple[str, str], int] = {}
    tiers, neighbours = top.tiers, top.neighbours(down)
    for target, switch in top.switches.items():
        heard = _heard(top, tiers, neighbours, target)
        for name, (width, risen) in heard.items():
            for prefix in switch.loopback.values():
                routes[name, prefix] = width
            # In place of hosts' prefixes those below are told a default route.
            if risen or not top.default:
                for prefix in _advertised(top, target):
                    routes[name, prefix] = width
    if top.default:
        for name in top.switches:
            up = sum(tiers[n] > tiers[name] for n in neighbours[name])
            for prefix in ("0.0.0.0/0", "::/0")[: len(top.families)]:
                if up:
                    routes[name, prefix] = up
    return Expectations(sessions, routes)


def _advertised(top: Topology, leaf: str) -> list[str]:
    """The hosts' prefixes of a leaf: its block, or each of its host links."""
    if top.aggregate:
        return list(top.switches[leaf].blocks.values())
    return [
        str(ip_network(text, strict=False))
        for cable in top.access
        for end, _, own, _ in cable.ends()
        if end[0] == leaf
        for text in own.values()
    ]


def _heard(
    top: Topology, tiers: Mapping[str, int], neighbours: Mapping[str, list[str]], target: str
) -> dict[str, tuple[int, bool]]:
    """Who hears of a switch, over how many shortest paths, and whether it came up all the way.

    With one AS number a tier, what has come down cannot rise again: the tier above finds its own number in the path.
    """
    found: dict[str, tuple[int, bool]] = {}
    risen, frontier = {target: True}, {target}
    while frontier:
        offers: dict[str, list[bool]] = {}
        for near in frontier:
            # Parallel links to one neighbour are as many paths.
            for name in neighbours[near]:
                up = tiers[name] > tiers[near]
                if name not in risen and not (top.per_tier and up and not risen[near]):
                    offers.setdefault(name, []).append(up and risen[near])
        frontier = set(offers)
        for name, ways in offers.items():
            risen[name] = any(ways)
            found[name] = (len(ways), risen[name])
    return found
