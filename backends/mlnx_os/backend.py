"""MLNX-OS: `startup-config`, a folder a switch.

A subnet manager gives an InfiniBand switch its routes and its ports their addresses, so its own configuration is short:
its name, how it is reached, what it reports to, and what its ports lead to. Each command stands in NVIDIA's MLNX-OS
User Manual, https://docs.nvidia.com/networking/display/nvidiamlnxosusermanualv3125000; the modules name its pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from jinja2 import Template

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.network.subnet import Subnet
from ...compiler.plant import Plant
from ...compiler.schema import SwitchAttributes
from ...dsl.diagnostics import Diagnostic
from .._kit.fleet import Group, subnet_fleet
from .._kit.jinja import template
from .._kit.network_model import services
from .._kit.ports import names_for, own_names
from .._kit.refusals import bad_host_names, bad_interface_names, unnamed_ports
from .._kit.safe import folder, one_line
from .management import management_lines
from .ports import Front
from .refusals import NAME_LENGTH, elsewhere, strange_host_names, strange_ports, too_long, unsaid

OS = "mlnx_os"


class MlnxOs:
    """The backend `mlnx_os`."""

    name = OS
    summary = "NVIDIA MLNX-OS (InfiniBand): startup-config for each switch"
    per_device = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        mine = subnet_fleet(plant, request, OS)
        return list(
            chain(
                elsewhere(plant, mine),
                unnamed_ports(mine),
                bad_host_names(mine),
                strange_host_names(mine),
                bad_interface_names(mine, names_for(OS), NAME_LENGTH),
                strange_ports(mine),
                too_long(mine, _front(mine)),
                unsaid(mine),
            )
        )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        mine = subnet_fleet(plant, request, OS)
        config, front = template(__package__, "startup-config.j2"), _front(mine)
        for subnet, classes in mine.networks:
            for row in mine.shard(subnet, classes).tolist():
                name, text = _switch(mine, subnet, row, config, front)
                yield Artifact(f"configs/{OS}/{folder(name)}/startup-config", text.encode())


def _front(mine: Group[Subnet]) -> Front:
    return Front(mine.plant, names_for(OS), names_for(OS) if mine.stands_in else own_names)


def _switch(mine: Group[Subnet], subnet: Subnet, row: int, config: Template, front: Front) -> tuple[str, str]:
    """The name of one switch and its configuration."""
    plant, network = mine.plant, mine.design.networks[subnet.network]
    device = int(subnet.devices[row])
    attributes = plant.element_of(plant.class_of(device)).attributes
    assert isinstance(attributes, SwitchAttributes)
    name = plant.devices.names[device]
    text = config.render(
        name=name,
        network=one_line(network.name),
        model=one_line(attributes.model or "switch"),
        management=management_lines(subnet, row, network.attributes.management),
        services=services(network.attributes),
        ports=front.ports(device),
    )
    return name, text
