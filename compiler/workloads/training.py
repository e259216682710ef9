"""A training step as a program: forward and backward of every micro-batch through the pipeline, then gradients.

Stages take their micro-batches in the order one forward, one backward (1F1B: Narayanan et al., arXiv 2104.04473,
section 2.2). What a stage computes and exchanges comes one after the other; overlap is left to the reader, since it is
a property of the software, not of the plant. Bytes of the exchanges, for T tokens of a micro-batch on one rank:

- tensor parallel: T * hidden values, as an all-gather and a reduce-scatter before and after attention and feed-forward
  (sequence parallel: Korthikanti et al., arXiv 2205.05198), else an all-reduce after each; backward the same;
- context parallel: keys and values of the whole sequence are gathered in each layer (Llama 3, arXiv 2407.21783, section
  3.3.2), their gradients scattered;
- expert parallel: every token goes to each of its experts and back, in each layer, forward and backward;
- data parallel: gradients of the rank's weights, reduce-scattered, and the new weights gathered (ZeRO: Rajbhandari et
  al., arXiv 1910.02054), else all-reduced; experts apart, as fewer ranks hold the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from ..schema import Training, Transformer
from .builder import Builder
from .layout import Layout
from .operations import Operation
from .transformer import (
    attention_weights,
    expert_weights,
    kv_width,
    layer_operations,
    output_operations,
    stages,
)


@dataclass(frozen=True)
class Speed:
    """What one rank does in a ns: operations, of its peak what the step reaches, and bytes of memory; 0 if not told."""

    operations: Fraction
    memory: Fraction


def train(
    builder: Builder, model: Transformer, step: Training, layout: Layout, speed: Speed, after: Iterable[int] = ()
) -> list[int]:
    """Add one training step after some operations; returns the number of each stage's last one."""
    shape = _Shape(model, step, layout, speed)
    many = step.batch // (layout.grid.shape[0] * step.expert * step.micro_batch)
    last = _pipeline(builder, shape, many, tuple(after))
    return [_gradients(builder, shape, stage, last[stage]) for stage in range(layout.stages)]


def model_operations(model: Transformer, step: Training) -> Fraction:
    """Operations of a whole step over all ranks: forward, and twice that backward."""
    tokens = step.batch * step.sequence
    return 3 * (model.layers * layer_operations(model, tokens, step.sequence) + output_operations(model, tokens))


@dataclass(frozen=True)
class _Shape:
    """What is the same for all micro-batches."""

    model: Transformer
    step: Training
    layout: Layout
    speed: Speed

    @property
    def tokens(self) -> int:
        """Tokens of a micro-batch on one rank of a tensor-parallel group."""
        return self.step.micro_batch * self.step.sequence // self.step.context

    @property
    def activations(self) -> int:
        """Bytes of those tokens between layers."""
        return ceil(self.tokens * self.model.hidden * self.model.precision.to("B"))

    def compute(self, stage: int, backward: bool) -> Fraction:
        """Time in ns of one micro-batch in a stage."""
        model, step = self.model, self.step
        count = stages(model, step.pipeline)[stage] * layer_operations(model, self.tokens, step.sequence)
        if stage == step.pipeline - 1:
            count += output_operations(model, self.tokens)
        return (2 if backward else 1) * count / step.tensor / self.speed.operations


def _pipeline(builder: Builder, shape: _Shape, many: int, after: tuple[int, ...]) -> list[tuple[int, ...]]:
    """All micro-batches through all stages; the numbers of each stage's last operations."""
    depth = shape.layout.stages
    sent: dict[tuple[str, int, int], int] = {}  # what a stage waits for: direction, stage, micro-batch
    last = [after] * depth  # what a stage has done last
    orders = [_one_forward_one_backward(stage, depth, many) for stage in range(depth)]
    place = [0] * depth
    # Micro-batches are alike, so what a stage does with one is made once.
    blocks = {(stage, way): _block(shape, stage, way) for stage in range(depth) for way in ("forward", "backward")}
    sends = {(stage, way): _send(shape, stage, way) for stage, way in blocks}
    while any(place[stage] < len(orders[stage]) for stage in range(depth)):
        for stage in range(depth):
            while place[stage] < len(orders[stage]):
                direction, batch = orders[stage][place[stage]]
                first = stage == (0 if direction == "forward" else depth - 1)
                if not first and (direction, stage, batch) not in sent:
                    break
                waits = [*last[stage], *([] if first else [sent[direction, stage, batch]])]
                done = builder.chain(blocks[stage, direction], waits)
                last[stage] = (done,)
                send = sends[stage, direction]
                if send is not None:
                    following = stage + (1 if direction == "forward" else -1)
                    sent[direction, following, batch] = builder.add(send, [done])
                place[stage] += 1
    return last


