"""htsim: a fat tree, and the flows of each workload over it.

A server with n adapters is n hosts, one for each accelerator, numbered leaf by leaf; `hosts.csv` says which is
which. Workloads over the same ranks share one folder; those over others have a folder of their own, and `combined` has
the first of each at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil

import numpy as np
import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...compiler.simulation import answers, no_workload
from ...dsl.diagnostics import Diagnostic
from .._kit.columns import device_names
from .._kit.csv import write
from .._kit.fat_tree import Tree
from .._kit.jinja import template
from .._kit.safe import folder, one_line
from .flows import Flows, matrix, together
from .folders import Folder, Job, find_folders, part
from .plan import File
from .times import end_us, one_flow_us, one_way_ns, tiers_ns


class Htsim:
    """The backend `htsim`."""

    name = "htsim"
    summary = "htsim: fat-tree topology and connection matrix of each workload"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        if not design.workloads:
            return [no_workload(design)]
        found = [problem for each in find_folders(plant) for problem in each.problems]
        return list(answers(found, request, self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        for each in find_folders(plant):
            # A tree without flows is for schedules in GOAL, which ATLAHS runs over it.
            if each.tree is not None:
                yield from _folder(plant, each, each.tree)


def _folder(plant: Plant, each: Folder, tree: Tree) -> Iterator[Artifact]:
    found, place, latencies = tree.fit, each.place, tree.simulation.latencies
    links = [{"wire": wire, "switch": switch} for wire, switch in tiers_ns(latencies, 2 if found.core is None else 3)]
    values: dict[str, object] = {"fit": found, "links": links, "part": one_line(part(plant, tree))}
    values["ranks"] = len(tree.rank)
    topology = template(__package__, "topology.topo.j2").render(values)
    yield Artifact(f"{place}/topology.topo", topology.encode())
    yield Artifact(f"{place}/hosts.csv", _hosts(plant, tree))
    if each.together:
        yield from _at_once(place, each.jobs, found.nodes)
        late = max(job.start for job in each.jobs)
        told = [_told(_all(each.jobs), tree, "combined", Fraction(late, 10**6))]
        values["together"] = [
            {"name": folder(job.workload.name), "start": float(Fraction(job.start, 10**6)), "flows": len(_only(job))}
            for job in each.jobs
        ]
        values["late"] = late
    else:
        told = []
        for job in each.jobs:
            for file in job.files:
                yield Artifact(f"{place}/{file.name}.cm", matrix(file.flows, found.nodes))
                told.append(_told(file, tree, file.name))
        values["together"], values["late"] = [], False
    whole = {"total": len(tree.simulation.ranks), "whole": tree.whole, "why": found.why, "files": told}
    zeros = {"zeros": [one_line(z) for z in latencies.zeros], "mbps": ceil(found.host_speed / 10**6)}
    readme = template(__package__, "README.md.j2").render(values | whole | zeros)
    yield Artifact(f"{place}/README.md", readme.encode())


def _hosts(plant: Plant, tree: Tree) -> bytes:
    ranks, names = tree.simulation.ranks, device_names(plant)
    frame = pl.DataFrame(
        {
            "host": tree.node,
            "rank": tree.rank,
            "server": names.gather(ranks.device[tree.rank]),
            "accelerator": ranks.slot[tree.rank],
            "leaf": names.gather(tree.leaf()),
        }
    )
    return write([frame.sort("host")])


def _only(job: Job) -> Flows:
    return job.files[0].flows


def _all(jobs: tuple[Job, ...]) -> File:
    """The files of jobs that run at the same time as one."""
    first = jobs[0].files[0]
    flows = together([_only(job) for job in jobs])
    return File("combined", f"{len(jobs)} jobs at the same time", flows, first.steps, False)


def _at_once(place: str, jobs: tuple[Job, ...], nodes: int) -> Iterator[Artifact]:
    """One matrix for all programs if all jobs start at once; else one for each unit of time."""
    flows = _all(jobs).flows
    start = np.repeat([job.start for job in jobs], [len(_only(job)) for job in jobs])
    if not start.any():
        yield Artifact(f"{place}/combined.cm", matrix(flows, nodes))
        return
    yield Artifact(f"{place}/combined.csg.cm", matrix(flows, nodes, start))
    yield Artifact(f"{place}/combined.uet.cm", matrix(flows, nodes, -(-start // 10**6)))


def _told(file: File, tree: Tree, name: str, start: Fraction = Fraction(0)) -> dict[str, object]:
    """What the README says of a file: bytes of a flow, steps, and times in microseconds; its last job begins at `start`
    us."""
    found, flows, latencies = tree.fit, file.flows, tree.simulation.latencies
    sent = np.bincount(flows.source, weights=flows.size), np.bincount(flows.target, weights=flows.size)
    wire = Fraction(8 * int(max(column.max() for column in sent)) * 10**6, found.host_speed)
    steps = 1 if file.first else file.steps.steps
    programs = [_PROGRAMS[package] for package in found.limits.programs]
    way = Fraction(one_way_ns(found, latencies), 1000)
    return {
        "name": name,
        "what": file.what,
        "first": file.first,
        "alike": file.steps.alike,
        "repeats": file.repeats,
        "count": len(flows),
        "size": file.size,
        "steps": file.steps.steps,
        "wire_us": float(wire),
        "end_us": ceil(start) + end_us(wire + 2 * steps * way),
        "alone": [
            (p, one_flow_us(p, file.size, found, latencies), one_flow_us(p, file.size, found, latencies, 1))
            for p in programs
        ],
    }


_PROGRAMS = {"csg-htsim": "htsim_roce", "uet-htsim": "htsim_uec"}
"""The program of each package that the README shows."""
