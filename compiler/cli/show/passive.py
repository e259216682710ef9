"""The ports of a panel, shuffle or trunk: what is joined to each, where light comes out, and which link it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...names import cable_id
from ...plant import Plant
from .sheet import Table
from .words import Terminals


def joined_ports(plant: Plant, device: int) -> int:
    """How many ports of a passive part something is joined to."""
    segments = plant.segments
    return int((segments.a_device == device).sum() + (segments.z_device == device).sum())


def passive_ports(plant: Plant, device: int) -> Iterator[Table]:
    """All ports that are joined to something, in their order."""
    assert plant.circuits is not None
    segments, inside, names = plant.segments, plant.circuits.passages, Terminals(plant, "port")
    through: dict[int, int] = {}
    for row in np.flatnonzero(inside.a_device == device).tolist():
        a, z = int(inside.a_terminal[row]), int(inside.z_terminal[row])
        through[a], through[z] = z, a
    rows: list[tuple[int, int, int, int]] = []
    for row in np.flatnonzero(segments.a_device == device).tolist():
        rows.append((int(segments.a_terminal[row]), int(segments.z_device[row]), int(segments.z_terminal[row]), row))
    for row in np.flatnonzero(segments.z_device == device).tolist():
        rows.append((int(segments.z_terminal[row]), int(segments.a_device[row]), int(segments.a_terminal[row]), row))
    cells = []
    for port, peer, at, row in sorted(rows):
        link = int(plant.circuit[row])
        cells.append(
            (
                names.name(device, port),
                names.end(peer, at),
                names.name(device, through[port]) if port in through else "-",
                cable_id(plant, link) if link >= 0 else "dark",
            )
        )
    yield Table("ports", ("port", "to", "leads to", "link"), cells)
