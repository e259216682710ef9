"""The first ranks of a program, where a simulator cannot hold all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...compiler.plant import Ints
from ...compiler.workloads import Operation, Program


def first_ranks(program: Program, count: int) -> Program | None:
    """The program of ranks 0 to `count` - 1: groups keep the members that are left, messages to others are dropped.
    None if that would leave groups of different sizes to one operation."""
    if count >= program.ranks:
        return program
    found = []
    for operation in program.operations:
        groups = _cut(operation, count)
        if groups is None:
            return None
        found.append(replace(operation, groups=groups))
    return replace(program, ranks=count, operations=tuple(found))


def _cut(operation: Operation, count: int) -> Ints | None:
    groups = operation.groups
    inside = groups < count
    many = inside.sum(axis=1)
    if operation.kind == "send":
        return np.asarray(groups[many == 2])
    left = np.unique(many[many > 0])
    if len(left) > 1:
        return None
    size = int(left[0]) if len(left) else operation.members
    return np.asarray(groups[inside]).reshape(-1, size)
