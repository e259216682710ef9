"""BGP's configuration, `bgp.conf`: a `BgpConfig` of configerator/structs/neteng/fboss/bgp/bgp_config.thrift.

Every session is between two addresses of one link and carries the prefixes of their family, as the other systems have
it, so that a link may join two of them. What a switch originates are its loopback and, on a leaf, its hosts. No policy
is written: bgp_config has its own language for it, and what the network asks for needs none.
"""

from __future__ import annotations

import orjson

from .._kit.device_model import Interface, SwitchModel
from .thrift import Struct

_NOWHERE6 = "::"
"""Next hop of a family without addresses."""


def config(switch: SwitchModel) -> bytes:
    """`bgp.conf` of one switch."""
    network = switch.network
    found: Struct = {
        "router_id": switch.loopback,
        "networks4": _networks(switch, four=True),
        "networks6": _networks(switch, four=False),
        "peers": [peer for i in switch.fabric for peer in _peers(i)],
        "hold_time": network.hold_s,
        "listen_port": 179,
        "listen_addr": "::",
        "peer_groups": [_group(switch, group.name) for group in switch.groups],
        "local_as_4_byte": switch.asn,
    }
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _networks(switch: SwitchModel, four: bool) -> list[Struct]:
    """The loopback, and the hosts as one block or link by link."""
    network = switch.network
    loopback, block = (switch.loopback, switch.block) if four else (switch.loopback6, switch.block6)
    found = [_network(f"{loopback}/{32 if four else 128}", network.loopback_community)] if loopback else []
    if not block:
        return found
    if network.aggregate:
        return [*found, _network(block, network.host_community)]
    # Of the two addresses of a host link the switch has the first, so its address is the prefix.
    links = (i.address if four else i.address6 for i in switch.hosts)
    return found + [_network(link, network.host_community) for link in links if link]


def _network(prefix: str, community: str) -> Struct:
    return {"prefix": prefix} | ({"communities": [community]} if community else {})


def _peers(i: Interface) -> list[Struct]:
    """The sessions of a link: one, or one for each family. The thrift asks for next hops of both in every peer."""
    own4, own6 = i.address.partition("/")[0], i.address6.partition("/")[0]
    alike = {
        "next_hop4": own4,
        "next_hop6": own6 or _NOWHERE6,
        "description": i.description,
        "peer_id": i.port.name,
        "remote_as_4_byte": i.peer_asn,
        "peer_group_name": i.group,
    }
    four: Struct = {"local_addr": own4, "peer_addr": i.peer_address, **alike}
    if not own6:
        return [four]
    six: Struct = {"local_addr": own6, "peer_addr": i.peer_address6, **alike}
    return [four | {"disable_ipv6_afi": True}, six | {"disable_ipv4_afi": True}]


def _group(switch: SwitchModel, name: str) -> Struct:
    network = switch.network
    timers = {
        "hold_time_seconds": network.hold_s,
        "keep_alive_seconds": network.keepalive_s,
        "out_delay_seconds": 0,
        "withdraw_unprog_delay_seconds": 0,
    }
    group: Struct = {"name": name, "next_hop_self": True, "bgp_peer_timers": timers}
    if not network.ipv6:
        group["disable_ipv6_afi"] = True
    return group
