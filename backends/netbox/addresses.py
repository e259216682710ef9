"""Numbers and addresses: interfaces that no part has, prefixes, addresses and AS numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from ...compiler.network import dsf, routing
from ...compiler.network.addresses import dotted_column, parse_prefix
from ...compiler.network.addresses6 import Pair, parse_prefix6
from ...compiler.network.asn import PRIVATE
from ...compiler.plant import Bools, Ints, Plant
from .._kit.columns import TerminalNames, device_names, terminal_table
from .._kit.planned import Members
from .._kit.ports import eos_management_port
from .ports import Ports
from .power import at_capacity
from .text import DESCRIPTION, field

LOOPBACKS = {"eos": "Loopback0", "sonic": "Loopback0"}
"""What a system calls the interface of its loopback address; `lo` on Linux."""

MANAGEMENT = {"mlnx_os": "mgmt0"}
"""What a system calls its management port, where the part has none; `eth0` on Linux."""

RIRS = ("private use (RFC 6996)", "not stated")
"""Who gives AS numbers, which NetBox wants to know."""


_POOLS = ("loopback", "host", "fabric", "management", "loopback6", "host6", "fabric6")


def loopback_names(plant: Plant) -> list[str]:
    """By class."""
    return [LOOPBACKS.get(plant.element_of(cls).os or "", "lo") for cls in plant.classes]


def management_names(plant: Plant, ports: Sequence[Ports]) -> list[tuple[str, bool]]:
    """What the management port of each class is called, and whether its part has it."""
    found = []
    for cls in plant.classes:
        own = ports[cls.index].interfaces
        os = plant.element_of(cls).os or ""
        name = MANAGEMENT.get(os, "eth0")
        if os == "eos":
            name = eos_management_port(i.name for i in own)
        given = next((i.name for i in own if i.management), "")
        found.append((given or name, bool(given) or any(i.name == name for i in own)))
    return found


def interface_frame(plant: Plant, members: Members, ports: Sequence[Ports]) -> pl.DataFrame:
    """`dcim/interfaces/import/`: loopbacks, and management ports of parts that have none."""
    cls, names = plant.devices.cls, device_names(plant)
    inside = np.array([has for _, has in management_names(plant, ports)] or [False], dtype=np.bool_)
    looped = np.flatnonzero(members.loopback >= 0)
    managed = np.flatnonzero((members.management >= 0) & ~inside[cls])
    loopbacks = pl.Series(loopback_names(plant), dtype=pl.String)
    managements = pl.Series([name for name, _ in management_names(plant, ports)], dtype=pl.String)
    rows = np.concatenate([looped, managed])
    return pl.DataFrame(
        {
            "device": names.gather(rows),
            "name": pl.concat([loopbacks.gather(cls[looped]), managements.gather(cls[managed])]),
            "type": ["virtual"] * len(looped) + ["other"] * len(managed),
            "mgmt_only": ["false"] * len(looped) + ["true"] * len(managed),
        },
        schema_overrides={"type": pl.String, "mgmt_only": pl.String},
    )


def address_frames(plant: Plant, members: Members, ports: Sequence[Ports]) -> Iterator[pl.DataFrame]:
    """`ipam/ip-addresses/import/`: loopbacks, management addresses, then both ends of links, by network.

    The primary address of a device is that for management, where it has one, else its loopback: it is what tools that
    read NetBox connect to.
    """
    cls = plant.devices.cls
    managements = pl.Series([name for name, _ in management_names(plant, ports)], dtype=pl.String)
    loopbacks = pl.Series(loopback_names(plant), dtype=pl.String)
    looped = np.flatnonzero(members.loopback >= 0)
    yield _addresses(
        plant,
        looped,
        loopbacks.gather(cls[looped]),
        [f"{a}/32" for a in dotted_column(members.loopback[looped])],
        "loopback",
        members.management[looped] < 0,
    )
    managed = np.flatnonzero(members.management >= 0)
    yield _addresses(
        plant,
        managed,
        managements.gather(cls[managed]),
        [
            f"{a}/{members.length(d)}"
            for a, d in zip(dotted_column(members.management[managed]), managed.tolist(), strict=True)
        ],
        "",
        np.ones(len(managed), dtype=np.bool_),
    )
    yield from _six_loopbacks(plant, members, loopbacks)
    yield from _links(plant, ports)


def _six_loopbacks(plant: Plant, members: Members, loopbacks: pl.Series) -> Iterator[pl.DataFrame]:
    grown = plant.at_capacity
    pairs = {r.network: r.pools.loopbacks6 for r in routing.plan(grown.design, grown)[0]}
    for number, network in enumerate(members.networks):
        pair = pairs.get(network.network)
        if pair is not None:
            rows = np.flatnonzero((members.network == number) & (members.loopback >= 0))
            texts = [f"{pair.text(a)}/128" for a in members.loopback[rows].tolist()]
            names = loopbacks.gather(plant.devices.cls[rows])
            yield _addresses(plant, rows, names, texts, "loopback", members.management[rows] < 0)


def _links(plant: Plant, ports: Sequence[Ports]) -> Iterator[pl.DataFrame]:
    """Addresses at both ends of every link that has them."""
    grown, links = plant.at_capacity, plant.links
    at = at_capacity(links, grown.links)
    names = terminal_table(plant, lambda cls: ports[cls.index].names)
    for r in routing.plan(grown.design, grown)[0]:
        for own, pair in ((r.fabric, r.pools.fabrics6), (~r.fabric, r.pools.hosts6)):
            yield from _ends(plant, names, at, own, r.a_address, r.z_address, pair)
    for d in dsf.plan(grown.design, grown)[0]:
        yield from _ends(plant, names, at, np.ones(len(grown.links), dtype=np.bool_), d.a_address, d.z_address, None)


def _ends(
    plant: Plant, names: TerminalNames, at: Ints, own: Bools, a: Ints, z: Ints, pair: Pair | None
) -> Iterator[pl.DataFrame]:
    links, cls = plant.links, plant.devices.cls
    for device, terminal, address in (
        (links.a_device, links.a_terminal, a[at]),
        (links.z_device, links.z_terminal, z[at]),
    ):
        rows = np.flatnonzero((address >= 0) & own[at])
        called = names.gather(cls[device[rows]], terminal[rows])
        never = np.zeros(len(rows), dtype=np.bool_)
        texts = [f"{text}/31" for text in dotted_column(address[rows])]
        yield _addresses(plant, device[rows], called, texts, "", never)
        if pair is not None:
            texts = [f"{pair.text(number)}/127" for number in address[rows].tolist()]
            yield _addresses(plant, device[rows], called, texts, "", never)


def _addresses(
    plant: Plant, device: Ints, interface: pl.Series, texts: list[str], role: str, primary: Bools
) -> pl.DataFrame:
    count = len(device)
    return pl.DataFrame(
        {
            "address": pl.Series(texts, dtype=pl.String),
            "status": pl.repeat("reserved", count, dtype=pl.String, eager=True),
            "role": pl.repeat(role or None, count, dtype=pl.String, eager=True),
            "device": device_names(plant).gather(device),
            "interface": interface,
            "is_primary": pl.Series(["false", "true"]).gather(primary.astype(np.int64)),
        }
    )


def prefix_frame(plant: Plant) -> pl.DataFrame:
    """`ipam/prefixes/import/`: the pools of every network."""
    found: dict[str, str] = {}
    for network in plant.design.networks:
        for pool in _POOLS:
            text = getattr(network.attributes.pools, pool)
            prefix = None if text is None else parse_prefix6(text) if pool.endswith("6") else parse_prefix(text)
            if prefix is not None and not isinstance(prefix, str):
                found.setdefault(str(prefix), field(f"{pool} pool of {network.name}", DESCRIPTION))
    frame = {"prefix": list(found), "status": ["container"] * len(found), "description": list(found.values())}
    return pl.DataFrame(frame, schema=dict.fromkeys(frame, pl.String))


def rir_frame(plant: Plant, members: Members) -> pl.DataFrame:
    """`ipam/rirs/import/`: those that have given a number."""
    frame = pl.DataFrame({"name": RIRS, "slug": ["rfc-6996", "not-stated"], "is_private": ["true", "false"]})
    return frame.filter(pl.col("name").is_in(asn_frame(plant, members)["rir"].to_list()))


def asn_frame(plant: Plant, members: Members) -> pl.DataFrame:
    """`ipam/asns/import/`: every AS number once, with who has it."""
    rows = np.flatnonzero(members.asn >= 0)
    numbers, first, count = np.unique(members.asn[rows], return_index=True, return_counts=True)
    names = plant.devices.names
    private = np.zeros(len(numbers), dtype=np.bool_)
    for low, high in PRIVATE:
        private |= (numbers >= low) & (numbers <= high)
    told = [
        names[device] if many == 1 else f"{names[device]} and {many - 1} more"
        for device, many in zip(rows[first].tolist(), count.tolist(), strict=True)
    ]
    rirs = [RIRS[0 if own else 1] for own in private.tolist()]
    frame = {"asn": [str(n) for n in numbers.tolist()], "rir": rirs, "description": told}
    return pl.DataFrame(frame, schema=dict.fromkeys(frame, pl.String))
