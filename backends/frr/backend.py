"""FRRouting on Linux: `frr.conf` and the list of daemons, a folder a switch.

Interface MTU is no business of FRR's; whoever sets up the links sets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.names import interface_names
from ...compiler.plant import DeviceClass, Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.fleet import fleet, models
from .._kit.frr_text import match
from .._kit.jinja import template
from .._kit.refusals import bad_host_names, bad_interface_names, left_out
from .._kit.safe import folder

OS = "frr"

MOST_PATHS = 256
"""Most equal paths of a usual FRR build (`--enable-multipath=256`, as Debian's)."""

NAME_LENGTH = 15
"""Longest interface name of Linux (IFNAMSIZ in linux/if.h, less the closing zero)."""


class Frr:
    """The backend `frr`."""

    name = OS
    summary = "FRRouting on Linux: frr.conf and daemons for each switch"
    per_device = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        mine = fleet(design, plant, request, OS)
        return list(
            chain(
                bad_host_names(mine),
                bad_interface_names(mine, names, NAME_LENGTH),
                left_out(mine),
            )
        )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        config, daemons = template(__package__, "frr.conf.j2"), template(__package__, "daemons.j2")
        for switch in models(fleet(design, plant, request, OS), names):
            place = f"configs/{OS}/{folder(switch.name)}"
            fabric, hosts = switch.fabric, switch.hosts
            paths = max(1, min(len(fabric), MOST_PATHS))
            text = config.render(switch=switch, fabric=fabric, hosts=hosts, paths=paths, match=match)
            yield Artifact(f"{place}/frr.conf", text.encode())
            yield Artifact(f"{place}/daemons", daemons.render(switch=switch).encode())


def names(plant: Plant, cls: DeviceClass) -> list[str]:
    """The catalog's names, else `swp1`, `swp2`, … by port number, as most Linux switches have it."""
    given = interface_names(plant, cls, OS)
    return given if given is not None else [f"swp{n + 1}" for n in range(cls.terminal_count("port"))]
