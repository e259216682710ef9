"""Operations one after the other: what builds a program up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .operations import COLLECTIVES, Operation


class Builder:
    """Collects operations; each chain of them is told by the number of its last."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def add(self, operation: Operation, after: Iterable[int]) -> int:
        """Put one operation after others; returns its number."""
        size = operation.size
        if operation.kind in COLLECTIVES:
            # Libraries pad a buffer so that every member has a whole part of it.
            size = -(-size // operation.members) * operation.members
        done = tuple(sorted({number for number in after if number >= 0}))
        self.operations.append(replace(operation, size=size, after=done))
        return len(self.operations) - 1

    def chain(self, operations: Iterable[Operation], after: Iterable[int]) -> int:
        """Put operations after others and after each other; returns the last one's number. Those that do nothing,
        such as a collective of one, are left out; if nothing is left, the first number of `after`."""
        before = tuple(after)
        for operation in operations:
            if operation.times and (operation.time or (operation.size and operation.members > 1)):
                before = (self.add(operation, before),)
        return max(before, default=-1)
