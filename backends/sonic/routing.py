"""CONFIG_DB: BGP by tables, which SONiC's management framework turns into FRR's configuration.

Fields are those that its templates print (sonic-buildimage, src/sonic-frr-mgmt-framework/templates/bgpd). Lists must be
lists: the templates walk over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .._kit.device_model import Interface, PeerGroup, PrefixMatch, SwitchModel
from .._kit.frr_text import MOST_PATHS
from .rows import UP, Row, Table, Tables, truth

VRF = "default"

ANY = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}


@dataclass(frozen=True)
class Family:
    """An address family: what is routed in it. `six` is the end of the names of what belongs to IPv6 alone."""

    name: Literal["ipv4", "ipv6"]
    six: Literal["", "6"]
    loopbacks: PrefixMatch
    hosts: PrefixMatch | None
    own: str
    block: str
    host_length: int

    @property
    def mode(self) -> str:
        return "IPv6" if self.six else "IPv4"

    @property
    def unicast(self) -> str:
        return f"{self.name}_unicast"


def routing_tables(switch: SwitchModel) -> Tables:
    """All BGP tables and the policies that they use."""
    families = list(_families(switch))
    paths = str(max(1, min(switch.paths, MOST_PATHS)))
    tables: Tables = {
        "BGP_GLOBALS": {VRF: _globals(switch)},
        "BGP_GLOBALS_AF": {f"{VRF}|{f.unicast}": {"max_ebgp_paths": paths} for f in families},
        "BGP_PEER_GROUP": {f"{VRF}|{name}": _group(switch) for name, _, _ in _groups(switch, families)},
        "BGP_PEER_GROUP_AF": {
            f"{VRF}|{name}|{f.unicast}": _group_family(group, f)
            for name, group, mine in _groups(switch, families)
            for f in mine
        },
        "BGP_NEIGHBOR": dict(_neighbours(switch)),
        "ROUTE_REDISTRIBUTE": {f"{VRF}|connected|bgp|{f.name}": {"route_map": [f"CONNECTED{f.six}"]} for f in families},
        "PREFIX_SET": {},
        "PREFIX": {},
        "ROUTE_MAP": {},
    }
    blocks: Table = {
        f"{VRF}|{f.unicast}|{f.block}": {"summary_only": "true"} for f in families if _aggregated(switch, f)
    }
    if blocks:
        tables["BGP_GLOBALS_AF_AGGREGATE_ADDR"] = blocks
    for family in families:
        _policies(switch, family, tables)
    tables["ROUTE_MAP_SET"] = {key.partition("|")[0]: {} for key in tables["ROUTE_MAP"]}
    return tables


def _families(switch: SwitchModel) -> Iterator[Family]:
    network = switch.network
    yield Family("ipv4", "", network.loopbacks, network.hosts, f"{switch.loopback}/32", switch.block, 31)
    if network.loopbacks6 is not None:
        own = f"{switch.loopback6}/128"
        yield Family("ipv6", "6", network.loopbacks6, network.hosts6, own, switch.block6, 127)


def _aggregated(switch: SwitchModel, family: Family) -> bool:
    return switch.network.aggregate and bool(family.block)


def _globals(switch: SwitchModel) -> Row:
    return {
        "local_asn": str(switch.asn),
        "router_id": switch.loopback,
        "default_ipv4_unicast": "false",
        "load_balance_mp_relax": truth(switch.relax),
        "log_nbr_state_changes": "true",
    }


def _groups(switch: SwitchModel, families: list[Family]) -> list[tuple[str, PeerGroup, list[Family]]]:
    """Peer groups by name, with their families: one of both where sessions are unnumbered, else one for each family."""
    if switch.network.unnumbered:
        return [(group.name, group, families) for group in switch.groups]
    return [(f"{group.name}{f.six}", group, [f]) for group in switch.groups for f in families]


def _group(switch: SwitchModel) -> Row:
    network = switch.network
    return {
        "peer_type": "external",
        "keepalive": str(network.keepalive_s),
        "holdtime": str(network.hold_s),
        "bfd": truth(network.bfd is not None),
    }


def _group_family(group: PeerGroup, family: Family) -> Row:
    row: Row = {"admin_status": UP, "route_map_in": [f"{group.name}-IN{family.six}"]}
    row["route_map_out"] = [f"{group.name}-OUT{family.six}"]
    if group.allowas_in:
        row |= {"allow_as_in": "true", "allow_as_count": str(group.allowas_in)}
    if group.default_route:
        row["send_default_route"] = "true"
    return row


def _neighbours(switch: SwitchModel) -> Iterator[tuple[str, Row]]:
    for i in switch.fabric:
        for name, group in _sessions(i):
            yield f"{VRF}|{name}", {"peer_group_name": group, "name": i.peer, "admin_status": UP}


def _sessions(interface: Interface) -> Iterator[tuple[str, str]]:
    """The neighbour, an interface or an address, and the peer group of every session on an interface."""
    if not interface.peer_address:
        yield interface.port.name, interface.group
        return
    yield interface.peer_address, interface.group
    if interface.peer_address6:
        yield interface.peer_address6, f"{interface.group}6"


def _policies(switch: SwitchModel, family: Family, tables: Tables) -> None:
    """Prefix sets and route maps of a family, added to those that are there."""
    network, six = switch.network, family.six
    sets = {f"LOOPBACKS{six}": family.loopbacks, f"OWN{six}": _exactly(family.own)}
    if network.default_route:
        sets[f"DEFAULT{six}"] = _exactly(ANY[family.name])
    if family.hosts is not None:
        sets[f"HOSTS{six}"] = family.hosts
    if family.block:
        sets[f"BLOCK{six}"] = _exactly(family.block)
        sets[f"LINKS{six}"] = PrefixMatch(family.block, family.host_length, family.host_length)
    for name, match in sets.items():
        tables["PREFIX_SET"][name] = {"mode": family.mode}
        tables["PREFIX"][f"{name}|10|{match.prefix}|{_range(match)}"] = {"action": "permit"}
    maps = tables["ROUTE_MAP"]
    connected = [(f"OWN{six}", network.loopback_community)]
    if family.block:
        connected.append((f"LINKS{six}", network.host_community))
    _map(maps, f"CONNECTED{six}", connected)
    known = [(f"LOOPBACKS{six}", "")] + ([(f"HOSTS{six}", "")] if family.hosts is not None else [])
    defaulted = [known[0], (f"DEFAULT{six}", "")]
    # An aggregate takes no community where it is made, so it gets it on the way out.
    marked = [(f"BLOCK{six}", network.host_community)] if network.host_community and _aggregated(switch, family) else []
    for group in switch.groups:
        from_above = network.default_route and group.name == "UPLINKS"
        _map(maps, f"{group.name}-IN{six}", defaulted if from_above else known)
        _map(maps, f"{group.name}-OUT{six}", [known[0]] if group.default_route else [*marked, *known])


def _map(maps: Table, name: str, entries: list[tuple[str, str]]) -> None:
    """A route map that lets prefix sets through in turn, each with a community if it has one."""
    for n, (prefixes, community) in enumerate(entries):
        row: Row = {"route_operation": "permit", "match_prefix_set": prefixes}
        if community:
            row["set_community_inline"] = [community]
        maps[f"{name}|{10 * (n + 1)}"] = row


def _exactly(prefix: str) -> PrefixMatch:
    length = int(prefix.rpartition("/")[2])
    return PrefixMatch(prefix, length, length)


def _range(match: PrefixMatch) -> str:
    """Lengths as SONiC writes them."""
    return "exact" if match.low == match.high == match.length else f"{match.low}..{match.high}"
