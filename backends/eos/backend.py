"""Arista EOS: `startup-config`, a folder a switch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.device_model import PrefixMatch
from .._kit.fleet import fleet, models
from .._kit.jinja import template
from .._kit.ports import Port, names_for
from .._kit.refusals import bad_host_names, bad_interface_names, bad_mtu, unnamed_ports
from .._kit.safe import folder
from .qos import lossless

OS = "eos"

MOST_PATHS = 128
"""Most equal paths that every platform of the 7000 series takes for `maximum-paths`."""

NAME_LENGTH = 32
"""Longer than any name of EOS, such as `Ethernet16/36/8`."""

MTU = (68, 9214)
"""Range of `mtu` on a routed interface."""


class Eos:
    """The backend `eos`."""

    name = OS
    summary = "Arista EOS: startup-config for each switch"
    per_device = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        mine = fleet(design, plant, request, OS)
        return list(
            chain(
                unnamed_ports(mine),
                bad_host_names(mine),
                bad_interface_names(mine, names_for(OS), NAME_LENGTH),
                bad_mtu(mine, *MTU),
            )
        )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        config = template(__package__, "startup-config.j2")
        for switch in models(fleet(design, plant, request, OS), names_for(OS)):
            fabric = switch.fabric
            paths = max(1, min(len(fabric), MOST_PATHS))
            text = config.render(
                switch=switch, fabric=fabric, paths=paths, match=match, speed=speed, lossless=lossless(switch)
            )
            yield Artifact(f"configs/{OS}/{folder(switch.name)}/startup-config", text.encode())


def speed(port: Port) -> str:
    """A port's speed with its lanes, such as `400g-8`; whole Gbps are all that EOS knows."""
    return f"{port.speed // 10**9}g-{port.width}"


def match(rule: PrefixMatch) -> str:
    """The prefix of a prefix-list entry."""
    if rule.low == rule.high:
        return rule.prefix if rule.low == rule.length else f"{rule.prefix} eq {rule.low}"
    text = f"{rule.prefix} ge {rule.low}" if rule.low > rule.length else rule.prefix
    return f"{text} le {rule.high}"
