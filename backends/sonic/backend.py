"""SONiC: `config_db.json` and `frr.conf`, a folder a switch.

`config_db.json` goes to `/etc/sonic`, `frr.conf` to `/etc/sonic/frr`. SONiC lays the first over its image's own
`init_cfg.json`, so it holds what the design decides and nothing else.

The routing configuration mode is `split-unified` by default, in which SONiC starts FRR from `frr.conf` and writes none
of its own (docker-fpm-frr, docker_init.sh), so there are no BGP tables: two sources of one truth would differ some day.
With `routing_mode = tables` it is `unified`: the BGP tables are there, and no `frr.conf`, which SONiC would write over.

Lane numbers, aliases and indices of ports are facts of a platform. Where the catalog has its port map (`serdes`), PORT
holds them. Elsewhere they are left out rather than invented, and RW8006 says so: SONiC does not load such a PORT as it
is. On the switch, `sonic-cfggen -H -k <SKU> -j config_db.json --print-data` begins with the platform's own port map
and lays this file over it, which completes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import orjson

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.device_model import SwitchModel
from .._kit.fleet import fleet, models
from .._kit.frr_text import routing_text
from .._kit.jinja import template
from .._kit.ports import names_for
from .._kit.refusals import bad_host_names, bad_interface_names, bad_mtu, unnamed_ports
from .._kit.safe import folder
from .limits import limits
from .lossless import Lossless
from .platform import NAME_LENGTH, OS, Platform, neighbours, platforms
from .routing import routing_tables
from .rows import Table, Tables
from .services import service_tables
from .tables import base_tables
from .unknowns import unknown_lanes, unknown_lengths

MTU = (68, 9216)
"""Range of `mtu` in sonic-port.yang."""


class Sonic:
    """The backend `sonic`."""

    name = OS
    summary = "SONiC: config_db.json and frr.conf for each switch"
    per_device = True
    subsets = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        mine = fleet(design, plant, request, OS)
        return list(
            chain(
                unnamed_ports(mine),
                bad_host_names(mine),
                bad_interface_names(mine, names_for(OS), NAME_LENGTH),
                bad_mtu(mine, *MTU),
                unknown_lanes(mine),
                unknown_lengths(mine),
                limits(mine),
            )
        )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        mine = fleet(design, plant, request, OS)
        config, boxes, around = template(__package__, "frr.conf.j2"), platforms(mine), neighbours(mine)
        lossless = Lossless()
        for switch in models(mine, names_for(OS)):
            place = f"configs/{OS}/{folder(switch.name)}"
            platform = boxes[switch.name]
            yield Artifact(f"{place}/config_db.json", write(tables(switch, platform, around, lossless)))
            if not platform.tables:
                text = config.render(switch=switch, routing=routing_text(switch))
                yield Artifact(f"{place}/frr.conf", text.encode())


def tables(switch: SwitchModel, platform: Platform, around: Table, lossless: Lossless) -> Tables:
    """All of CONFIG_DB that the design decides. `around` are the rows of neighbours."""
    found = base_tables(switch, platform, around) | service_tables(switch)
    qos = switch.network.qos
    if qos is not None:
        found |= lossless.tables(switch, qos, platform)
    if platform.tables:
        found |= routing_tables(switch)
    return found


def write(found: Tables) -> bytes:
    """CONFIG_DB as SONiC reads it: tables in alphabetical order, rows in the order of ports."""
    return orjson.dumps(dict(sorted(found.items())), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
