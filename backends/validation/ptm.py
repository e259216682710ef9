"""The topology file of Cumulus Linux' Prescriptive Topology Manager, which UFM's cable validation reads as well.

An undirected graph in the DOT language, an edge a cable: `"leaf1":"swp1" -- "spine1":"swp2"` (Cumulus Linux,
"Prescriptive Topology Manager - PTM"; ptmd(8)). PTM compares it with the system names and interface names that LLDP
shows. UFM's cable validation wants of Ethernet switches `role` and `os` besides (NVIDIA UFM Cable Validation Tool
v1.5.0, "Dot File"), which PTM does not mind: to the library that reads the file they are attributes of a node like any
other. The role is the tier: `leaf`, `spine`, `super_spine`.
"""

from __future__ import annotations

import polars as pl

from ...compiler.network.fabric import fabrics
from ...compiler.plant import Plant
from .edges import Edges

_ROLES = ("leaf", "spine", "super_spine")


def topology(edges: Edges) -> bytes:
    """The file: a line a switch, then a line a cable."""
    (a, a_port), (z, z_port) = ((_quoted(names) for names in edges.column(side)) for side in "az")
    lines = (" " + a + ":" + a_port + " -- " + z + ":" + z_port).to_list()
    return "\n".join(["graph network {", *_switches(edges), *lines, "}", ""]).encode()


def _switches(edges: Edges) -> list[str]:
    plant = edges.plant
    roles = _roles(plant)
    found = []
    for device in edges.devices.tolist():
        cls = plant.class_of(device)
        element = plant.element_of(cls)
        if element.kind == "switch":
            name = _quote(plant.devices.names[device])
            role = f" role={_quote(roles[cls.index])}" if cls.index in roles else ""
            found.append(f" {name} [label={name}{role} os={_quote(element.os or '')}]")
    return found


def _roles(plant: Plant) -> dict[int, str]:
    """The role of each class of switches in a routed network."""
    found = {c.cls: c.tier for fabric in fabrics(plant.design, plant) for c in fabric.classes}
    return {cls: _ROLES[min(tier, len(_ROLES)) - 1] for cls, tier in found.items()}


def _quote(text: str) -> str:
    """A quoted string of the DOT language, in which a quote and a backslash before it would end or escape it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quoted(names: pl.Series) -> pl.Series:
    distinct = names.unique(maintain_order=True)
    text = pl.Series([_quote(name) for name in distinct.to_list()], dtype=pl.String)
    return names.replace_strict(distinct, text, return_dtype=pl.String)
