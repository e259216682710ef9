"""GOAL (group operation assembly language): a schedule of sends, receives and computations of every rank.

`NAME.goal` has the ranks of the workload by their own numbers, for LogGOPSim. `NAME.hosts.goal` has fewer of them, by
the numbers of htsim's hosts, for ATLAHS's htsim over the topology of the backend `htsim`. Workloads over the same ranks
share a folder; `combined-jobs` has the first of each at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design, Workload
from ...compiler.once import once
from ...compiler.plant import Plant
from ...compiler.simulation import Simulation, answers, by_ranks, name_prefix, no_workload, simulate
from ...compiler.workloads import Program, compile_program
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.fat_tree import Tree, find_fat_tree
from .._kit.jinja import template
from .._kit.rounds import UnfitError
from .._kit.safe import folder, one_line
from .model import expected, find_parameters
from .part import HOST_ROWS, ROWS, Part, choose
from .rows import CALC, RECEIVE, SEND, Rows, make_rows
from .text import goal
from .together import find_together

ROOT = "sim/goal"


@dataclass(frozen=True)
class Job:
    """A workload with what is written of it."""

    workload: Workload
    part: Part
    rows: Rows

    @property
    def program(self) -> Program:
        return self.part.program


class Goal:
    """The backend `goal`."""

    name = "goal"
    summary = "GOAL: schedule of each workload for LogGOPSim and ATLAHS"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        if not design.workloads:
            return [no_workload(design)]
        found = [problem for each in _folders(plant) for problem in each.problems]
        return list(answers(found, request, self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        for each in _folders(plant):
            if each.jobs:
                yield from _files(plant, each)
        yield from _together(plant)


@dataclass(frozen=True)
class Folder:
    """The workloads over the same ranks, and what there is to say of them. Without a simulation there are no jobs."""

    place: str
    simulation: Simulation | None
    jobs: tuple[Job, ...]
    problems: tuple[Diagnostic, ...]


@once
def _folders(plant: Plant) -> list[Folder]:
    found = []
    groups = by_ranks(plant.design)
    for group in groups:
        place = ROOT if group is groups[0] else f"{ROOT}/{folder(group[0].name)}"
        simulation, problems = simulate(plant, group[0])
        made = [] if simulation is None else [_job(plant.design, simulation, workload) for workload in group]
        jobs = tuple(job for job in made if isinstance(job, Job))
        problems += [job for job in made if isinstance(job, Diagnostic)]
        problems += [_note(plant.design, job) for job in jobs if not job.part.whole]
        found.append(Folder(place, simulation, jobs, tuple(problems)))
    return found


def _job(design: Design, simulation: Simulation, workload: Workload) -> Job | Diagnostic:
    """What is written of a workload, or why nothing is."""
    program = compile_program(design, workload)
    domains = simulation.domains
    try:
        part = choose(program, domains.domain, ROWS, program.ranks)
        rows = make_rows(part.program, domains, simulation.latencies.scale_up)
    except UnfitError as problem:
        at = workload.at("collective.algorithm", "collective", "step")
        return diagnose(
            "RW8171",
            at,
            "this one",
            detail=str(problem),
            help="use `ring` or `direct`, other groups or a smaller buffer",
        )
    job = Job(workload, part, rows)
    if not len(rows.rank):
        detail = "its ranks neither send nor compute"
        return diagnose("RW8108", workload.origin, detail=detail, help="use more ranks, or a larger collective")
    return job


def _note(design: Design, job: Job) -> Diagnostic:
    return diagnose(
        "RW8170",
        job.workload.origin,
        "these ranks",
        detail=f"{job.program.ranks:,} of {job.part.total:,} ranks, {_name(design, job)}",
    )


def _name(design: Design, job: Job) -> str:
    return name_prefix(design, job.workload, job.program.ranks)


def _files(plant: Plant, each: Folder) -> Iterator[Artifact]:
    simulation, place = each.simulation, each.place
    assert simulation is not None
    tree = find_fat_tree(plant, simulation)
    told = []
    for job in each.jobs:
        name, count = folder(job.workload.name), job.program.ranks
        yield Artifact(f"{place}/{name}.goal", goal(job.rows, np.arange(count), count))
        hosts = _on_hosts(simulation, job, tree) if isinstance(tree, Tree) else None
        if hosts is not None and isinstance(tree, Tree):
            yield Artifact(f"{place}/{name}.hosts.goal", goal(hosts.rows, tree.host(), tree.fit.nodes))
        told.append(_told(plant.design, simulation, name, job, hosts))
    values: dict[str, object] = {"jobs": told, "zeros": [one_line(zero) for zero in simulation.latencies.zeros]}
    up = "../" * place.count("/")
    values["topology"] = f"{up}htsim{place.removeprefix(ROOT)}"
    values["tree"] = tree if isinstance(tree, Tree) else None
    values["mbps"] = ceil(tree.fit.host_speed / 10**6) if isinstance(tree, Tree) else 0
    yield Artifact(f"{place}/README.md", template(__package__, "README.md.j2").render(values).encode())


def _together(plant: Plant) -> Iterator[Artifact]:
    """The first job of each folder, all at the same time, where there are several."""
    jobs = [(each.simulation, each.jobs[0]) for each in _folders(plant) if each.simulation is not None and each.jobs]
    if len(jobs) < 2:
        return
    programs = [(s, compile_program(plant.design, job.workload)) for s, job in jobs]
    found = find_together(plant, programs)
    if found is None or not found.rows.count(SEND):
        return
    place, fit = f"{ROOT}/combined-jobs", found.tree.fit
    yield Artifact(f"{place}/combined.hosts.goal", goal(found.rows, found.tree.host(), fit.nodes))
    told = []
    for (simulation, job), many in zip(jobs, found.ranks, strict=True):
        start = float(job.workload.attributes.start.to("us"))
        total = len(simulation.ranks)
        told.append({"name": folder(job.workload.name), "ranks": many, "total": total, "start": start})
    values = {"jobs": told, "sends": found.rows.count(SEND), "nodes": fit.nodes, "mbps": ceil(fit.host_speed / 10**6)}
    yield Artifact(f"{place}/README.md", template(__package__, "combined.md.j2").render(values).encode())


def _on_hosts(simulation: Simulation, job: Job, tree: Tree) -> Job | None:
    """The part of a job whose ranks are hosts of htsim's tree; None if nothing of it crosses the fabric."""
    outside = np.flatnonzero(tree.host() < 0)
    most = int(outside[0]) if len(outside) else len(simulation.ranks)
    domains = simulation.domains
    try:
        part = choose(job.program, domains.domain, HOST_ROWS, most)
    except UnfitError:
        return None
    rows = make_rows(part.program, domains, simulation.latencies.scale_up)
    return Job(job.workload, part, rows) if rows.count(SEND) else None


def _told(design: Design, simulation: Simulation, name: str, job: Job, hosts: Job | None) -> dict[str, object]:
    """What the README says of a workload."""
    parameters = find_parameters(simulation, job.program.ranks)
    return {
        "name": name,
        "part": one_line(_name(design, job)),
        "ranks": job.program.ranks,
        "total": job.part.total,
        "whole": job.part.whole,
        "sends": job.rows.count(SEND),
        "receives": job.rows.count(RECEIVE),
        "calcs": job.rows.count(CALC),
        "parameters": parameters,
        "rounded": float(parameters.error * 100),
        "latency": float(parameters.latency),
        "gap": float(parameters.gap),
        "expected": expected(job.program, simulation, parameters),
        "hosts": hosts,
        "host_sends": 0 if hosts is None else hosts.rows.count(SEND),
        "operations": len(job.program.operations),
    }
