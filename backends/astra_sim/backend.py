"""ASTRA-sim 2 with its analytical, congestion-unaware network: a folder that runs as it is.

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
from .chakra import trace
from .network import FREE_MEMORY, Level, levels, network_yml, system_json
from .oracle import cycles
from .part import LIMIT, Part, choose

ROOT = "sim/astra_sim"


@dataclass(frozen=True)
class Job:
    """A workload with what is written of it: `size` as in the trace, in bytes, and the cycles to expect."""

    name: str
    kind: str
    buffer: int
    size: int
    cycles: int


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
                found += _part_notes(design, simulation)
                found += [p for w in workloads for p in _unshared(w, simulation)]
        return list(answers(found, request, self.name))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if request.shard:
            return
        for place, workloads in _groups(design):
            simulation, _ = simulate(plant, workloads[0])
            if simulation is not None:
                shared = [w for w in workloads if not list(_unshared(w, simulation))]
                if shared:
                    yield from _folder(design, place, simulation, shared)


def _groups(design: Design) -> list[tuple[str, list[Workload]]]:
    """Folders, each with the workloads over one element."""
    groups = by_ranks(design)
    return [(ROOT if group is groups[0] else f"{ROOT}/{folder(group[0].name)}", group) for group in groups]


def _part_notes(design: Design, simulation: Simulation) -> Iterator[Diagnostic]:
    part = choose(design, simulation)
    if not part.whole:
        yield diagnose(
            "RW8110",
            simulation.workload.origin,
            "these ranks",
            detail=f"{part.ranks:,} of {len(simulation.ranks):,} ranks, {part.name}; network_full.yml describes all",
        )


def _unshared(workload: Workload, simulation: Simulation) -> Iterator[Diagnostic]:
    size, ranks = workload.attributes.collective.size, len(simulation.ranks)
    if ranks < 2 or size.value < ranks:
        why = f"{size} over {ranks:,} ranks leaves less than a byte each" if ranks > 1 else "there is one rank"
        yield diagnose("RW8108", workload.origin, detail=why, help="use more ranks, or a larger collective")


def _folder(design: Design, place: str, simulation: Simulation, workloads: list[Workload]) -> Iterator[Artifact]:
    part = choose(design, simulation)
    found, memory = levels(part.dimensions), _memory(design, simulation)
    jobs = [_job(w, part, found, memory) for w in workloads]
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
    for job in jobs:
        data = trace(job.kind, job.size)
        for rank in range(part.ranks):
            yield Artifact(f"{place}/workload/{job.name}.{rank}.et", data)
    values = {
        "part": part,
        "total": len(simulation.ranks),
        "jobs": jobs,
        "levels": found,
        "memory": memory,
        "free": memory == FREE_MEMORY,
        "zeros": simulation.latencies.zeros,
        "limit": LIMIT,
        "in_order": simulation.in_order,
    }
    for name in ("README.md", "run.sh"):
        yield Artifact(f"{place}/{name}", template(__package__, f"{name}.j2").render(values).encode())


def _memory(design: Design, simulation: Simulation) -> float:
    attributes = design.elements[simulation.workload.ranks].attributes
    stated = attributes.memory_bandwidth if isinstance(attributes, AcceleratorAttributes) else None
    return FREE_MEMORY if stated is None else float(stated.to("GB/s"))


def _job(workload: Workload, part: Part, found: tuple[Level, ...], memory: float) -> Job:
    collective = workload.attributes.collective
    buffer = int(collective.size.to("B"))
    # The format counts an all_gather by the shard of one rank; a part of a byte is a byte.
    size = -(-buffer // part.ranks) if collective.kind == "all_gather" else buffer
    expected = cycles(collective.kind, size, found, memory)
    return Job(folder(workload.name), collective.kind, buffer, size, expected)
