"""Routing: `openconfig-network-instance` with BGP, what it takes from other tables, and the management's own table."""

from __future__ import annotations

from collections.abc import Iterator

from .._kit.device_model import Interface, PeerGroup, SwitchModel
from .names import LOOPBACK, Box
from .nodes import Node, Value, keyed, texts
from .policy import Family, aggregated, families

DEFAULT = "DEFAULT"
"""The name of the instance of type DEFAULT_INSTANCE, as the model's own examples have it."""

MANAGEMENT = "MGMT"

POLICY_TYPES = "openconfig-policy-types"
KINDS = "openconfig-network-instance-types"

BGP, CONNECTED, AGGREGATE, STATIC = (
    f"{POLICY_TYPES}:{name}" for name in ("BGP", "DIRECTLY_CONNECTED", "LOCAL_AGGREGATE", "STATIC")
)

_REJECT: Node = {"default-import-policy": "REJECT_ROUTE", "default-export-policy": "REJECT_ROUTE"}


def network_instances(switch: SwitchModel, box: Box) -> Node:
    """The fabric's table, and the one of the management network where its port is known."""
    found: list[Value] = [_fabric(switch)]
    if box.management:
        found.append(_management(switch, box.management))
    return {"network-instance": found}


def _fabric(switch: SwitchModel) -> Node:
    mine = families(switch)
    sources = [(BGP, "BGP"), (CONNECTED, "CONNECTED")]
    blocks = [f for f in mine if aggregated(switch, f)]
    if blocks:
        sources.append((AGGREGATE, "AGGREGATE"))
    protocols: list[Value] = [_protocol(switch, identifier, mine, blocks) for identifier, _ in sources]
    tables: list[Value] = [
        keyed({"protocol": identifier, "address-family": _family(f)}, "protocol", "address-family")
        for identifier, name in sources
        for f in (blocks if name == "AGGREGATE" else mine)
    ]
    connections: list[Value] = [
        _connection(identifier, name, f)
        for identifier, name in sources[1:]
        for f in (blocks if name == "AGGREGATE" else mine)
    ]
    config: Node = {"name": DEFAULT, "type": f"{KINDS}:DEFAULT_INSTANCE", "router-id": switch.loopback}
    return keyed(
        config,
        "name",
        **{"table-connections": {"table-connection": connections}},
        interfaces={"interface": list(_members(switch))},
        tables={"table": tables},
        protocols={"protocol": protocols},
    )


def _members(switch: SwitchModel) -> Iterator[Value]:
    """The routed interfaces; each is the subinterface 0 of its port."""
    for name in [LOOPBACK, *(i.port.name for i in switch.linked)]:
        yield _member(name)


def _member(name: str) -> Node:
    return keyed({"id": name, "interface": name, "subinterface": 0}, "id")


def _family(family: Family) -> str:
    return f"openconfig-types:{family.name}"


def _connection(identifier: str, name: str, family: Family) -> Node:
    config: Node = {
        "src-protocol": identifier,
        "dst-protocol": BGP,
        "address-family": _family(family),
        "import-policy": texts((f"{name}{family.six}",)),
        "default-import-policy": "REJECT_ROUTE",
    }
    return keyed(config, "src-protocol", "dst-protocol", "address-family")


def _protocol(switch: SwitchModel, identifier: str, mine: tuple[Family, ...], blocks: list[Family]) -> Node:
    beside: Node = {}
    if identifier == BGP:
        beside["bgp"] = _bgp(switch, mine)
    elif identifier == AGGREGATE:
        # With `discard`, what is for a host that is not there goes no farther than its leaf.
        made: list[Value] = [keyed({"prefix": f.block, "discard": True}, "prefix") for f in blocks]
        beside["local-aggregates"] = {"aggregate": made}
    return keyed({"identifier": identifier, "name": DEFAULT, "enabled": True}, "identifier", "name", **beside)


def _bgp(switch: SwitchModel, mine: tuple[Family, ...]) -> Node:
    found: Node = {
        "global": {
            "config": {"as": switch.asn, "router-id": switch.loopback},
            "afi-safis": {"afi-safi": [_paths(switch, f) for f in mine]},
        },
        "peer-groups": {"peer-group": [_group(switch, *one) for one in _groups(switch, mine)]},
    }
    neighbours: list[Value] = [_neighbour(i, *one) for i in switch.fabric for one in _sessions(i)]
    if neighbours:
        found["neighbors"] = {"neighbor": neighbours}
    return found


