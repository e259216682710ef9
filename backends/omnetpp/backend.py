"""OMNeT++: the network in NED, and a small module that measures round trips through it.

Workloads over the same ranks share one folder; the others have a folder inside, named after the first of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
from .._kit.safe import one_line

ROOT = "sim/omnetpp"
FILES = {"README.md": "README.md.j2", "node.cc": "node.cc.j2", "omnetpp.ini": "omnetpp.ini.j2"}


class Omnetpp:
    """The backend `omnetpp`."""

    name = "omnetpp"
    summary = "OMNeT++: NED network of each workload, and a module that measures round trips"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return list(answers(notes(design, plant, request), request, self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        found = folders(plant, ROOT)
        for place, part in found:
            yield from _folder(plant, place, part, readme_values(place, part, found))


def network(graph: Graph, name: str) -> bytes:
    """`Fabric.ned`: every link is a connection with its rate and latency; gates count as the links do."""
    head = [
        f"// {name}",
        "channel Cable extends ned.DatarateChannel {}",
        "",
        "simple Node {",
        "    parameters:",
        "        int address;",
        "    gates:",
        "        inout port[];",
        "}",
        "",
        "network Fabric {",
        "    submodules:",
        f"        node[{len(graph.kind)}]: Node {{ address = index; }}",
        "    connections:",
    ]
    columns = {"a": graph.a, "z": graph.z, "rate": rates(graph.rate), "delay": delays(graph.delay)}
    ends = (pl.format("        node[{}].port++", "a"), pl.format("node[{}].port++;", "z"))
    cable = pl.concat_str(
        pl.lit(" <--> Cable { datarate = "), "rate", pl.lit("; delay = "), "delay", pl.lit("; } <--> ")
    )
    lines = pl.DataFrame(columns).select(pl.concat_str(ends[0], cable, ends[1])).to_series()
    return ("\n".join([*head, *lines, "}"]) + "\n").encode()


def _folder(plant: Plant, place: str, part: Part, about: dict[str, object]) -> Iterator[Artifact]:
    graph, name = part.graph, one_line(part.name)
    probes = find_probes(find_ways(graph))
    yield Artifact(f"{place}/Fabric.ned", network(graph, name))
    yield Artifact(f"{place}/nodes.csv", write([nodes_table(plant, graph)]))
    yield Artifact(f"{place}/expected.csv", write([probes_table(probes)]))
    values = about | {
        "probes": len(probes),
    }
    for path, source in FILES.items():
        yield Artifact(f"{place}/{path}", template(__package__, source).render(values).encode())
