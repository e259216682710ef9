"""Which part of a workload's graph is written: all of it, or the first ranks where there are too many.

Packet and flit simulators hold a thousand nodes, not a hundred thousand. The part is the largest run of whole arrays
of ranks within `LIMIT`, with the switches above them up to the lowest tier that joins them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....compiler.design import Workload
from ....compiler.once import once
from ....compiler.plant import Plant
from ....compiler.simulation import Graph, by_ranks, components, find_graph, name_prefix, prefix
from ....dsl.diagnostics import Diagnostic, diagnose
from ..safe import folder

LIMIT = 1024
"""Ranks that are written at most."""


@dataclass(frozen=True)
class Part:
    """The graph that is written for `workloads`, which are over the same ranks; `total` counts all of these, and
    `name` says which are in it, as a path of the design."""

    workloads: tuple[Workload, ...]
    graph: Graph
    total: int
    name: str

    @property
    def whole(self) -> bool:
        return self.graph.hosts == self.total

    @property
    def parallel(self) -> int:
        """Links that have another one beside them that joins the same nodes."""
        return len(self.graph.a) - len(self.graph.bundled().a)

    @property
    def workload(self) -> Workload:
        """The one that the folder is named after."""
        return self.workloads[0]


@once
def find_parts(plant: Plant) -> tuple[Part | Diagnostic, ...]:
    """The part of every group of workloads, those over most ranks first, or why there is none."""
    return tuple(_part(plant, tuple(group)) for group in by_ranks(plant.design))


def folders(plant: Plant, root: str) -> list[tuple[str, Part]]:
    """The parts that there are, and the folder of each: the first one's is the root."""
    found = []
    for number, part in enumerate(find_parts(plant)):
        if isinstance(part, Part):
            found.append((f"{root}/{folder(part.workload.name)}" if number else root, part))
    return found


def _part(plant: Plant, workloads: tuple[Workload, ...]) -> Part | Diagnostic:
    graph = find_graph(plant, workloads[0])
    if isinstance(graph, Diagnostic):
        return graph
    total, count = graph.hosts, graph.hosts
    if total > LIMIT:
        count = prefix(workloads[0], LIMIT)[-1]
        graph = graph.first(count)
    if count < 2:
        return _alone(graph)
    label = components(len(graph.kind), graph.a, graph.z)
    if (label[:count] != label[0]).any():
        return _apart(plant, graph, int(np.argmax(label[:count] != label[0])))
    # Switches that none of the ranks reaches would be an island, at which some simulators wait for ever.
    graph = graph if (label == label[0]).all() else graph.restricted(label == label[0])
    return Part(workloads, graph, total, name_prefix(plant.design, workloads[0], count))


def _alone(graph: Graph) -> Diagnostic:
    return diagnose(
        "RW8161",
        graph.workload.origin,
        "this workload",
        detail="there is one rank, so there is no network",
        help="give it more ranks",
    )


def _apart(plant: Plant, graph: Graph, rank: int) -> Diagnostic:
    names = plant.devices.names
    one, other = (names[int(graph.device[r])] for r in (0, rank))
    return diagnose(
        "RW8161",
        graph.workload.origin,
        "these ranks",
        detail=f"no links lead from rank 0 at {one} to rank {rank:,} at {other}",
        help="take ranks that one network or one scale-up domain joins",
    )
