"""BGP and its policies in the words of EOS.

One route map serves both address families: an entry that matches a list of IPv4 prefixes lets no IPv6 prefix through,
and the other way round. Where sessions are unnumbered, one carries both families; else each family has its own session,
and so its own peer group, whose name then ends in 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .._kit.device_model import Interface, PeerGroup, PrefixMatch, SwitchModel

MOST_PATHS = 128
"""Most equal paths that every platform of the 7000 series takes for `maximum-paths`."""

MANY_ROUTES = 0
"""EOS closes a session after 12,000 routes unless told otherwise (EOS User Manual, "Border Gateway Protocol",
`neighbor maximum-routes`); a large fabric has more, and 0 is no limit."""


class Entry(NamedTuple):
    """One entry of a route map: its number, which prefix list it matches, and the community that it sets, if any."""

    number: int
    match: str
    community: str


@dataclass(frozen=True, slots=True)
class Group:
    """A peer group and the families that it carries."""

    name: str
    policy: str
    allowas_in: int
    default_route: bool
    ipv4: bool
    ipv6: bool


class Neighbour(NamedTuple):
    """A session: over an interface, or with an address."""

    interface: str
    address: str
    group: str
    asn: int
    peer: str


@dataclass(frozen=True, slots=True)
class RoutingLines:
    """What the templates print. Lists of one prefix each, and maps, in the order of their names, as EOS shows them."""

    prefixes: tuple[tuple[str, str], ...]
    prefixes6: tuple[tuple[str, str], ...]
    maps: tuple[tuple[str, tuple[Entry, ...]], ...]
    paths: int
    groups: tuple[Group, ...]
    neighbours: tuple[Neighbour, ...]
    aggregates: tuple[str, ...]
    aggregate_map: str
    communities: bool
    most_routes: int


@dataclass(frozen=True, slots=True)
class _Family:
    """An address family. `six` ends the names of what belongs to IPv6 alone; `links` is the length of a host link."""

    six: str
    loopbacks: PrefixMatch
    hosts: PrefixMatch | None
    own: str
    block: str
    any: str
    links: int

    def list(self, name: str) -> str:
        """How an entry of a route map names one of its prefix lists."""
        return f"{'ipv6' if self.six else 'ip'} address prefix-list {name}{self.six}"


def routing_lines(switch: SwitchModel) -> RoutingLines:
    """All of it, for one switch."""
    network = switch.network
    families = list(_families(switch))
    blocks = tuple(f.block for f in families if f.block and network.aggregate)
    mark = bool(blocks and network.host_community)
    maps = dict(_maps(switch, families))
    if mark:
        maps["AGGREGATE"] = _entries([("", network.host_community)])
    used = {entry.match.rpartition(" ")[2] for entries in maps.values() for entry in entries}
    four, *six = (tuple(sorted(kv for kv in _lists(f) if kv[0] in used)) for f in families)
    return RoutingLines(
        prefixes=four,
        prefixes6=six[0] if six else (),
        maps=tuple(sorted(maps.items())),
        paths=max(1, min(switch.paths, MOST_PATHS)),
        groups=tuple(_groups(switch)),
        neighbours=tuple(n for i in switch.fabric for n in _sessions(i)),
        aggregates=blocks,
        aggregate_map="AGGREGATE" if mark else "",
        communities=bool(network.loopback_community or network.host_community),
        most_routes=MANY_ROUTES,
    )


def _families(switch: SwitchModel) -> Iterator[_Family]:
    network = switch.network
    own = f"{switch.loopback}/32"
    yield _Family("", network.loopbacks, network.hosts, own, switch.block, "0.0.0.0/0", 31)
    if network.loopbacks6 is not None:
        own6 = f"{switch.loopback6}/128"
        yield _Family("6", network.loopbacks6, network.hosts6, own6, switch.block6, "::/0", 127)


def _lists(family: _Family) -> Iterator[tuple[str, str]]:
    """Prefix lists of a family, also those that not every switch uses."""
    six = family.six
    yield f"DEFAULT{six}", family.any
    yield f"LOOPBACKS{six}", match(family.loopbacks)
    yield f"OWN{six}", family.own
    if family.hosts is not None:
        yield f"HOSTS{six}", match(family.hosts)
    if family.block:
        yield f"LINKS{six}", f"{family.block} eq {family.links}"


def _maps(switch: SwitchModel, families: list[_Family]) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """What is told to whom: loopbacks and hosts, and where it is wanted a default route in the hosts' place."""
    network = switch.network
    connected = []
    for f in families:
        connected.append((f.list("OWN"), network.loopback_community))
        if f.block:
            connected.append((f.list("LINKS"), network.host_community))
    yield "CONNECTED", _entries(connected)
    loopbacks = [(f.list("LOOPBACKS"), "") for f in families]
    hosts = [(f.list("HOSTS"), "") for f in families if f.hosts is not None]
    default = [(f.list("DEFAULT"), "") for f in families]
    for group in switch.groups:
        # A default route comes from above alone, so it cannot go round.
        from_above = network.default_route and group.name == "UPLINKS"
        yield f"{group.name}-IN", _entries([*loopbacks, *(default if from_above else hosts)])
        yield f"{group.name}-OUT", _entries([*loopbacks, *(default if group.default_route else hosts)])


def _entries(found: list[tuple[str, str]]) -> tuple[Entry, ...]:
    return tuple(Entry(10 * (n + 1), *one) for n, one in enumerate(found))


def _groups(switch: SwitchModel) -> Iterator[Group]:
    both = switch.network.ipv6
    for group in switch.groups:
        if switch.network.unnumbered:
            yield _group(group, "", True, both)
            continue
        yield _group(group, "", True, False)
        if both:
            yield _group(group, "6", False, True)


def _group(group: PeerGroup, six: str, ipv4: bool, ipv6: bool) -> Group:
    return Group(f"{group.name}{six}", group.name, group.allowas_in, group.default_route, ipv4, ipv6)


def _sessions(i: Interface) -> Iterator[Neighbour]:
    """The sessions on a link to another switch."""
    if not i.peer_address:
        yield Neighbour(i.port.name, "", i.group, i.peer_asn, i.peer)
        return
    yield Neighbour("", i.peer_address, i.group, i.peer_asn, i.peer)
    if i.peer_address6:
        yield Neighbour("", i.peer_address6, f"{i.group}6", i.peer_asn, i.peer)


def match(rule: PrefixMatch) -> str:
    """The prefix of a prefix-list entry."""
    if rule.low == rule.high:
        return rule.prefix if rule.low == rule.length else f"{rule.prefix} eq {rule.low}"
    text = f"{rule.prefix} ge {rule.low}" if rule.low > rule.length else rule.prefix
    return f"{text} le {rule.high}"
