"""Scheduled fabrics: cells meet cells, and every node has its place and numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..names import terminal_names
from ..schema.routing import Dsf
from .facts import Facts


def scheduled(facts: Facts) -> Iterator[Diagnostic]:
    """RW7030 to RW7034. Switches are configured for all that is reserved, so it is looked at there."""
    plant = facts.plant.at_capacity
    from ..network.dsf import cell_links, planned

    links = plant.links
    a, z = cell_links(plant)
    mixed = np.flatnonzero(a != z)
    for number in np.unique(links.rule[mixed]).tolist():
        rows = mixed[links.rule[mixed] == number]
        row, rule = int(rows[0]), plant.design.rules[number]
        assert rule.z is not None
        ends = []
        for device, port in (
            (int(links.a_device[row]), int(links.a_terminal[row])),
            (int(links.z_device[row]), int(links.z_terminal[row])),
        ):
            label = terminal_names(plant, plant.class_of(device), "port")[port]
            ends.append(f"{plant.devices.names[device]} {label}")
        cell, packet = (ends[0], ends[1]) if a[row] else (ends[1], ends[0])
        more = f"; {len(rows):,} such links" if len(rows) > 1 else ""
        yield diagnose(
            "RW7030",
            (rule.a if a[row] else rule.z).origin,
            "cells here",
            detail=f"{cell} carries cells and {packet} packets{more}",
            help="link fabric ports to fabric ports",
            also=[((rule.z if a[row] else rule.a).origin, "packets here")],
        )
    if any(isinstance(n.attributes.routing, Dsf) for n in facts.design.networks) and not len(mixed):
        yield from planned(facts.plant)[1]
