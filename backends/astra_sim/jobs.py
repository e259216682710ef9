"""A workload as ASTRA-sim runs it: levels, traces, communicator groups and the cycles to expect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...compiler.design import Design, Workload
from ...compiler.schema import Collective, PointToPoint
from ...compiler.simulation import Simulation
from ...compiler.workloads import COLLECTIVES, Program, compile_program
from ...dsl.diagnostics import Diagnostic, diagnose
from .bound import least_cycles
from .network import Level, flattened, levels, told
from .part import Part
from .schedule import Schedule, schedule


@dataclass(frozen=True)
class Job:
    """What is written of a workload. `cycles` is the closed form if `exact`, else a lower bound; `collective` if all
    ranks do the same one thing, of `buffer` bytes a rank. `approximations` tell what is not as the design says."""

    workload: Workload
    kind: str
    buffer: int
    schedule: Schedule
    cycles: int
    exact: bool
    approximations: tuple[str, ...]

    @property
    def levels(self) -> tuple[Level, ...]:
        return self.schedule.levels


def plan(design: Design, simulation: Simulation, part: Part, workload: Workload, memory: float) -> Job | Diagnostic:
    """A workload over the ranks of a part, or what the simulator cannot say of it."""
    program = compile_program(design, workload)
    small = _too_small(program)
    if small is not None:
        return small
    npu = np.empty(len(simulation.order), dtype=np.int64)
    npu[simulation.order] = np.arange(len(simulation.order))
    found, lost = levels(part.dimensions), []
    if not found:
        return diagnose("RW8108", workload.origin, detail="there is one rank", help="use more ranks")
    made = schedule(program, npu, part.ranks, found, memory)
    named = next((o.algorithm for o in program.operations if o.algorithm != "hierarchical"), None)
    if named is not None:
        chosen = _by_algorithm(made, named)
        if isinstance(chosen, str):
            return _cannot(workload, chosen)
        changed, why = chosen
        if why:
            lost.append(why)
        made = schedule(program, npu, part.ranks, changed, memory)
    if made.loose and isinstance(workload.attributes.collective, PointToPoint):
        made = schedule(program, npu, part.ranks, (flattened(found),), memory)
        lost.append("a message across dimensions; one switch as slow as the slowest stands for them")
    elif made.loose:
        lost.append(_LOOSE.format(made.loose))
    if made.crowded:
        return _cannot(workload, f"its groups need {len(made.groups):,} communicators, and 2,000 can be numbered")
    if lost and not workload.attributes.approximate:
        return _cannot(workload, lost[0], _ACCEPT + _HIERARCHICAL)
    collective = workload.attributes.collective
    kind = collective.kind if collective is not None else ""
    buffer = 0 if collective is None else int(collective.size.to("B"))
    exact = collective is not None and not made.loose
    return Job(workload, kind, buffer, made, least_cycles(made, memory), exact, tuple(lost))


_LOOSE = (
    "{}: messages between ranks that differ in several dimensions, or in part of a ring, are charged as in the "
    "innermost of them, so times are lower bounds; an all-to-all in part of a dimension goes round as a ring and takes "
    "longer"
)


def _by_algorithm(made: Schedule, algorithm: str) -> tuple[tuple[Level, ...], str] | str:
    """The levels with an algorithm for their collective, and what is lost; or why it cannot be."""
    found = made.levels
    entries = [entry for entry in made.entries if entry.operation.kind in COLLECTIVES]
    kind = entries[0].operation.kind
    if algorithm == "halving_doubling" and kind == "all_to_all":
        return "it has no halving and doubling for all-to-all"
    used = sorted({n for entry in entries for phase in entry.phases for n in phase.levels})
    whole = all(phase.whole for entry in entries for phase in entry.phases)
    size = max((phase.groups.shape[1] for entry in entries for phase in entry.phases), default=0)
    if len(used) == 1 and (whole or len(found) == 1 or algorithm == "ring"):
        if algorithm == "halving_doubling" and size & (size - 1):
            return f"halving and doubling of {size:,} ranks, which is no power of two"
        level = told(found[used[0]], algorithm)
        if level is not None:
            return (*found[: used[0]], level, *found[used[0] + 1 :]), ""
        return found, f"`{algorithm}` in a ring sends over several links, whose congestion it does not know"
    if not whole or len(used) < len(found):
        return f"`{algorithm}` over groups that lie across its dimensions"
    one = flattened(found)
    if algorithm == "halving_doubling" and one.size & (one.size - 1):
        return f"halving and doubling of {one.size:,} ranks, which is no power of two"
    level = told(one, algorithm)
    assert level is not None
    why = f"`{algorithm}` over all {len(found)} dimensions alike; one switch as slow as the slowest stands for them"
    return (level,), why


def _too_small(program: Program) -> Diagnostic | None:
    collective = program.workload.attributes.collective
    if program.ranks < 2 or not isinstance(collective, Collective):
        return None
    members = program.operations[0].members
    if members > 1 and collective.size.value >= members:
        return None
    why = "a group is one rank"
    if members > 1:
        why = f"{collective.size} over {members:,} ranks leaves less than a byte each"
    return diagnose("RW8108", program.workload.origin, detail=why, help="use more ranks, or a larger collective")


_HIERARCHICAL = "use `hierarchical`, and groups that divide the dimensions evenly"
_ACCEPT = "write `approximate = true` in the workload if that will do, or "


def _cannot(workload: Workload, why: str, help: str = _HIERARCHICAL) -> Diagnostic:
    at = workload.at("collective.algorithm", "collective", "step")
    return diagnose("RW8113", at, "this", detail=f"`{workload.name}`: {why}", help=help)


def notes(job: Job) -> Iterator[Diagnostic]:
    """What is written, and is not quite what the design says."""
    name = job.workload.name
    for why in job.approximations:
        yield diagnose("RW8114", job.workload.at("approximate"), "accepted here", detail=f"`{name}`: {why}")
    if job.schedule.merged:
        many = sum(entry.operation.times for entry in job.schedule.entries)
        yield diagnose(
            "RW8115",
            job.workload.origin,
            "this step",
            detail=f"`{name}`: {many:,} operations are {len(job.schedule.entries):,}",
        )
