"""A batch of requests as a program: prefill, then decode, together or on ranks of their own.

A rank's time for a pass is that of its operations or, if longer, that of reading its weights and its part of the keys
and values from memory (a roofline: Williams, Waterman, Patterson, CACM 52(4), 2009). Decoding passes once a token; the
keys and values that it reads grow from the prompt's to all, so their mean counts. Of its experts a rank reads no more
than its tokens choose, and only the last token of a prompt needs the output layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from ..plant import Ints
from ..schema import Inference, Transformer
from .builder import Builder
from .layout import Layout, layout
from .operations import Operation
from .training import Speed
from .transformer import attention_weights, expert_weights, kv_width, layer_operations, output_operations, stages


@dataclass(frozen=True)
class Requests:
    """What every replica serves: so many requests of a prompt and an output, in tokens."""

    batch: int
    prompt: int
    output: int


TOKEN_BYTES = 4
"""Bytes of a token's number, which the last stage gives back to the first."""


def infer(builder: Builder, model: Transformer, step: Inference, ranks: Ints, speed: Speed) -> list[int]:
    """Add a batch of requests on every replica; returns the number of each stage's last operation."""
    requests = Requests(step.batch, step.prompt, step.output)
    if step.prefill is None:
        return generate(builder, model, layout(ranks, step.tensor, 1, step.expert, step.pipeline), requests, speed)
    first, rest = ranks[: step.prefill], ranks[step.prefill :]
    before = layout(first, step.tensor, 1, step.expert, step.pipeline)
    after = layout(rest, step.tensor, 1, step.expert, step.pipeline)
    # Every replica that decodes gets its requests: in rounds from fewer that prefill, or in parts from more.
    many, served = len(first) // step.pipeline // step.tensor, len(rest) // step.pipeline // step.tensor
    once = Requests(min(step.batch, ceil(Fraction(step.batch * served, many))), step.prompt, step.output)
    done = prefill(builder, model, before, once, speed, ceil(Fraction(served, many)))
    handed = ceil(Fraction(step.batch * served, once.batch))
    moved = [
        builder.chain([transfer], [done[stage]])
        for stage, transfer in enumerate(_handed_over(model, step.pipeline, once, before, after, handed))
    ]
    return decode(builder, model, after, requests, speed, moved)


def generate(builder: Builder, model: Transformer, place: Layout, requests: Requests, speed: Speed) -> list[int]:
    """Prefill and decode on the same ranks."""
    done = prefill(builder, model, place, requests, speed)
    return decode(builder, model, place, requests, speed, done)


def prefill(
    builder: Builder, model: Transformer, place: Layout, requests: Requests, speed: Speed, rounds: int = 1
) -> list[int]:
    """All prompts through all stages, so often."""
    once = _Pass("prefill", requests.batch * requests.prompt, Fraction(requests.prompt), requests.batch, rounds)
    return _passes(builder, model, place, once, speed, [-1] * place.stages)


def decode(
    builder: Builder, model: Transformer, place: Layout, requests: Requests, speed: Speed, after: list[int]
) -> list[int]:
    """One pass a token after the first, for all requests at once; `after` for each stage."""
    passes = requests.output - 1  # the prompt gave the first token
    if not passes:
        return after
    seen = requests.prompt + Fraction(requests.output, 2)
    return _passes(builder, model, place, _Pass("decode", requests.batch, seen, requests.batch, passes), speed, after)


@dataclass(frozen=True)
class _Pass:
    """`times` passes of `tokens` tokens of `batch` requests, each token looking at `seen` others."""

    phase: str
    tokens: int
    seen: Fraction
    batch: int
    times: int


def _passes(
    builder: Builder, model: Transformer, place: Layout, kind: _Pass, speed: Speed, after: list[int]
) -> list[int]:
    """Through all stages, and the tokens back to the first; the number of each stage's last operation."""
    last, depth, arrived = list(after), place.stages, -1
    for stage in range(depth):
        last[stage] = builder.chain(_stage(model, place, kind, stage, speed), [last[stage], arrived])
        if depth > 1:
            following = (stage + 1) % depth
            values = kind.tokens * model.hidden * model.precision.to("B") if following else kind.batch * TOKEN_BYTES
            name = f"stage {stage} to {following}"
            pairs = place.across(stage, following)
            send = Operation(name, kind.phase, "send", pairs, ceil(values), times=kind.times)
            last[stage] = arrived = builder.add(send, [last[stage]])
    if depth > 1:
        last[0] = arrived
    return last


def _stage(model: Transformer, place: Layout, kind: _Pass, stage: int, speed: Speed) -> Iterator[Operation]:
    """One stage of a pass."""
    _, depth, experts, _, tensor = place.grid.shape
    layers = stages(model, depth)[stage]
    last = stage == depth - 1
    bytes_ = model.precision.to("B")
    count = layers * layer_operations(model, kind.tokens, kind.seen) + (
        output_operations(model, kind.batch) if last else 0
    )
    held = layers * (attention_weights(model) + model.shared * expert_weights(model))
    held += layers * min(Fraction(model.experts, experts), Fraction(kind.tokens * model.active)) * expert_weights(model)
    held += model.hidden * model.vocabulary if last else 0
    kept = layers * kind.batch * kind.seen * 2 * kv_width(model)
    time = count / tensor / speed.operations
    if speed.memory:
        time = max(time, (held + kept) / tensor * bytes_ / speed.memory)
    yield Operation(f"stage {stage}", kind.phase, "compute", place.stage(stage), time=time, times=kind.times)
    size, times = ceil(kind.tokens * model.hidden * bytes_), 2 * layers * kind.times
    yield Operation(f"stage {stage} tensor", kind.phase, "all_reduce", place.tensor(stage), size, times=times)
    if model.experts > 1:
        sent = ceil(Fraction(size, tensor) * model.active)
        yield Operation(f"stage {stage} expert", kind.phase, "all_to_all", place.expert(stage), sent, times=times)


def _handed_over(
    model: Transformer, pipeline: int, requests: Requests, before: Layout, after: Layout, many: int
) -> Iterator[Operation]:
    """Keys and values of all prompts, from each rank to the one of its place in a replica that decodes, each stage.
    `many` times a replica hands over such requests, all in turn."""
    for stage, layers in enumerate(stages(model, pipeline)):
        senders, receivers = (place.grid[:, stage].reshape(-1, place.grid.shape[4]) for place in (before, after))
        turn = np.arange(many)
        pairs = np.stack([senders[turn % len(senders)], receivers[turn % len(receivers)]], axis=-1).reshape(-1, 2)
        tokens = requests.batch * requests.prompt
        size = 2 * layers * tokens * kv_width(model) * model.precision.to("B") / senders.shape[1]
        yield Operation(f"stage {stage} keys and values", "transfer", "send", pairs, ceil(size))
