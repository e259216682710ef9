"""What SONiC has to be told of the box and of its neighbours, besides the model of the switch."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...compiler.network.addresses import dotted_column
from ...compiler.plant import DeviceClass, Plant
from ...compiler.schema import PortAttributes, SwitchAttributes
from ...compiler.schema.parts import Buffers
from .._kit.device_model import Role
from .._kit.fleet import Fleet
from .._kit.network_model import role_of
from .._kit.ports import Port, data_ports, front, names_for
from .rows import Row, Table

OS = "sonic"

NAME_LENGTH = 15
"""SONiC's ports are Linux interfaces (IFNAMSIZ less the closing zero)."""

TYPES: dict[Role, str] = {
    "leaf": "ToRRouter",
    "spine": "LeafRouter",
    "superspine": "SpineRouter",
    "core": "SpineRouter",
}
"""SONiC names tiers from the rack up, T0, T1 and T2, and chooses buffer and QoS defaults by these words."""

HOST_TYPE = "Server"

_MODE = re.compile(r"(\d+)x(\d+)G(?:\(\d+\))?(?:\[(.*)\])?")
"""A mode of platform.json: so many ports of a speed, the lanes they take, and other speeds that they may have."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A kind of box.

    `tables` says that BGP comes from CONFIG_DB, `computed` that its silicon's headroom follows from a formula, which is
    so for NVIDIA's alone. `modes` are breakout modes by cage.
    """

    tables: bool
    buffers: Buffers | None
    computed: bool
    modes: dict[int, str]


def platforms(fleet: Fleet) -> dict[str, Platform]:
    """The platform of every switch, by its name."""
    found: dict[str, Platform] = {}
    for cls in fleet.classes:
        platform = platform_of(fleet.plant, cls)
        found.update(dict.fromkeys(fleet.plant.devices.names[cls.first : cls.first + cls.count], platform))
    return found


def platform_of(plant: Plant, cls: DeviceClass) -> Platform:
    """The platform of a class of switches."""
    attributes = plant.element_of(cls).attributes
    assert isinstance(attributes, SwitchAttributes)
    return Platform(
        attributes.routing_mode == "tables",
        attributes.buffers,
        attributes.headroom is not None and not attributes.headroom.rows,
        breakouts(plant, cls)[0],
    )


def breakouts(plant: Plant, cls: DeviceClass) -> tuple[dict[int, str], dict[int, Port]]:
    """Breakout modes by cage, and the first port of every split cage without one."""
    modes: dict[int, str] = {}
    unknown: dict[int, Port] = {}
    ports = {port.number: port for port in front(plant, cls, names_for(OS))}
    for array in data_ports(plant, cls):
        attributes = plant.design.elements[array.element].attributes
        assert isinstance(attributes, PortAttributes)
        mine = [ports[n] for n in range(array.first, array.first + array.count) if n in ports]
        count: dict[int, int] = {}
        for port in mine:
            count[port.cage] = max(count.get(port.cage, 1), port.part)
        for port in mine:
            if port.part > 1:
                continue
            parts = count[port.cage]
            mode = attributes.modes.get(f"x{parts}", "")
            if fits(mode, parts, port.speed):
                modes[port.cage] = mode
            elif parts > 1:
                unknown[port.cage] = port
    return modes, unknown


def fits(mode: str, parts: int, speed: int) -> bool:
    """Whether a mode is one of so many ports that can have a speed in bit/s."""
    found = _MODE.fullmatch(mode)
    if found is None or int(found[1]) != parts:
        return False
    speeds = [found[2], *(word.removesuffix("G") for word in (found[3] or "").split(",") if word)]
    return speed % 10**9 == 0 and str(speed // 10**9) in speeds


def neighbours(fleet: Fleet) -> Table:
    """DEVICE_NEIGHBOR_METADATA of every switch that may be a neighbour, by its name."""
    found: Table = {}
    for routing, _ in fleet.networks:
        plant, tiers = fleet.plant, routing.tier.tolist()
        loopbacks = dotted_column(routing.loopback)
        for device, tier, loopback in zip(routing.devices.tolist(), tiers, loopbacks, strict=True):
            attributes = plant.element_of(plant.class_of(device)).attributes
            assert isinstance(attributes, SwitchAttributes)
            row: Row = {"lo_addr": f"{loopback}/32", "type": TYPES[role_of(tier, routing.top)]}
            if attributes.hwsku:
                row["hwsku"] = attributes.hwsku
            found[plant.devices.names[device]] = row
    return found
