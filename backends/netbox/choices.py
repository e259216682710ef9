"""NetBox's own words (slugs of its choices) for what ports, connectors and cables are.

Source: NetBox 4.6.8, `netbox/dcim/choices.py`, of which these are the values that a part of ours can have.
"""

from __future__ import annotations

import re

from ...compiler.cages import lanes
from ...compiler.schema import PortAttributes

OTHER = "other"
"""For whatever NetBox has no word."""

_GIGABIT = 10**9

PLUGGABLE: dict[str, dict[int, str]] = {
    "sfp28": {1: "1000base-x-sfp", 10: "10gbase-x-sfpp", 25: "25gbase-x-sfp28", 50: "50gbase-x-sfp28"},
    "sfp56": {10: "10gbase-x-sfpp", 25: "25gbase-x-sfp28", 50: "50gbase-x-sfp56"},
    "qsfp28": {40: "40gbase-x-qsfpp", 100: "100gbase-x-qsfp28"},
    "qsfp56": {40: "40gbase-x-qsfpp", 100: "100gbase-x-qsfp28", 200: "200gbase-x-qsfp56"},
    "qsfp112": {100: "100gbase-x-qsfp28", 200: "200gbase-x-qsfp56", 400: "400gbase-x-qsfp112"},
    "qsfp_dd": {
        100: "100gbase-x-qsfpdd",
        200: "200gbase-x-qsfpdd",
        400: "400gbase-x-qsfpdd",
        800: "800gbase-x-qsfpdd",
        1600: "1.6tbase-x-qsfpdd1600",
    },
    "osfp": {400: "400gbase-x-osfp", 800: "800gbase-x-osfp", 1600: "1.6tbase-x-osfp1600"},
    # NetBox tells no flat top from a finned one at 800 Gbps.
    "osfp_rhs": {400: "400gbase-x-osfp-rhs", 800: "800gbase-x-osfp", 1600: "1.6tbase-x-osfp1600-rhs"},
    "rj45": {1: "1000base-t", 5: "5gbase-t", 10: "10gbase-t"},
}
"""Ethernet by cage and speed in Gbps."""

INFINIBAND = {
    10: "infiniband-qdr",
    25: "infiniband-edr",
    50: "infiniband-hdr",
    100: "infiniband-ndr",
    200: "infiniband-xdr",
}
"""InfiniBand by the speed of one lane in Gbps; NetBox names generations, not widths."""

CONNECTORS = {
    "mpo12_apc": "mpo",
    "mpo12_upc": "mpo",
    "mpo16_apc": "mpo",
    "mpo16_upc": "mpo",
    "mpo12_apc_x2": "mpo",
    "lc_simplex": "lc-upc",
    "lc_duplex": "lc-upc",
    "lc_duplex_x2": "lc-upc",
    "lc_duplex_apc": "lc-apc",
    "rj45": "8p8c",
}
"""Ports of panels by connector."""

CABLES = {"dac": "dac-passive", "aec": "dac-active", "aoc": "aoc", "smf": "smf", "mmf": "mmf"}
"""Cables by medium, or by the fibre of the optics at their ends. The category of twisted pairs is not known."""

COLOURS = ("2196f3", "4caf50", "ff9800", "9c27b0", "00bcd4", "795548", "ffeb3b", "e91e63")
"""Of cables by network, from NetBox's palette (`netbox/netbox/choices.py`)."""

GREY = "9e9e9e"


def interface_type(port: PortAttributes, speed: int, width: int, infiniband: bool) -> str:
    """The type of a port of `speed` bit/s over `width` electrical lanes; `other` where NetBox has none."""
    if infiniband:
        return INFINIBAND.get(speed // max(width, 1) // _GIGABIT, OTHER)
    forms = [port.cage] if isinstance(port.cage, str) else port.cage or []
    for form in forms:
        word = PLUGGABLE.get(form, {}).get(speed // _GIGABIT) if speed % _GIGABIT == 0 else None
        if word is not None:
            return word
    return OTHER


def width_of(port: PortAttributes, parts: int) -> int:
    """Electrical lanes of one of the ports that a cage is split into."""
    return max(lanes(port) // max(parts, 1), 1)


_NOT_IN_SLUG = re.compile(r"[^a-z0-9_]+")


def slug(text: str, taken: set[str]) -> str:
    """A slug for a text: at most 100 of lower-case letters, digits, hyphens and underscores, unlike all that are
    taken; it is taken from then on."""
    base = _NOT_IN_SLUG.sub("-", text.lower()).strip("-")[:90] or "x"
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    taken.add(found)
    return found
