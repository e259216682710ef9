"""What the plant expects of each port, outlet, inlet and device, as metrics that rules compare with measured ones.

The rules are few and general; what is as large as the building stands here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ...compiler.cooling.traits import traits
from ...compiler.names import cable_ids
from ...compiler.plant import DeviceClass, Ints, Plant
from ...compiler.power.flow import device_supply
from ...compiler.power.terminals import NEVER, Side, terminals
from ...compiler.views.fabric import data_links
from .._kit.columns import device_names, pick, terminal_table
from .._kit.columns import terminals as terminal_names
from .._kit.numbers import fixed
from .._kit.ports import frr_names, own_names
from .exposition import Metric, escaped


def interface_names(plant: Plant, cls: DeviceClass) -> list[str | None]:
    """What the operating system of a device calls its ports, None where that is not known; own names of switches."""
    element = plant.element_of(cls)
    found = frr_names(plant, cls) if element.os == "frr" else own_names(plant, cls)
    return [None] * cls.terminal_count("port") if found is None else [name or None for name in found]


def links(plant: Plant) -> Iterator[Metric]:
    """Both ends of every data link whose interface has a known name, with the speed that it is designed for."""
    ends = plant.ends
    names = terminal_table(plant, lambda cls: interface_names(plant, cls))
    cls, devices = plant.devices.cls, escaped(device_names(plant))
    own = names.gather(cls[ends.device], ends.port)
    rows = np.flatnonzero(data_links(plant)[ends.link] & own.is_not_null().to_numpy())
    device, peer, link = ends.device[rows], ends.peer_device[rows], ends.link[rows]
    labels = terminal_names(plant, "port").gather(cls[peer], ends.peer_port[rows])
    far = names.gather(cls[peer], ends.peer_port[rows])
    networks = pl.Series([network.name for network in plant.design.networks], dtype=pl.String)
    lossless = np.array([n.attributes.roce is not None for n in plant.design.networks] + [False], dtype=np.bool_)
    network = plant.links.network[link]
    yield Metric(
        "rackwright_link_expected",
        "Designed speed of the link at this interface in bit/s.",
        {
            "device": devices.gather(device),
            "interface": escaped(own.gather(rows)),
            "peer": devices.gather(peer),
            "peer_interface": escaped(far.zip_with(far.is_not_null(), labels)),
            "network": escaped(pick(networks, network)),
            "cable": escaped(cable_ids(plant).gather(link)),
            "lossless": pl.Series(["no", "yes"]).gather(lossless[network].astype(np.int64)),
        },
        pl.Series(plant.links.speed[link]).cast(pl.String),
    )


def unwatched(plant: Plant) -> Ints:
    """Links that carry data and have no interface of a known name at either end, so that no alert watches them."""
    ends = plant.ends
    named = terminal_table(plant, lambda cls: interface_names(plant, cls)).gather(
        plant.devices.cls[ends.device], ends.port
    )
    known = np.zeros(len(plant.links), dtype=np.bool_)
    known[ends.link[named.is_not_null().to_numpy()]] = True
    return np.flatnonzero(data_links(plant) & ~known)


def feeds(plant: Plant) -> Iterator[Metric]:
    """The lowest limit of every outlet, and of every inlet with the whip at it; and what feeders can supply."""
    for side in ("outlet", "inlet"):
        yield from _limits(plant, side)
    supply = device_supply(plant)
    rows = np.flatnonzero(supply > 0)
    yield Metric(
        "rackwright_supply_limit_watts",
        "What this device can feed continuously.",
        {"device": escaped(device_names(plant).gather(rows))},
        fixed(supply[rows], 3),
    )


def _limits(plant: Plant, side: Side) -> Iterator[Metric]:
    found, rows = terminals(plant, side), plant.feeds
    device, terminal = (rows.a_device, rows.a_terminal) if side == "outlet" else (rows.z_device, rows.z_terminal)
    watts, apparent = found.watts, found.apparent.copy()
    if side == "inlet":
        whips = terminals(plant, "whip")
        np.minimum.at(apparent, found.number, whips.apparent)
        watts = watts.copy()
        np.minimum.at(watts, found.number, whips.watts)
    numbers, first = np.unique(found.number, return_index=True)
    names = terminal_names(plant, side)
    for unit, column in (("watts", watts), ("voltamperes", apparent)):
        mine = np.flatnonzero(column[numbers] < NEVER)
        at = first[mine]
        yield Metric(
            f"rackwright_{side}_limit_{unit}",
            f"Lowest continuous limit of this {side}{' and of what it is fed with' if side == 'inlet' else ''}.",
            {
                "device": escaped(device_names(plant).gather(device[at])),
                side: escaped(names.gather(plant.devices.cls[device[at]], terminal[at])),
            },
            fixed(column[numbers[mine]], 3),
        )


def temperatures(plant: Plant) -> Iterator[Metric]:
    """The warmest coolant and air that each device may be given."""
    found = traits(plant, set())
    for name, column in (
        ("coolant", [t.coolant_limit for t in found]),
        ("air", [t.air_limit for t in found]),
    ):
        rows = np.flatnonzero(_stated(plant, column))
        values = np.array([0 if value is None else value for value in [*column, 0]], dtype=np.int64)
        yield Metric(
            f"rackwright_{name}_limit_celsius",
            f"Warmest {name} that this device may be given.",
            {"device": escaped(device_names(plant).gather(rows))},
            fixed(values[plant.devices.cls[rows]], 3),
        )


def _stated(plant: Plant, column: list[int | None]) -> Ints:
    """For each device whether its class states a figure, as 0 or 1."""
    return np.array([int(value is not None) for value in [*column, None]], dtype=np.int64)[plant.devices.cls]
