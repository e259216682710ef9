"""A workload of a spec to its program."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..design import Design, Workload
from ..plant import Ints
from ..schema import (
    AcceleratorAttributes,
    Collective,
    Inference,
    PointToPoint,
    Reinforcement,
    Training,
    Transformer,
)
from ..simulation.ranks import named
from .builder import Builder
from .inference import infer
from .layout import layout
from .operations import Operation, Program
from .reinforcement import reinforce
from .training import Speed, train

NS = 10**9


def compile_program(design: Design, workload: Workload) -> Program:
    """What the ranks of a workload do. That its numbers fit each other is checked before (`checks/workloads.py`)."""
    ranks, attributes = named(workload), workload.attributes
    builder = Builder()
    collective, step, model = attributes.collective, attributes.step, attributes.model
    if isinstance(collective, Collective):
        groups = divided(ranks, collective.group or ranks, collective.stride)
        kind = collective.kind
        size = int(collective.size.to("B"))
        builder.operations.append(Operation(kind, kind, kind, groups, size, algorithm=collective.algorithm))
    elif isinstance(collective, PointToPoint):
        receiver = ranks - 1 if collective.receiver is None else collective.receiver
        pair = np.array([[collective.sender, receiver]], dtype=np.int64)
        builder.operations.append(Operation("send", "send", "send", pair, int(collective.size.to("B"))))
    elif step is not None and model is not None:
        _step(builder, model, step, np.arange(ranks, dtype=np.int64), rank_speed(design, workload))
    return Program(workload, ranks, tuple(builder.operations))


def _step(builder: Builder, model: Transformer, step: Training | Inference, ranks: Ints, speed: Speed) -> None:
    if isinstance(step, Reinforcement):
        reinforce(builder, model, step, ranks, speed)
    elif isinstance(step, Training):
        train(builder, model, step, layout(ranks, step.tensor, step.context, step.expert, step.pipeline), speed)
    else:
        infer(builder, model, step, ranks, speed)


def rank_speed(design: Design, workload: Workload) -> Speed:
    """How fast an accelerator of a workload computes; 0 where it does not say."""
    attributes = design.elements[workload.ranks].attributes
    assert isinstance(attributes, AcceleratorAttributes)
    model, step = workload.attributes.model, workload.attributes.step
    assert model is not None and step is not None
    peak, memory = getattr(attributes, model.operations), attributes.memory_bandwidth
    operations = Fraction(0) if peak is None else peak.value * step.efficiency.value / NS
    return Speed(operations, Fraction(0) if memory is None else memory.to("B/s") / NS)


def divided(ranks: int, members: int, stride: int = 1) -> Ints:
    """Groups of `members` ranks that stand `stride` apart, shape (groups, members): what is `stride` times
    `members` ranks long is divided into `stride` groups."""
    return np.arange(ranks, dtype=np.int64).reshape(-1, members, stride).swapaxes(1, 2).reshape(-1, members)
