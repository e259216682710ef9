"""A workload of a spec to its program."""

from __future__ import annotations

import numpy as np

from ..design import Design, Workload
from ..plant import Ints
from ..schema import Collective, PointToPoint
from ..simulation.ranks import named
from .operations import Operation, Program


def compile_program(design: Design, workload: Workload) -> Program:
    """What the ranks of a workload do. The checks have found that its numbers fit (`checks/workloads.py`)."""
    ranks = named(workload)
    collective = workload.attributes.collective
    if isinstance(collective, Collective):
        groups = divided(ranks, collective.group or ranks, collective.stride)
        size, kind = int(collective.size.to("B")), collective.kind
        operations = [Operation(kind, kind, kind, groups, size, algorithm=collective.algorithm)]
    elif isinstance(collective, PointToPoint):
        receiver = ranks - 1 if collective.receiver is None else collective.receiver
        pair = np.array([[collective.sender, receiver]], dtype=np.int64)
        operations = [Operation("send", "send", "send", pair, int(collective.size.to("B")))]
    else:
        operations = []
    return Program(workload, ranks, tuple(operations))


def divided(ranks: int, members: int, stride: int = 1) -> Ints:
    """Groups of `members` ranks that stand `stride` apart, shape (groups, members): what is `stride` times
    `members` ranks long is divided into `stride` groups."""
    return np.arange(ranks, dtype=np.int64).reshape(-1, members, stride).swapaxes(1, 2).reshape(-1, members)
