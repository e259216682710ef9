"""What every switch backend does alike: which switches it renders, and what it must refuse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...compiler.backend import Request
from ...compiler.design import Design
from ...compiler.plant import DeviceClass, Plant
from ...compiler.routing import Routing, plan
from ...dsl.diagnostics import Diagnostic, diagnose
from .device_model import SwitchModel, network_model, switches
from .ports import NameGiver, front, unnamed
from .safe import is_host_name


def models(design: Design, plant: Plant, request: Request, os: str, give: NameGiver) -> Iterator[SwitchModel]:
    """Models of the switches that the request wants rendered for an operating system."""
    for routing in plan(design, plant)[0]:
        devices = routing.devices
        classes = [c.index for c in wanted(design, plant, routing, request, os)]
        mine = np.isin(plant.devices.cls[devices], classes) & (devices % request.shards == request.shard)
        rows = np.flatnonzero(mine)
        if len(rows):
            yield from switches(plant, routing, rows, give)


def wanted(design: Design, plant: Plant, routing: Routing, request: Request, os: str) -> tuple[DeviceClass, ...]:
    """The classes of a network that an operating system renders: its own, or all if it was asked for by name."""
    present = set(np.unique(plant.devices.cls[routing.devices]).tolist())
    return tuple(
        c for c in plant.classes if c.index in present and (request.named or design.elements[c.element].os == os)
    )


def unnamed_ports(design: Design, plant: Plant, request: Request, os: str) -> Iterator[Diagnostic]:
    """An error for every port of a part without a name in the operating system, at the first switch that needs it."""
    told = set()
    for routing in plan(design, plant)[0]:
        for cls in wanted(design, plant, routing, request, os):
            for array in unnamed(plant, cls, os):
                port, switch = design.elements[array.element], design.elements[cls.element]
                if port.origin in told:
                    continue
                told.add(port.origin)
                example = f'names {{ {os} = "{_EXAMPLES.get(os, "port")}{{{port.name} + 1}}" }}'
                more = f", and `lane_names {{ {os} = … }}` for the parts of a split cage" if port.splits else ""
                yield diagnose(
                    "RW8001",
                    port.origin,
                    f"no `{os}` name",
                    detail=f"{plant.devices.names[cls.first]} is rendered for {os}, and `{switch.definition}` does not "
                    f"say what its ports `{port.name}` are called there",
                    help=f"add the names of this platform, such as `{example}`{more}",
                    also=[(switch.origin, "the switch")],
                )


def bad_host_names(design: Design, plant: Plant, request: Request, os: str) -> Iterator[Diagnostic]:
    """An error for the first switch whose name the operating system refuses, and how many there are."""
    for routing in plan(design, plant)[0]:
        for cls in wanted(design, plant, routing, request, os):
            names = plant.devices.names[cls.first : cls.first + cls.count]
            bad = [name for name in names if not is_host_name(name)]
            if bad:
                more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
                yield diagnose(
                    "RW8003",
                    design.elements[cls.element].origin,
                    detail=f"`{bad[0]}`{more}",
                    help="use letters, digits, `-`, `_` and `.`, at most 63, and a letter or digit at both ends",
                )


def bad_interface_names(
    design: Design, plant: Plant, request: Request, os: str, give: NameGiver, most: int
) -> Iterator[Diagnostic]:
    """An error for every class with an interface name that is too long, holds a space, or is there twice."""
    for routing in plan(design, plant)[0]:
        for cls in wanted(design, plant, routing, request, os):
            ports = front(plant, cls, give)
            names = [port.name for port in ports]
            for port in ports:
                if len(port.name) > most:
                    why = f"`{port.name}` has {len(port.name)} characters, {os} takes {most}"
                elif not port.name or any(c.isspace() or not c.isprintable() for c in port.name):
                    why = f"{port.name!r} is not one printable word"
                elif names.count(port.name) > 1:
                    why = f"`{port.name}` stands for {names.count(port.name)} ports of {plant.devices.names[cls.first]}"
                else:
                    continue
                element = design.elements[
                    next(a.element for a in cls.terminals["port"] if a.first <= port.number < a.first + a.count)
                ]
                yield diagnose(
                    "RW8002",
                    element.origin,
                    detail=why,
                    help=f"change the `{os}` pattern in `names` or `lane_names` of this port",
                )
                break


def bad_mtu(design: Design, plant: Plant, request: Request, os: str, low: int, high: int) -> Iterator[Diagnostic]:
    """An error for every network whose MTU the operating system does not take."""
    for routing in plan(design, plant)[0]:
        mtu = network_model(design, routing).mtu
        if wanted(design, plant, routing, request, os) and not low <= mtu <= high:
            yield diagnose(
                "RW8004",
                design.networks[routing.network].origin,
                detail=f"{mtu} B; {os} takes {low} to {high}",
                help=f"set `mtu` to at most {high} B",
            )


_EXAMPLES = {"sonic": "Ethernet", "eos": "Ethernet", "frr": "swp"}
