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
from ...compiler.simulation import Simulation, answers, by_ranks, simulate
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.csv import write
from .._kit.jinja import template
from .._kit.safe import folder, one_line
from .jobs import Job, notes, plan
from .network import FREE_MEMORY, Level, levels, network_yml, system_json
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
                    yield from _folder(design, place, simulation, part, jobs)


def _groups(design: Design) -> list[tuple[str, list[Workload]]]:
    """Folders, each with the workloads over one element."""
    groups = by_ranks(design)
    return [(ROOT if group is groups[0] else f"{ROOT}/{folder(group[0].name)}", group) for group in groups]


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


def _folder(design: Design, place: str, simulation: Simulation, part: Part, jobs: list[Job]) -> Iterator[Artifact]:
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
        job.cycles,
        job.exact,
        job.levels if own else (),
        job.approximations,
    )
