"""The folders that are written for a plant: workloads over the same ranks, with as many traces each.

Worked out once: what the backend says of a design and what it writes need the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...compiler.design import Design, Workload
from ...compiler.once import once
from ...compiler.plant import Plant
from ...compiler.schema import AcceleratorAttributes
from ...compiler.simulation import Graph, Simulation, by_ranks, simulate
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.graphs import Part as PlainPart
from .._kit.graphs import find_parts
from .._kit.hpcc import near, uneven
from .._kit.safe import folder
from .jobs import Job, notes, plan
from .network import FREE_MEMORY
from .part import Part, choose, limit

ROOT = "sim/astra_sim"


@dataclass(frozen=True)
class Folder:
    """`memory` is the bandwidth of local reductions in 10^9 byte/s; `graph` is what ns-3 gets, None if nothing."""

    place: str
    simulation: Simulation
    part: Part
    memory: float
    jobs: tuple[Job, ...]
    graph: Graph | None


@once
def find_folders(plant: Plant) -> tuple[tuple[Folder, ...], tuple[Diagnostic, ...]]:
    """The folders, those over most ranks first, and what is to be said of all workloads."""
    found: list[Folder] = []
    told: list[Diagnostic] = []
    number = 0
    for group in by_ranks(plant.design):
        simulation, problems = simulate(plant, group[0])
        told += problems
        for workloads in _alike(group):
            place = f"{ROOT}/{folder(workloads[0].name)}" if number else ROOT
            number += 1
            if simulation is not None:
                made, notes_ = _folder(plant, place, simulation, workloads)
                told += notes_
                found += [made] if made.jobs else []
    return tuple(found), tuple(told)


def _alike(group: list[Workload]) -> Iterator[list[Workload]]:
    """Workloads that get traces for as many ranks, most first."""
    most = [limit([workload]) for workload in group]
    for one in sorted(set(most), reverse=True):
        yield [workload for workload, ranks in zip(group, most, strict=True) if ranks == one]


def _folder(
    plant: Plant, place: str, simulation: Simulation, workloads: list[Workload]
) -> tuple[Folder, list[Diagnostic]]:
    design = plant.design
    part, memory = choose(design, simulation, limit(workloads)), _memory(design, simulation)
    told: list[Diagnostic] = []
    if not part.whole:
        detail = f"{part.ranks:,} of {len(simulation.ranks):,} ranks, {part.name}; network_full.yml describes all"
        told.append(diagnose("RW8110", workloads[0].origin, "these ranks", detail=detail))
    jobs = []
    for workload in workloads:
        job = plan(design, simulation, part, workload, memory)
        if isinstance(job, Job):
            jobs.append(job)
            told += notes(job)
        else:
            told.append(job)
    graph = _graph(plant, simulation, part, workloads[0])
    if isinstance(graph, Diagnostic):
        told.append(graph)
    return Folder(place, simulation, part, memory, tuple(jobs), graph if isinstance(graph, Graph) else None), told


def _graph(plant: Plant, simulation: Simulation, part: Part, workload: Workload) -> Graph | Diagnostic:
    """The graph of the ranks that have traces, for ns-3, or why there is none."""
    why = ""
    if not simulation.in_order:
        why = "its ranks are not in the order of the dimensions"
    elif simulation.domains.shape != "switch" and not workload.attributes.approximate:
        why = "scale-up has no switch, and hosts do not forward"
    parts = (found for found in find_parts(plant) if isinstance(found, PlainPart))
    graph = None if why else next((found.graph for found in parts if workload in found.workloads), None)
    if graph is not None and graph.hosts > part.ranks:
        graph = graph.first(part.ranks)
    if graph is not None and graph.hosts == part.ranks and not uneven(graph):
        return near(graph)
    return diagnose(
        "RW8116",
        workload.origin,
        "this workload",
        detail=f"`{workload.name}`: {why or 'the ranks that have traces are no whole scale-up domains'}",
        help="the analytical network is written; `approximate = true` puts a switch in place of scale-up that has none",
    )


def _memory(design: Design, simulation: Simulation) -> float:
    attributes = design.elements[simulation.workload.ranks].attributes
    stated = attributes.memory_bandwidth if isinstance(attributes, AcceleratorAttributes) else None
    return FREE_MEMORY if stated is None else float(stated.to("GB/s"))
