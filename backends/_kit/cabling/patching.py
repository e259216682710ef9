"""patching.csv: one row a way through a panel, with what is plugged into either of its ports."""

from __future__ import annotations

import numpy as np
import polars as pl

from ....compiler.cabling.floor import Plans
from ....compiler.names import cable_ids
from ....compiler.plant import Circuits, Ints, Plant
from ..columns import pick
from .identifiers import device_places, port_numbers
from .words import Words

_PORTS = 1 << 20
"""More ports than any device has."""


def patch_frame(plant: Plant, circuits: Circuits, plans: Plans, words: Words) -> pl.DataFrame:
    """Ways through panels, shuffles, cassettes and circuit switches, by device, then by port of their first side."""
    cls = plant.devices.cls
    panel = np.array([plant.element_of(c).kind in ("patch", "ocs") for c in plant.classes], dtype=np.bool_)
    inside = circuits.passages
    rows = np.flatnonzero(panel[cls[inside.a_device]])
    rows = rows[np.lexsort((inside.a_terminal[rows], inside.a_device[rows]))]
    device, circuit = inside.a_device[rows], inside.circuit[rows]
    place, number, links = device_places(plant, plans), port_numbers(plant), plant.links
    columns: dict[str, pl.Series] = {
        "panel": words.device.gather(device),
        "location": words.location.gather(device),
    }
    for side, port in (("a", inside.a_terminal[rows]), ("z", inside.z_terminal[rows])):
        segment, far, far_port = _plugged(circuits, device, port)
        columns[f"{side}_port"] = words.port.gather(cls[device], port)
        columns[f"{side}_tia_606"] = place.gather(device) + ":" + number.gather(cls[device], port)
        columns[f"{side}_cable"] = pick(words.cable_id, segment)
        columns[f"{side}_to"] = _where(words.end(cls, far, far_port), segment)
    columns["circuit"] = pick(cable_ids(plant), circuit)
    for side, end, terminal in (("a", links.a_device, links.a_terminal), ("z", links.z_device, links.z_terminal)):
        known = np.maximum(circuit, 0)
        if len(links):
            columns[f"circuit_{side}"] = _where(words.end(cls, end[known], terminal[known]), circuit)
        else:
            columns[f"circuit_{side}"] = pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    return pl.DataFrame(columns)


def _where(text: pl.Series, number: Ints) -> pl.Series:
    """The text, null where the number is negative."""
    return text.set(pl.Series(number < 0, dtype=pl.Boolean), None)


def _plugged(circuits: Circuits, device: Ints, port: Ints) -> tuple[Ints, Ints, Ints]:
    """For columns of ports the segment in each (-1: none), and the device and port at its other end (0 for none)."""
    segments = circuits.segments
    count = len(segments)
    if not count:
        nothing = np.zeros(len(device), dtype=np.int64)
        return nothing - 1, nothing, nothing
    near = np.concatenate([segments.a_device, segments.z_device]) * _PORTS
    near += np.concatenate([segments.a_terminal, segments.z_terminal])
    order = np.argsort(near, kind="stable")
    wanted = device * _PORTS + port
    at = order[np.minimum(np.searchsorted(near[order], wanted), 2 * count - 1)]
    found = near[at] == wanted
    far = np.concatenate([segments.z_device, segments.a_device])[at]
    far_port = np.concatenate([segments.z_terminal, segments.a_terminal])[at]
    return np.where(found, at % count, -1), np.where(found, far, 0), np.where(found, far_port, 0)
