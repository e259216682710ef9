"""ASTRA-sim 2: a folder that runs as it is, with its analytical, congestion-unaware network; and, beside it, the same
ranks for its packet network, ns-3.

Workloads over the same ranks share one folder; the others have a folder inside, named after the first of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...compiler.simulation import Graph, answers, no_workload
from ...dsl.diagnostics import Diagnostic
from .._kit.csv import write
from .._kit.hpcc import switchless
from .._kit.jinja import template
from .._kit.safe import folder, one_line
from .folders import Folder, find_folders
from .jobs import Job
from .network import FREE_MEMORY, Level, levels, network_yml, system_json
from .packet import OUTPUT, files, packets
from .traces import traces


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
            return [no_workload(design)]
        written, told = find_folders(plant)
        # One of several workloads is no error, even to who asks for this backend.
        return list(answers(told, replace(request, named=request.named and not written), self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        for one in find_folders(plant)[0]:
            yield from _folder(design, one)


def _folder(design: Design, made: Folder) -> Iterator[Artifact]:
    place, simulation, part, memory, jobs = made.place, made.simulation, made.part, made.memory, made.jobs
    found = levels(part.dimensions)
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
    if made.graph is not None:
        yield from _packets(f"{place}/ns3", made.graph, jobs, runs)
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


def _packets(place: str, graph: Graph, jobs: tuple[Job, ...], runs: list[Run]) -> Iterator[Artifact]:
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
