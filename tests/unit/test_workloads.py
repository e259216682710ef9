"""Steps of models as programs: published sizes of models, figures by hand, and that every rank does things in order."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.schema import Inference, Reinforcement, Training, Transformer
from rackwright.compiler.workloads import Operation, compile_program, held, model_operations, rollout_held
from rackwright.compiler.workloads.builder import Builder
from rackwright.compiler.workloads.inference import infer
from rackwright.compiler.workloads.layout import layout
from rackwright.compiler.workloads.program import divided
from rackwright.compiler.workloads.reinforcement import reinforce
from rackwright.compiler.workloads.training import Speed, train
from rackwright.compiler.workloads.transformer import stages, weights

Compile = Callable[..., Compilation]

LLAMA = Transformer(layers=126, hidden=16384, heads=128, kv_heads=8, ffn=53248, vocabulary=128256)
GPT3 = Transformer(layers=96, hidden=12288, heads=96, ffn=4 * 12288, gated=False, vocabulary=50257)
MIXTRAL = Transformer(layers=32, hidden=4096, heads=32, kv_heads=8, ffn=14336, experts=8, active=2, vocabulary=32000)
SPEED = Speed(Fraction(1000), Fraction(2))


@pytest.mark.parametrize(
    ("model", "billions"),
    [
        (LLAMA, 405),  # The Llama 3 Herd of Models, arXiv 2407.21783, table 3
        (GPT3, 175),  # Language Models are Few-Shot Learners, arXiv 2005.14165, table 2.1
        (MIXTRAL, 46.7),  # Mixtral of Experts, arXiv 2401.04088: 47B, 46.7B at mistral.ai/news/mixtral-of-experts
    ],
)
def test_weights_of_published_models(model: Transformer, billions: float) -> None:
    assert float(weights(model)) / 1e9 == pytest.approx(billions, rel=0.005)


def test_operations_of_llama3() -> None:
    # 3.8e25 for 15.6e12 tokens (arXiv 2407.21783, section 3.2.1) is 6 a weight and token: attention is not in it.
    step = Training(sequence=8192, batch=2048)
    tokens = 8192 * 2048
    attention = 3 * 4 * LLAMA.layers * tokens * 8192 * LLAMA.hidden
    embedding = 6 * LLAMA.hidden * LLAMA.vocabulary * tokens  # looked up, not multiplied
    done = float(model_operations(LLAMA, step) - attention + embedding)
    assert done / tokens * 15.6e12 == pytest.approx(3.8e25, rel=0.005)


def test_stages_of_llama3() -> None:
    assert stages(LLAMA, 16) == (7, *[8] * 14, 7)
    assert stages(LLAMA, 1) == (126,)
    assert sum(stages(GPT3, 7)) == 96


def test_memory_by_hand() -> None:
    # 175.2e9 weights over 8 * 16 ranks, 2 + 4 bytes each, and 12 over 8 replicas; the first stage has the embedding.
    step = Training(tensor=8, pipeline=16, sequence=2048, batch=64)
    layer = 12 * 12288**2
    most = (6 * layer + 12288 * 50257) / 8
    assert float(held(GPT3, step, 8)) == pytest.approx(most * (2 + 4 + 12 / 8))


MIXTURE = Transformer(
    layers=4, hidden=1024, heads=16, ffn=2048, vocabulary=32000, experts=64, active=2, shared=1, gated=False
)
"""A layer has attention of 4 * 1024^2 weights, and 64 + 1 experts of as many."""
EXPERT = 4 * 1024**2


def test_memory_of_experts_by_hand() -> None:
    """Of 32 replicas all share a dense weight, and 4 an expert's, if 8 ranks have the 64 experts between them."""
    step = Training(expert=8, sequence=2048, batch=64)
    dense, experts = 4 * 2 * EXPERT + 2 * 1024 * 32000, 4 * 8 * EXPERT
    expected = (dense + experts) * (2 + 4) + 12 * (dense / 32 + experts / 4)
    assert float(held(MIXTURE, step, 32)) == pytest.approx(expected)
    unsharded = step.model_copy(update={"sharded": False})
    assert held(MIXTURE, unsharded, 32) == (dense + experts) * (2 + 4 + 12)


def test_memory_of_a_rollout_by_hand() -> None:
    """All weights over 4 ranks, and keys and values of the 3 answers of each of 8 replicas (20 in all)."""
    step = Reinforcement(expert=8, rollout_tensor=4, sequence=512, prompt=12, batch=20)
    everything = 4 * 66 * EXPERT + 2 * 1024 * 32000
    kept = 2 * 4 * 3 * 512 * 1024
    assert rollout_held(MIXTURE, step, 32) == Fraction((everything + kept) * 2, 4)


