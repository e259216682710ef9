"""Which names there are, and the addresses of each.

A switch's own name is that of its management address. Its loopback is `lo.<host>`, which is reached through the fabric
and not through the management network.
"""

from __future__ import annotations

import re
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
    """A name in a domain, relative to it, and one address of it. `six` is an IPv6 address, `""` if `four` counts."""

    domain: str
    name: str
    four: int
    six: str

    @property
    def address(self) -> str:
        return self.six or dotted(self.four)


def is_dns_name(name: str) -> bool:
    """Whether every label of a name may stand in front of an address."""
    return len(name) <= 190 and all(_LABEL.fullmatch(label) for label in name.split("."))


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
    named = domains(plant)
    pairs = {r.network: r.pools.loopbacks6 for r in plan(grown.design, grown)[0]}
    for device in np.flatnonzero(known.network >= 0).tolist():
        host, number = plant.devices.names[device], int(known.network[device])
        if not is_dns_name(host):
            continue
        management, loopback = int(known.management[device]), int(known.loopback[device])
        if management >= 0:
            yield Record(named[number], host, management, "")
        if loopback >= 0:
            yield Record(named[number], f"{LOOPBACK}.{host}", loopback, "")
            pair = pairs.get(known.networks[number].network)
            if pair is not None:
                yield Record(named[number], f"{LOOPBACK}.{host}", loopback, pair.text(loopback))
