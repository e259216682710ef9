"""ns-3: the network as HPCC and its relatives lay it out, and a script for the `ns3` wheel that measures it.

Workloads over the same ranks share one folder; the others have a folder inside, named after the first of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...compiler.simulation import Graph, answers
from ...dsl.diagnostics import Diagnostic
from .._kit.csv import write
from .._kit.graphs import (
    Part,
    delays,
    find_probes,
    find_ways,
    folders,
    nodes_table,
    notes,
    probes_table,
    rates,
    readme_values,
)
from .._kit.jinja import template
from .messages import find_messages, messages_table

ROOT = "sim/ns3"


class Ns3:
    """The backend `ns3`."""

    name = "ns3"
    summary = "ns-3: topology of each workload, and a script that measures round trips"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return list(answers(notes(design, plant, request), request, self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        found = folders(plant, ROOT)
        for place, part in found:
            yield from _folder(plant, place, part, readme_values(place, part, found))


def topology(graph: Graph) -> bytes:
    """`topology.txt`: counts of nodes, switches and links; the switches; one line a link."""
    switches = np.arange(graph.hosts, len(graph.kind))
    head = [f"{len(graph.kind)} {len(switches)} {len(graph.a)}", " ".join(map(str, switches.tolist()))]
    columns = {"a": graph.a, "z": graph.z, "rate": rates(graph.rate), "delay": delays(graph.delay)}
    lines = pl.DataFrame(columns).select(pl.format("{} {} {} {} 0", "a", "z", "rate", "delay")).to_series()
    return ("\n".join([*head, *lines]) + "\n").encode()


def _folder(plant: Plant, place: str, part: Part, about: dict[str, object]) -> Iterator[Artifact]:
    graph = part.graph
    ways = find_ways(graph)
    probes, messages = find_probes(ways), find_messages(plant, part, ways)
    yield Artifact(f"{place}/topology.txt", topology(graph))
    yield Artifact(f"{place}/nodes.csv", write([nodes_table(plant, graph)]))
    yield Artifact(f"{place}/expected.csv", write([probes_table(probes)]))
    yield Artifact(f"{place}/messages.csv", write([messages_table(messages)]))
    yield Artifact(f"{place}/run.py", template(__package__, "run.py.j2").render().encode())
    values = about | {
        "probes": len(probes),
        "messages": len(messages),
    }
    yield Artifact(f"{place}/README.md", template(__package__, "README.md.j2").render(values).encode())
