"""htsim: a fat tree, and the flows of each workload over it.

A server with n adapters is n hosts, one for each accelerator, numbered leaf by leaf; `hosts.csv` says which is
which. Workloads over the same ranks share one folder; those over others have a folder of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil

import numpy as np
import polars as pl

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design, Workload
from ...compiler.plant import Plant
from ...compiler.simulation import Simulation, answers, by_ranks, simulate
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.columns import device_names
from .._kit.csv import write
from .._kit.fat_tree import Misfit, Tree, find_fat_tree
from .._kit.jinja import template
from .._kit.safe import folder, one_line
from .flows import LARGEST, Flows, matrix, plan_flows
from .times import end_us, one_flow_us, tiers_ns

ROOT = "sim/htsim"


def _flows(tree: Tree, workload: Workload) -> Flows:
    per_server = tree.simulation.ranks.per_server
    return plan_flows(workload.attributes.collective, per_server, tree.rank % per_server, tree.node)


class Htsim:
    """The backend `htsim`."""

    name = "htsim"
    summary = "htsim: fat-tree topology and connection matrix of each workload"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        if not design.workloads:
            return [diagnose("RW8100", design.elements[0].origin, help="add a `workload` with ranks and a collective")]
        found: list[Diagnostic] = []
        for _, workloads in _groups(design):
            simulation, problems = simulate(plant, workloads[0])
            found += problems
            if simulation is None:
                continue
            tree = _tree(plant, simulation)
            if isinstance(tree, Diagnostic):
                found.append(tree)
                continue
            found += _notes(plant, tree)
            found += [p for w in workloads for p in _size_notes(w, _flows(tree, w))]
        return list(answers(found, request, self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        for place, workloads in _groups(design):
            simulation, _ = simulate(plant, workloads[0])
            tree = None if simulation is None else _tree(plant, simulation)
            if isinstance(tree, Tree):
                flows = {w.name: _flows(tree, w) for w in workloads}
                written = {name: f for name, f in flows.items() if f.count and max(f.sizes) <= LARGEST}
                if written:
                    yield from _folder(plant, place, tree, written)


def _groups(design: Design) -> list[tuple[str, list[Workload]]]:
    """Folders, each with the workloads over one element."""
    groups = by_ranks(design)
    return [(ROOT if group is groups[0] else f"{ROOT}/{folder(group[0].name)}", group) for group in groups]


def _tree(plant: Plant, simulation: Simulation) -> Tree | Diagnostic:
    """The tree to write, or why there is none."""
    found = find_fat_tree(plant, simulation)
    return _refuse(simulation, found) if isinstance(found, Misfit) else found


def _refuse(simulation: Simulation, misfit: Misfit) -> Diagnostic:
    workload = simulation.workload
    also = [] if misfit.at == workload.origin else [(workload.origin, "the workload")]
    return diagnose(
        "RW8120",
        misfit.at,
        detail=misfit.why,
        help="nothing is written for htsim; the other simulators do not need a fat tree",
        also=also,
    )


def _notes(plant: Plant, tree: Tree) -> Iterator[Diagnostic]:
    at, found = tree.simulation.workload.origin, tree.fit
    if not tree.whole:
        yield diagnose(
            "RW8121",
            at,
            "these ranks",
            detail=f"{len(tree.rank):,} of {len(tree.simulation.ranks):,} ranks, {_part(plant, tree)}: {found.why}",
        )
    idle = found.nodes - len(tree.rank)
    if idle:
        yield diagnose("RW8122", at, "these ranks", detail=f"{idle:,} of {found.nodes:,} hosts are idle")


def _size_notes(workload: Workload, flows: Flows) -> Iterator[Diagnostic]:
    size = workload.attributes.collective.size
    if not flows.count:
        yield diagnose("RW8108", workload.origin, detail="it stays inside one server, so no flow crosses the fabric")
    elif max(flows.sizes) > LARGEST:
        detail = f"one step of {size} moves {max(flows.sizes):,} B a host, and a flow of htsim ends at {LARGEST:,} B"
        yield diagnose("RW8108", workload.origin, detail=detail, help="use a smaller collective")
    elif flows.one_step:
        yield diagnose(
            "RW8123",
            workload.origin,
            detail=f"the first of {max(flows.steps):,} steps, {flows.count:,} flows",
            help="multiply its time by the number of steps",
        )


def _part(plant: Plant, tree: Tree) -> str:
    """The leaves that are taken, in words."""
    taken = tree.fit.leaves[tree.fit.leaves >= 0]
    names = plant.devices.names
    spines = int((tree.pods.spine_pod == 0).sum()) * tree.fit.pods
    return (
        f"those under {len(taken):,} of {len(tree.pods.leaves) + tree.pods.lone:,} leaves, {names[int(taken[0])]} to "
        f"{names[int(taken[-1])]}, and the {spines:,} spines above them"
    )


def _folder(plant: Plant, place: str, tree: Tree, written: dict[str, Flows]) -> Iterator[Artifact]:
    found, ranks = tree.fit, tree.simulation.ranks
    links = [
        {"wire": wire, "switch": switch}
        for wire, switch in tiers_ns(tree.simulation.latencies, 2 if found.core is None else 3)
    ]
    part = one_line(_part(plant, tree))
    values = {"fit": found, "links": links, "part": part, "ranks": len(tree.rank)}
    topology = template(__package__, "topology.topo.j2").render(values)
    yield Artifact(f"{place}/topology.topo", topology.encode())
    server = tree.rank // ranks.per_server
    by_host = np.argsort(tree.node)
    hosts = pl.DataFrame(
        {
            "host": tree.node,
            "rank": tree.rank,
            "server": device_names(plant).gather(server + ranks.cls.first),
            "accelerator": tree.rank % ranks.per_server,
            "leaf": device_names(plant).gather(tree.simulation.tree.upper[ranks.links[tree.rank, 0]]),
        }
    )
    yield Artifact(f"{place}/hosts.csv", write([hosts[by_host]]))
    jobs = []
    for name, flows in written.items():
        yield Artifact(f"{place}/{folder(name)}.cm", matrix(flows, found.nodes))
        jobs.append(_job(folder(name), flows, tree))
    whole = {"total": len(tree.simulation.ranks), "whole": tree.whole, "why": found.why, "jobs": jobs}
    zeros = {"zeros": tree.simulation.latencies.zeros, "mbps": ceil(found.host_speed / 10**6)}
    readme = template(__package__, "README.md.j2").render(values | whole | zeros)
    yield Artifact(f"{place}/README.md", readme.encode())


def _job(name: str, flows: Flows, tree: Tree) -> dict[str, object]:
    """What the README says of a workload: bytes of a flow, steps, and times in microseconds."""
    found = tree.fit
    wire = max(Fraction(8 * s * n * 10**6, found.host_speed) for s, n in zip(flows.sizes, flows.written, strict=True))
    programs = [_PROGRAMS[package] for package in found.limits.programs]
    alone = [(p, one_flow_us(p, flows.sizes[0], found, tree.simulation.latencies)) for p in programs]
    return {
        "name": name,
        "flows": flows,
        "size": max(flows.sizes),
        "steps": max(flows.steps),
        "wire_us": float(wire),
        "end_us": end_us(wire),
        "alone": alone,
    }


_PROGRAMS = {"csg-htsim": "htsim_roce", "uet-htsim": "htsim_uec"}
"""The program of each package that the README shows."""