def test_decoding_reads_the_experts_that_are_chosen() -> None:
    """One request chooses 2 of 64 experts; 100 on each of 8 ranks choose all 8 of a rank. A prompt needs one output."""
    speed = Speed(Fraction(10**9), Fraction(2))
    for batch, ranks, chosen in ((1, 1, 2), (100, 8, 8)):
        builder = Builder()
        step = Inference(prompt=16, output=2, batch=batch, expert=ranks)
        infer(builder, MIXTURE, step, np.arange(ranks), speed)
        decode = next(op for op in builder.operations if op.phase == "decode" and op.kind == "compute")
        read = 4 * (2 + chosen) * EXPERT + 1024 * 32000
        kept = 4 * batch * (16 + 1) * 2 * 1024
        assert decode.time == (read + kept) * 2 / speed.memory
    builder = Builder()
    infer(builder, MIXTURE, Inference(prompt=16, output=1, batch=1), np.arange(1), Speed(Fraction(1), Fraction(10**9)))
    (prefill,) = builder.operations  # it gives the one token that is asked for
    layer = 2 * 16 * (1 + 3) * EXPERT + 4 * 16 * 16 * 1024
    assert prefill.time == 4 * layer + 2 * 1024 * 32000


def test_no_more_is_handed_over_than_is_asked_for() -> None:
    """Three requests for one replica that decodes: three of seven that prefill hand over one each."""
    builder = Builder()
    infer(builder, MIXTURE, Inference(prompt=16, output=1, batch=3, prefill=7), np.arange(8), SPEED)
    transfer = next(op for op in builder.operations if op.phase == "transfer")
    assert transfer.groups.tolist() == [[0, 7], [1, 7], [2, 7]]
    assert transfer.size == 2 * 4 * 16 * 1024 * 2


def test_groups_by_stride() -> None:
    assert divided(8, 2).tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert divided(8, 2, 4).tolist() == [[0, 4], [1, 5], [2, 6], [3, 7]]
    assert divided(8, 4, 2).tolist() == [[0, 2, 4, 6], [1, 3, 5, 7]]


def test_layout_counts_tensor_first() -> None:
    place = layout(np.arange(32), tensor=2, context=2, expert=2, pipeline=2)
    assert place.tensor(0)[0].tolist() == [0, 1]
    assert place.context(0)[0].tolist() == [0, 2]
    assert place.expert(0)[0].tolist() == [0, 4]
    assert place.across(0, 1)[0].tolist() == [0, 8]
    assert sorted(place.data(0)[0].tolist()) == [0, 2, 4, 6, 16, 18, 20, 22]
    assert sorted(place.expert_data(0)[0].tolist()) == [0, 2, 16, 18]


