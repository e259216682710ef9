"""FRRouting on Linux: routing, and the little of Linux that it stands on; a folder a switch.

`frr.conf` and `daemons` go to `/etc/frr`. `interfaces` is `/etc/network/interfaces` as ifupdown2 reads it: MTU and
management are Linux's business, not FRR's. `sysctl.conf` makes the machine a router that spreads flows by their ports.
Addresses stand in `frr.conf`, so that it is complete by itself, and in `interfaces`, because ifupdown2 takes away those
that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.fleet import fleet, models
from .._kit.frr_text import routing_text
from .._kit.jinja import template
from .._kit.ports import frr_names
from .._kit.refusals import bad_host_names, bad_interface_names, bad_mtu
from .._kit.safe import folder
from .unsaid import bad_linux_names, too_many_paths, unsaid

OS = "frr"

NAME_LENGTH = 15
"""Longest interface name of Linux (IFNAMSIZ in linux/if.h, less the closing zero)."""

MTU = (1280, 65535)
"""From the least that IPv6 works with (RFC 8200 section 5), which unnumbered sessions need, to the most of Linux
(ETH_MAX_MTU in linux/if_ether.h)."""

FILES = ("daemons", "frr.conf", "interfaces", "sysctl.conf")


class Frr:
    """The backend `frr`."""

    name = OS
    summary = "FRRouting on Linux: frr.conf, daemons, interfaces and sysctl.conf for each switch"
    per_device = True
    subsets = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        mine = fleet(design, plant, request, OS)
        return list(
            chain(
                bad_host_names(mine),
                bad_interface_names(mine, frr_names, NAME_LENGTH),
                bad_linux_names(mine, frr_names),
                bad_mtu(mine, *MTU),
                too_many_paths(mine),
                unsaid(mine),
            )
        )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        files = [(name, template(__package__, f"{name}.j2")) for name in FILES]
        for switch in models(fleet(design, plant, request, OS), frr_names):
            place, routing = f"configs/{OS}/{folder(switch.name)}", routing_text(switch)
            for name, text in files:
                yield Artifact(f"{place}/{name}", text.render(switch=switch, routing=routing).encode())
