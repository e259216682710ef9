"""What the files of a switch say, whatever its operating system: read from their text alone, by `frr`, `sonic`, ….

Zero and the empty text stand for what a file does not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_interface

Files = Mapping[str, str]
"""The files of one device by name."""


@dataclass
class Port:
    """One data port in use. `addresses` are by family, with length; `speed` is in bit/s; `fec` is `rs` or `none`.

    `far` is what the far end is believed to be: device and interface, as it is checked over LLDP.
    """

    description: str = ""
    speed: int = 0
    fec: str = ""
    mtu: int = 0
    far: tuple[str, str] = ("", "")
    addresses: dict[int, str] = field(default_factory=dict)

    def take(self, address: str) -> None:
        self.addresses[ip_interface(address).version] = address


@dataclass(frozen=True)
class Session:
    """One end of a BGP session: on which port, with whom, and how.

    `peer` is the neighbour's address, empty between link-local ones. `asn` is 0 for any number but the own one. `bfd`
    is an interval in milliseconds and a multiplier, or nothing.
    """

    port: str
    peer: str
    asn: int
    families: frozenset[int]
    keepalive: int
    hold: int
    bfd: tuple[int, int] | None


@dataclass
class Switch:
    """What the files of one switch say."""

    os: str
    name: str = ""
    asn: int = 0
    router_id: str = ""
    loopbacks: dict[int, str] = field(default_factory=dict)
    ports: dict[str, Port] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    aggregates: list[str] = field(default_factory=list)

    def port_of(self, peer: str) -> str:
        """The port in whose network an address is; the address itself where there is none, so that it is seen."""
        for name, port in self.ports.items():
            for address in port.addresses.values():
                if ip_address(peer) in ip_interface(address).network:
                    return name
        return peer