def test_a_step_of_llama3_by_hand(compiled: Compile) -> None:
    """One micro-batch of 8,192 tokens in a stage of 8 layers of 16: tensor groups of 8 move 8,192 * 16,384 * 2 B."""
    builder = Builder()
    step = Training(tensor=8, pipeline=16, sequence=8192, batch=4)
    train(builder, LLAMA, step, layout(np.arange(256), tensor=8, pipeline=16), SPEED)
    forward = [op for op in builder.operations if op.name.startswith("stage 3") and op.phase == "forward"]
    assert [(op.kind, op.times, op.size) for op in forward[:4]] == [
        ("compute", 1, 0),
        ("all_gather", 16, 8192 * 16384 * 2),
        ("reduce_scatter", 16, 8192 * 16384 * 2),
        ("send", 1, 8192 * 16384 * 2 // 8),
    ]
    layer = 2 * 8192 * (2 * 16384 * (16384 + 1024) + 3 * 16384 * 53248) + 4 * 8192 * 8192 * 16384
    assert forward[0].time == Fraction(8 * layer, 8 * 1000)
    gradients = [op for op in builder.operations if op.phase == "gradients" and op.name == "stage 3 weights"]
    held_ = 8 * (2 * 16384 * (16384 + 1024) + 3 * 16384 * 53248) // 8
    assert [(op.kind, op.size, op.members) for op in gradients] == [
        ("reduce_scatter", 4 * held_, 2),
        ("all_gather", 2 * held_, 2),
    ]


def by_ranks(operations: list[Operation], ranks: int, cost: Callable[[Operation], int]) -> int:
    """When the last rank is done, each rank waiting only for what it took part in itself."""
    ends: list[int] = []
    members = [set(op.groups.reshape(-1).tolist()) for op in operations]
    free = [0] * ranks
    for number, op in enumerate(operations):
        begin = 0
        for rank in members[number]:
            mine = [before for before in op.after if rank in members[before]]
            begin = max([begin, *(ends[before] for before in mine)])
            # Nothing that the rank did before may still run; sends go on in the background.
            assert op.kind == "send" or free[rank] <= max([0, *(ends[before] for before in mine)]), op
        ends.append(begin + cost(op) * op.times)
        if op.kind != "send":
            for rank in members[number]:
                free[rank] = ends[-1]
    return max(ends)


def by_operations(operations: list[Operation], cost: Callable[[Operation], int]) -> int:
    """When the last operation is done, each waiting for all that it names."""
    ends: list[int] = []
    for op in operations:
        ends.append(max([0, *(ends[before] for before in op.after)]) + cost(op) * op.times)
    return max(ends)


DEGREES = st.fixed_dictionaries(
    {
        "tensor": st.sampled_from([1, 2]),
        "context": st.sampled_from([1, 2]),
        "pipeline": st.sampled_from([1, 2, 3, 4]),
        "expert": st.sampled_from([1, 2]),
    }
)


@settings(max_examples=40, deadline=None)
@given(
    DEGREES,
    st.integers(1, 2),
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from(["training", "rl", "inference", "split"]),
)
def test_every_rank_does_things_in_order(
    degrees: dict[str, int], replicas: int, batches: int, sharded: bool, kind: str
) -> None:
    """A rank that looks only at what it took part in is done when the whole program says, and never does two things at
    once: so backends may write a rank's own dependencies and lose nothing."""
    model = Transformer(layers=6, hidden=64, heads=4, ffn=128, vocabulary=100, experts=4, active=2)
    each = degrees["tensor"] * degrees["context"] * degrees["pipeline"] * degrees["expert"]
    ranks = np.arange(each * replicas * 2)
    builder = Builder()
    if kind in ("training", "rl"):
        batch = batches * replicas * 2 * degrees["expert"]
        if kind == "rl":
            rl = Reinforcement.model_validate(
                {**degrees, "sequence": 16, "batch": batch, "prompt": 4, "rollout_tensor": 2, "sharded": sharded}
            )
            reinforce(builder, model, rl, ranks, SPEED)
        else:
            step = Training.model_validate({**degrees, "sequence": 16, "batch": batch, "sharded": sharded})
            train(builder, model, step, layout(ranks, **degrees), SPEED)
    else:
        del degrees["context"]
        half = degrees["tensor"] * degrees["pipeline"] * degrees["expert"]
        prefill = half if kind == "split" else None
        served = Inference.model_validate({**degrees, "prompt": 8, "output": 3, "batch": 2, "prefill": prefill})
        infer(builder, model, served, ranks, SPEED)

    def cost(op: Operation) -> int:
        return 1 + op.size % 7 + int(op.time) % 5

    operations = builder.operations
    assert all(before < number for number, op in enumerate(operations) for before in op.after)
    assert by_ranks(operations, len(ranks), cost) <= by_operations(operations, cost)
    assert all(len(set(row)) == len(row) for op in operations for row in op.groups.tolist())


def test_a_pipeline_overlaps_its_micro_batches() -> None:
    """1F1B by hand: with forward 1, backward 2 and no transfers, P stages and M micro-batches take 3 (M + P - 1)."""
    model = Transformer(layers=4, hidden=64, heads=4, ffn=128, vocabulary=1)
    for depth, many in ((1, 3), (2, 2), (4, 4), (4, 8)):
        builder = Builder()
        step = Training(pipeline=depth, sequence=16, batch=many)
        train(builder, model, step, layout(np.arange(depth), pipeline=depth), SPEED)

        def cost(op: Operation) -> int:
            return 0 if op.kind != "compute" else 1 if op.phase == "forward" else 2

        assert by_operations(builder.operations, cost) == 3 * (many + depth - 1)


def test_programs_of_the_spec(spec: Compile) -> None:
    result = spec(
        """
use generic.lab as parts
rack r { host[8] : parts.lab_host }
workload one { ranks = r.host[2..5].accelerator[*]
    collective = all_gather 10 B { group = 2, stride = 2 } }
workload two { ranks = r.host[*].accelerator[*]
    collective = point_to_point 1 MiB { sender = 3 } }
"""
    )
    assert result.design is not None, result.diagnostics
    one, two = (compile_program(result.design, w) for w in result.design.workloads)
    assert one.ranks == 4 and one.operations[0].groups.tolist() == [[0, 2], [1, 3]]
    assert two.operations[0].groups.tolist() == [[3, 7]] and two.operations[0].size == 2**20
