"""IPv6 addresses beside IPv4 ones: an address has the same distance from the start of its pool in both.

So they need no numbering of their own, and a reader finds one from the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import AddressValueError, IPv6Address, IPv6Network, NetmaskValueError

from .addresses import Prefix


@dataclass(frozen=True)
class Prefix6:
    """A block of IPv6 addresses: `base` is a multiple of its size, `length` its prefix length."""

    base: int
    length: int

    @property
    def size(self) -> int:
        """Addresses in the block."""
        return 1 << (128 - self.length)

    def overlaps(self, other: Prefix6) -> bool:
        return self.base < other.base + other.size and other.base < self.base + self.size

    @cached_property
    def _head(self) -> str:
        """The text before the last 32 bits, if what precedes them ends in the run of zeros that `::` stands for."""
        text = str(IPv6Address(self.base))
        return text if text.endswith("::") and not self.base & 0xFFFF_FFFF_FFFF else ""

    def text(self, distance: int) -> str:
        """The address so far from the start, in the form of RFC 5952; `""` for a negative distance."""
        if distance < 0:
            return ""
        if self._head and distance < 1 << 32:
            # Printing millions of addresses one by one through ipaddress would take longer than all the rest.
            high, low = distance >> 16, distance & 0xFFFF
            return self._head + (f"{high:x}:{low:x}" if high else f"{low:x}" if low else "")
        return str(IPv6Address(self.base + distance))

    def __str__(self) -> str:
        return f"{IPv6Address(self.base)}/{self.length}"


@dataclass(frozen=True)
class Pair:
    """An IPv4 pool and the IPv6 pool that goes with it."""

    four: Prefix
    six: Prefix6

    def text(self, address: int) -> str:
        """The IPv6 address that goes with an IPv4 address of the pool; `""` for none (-1)."""
        return self.six.text(address - self.four.base) if address >= 0 else ""


def parse_prefix6(text: str) -> Prefix6 | str:
    """A prefix such as `fd00:0:1::/64`, or why it is none (one sentence, lower case)."""
    try:
        network = IPv6Network(text, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        return f"`{text}` is not an IPv6 prefix"
    if "/" not in text:
        return f"`{text}` has no prefix length"
    if "%" in text:
        return f"`{text}` names a zone"
    prefix = Prefix6(int(network.network_address), network.prefixlen)
    if text != str(prefix):
        return f"`{text}` has bits set beyond its length, or is not in the usual form; the prefix is `{prefix}`"
    if network.is_loopback or network.is_multicast or network.is_link_local or network.network_address.is_unspecified:
        return f"`{text}` is not for unicast between machines"
    if network.is_reserved:
        return f"`{text}` is reserved by IANA"
    return prefix
