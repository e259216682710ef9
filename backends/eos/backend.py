"""Arista EOS: `startup-config`, a folder a switch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from jinja2 import Template

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.device_model import SwitchModel
from .._kit.fleet import fleet, models
from .._kit.jinja import template
from .._kit.ports import names_for
from .._kit.refusals import bad_host_names, bad_interface_names, bad_mtu, unnamed_ports
from .._kit.safe import folder
from .balancing import balancing_lines
from .management import management_lines
from .ports import port_lines
from .qos import qos_lines
from .refusals import (
    headroom_is_its_own,
    too_many_paths,
    unknown_balancing,
    unknown_classes,
    unknown_speeds,
    unknown_watchdog,
)
from .routing import routing_lines

OS = "eos"

NAME_LENGTH = 32
"""Longer than any name of EOS, such as `Ethernet16/36/8`."""

MTU = (68, 9214)
"""Range of `mtu` on a routed interface."""


class Eos:
    """The backend `eos`."""

    name = OS
    summary = "Arista EOS: startup-config for each switch"
    per_device = True
    subsets = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        mine = fleet(design, plant, request, OS)
        return list(
            chain(
                unnamed_ports(mine),
                bad_host_names(mine),
                bad_interface_names(mine, names_for(OS), NAME_LENGTH),
                bad_mtu(mine, *MTU),
                unknown_speeds(mine),
                unknown_balancing(mine),
                unknown_classes(mine),
                unknown_watchdog(mine),
                headroom_is_its_own(mine),
                too_many_paths(mine),
            )
        )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        config = template(__package__, "startup-config.j2")
        for switch in models(fleet(design, plant, request, OS), names_for(OS)):
            yield Artifact(f"configs/{OS}/{folder(switch.name)}/startup-config", text(config, switch).encode())


def text(config: Template, switch: SwitchModel) -> str:
    """The configuration of one switch: everything is put into EOS's words first, then printed."""
    return config.render(
        switch=switch,
        services=switch.network.services,
        ports=port_lines(switch),
        management=management_lines(switch),
        balancing=balancing_lines(switch),
        qos=qos_lines(switch),
        routing=routing_lines(switch),
    )