def _send(shape: _Shape, stage: int, direction: str) -> Operation | None:
    """What a stage hands on of a micro-batch; None if there is no other that way."""
    following = stage + (1 if direction == "forward" else -1)
    if not 0 <= following < shape.layout.stages:
        return None
    size = shape.activations // (shape.step.tensor if shape.step.sequence_parallel else 1)
    return Operation(f"stage {stage} to {following}", direction, "send", shape.layout.across(stage, following), size)


def _one_forward_one_backward(stage: int, depth: int, many: int) -> list[tuple[str, int]]:
    """What a stage does, in order: its warm-up, then pairs, then what is left of the way back."""
    ahead = min(depth - stage - 1, many)
    order = [("forward", batch) for batch in range(ahead)]
    for batch in range(many):
        if batch + ahead < many:
            order.append(("forward", batch + ahead))
        order.append(("backward", batch))
    return order


def _block(shape: _Shape, stage: int, direction: str) -> list[Operation]:
    """One micro-batch in one stage, one way."""
    model, step, layout = shape.model, shape.step, shape.layout
    layers = stages(model, step.pipeline)[stage]
    backward = direction == "backward"
    name = f"stage {stage}"
    found = [Operation(name, direction, "compute", layout.stage(stage), time=shape.compute(stage, backward))]

    def exchange(what: str, kind: str, groups: object, size: int, times: int) -> None:
        found.append(Operation(f"{name} {what}", direction, kind, groups, size, times=times))  # type: ignore[arg-type]

    if step.sequence_parallel:
        exchange("tensor", "all_gather", layout.tensor(stage), shape.activations, 2 * layers)
        exchange("tensor", "reduce_scatter", layout.tensor(stage), shape.activations, 2 * layers)
    else:
        exchange("tensor", "all_reduce", layout.tensor(stage), shape.activations, 2 * layers)
    whole = step.micro_batch * step.sequence
    keys = ceil(2 * whole * kv_width(model) / step.tensor * model.precision.to("B"))
    exchange("context", "reduce_scatter" if backward else "all_gather", layout.context(stage), keys, layers)
    if model.experts > 1:
        tokens = ceil(Fraction(shape.activations, step.tensor) * model.active)
        exchange("expert", "all_to_all", layout.expert(stage), tokens, 2 * layers)
    return found


def _gradients(builder: Builder, shape: _Shape, stage: int, after: tuple[int, ...]) -> int:
    """The exchange over replicas of one stage."""
    model, step, layout = shape.model, shape.step, shape.layout
    layers = stages(model, step.pipeline)[stage]
    alone = 0 if model.experts == 1 else model.experts
    dense = layers * (attention_weights(model) + (model.shared + (1 - min(alone, 1))) * expert_weights(model))
    dense += sum(model.hidden * model.vocabulary for end in (0, step.pipeline - 1) if stage == end)
    experts = Fraction(layers * alone * expert_weights(model), step.expert)
    found = []
    for what, many, groups in (("weights", dense, layout.data(stage)), ("experts", experts, layout.expert_data(stage))):
        held = Fraction(many) / step.tensor
        gradients, new = ceil(held * step.gradient.to("B")), ceil(held * model.precision.to("B"))
        name = f"stage {stage} {what}"
        if step.sharded:
            found.append(Operation(name, "gradients", "reduce_scatter", groups, gradients))
            found.append(Operation(name, "gradients", "all_gather", groups, new))
        else:
            found.append(Operation(name, "gradients", "all_reduce", groups, gradients))
    return builder.chain(found, after)
