"""What a startup-config says, read line by line by `eos.lark`: nothing of Arista's reads one without a switch.

It knows nothing of the compiler; all it has is the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address, ip_interface
from pathlib import Path

from lark import Lark, Token, Tree

Node = Tree[Token]


@cache
def parser() -> Lark:
    grammar = Path(__file__).with_name("eos.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


@dataclass
class Port:
    """One Ethernet interface."""

    name: str
    idle: bool
    description: str = ""
    mtu: int = 0
    speed: str = ""
    address: str = ""
    address6: str = ""
    enable6: bool = False
    routed: bool = False
    profile: str = ""

    @property
    def far(self) -> str:
        """The far end's host name, the second word of the description."""
        return "".join(self.description.split(" ")[1:2])

    @property
    def cable(self) -> str:
        """The cable, the last word of it."""
        return self.description.rpartition(" ")[2]


@dataclass
class Group:
    """A peer group: how often each of its commands is there."""

    commands: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)


@dataclass
class Neighbour:
    """A session by address or interface."""

    group: str = ""
    asn: int = 0
    peer: str = ""


@dataclass
class Config:
    """What a configuration says, as far as it is compared with other parts of itself or with other files."""

    tree: Node
    hostname: str = ""
    loopback: str = ""
    loopback6: str = ""
    asn: int = 0
    router_id: str = ""
    ports: dict[str, Port] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    neighbours: dict[str, Neighbour] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def all_of(tree: Node, rule: str) -> list[Node]:
    """Every node of a rule, in the order of lines."""
    return sorted(tree.find_data(rule), key=lambda node: node.meta.line)


def values_of(node: Node) -> list[str]:
    """The values of a line."""
    return [str(child) for child in node.children if isinstance(child, Token)]


def line(node: Node, rule: str) -> list[str] | None:
    """The values of the line of a rule below a node, if it is there."""
    found = next(iter(node.find_data(rule)), None)
    return None if found is None else values_of(found)


def twice(what: str, found: list[str]) -> Iterator[str]:
    for name, count in Counter(found).items():
        if count > 1:
            yield f"{what} {name} is there {count} times"


def in_range(what: str, value: str, allowed: range) -> Iterator[str]:
    if int(value) not in allowed:
        yield f"{what} {value} is not from {allowed[0]} to {allowed[-1]}"


def inside(address: str, interface: str) -> bool:
    try:
        return ip_address(address) in ip_interface(interface).network
    except ValueError:
        return False
