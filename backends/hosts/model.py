"""The model of a server: its ports on routed networks, and what each must be told."""

from __future__ import annotations

from typing import NamedTuple

from ...compiler.network.classes import QosClass


class Settings(NamedTuple):
    """What all ports of a network share. `mtu` is in bytes; `pool` and `pool6` hold all hosts of the network."""

    network: str
    mtu: int
    pool: str
    pool6: str
    classes: tuple[QosClass, ...]

    @property
    def lossless(self) -> tuple[QosClass, ...]:
        """The classes that PFC pauses."""
        return tuple(c for c in self.classes if c.lossless)


class HostPort(NamedTuple):
    """A port of a server that has an address.

    `port` is our own name of it. `linux` is what the catalog says that Linux calls it, empty if it does not;
    `variable` is the shell variable that says otherwise. Addresses have their length, gateways none; those of IPv6 end
    in 6 and are empty where there are none. `table` is the routing table for packets from its address. `alone` says
    that no other port of the server is in its network. `cable_m` is the length to plan for in metres. `nvidia` says
    that its adapter is NVIDIA's.
    """

    port: str
    linux: str
    variable: str
    speed: int
    address: str
    gateway: str
    address6: str
    gateway6: str
    table: int
    alone: bool
    peer: str
    peer_port: str
    peer_interface: str
    cable: str
    cable_m: int
    nvidia: bool
    settings: Settings


class Host(NamedTuple):
    """A server and its ports on routed networks, in order of port number."""

    name: str
    ports: tuple[HostPort, ...]
