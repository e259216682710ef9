"""What FRRouting's own syntax needs, on Linux and inside SONiC: all that the templates in `templates/frr` print.

Sessions are in the model's groups. Between interfaces one session carries both families; between addresses each family
has sessions of its own, and those of IPv6 are in groups whose names end in 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .device_model import PeerGroup, PrefixMatch, SwitchModel

MOST_PATHS = 256
"""Most equal paths of a usual FRR build (`--enable-multipath=256`, as Debian's; SONiC's takes as many or more)."""


@dataclass(frozen=True, slots=True)
class Family:
    """An address family. `ip` is the word that begins its commands, `six` the end of names that belong to IPv6 alone.

    `aggregate` is the prefix that is advertised in place of host links, empty if those are advertised themselves.
    """

    name: Literal["ipv4", "ipv6"]
    ip: Literal["ip", "ipv6"]
    six: Literal["", "6"]
    aggregate: str


@dataclass(frozen=True, slots=True)
class PeerGroupText:
    """A peer group by the name that it has here, with the families that it carries."""

    name: str
    allowas_in: int
    default_route: bool
    base: str
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """A neighbour, which is `<interface> interface` or an address, and the name of its group."""

    neighbor: str
    group: str


@dataclass(frozen=True, slots=True)
class PrefixList:
    """A prefix list of one entry: whose family, its name, what it matches."""

    ip: str
    name: str
    match: str


@dataclass(frozen=True, slots=True)
class Permit:
    """An entry of a route map: what it lets through, and the community that it sets, if any."""

    number: int
    match: str
    community: str


@dataclass(frozen=True, slots=True)
class RouteMap:
    """What a route map lets through; everything else it drops."""

    name: str
    entries: tuple[Permit, ...]


@dataclass(frozen=True, slots=True)
class Routing:
    """The routing of a switch."""

    families: tuple[Family, ...]
    groups: tuple[PeerGroupText, ...]
    sessions: tuple[Session, ...]
    prefix_lists: tuple[PrefixList, ...]
    route_maps: tuple[RouteMap, ...]
    paths: int


def routing_text(switch: SwitchModel) -> Routing:
    """The routing of a switch, for the templates."""
    network = switch.network
    families = [Family("ipv4", "ip", "", switch.block if network.aggregate else "")]
    if network.ipv6:
        families.append(Family("ipv6", "ipv6", "6", switch.block6 if network.aggregate else ""))
    return Routing(
        tuple(families),
        tuple(_groups(switch, families)),
        tuple(_sessions(switch)),
        tuple(entry for f in families for entry in _prefix_lists(switch, f)),
        tuple(route_map for f in families for route_map in _route_maps(switch, f)),
        max(1, min(switch.paths, MOST_PATHS)),
    )


def _groups(switch: SwitchModel, families: list[Family]) -> Iterator[PeerGroupText]:
    for group in switch.groups:
        if switch.network.unnumbered:
            yield _group(group, "", tuple(f.name for f in families))
        else:
            for f in families:
                yield _group(group, f.six, (f.name,))


def _group(group: PeerGroup, six: str, families: tuple[str, ...]) -> PeerGroupText:
    return PeerGroupText(f"{group.name}{six}", group.allowas_in, group.default_route, group.name, families)


def _sessions(switch: SwitchModel) -> Iterator[Session]:
    for i in switch.fabric:
        if not i.peer_address:
            yield Session(f"{i.port.name} interface", i.group)
            continue
        yield Session(i.peer_address, i.group)
        if i.peer_address6:
            yield Session(i.peer_address6, f"{i.group}6")


def _prefix_lists(switch: SwitchModel, f: Family) -> Iterator[PrefixList]:
    network, six = switch.network, bool(f.six)
    loopbacks, hosts = (network.loopbacks6, network.hosts6) if six else (network.loopbacks, network.hosts)
    own, block, length = (switch.loopback6, switch.block6, 128) if six else (switch.loopback, switch.block, 32)
    assert loopbacks is not None, "a family without loopbacks is not routed"
    yield PrefixList(f.ip, f"LOOPBACKS{f.six}", match(loopbacks))
    if hosts is not None:
        yield PrefixList(f.ip, f"HOSTS{f.six}", match(hosts))
    if network.default_route:
        yield PrefixList(f.ip, f"DEFAULT{f.six}", "::/0" if six else "0.0.0.0/0")
    yield PrefixList(f.ip, f"OWN{f.six}", f"{own}/{length}")
    if block:
        yield PrefixList(f.ip, f"LINKS{f.six}", match(PrefixMatch(block, length - 1, length - 1)))


def _route_maps(switch: SwitchModel, f: Family) -> Iterator[RouteMap]:
    network = switch.network
    connected = [("OWN", network.loopback_community)]
    if switch.block6 if f.six else switch.block:
        connected.append(("LINKS", network.host_community))
    yield _route_map("CONNECTED", connected, f)
    if f.aggregate and network.host_community:
        yield RouteMap(f"AGGREGATE{f.six}", (Permit(10, "", network.host_community),))
    known = [("LOOPBACKS", "")]
    if network.hosts6 if f.six else network.hosts:
        known.append(("HOSTS", ""))
    defaulted = [("LOOPBACKS", ""), ("DEFAULT", "")]
    for group in switch.groups:
        from_above = network.default_route and group.name == "UPLINKS"
        yield _route_map(f"{group.name}-IN", defaulted if from_above else known, f)
        yield _route_map(f"{group.name}-OUT", known[:1] if group.default_route else known, f)


def _route_map(name: str, entries: list[tuple[str, str]], f: Family) -> RouteMap:
    """A route map of prefix lists, each with the community that it sets."""
    permits = (
        Permit(10 * (n + 1), f"{f.ip} address prefix-list {prefixes}{f.six}", community)
        for n, (prefixes, community) in enumerate(entries)
    )
    return RouteMap(f"{name}{f.six}", tuple(permits))


def match(rule: PrefixMatch) -> str:
    """The prefix of a prefix-list entry; FRR refuses a `ge` that is not above the prefix's own length."""
    text = rule.prefix
    most = 128 if ":" in rule.prefix else 32
    if rule.low > rule.length:
        text += f" ge {rule.low}"
    if rule.high < most and (rule.high > rule.length or rule.low > rule.length):
        text += f" le {rule.high}"
    return text
