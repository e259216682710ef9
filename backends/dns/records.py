"""Which names there are, and the addresses of each.

A switch's own name is that of its management address. Its loopback is `lo.<host>`, which is reached through the fabric
and not through the management network. In front of an address there is no `_` (RFC 1123), and members of a spec often
have one, so there stands `-`; the name with `_` leads to it, since an alias may be called anything (RFC 2181 section
11).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...compiler.network.addresses import dotted
from ...compiler.network.routing import plan
from ...compiler.plant import Plant
from .._kit.network_model import services
from .._kit.placeholders import domain as unknown_domain
from .._kit.planned import members
from .._kit.safe import one_line

LOOPBACK = "lo"

_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
"""A label of a host name: RFC 1123 section 2.1, RFC 1035 section 2.3.4."""


class Record(NamedTuple):
    """A name in a domain, relative to it, and one address of it. `six` is an IPv6 address, `""` if `four` counts.
    `alias` is another name for the same, `""` for none."""

    domain: str
    name: str
    four: int
    six: str
    alias: str

    @property
    def address(self) -> str:
        return self.six or dotted(self.four)


def is_dns_name(name: str) -> bool:
    """Whether every label of a name may stand in front of an address."""
    return len(name) <= 190 and all(_LABEL.fullmatch(label) for label in name.split("."))


def dns_names(plant: Plant) -> list[str]:
    """What every device is called in DNS; empty where that is nothing, or what another device is called."""
    names = plant.devices.names
    wanted = [name.replace("_", "-") for name in names]
    count = Counter(name.lower() for name in wanted)
    return [name if is_dns_name(name) and count[name.lower()] == 1 else "" for name in wanted]


def domains(plant: Plant) -> list[str]:
    """The domain of each planned network; a placeholder where the spec names none."""
    networks = plant.at_capacity.design.networks
    found = []
    for one in members(plant).networks:
        network = networks[one.network]
        found.append(services(network.attributes).domain or unknown_domain(_word(network.name)))
    return found


def _word(name: str) -> str:
    return one_line(name).replace(" ", "_")


def records(plant: Plant) -> Iterator[Record]:
    """All records, by device; none of devices whose name cannot stand in DNS."""
    known, grown = members(plant), plant.at_capacity
    named, called = domains(plant), dns_names(plant)
    pairs = {r.network: r.pools.loopbacks6 for r in plan(grown.design, grown)[0]}
    for device in np.flatnonzero(known.network >= 0).tolist():
        host, own, number = called[device], plant.devices.names[device], int(known.network[device])
        if not host:
            continue
        alias = own if own != host else ""
        management, loopback = int(known.management[device]), int(known.loopback[device])
        if management >= 0:
            yield Record(named[number], host, management, "", alias)
        if loopback >= 0:
            inner, other = f"{LOOPBACK}.{host}", f"{LOOPBACK}.{alias}" if alias else ""
            yield Record(named[number], inner, loopback, "", other)
            pair = pairs.get(known.networks[number].network)
            if pair is not None:
                yield Record(named[number], inner, loopback, pair.text(loopback), "")
