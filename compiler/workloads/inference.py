"""A batch of requests as a program: prefill, then decode, together or on ranks of their own.

A rank's time for a pass is that of its operations or, if longer, that of reading its weights and its part of the keys
and values from memory (a roofline: Williams, Waterman, Patterson, CACM 52(4), 2009). Decoding passes once a token; the
keys and values that it reads grow from the prompt's to all, so their mean counts.
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
from .operations import Kind, Operation
from .training import Speed
from .transformer import attention_weights, expert_weights, kv_width, layer_operations, output_operations, stages


@dataclass(frozen=True)
class Requests:
    """What every replica serves: so many requests of a prompt and an output, in tokens."""

    batch: int
    prompt: int
    output: int


def infer(builder: Builder, model: Transformer, step: Inference, ranks: Ints, speed: Speed) -> int:
    """Add a batch of requests on every replica; returns the last operation's number."""
    requests = Requests(step.batch, step.prompt, step.output)
    if step.prefill is None:
        whole = layout(ranks, step.tensor, 1, step.expert, step.pipeline)
        return generate(builder, model, whole, requests, speed)
    first, rest = ranks[: step.prefill], ranks[step.prefill :]
    before = layout(first, step.tensor, 1, step.expert, step.pipeline)
    after = layout(rest, step.tensor, 1, step.expert, step.pipeline)
    done = prefill(builder, model, before, requests, speed, [])
    moved = builder.chain(_handed_over(model, step, before, after), [done])
    return decode(builder, model, after, requests, speed, [moved])


def generate(
    builder: Builder, model: Transformer, place: Layout, requests: Requests, speed: Speed, after: int = -1
) -> int:
    """Prefill and decode on the same ranks."""
    done = prefill(builder, model, place, requests, speed, [after])
    return decode(builder, model, place, requests, speed, [done])


def prefill(
    builder: Builder, model: Transformer, place: Layout, requests: Requests, speed: Speed, after: list[int]
) -> int:
    """All prompts through all stages."""
    tokens = requests.batch * requests.prompt
    return _passes(builder, model, place, "prefill", tokens, Fraction(requests.prompt), requests, 1, speed, after)


def decode(
    builder: Builder, model: Transformer, place: Layout, requests: Requests, speed: Speed, after: list[int]
) -> int:
    """One pass a token, for all requests at once."""
    seen = requests.prompt + Fraction(requests.output, 2)
    return _passes(builder, model, place, "decode", requests.batch, seen, requests, requests.output, speed, after)


def _passes(
    builder: Builder,
    model: Transformer,
    place: Layout,
    phase: str,
    tokens: int,
    seen: Fraction,
    requests: Requests,
    times: int,
    speed: Speed,
    after: list[int],
) -> int:
    """`times` passes of `tokens` tokens, each of which looks at `seen` others."""
    last = max(after, default=-1)
    depth = place.stages
    for stage in range(depth):
        block = _stage(model, place, phase, stage, tokens, seen, requests.batch, times, speed)
        last = builder.chain(block, [last])
        if stage < depth - 1:
            size = ceil(tokens * model.hidden * model.precision.to("B"))
            pairs = place.across(stage, stage + 1)
            send = Operation(f"stage {stage} to {stage + 1}", phase, "send", pairs, size, times=times)
            last = builder.add(send, [last])
    return last


def _stage(
    model: Transformer,
    place: Layout,
    phase: str,
    stage: int,
    tokens: int,
    seen: Fraction,
    batch: int,
    times: int,
    speed: Speed,
) -> Iterator[Operation]:
    _, depth, experts, _, tensor = place.grid.shape
    layers = stages(model, depth)[stage]
    last = stage == depth - 1
    bytes_ = model.precision.to("B")
    count = layers * layer_operations(model, tokens, seen) + (output_operations(model, tokens) if last else 0)
    held = layers * (attention_weights(model) + model.shared * expert_weights(model))
    held += layers * Fraction(model.experts, experts) * expert_weights(model)
    held += model.hidden * model.vocabulary if last else 0
    kept = layers * batch * seen * 2 * kv_width(model)
    time = count / tensor / speed.operations
    if speed.memory:
        time = max(time, (held + kept) / tensor * bytes_ / speed.memory)
    yield Operation(f"stage {stage}", phase, "compute", place.stage(stage), time=time, times=times)
    size = ceil(tokens * model.hidden * bytes_)
    reduce: Kind = "all_reduce"
    yield Operation(f"stage {stage} tensor", phase, reduce, place.tensor(stage), size, times=2 * layers * times)
    if model.experts > 1:
        sent = ceil(Fraction(size, tensor) * model.active)
        yield Operation(
            f"stage {stage} expert", phase, "all_to_all", place.expert(stage), sent, times=2 * layers * times
        )


def _handed_over(model: Transformer, step: Inference, before: Layout, after: Layout) -> Iterator[Operation]:
    """Keys and values of all prompts, from each rank to the one of its place in a replica that decodes."""
    for stage, layers in enumerate(stages(model, step.pipeline)):
        senders = before.grid[:, stage].reshape(-1, step.tensor)
        receivers = after.grid[:, stage].reshape(-1, step.tensor)
        receivers = receivers[np.arange(len(senders)) % len(receivers)]
        size = 2 * layers * step.batch * step.prompt * kv_width(model) * model.precision.to("B") / step.tensor
        pairs = np.stack([senders.reshape(-1), receivers.reshape(-1)], axis=1)
        yield Operation(f"stage {stage} keys and values", "transfer", "send", pairs, ceil(size))
