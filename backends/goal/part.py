"""How much of a program is written: all of it, or that of the first ranks.

A schedule names every message, and a collective of n ranks has some n squared of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import repeat

from ...compiler.plant import Ints
from ...compiler.schema import Collective, Inference, Training
from ...compiler.simulation import prefix
from ...compiler.workloads import Operation, Program
from .._kit.cut import first_ranks
from .._kit.rounds import UnfitError, messages

ROWS = 60_000
"""Most rows of a schedule, two a message: about 3 MB, a tenth of a second."""

HOST_ROWS = 20_000
"""Most rows of a schedule for a simulator of packets."""


LARGE = 10 * ROWS
"""So many rows are not counted any further."""


@dataclass(frozen=True)
class Part:
    """The program of the first `program.ranks` of `total` ranks."""

    program: Program
    total: int

    @property
    def whole(self) -> bool:
        return self.program.ranks == self.total


def choose(program: Program, domain: Ints, limit: int, most: int) -> Part:
    """The largest part of at most `limit` rows and `most` ranks; of whole groups, where they fit.

    Raises UnfitError if not even the whole program has a form.
    """
    whole = Part(program, program.ranks)
    if rows_of(program, domain) <= limit and program.ranks <= most:
        return whole
    # Ranks do much the same, so no more of them fit than by their own operations.
    each = max(1, _own_rows(program) // program.ranks)
    most = min(most, program.ranks, max(1, limit // each))
    fits = _whole_groups(program)
    upper, many = program, [1] * len(program.operations)

    def fitting(run: int) -> int | None:
        cut = first_ranks(upper, run)
        try:
            return None if cut is None or rows_of(cut, domain, many) > limit else run
        except UnfitError:
            return None

    while True:
        runs = [run for run in prefix(program.workload, most) if fits(run)] or [1]
        upper, many = _once_each(first_ranks(program, runs[-1]) or program)
        found = _largest(runs, fitting)
        place = 0 if found is None else runs.index(found)
        # Between two runs of whole arrays there are others, of a part of the outer one.
        if place == len(runs) - 1 or most == runs[place + 1] - 1:
            break
        most = runs[place + 1] - 1
    if found is None:
        raise UnfitError(f"even the first {runs[0]:,} ranks have no schedule of {limit:,} rows")
    cut = first_ranks(program, found)
    assert cut is not None
    return Part(cut, program.ranks)


def _once_each(program: Program) -> tuple[Program, list[int]]:
    """Operations that are alike as one, which is quicker to count, and how many there are of each."""
    alike: dict[tuple[object, ...], list[Operation]] = {}
    for operation in program.operations:
        groups = operation.groups
        key = (groups.tobytes(), groups.shape, operation.kind, operation.algorithm, operation.times)
        alike.setdefault(key, []).append(operation)
    return replace(program, operations=tuple(same[0] for same in alike.values())), [len(s) for s in alike.values()]


def _largest(runs: list[int], part: Callable[[int], int | None]) -> int | None:
    low, high = 0, len(runs)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if part(runs[middle]) is not None else (low, middle)
    # What does not fit for its shape may stand anywhere, so a few smaller ones are tried, too.
    return next((found for run in runs[max(0, low - 15) : low + 1][::-1] if (found := part(run)) is not None), None)


def rows_of(program: Program, domain: Ints, many: list[int] | None = None) -> int:
    """About how many rows a schedule has, with so `many` of each operation; only a lower bound beyond LARGE.

    Raises UnfitError.
    """
    total = _own_rows(program, many)
    for operation, alike in zip(program.operations, many or repeat(1), strict=False):
        if total > LARGE:
            break
        # A send, a receive, and where a rank waits for several of them one row more.
        total += (3 if _waits(operation) else 2) * alike * messages(operation, domain)
    return total


def _waits(operation: Operation) -> bool:
    return operation.algorithm == "direct" or operation.kind == "all_to_all"


def _own_rows(program: Program, many: list[int] | None = None) -> int:
    """Rows without messages: one for what is computed, two for what happens in scale-up domains."""
    rows = {"compute": 1, "send": 0}
    pairs = zip(program.operations, many or repeat(1), strict=False)
    return sum(alike * rows.get(operation.kind, 2) * operation.groups.size for operation, alike in pairs)


def _whole_groups(program: Program) -> Callable[[int], bool]:
    """Whether so many first ranks are whole groups, or alike parts of one."""
    attributes = program.workload.attributes
    collective, step = attributes.collective, attributes.step
    if isinstance(collective, Collective):
        stride, block = collective.stride, (collective.group or program.ranks) * collective.stride
        return lambda run: run % block == 0 or (run < block and run % stride == 0)
    if isinstance(step, Training | Inference):
        context = step.context if isinstance(step, Training) else 1
        unit = step.tensor * step.pipeline * step.expert * context
        return lambda run: run % unit == 0
    return lambda run: True
