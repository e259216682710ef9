"""What runs on the plant: jobs of ranks, each a collective operation or a step of a model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...dsl import units
from ...dsl.units import Quantity
from .values import AnyQuantity, Between, Data, Elements, Model, Of, Positive, Ratio, Share, Time, Word

Degree = Annotated[int, Between(1, 1_000_000)]
Size = Annotated[int, Between(1, 10_000_000)]
Tokens = Annotated[int, Between(1, 100_000_000)]
Bytes = Annotated[AnyQuantity, Of(units.DATA), Between(1, 10**18, "B")]
Width = Annotated[Data, Positive()]

ALGORITHMS = ("ring", "direct", "halving_doubling", "hierarchical")
PLACEMENTS = ("packed", "spread", "rail")


class Collective(Model):
    """One collective operation, by all ranks or in groups of them."""

    kind: Literal["all_reduce", "all_gather", "reduce_scatter", "all_to_all"]
    size: Bytes = Field(description="Bytes of the whole buffer of one rank.")
    algorithm: Annotated[Literal["ring", "direct", "halving_doubling", "hierarchical"], Word(ALGORITHMS)] = Field(
        default="hierarchical",
        description="`hierarchical`: scale-up first, then scale-out, each tier in its own way; the others treat all "
        "ranks of a group alike.",
    )
    group: Degree | None = Field(default=None, description="Ranks of one group; absent: all ranks are one.")
    stride: Degree = Field(default=1, description="Distance of neighbours in a group, in ranks.")


class PointToPoint(Model):
    """One message from one rank to another."""

    kind: Literal["point_to_point"] = "point_to_point"
    size: Bytes = Field(description="Bytes of the message.")
    sender: Annotated[int, Between(0, 10_000_000)] = Field(default=0, description="Rank that sends.")
    receiver: Annotated[int, Between(0, 10_000_000)] | None = Field(
        default=None, description="Rank that receives; absent: the last one."
    )


class Transformer(Model):
    """The shape of a transformer, dense or a mixture of experts."""

    layers: Degree = Field(description="Layers.")
    hidden: Size = Field(description="Values of a token between layers.")
    heads: Degree = Field(description="Attention heads; each has `hidden / heads` values.")
    kv_heads: Degree | None = Field(default=None, description="Heads of keys and values; absent: as many as `heads`.")
    ffn: Size = Field(description="Width of the feed-forward part, of one expert in a mixture.")
    gated: bool = Field(default=True, description="Three matrices in the feed-forward part (SwiGLU), not two.")
    vocabulary: Size = Field(description="Tokens that it knows.")
    experts: Degree = Field(default=1, description="Experts of a layer that tokens choose from.")
    active: Degree = Field(default=1, description="Experts that a token chooses.")
    shared: Annotated[int, Between(0, 1_000_000)] = Field(default=0, description="Experts that every token passes.")
    precision: Width = Field(default=Quantity.of(2, "B"), description="Bytes of a weight or activation.")
    operations: Annotated[Literal["bf16", "fp8", "fp4"], Word(("bf16", "fp8", "fp4"))] = Field(
        default="bf16", description="Operations that its matrices are multiplied with; picks the accelerator's peak."
    )


class _Step(Model):
    """What steps of a model have in common."""

    tensor: Degree = Field(default=1, description="Ranks that share each layer's matrices (tensor parallel).")
    pipeline: Degree = Field(default=1, description="Stages that the layers are divided into (pipeline parallel).")
    expert: Degree = Field(
        default=1, description="Ranks that a layer's experts are spread over (expert parallel); divides `data`."
    )
    efficiency: Annotated[Ratio, Share()] = Field(
        default=Quantity.of(1), description="Share of the accelerator's peak that is reached; times are bounds at 1."
    )


class Training(_Step):
    """One optimizer step: forward and backward for every micro-batch, then the exchange of gradients."""

    kind: Literal["training"] = "training"
    context: Degree = Field(default=1, description="Ranks that share a sequence (context parallel).")
    data: Degree | None = Field(default=None, description="Replicas (data parallel); absent: as many as fit the ranks.")
    sequence: Tokens = Field(description="Tokens of a sequence.")
    batch: Tokens = Field(description="Sequences of a step, over all replicas.")
    micro_batch: Degree = Field(default=1, description="Sequences of a replica that pass through at once.")
    sharded: bool = Field(
        default=True,
        description="Optimizer state is sharded over replicas: gradients are reduce-scattered and weights gathered "
        "(ZeRO); else gradients are all-reduced.",
    )
    gradient: Width = Field(default=Quantity.of(4, "B"), description="Bytes of a gradient as it is exchanged.")
    sequence_parallel: bool = Field(
        default=True,
        description="Tensor-parallel ranks keep their part of the tokens between layers: an all-gather and a "
        "reduce-scatter each; else an all-reduce.",
    )


class Inference(_Step):
    """A batch of requests: the prompt at once (prefill), then token by token (decode)."""

    kind: Literal["inference"] = "inference"
    prompt: Tokens = Field(description="Tokens of a prompt.")
    output: Tokens = Field(description="Tokens that are generated for it.")
    batch: Tokens = Field(description="Requests that a replica serves at once.")
    prefill: Degree | None = Field(
        default=None,
        description="Ranks, the first ones, that only prefill and send keys and values to the others, which only "
        "decode (disaggregated); absent: every replica does both.",
    )


class Reinforcement(Training):
    """One iteration: answers are generated (rollout), then the model is trained on them and its weights go back."""

    kind: Literal["reinforcement"] = "reinforcement"  # type: ignore[assignment]
    rollout_tensor: Degree | None = Field(
        default=None, description="Ranks that share each layer's matrices in the rollout; absent: as `tensor`."
    )
    prompt: Tokens = Field(description="Tokens of a prompt; the rest of a sequence is generated.")


class WorkloadAttributes(Model):
    """A job: its ranks and what they do."""

    source: str | None = Field(default=None, description="Where the published figures come from.")
    assumed: str | None = Field(default=None, description="What about this is our own guess, and why.")
    ranks: Annotated[str, Elements()] = Field(
        description="The accelerators that take part, as a path with numbers, ranges and `*`."
    )
    count: Degree | None = Field(default=None, description="Only the first so many of them, as they are placed.")
    placement: Annotated[Literal["packed", "spread", "rail"], Word(PLACEMENTS)] = Field(
        default="packed",
        description="Order of the ranks: server by server (`packed`), servers dealt over the outermost array "
        "(`spread`), or first all first accelerators of the servers, then all second ones (`rail`).",
    )
    start: Time = Field(default=Quantity.of(0, "s"), description="When it starts, after the first job.")
    priority: Annotated[int, Between(0, 7)] = Field(
        default=0, description="Of several jobs, 7 goes first; a class of priority for Kueue."
    )
    approximate: bool = Field(
        default=False,
        description="Where a simulator cannot say something of the design, write the nearest that it can, with a "
        "warning, instead of nothing.",
    )
    collective: Collective | PointToPoint | None = Field(
        default=None, description="One collective operation, such as `all_reduce 1 GiB`."
    )
    model: Transformer | None = Field(default=None, description="The model that a `step` is one of.")
    step: Training | Inference | Reinforcement | None = Field(
        default=None, description="One step of a model: `training { … }`, `inference { … }`, `reinforcement { … }`."
    )
