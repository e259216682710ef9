"""The time of a whole program: its longest chain of operations.

An operation begins when all that it waits for is done, and all its ranks take as long as the slowest. Operations on the
same ranks follow each other, as the program says. What else happens at the same time takes its part of the links that
ranks share: every other rank is taken to do the same (`Roads.shared`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..workloads import Operation, Program
from .collectives import operation_time
from .roads import Roads, Time


@dataclass(frozen=True)
class Step:
    """One operation with its time, begin and end in ns; `critical` if it is on the longest chain."""

    operation: Operation
    time: Time
    begin: float
    end: float
    critical: bool


@dataclass(frozen=True)
class Schedule:
    """All operations of a program in their order, and when the last one ends, in ns."""

    program: Program
    steps: tuple[Step, ...]

    @property
    def total(self) -> float:
        return max((step.end for step in self.steps), default=0.0)


def schedule(roads: Roads, program: Program) -> Schedule:
    """When each operation of a program begins and ends."""
    times = _times(roads, program)
    begins: list[float] = []
    ends: list[float] = []
    for number, operation in enumerate(program.operations):
        begin = max((ends[before] for before in operation.after), default=0.0)
        begins.append(begin)
        ends.append(begin + times[number].total * operation.times)
    critical = _critical(program, begins, ends)
    steps = (
        Step(operation, times[number], begins[number], ends[number], number in critical)
        for number, operation in enumerate(program.operations)
    )
    return Schedule(program, tuple(steps))


def _times(roads: Roads, program: Program) -> list[Time]:
    """The time of each operation, once; what is alike is computed once."""
    known: dict[tuple[object, ...], Time] = {}
    found = []
    # Only the ranks of a step all do something at the same time; those of a collective are all in its groups.
    alike = program.workload.attributes.step is not None
    for operation in program.operations:
        groups = operation.groups
        key = (operation.kind, operation.size, operation.time, operation.algorithm, id(groups))
        if key not in known:
            known[key] = operation_time(roads.shared(groups.reshape(-1)) if alike else roads, operation)
        found.append(known[key])
    return found


def _critical(program: Program, begins: list[float], ends: list[float]) -> frozenset[int]:
    """Numbers of the operations on the longest chain, found backwards from the last end."""
    if not ends:
        return frozenset()
    current = max(range(len(ends)), key=lambda number: ends[number])
    chain = [current]
    while before := program.operations[current].after:
        current = max(before, key=lambda number: (ends[number], -number))
        chain.append(current)
    return frozenset(chain)


def shares(schedule: Schedule) -> Mapping[str, float]:
    """Time in ns on the longest chain by what it is spent on: computing, or what limits a transfer."""
    found: dict[str, float] = {}
    for step in schedule.steps:
        if step.critical:
            times = step.operation.times
            for name, time in (("latency", step.time.alpha), (step.time.limit, step.time.beta)):
                if time:
                    found[name] = found.get(name, 0.0) + time * times
    return found
