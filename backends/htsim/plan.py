"""Which files of flows a workload becomes, and what of it is lost.

A collective is one file, of all its steps or, beyond 20,000 flows, of the first one. A step of a model is one file
if its flows are few enough; else one for each kind of exchange, as if nothing else went on. Computation has no place in
htsim, so a step that computes is written only where the workload accepts an approximation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...compiler.design import Workload
from ...compiler.workloads import Operation, Program
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.rounds import UnfitError
from .._kit.safe import folder
from .flows import FLOWS, Flows, Hosts, Steps, TooManyError, chain, count_steps, first_step

_NOTHING = "no message leaves its scale-up domain for another host of the tree"


@dataclass(frozen=True)
class File:
    """One connection matrix: `what` it is, `repeats` how often that happens in the workload. If `first` it has the
    first step only."""

    name: str
    what: str
    flows: Flows
    steps: Steps
    first: bool
    repeats: int = 1

    @property
    def size(self) -> int:
        """Bytes of the largest flow."""
        return int(self.flows.size.max())


def plan(workload: Workload, program: Program, hosts: Hosts) -> tuple[list[File], list[Diagnostic]]:
    """The files of a workload, none if there is an error."""
    computes = any(operation.kind == "compute" and operation.time for operation in program.operations)
    if computes and not workload.attributes.approximate:
        return [], [
            diagnose(
                "RW8124",
                workload.at("step"),
                "this step",
                detail="its ranks compute between their messages",
                help="set `approximate = true` to have the messages alone, one after the other",
            )
        ]
    notes = []
    if computes:
        detail = "flows follow each other as if it took no time"
        notes.append(diagnose("RW8125", workload.at("approximate"), detail=detail))
    exchanges = tuple(operation for operation in program.operations if operation.kind != "compute")
    try:
        if workload.attributes.step is not None:
            files, told = _step(workload, exchanges, hosts)
        else:
            files, told = _alone(workload, folder(workload.name), exchanges[0], hosts)
    except UnfitError as problem:
        at = workload.at("collective.algorithm", "collective", "step")
        help = "use `ring` or `direct`, other groups or a smaller buffer"
        return [], [diagnose("RW8127", at, "this one", detail=str(problem), help=help)]
    return files, notes + told


def _alone(
    workload: Workload, name: str, operation: Operation, hosts: Hosts, what: str = "", repeats: int = 1
) -> tuple[list[File], list[Diagnostic]]:
    what = what or ("a message" if operation.kind == "send" else f"{operation.kind}, {operation.algorithm}")
    try:
        steps = count_steps(operation, hosts)
        if not steps.flows:
            return [], [diagnose("RW8108", workload.origin, detail=_NOTHING)]
        if steps.flows <= FLOWS:
            return [File(name, what, chain([operation], hosts), steps, False, repeats)], []
        flows = first_step(operation, hosts)
    except TooManyError:
        detail = f"the first step of {what} has more than the {FLOWS:,} flows that a file takes here"
        return [], [diagnose("RW8108", workload.origin, detail=detail, help="use groups, or another algorithm")]
    note = diagnose(
        "RW8123",
        workload.origin,
        detail=f"the first of {steps.steps:,} steps, {len(flows):,} flows",
        help="multiply its time by the number of steps" if steps.alike else "its steps are not alike",
    )
    return [File(name, what, flows, steps, True, repeats)], [note]


def _step(workload: Workload, operations: tuple[Operation, ...], hosts: Hosts) -> tuple[list[File], list[Diagnostic]]:
    name = folder(workload.name)
    total = _count(operations, hosts)
    if total is not None and 0 < total.flows <= FLOWS:
        what = f"{len(operations)} exchanges of a step, one after the other"
        return [File(name, what, chain(operations, hosts), total, False)], []
    files: list[File] = []
    notes: dict[tuple[str, str], Diagnostic] = {}
    for what, operation, repeats in _kinds(operations):
        made, told = _alone(workload, f"{name}-{folder(what)}", operation, hosts, what, repeats)
        files += made
        # That some exchanges stay inside is no news; that none leaves is.
        notes |= {(note.code, note.detail): note for note in told if made or note.detail != _NOTHING}
    if not files:
        return [], [diagnose("RW8108", workload.origin, detail=_NOTHING)]
    detail = f"all its steps are more than {FLOWS:,} flows, so there are {len(files)} files of one exchange each"
    return files, [diagnose("RW8126", workload.at("step"), "this step", detail=detail), *notes.values()]


def _count(operations: tuple[Operation, ...], hosts: Hosts) -> Steps | None:
    """The steps of all; None beyond FLOWS."""
    steps = flows = 0
    for operation in operations:
        try:
            found = count_steps(operation, hosts)
        except TooManyError:
            return None
        steps, flows = steps + found.steps, flows + found.flows
        if flows > FLOWS:
            return None
    return Steps(steps, flows, False)


def _kinds(operations: tuple[Operation, ...]) -> Iterator[tuple[str, Operation, int]]:
    """Exchanges that are alike but for their ranks as one operation, with a name, and how often the busiest does it."""
    alike: dict[tuple[object, ...], dict[str, list[Operation]]] = {}
    for operation in operations:
        key = (operation.phase, operation.kind, operation.size, operation.algorithm, operation.members)
        alike.setdefault(key, {}).setdefault(operation.name, []).append(operation)
    names: dict[str, int] = {}
    for (phase, kind, *_), by_name in alike.items():
        groups = np.unique(np.concatenate([many[0].groups for many in by_name.values()]), axis=0)
        first = next(iter(by_name.values()))[0]
        repeats = max(sum(operation.times for operation in many) for many in by_name.values())
        name = f"{phase}-{kind}"
        names[name] = names.get(name, 0) + 1
        name += f"-{names[name]}" if names[name] > 1 else ""
        yield name, replace(first, groups=groups, times=1), repeats
