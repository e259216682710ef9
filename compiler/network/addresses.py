"""IPv4 addresses as integers: pools, prefixes and their text.

An address is an unsigned 32-bit number in an int64 column, so numbering is arithmetic; -1 means none.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Prefix:
    """A block of addresses: `base` is a multiple of its size, `length` its prefix length."""

    base: int
    length: int

    @property
    def size(self) -> int:
        """Addresses in the block."""
        return 1 << (32 - self.length)

    def overlaps(self, other: Prefix) -> bool:
        return self.base < other.base + other.size and other.base < self.base + self.size

    def __str__(self) -> str:
        return f"{dotted(self.base)}/{self.length}"


def parse_prefix(text: str) -> Prefix | str:
    """A prefix such as `10.0.0.0/12`, or why it is none (one sentence, lower case)."""
    try:
        network = IPv4Network(text, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        return f"`{text}` is not an IPv4 prefix"
    if "/" not in text:
        return f"`{text}` has no prefix length"
    prefix = Prefix(int(network.network_address), network.prefixlen)
    if text != str(prefix):
        return f"`{text}` has bits set beyond its length, or is not in the usual form; the prefix is `{prefix}`"
    if network.is_loopback or network.is_multicast or network.is_link_local or network.network_address.is_unspecified:
        return f"`{text}` is not for unicast between machines"
    if network.is_reserved:
        return f"`{text}` is reserved by IANA"
    return prefix


def dotted(address: int) -> str:
    """One address as text."""
    return f"{address >> 24 & 255}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def dotted_column(addresses: NDArray[np.int64]) -> list[str]:
    """Many addresses as text; `""` for -1."""
    return [dotted(a) if a >= 0 else "" for a in addresses.tolist()]
