"""Zone files. Source: RFC 1035 section 5 (master files), RFC 3596 (AAAA, ip6.arpa), RFC 2308 (the last field of SOA).

Names are relative to the zone, so a file says nothing of where it hangs. A reverse zone is one /24 of IPv4 or one /64
of IPv6: no more than what the pools hold, except where a pool is smaller than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address

from ...compiler.network.addresses import dotted
from .._kit.placeholders import server
from .._kit.safe import folder
from .records import Record

SERIAL = 1
"""Bytes follow from the spec alone, and no number that does so grows with every change, as a serial must. So it is
fixed, and whoever serves the zones to secondaries counts."""

TTL_S = 3600


@dataclass(frozen=True)
class Zone:
    """A zone: its name without the closing dot, its file below the folder of all, and its bytes."""

    name: str
    path: str
    data: bytes


def forward(found: Iterable[Record]) -> Iterator[Zone]:
    """A zone a domain."""
    by_domain: dict[str, list[Record]] = {}
    for record in found:
        by_domain.setdefault(record.domain, []).append(record)
    for domain, own in sorted(by_domain.items()):
        lines = []
        for record in own:
            lines.append(f"{record.name}\t{'AAAA' if record.six else 'A'}\t{record.address}")
            if record.alias:
                lines.append(f"{record.alias}\tCNAME\t{record.name}")
        yield Zone(domain, f"forward/{folder(domain)}.zone", _file(lines))


def reverse(found: Iterable[Record]) -> Iterator[Zone]:
    """The zones that lead back from addresses to names, in order of address."""
    fours: dict[int, list[tuple[int, str]]] = {}
    sixes: dict[int, list[tuple[int, str]]] = {}
    for record in found:
        name = f"{record.name}.{record.domain}."
        if record.six:
            address = int(IPv6Address(record.six))
            sixes.setdefault(address >> 64, []).append((address, name))
        else:
            fours.setdefault(record.four >> 8, []).append((record.four, name))
    for block, own in sorted(fours.items()):
        octets = dotted(block << 8).split(".")[:3]
        name = ".".join(reversed(octets)) + ".in-addr.arpa"
        yield Zone(name, f"reverse/{name}.zone", _file(f"{at & 255}\tPTR\t{host}" for at, host in sorted(own)))
    for block, own in sorted(sixes.items()):
        name = f"{_nibbles(block)}.ip6.arpa"
        lines = (f"{_nibbles(at & (1 << 64) - 1)}\tPTR\t{host}" for at, host in sorted(own))
        yield Zone(name, f"reverse/{name}.zone", _file(lines))


def _nibbles(number: int) -> str:
    """Sixteen hexadecimal digits, the last one first."""
    return ".".join(reversed(f"{number:016x}"))


def _file(lines: Iterable[str]) -> bytes:
    name = f"{server('dns')}."
    head = [
        f"$TTL {TTL_S}",
        f"@\tSOA\t{name} hostmaster.{name} (",
        f"\t\t{SERIAL} ; serial: count it up at every change",
        "\t\t3600 ; refresh",
        "\t\t600 ; retry",
        "\t\t1209600 ; expire",
        f"\t\t{TTL_S} ) ; how long a name that is not there is remembered",
        f"@\tNS\t{name}",
    ]
    return ("\n".join([*head, *lines]) + "\n").encode()
