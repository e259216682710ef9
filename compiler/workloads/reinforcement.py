"""An iteration of reinforcement learning as a program: rollout, update, and the weights on their way back.

All ranks do both phases in turn (colocated). In the rollout every replica answers its share of the batch; the update is
a training step on prompts and answers; then each replica of the rollout gathers the new weights, all of them, from the
ranks that trained them.
"""

from __future__ import annotations

from math import ceil

import numpy as np

from ..plant import Ints
from ..schema import Reinforcement, Transformer
from .builder import Builder
from .inference import Requests, generate
from .layout import layout
from .operations import Operation
from .training import Speed, train
from .transformer import weights


def reinforce(builder: Builder, model: Transformer, step: Reinforcement, ranks: Ints, speed: Speed) -> int:
    """Add one iteration; returns the last operation's number."""
    tensor = step.rollout_tensor or step.tensor
    rollout = layout(ranks, tensor)
    replicas = len(ranks) // tensor
    requests = Requests(ceil(step.batch / replicas), step.prompt, step.sequence - step.prompt)
    answered = generate(builder, model, rollout, requests, speed)
    update = layout(ranks, step.tensor, step.context, step.expert, step.pipeline)
    trained = train(builder, model, step, update, speed, answered)
    members = step.tensor * step.context * step.pipeline * step.expert
    groups = np.asarray(ranks.reshape(-1, members))
    size = ceil(weights(model) * model.precision.to("B") / tensor)
    gathered = Operation("new weights", "weights", "all_gather", groups, size)
    return builder.chain([gathered], trained)
