"""What devices call their ports, as their operating systems and LLDP, or UFM's table, say it: by class, by number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...compiler.network.subnet import is_infiniband
from ...compiler.plant import DeviceClass, Ints, Plant
from .._kit.ports import data_ports, own_names

Names = tuple[tuple[str, ...], ...]
"""For each class the names of its ports by number; empty for a port without one."""


def interface_names(plant: Plant) -> Names:
    """Interface names in each device's own system; of what is no switch, in Linux."""
    return tuple(tuple(_interfaces(plant, cls)) for cls in plant.classes)


def ufm_names(plant: Plant) -> Names:
    """Names as UFM has them in an InfiniBand subnet: of switches their own, of hosts a number.

    It counts the ports of a host from 1; a mapping beside its table tells which HCA each of them is. Ports for
    management are no HCA's and are not counted.
    """
    return tuple(
        tuple(_interfaces(plant, cls) if plant.element_of(cls).kind == "switch" else _numbers(plant, cls))
        for cls in plant.classes
    )


def _interfaces(plant: Plant, cls: DeviceClass) -> list[str]:
    return own_names(plant, cls) or [""] * cls.terminal_count("port")


def _numbers(plant: Plant, cls: DeviceClass) -> list[str]:
    found = [""] * cls.terminal_count("port")
    speeds = plant.port_speeds(cls).tolist()
    # A split cage has numbers for parts that its split does not make; they have no speed.
    made = [n for array in data_ports(plant, cls) for n in range(array.first, array.first + array.count) if speeds[n]]
    for count, number in enumerate(made, 1):
        found[number] = str(count)
    return found


def named(plant: Plant, names: Names, device: Ints, port: Ints) -> NDArray[np.bool_]:
    """Whether each of some ports has a name."""
    start = np.cumsum([0, *(len(own) for own in names)])
    known = np.array([bool(name) for own in names for name in own], dtype=np.bool_)
    found: NDArray[np.bool_] = known[start[plant.devices.cls[device]] + port]
    return found


def in_infiniband(plant: Plant) -> NDArray[np.bool_]:
    """Which links belong to an InfiniBand subnet."""
    # One more, which -1 selects, is for links of no network.
    subnets = np.array([*map(is_infiniband, plant.design.networks), False], dtype=np.bool_)
    found: NDArray[np.bool_] = subnets[plant.links.network]
    return found
