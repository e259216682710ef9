"""What switch backends must refuse, told alike by all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...compiler.network.lossless import mtu_of
from ...dsl.diagnostics import Diagnostic, diagnose
from .fleet import Fleet, Group
from .ports import NameGiver, Port, front, unnamed
from .safe import is_host_name

_EXAMPLES = {"sonic": "Ethernet", "eos": "Ethernet", "frr": "swp", "mlnx_os": "IB1/"}


def unnamed_ports(fleet: Group[Any]) -> Iterator[Diagnostic]:
    """An error for every port of a part without a name in the operating system, at the first switch that needs it."""
    design, os, told = fleet.design, fleet.os, set()
    for cls in fleet.classes:
        for array in unnamed(fleet.plant, cls, os):
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
                detail=f"{fleet.name(cls)} is rendered for {os}, and `{switch.definition}` does not say what its "
                f"ports `{port.name}` are called there",
                help=f"add the names of this platform, such as `{example}`{more}",
                also=[(switch.origin, "the switch")],
            )


def bad_host_names(fleet: Group[Any]) -> Iterator[Diagnostic]:
    """An error for each class with a switch whose name the operating system refuses."""
    for cls in fleet.classes:
        names = fleet.plant.devices.names[cls.first : cls.first + cls.count]
        bad = [name for name in names if not is_host_name(name)]
        if bad:
            more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
            yield diagnose(
                "RW8003",
                fleet.design.elements[cls.element].origin,
                detail=f"`{bad[0]}`{more}",
                help="use letters, digits, `-`, `_` and `.`, at most 63, and a letter or digit at both ends",
            )


def bad_interface_names(fleet: Group[Any], give: NameGiver, most: int) -> Iterator[Diagnostic]:
    """An error for every port of a part with an interface name that is too long, holds a space, or is there twice."""
    told = set()
    for cls in fleet.classes:
        ports = front(fleet.plant, cls, give)
        names = [port.name for port in ports]
        found = ((port, _fault(port, names.count(port.name), fleet.os, most)) for port in ports)
        for port, fault in found:
            if fault:
                arrays = cls.terminals["port"]
                element = next(a.element for a in arrays if a.first <= port.number < a.first + a.count)
                origin = fleet.design.elements[element].origin
                if origin in told:
                    break
                told.add(origin)
                yield diagnose(
                    "RW8002",
                    origin,
                    detail=f"on {fleet.name(cls)} {fault}",
                    help=f"change the `{fleet.os}` pattern in `names` or `lane_names` of this port",
                )
                break


def _fault(port: Port, count: int, os: str, most: int) -> str:
    """What is wrong with the name of a port, if anything."""
    if len(port.name) > most:
        return f"`{port.name}` has {len(port.name)} characters, {os} takes {most}"
    if not port.name or any(c.isspace() or not c.isprintable() for c in port.name):
        return f"{port.name!r} is not one printable word"
    return f"`{port.name}` stands for {count} ports" if count > 1 else ""


def bad_mtu(fleet: Fleet, low: int, high: int) -> Iterator[Diagnostic]:
    """An error for every network whose MTU the operating system does not take."""
    for routing, _ in fleet.networks:
        mtu = mtu_of(fleet.design.networks[routing.network])
        if not low <= mtu <= high:
            yield diagnose(
                "RW8004",
                fleet.design.networks[routing.network].origin,
                detail=f"{mtu} B; {fleet.os} takes {low} to {high}",
                help=f"set `mtu` to a value from {low} B to {high} B",
            )
