"""What a plant has of everything, for tests that compare a design with what is published of it."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from rackwright.compiler.cages import plugged
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant

Compiled = Callable[..., Compilation]


def plant_of(result: Compilation) -> Plant:
    assert result.plant is not None, result.diagnostics
    return result.plant


def devices(plant: Plant, kind: str) -> int:
    return sum(c.count for c in plant.classes_of_kind(kind))


def elements(plant: Plant, kind: str) -> int:
    """Parts of a kind wherever they are, boxes or inside of them."""
    design = plant.design
    return sum(prod(d.size for d in design.dims(e.index)) for e in design.elements if e.kind == kind)


def links_between(plant: Plant, a: str, z: str) -> int:
    """Links between the devices of two elements, by dotted path."""
    design, links = plant.design, plant.links
    number = {design.path(c.element): c.index for c in plant.classes}
    ends = {number[a], number[z]}
    one, two = plant.devices.cls[links.a_device], plant.devices.cls[links.z_device]
    return int(np.sum((one == min(ends)) & (two == max(ends)) | (one == max(ends)) & (two == min(ends))))


def racks(plant: Plant, path: str) -> int:
    return sum(plant.design.path(int(e)) == path for e in plant.racks.element)


def count(plant: Plant) -> dict[str, int]:
    """How many devices there are of each element, by dotted path."""
    return {plant.design.path(c.element): c.count for c in plant.classes}


def plugs(plant: Plant, kind: str) -> dict[str, int]:
    """Optics and cable ends plugged into the devices of a kind, by the name of their definition, one a cage."""
    seen = plugged(plant)
    of_end = np.repeat(np.arange(len(plant.devices)), np.diff(plant.ends.start))
    wanted = {c.index for c in plant.classes_of_kind(kind)}
    found: dict[str, int] = {}
    for device, media, leads in zip(of_end.tolist(), seen.media.tolist(), seen.leads.tolist(), strict=True):
        if leads and media >= 0 and int(plant.devices.cls[device]) in wanted:
            name = seen.names[media].rpartition(".")[2]
            found[name] = found.get(name, 0) + 1
    return found
