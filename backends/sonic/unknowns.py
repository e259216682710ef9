"""What the design and the catalog do not tell SONiC, and what the files do instead."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...compiler.network.reach import planned_metres
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.fleet import Fleet
from .._kit.lanes import doubt
from .._kit.ports import data_ports, unnamed


def unknown_lanes(fleet: Fleet) -> Iterator[Diagnostic]:
    """A warning for every port of a part without a port map, at the first switch that needs it."""
    design, told = fleet.design, set()
    for cls in fleet.classes:
        # Ports without a name have an error of their own.
        nameless = unnamed(fleet.plant, cls, fleet.os)
        for array in data_ports(fleet.plant, cls):
            port, switch = design.elements[array.element], design.elements[cls.element]
            why = doubt(design, array)
            if why and array not in nameless and port.origin not in told:
                told.add(port.origin)
                yield diagnose(
                    "RW8006",
                    port.origin,
                    detail=f"{fleet.name(cls)} runs SONiC, and `{port.name}` of `{switch.definition}` {why}; "
                    "PORT has no lanes, and the platform's own port map must supply them",
                    help="add `serdes = [...]`, the first lane of each cage, "
                    "from the platform's port_config.ini or platform.json",
                    also=[(switch.origin, "the switch")],
                )


def unknown_lengths(fleet: Fleet) -> Iterator[Diagnostic]:
    """A note for every lossless network with cables of unknown length on these switches."""
    plant, planned = fleet.plant, planned_metres(fleet.plant)
    for routing, classes in fleet.networks:
        network = fleet.design.networks[routing.network]
        if network.attributes.roce is None:
            continue
        mine = np.zeros(len(plant.devices), dtype=np.bool_)
        mine[routing.devices[fleet.rows(routing, classes)]] = True
        links = plant.links
        rows = np.flatnonzero(
            (mine[links.a_device] | mine[links.z_device]) & (links.network == routing.network) & (links.length_um < 0)
        )
        if not len(rows):
            continue
        count = f"{len(rows):,} links without a known length" if len(rows) > 1 else "1 link without a known length"
        taken = np.unique(planned[rows]).tolist()
        metres = f"{taken[0]} m" if len(taken) == 1 else f"{taken[0]} m to {taken[-1]} m"
        yield diagnose(
            "RW8007",
            network.origin,
            detail=f"{count} of SONiC switches (reserved ones included), so headroom is "
            f"asked for {metres}: the reach of their cable or optic, at most 300 m",
            help="give a floor plan and `place` the racks, then lengths follow",
        )
