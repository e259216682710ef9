"""Whose adapters a server has, and what Linux calls their ports: once for each class of devices."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from ...compiler.design import Design
from ...compiler.names import interface_names, terminal_names
from ...compiler.plant import DeviceClass, Plant
from ...compiler.schema import NicAttributes
from .._kit.safe import one_line

OS = "linux"
"""The word under which `names` holds what Linux calls a port."""

MAKER = "NVIDIA"

_NO_VARIABLE = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Front:
    """Ports of a class by number: our names, Linux's (empty if not known), shell variables, whose adapter it is."""

    ports: list[str]
    linux: list[str]
    variables: list[str]
    makers: list[str]
    speeds: list[int]


def front(plant: Plant, cls: DeviceClass) -> Front:
    """The ports of a class."""
    ports = [one_line(name) for name in terminal_names(plant, cls, "port")]
    linux, makers = [""] * len(ports), [""] * len(ports)
    for array in cls.terminals["port"]:
        # One part may name its ports and another in the same box not.
        alone = replace(cls, terminals={"port": (array,)})
        linux[array.first : array.first + array.count] = interface_names(plant, alone, OS) or [""] * array.count
        makers[array.first : array.first + array.count] = [maker(plant.design, cls, array.element)] * array.count
    return Front(ports, linux, variables(ports), makers, plant.port_speeds(cls).tolist())


def variables(ports: list[str]) -> list[str]:
    """A shell variable a port, such as `PORT_NIC0_P1`. Names that would share one get their number instead.

    A name begins with a letter, so no other variable looks like that.
    """
    found = [f"PORT_{_NO_VARIABLE.sub('_', name).upper()}" for name in ports]
    count = Counter(found)
    return [name if count[name] == 1 else f"PORT_{number}" for number, name in enumerate(found)]


def maker(design: Design, cls: DeviceClass, port: int) -> str:
    """The maker of a port's adapter; empty if the part does not say.

    A port that stands outside every adapter is a cage that some adapter inside the box is wired to; it is that maker's
    if all of them are.
    """
    for element in reversed(design.chain(port)):
        if isinstance(element.attributes, NicAttributes):
            return element.attributes.vendor or ""
    inside = {
        e.attributes.vendor or ""
        for e in design.elements
        if isinstance(e.attributes, NicAttributes) and cls.element in {c.index for c in design.chain(e.index)}
    }
    return inside.pop() if len(inside) == 1 else ""
