"""The switches that are to be provisioned: what is known of each before anybody has unpacked it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...compiler.design import Design
from ...compiler.network.addresses import Prefix, dotted
from ...compiler.plant import Plant
from ...compiler.schema import SwitchAttributes
from .._kit.columns import locations
from .._kit.device_model import Services
from .._kit.network_model import role_of, services
from .._kit.planned import planned


class Box(NamedTuple):
    """A switch. `os` is empty where the spec says none, `role` outside a network of tiers, `address` with DHCP,
    `location` where it is not known.

    `network` is a number in the list of networks, -1 for none. `own_tables` says that its system routes by tables of
    its own, not by its routing daemon's file. `platform` is the system's word for the hardware.
    """

    device: int
    host: str
    os: str
    model: str
    role: str
    location: str
    network: int
    address: str
    own_tables: bool
    platform: str


@dataclass(frozen=True)
class Net:
    """A network's management side. Without a pool its switches ask for an address that somebody else plans."""

    pool: Prefix | None
    gateway: str
    services: Services


def networks(plant: Plant) -> tuple[Net, ...]:
    """The planned networks, in the order in which boxes number them."""
    design = plant.at_capacity.design
    return tuple(
        Net(
            p.pool,
            dotted(p.gateway) if p.pool is not None and p.gateway >= 0 else "",
            services(design.networks[p.network].attributes),
        )
        for p in planned(plant)
    )


def located(plant: Plant) -> list[str]:
    """Where each device is; empty where that is not known."""
    return [place or "" for place in locations(plant).to_list()]


def boxes(design: Design, plant: Plant, places: Sequence[str] = ()) -> list[Box]:
    """Every built switch that has an operating system or a management address, in the order of devices.

    Without `places` none is located: `accepts` does not ask, and what uses polars there cannot be forked afterwards.
    """
    grown = plant.numbers_at_capacity(np.arange(len(plant.devices)))
    count = len(plant.at_capacity.devices)
    network = np.full(count, -1, dtype=np.int64)
    tier = np.zeros(count, dtype=np.int64)
    management = np.full(count, -1, dtype=np.int64)
    nets = planned(plant)
    for number, p in enumerate(nets):
        network[p.devices] = number
        tier[p.devices] = p.tier if len(p.tier) else 0
        management[p.devices] = p.management
    tops = [int(p.tier.max(initial=1)) for p in nets]
    found = []
    for cls in plant.classes_of_kind("switch"):
        element = plant.element_of(cls)
        attributes = element.attributes
        assert isinstance(attributes, SwitchAttributes)
        for device in range(cls.first, cls.first + cls.count):
            at = int(grown[device])
            number = int(network[at])
            pool = nets[number].pool if number >= 0 else None
            if element.os is None and pool is None:
                continue
            found.append(
                Box(
                    device,
                    plant.devices.names[device],
                    element.os or "",
                    attributes.model or "",
                    role_of(int(tier[at]), tops[number]) if tier[at] else "",
                    places[device] if places else "",
                    number,
                    f"{dotted(int(management[at]))}/{pool.length}" if pool is not None else "",
                    attributes.routing_mode == "tables",
                    attributes.platform or "",
                )
            )
    return sorted(found)
