"""DNS: forward and reverse zones of the switches that the design gives addresses, written when named.

DHCP for the same addresses is `ztp/kea-dhcp4.json` of the backend `ztp`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.network_model import services
from .._kit.planned import members
from .records import dns_names, records
from .zones import Zone, forward, reverse

ROOT = "ops/dns"


class Dns:
    """The backend `dns`."""

    name = "dns"
    summary = "DNS: forward and reverse zones of management and loopback addresses (only when named)"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return [*_bad_names(plant), *_without_domain(plant)] if request.named else []

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if not request.named or request.shard:
            return
        found = list(records(plant))
        zones = [*forward(found), *reverse(found)]
        for zone in zones:
            yield Artifact(f"{ROOT}/{zone.path}", zone.data)
        if zones:
            yield Artifact(f"{ROOT}/named.conf", named_conf(zones))


def named_conf(zones: Iterable[Zone]) -> bytes:
    """What BIND includes; paths are seen from its `directory`."""
    lines = (f'zone "{zone.name}" {{ type primary; file "{zone.path}"; }};' for zone in zones)
    return ("\n".join(lines) + "\n").encode()


def _bad_names(plant: Plant) -> Iterator[Diagnostic]:
    """RW8272 for every class of addressed devices with names that DNS does not have."""
    known, called = members(plant), dns_names(plant)
    for cls in plant.classes:
        own = np.flatnonzero(known.network[cls.first : cls.first + cls.count] >= 0) + cls.first
        bad = [plant.devices.names[device] for device in own.tolist() if not called[device]]
        if bad:
            more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
            yield diagnose(
                "RW8272",
                plant.element_of(cls).origin,
                detail=f"`{bad[0]}`{more}",
                help="use letters, digits and `-`, with a letter or digit at both ends of what stands between dots; "
                "a `_` becomes `-`, so names must differ in more than that",
            )


def _without_domain(plant: Plant) -> Iterator[Diagnostic]:
    """RW8273 for every network whose switches have addresses and no domain."""
    design = plant.at_capacity.design
    for one in members(plant).networks:
        network = design.networks[one.network]
        if not services(network.attributes).domain and (one.pool is not None or len(one.loopback)):
            yield diagnose(
                "RW8273",
                network.origin,
                detail=f"the zone of network {network.name} is called by a placeholder",
                help='name it: `management { domain = "dc1.example.net" }`',
            )
