"""Routing policies: `openconfig-routing-policy`, prefix sets and what accepts them.

Communities are set by `openconfig-bgp-policy` alone, which is left out; see RW8051.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .._kit.device_model import PeerGroup, PrefixMatch, SwitchModel
from .nodes import Node, Value, keyed

_ACCEPT: Node = {"config": {"policy-result": "ACCEPT_ROUTE"}}


@dataclass(frozen=True, slots=True)
class Family:
    """An address family: what is routed in it. `six` is the end of the names of what belongs to IPv6 alone."""

    name: Literal["IPV4", "IPV6"]
    six: Literal["", "6"]
    loopbacks: PrefixMatch
    hosts: PrefixMatch | None
    own: str
    block: str
    any: str
    host_length: int

    @property
    def unicast(self) -> str:
        """The identity of its routes in BGP."""
        return f"openconfig-bgp-types:{self.name}_UNICAST"


def families(switch: SwitchModel) -> tuple[Family, ...]:
    """The address families of a switch."""
    network = switch.network
    own = f"{switch.loopback}/32"
    four = Family("IPV4", "", network.loopbacks, network.hosts, own, switch.block, "0.0.0.0/0", 31)
    if network.loopbacks6 is None:
        return (four,)
    own6 = f"{switch.loopback6}/128"
    return four, Family("IPV6", "6", network.loopbacks6, network.hosts6, own6, switch.block6, "::/0", 127)


def routing_policy(switch: SwitchModel) -> Node:
    """All prefix sets and policies of a switch."""
    sets: list[Value] = []
    policies: list[Value] = []
    for family in families(switch):
        sets += [_set(f"{name}{family.six}", family, match) for name, match in _sets(switch, family)]
        for name, accepted in _policies(switch, family):
            policies.append(_policy(f"{name}{family.six}", [f"{prefixes}{family.six}" for prefixes in accepted]))
    return {
        "defined-sets": {"prefix-sets": {"prefix-set": sets}},
        "policy-definitions": {"policy-definition": policies},
    }


def _sets(switch: SwitchModel, family: Family) -> Iterator[tuple[str, PrefixMatch]]:
    if switch.network.default_route:
        yield "DEFAULT", _exactly(family.any)
    if family.hosts is not None:
        yield "HOSTS", family.hosts
    if family.block:
        yield "LINKS", PrefixMatch(family.block, family.host_length, family.host_length)
    yield "LOOPBACKS", family.loopbacks
    yield "OWN", _exactly(family.own)


def _set(name: str, family: Family, match: PrefixMatch) -> Node:
    prefix = keyed({"ip-prefix": match.prefix, "masklength-range": lengths(match)}, "ip-prefix", "masklength-range")
    return keyed({"name": name, "mode": family.name}, "name", prefixes={"prefix": [prefix]})


def _policies(switch: SwitchModel, family: Family) -> Iterator[tuple[str, list[str]]]:
    """What is accepted where. A default route comes from above alone, so it cannot go round."""
    hosts = ["HOSTS"] if family.hosts is not None else []
    # A summary stands for the links to hosts; that alone is told to others, and it is made in a table of its own.
    yield "CONNECTED", ["OWN", *(["LINKS"] if family.block and not switch.network.aggregate else [])]
    if aggregated(switch, family):
        yield "AGGREGATE", hosts
    for group in switch.groups:
        from_above = switch.network.default_route and group.name == "UPLINKS"
        yield f"{group.name}-IN", ["LOOPBACKS", *(["DEFAULT"] if from_above else hosts)]
        yield f"{group.name}-OUT", ["LOOPBACKS", *outward(group, hosts)]


def outward(group: PeerGroup, hosts: list[str]) -> list[str]:
    """What these neighbours are told besides loopbacks; a default route is sent without asking the policy."""
    return ["DEFAULT"] if group.default_route else hosts


def aggregated(switch: SwitchModel, family: Family) -> bool:
    """Whether a switch makes a summary of its links to hosts."""
    return switch.network.aggregate and bool(family.block)


def _policy(name: str, accepted: list[str]) -> Node:
    statements: list[Value] = [
        keyed(
            {"name": prefixes},
            "name",
            conditions={"match-prefix-set": {"config": {"prefix-set": prefixes, "match-set-options": "ANY"}}},
            actions=_ACCEPT,
        )
        for prefixes in accepted
    ]
    return keyed({"name": name}, "name", statements={"statement": statements})


def _exactly(prefix: str) -> PrefixMatch:
    length = int(prefix.rpartition("/")[2])
    return PrefixMatch(prefix, length, length)


def lengths(match: PrefixMatch) -> str:
    """`masklength-range` of a prefix set."""
    return "exact" if match.low == match.high == match.length else f"{match.low}..{match.high}"
