"""What validation files leave out: links of which an end has no name in its operating system."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...compiler.names import cable_id, terminal_names
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .names import in_infiniband, interface_names, named, ufm_names


def nameless(plant: Plant) -> Iterator[Diagnostic]:
    """RW8203: statements some or all of whose links are left out, one message each."""
    links, within = plant.links, in_infiniband(plant)
    ends = []
    for devices, ports in ((links.a_device, links.a_terminal), (links.z_device, links.z_terminal)):
        by_name = named(plant, interface_names(plant), devices, ports)
        ends.append(np.where(within, named(plant, ufm_names(plant), devices, ports), by_name))
    lacking = ~(ends[0] & ends[1])
    of_rule = np.bincount(links.rule, minlength=len(plant.design.rules)).tolist()
    for rule in np.unique(links.rule[lacking]).tolist():
        rows = np.flatnonzero(lacking & (links.rule == rule))
        link = int(rows[0])
        at_a = not ends[0][link]
        at, terminal = (links.a_device, links.a_terminal) if at_a else (links.z_device, links.z_terminal)
        device, port = int(at[link]), int(terminal[link])
        cls = plant.class_of(device)
        element = plant.element_of(cls)
        system = element.os or ("" if element.kind == "switch" else "linux")
        called = f"{plant.devices.names[device]} {terminal_names(plant, cls, 'port')[port]}"
        yield diagnose(
            "RW8203",
            plant.design.rules[rule].origin,
            f"{len(rows)} of {of_rule[rule]} links",
            detail=f"here {cable_id(plant, link)}: {called} has no name in "
            + (f"`{system}`" if system else "any operating system, as its switch names none"),
            help=f'give the ports of `{element.definition}` `names {{ {system or "sonic"} = "…" }}`'
            + ("" if system else " and the switch an `os`"),
        )
