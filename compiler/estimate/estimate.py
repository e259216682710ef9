"""The estimate of one workload, as a person or a program reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ...dsl.diagnostics import Diagnostic
from ..design import Design, Workload
from ..plant import Plant
from ..schema import AcceleratorAttributes, Inference, Training
from ..simulation import simulate
from ..workloads import Operation, Program, compile_program, model_operations
from .collectives import operation_parts
from .roads import Roads, Time, find_roads
from .schedule import Schedule, schedule, shares


@dataclass(frozen=True)
class Line:
    """Operations that are alike: what they are, members of a group, bytes, how often a rank does it (`times`), and the
    time of one of them. Of several stages the slowest counts."""

    phase: str
    what: str
    members: int
    size: float
    times: int
    time: Time


@dataclass(frozen=True)
class Estimate:
    """`total` ns of the whole; `lines` are its parts, `shares` what the longest chain spends its ns on. `figures` are
    what the field compares, such as `busbw` in GB/s or `tokens/s`, by name. `zeros` count as zero."""

    workload: str
    title: str
    ranks: int
    total: float
    lines: tuple[Line, ...]
    shares: Mapping[str, float]
    figures: Mapping[str, float]
    zeros: tuple[str, ...]


def estimate(design: Design, plant: Plant, workload: Workload) -> tuple[Estimate | None, list[Diagnostic]]:
    """The estimate of a workload, or why there is none; notes and warnings come with either."""
    simulation, diagnostics = simulate(plant, workload)
    if simulation is None:
        return None, diagnostics
    roads = find_roads(plant, simulation)
    program = compile_program(design, workload)
    planned = schedule(roads, program)
    single = workload.attributes.collective is not None
    lines = _parts(roads, program.operations[0]) if single else _alike(planned)
    figures = _rates(program.operations[0], planned.total) if single else _step_figures(design, planned)
    zeros = simulation.latencies.zeros
    return Estimate(
        workload.name, _title(program), program.ranks, planned.total, lines, shares(planned), figures, zeros
    ), diagnostics


def sweep(design: Design, plant: Plant, workload: Workload, sizes: Iterable[int]) -> list[tuple[int, float]]:
    """Bytes and ns of a workload's collective (or message) at several sizes; empty for a step of a model."""
    simulation, _ = simulate(plant, workload)
    program = compile_program(design, workload)
    if simulation is None or workload.attributes.collective is None:
        return []
    roads = find_roads(plant, simulation)
    found = []
    for size in sizes:
        operation = replace(program.operations[0], size=size)
        found.append((size, sum(part.time.total for part in operation_parts(roads, operation))))
    return found


def _title(program: Program) -> str:
    attributes = program.workload.attributes
    if attributes.collective is not None:
        return f"{attributes.collective.kind} {attributes.collective.size}"
    assert attributes.step is not None
    return attributes.step.kind


def _parts(roads: Roads, operation: Operation) -> tuple[Line, ...]:
    """The parts of a lone operation."""
    return tuple(
        Line(operation.phase, part.name, part.members, part.size, 1, part.time)
        for part in operation_parts(roads, operation)
    )


def _alike(planned: Schedule) -> tuple[Line, ...]:
    """Operations of all stages and micro-batches by phase, kind and what they are for."""
    found: dict[tuple[str, str], dict[str, list[Line]]] = {}
    for step in planned.steps:
        operation = step.operation
        words = operation.name.split()
        stage = " ".join(words[:2]) if words[0] == "stage" else ""
        rest = [word for word in (words[2:] if stage else words) if not word.isdigit() and word != "to"]
        what = " ".join([operation.kind, *rest])
        line = Line(operation.phase, what, operation.members, operation.size, operation.times, step.time)
        found.setdefault((operation.phase, what), {}).setdefault(stage, []).append(line)
    lines = []
    for stages in found.values():
        slowest = max(stages.values(), key=lambda own: sum(line.time.total * line.times for line in own))
        longest = max(slowest, key=lambda line: line.time.total)
        lines.append(replace(longest, times=sum(line.times for line in slowest)))
    return tuple(lines)


def _rates(operation: Operation, total: float) -> dict[str, float]:
    """Bandwidths as nccl-tests define them (PERFORMANCE.md there): size over time, and that times what every link
    has to carry of it at least; in 10^9 byte/s."""
    if not total:
        return {}
    n = operation.members
    carried = {"all_reduce": 2 * (n - 1) / n, "send": 1.0}.get(operation.kind, (n - 1) / n)
    return {"algbw": operation.size / total, "busbw": carried * operation.size / total}


def _step_figures(design: Design, planned: Schedule) -> dict[str, float]:
    program = planned.program
    step, model = program.workload.attributes.step, program.workload.attributes.model
    attributes = design.elements[program.workload.ranks].attributes
    assert step is not None and model is not None and isinstance(attributes, AcceleratorAttributes)
    seconds = planned.total / 1e9
    if not seconds:
        return {}
    if isinstance(step, Training):
        peak = float(getattr(attributes, model.operations).value)
        done = float(model_operations(model, step))
        tokens = step.batch * step.sequence
        return {"tokens/s": tokens / seconds, "MFU": done / (seconds * peak * program.ranks)}
    return _served(planned, step)


def _served(planned: Schedule, step: Inference) -> dict[str, float]:
    """Time to the first token and between tokens in ms, and tokens that all replicas generate in a second."""
    first = max(s.end for s in planned.steps if s.operation.phase != "decode")
    decode = planned.total - first
    ranks = planned.program.ranks - (step.prefill or 0)
    replicas = ranks // (step.tensor * step.pipeline)
    between = {"token ms": decode / (step.output - 1) / 1e6} if step.output > 1 else {}
    return {
        "first token ms": first / 1e6,
        **between,
        "tokens/s": replicas * step.batch * step.output / (planned.total / 1e9),
    }
