"""Zero-touch provisioning: what every switch fetches at its first boot, a DHCP server that says so, and one index.

`ztp/index.csv` has a row a switch. `ztp/kea-dhcp4.json` is Kea's. `ztp/<os>/` what provisions one switch. A serial
number and a MAC address are placeholders until somebody has the box in hand; no secret is in any of these files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.csv import harmless, write
from .._kit.jinja import template
from .._kit.placeholders import mac, serial
from . import kea, linux, sonic
from .boxes import Box, Net, boxes, located, networks
from .files import WAYS, files, url

COLUMNS = ("host", "serial", "mac", "role", "model", "location", "management", "os", "image", "config", "provisioning")


class Ztp:
    """The backend `ztp`."""

    name = "ztp"
    summary = "Zero-touch provisioning of switches: a file each, an index by serial number, DHCP reservations"
    per_device = False  # little work, and Polars, which workers cannot use

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        found = boxes(design, plant)
        return [*_by_hand(plant, found), *_without_dhcp(design, networks(plant), found)]

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        found, nets = boxes(design, plant, located(plant)), networks(plant)
        if not found:
            return
        if not request.shard:
            if any(net.pool is not None for net in nets):
                # Reservations go by address alone: a switch without an operating system has one too.
                yield Artifact("ztp/kea-dhcp4.json", kea.document(nets, found))
            yield Artifact("ztp/index.csv", index(found))
            yield from _shared({WAYS.get(box.os, "") for box in found})
        bootstrap = template(__package__, "eos_bootstrap.j2")
        for box in found:
            if box.device % request.shards != request.shard:
                continue
            mine = files(box)
            folder = mine.entry.rpartition("/")[0]
            match WAYS.get(box.os):
                case "eos":
                    text = bootstrap.render(
                        host=box.host,
                        serial=serial(box.host),
                        image=mine.image,
                        image_url=url(f"images/{mine.image}"),
                        config_url=url(mine.config),
                    )
                    yield Artifact(mine.entry, text.encode())
                case "sonic":
                    yield Artifact(mine.entry, sonic.document(box, nets[box.network] if box.network >= 0 else None))
                case "linux":
                    yield Artifact(mine.entry, linux.user_data(box))
                    yield Artifact(f"{folder}/meta-data", linux.meta_data(box))


def index(found: list[Box]) -> bytes:
    """`index.csv`."""
    rows = []
    for box in found:
        mine = files(box)
        known = (box.host, serial(box.host), mac(box.host), box.role, harmless(box.model), harmless(box.location))
        rows.append((*known, box.address, box.os, mine.image, mine.config, mine.entry))
    return write([pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")])


def _shared(ways: set[str]) -> Iterator[Artifact]:
    """The scripts that serve all switches of a system."""
    if "sonic" in ways:
        yield Artifact(sonic.CHECK, template(__package__, "sonic_check_serial.j2").render().encode())
        yield Artifact(sonic.ROUTING, template(__package__, "sonic_install_frr.j2").render().encode())
    if "linux" in ways:
        yield Artifact(linux.CHECK, template(__package__, "linux_check_serial.j2").render().encode())


def _by_hand(plant: Plant, found: list[Box]) -> Iterator[Diagnostic]:
    """RW8080 for every operating system that does not provision itself in a way that is known here."""
    for os in sorted({box.os for box in found} - set(WAYS)):
        mine = [box for box in found if box.os == os]
        cls = plant.class_of(mine[0].device)
        what = f"have `os = {os}`" if os else "have no `os`"
        yield diagnose(
            "RW8080",
            plant.design.elements[cls.element].origin,
            detail=f"{len(mine):,} switches {what}, such as {mine[0].host}; they are in the index and in "
            "the reservations, without a file to boot from",
            help=f"provisioned by itself are {', '.join(sorted(WAYS))}",
        )


def _without_dhcp(design: Design, nets: tuple[Net, ...], found: list[Box]) -> Iterator[Diagnostic]:
    """RW8081 where switches have no management address that could be reserved."""
    lacking = [box for box in found if not box.address]
    if lacking:
        network = next((n for n in design.networks if n.attributes.pools.management is None), None)
        yield diagnose(
            "RW8081",
            network.origin if network is not None else design.elements[0].origin,
            detail=f"{len(lacking):,} switches have no management address, such as {lacking[0].host}; "
            "no reservation is written for them",
            help='give the network a management pool, such as `pools { management = "172.16.0.0/20" }`',
        )