def _paths(switch: SwitchModel, family: Family) -> Node:
    ebgp: Node = {"config": {"allow-multiple-as": switch.relax, "maximum-paths": switch.paths}}
    multiple: Node = {"config": {"enabled": switch.paths > 1}, "ebgp": ebgp}
    return keyed(
        {"afi-safi-name": family.unicast, "enabled": True}, "afi-safi-name", **{"use-multiple-paths": multiple}
    )


def _groups(switch: SwitchModel, mine: tuple[Family, ...]) -> list[tuple[str, PeerGroup, tuple[Family, ...]]]:
    """Peer groups by name, with their families: one of both where sessions are unnumbered, else one for each family."""
    if switch.network.unnumbered:
        return [(group.name, group, mine) for group in switch.groups]
    return [(f"{group.name}{f.six}", group, (f,)) for group in switch.groups for f in mine]


def _group(switch: SwitchModel, name: str, group: PeerGroup, mine: tuple[Family, ...]) -> Node:
    network = switch.network
    timers: Node = {"hold-time": network.hold_s, "keepalive-interval": network.keepalive_s}
    beside: Node = {
        "timers": {"config": timers},
        "logging-options": {"config": {"log-neighbor-state-changes": True}},
    }
    paths: Node = {}
    if group.allowas_in:
        paths["allow-own-as"] = group.allowas_in
    if group.name == "DOWNLINKS" and not switch.relax:
        # Switches below share a number, and by the model's default none is told what has its number in its path.
        paths["disable-peer-as-filter"] = True
    if paths:
        beside["as-path-options"] = {"config": paths}
    beside["afi-safis"] = {"afi-safi": [_group_family(switch, group, f) for f in mine]}
    if network.bfd is not None:
        # The model counts microseconds.
        interval = network.bfd.interval_ms * 1000
        bfd: Node = {
            "enabled": True,
            "desired-minimum-tx-interval": interval,
            "required-minimum-receive": interval,
            "detection-multiplier": network.bfd.multiplier,
        }
        beside["enable-bfd"] = {"config": bfd}
    return keyed(
        {"peer-group-name": name, "peer-type": "EXTERNAL", "description": _MEANINGS[group.name]},
        "peer-group-name",
        **beside,
    )


_MEANINGS = {
    "UPLINKS": "switches farther from the hosts",
    "DOWNLINKS": "switches nearer to the hosts",
    "SIDELINKS": "switches as far from the hosts",
}


def _group_family(switch: SwitchModel, group: PeerGroup, family: Family) -> Node:
    policy = _REJECT | {
        "import-policy": texts((f"{group.name}-IN{family.six}",)),
        "export-policy": texts((f"{group.name}-OUT{family.six}",)),
    }
    of_family: Node = {}
    if family.name == "IPV4" and switch.network.unnumbered:
        # RFC 8950: IPv4 prefixes over an IPv6 session.
        of_family["extended-next-hop-encoding"] = True
    if group.default_route:
        of_family["send-default-route"] = True
    beside: Node = {"apply-policy": {"config": dict(sorted(policy.items()))}}
    if of_family:
        beside[f"{family.name.lower()}-unicast"] = {"config": of_family}
    return keyed({"afi-safi-name": family.unicast, "enabled": True}, "afi-safi-name", **beside)


def _sessions(i: Interface) -> Iterator[tuple[str, str]]:
    """Address and peer group of the sessions on a link; a neighbour without an address cannot be written (RW8050)."""
    if i.peer_address:
        yield i.peer_address, i.group
    if i.peer_address6:
        yield i.peer_address6, f"{i.group}6"


def _neighbour(i: Interface, address: str, group: str) -> Node:
    config: Node = {
        "neighbor-address": address,
        "peer-group": group,
        "peer-as": i.peer_asn,
        "enabled": True,
        "description": i.peer,
    }
    return keyed(config, "neighbor-address")


def _management(switch: SwitchModel, port: str) -> Node:
    """A table of its own, so that the fabric's routes and a default route to the gateway never meet."""
    beside: Node = {"interfaces": {"interface": [_member(port)]}}
    if switch.management and switch.network.gateway:
        hop = keyed({"index": "gateway", "next-hop": switch.network.gateway}, "index")
        route = keyed({"prefix": "0.0.0.0/0"}, "prefix", **{"next-hops": {"next-hop": [hop]}})
        static = keyed(
            {"identifier": STATIC, "name": DEFAULT, "enabled": True},
            "identifier",
            "name",
            **{"static-routes": {"static": [route]}},
        )
        beside["protocols"] = {"protocol": [static]}
    return keyed({"name": MANAGEMENT, "type": f"{KINDS}:L3VRF"}, "name", **beside)
