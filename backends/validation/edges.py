"""Links whose both ends have names, as text: what every file of this backend is written from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ...compiler.plant import Ints, Plant
from .._kit.columns import device_names, terminal_table
from .names import Names, in_infiniband, interface_names, named, ufm_names


@dataclass(frozen=True)
class Edges:
    """One row a link, in the order of the links. `links` are their numbers; `names` are all ports' by class."""

    plant: Plant
    links: Ints
    names: Names

    def column(self, side: str) -> tuple[pl.Series, pl.Series]:
        """Device and port of one side, `a` or `z`, of every row."""
        device, port = self.ends(side)
        ports = terminal_table(self.plant, lambda cls: self.names[cls.index])
        return device_names(self.plant).gather(device), ports.gather(self.plant.devices.cls[device], port)

    def ends(self, side: str) -> tuple[Ints, Ints]:
        """Devices and port numbers of one side."""
        links = self.plant.links
        device, port = (links.a_device, links.a_terminal) if side == "a" else (links.z_device, links.z_terminal)
        return device[self.links], port[self.links]

    @property
    def devices(self) -> Ints:
        """The devices at any end, ascending."""
        return np.unique(np.concatenate([self.ends("a")[0], self.ends("z")[0]]))


def ethernet(plant: Plant) -> Edges:
    """All links that are no InfiniBand's, by the names of interfaces."""
    return _edges(plant, interface_names(plant), ~in_infiniband(plant))


def infiniband(plant: Plant) -> Edges:
    """The links of InfiniBand subnets, by the names that UFM's table has."""
    return _edges(plant, ufm_names(plant), in_infiniband(plant))


def _edges(plant: Plant, names: Names, mine: NDArray[np.bool_]) -> Edges:
    links = plant.links
    both = named(plant, names, links.a_device, links.a_terminal) & named(plant, names, links.z_device, links.z_terminal)
    return Edges(plant, np.flatnonzero(mine & both), names)
