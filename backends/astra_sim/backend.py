"""ASTRA-sim 2: a folder that runs as it is, with its analytical, congestion-unaware network; and, beside it, the same
ranks for its packet network, ns-3.

Workloads over the same ranks share one folder; the others have a folder inside, named after the first of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design, Workload
from ...compiler.plant import Plant
from ...compiler.schema import AcceleratorAttributes
from ...compiler.simulation import Graph, Simulation, answers, by_ranks, simulate
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.csv import write
from .._kit.graphs import Part as PlainPart
from .._kit.graphs import find_parts
from .._kit.hpcc import switchless, uneven
from .._kit.jinja import template
from .._kit.safe import folder, one_line
from .jobs import Job, notes, plan
from .network import FREE_MEMORY, Level, levels, network_yml, system_json
from .packet import OUTPUT, files, packets
from .part import Part, choose, limit
from .traces import traces

ROOT = "sim/astra_sim"


@dataclass(frozen=True)
class Run:
    """A job by the names of its files. `groups` is the file of its communicators; `cycles` and `exact` as a job's."""

    name: str
    what: str
    network: str
    system: str
    groups: str
    logical: str
    cycles: int
    exact: bool
    levels: tuple[Level, ...]
    approximations: tuple[str, ...]


class AstraSim:
    """The backend `astra_sim`."""

    name = "astra_sim"
    summary = "ASTRA-sim: analytical network, system and Chakra traces of each workload"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        if not design.workloads:
            return [diagnose("RW8100", design.elements[0].origin, help="add a `workload` with ranks and a collective")]
        found: list[Diagnostic] = []
        for _, workloads in _groups(design):
            simulation, problems = simulate(plant, workloads[0])
            found += problems
            if simulation is not None:
                part = choose(design, simulation, limit(workloads))
                found += _part_notes(part, simulation)
                graph = _graph(plant, simulation, part)
                found += [graph] if isinstance(graph, Diagnostic) else []
                for job in _jobs(design, simulation, part, workloads):
                    found += [job] if isinstance(job, Diagnostic) else notes(job)
        return list(answers(found, request, self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        for place, workloads in _groups(design):
            simulation, _ = simulate(plant, workloads[0])
            if simulation is not None:
                part = choose(design, simulation, limit(workloads))
                jobs = [job for job in _jobs(design, simulation, part, workloads) if isinstance(job, Job)]
                if jobs:
                    yield from _folder(design, plant, place, simulation, part, jobs)


def _groups(design: Design) -> list[tuple[str, list[Workload]]]:
    """Folders, each with the workloads over one element that get traces for as many ranks."""
    groups: list[list[Workload]] = []
    for group in by_ranks(design):
        most = {id(workload): limit([workload]) for workload in group}
        groups += [[w for w in group if most[id(w)] == one] for one in sorted(set(most.values()), reverse=True)]
    return [(f"{ROOT}/{folder(group[0].name)}" if number else ROOT, group) for number, group in enumerate(groups)]


def _jobs(design: Design, simulation: Simulation, part: Part, workloads: list[Workload]) -> Iterator[Job | Diagnostic]:
    memory = _memory(design, simulation)
    return (plan(design, simulation, part, workload, memory) for workload in workloads)


def _part_notes(part: Part, simulation: Simulation) -> Iterator[Diagnostic]:
    if not part.whole:
        yield diagnose(
            "RW8110",
            simulation.workload.origin,
            "these ranks",
            detail=f"{part.ranks:,} of {len(simulation.ranks):,} ranks, {part.name}; network_full.yml describes all",
        )


def _folder(
    design: Design, plant: Plant, place: str, simulation: Simulation, part: Part, jobs: list[Job]
) -> Iterator[Artifact]:
    found, memory = levels(part.dimensions), _memory(design, simulation)
    runs = [_run(job, found) for job in jobs]
    yield Artifact(f"{place}/network.yml", network_yml(found, f"{part.name}: {part.ranks} ranks"))
    yield Artifact(f"{place}/system.json", system_json(found, memory))
    if not part.whole:
        full = levels(simulation.dimensions)
        path = one_line(design.path(simulation.workload.ranks))
        yield Artifact(f"{place}/network_full.yml", network_yml(full, f"{path}: all {len(simulation.ranks)} ranks"))
        yield Artifact(f"{place}/system_full.json", system_json(full, memory))
    remote = {"memory-type": "NO_MEMORY_EXPANSION"}
    yield Artifact(f"{place}/remote_memory.json", (json.dumps(remote) + "\n").encode())
    if not simulation.in_order:
        places = pl.DataFrame({"place": np.arange(len(simulation.order)), "rank": simulation.order})
        yield Artifact(f"{place}/ranks.csv", write([places]))
    for job, run in zip(jobs, runs, strict=True):
        if job.levels != found:
            comment = f"{part.name}: {part.ranks} ranks, for {run.name}"
            yield Artifact(f"{place}/{run.network}", network_yml(job.levels, comment))
            yield Artifact(f"{place}/{run.system}", system_json(job.levels, memory))
        if run.groups:
            named = {str(number): group for group, number in job.schedule.groups.items()}
            yield Artifact(f"{place}/{run.groups}", (json.dumps(named) + "\n").encode())
        for rank, data in enumerate(traces(job.schedule)):
            yield Artifact(f"{place}/workload/{run.name}.{rank}.et", data)
    graph = _graph(plant, simulation, part)
    if isinstance(graph, Graph):
        yield from _packets(f"{place}/ns3", graph, jobs, runs, found)
    values = {
        "part": part,
        "total": len(simulation.ranks),
        "runs": runs,
        "levels": found,
        "memory": memory,
        "free": memory == FREE_MEMORY,
        "zeros": simulation.latencies.zeros,
        "limit": part.ranks,
        "in_order": simulation.in_order,
    }
    for name in ("README.md", "run.sh"):
        yield Artifact(f"{place}/{name}", template(__package__, f"{name}.j2").render(values).encode())


def _graph(plant: Plant, simulation: Simulation, part: Part) -> Graph | Diagnostic:
    """The graph of the ranks that have traces, for ns-3, or why there is none."""
    workload = simulation.workload
    why = ""
    if not simulation.in_order:
        why = "its ranks are not in the order of the dimensions"
    elif simulation.domains.shape != "switch" and not workload.attributes.approximate:
        why = "scale-up has no switch, and hosts do not forward"
    graph = None if why else next((p.graph for p in _parts(plant) if workload in p.workloads), None)
    if graph is not None and graph.hosts > part.ranks:
        graph = graph.first(part.ranks)
    if graph is not None and graph.hosts == part.ranks and not uneven(graph):
        return graph
    return diagnose(
        "RW8116",
        workload.origin,
        "this workload",
        detail=f"`{workload.name}`: {why or 'the ranks that have traces are no whole scale-up domains'}",
        help="the analytical network is written; `approximate = true` puts a switch in place of scale-up that has none",
    )


def _parts(plant: Plant) -> list[PlainPart]:
    return [found for found in find_parts(plant) if isinstance(found, PlainPart)]


def _packets(
    place: str, graph: Graph, jobs: list[Job], runs: list[Run], found: tuple[Level, ...]
) -> Iterator[Artifact]:
    made = packets(graph)
    logical = {run.logical: job.levels for job, run in zip(jobs, runs, strict=True)}
    yield from files(place, made, list(logical.items()))
    values = {
        "packets": made,
        "parallel": len(graph.a) - len(graph.bundled().a),
        "switchless": switchless(graph),
        "runs": runs,
        "output": OUTPUT,
    }
    for name, source in (("README.md", "packet.md.j2"), ("run.sh", "packet.sh.j2")):
        yield Artifact(f"{place}/{name}", template(__package__, source).render(values).encode())


def _memory(design: Design, simulation: Simulation) -> float:
    attributes = design.elements[simulation.workload.ranks].attributes
    stated = attributes.memory_bandwidth if isinstance(attributes, AcceleratorAttributes) else None
    return FREE_MEMORY if stated is None else float(stated.to("GB/s"))


def _run(job: Job, found: tuple[Level, ...]) -> Run:
    name, own = folder(job.workload.name), job.levels != found
    what = f"{job.kind} of {job.buffer} B a rank" if job.kind else "a step of a model"
    if job.schedule.merged:
        what += ", repeated operations as one"
    return Run(
        name,
        what,
        f"network_{name}.yml" if own else "network.yml",
        f"system_{name}.json" if own else "system.json",
        f"groups_{name}.json" if job.schedule.groups else "",
        f"logical_topology_{name}.json" if own else "logical_topology.json",
        job.cycles,
        job.exact,
        job.levels if own else (),
        job.approximations,
    )
