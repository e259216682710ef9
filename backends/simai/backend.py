"""SimAI: a topology of servers with NVSwitches, its configuration, and a workload file each.

Workloads over the same ranks share one folder; the others have a folder inside, named after the first of them. All of a
large fabric is written when SimAI is asked for by name; a run holds some thousand GPUs, so its workloads are over the
first ranks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design, Workload
from ...compiler.plant import Plant
from ...compiler.simulation import Graph, answers, find_graph
from ...compiler.workloads import compile_program
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.csv import write
from .._kit.graphs import Part, nodes_table, notes
from .._kit.graphs import folders as graph_folders
from .._kit.hpcc import Servers, as_servers, near, switchless, uneven
from .._kit.jinja import template
from .._kit.safe import folder, one_line
from .layers import Layers, layers
from .text import OUTPUT, conf, topology

ROOT = "sim/simai"

MOST_NODES = 65_536
"""SimAI makes a node's address of 16 bits of its number."""


class SimAI:
    """The backend `simai`."""

    name = "simai"
    summary = "SimAI: topology, configuration and a workload file each"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        found = list(notes(design, plant, request))
        written = False
        for _, part in _folders(plant):
            servers = _servers(part.graph, part.workload)
            if isinstance(servers, Diagnostic):
                found.append(servers)
                continue
            found += _approximated(part.graph)
            for workload in part.workloads:
                made = _layers(design, workload, part, servers)
                if isinstance(made, Diagnostic):
                    found.append(made)
                else:
                    written = True
                    found += [_accepted(workload, why) for why in made.lost]
        # One of several workloads is no error, even to who asks for this backend.
        return list(answers(found, replace(request, named=request.named and not written), self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        for place, part in _folders(plant):
            servers = _servers(part.graph, part.workload)
            if isinstance(servers, Servers):
                yield from _folder(design, plant, place, part, servers)
                if not part.whole and request.named:
                    full = _all(plant, part.workload)
                    if full is not None:
                        text = topology(full, _gpu_type(design, part.graph))
                        yield Artifact(f"{place}/topology_full.txt", text)


def _folders(plant: Plant) -> Iterator[tuple[str, Part]]:
    """Where each part goes."""
    for place, part in graph_folders(plant, ROOT):
        yield place, replace(part, graph=near(part.graph))


def _all(plant: Plant, workload: Workload) -> Servers | None:
    """All ranks, not only those that are simulated. The graph is large, and is not kept."""
    graph = find_graph(plant, workload)
    return None if isinstance(graph, Diagnostic) or uneven(graph) else as_servers(graph)


def _servers(graph: Graph, workload: Workload) -> Servers | Diagnostic:
    """What SimAI can hold of a graph."""
    if uneven(graph):
        return diagnose(
            "RW8112",
            workload.at("ranks"),
            "these ranks",
            detail="SimAI wants as many accelerators in each scale-up domain",
            help="take whole domains, or as many ranks of each",
        )
    if switchless(graph) and not workload.attributes.approximate:
        return diagnose(
            "RW8150",
            workload.origin,
            "this workload",
            detail=f"{int(np.bincount(graph.domain)[0]):,} accelerators are joined without a switch; in SimAI they do "
            "not forward, and each server has one NVSwitch",
            help="`approximate = true` in the workload puts a switch with the whole bandwidth of each in its place",
        )
    return as_servers(graph)


def _approximated(graph: Graph) -> Iterator[Diagnostic]:
    if switchless(graph):
        why = (
            "a switch stands for scale-up that has none, so accelerators far from each other are as fast as neighbours"
        )
        yield _accepted(graph.workload, why)


def _accepted(workload: Workload, why: str) -> Diagnostic:
    return diagnose("RW8151", workload.at("approximate"), "accepted here", detail=f"`{workload.name}`: {why}")


def _layers(design: Design, workload: Workload, part: Part, servers: Servers) -> Layers | Diagnostic:
    made = layers(workload, compile_program(design, workload), part.graph.hosts, servers.each, servers.in_order)
    if isinstance(made, Layers) and (not made.lost or workload.attributes.approximate):
        return made
    why = made if isinstance(made, str) else made.lost[0]
    more = "" if isinstance(made, str) else "write `approximate = true` in the workload if that will do, or "
    return diagnose(
        "RW8152",
        workload.at("collective", "step"),
        "this",
        detail=f"`{workload.name}`: {why}",
        help=f"{more}leave it to another simulator",
    )


def _gpu_type(design: Design, graph: Graph) -> str:
    """A word of SimAI's for the accelerator; others it takes as unknown, which changes a few constants of NCCL."""
    name = design.elements[graph.workload.ranks].definition.upper()
    return next((known for known in ("A100", "A800", "H100", "H800") if known in name), "NONE")


def _folder(design: Design, plant: Plant, place: str, part: Part, servers: Servers) -> Iterator[Artifact]:
    graph = part.graph
    yield Artifact(f"{place}/topology.txt", topology(servers, _gpu_type(design, graph)))
    yield Artifact(f"{place}/SimAI.conf", conf(servers))
    table = nodes_table(plant, graph).with_columns(pl.Series("node", servers.nodes)).rename({"node": "simai"})
    ranks = np.where(np.arange(len(graph.kind)) < graph.hosts, np.arange(len(graph.kind)), -1)
    column = pl.Series("rank", ranks)
    yield Artifact(f"{place}/nodes.csv", write([table.insert_column(1, column.set(column < 0, None)).sort("simai")]))
    runs = []
    for workload in part.workloads:
        made = _layers(design, workload, part, servers)
        if isinstance(made, Layers):
            runs.append({"name": folder(workload.name), "made": made, "least": _least(made, servers)})
            yield Artifact(f"{place}/{folder(workload.name)}.txt", made.text)
    values = {
        "runs": runs,
        "servers": servers,
        "total": part.total,
        "whole": part.whole,
        "name": one_line(part.name),
        "zeros": graph.zeros,
        "parallel": part.parallel,
        "switchless": switchless(graph),
        "nodes": servers.gpus + servers.servers + servers.switches,
        "output": OUTPUT,
    }
    for name in ("README.md", "run.sh"):
        yield Artifact(f"{place}/{name}", template(__package__, f"{name}.j2").render(values).encode())


def _least(made: Layers, servers: Servers) -> int:
    """Nanoseconds that the bytes of one GPU take at least: through its NVSwitch, and through the ports of its server,
    which all rings that leave the server share."""
    several = servers.each > 1 and (made.stride < servers.each and made.members > 1)
    inner = 8 * made.sent * 10**9 // int(servers.rate[: servers.inner].min()) if several else 0
    # A group leaves a server once, however many of its members are there.
    leaving = min(made.stride, servers.each) if made.members * made.stride > servers.each else 0
    ports = np.zeros(servers.gpus, dtype=np.int64)
    rows = np.arange(servers.inner, len(servers.a))
    rows = rows[servers.a[rows] < servers.gpus]
    np.add.at(ports, servers.a[rows], servers.rate[rows])
    if not leaving or not ports.min():
        return inner
    return max(inner, 8 * made.sent * leaving * 10**9 // (int(ports.min()) * servers.each))
