"""Which servers a plant joins, found by walking from cable to cable, for the tests of schedulers."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from rackwright.compiler.plant import Plant
from rackwright.compiler.views.fabric import data_links


def servers(plant: Plant) -> list[str]:
    """Names of all servers that hold an accelerator (all if none does), by the text of the design."""
    design = plant.design
    holding = {design.device_of(e.index) for e in design.elements if e.kind == "accelerator"}
    chosen = [c for c in plant.classes_of_kind("server") if c.element in holding or not holding]
    return [name for c in chosen for name in plant.devices.names[c.first : c.first + c.count]]


def meet(plant: Plant, network: str) -> dict[str, dict[int, int]]:
    """For each server and tier the first server that it meets there, by a walk over dictionaries."""
    links, number = plant.links, [n.name for n in plant.design.networks].index(network)
    near: dict[int, set[int]] = defaultdict(set)
    for row in np.flatnonzero(data_links(plant) & (links.network == number)).tolist():
        a, z = int(links.a_device[row]), int(links.z_device[row])
        near[a].add(z)
        near[z].add(a)
    id_of = {name: device for device, name in enumerate(plant.devices.names)}
    mine = [id_of[name] for name in servers(plant)]
    tier = dict.fromkeys(mine, 0)
    wave = set(mine)
    while wave:
        wave = {peer for device in wave for peer in near[device]} - tier.keys()
        tier |= dict.fromkeys(wave, max(tier.values()) + 1)
    found: dict[str, dict[int, int]] = {name: {} for name in servers(plant)}
    for most in range(1, max(tier.values()) + 1):
        first: dict[int, int] = {}
        for device in mine:
            if device in first:
                continue
            seen, stack = {device}, [device]
            while stack:
                new = {peer for peer in near[stack.pop()] if tier.get(peer, most + 1) <= most} - seen
                seen |= new
                stack += new
            first |= dict.fromkeys(seen & set(mine), device)
        for name in found:
            found[name][most] = first[id_of[name]]
    return found
