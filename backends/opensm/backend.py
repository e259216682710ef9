"""OpenSM: what a subnet manager has to be told, a folder a network.

`opensm.conf` holds only what differs from OpenSM's defaults. It names `root_guids.conf` and `ib-node-name-map`;
`partitions.conf` is read by default. GUIDs are not known before machines are racked: `guids.csv` has a placeholder for
each switch, and the same placeholders stand in the files. Source of options and formats: opensm(8) of OpenSM 3.3.23
(github.com/linux-rdma/opensm, man/opensm.8.in), ibnetdiscover(8) for the map of names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.network.addresses import dotted_column
from ...compiler.network.subnet import Subnet, planned
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit import csv
from .._kit.jinja import template
from .._kit.placeholders import guid
from .._kit.safe import folder, is_host_name, one_line
from .routing import Engine, engine

NAME = "opensm"

FILES = ("opensm.conf", "partitions.conf", "ib-node-name-map", "root_guids.conf")

MTU_CODES = {256: 1, 512: 2, 1024: 3, 2048: 4, 4096: 5}
"""As the field MTUCap of PortInfo numbers them, which partitions.conf takes."""


class OpenSm:
    """The backend `opensm`."""

    name = NAME
    summary = "OpenSM (InfiniBand): routing, partitions, names and GUIDs to fill in, for each subnet"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        for subnet in planned(plant)[0]:
            network = design.networks[subnet.network]
            bad = next((name for name in _names(plant, subnet) if not is_host_name(name)), None)
            if bad is not None:
                yield diagnose("RW8003", network.origin, detail=f"`{bad}`", help="correct the pattern in `name`")
            if engine(plant, subnet) is Engine.UNKNOWN:
                yield diagnose(
                    "RW8093",
                    network.origin,
                    detail=f"some links of {network.name} join switches that are as far from the hosts",
                    help="choose `routing_engine` yourself: opensm(8) says which suits rings, meshes and tori",
                )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        for subnet in planned(plant)[0]:
            network = design.networks[subnet.network]
            place, names = f"configs/{NAME}/{folder(network.name)}", _names(plant, subnet)
            found = engine(plant, subnet)
            tops = (subnet.tier == subnet.top).tolist()
            switches = [(name, guid(name)) for name in names]
            values = {
                "network": one_line(network.name),
                "engine": found,
                "mtu": subnet.mtu,
                "mtu_code": MTU_CODES[subnet.mtu],
                "switches": switches,
                "roots": [pair for pair, top in zip(switches, tops, strict=True) if top],
            }
            for file in FILES:
                if file == "root_guids.conf" and found is not Engine.TREE:
                    continue
                yield Artifact(f"{place}/{file}", template(__package__, f"{file}.j2").render(values).encode())
            yield Artifact(f"{place}/guids.csv", csv.write([_table(names, subnet)]))


def _names(plant: Plant, subnet: Subnet) -> list[str]:
    """Host names of the switches, in their order."""
    return [plant.devices.names[device] for device in subnet.devices.tolist()]


def _table(names: list[str], subnet: Subnet) -> pl.DataFrame:
    """One row a switch: what it is called, its tier, how it is reached, and where its GUID goes."""
    return pl.DataFrame(
        {
            "host": names,
            "tier": subnet.tier,
            "management": dotted_column(subnet.management),
            "guid": [guid(name) for name in names],
        }
    )
