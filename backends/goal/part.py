"""How much of a program is written: all of it, or that of the first ranks.

A schedule names every message, and a collective of n ranks has some n squared of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...compiler.plant import Ints
from ...compiler.schema import Collective, Inference, Training
from ...compiler.simulation import prefix
from ...compiler.workloads import Program
from .._kit.cut import first_ranks
from .._kit.rounds import UnfitError, messages

ROWS = 100_000
"""Most rows of a schedule, two a message: about 6 MB, a tenth of a second."""

HOST_ROWS = 40_000
"""Most rows of a schedule for a simulator of packets: 20,000 messages, as for htsim."""


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
    fits, upper = _whole_groups(program), program

    def part(run: int) -> Part | None:
        cut = first_ranks(upper, run)
        try:
            return None if cut is None or rows_of(cut, domain) > limit else Part(cut, program.ranks)
        except UnfitError:
            return None

    while True:
        runs = [run for run in prefix(program.workload, most) if fits(run)] or [1]
        upper = first_ranks(program, runs[-1]) or program
        found = _largest(runs, part)
        place = 0 if found is None else runs.index(found.program.ranks)
        # Between two runs of whole arrays there are others, of a part of the outer one.
        if place == len(runs) - 1 or most == runs[place + 1] - 1:
            break
        most = runs[place + 1] - 1
    if found is None:
        raise UnfitError(f"even the first {runs[0]:,} ranks have no schedule of {limit:,} rows")
    return found


def _largest(runs: list[int], part: Callable[[int], Part | None]) -> Part | None:
    low, high = 0, len(runs)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if part(runs[middle]) is not None else (low, middle)
    # What does not fit for its shape may stand anywhere, so a few smaller ones are tried, too.
    return next((found for run in runs[max(0, low - 15) : low + 1][::-1] if (found := part(run)) is not None), None)


def rows_of(program: Program, domain: Ints) -> int:
    """About how many rows a schedule has: two a message, three a rank and operation; only a lower bound beyond LARGE.

    Raises UnfitError.
    """
    total = _own_rows(program)
    for operation in program.operations:
        if total > LARGE:
            break
        total += 2 * messages(operation, domain)
    return total


def _own_rows(program: Program) -> int:
    return sum(3 * operation.groups.size for operation in program.operations)


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
