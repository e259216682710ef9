"""Strings that stand in configurations as they are: addresses, names, communities.

A text of such a shape holds no blank, quote or line end, so it can be printed anywhere.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated

from .values import Shaped

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_PCI = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]")
_COMMUNITY = re.compile(r"([0-9]{1,5}):([0-9]{1,5})")


def is_address(text: str) -> bool:
    """An IPv4 or IPv6 address of a machine, without a zone."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return "%" not in text and not (address.is_multicast or address.is_unspecified or address.is_loopback)


def is_domain(text: str) -> bool:
    """A domain name: RFC 1123 section 2.1, at most 253 characters."""
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None and not text.replace(".", "").isdigit()


def is_host(text: str) -> bool:
    """An address, or a name that is looked up."""
    return is_address(text) or is_domain(text)


def is_user(text: str) -> bool:
    """A login name that every operating system takes (useradd of shadow-utils)."""
    return _USER.fullmatch(text) is not None


def is_community(text: str) -> bool:
    """A standard community `number:number` (RFC 1997), without the reserved first and last blocks."""
    found = _COMMUNITY.fullmatch(text)
    if found is None:
        return False
    return 0 < int(found[1]) < 65535 and int(found[2]) <= 65535


def is_pci(text: str) -> bool:
    """A PCI address as Linux writes it: domain, bus, device and function, in small hexadecimal digits."""
    return _PCI.fullmatch(text) is not None


Address = Annotated[str, Shaped("an address of a machine", "192.0.2.10", is_address)]
Host = Annotated[str, Shaped("an address or a domain name", "ntp.example.net", is_host)]
Domain = Annotated[str, Shaped("a domain name", "dc1.example.net", is_domain)]
User = Annotated[str, Shaped("a login name", "netops", is_user)]
Community = Annotated[str, Shaped("a community", "65000:100", is_community)]
PciAddress = Annotated[str, Shaped("a PCI address", "0000:1b:00.0", is_pci)]
