"""What of a model a rank has to hold: weights, gradients and optimizer state, or weights, keys and values.

Training keeps the weights, their gradients and 12 bytes of optimizer state a weight: a copy in 4 bytes and two moments
(Adam in mixed precision: Rajbhandari et al., "ZeRO", arXiv 1910.02054, section 3.1), the last shared by all that hold
the same weights if the step is `sharded`: of experts those are fewer. Reinforcement learning needs that, or what its
rollout does, one after the other. Activations depend on what is computed again, so they do not count: a rank needs at
least this.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from ..schema import Inference, Reinforcement, Training, Transformer
from .transformer import attention_weights, expert_weights, kv_width, stages, weights

OPTIMIZER_BYTES = 12


def held(model: Transformer, step: Training | Inference, replicas: int) -> Fraction:
    """Bytes of the rank that holds most; `replicas` hold the same weights, experts aside."""
    return max(_held(model, step, replicas, stage) for stage in range(step.pipeline))


def rollout_held(model: Transformer, step: Reinforcement, ranks: int) -> Fraction:
    """Bytes of each rank while answers are generated."""
    tensor = step.rollout_tensor or step.tensor
    kept = 2 * model.layers * ceil(Fraction(step.batch * tensor, ranks)) * step.sequence * kv_width(model)
    return (weights(model) + kept) / tensor * model.precision.to("B")


def _held(model: Transformer, step: Training | Inference, replicas: int, stage: int) -> Fraction:
    """Bytes of a rank of one stage."""
    layers = stages(model, step.pipeline)[stage]
    ends = (stage == 0) + (stage == step.pipeline - 1)
    alone = 0 if model.experts == 1 else model.experts
    passed = model.shared + (1 if model.experts == 1 else 0)
    dense = (
        layers * (attention_weights(model) + passed * expert_weights(model)) + ends * model.hidden * model.vocabulary
    )
    experts = layers * Fraction(alone, step.expert) * expert_weights(model)
    width = model.precision.to("B")
    if isinstance(step, Training):
        mine = (dense + experts * step.expert) / replicas if step.sharded else dense + experts
        return ((dense + experts) * (width + step.gradient.to("B")) + OPTIMIZER_BYTES * mine) / step.tensor
    kept = 2 * layers * step.batch * (step.prompt + step.output) * kv_width(model)
    return (dense + experts + kept) / step.tensor * width
