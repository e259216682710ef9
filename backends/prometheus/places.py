"""Labels of a device that tell what and where it is."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl

from ...compiler.design import Design
from ...compiler.instances import instance_column
from ...compiler.plant import Plant
from .._kit.columns import device_names

MOST_FEEDERS = 8
"""Feeders that a label names."""


def paths(design: Design, element: int) -> list[str]:
    """The paths of all instances of an element, such as `pod[3].gpu[117]`, in row-major order over the built sizes."""
    chain = design.chain(element)
    dims = [dim.size for e in chain for dim in e.dims]
    pieces = [e.name + (f"[{', '.join('{}' for _ in e.dims)}]" if e.dims else "") for e in chain[1:]]
    pattern = ".".join(pieces) or chain[0].name
    return [pattern.format(*index) for index in product(*map(range, dims))]


class Places:
    """What is looked up for every device, made once. Labels that do not hold for a device are left out."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        design = plant.design
        self._paths = [path for cls in plant.classes for path in paths(design, cls.element)]
        self._around: list[tuple[str, list[str], list[int]]] = []
        for element in design.elements:
            label = {"hall": "hall", "row": "row", "building": "building"}.get(element.kind)
            if element.kind == "group" and not any(e.kind == "group" for e in design.chain(element.index)[:-1]):
                label = "pod"
            if label is not None:
                column = instance_column(plant, element.index).tolist()
                self._around.append((label, paths(design, element.index), column))
        self._rows = plant.racks.row[plant.devices.rack].tolist() if len(plant.racks) else []
        self._feeders = _feeders(plant)

    def of(self, device: int) -> dict[str, str]:
        """The labels of a device."""
        plant = self._plant
        element = plant.element_of(plant.class_of(device))
        found = {"host": plant.devices.names[device], "path": self._paths[device], "kind": element.kind}
        found["part"] = element.definition
        rack = int(plant.devices.rack[device])
        if rack >= 0:
            found["rack"] = plant.racks.names[rack]
            if self._rows[device] >= 0:
                found["row"] = str(self._rows[device])
        for label, names, column in self._around:
            if column[device] >= 0:
                found[label] = names[column[device]]
        if device in self._feeders:
            found["fed_by"] = self._feeders[device]
        return found


def _feeders(plant: Plant) -> dict[int, str]:
    """The devices that feed each device, which tell its side: names with commas."""
    feeds = plant.feeds
    if not len(feeds):
        return {}
    pairs = np.unique(np.stack([feeds.z_device, feeds.a_device], axis=1), axis=0)
    frame = pl.DataFrame({"device": pairs[:, 0], "name": device_names(plant).gather(pairs[:, 1])})
    joined = frame.group_by("device", maintain_order=True).agg(pl.col("name").head(MOST_FEEDERS).str.join(","))
    return dict(zip(joined["device"].to_list(), joined["name"].to_list(), strict=True))
