"""The model of a switch: what every network operating system has to be told, in no one's words.

These are types alone; `switch_models` fills them from columns. Templates print them and compute nothing. The backend
`device-model` writes them as JSON, so whatever changes here changes what strangers' templates read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from ...compiler.network.classes import QosClass
from ...compiler.network.headroom import Room
from .ports import Port

Role = Literal["leaf", "spine", "superspine", "core"]
Use = Literal["fabric", "host", "linked", "unused"]
GroupName = Literal["UPLINKS", "DOWNLINKS", "SIDELINKS"]


class PrefixMatch(NamedTuple):
    """Prefixes inside `prefix` whose length is from `low` to `high`."""

    prefix: str
    low: int
    high: int

    @property
    def length(self) -> int:
        """Length of the enclosing prefix."""
        return int(self.prefix.rpartition("/")[2])


class Interface(NamedTuple):
    """A port with what is linked to it. A tuple, because a large fabric has millions.

    `kind`: `fabric` leads to another switch of the network, `host` to an addressed host, `linked` to anything else.
    `description` names the far end and the cable. `peer_port` is our own name of the far port, `peer_interface` what
    the far end's operating system calls it (the same, if that is not known). `peer_asn` is -1 but for a switch of the
    network; `group` is then the peer group of its session.
    `address` is its own with length, `peer_address` the other end's without; both are empty if unnumbered, and so are
    those of IPv6, whose names end in 6.
    `cable_m` is the length to plan for in metres: the cable's, rounded up, or the longest that it can be (0: unused).
    `room` is the headroom of each lossless class, None where there is none or it is not known.
    """

    port: Port
    kind: Use
    description: str
    cable: str
    peer: str
    peer_port: str
    peer_interface: str
    peer_asn: int
    group: GroupName | Literal[""]
    address: str
    peer_address: str
    address6: str
    peer_address6: str
    cable_m: int
    room: Room | None


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """Sessions that are alike: with switches nearer to the hosts, farther from them, or as far.

    `allowas_in` is how often an own AS number is let through in a received path. `default_route` says that these
    neighbours are told a default route in place of the hosts' prefixes.
    """

    name: GroupName
    allowas_in: int
    default_route: bool


@dataclass(frozen=True, slots=True)
class Bfd:
    """Bidirectional forwarding detection: interval in milliseconds, both directions."""

    interval_ms: int
    multiplier: int


@dataclass(frozen=True, slots=True)
class Watchdog:
    """PFC watchdog of the lossless queues; times in milliseconds."""

    detect_ms: int
    restore_ms: int
    action: Literal["drop", "forward"]


@dataclass(frozen=True, slots=True)
class Qos:
    """Traffic classes by priority. Every DSCP is in exactly one."""

    classes: tuple[QosClass, ...]
    watchdog: Watchdog
    load_balance: Literal["ecmp", "qp", "dynamic", "spray"]

    @property
    def lossless(self) -> tuple[QosClass, ...]:
        """The classes that PFC pauses."""
        return tuple(c for c in self.classes if c.lossless)


@dataclass(frozen=True, slots=True)
class Sflow:
    """Sampled flows: one packet of `rate`, counters every `polling_s` seconds."""

    collector: str
    port: int
    rate: int
    polling_s: int


@dataclass(frozen=True, slots=True)
class Services:
    """What switches report to and are reached by. `gnmi` is a TCP port, 0 for off. `users` are names alone."""

    domain: str
    dns: tuple[str, ...]
    ntp: tuple[str, ...]
    syslog: tuple[str, ...]
    sflow: Sflow | None
    gnmi: int
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkModel:
    """What all switches of a network share. `mtu` is in bytes, without the Ethernet header; times in seconds.

    `hosts` matches what the fabric hears of hosts: the leaves' blocks if they are aggregated, else host links.
    `default_route` says that switches tell those below them a default route in place of these.
    `gateway` is that of the management network, empty with DHCP.
    """

    name: str
    mtu: int
    unnumbered: bool
    bfd: Bfd | None
    keepalive_s: int
    hold_s: int
    aggregate: bool
    default_route: bool
    loopbacks: PrefixMatch
    hosts: PrefixMatch | None
    loopbacks6: PrefixMatch | None
    hosts6: PrefixMatch | None
    loopback_community: str
    host_community: str
    qos: Qos | None
    gateway: str
    services: Services

    @property
    def ipv6(self) -> bool:
        """Whether IPv6 prefixes are routed beside those of IPv4."""
        return self.loopbacks6 is not None


@dataclass(frozen=True, slots=True)
class SwitchModel:
    """One switch. `interfaces` are all its data ports in order of port number, unused ones included.

    `loopback` is its only address of length 32, and its router id. `block` is the prefix that holds the addresses of
    all its host ports, empty if it has none. `management` is its address in the management network with length, empty
    with DHCP. `os` is the operating system that the spec gives it. `paths` is how many equal paths it must take;
    `relax` says that these have different AS paths.
    """

    name: str
    network: NetworkModel
    role: Role
    tier: int
    asn: int
    loopback: str
    loopback6: str
    block: str
    block6: str
    management: str
    os: str
    model: str
    vendor: str
    platform: str
    hwsku: str
    asic: str
    groups: tuple[PeerGroup, ...]
    paths: int
    relax: bool
    interfaces: tuple[Interface, ...]

    @property
    def fabric(self) -> list[Interface]:
        """Its interfaces to other switches."""
        return [i for i in self.interfaces if i.kind == "fabric"]

    @property
    def hosts(self) -> list[Interface]:
        """Its interfaces to hosts."""
        return [i for i in self.interfaces if i.kind == "host"]

    @property
    def linked(self) -> list[Interface]:
        """Its interfaces with a cable."""
        return [i for i in self.interfaces if i.kind != "unused"]
