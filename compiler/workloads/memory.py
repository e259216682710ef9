"""What of a model a rank has to hold: weights, gradients and optimizer state, or weights, keys and values.

Training keeps the weights, their gradients and 12 bytes of optimizer state a weight: a copy in 4 bytes and two moments
(Adam in mixed precision: Rajbhandari et al., "ZeRO", arXiv 1910.02054, section 3.1), the last shared by the replicas if
the step is `sharded`. Activations depend on what is computed again, so they do not count: a rank needs at least this.
"""

from __future__ import annotations

from fractions import Fraction

from ..schema import Inference, Training, Transformer
from .transformer import attention_weights, expert_weights, kv_width, stages

OPTIMIZER_BYTES = 12


def held(model: Transformer, step: Training | Inference, replicas: int) -> Fraction:
    """Bytes of the rank that holds most; `replicas` hold the same weights."""
    most = max(_weights(model, step, stage) for stage in range(step.pipeline))
    if isinstance(step, Training):
        state = Fraction(OPTIMIZER_BYTES, replicas if step.sharded else 1)
        return most * (model.precision.to("B") + step.gradient.to("B") + state)
    layers = max(stages(model, step.pipeline))
    kept = 2 * layers * step.batch * (step.prompt + step.output) * kv_width(model) / step.tensor
    return (most + kept) * model.precision.to("B")


def _weights(model: Transformer, step: Training | Inference, stage: int) -> Fraction:
    """Weights of a rank of one stage."""
    layers = stages(model, step.pipeline)[stage]
    experts = model.shared + Fraction(model.experts, step.expert)
    ends = (stage == 0) + (stage == step.pipeline - 1)
    many = layers * (attention_weights(model) + experts * expert_weights(model))
    return (many + ends * model.hidden * model.vocabulary) / step.tensor
